"""Polar over HTTP, version 2026-10 of its API: the five things that we ask of it.

Not its own SDK: 1.0.2 refuses answers that it should read, and pins a beta. The tests hold our requests against the
SDK's input types and read our peer's answers with it.
"""

import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
from pydantic import SecretStr

from quartet.billing.errors import SellerAway
from quartet.billing.snapshots import Snapshot, read_snapshot

_VERSION = "2026-10"
_SECONDS = 10
_PAGE = 100
_TAKEN = 422
# A list that grows while it is read shifts its pages; read again, what was skipped is there.
_PASSES = 3

_log = logging.getLogger(__name__)


class Refused(Exception):
    """Polar's own no. `error` is its name for the reason, as `ResourceNotFound`; `fields` are those it finds wrong."""

    def __init__(self, status: int, told: Any) -> None:
        members = told if isinstance(told, dict) else {}
        detail = members.get("detail")
        problems = detail if isinstance(detail, list) else []
        self.status = status
        self.error = str(members.get("error"))
        self.fields = {str(each["loc"][-1]) for each in problems if isinstance(each, dict) and each.get("loc")}
        # Polar's own sentences are left out: they may repeat an e-mail address.
        super().__init__(f"{status} {self.error} {sorted(self.fields)}")


@dataclass(frozen=True, slots=True)
class Checkout:
    """What a checkout is made from; `product_ids` are offered side by side, the first one chosen."""

    user_id: UUID
    customer_id: str
    product_ids: Sequence[str]
    success_url: str
    return_url: str


class Polar:
    """One client for a process. Every method raises `SellerAway` when Polar cannot be reached or is in trouble."""

    def __init__(self, access_token: SecretStr, base_url: str) -> None:
        self._http = httpx2.AsyncClient(
            base_url=base_url,
            headers={"authorization": f"Bearer {access_token.get_secret_value()}", "polar-version": _VERSION},
            timeout=_SECONDS,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def create_customer(self, user_id: UUID, email: str) -> str:
        """Make the customer of a user, or find the one that an earlier try made; return its id.

        The external id is the user's, never the e-mail: it can be set once and not changed. Raises `Refused` when
        the address belongs to another customer.
        """
        try:
            made = await self._ask("POST", "/v1/customers/", "id", body={"external_id": str(user_id), "email": email})
        except Refused as refused:
            if refused.status != _TAKEN:
                raise
            try:
                made = await self._ask("GET", f"/v1/customers/external/{user_id}", "id")
            except Refused:
                raise refused from None
        return str(made["id"])

    async def create_checkout(self, checkout: Checkout) -> str:
        """Return the address of the page to pay on. Polar copies the metadata to the subscription."""
        made = await self._ask(
            "POST",
            "/v1/checkouts/",
            "url",
            body={
                "products": list(checkout.product_ids),
                "customer_id": checkout.customer_id,
                "success_url": checkout.success_url,
                "return_url": checkout.return_url,
                "metadata": {"userId": str(checkout.user_id)},
            },
        )
        return str(made["url"])

    async def create_portal(self, customer_id: str, return_url: str) -> str:
        """Return the address of the customer's own page at Polar; it opens for an hour."""
        body = {"customer_id": customer_id, "return_url": return_url}
        made = await self._ask("POST", "/v1/customer-sessions/", "customer_portal_url", body=body)
        return str(made["customer_portal_url"])

    async def subscriptions(self, customer_id: str | None = None) -> AsyncIterator[Snapshot]:
        """Read all subscriptions, of one customer or of everybody, each at least once; unreadable ones are left out."""
        query: dict[str, str | int] = {"limit": _PAGE, "sorting": "started_at"}
        if customer_id:
            query["customer_id"] = customer_id
        seen: set[str] = set()
        for _ in range(_PASSES):
            page, pages, total = 1, 1, 0
            while page <= pages:
                answer = await self._ask("GET", "/v1/subscriptions/", "pagination", query={**query, "page": page})
                pages, total = answer["pagination"]["max_page"], answer["pagination"]["total_count"]
                for item in answer["items"]:
                    if item["id"] not in seen and (snapshot := read_snapshot(item)):
                        yield snapshot
                    seen.add(item["id"])
                page += 1
            if len(seen) >= total:
                return

    async def products(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        """Read products as Polar has them; those it does not know are left out."""
        answer = await self._ask("GET", "/v1/products/", "items", query={"id": list(ids), "limit": _PAGE})
        items: list[dict[str, Any]] = answer["items"]
        return items

    async def _ask(
        self,
        method: str,
        path: str,
        wanted: str,
        *,
        body: dict[str, Any] | None = None,
        query: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Ask; return an object that has the member `wanted`. Raises `Refused` or `SellerAway`."""
        try:
            answer = await self._http.request(method, path, json=body, params=query)
            told = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            _log.warning("Polar cannot be reached for %s %s: %s", method, path, type(error).__name__)
            raise SellerAway from None
        if answer.is_success and isinstance(told, dict) and wanted in told:
            return told
        refused = Refused(answer.status_code, told)
        _log.warning("Polar refused %s %s: %s", method, path, refused)
        # A wrong token is ours to mend, not the buyer's; too many requests pass by themselves.
        if not answer.is_client_error or answer.status_code in {401, 429}:
            wait = answer.headers.get("retry-after")
            raise SellerAway(headers={"Retry-After": wait} if wait else None)
        raise refused
