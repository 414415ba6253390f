"""The peer put together: what it sells, its time, its deliveries, and one app that serves it all."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from quartet.polar_peer.clock import Clock
from quartet.polar_peer.delivering import Deliverer
from quartet.polar_peer.lifecycle import Lifecycle
from quartet.polar_peer.organization import Organization
from quartet.polar_peer.records import Product

TOKEN = "polar_oat_on_this_machine"  # noqa: S105 - opens nothing but the peer, which listens to this machine alone
SECRET = "whsec_on_this_machine_0000000000000000000000000"  # noqa: S105 - as above

_TICK_SECONDS = 1


def products_for_sale(clock: Clock) -> list[Product]:
    """Pro and Business, by month and by year; a year costs ten months."""
    made = clock.now()
    return [
        Product("d8dd2de1-21b7-4a41-8bc3-ce909c0cfe23", "Pro", "pro", 2_000, "month", made),
        Product("e1f0c4f2-6f0d-4c59-9d0a-3b1d7a52c8aa", "Pro, by year", "pro", 20_000, "year", made),
        Product("f6c8a1b0-2f57-4c5e-8a3d-9b6e1d04c7e5", "Business", "business", 6_000, "month", made),
        Product("a3b7d9e1-5c24-4f8b-b6f0-7c1e2d3f4a5b", "Business, by year", "business", 60_000, "year", made),
    ]


@dataclass(slots=True)
class Received:
    """A request as it came, for whoever checks what we send."""

    method: str
    path: str
    body: bytes


class Peer:
    """`address` is where it is served: the pay page and the portal are there."""

    def __init__(
        self,
        address: str,
        deliverer: Deliverer,
        *,
        clock: Clock | None = None,
        products: Sequence[Product] | None = None,
    ) -> None:
        self.address = address
        self.deliverer = deliverer
        self.clock = clock or Clock()
        self.organization = Organization(products or products_for_sale(self.clock), self.clock, deliverer.send)
        self.lifecycle = Lifecycle(self.organization)
        self.received: list[Received] = []

    def advance(self, by: timedelta) -> None:
        """Let time pass, with everything that is due in it."""
        self.lifecycle.pass_time(self.clock.now() + by)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Do what real time brings, too; at the end, stop sending."""
        ticking = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            ticking.cancel()
            await self.deliverer.close()

    async def _tick(self) -> None:
        while True:
            self.lifecycle.run_due()
            await asyncio.sleep(_TICK_SECONDS)
