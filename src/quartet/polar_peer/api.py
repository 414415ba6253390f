"""The part of Polar's API that a shop like ours uses; its description is at https://docs.polar.sh/api-reference."""

import secrets
from datetime import UTC, datetime
from math import ceil
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request

from quartet.polar_peer import checkout_rendering, rendering
from quartet.polar_peer.bodies import CheckoutCreate, CustomerCreate, SessionCreate, SubscriptionUpdate
from quartet.polar_peer.delivering import Attempt
from quartet.polar_peer.events import API_VERSION
from quartet.polar_peer.organization import Invalid, NotFound
from quartet.polar_peer.peer import TOKEN, Peer, Received
from quartet.polar_peer.records import Customer
from quartet.polar_peer.rendering import Json

Page = Annotated[int, Query(ge=1)]
Limit = Annotated[int, Query(ge=1, le=100)]
Several = Annotated[list[str] | None, Query()]


async def _peer(request: Request) -> Peer:
    """Let only the token in, and remember what was asked."""
    given = request.headers.get("authorization", "")
    if not secrets.compare_digest(given.encode(), f"Bearer {TOKEN}".encode()):
        raise HTTPException(401, "Unauthorized")
    peer: Peer = request.app.state.peer
    peer.received.append(Received(request.method, request.url.path, await request.body()))
    return peer


Ours = Annotated[Peer, Depends(_peer)]

router = APIRouter(prefix="/v1")


@router.post("/customers/", status_code=201)
async def create_customer(body: CustomerCreate, peer: Ours) -> Json:
    return rendering.customer(peer.organization.create_customer(body.email, body.external_id, body.name))


@router.get("/customers/external/{external_id}")
async def get_customer(external_id: str, peer: Ours) -> Json:
    return rendering.customer(peer.organization.customer_of(external_id))


@router.get("/customers/external/{external_id}/state")
async def get_customer_state(external_id: str, peer: Ours) -> Json:
    return peer.organization.state(peer.organization.customer_of(external_id))


@router.delete("/customers/{id_}", status_code=204)
async def delete_customer(id_: str, peer: Ours) -> None:
    peer.lifecycle.delete_customer(peer.organization.find(peer.organization.customers, id_))


@router.get("/products/")
async def list_products(
    peer: Ours, id_: Annotated[Several, Query(alias="id")] = None, page: Page = 1, limit: Limit = 10
) -> Json:
    found = [each for each in peer.organization.products.values() if id_ is None or each.id in id_]
    return _paged([rendering.product(each) for each in found], page, limit)


@router.post("/checkouts/", status_code=201)
async def create_checkout(body: CheckoutCreate, peer: Ours) -> Json:
    customer = _named(peer, body.customer_id, body.external_customer_id)
    made = peer.organization.new_checkout(customer.id, body.products, body.metadata, body.success_url, body.return_url)
    return peer.organization.render_checkout(made, peer.address)


@router.get("/checkouts/{id_}")
async def get_checkout(id_: str, peer: Ours) -> Json:
    return peer.organization.render_checkout(peer.organization.find(peer.organization.checkouts, id_), peer.address)


@router.post("/customer-sessions/", status_code=201)
async def create_session(body: SessionCreate, peer: Ours) -> Json:
    customer = _named(peer, body.customer_id, body.external_customer_id)
    session = peer.organization.open_portal(customer, body.return_url)
    return checkout_rendering.portal_session(session, customer, peer.address)


@router.get("/subscriptions/")
async def list_subscriptions(  # each filter is one of Polar's
    peer: Ours,
    customer_id: Several = None,
    external_customer_id: Several = None,
    status: Several = None,
    sorting: Several = None,
    page: Page = 1,
    limit: Limit = 10,
) -> Json:
    organization = peer.organization
    found = [
        each
        for each in organization.subscriptions.values()
        if (customer_id is None or each.customer_id in customer_id)
        and (status is None or each.status in status)
        and (
            external_customer_id is None or organization.customers[each.customer_id].external_id in external_customer_id
        )
    ]
    found.sort(key=lambda each: each.started_at or each.created_at, reverse=sorting != ["started_at"])
    return _paged([organization.render_subscription(each) for each in found], page, limit)


@router.get("/subscriptions/{id_}")
async def get_subscription(id_: str, peer: Ours) -> Json:
    return peer.organization.render_subscription(peer.organization.find(peer.organization.subscriptions, id_))


@router.patch("/subscriptions/{id_}")
async def update_subscription(id_: str, body: SubscriptionUpdate, peer: Ours) -> Json:
    subscription = peer.organization.find(peer.organization.subscriptions, id_)
    if body.product_id:
        if body.product_id not in peer.organization.products:
            raise Invalid("product_id", "Product does not exist.")
        product = peer.organization.products[body.product_id]
        peer.lifecycle.change(subscription, product, reset=body.proration_behavior == "reset")
    if body.cancel_at_period_end is not None:
        act = peer.lifecycle.cancel if body.cancel_at_period_end else peer.lifecycle.uncancel
        act(subscription)
    return peer.organization.render_subscription(subscription)


@router.delete("/subscriptions/{id_}")
async def revoke_subscription(id_: str, peer: Ours) -> Json:
    subscription = peer.organization.find(peer.organization.subscriptions, id_)
    peer.lifecycle.revoke(subscription)
    return peer.organization.render_subscription(subscription)


@router.get("/webhooks/deliveries")
async def list_deliveries(peer: Ours, *, succeeded: bool | None = None, page: Page = 1, limit: Limit = 10) -> Json:
    found = [each for each in peer.deliverer.attempts if succeeded is None or each.succeeded == succeeded]
    return _paged([_delivery(each) for each in reversed(found)], page, limit)


@router.post("/webhooks/events/{id_}/redeliver", status_code=202)
async def redeliver(id_: str, peer: Ours) -> None:
    if id_ not in peer.deliverer.events:
        raise NotFound
    peer.deliverer.redeliver(id_)


def _named(peer: Peer, id_: str | None, external_id: str | None) -> Customer:
    if id_ is not None:
        return peer.organization.present_customer("customer_id", id_)
    try:
        return peer.organization.customer_of(external_id or "")
    except NotFound:
        raise Invalid("external_customer_id", "Customer does not exist.") from None


def _paged(items: list[Any], page: int, limit: int) -> Json:
    shown = items[(page - 1) * limit : page * limit]
    return {"items": shown, "pagination": {"total_count": len(items), "max_page": ceil(len(items) / limit)}}


def _delivery(attempt: Attempt) -> Json:
    at = rendering.moment(datetime.fromtimestamp(attempt.at, UTC))
    event = attempt.event
    return {
        "created_at": at,
        "modified_at": None,
        "id": event.id,
        "succeeded": attempt.succeeded,
        "http_code": attempt.status,
        "response": None,
        "webhook_event": {
            "created_at": rendering.moment(event.raised_at),
            "modified_at": None,
            "id": event.id,
            "last_http_code": attempt.status,
            "succeeded": attempt.succeeded,
            "skipped": False,
            "api_version": API_VERSION,
            "payload": event.body.decode(),
            "type": event.type,
            "is_archived": False,
        },
    }
