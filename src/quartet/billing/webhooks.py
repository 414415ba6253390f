"""Polar's events: signed, kept once as they came, and told to whom they concern in the same transaction."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from quartet.billing import customers, plans, subscriptions
from quartet.billing.errors import Forged
from quartet.billing.snapshots import Event, read_event, read_snapshot
from quartet.billing.subscriptions import Products
from quartet.core.database import Transaction

_log = logging.getLogger(__name__)

Outcome = Literal["applied", "outdated", "noted", "unmatched", "disputed", "unreadable"]
"""What became of an event.

`outdated`: we knew better already. `noted`: nothing to do, or a type we do not know. `unmatched`: of nobody we know.
`disputed`: two users could claim it. `unreadable`: not what Polar's documentation says.
"""

_OPEN: frozenset[Outcome] = frozenset({"unmatched", "disputed", "unreadable"})

# Polar itself keeps them as long.
_KEPT_DAYS = 90
_TRIED_DAYS = 7


def verify(secret: str, headers: Mapping[str, str], body: bytes) -> str:
    """Check Polar's signature over the raw body; return the event's id. Raises `Forged`, also for a stale one.

    Polar signs with the bytes of the secret as it is shown; the standard takes off `whsec_` and decodes the rest.
    """
    try:
        Webhook(secret.encode()).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: a body or signature that is no text at all
        raise Forged from None
    return headers["webhook-id"]


async def receive(tx: Transaction, webhook_id: str, body: bytes, products: Products) -> Outcome | None:
    """Keep a verified event and do what follows from it; None: it came before, and nothing is done."""
    event = read_event(body)
    cursor = await tx.execute(
        """INSERT INTO "PolarEvent" ("webhookId", "type", "polarTimestamp", "body", "outcome")
           VALUES (%s, %s, %s, %s, 'unreadable') ON CONFLICT DO NOTHING""",
        [webhook_id, event.type if event else None, event.timestamp if event else None, body],
    )
    if cursor.rowcount == 0:
        return None
    return await _act(tx, webhook_id, event, datetime.now(UTC).replace(tzinfo=None), products)


async def try_again(tx: Transaction, after: str, products: Products) -> tuple[str, bool] | None:
    """Act again on the next event of the last days, by id, that could not be matched or read.

    Returns its id and whether it now could; None when there is no further one. One transaction each: an event locks
    its user, and two users locked in one transaction could wait for each other.
    """
    cursor = await tx.execute(
        f"""SELECT "webhookId", "body", "receivedAt" FROM "PolarEvent"
            WHERE "outcome" IN ('unmatched', 'disputed', 'unreadable') AND "webhookId" > %s
              AND "receivedAt" > now() - interval '{_TRIED_DAYS} days'
            ORDER BY "webhookId" LIMIT 1 FOR UPDATE SKIP LOCKED""",
        [after],
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    webhook_id, body, received_at = row
    return webhook_id, await _act(tx, webhook_id, read_event(body), received_at, products) not in _OPEN


async def forget_old(tx: Transaction) -> int:
    """Delete events older than 90 days; return how many there were."""
    cursor = await tx.execute(f"""DELETE FROM "PolarEvent" WHERE "receivedAt" < now() - interval '{_KEPT_DAYS} days'""")
    return cursor.rowcount


async def _act(
    tx: Transaction, webhook_id: str, event: Event | None, received_at: datetime, products: Products
) -> Outcome:
    outcome, user_id = await _outcome(tx, event, received_at, products)
    if outcome in _OPEN:
        _log.error("Polar's event %s (%s) is %s", webhook_id, event.type if event else "no type", outcome)
    await tx.execute(
        'UPDATE "PolarEvent" SET "outcome" = %s, "userId" = %s WHERE "webhookId" = %s', [outcome, user_id, webhook_id]
    )
    return outcome


async def _outcome(
    tx: Transaction, event: Event | None, received_at: datetime, products: Products
) -> tuple[Outcome, UUID | None]:
    if event is None:
        return "unreadable", None
    try:
        if event.type.startswith("subscription."):
            return await _subscription(tx, event, received_at, products)
        if event.type.startswith("customer."):
            return await _customer(tx, event, products)
    except customers.Disputed:
        return "disputed", None
    if event.type == "order.refunded":
        # A refund ends no subscription at Polar; a person decides what it means.
        _log.warning("Polar refunded the order %s", event.data.get("id"))
    return "noted", None


async def _subscription(
    tx: Transaction, event: Event, received_at: datetime, products: Products
) -> tuple[Outcome, UUID | None]:
    snapshot = read_snapshot(event.data)
    if snapshot is None:
        return "unreadable", None
    owner = await customers.owner(tx, snapshot.customer_id, snapshot.claims())
    if owner is None:
        return "unmatched", None
    applied = await subscriptions.apply(tx, owner, snapshot, event.timestamp or received_at, products)
    return "applied" if applied.is_newer else "outdated", owner


async def _customer(tx: Transaction, event: Event, products: Products) -> tuple[Outcome, UUID | None]:
    customer_id, mark = event.data.get("id"), event.data.get("external_id")
    if not isinstance(customer_id, str) or "\x00" in customer_id:
        return "unreadable", None
    owner = await customers.owner(tx, customer_id, [mark] if isinstance(mark, str) and mark else [])
    if owner is None:
        return "noted", None
    await plans.lock(tx, owner)
    if event.type == "customer.state_changed":
        # It tells a paid-late subscription from an ended one in nothing, so it only makes us ask.
        await customers.hint(tx, customer_id)
    elif event.type == "customer.deleted":
        await customers.remember(tx, customer_id, owner)
        await customers.forget(tx, customer_id)
        await subscriptions.refresh(tx, owner, products)
    return "noted", owner
