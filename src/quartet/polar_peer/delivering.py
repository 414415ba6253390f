"""Sending events as Polar sends them: at least once, mostly in order, for some 40 minutes, then never again.

From server/polar/webhook/tasks.py and service.py: ten attempts, 10 s each; waits of 4, 8, 16 … seconds, at most 20
minutes. A first attempt waits while an earlier event, younger than a minute, has had none; a failed attempt holds up
nobody, so retries are overtaken. After ten events in a row that failed for good the endpoint is disabled.
"""

import asyncio
import time
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2

from quartet.polar_peer.events import Event, sign
from quartet.polar_peer.faults import Faults

ATTEMPTS = 10
_TIMEOUT_SECONDS = 10
_HOLDS_UP_SECONDS = 60
_LONGEST_WAIT = 600  # times the base of 2 s: 20 minutes
_FAILED_IN_A_ROW = 10
_STALE_SECONDS = 600
_KEPT = 5000


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST; `status` is None when there was no answer."""

    event: Event
    at: float
    status: int | None

    @property
    def succeeded(self) -> bool:
        return self.status is not None and httpx2.codes.is_success(self.status)


@dataclass(eq=False, slots=True)
class Sending:
    event: Event
    first_tried: asyncio.Event = field(default_factory=asyncio.Event)


class Deliverer:
    """Sends to one endpoint. `base` is the unit of its waits in seconds: 2 at Polar, less where nobody has time."""

    def __init__(self, url: str, secret: str, faults: Faults | None = None, *, base: float = 2.0) -> None:
        self.url = url
        self.secret = secret
        self.faults = faults or Faults()
        self.is_enabled = True
        self.attempts: deque[Attempt] = deque(maxlen=_KEPT)
        self.events: dict[str, Event] = {}
        self._base = base
        self._http = httpx2.AsyncClient(timeout=_TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)
        self._last: Sending | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed_in_a_row = 0

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    def send(self, event: Event) -> None:
        """Take an event; it is delivered in the background."""
        self.events[event.id] = event
        if self.faults.happens(self.faults.drop):
            return
        sending, before = Sending(event), self._last
        self._last = sending
        self._start(self._deliver(sending, before))

    def redeliver(self, event_id: str) -> None:
        """Send an event again, under its old id and with its old body; KeyError for one that is not known."""
        self._start(self._deliver(Sending(self.events[event_id]), None))

    def enable(self) -> None:
        self.is_enabled, self._failed_in_a_row = True, 0

    async def settled(self) -> None:
        """Wait until nothing is on its way any more."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, sending: Sending, before: Sending | None) -> None:
        try:
            if before and not self.faults.reorder:
                with suppress(TimeoutError):
                    await asyncio.wait_for(before.first_tried.wait(), _HOLDS_UP_SECONDS)
            await asyncio.sleep(self.faults.wait())
            delivered = await self._try(sending)
        finally:
            sending.first_tried.set()
        if delivered and self.faults.happens(self.faults.duplicate):
            # A worker that dies after the POST and before its note sends again.
            await asyncio.sleep(self.faults.wait())
            await self._attempt(sending.event)
        self._count(delivered=delivered)

    async def _try(self, sending: Sending) -> bool:
        for number in range(1, ATTEMPTS + 1):
            if not self.is_enabled:
                return True  # skipped: neither delivered nor failed
            if await self._attempt(sending.event):
                return True
            sending.first_tried.set()
            if number < ATTEMPTS:
                await asyncio.sleep(self._base * min(2**number, _LONGEST_WAIT))
        return False

    async def _attempt(self, event: Event) -> bool:
        now = int(time.time())
        is_stale, is_forged = (self.faults.happens(each) for each in (self.faults.stale, self.faults.forge))
        secret = self.secret[::-1] if is_forged else self.secret
        headers = sign(secret, event, now - _STALE_SECONDS if is_stale else now)
        try:
            answer = await self._http.post(self.url, content=event.body, headers=headers)
            attempt = Attempt(event, now, answer.status_code)
        except httpx2.HTTPError:
            attempt = Attempt(event, now, None)
        self.attempts.append(attempt)
        return attempt.succeeded

    def _count(self, *, delivered: bool) -> None:
        self._failed_in_a_row = 0 if delivered else self._failed_in_a_row + 1
        if self._failed_in_a_row >= _FAILED_IN_A_ROW:
            self.is_enabled = False
