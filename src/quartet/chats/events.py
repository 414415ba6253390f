"""The AI SDK's "UI message stream" v1: exactly the chunks that its clients 5, 6 and 7 all accept.

The clients' schemas are strict: one unknown key, one null or an unknown chunk type kills a whole answer. So no
`finishReason` (5.0.0 to 5.0.26 refuse it), no `abort.reason`, no metadata. In order, an answer is:
`start`, `data-prompt`, `start-step`, text and reasoning, `data-usage`, `finish-step`, `finish`, `[DONE]`.
One that does not complete has a `data-outcome`, then `abort` (stopped) or `error` instead of `finish`.
"""

from typing import Any
from uuid import UUID

import msgspec

HEADERS = {
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
    "x-vercel-ai-ui-message-stream": "v1",
    "x-accel-buffering": "no",
}

_encode = msgspec.json.Encoder().encode

DONE = b"data: [DONE]\n\n"
# A comment: clients ignore it, and a proxy sees that the connection lives.
KEEP_ALIVE = b": keep-alive\n\n"


def chunk(type_: str, **members: Any) -> bytes:
    return b"data: " + _encode({"type": type_, **members}) + b"\n\n"


def start(message_id: UUID) -> bytes:
    return chunk("start", messageId=str(message_id))


def delta(kind: str, part_id: str, text: str) -> bytes:
    """Encode a piece of text or reasoning: the one chunk that is sent by the thousand."""
    return b'data: {"type":"%b-delta","id":"%b","delta":%b}\n\n' % (
        kind.encode(),
        part_id.encode(),
        _encode(text),
    )


def failure(problem: str) -> bytes:
    """Encode the last chunks of what failed; `problem` tells a person why."""
    return chunk("error", errorText=problem) + DONE


def data(part: dict[str, Any]) -> bytes:
    """Encode a `data-…` part of a message: it is kept in the message as it is sent."""
    return chunk(part["type"], data=part["data"])
