"""A public chat is the one thing that others may read: this much of it, and no more."""

from collections.abc import AsyncIterator

import pytest

from isolation.conftest import STRANGERS, House
from isolation.contract import Operation, Slot, request
from isolation.trying import NO_REFUSAL, REFUSED, SLOTS, asked_by, outsider, send

# What is read by design, by whom besides its owner, and with which status.
READERS = ("signed out", "expired session", *STRANGERS)
READABLE = {
    "GET /api/chat/{chat_id} chat_id": (READERS, 200),
    "GET /api/messages chatId": (READERS, 200),
    "GET /api/files/{file_id} file_id": (READERS, 200),
    # What is being written they read when it is kept: there is nothing to follow.
    "GET /api/chat/{chat_id}/stream chat_id": (STRANGERS, 204),
    "GET /api/chat/{chat_id}/stream messageId": (STRANGERS, 204),
}
NAMES = {"id", "chat_id", "chatId", "message_id", "messageId", "file_id", "url", "starting_after", "ending_before"}
CHAT_SLOTS = [(operation, slot) for operation, slot in SLOTS if slot.name.rsplit(".", 1)[-1] in NAMES]


@pytest.fixture(scope="module")
async def published(house: House) -> AsyncIterator[House]:
    """The owner's chat is public, with its picture."""
    has = house.owner
    shown = await has.person.patch(f"/api/chat/{has.known['chatId']}", {"visibility": "public"})
    assert shown.status_code == 200, shown.text
    unsent = has.known["file_id"]
    has.known["file_id"] = has.known["sent"]
    yield house
    has.known["file_id"] = unsent
    house.rows.restore(house.kept)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(("operation", "slot"), CHAT_SLOTS, ids=str)
async def test_a_public_chat(published: House, name: str, operation: Operation, slot: Slot):
    key = f"{operation} {slot}"
    readers, status = READABLE.get(key, ((), 0))
    allowed = {status} if name in readers else REFUSED
    if key in NO_REFUSAL and name in STRANGERS:
        allowed = {NO_REFUSAL[key]}
    wanted = request(operation, slot, asked_by(published, name, operation, slot))
    before = published.rows.digests()
    answer = await send(outsider(published, name, operation), wanted)
    assert answer.status_code in allowed, f"{wanted} {answer.text}"
    assert published.rows.digests() == before
    prompt = {published.owner.known[part] for part in ("presetId", "roleId", "styleId", "contextId", "modeId")}
    assert not any(id_ in answer.text for id_ in prompt), "how it was prompted is its owner's"


def test_what_is_readable_exists():
    assert set(READABLE) <= {f"{operation} {slot}" for operation, slot in CHAT_SLOTS}
