from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError

from quartet.chats.errors import BadQuestion
from quartet.chats.parts import files, noted, sound, text
from quartet.core.wire import KEEPABLE, Body, Row, Text, UtcTime, Wire
from quartet.prompts.compose import ComponentType
from quartet.prompts.models import Receipt, Slots

Visibility = Literal["public", "private"]
Outcome = Literal["complete", "stopped", "failed", "interrupted"]
MAX_QUESTION = 20_000


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# Other programs write `presetHistory` too, some without a zone.
LenientTime = Annotated[datetime, AfterValidator(_utc)]


class Message(Row):
    """One thing said. `parts` are the AI SDK's, as they went over the wire."""

    id: UUID
    chat_id: UUID
    role: Literal["user", "assistant", "system"]
    parts: Annotated[list[dict[str, Any]], BeforeValidator(sound)]
    attachments: list[Any] = Field(default_factory=list)
    created_at: UtcTime

    def text(self) -> str:
        return text(self.parts)

    def noted(self) -> str:
        return noted(self.parts)

    def files(self) -> list[str]:
        return files(self.parts)


class UIMessage(Wire):
    """A message as the AI SDK's client holds it."""

    id: UUID
    role: Literal["user", "assistant", "system"]
    parts: list[dict[str, Any]]
    metadata: dict[str, datetime]


class Messages(Wire):
    """The Chat SDK's shape. `isReadonly`: the chat is public and not yours."""

    messages: list[UIMessage]
    visibility: Visibility
    user_id: UUID | None
    is_readonly: bool


class ChatRow(Row):
    """A chat in a list: the Chat SDK's shape."""

    id: UUID
    created_at: UtcTime
    title: str
    user_id: UUID
    visibility: Visibility


class FoundChat(ChatRow):
    """`snippet` is where the words stand that were looked for, if not in the title."""

    snippet: str | None = None


class History(Wire):
    chats: list[FoundChat]
    has_more: bool


class PresetHistoryEntry(Row):
    """When a chat's selection changed, and to what. `components` is ours: the slots after the change."""

    timestamp: LenientTime
    preset_id: UUID | None
    preset_name: str
    changed_components: list[ComponentType] | None = None
    components: Slots = Slots()


class ChatPrompt(Wire):
    """What the next answer will speak with: the preset, the slots, and where they depart from the preset."""

    preset_id: UUID | None
    preset_name: str
    components: Slots
    changed_components: list[ComponentType]


class Chat(ChatRow):
    """A chat with everything that the spec keeps beside it."""

    current_preset_id: UUID | None
    preset_history: list[PresetHistoryEntry]
    total_tokens: int
    provider: str | None

    def shareable(self) -> "Chat":
        """Return what a reader of a public chat may see: not the owner's prompts and costs."""
        return self.model_copy(
            update={"current_preset_id": None, "preset_history": [], "total_tokens": 0, "provider": None}
        )


class PromptChoice(Body):
    """What a chat shall speak with: a preset, single components, or a preset overlaid by components."""

    preset_id: UUID | None = None
    components: Slots = Slots()


class UsedPart(Wire):
    """A component as it was; `versionNow` is null when it is gone."""

    id: UUID
    type: ComponentType
    name: str
    version: int
    version_now: int | None


class PromptOfAnswer(Wire):
    """Which prompt made an answer. `text` is null where it was not kept, `previousText` also for a first answer."""

    receipt: Receipt
    text: str | None
    previous_text: str | None
    parts: list[UsedPart]


class Vote(Row):
    """The Chat SDK's shape."""

    chat_id: UUID
    message_id: UUID
    is_upvoted: bool


class VoteCast(Body):
    chat_id: UUID
    message_id: UUID
    type: Literal["up", "down"]


class PartVotes(Wire):
    """Votes for the answers that a component had a part in."""

    up: int
    down: int


Side = Literal["left", "right"]


class CandidateRow(Row):
    """One of two answers. `parts` is null while it is written."""

    message_id: UUID
    side: Side
    preset_id: UUID | None
    slots: Slots
    parts: list[dict[str, Any]] | None


class Comparison(Wire):
    """One question, two answers; `pickedId` is the message that became the chat's."""

    id: UUID
    chat_id: UUID
    question_id: UUID
    picked_id: UUID | None
    sides: list[CandidateRow]


class Pick(Body):
    message_id: UUID


class ChatView(Chat):
    """`prompt` is null for a reader who is not the owner; `isRunning`: an answer is being written.

    `comparison` waits for a pick.
    """

    prompt: ChatPrompt | None
    is_running: bool
    comparison: Comparison | None


class ChatChange(Body):
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), KEEPABLE] | None = (
        None
    )
    visibility: Visibility | None = None


class DeletedChats(Wire):
    deleted_count: int


class DeletedMessages(Wire):
    deleted_count: int


class QuestionPart(Body):
    type: Annotated[str, Field(max_length=100)]
    text: Annotated[Text, Field(max_length=MAX_QUESTION)] | None = None
    url: Annotated[Text | None, Field(description="Of a `file`: the address that its upload answered.")] = None


class Question(Body):
    """The user's new message."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=100), KEEPABLE]
    role: Literal["user"]
    parts: Annotated[list[QuestionPart], Field(min_length=1, max_length=20)]

    def text(self) -> str:
        """Return what is asked, 1 to 20,000 characters, or none beside a file; raises `BadQuestion`."""
        said = "\n\n".join(part.text for part in self.parts if part.type == "text" and part.text)
        if not said.strip() and not self.files():
            raise BadQuestion("The message is empty. Write something first.")
        if len(said) > MAX_QUESTION:
            raise BadQuestion(f"The message is longer than {MAX_QUESTION:,} characters. Shorten it.")
        return said

    def files(self) -> list[str]:
        """Return the addresses of the files to be sent."""
        return [part.url or "" for part in self.parts if part.type == "file"]

    def uuid(self, chat_id: UUID) -> UUID:
        """Return the id as a UUID. A plain `useChat` makes ids of another form: those get a stable one."""
        try:
            return UUID(self.id)
        except ValueError:
            return uuid5(chat_id, self.id)


class ChatRequest(Body):
    """Both bodies: the Chat SDK's (`message`), and plain `useChat`'s (`messages`, `trigger`).

    `presetId` and `components` say what the chat speaks with from now on; absent, it stays as it was.
    """

    id: UUID
    message: Question | None = None
    messages: list[dict[str, Any]] | None = Field(
        default=None, description="All messages, as useChat sends them; the last one of the user is read."
    )
    trigger: Literal["submit-message", "regenerate-message"] = "submit-message"
    message_id: Annotated[Text, Field(max_length=100)] | None = None
    selected_chat_model: Annotated[Text, Field(max_length=200)] | None = None
    selected_visibility_type: Visibility = "private"
    preset_id: UUID | None = None
    components: Slots | None = None

    def question(self) -> Question | None:
        """Return the new message; None asks for the last question to be answered again."""
        if self.trigger == "regenerate-message":
            return None
        if self.message:
            return self.message
        last = next((each for each in reversed(self.messages or []) if each.get("role") == "user"), None)
        if last is None:
            raise BadQuestion("There is no message of the user. Send `message` or `messages`.")
        try:
            return Question.model_validate(last)
        except ValidationError as error:
            first = error.errors()[0]
            path = ".".join(str(step) for step in first["loc"])
            raise BadQuestion(f"messages.{path}: {first['msg']}") from None

    def chooses(self) -> bool:
        """Say whether the client named a prompt, be it none."""
        return bool({"preset_id", "components"} & self.model_fields_set)


class CompareRequest(Body):
    """One question for two prompts. Without `message`, the chat's last question."""

    id: UUID
    message: Question | None = None
    selected_chat_model: Annotated[Text, Field(max_length=200)] | None = None
    selected_visibility_type: Visibility = "private"
    left: PromptChoice
    right: PromptChoice
