"""What a buyer does: check out, pay, look at the plan page."""

from typing import Any

import httpx2

from billing.selling import Shop
from people import Person, until


async def check_out(buyer: Person, plan: str = "pro") -> str:
    answer = await buyer.post("/api/billing/checkout", {"plan": plan})
    assert answer.status_code == 200, answer.text
    return answer.json()["url"]


async def pay(url: str, product: str) -> str:
    """Pay as a browser does; return where it is sent then."""
    async with httpx2.AsyncClient() as browser:
        paid = await browser.post(url, data={"product_id": product})
    assert paid.status_code == 303, paid.text
    return paid.headers["location"]


async def buy(buyer: Person, shop: Shop, product: str = "Pro") -> None:
    """Buy, and wait until it is told."""
    bought = shop.product(product)
    await pay(await check_out(buyer, bought.plan or ""), bought.id)
    await until(lambda: has(buyer, plan=bought.plan))


async def has(buyer: Person, **members: Any) -> bool:
    billing = await billing_of(buyer)
    return all(billing[name] == value for name, value in members.items())


async def billing_of(buyer: Person) -> dict[str, Any]:
    return (await buyer.get("/api/billing")).json()
