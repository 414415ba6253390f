"""The same question to two prompts: begun as two turns, ended by a pick."""

from uuid import UUID, uuid4

from quartet.accounts.current import CurrentUser
from quartet.billing import plans, usage
from quartet.chats import attachments, candidates, chats, messages, selections, transcripts, turns, votes
from quartet.chats.errors import ChatBusy, ComparisonNotFound, ComparisonOver
from quartet.chats.models import CandidateRow, CompareRequest, Comparison, PromptChoice, Side
from quartet.chats.receipts import receipt_of
from quartet.chats.storage import Storage
from quartet.chats.turns import Turn
from quartet.core.database import Transaction
from quartet.llm.catalogue import Catalogue
from quartet.prompts import selection


async def begin(
    tx: Transaction, user: CurrentUser, asked: CompareRequest, catalogue: Catalogue, storage: Storage
) -> tuple[Comparison, list[Turn]]:
    """Refuse, or keep the question and prepare both answers; the left one first."""
    plan = await plans.hold(tx, user.id)
    model = turns.model_for(catalogue, asked.selected_chat_model, plan.limits)
    title = transcripts.title(asked.message.text()) if asked.message else ""
    chat = await chats.open_or_create(tx, user.id, asked.id, title=title, visibility=asked.selected_visibility_type)
    if await usage.held(tx, chat.id):
        raise ChatBusy
    if asked.message:
        said = await turns.ask(tx, user.id, chat.id, asked.message, model)
    else:
        said = await messages.unanswered(tx, chat.id)
    images = await attachments.shown(tx, chat.id, said, storage) if model.vision else {}
    comparison_id = await candidates.open_one(tx, user.id, chat.id, said[-1].id)
    begun = []
    sides: tuple[tuple[Side, PromptChoice], ...] = (("left", asked.left), ("right", asked.right))
    for side, choice in sides:
        chosen = await selection.resolve(tx, user.id, choice.preset_id, choice.components)
        holder = usage.Holder(uuid4(), chat.id, user.id, model.provider, model.id)
        await candidates.add(tx, user.id, comparison_id, holder.message_id, side, chosen)
        left = await usage.left(tx, user.id, plan, model.provider)
        begun.append(await turns.reserve(tx, left, holder, model, chosen, said, images))
    comparison = await candidates.find(tx, user.id, comparison_id)
    assert comparison is not None  # noqa: S101 - made some lines above
    return comparison, begun


async def pick(tx: Transaction, user_id: UUID, comparison_id: UUID, message_id: UUID) -> Comparison:
    """Let one of the two answers be the chat's, and the chat speak with its prompt from now on.

    The parts that only the better prompt had get a vote up, those that only the other had one down. Raises
    `ComparisonNotFound`, or `ComparisonOver` when it was picked, is still written, or the chat went on without it.
    """
    comparison = await candidates.find(tx, user_id, comparison_id, lock=True)
    picked = next((each for each in comparison.sides if each.message_id == message_id), None) if comparison else None
    if comparison is None or picked is None:
        raise ComparisonNotFound
    chat = await chats.own(tx, user_id, comparison.chat_id)
    said = await messages.of_chat(tx, chat.id)
    if comparison.picked_id or picked.parts is None or not said or said[-1].id != comparison.question_id:
        raise ComparisonOver
    await messages.keep_answer(tx, chat.id, message_id, picked.parts)
    await candidates.close(tx, comparison.id, message_id)
    await selections.adopt(tx, chat, picked.preset_id, picked.slots)
    other = next(each for each in comparison.sides if each.message_id != message_id)
    better, worse = _parts(picked), _parts(other)
    await votes.count_for_parts(tx, user_id, message_id, better - worse, is_upvoted=True)
    await votes.count_for_parts(tx, user_id, other.message_id, worse - better, is_upvoted=False)
    return comparison.model_copy(update={"picked_id": message_id})


def _parts(candidate: CandidateRow) -> set[UUID]:
    receipt = receipt_of(candidate.parts or [])
    return {part.id for part in receipt.components} if receipt else set()
