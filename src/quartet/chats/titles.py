"""A better title than the first line of the first question, made after the first answer."""

import asyncio
import logging
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from psycopg import Error as DatabaseError

from quartet.billing import plans, usage
from quartet.billing.errors import TokensSpent
from quartet.chats import accounting, chats
from quartet.chats.turns import Turn
from quartet.core.database import Database, DatabaseOffline
from quartet.llm import tokens
from quartet.llm.types import Finished, Message, ModelRequest, Provider, ProviderFailed, TextDelta, Usage

_log = logging.getLogger(__name__)

_SYSTEM = (
    "Write a title for the conversation: at most six words, in its language, without quotation marks or a full stop. "
    "Answer with the title alone."
)
_LONGEST = 80
_MOST_HEARD = 2 * _LONGEST  # with quotation marks and blank lines around it
# Reasoning models spend some of it before the first word.
_MAX_OUTPUT = 512
_EXCERPT = 2000
_SECONDS = 30
# Whoever asks again at once does not wait for the naming: it took 5 ms from the first word of the next answer.
_PAUSE_SECONDS = 1


async def improve(database: Database, provider: Provider, turn: Turn) -> None:
    """Ask the model that answered; whatever fails, the plain title stays.

    Not a model on this machine: its one place belongs to the next question.
    """
    if turn.plain_title is None or turn.model.provider == plans.LOCAL:
        return
    await asyncio.sleep(_PAUSE_SECONDS)
    try:
        async with asyncio.timeout(_SECONDS):
            await _improve(database, provider, turn, turn.plain_title)
    except (ProviderFailed, TokensSpent, DatabaseError, DatabaseOffline, TimeoutError) as error:
        _log.warning("no title for chat %s: %s", turn.holder.chat_id, type(error).__name__)


async def _improve(database: Database, provider: Provider, turn: Turn, plain: str) -> None:
    question = turn.request.transcript[-1].text
    said = f"Question: {question[:_EXCERPT]}\n\nAnswer: {turn.answer.text()[:_EXCERPT]}"
    asked = ModelRequest(turn.model.vendor_id, _SYSTEM, [Message("user", said)], _MAX_OUTPUT)
    expected = tokens.estimate_prompt(asked, turn.model)
    # Not held under the chat's id: the next question need not wait for a title.
    holder = usage.Holder(uuid4(), uuid4(), turn.holder.user_id, turn.holder.provider, turn.holder.model)
    async with database.transaction(holder.user_id, pipelined=True) as tx:
        plan = await plans.hold(tx, holder.user_id)
        lease = timedelta(seconds=2 * _SECONDS)
        left = await usage.left(tx, holder.user_id, plan, holder.provider)
        await usage.reserve(tx, left, holder, [], input_tokens=expected, max_output=_MAX_OUTPUT, lease=lease)
    title, heard = None, _Heard()
    try:
        title = clean(await _hear(provider, asked, heard))
    finally:
        counted = heard.usage or accounting.estimate(expected, "".join(heard.said), turn.model)
        async with database.transaction(holder.user_id, pipelined=True) as tx:
            await usage.settle(tx, holder, input_tokens=counted.input_tokens, output_tokens=counted.output_tokens)
            accounting.spent(turn.model, counted.input_tokens, counted.output_tokens)
            if title:
                await chats.entitle(tx, turn.holder.chat_id, title, instead_of=plain)


@dataclass
class _Heard:
    """What a name has cost: all that was said, reasoning included, and the provider's own count."""

    said: list[str] = field(default_factory=list)
    usage: Usage | None = None


async def _hear(provider: Provider, asked: ModelRequest, heard: _Heard) -> str:
    """Hear what may be a title; hang up on a model that writes an essay. However it ends, `heard` has what it cost."""
    words = ""
    try:
        async with aclosing(provider.stream(asked)) as deltas:
            async for delta in deltas:
                if isinstance(delta, Finished):
                    heard.usage = delta.usage
                    break
                heard.said.append(delta.text)
                if isinstance(delta, TextDelta):
                    words += delta.text
                if len(words) > _MOST_HEARD:
                    break
    except ProviderFailed as failed:
        heard.usage = failed.usage
        raise
    return words


def clean(words: str) -> str | None:
    """Take a model's words for a title; None where they are none."""
    line = words.replace("\x00", "").strip().strip("\"'“”„«»").rstrip(".").strip()
    return line if line and "\n" not in line and len(line) <= _LONGEST else None
