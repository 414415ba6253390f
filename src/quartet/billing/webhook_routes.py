from typing import get_args

from fastapi import APIRouter, Request

from quartet.billing import webhooks
from quartet.billing.errors import Forged, NoWebhooks
from quartet.core.database import Database
from quartet.core.errors import refusals
from quartet.core.metrics import WEBHOOKS

router = APIRouter(prefix="/api/webhooks", tags=["Plans"])

# Prometheus sees no increase in a series that begins with its first event: an alert would come with the second.
for _result in (*get_args(webhooks.Outcome), "repeated", "forged"):
    WEBHOOKS.labels(_result)

# Read raw, for the signature is over the bytes: FastAPI would describe no body at all.
_EVENT = {"content": {"application/json": {"schema": {"type": "object"}}}, "required": True}
_SIGNED = [
    {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
]


@router.post(
    "/polar",
    status_code=202,
    responses=refusals(Forged, NoWebhooks),
    openapi_extra={"requestBody": _EVENT, "parameters": _SIGNED},
)
async def receive(request: Request) -> None:
    """Take one of Polar's events. 202 says that it is kept; repeated, unknown and unreadable ones too.

    Anything else would make Polar send it again, and after ten such events send nothing any more.
    """
    secret = request.app.state.shop.webhook_secret
    if secret is None:
        raise NoWebhooks
    body = await request.body()
    try:
        webhook_id = webhooks.verify(secret.get_secret_value(), request.headers, body)
    except Forged:
        WEBHOOKS.labels("forged").inc()
        raise
    database: Database = request.app.state.database
    async with database.system() as tx:
        outcome = await webhooks.receive(tx, webhook_id, body, request.app.state.shop.products)
    WEBHOOKS.labels(outcome or "repeated").inc()
