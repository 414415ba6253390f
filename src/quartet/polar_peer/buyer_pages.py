"""What a buyer sees at the seller's: the pay page and the customer portal."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from quartet.polar_peer import html
from quartet.polar_peer.organization import NotFound
from quartet.polar_peer.peer import Peer
from quartet.polar_peer.records import Checkout, Customer, Subscription

router = APIRouter(default_response_class=HTMLResponse)


def _peer(request: Request) -> Peer:
    peer: Peer = request.app.state.peer
    return peer


@router.get("/checkout/{client_secret}")
async def show_checkout(client_secret: str, request: Request) -> str:
    peer = _peer(request)
    checkout = _checkout(peer, client_secret)
    if checkout.status == "succeeded":
        return html.page("Paid", html.text("This checkout is complete."))
    products = {id_: html.priced(peer.organization.products[id_]) for id_ in checkout.product_ids}
    owner = peer.organization.customers[checkout.customer_id]
    pay = f'<form method="post">{html.choice("product_id", products)}<button class="main">Pay now</button></form>'
    back = html.link("Back without paying", checkout.return_url) if checkout.return_url else ""
    return html.page("Checkout", html.text(f"Customer: {owner.email}"), pay, back)


@router.post("/checkout/{client_secret}")
async def pay(client_secret: str, product_id: Annotated[str, Form()], request: Request) -> RedirectResponse:
    peer = _peer(request)
    checkout = _checkout(peer, client_secret)
    if product_id not in checkout.product_ids:
        raise NotFound
    peer.lifecycle.pay(checkout, product_id)
    back = (checkout.success_url or f"/checkout/{client_secret}").replace("{CHECKOUT_ID}", checkout.id)
    return RedirectResponse(back, 303)


@router.get("/portal")
async def show_portal(customer_session_token: str, request: Request) -> str:
    peer = _peer(request)
    session = peer.organization.session(customer_session_token)
    owner = peer.organization.customers[session.customer_id]
    held = peer.organization.subscriptions_of(owner)
    shown = [_subscription(peer, each, customer_session_token) for each in held if each.is_billable]
    back = html.link("Back to the shop", session.return_url) if session.return_url else ""
    return html.page(
        "Customer portal",
        html.text(f"Customer: {owner.email}"),
        *(shown or [html.text("No subscription is running.")]),
        html.button(
            "Use a card that is refused" if owner.card_works else "Use a card that works",
            f"/portal/card?customer_session_token={customer_session_token}",
            works="" if owner.card_works else "yes",
        ),
        "<h2>Invoices</h2>",
        _invoices(peer, owner),
        back,
    )


@router.post("/portal/card")
async def change_card(
    customer_session_token: str, request: Request, works: Annotated[str, Form()] = ""
) -> RedirectResponse:
    peer = _peer(request)
    session = peer.organization.session(customer_session_token)
    peer.lifecycle.change_card(peer.organization.customers[session.customer_id], works=bool(works))
    return _to_portal(customer_session_token)


@router.post("/portal/subscriptions/{id_}")
async def change_subscription(
    id_: str, customer_session_token: str, request: Request, act: Annotated[str, Form()]
) -> RedirectResponse:
    peer = _peer(request)
    session = peer.organization.session(customer_session_token)
    subscription = peer.organization.find(peer.organization.subscriptions, id_)
    if subscription.customer_id != session.customer_id:
        raise NotFound
    match act:
        case "cancel":
            peer.lifecycle.cancel(subscription)
        case "uncancel":
            peer.lifecycle.uncancel(subscription)
        case product_id:
            peer.lifecycle.change(subscription, peer.organization.find(peer.organization.products, product_id))
    return _to_portal(customer_session_token)


def _checkout(peer: Peer, client_secret: str) -> Checkout:
    for checkout in peer.organization.checkouts.values():
        if checkout.client_secret == client_secret:
            return checkout
    raise NotFound


def _subscription(peer: Peer, subscription: Subscription, token: str) -> str:
    product = peer.organization.products[subscription.product_id]
    action = f"/portal/subscriptions/{subscription.id}?customer_session_token={token}"
    end = f"{subscription.period_end:%d %B %Y}"
    told = f"It ends on {end}." if subscription.cancel_at_period_end else f"It renews on {end}."
    late = html.text("The last payment failed.") if subscription.status == "past_due" else ""
    others = [each for each in peer.organization.products.values() if each.id != product.id]
    return (
        f"<h2>{product.name}</h2>{html.text(html.priced(product))}{html.text(told)}{late}"
        + (
            html.button("Do not cancel", action, act="uncancel")
            if subscription.cancel_at_period_end
            else html.button("Cancel subscription", action, act="cancel")
        )
        + "".join(html.button(f"Change to {each.name}", action, act=each.id) for each in others)
    )


def _invoices(peer: Peer, owner: Customer) -> str:
    orders = [order for order in peer.organization.orders if order.subscription.customer_id == owner.id]
    rows = [
        (each.number, f"{each.created_at:%Y-%m-%d}", each.product.name, f"{each.product.amount / 100:.2f}", each.status)
        for each in reversed(orders)
    ]
    return html.table(("Number", "Date", "For", "Amount", "State"), rows)


def _to_portal(token: str) -> RedirectResponse:
    return RedirectResponse(f"/portal?customer_session_token={token}", 303)
