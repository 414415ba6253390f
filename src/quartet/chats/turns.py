"""A turn in three acts: begin (may refuse), speak (holds nothing), keep (always).

`begin_turn` does everything that can say no, in one transaction, before the first byte. `speak` turns the
provider's deltas into chunks and holds no database connection. `keep` writes down what was said, with how it
ended, and settles the reservation.
"""

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from quartet.accounts.current import CurrentUser
from quartet.billing import plans, usage
from quartet.chats import attachments, candidates, chats, events, messages, receipts, selections, streams, transcripts
from quartet.chats.answers import Answer
from quartet.chats.errors import BadQuestion, ChatBusy, ModelForbidden, NoModel
from quartet.chats.models import Chat, ChatRequest, Message, Question
from quartet.chats.storage import Storage
from quartet.chats.streams import Stream
from quartet.core.database import Transaction, together
from quartet.core.tracing import traced
from quartet.llm import tokens
from quartet.llm.catalogue import ALIASES, Catalogue, Model, UnknownModel
from quartet.llm.types import Image, ModelRequest, Provider, ReasoningDelta, TextDelta, Usage
from quartet.prompts.errors import ModelUnknown
from quartet.prompts.models import Slots
from quartet.prompts.selection import Selection

LEASE = timedelta(seconds=10)
"""How long a turn outlives the last sign of life of its process."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question that will be answered: everything `speak` and `keep` need, and nothing to look up.

    `plain_title`: what the chat is called until a better title is made of this first exchange; None later on.
    """

    holder: usage.Holder
    model: Model
    request: ModelRequest
    answer: Answer
    input_estimate: int
    plain_title: str | None = None


@traced("begin")
async def begin_turn(
    tx: Transaction, user: CurrentUser, asked: ChatRequest, catalogue: Catalogue, storage: Storage
) -> Turn:
    """Act one: refuse, or keep the question, hold the tokens and compose the prompt."""
    question = asked.question()
    title = transcripts.title(question.text()) if question else ""
    # The database is asked twice: for what hangs on nothing but who asks, and for what hangs on the chat.
    await plans.lock(tx, user.id)
    plan, chat, held = await together(
        plans.current(tx, user.id),
        chats.open_or_create(tx, user.id, asked.id, title=title, visibility=asked.selected_visibility_type),
        usage.held(tx, asked.id),
    )
    model = model_for(catalogue, asked.selected_chat_model, plan.limits)
    if held:
        raise ChatBusy
    selection, (said, replaces), left = await together(
        _selected(tx, chat, asked),
        _said(tx, chat, question, model),
        usage.left(tx, user.id, plan, model.provider),
    )
    holder = usage.Holder(uuid4(), chat.id, chat.user_id, model.provider, model.id, replaces)
    images = await attachments.shown(tx, chat.id, said, storage) if model.vision else {}
    turn = await reserve(tx, left, holder, model, selection, said, images)
    return replace(turn, plain_title=title) if question and len(said) == 1 and chat.title == title else turn


def model_for(catalogue: Catalogue, wanted: str | None, limits: plans.Limits) -> Model:
    if wanted is None or wanted in ALIASES:
        try:
            return catalogue.default(limits.providers)
        except UnknownModel:
            raise NoModel from None
    try:
        model = catalogue.find(wanted)
    except UnknownModel:
        raise ModelUnknown from None
    if model.provider not in limits.providers:
        raise ModelForbidden
    return model


async def _selected(tx: Transaction, chat: Chat, asked: ChatRequest) -> Selection:
    if asked.chooses():
        return await selections.choose(tx, chat, asked.preset_id, asked.components or Slots())
    return await selections.take_up(tx, chat)


async def _said(
    tx: Transaction, chat: Chat, question: Question | None, model: Model
) -> tuple[list[Message], tuple[UUID, ...]]:
    """Return the transcript up to the question, and what its answer takes the place of."""
    if question:
        return await ask(tx, chat.user_id, chat.id, question, model), ()
    return await messages.ask_again(tx, chat.id)


async def ask(tx: Transaction, user_id: UUID, chat_id: UUID, question: Question, model: Model) -> list[Message]:
    """Keep a question with its pictures; return the whole transcript, the question last."""
    if question.files() and not model.vision:
        raise BadQuestion("This model cannot see pictures. Choose one that can, or send text alone.")
    sent = await attachments.sendable(tx, user_id, chat_id, question.files())
    text = question.text()
    parts = [file.part() for file in sent] + ([{"type": "text", "text": text}] if text.strip() else [])
    message_id = question.uuid(chat_id)
    said = await messages.ask(tx, chat_id, message_id, parts)
    await attachments.attach(tx, chat_id, message_id, sent)
    return said


async def reserve(
    tx: Transaction,
    left: int | None,
    holder: usage.Holder,
    model: Model,
    selection: Selection,
    said: list[Message],
    images: Mapping[str, Image],
) -> Turn:
    max_output = transcripts.room_for_answer(model)
    system = selection.text
    transcript = transcripts.fit(said, model, system, max_output, images)
    wanted = ModelRequest(model.vendor_id, system, transcript, max_output)
    estimate = tokens.estimate_prompt(wanted, model)
    answer = Answer(selection.receipt(model))
    await receipts.keep_text(tx, holder.user_id, selection)
    await streams.note(tx, holder.chat_id, holder.message_id)
    allowed = await usage.reserve(
        tx, left, holder, answer.parts(), input_tokens=estimate, max_output=max_output, lease=LEASE
    )
    return Turn(holder, model, replace(wanted, max_output_tokens=allowed), answer, estimate)


@traced("speak")
async def speak(turn: Turn, provider: Provider, stream: Stream) -> Usage | None:
    """Act two: every delta a chunk, until the provider is done; raises `ProviderFailed`.

    Returns the tokens as the provider counted them, where it did.
    """
    answer = turn.answer
    stream.push(events.start(turn.holder.message_id) + answer.opening())
    async with aclosing(provider.stream(turn.request)) as deltas:
        async for delta in deltas:
            if isinstance(delta, TextDelta):
                stream.push(answer.add("text", delta.text))
            elif isinstance(delta, ReasoningDelta):
                stream.push(answer.add("reasoning", delta.text))
            else:
                return delta.usage
    return None


@traced("keep")
async def keep(
    tx: Transaction,
    holder: usage.Holder,
    parts: list[dict[str, Any]],
    app_usage: dict[str, Any],
    *,
    has_last_context: bool,
) -> None:
    """Act three: the answer, its usage and the chat's totals, in one transaction; done twice it is done once.

    An answer that takes another's place does so only if it says anything: a provider's failure costs no answer.
    """
    first = await usage.settle(
        tx, holder, input_tokens=app_usage["inputTokens"], output_tokens=app_usage["outputTokens"]
    )
    if not first:
        # Taken for dead, and kept by another process with what it knew: this is what was really said.
        await messages.correct(tx, holder.message_id, parts)
        return
    if await candidates.keep(tx, holder.message_id, parts):
        pass  # one of two answers: it becomes the chat's when it is picked
    elif any(part.get("text") for part in parts) or not holder.replaces:
        if holder.replaces:
            await messages.delete(tx, list(holder.replaces))
        await messages.keep_answer(tx, holder.chat_id, holder.message_id, parts)
    await chats.count_turn(
        tx, holder.chat_id, holder.provider, app_usage["totalTokens"], app_usage if has_last_context else None
    )
