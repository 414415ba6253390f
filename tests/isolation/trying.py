"""Doing what one may not: which operations, in whose name, with whose ids; and every exception to their refusal."""

from collections.abc import Callable

import httpx2

from isolation.conftest import House
from isolation.contract import OPERATIONS, Operation, Slot, Wanted
from people import Visitor

REFUSED = {401, 403, 404}

# Operations, or parameters of them, that name nobody's thing.
NOBODYS = {
    "GET /api/auth/oauth/{provider}": "one of the server's sign-in providers",
    "GET /api/auth/oauth/{provider}/callback": "one of the server's sign-in providers",
    "POST /api/models/local/{name}/pull": "one of the machine's models",
    "POST /api/models/local/{name}/use": "one of the machine's models",
    "POST /api/chat messageId": "what useChat would replace: nothing reads it",
    "POST /api/prompts/import": "names inside a document",
}
# What is no refusal by its status, and gives nothing away either.
NO_REFUSAL = {
    "POST /api/chat message.parts[].url": 400,  # as an address where nothing is
    "POST /api/comparisons message.parts[].url": 400,
    "POST /api/chat message.id": 409,  # its sender chooses a name for a new message, and this one is taken
    "POST /api/comparisons message.id": 409,
    "GET /api/chat/{chat_id}/stream messageId": 204,  # nothing is being written, in a chat of one's own
}
# What anybody may do without being anybody.
OPEN = {
    "POST /api/auth/register": "makes an account",
    "POST /api/auth/login": "asks for a password",
    "POST /api/auth/second-factor": "asks for a code",
    "POST /api/auth/logout": "ends the session that is shown, or none",
    "GET /api/auth/guest": "makes a guest",
    "GET /api/auth/providers": "what the sign-in page shows",
    "GET /api/auth/oauth/{provider}": "goes to a provider",
    "GET /api/auth/oauth/{provider}/callback": "comes back from one",
    "GET /api/auth/session": "says that nobody is signed in",
    "GET /api/models": "what the first page shows",
    "POST /api/webhooks/polar": "asks for the seller's signature",
}
# They take a body, and so are no GET; they keep nothing, so a key that reads may do them.
READ_BY_POST = {"POST /api/prompt/preview", "POST /api/prompts/import/read"}


def is_nobodys(operation: Operation, slot: Slot) -> bool:
    return str(operation) in NOBODYS or f"{operation} {slot}" in NOBODYS


SLOTS = [(operation, slot) for operation in OPERATIONS for slot in operation.slots() if not is_nobodys(operation, slot)]
WITHOUT_IDS = [
    operation
    for operation in OPERATIONS
    if str(operation) not in OPEN and not any(operation == other for other, _ in SLOTS)
]


async def send(visitor: Visitor, wanted: Wanted) -> httpx2.Response:
    files = {"file": b""} if wanted.path == "/api/files/upload" else None
    body = None if files else wanted.body
    return await visitor.http.request(wanted.method, wanted.path, params=wanted.query, json=body, files=files)


def outsider(house: House, name: str, operation: Operation) -> Visitor:
    """Who that is; a key lacks the scope that this operation is about."""
    if name == "key without the scope" and operation.method != "GET" and str(operation) not in READ_BY_POST:
        return house.others["key that reads"]
    return house.others[name]


def asked_by(house: House, name: str, operation: Operation, slot: Slot | None) -> Callable[[Slot], str]:
    """In `slot` stands what is the owner's; strangers put their own things everywhere else."""
    mine = house.strangers.get(name, house.owner)
    return lambda here: (house.owner if here == slot else mine).find(operation, here)
