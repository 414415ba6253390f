"""What only a stand-in has: its clock, what goes wrong, and a look at what was sent. A page, and the same as JSON."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from quartet.polar_peer import html, rendering
from quartet.polar_peer.organization import NotFound
from quartet.polar_peer.peer import Peer
from quartet.polar_peer.rendering import Json

router = APIRouter()

_SHOWN = 50

Chance = Annotated[float, Field(ge=0, le=1)]


class Step(BaseModel):
    days: float = Field(ge=0, le=4000)


class FaultSettings(BaseModel):
    """As `faults.Faults`; what is left out is as it was."""

    drop: Chance | None = None
    duplicate: Chance | None = None
    forge: Chance | None = None
    stale: Chance | None = None
    delay: Annotated[float, Field(ge=0, le=600)] | None = None
    reorder: bool | None = None


class Card(BaseModel):
    works: bool


def _peer(request: Request) -> Peer:
    peer: Peer = request.app.state.peer
    return peer


@router.get("/peer")
async def read_peer(request: Request) -> Json:
    """Show the time, the faults, and every event with its attempts, the newest last."""
    peer = _peer(request)
    attempts: dict[str, list[int | None]] = {id_: [] for id_ in peer.deliverer.events}
    for attempt in peer.deliverer.attempts:
        attempts.setdefault(attempt.event.id, []).append(attempt.status)
    return {
        "now": rendering.moment(peer.clock.now()),
        "endpoint": {"url": peer.deliverer.url, "enabled": peer.deliverer.is_enabled},
        "faults": {name: getattr(peer.deliverer.faults, name) for name in FaultSettings.model_fields},
        "events": [
            {"id": event.id, "type": event.type, "attempts": attempts[event.id]}
            for event in peer.deliverer.events.values()
        ],
    }


@router.post("/peer/clock", status_code=204)
async def advance(body: Step, request: Request) -> None:
    _peer(request).advance(timedelta(days=body.days))


@router.patch("/peer/faults", status_code=204)
async def change_faults(body: FaultSettings, request: Request) -> None:
    for name, value in body.model_dump(exclude_none=True).items():
        setattr(_peer(request).deliverer.faults, name, value)


@router.post("/peer/endpoint/enable", status_code=204)
async def enable(request: Request) -> None:
    _peer(request).deliverer.enable()


@router.put("/peer/customers/{external_id}/card", status_code=204)
async def change_card(external_id: str, body: Card, request: Request) -> None:
    peer = _peer(request)
    peer.lifecycle.change_card(peer.organization.customer_of(external_id), works=body.works)


@router.get("/", response_class=HTMLResponse)
async def show(request: Request) -> str:
    peer = _peer(request)
    by_event = {attempt.event.id: attempt.status for attempt in peer.deliverer.attempts}
    events = list(peer.deliverer.events.values())[-_SHOWN:]
    rows = [(each.type, each.id, _told(by_event.get(each.id))) for each in reversed(events)]
    steps = {"1 day": "1", "1 month": "31", "1 year": "366"}
    return html.page(
        "Polar, on this machine",
        html.text(f"Here it is {peer.clock.now():%d %B %Y, %H:%M} UTC."),
        *(html.button(f"Let {label} pass", "/clock", days=days) for label, days in steps.items()),
        "<h2>Events</h2>",
        html.text(f"They go to {peer.deliverer.url}."),
        "" if peer.deliverer.is_enabled else html.button("Enable the endpoint again", "/enable", main=True),
        html.table(("Event", "Id", "Answered"), rows),
        html.button("Send the last one again", "/redeliver", id=events[-1].id) if events else "",
    )


@router.post("/clock")
async def press_clock(days: Annotated[float, Form()], request: Request) -> RedirectResponse:
    _peer(request).advance(timedelta(days=Step(days=days).days))
    return RedirectResponse("/", 303)


@router.post("/enable")
async def press_enable(request: Request) -> RedirectResponse:
    _peer(request).deliverer.enable()
    return RedirectResponse("/", 303)


@router.post("/redeliver")
async def press_redeliver(id_: Annotated[str, Form(alias="id")], request: Request) -> RedirectResponse:
    peer = _peer(request)
    if id_ not in peer.deliverer.events:
        raise NotFound
    peer.deliverer.redeliver(id_)
    return RedirectResponse("/", 303)


def _told(status: int | None) -> str:
    return str(status) if status else "nothing"
