"""One event, rendered when it is raised and sent unchanged ever after; and how Polar signs it."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime

from quartet.polar_peer.records import new_id
from quartet.polar_peer.rendering import Json, moment

API_VERSION = "2026-10"


@dataclass(frozen=True, slots=True)
class Event:
    """`id` is the `webhook-id` of every attempt."""

    type: str
    body: bytes
    raised_at: datetime
    id: str = field(default_factory=new_id)


def raised(type_: str, data: Json, at: datetime) -> Event:
    payload = {"type": type_, "timestamp": moment(at), "api_version": API_VERSION, "data": data}
    return Event(type_, json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode(), at)


def sign(secret: str, event: Event, timestamp: int) -> dict[str, str]:
    """Return the headers of an attempt at `timestamp` (Unix seconds).

    The key is the whole secret as it is shown, `whsec_` included: Polar signs so, unlike the standard it names.
    """
    content = f"{event.id}.{timestamp}.".encode() + event.body
    signature = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "user-agent": "polar.sh webhooks",
        "webhook-id": event.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
