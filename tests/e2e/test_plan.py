"""A plan bought, cancelled and over, as its owner sees it; the seller is the peer that stands in for Polar."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from billing.selling import WEBHOOK, a_peer
from e2e.pages import member, part
from e2e.quartet_server import QuartetServer
from people import until
from quartet.polar_peer.peer import SECRET, TOKEN, Peer


@dataclass
class Shop:
    address: str
    peer: Peer


@pytest.fixture(scope="module")
async def shop(wheel: Path) -> AsyncIterator[Shop]:
    """A server of the wheel that sells through the peer."""
    async with a_peer() as peer:
        products = {each.id: each.plan for each in peer.organization.products.values()}
        settings = {
            "POLAR_ACCESS_TOKEN": TOKEN,
            "POLAR_WEBHOOK_SECRET": SECRET,
            "POLAR_BASE_URL": peer.address,
            "POLAR_PRODUCTS": json.dumps(products),
        }
        async with QuartetServer(wheel, **settings) as server:
            peer.deliverer.url = server.address + WEBHOOK
            yield Shop(server.address, peer)


async def pay_for_pro(page: Page, shop: Shop) -> None:
    await page.goto(f"{shop.address}/plan")
    await page.get_by_role("button", name="Choose Pro").click()
    await page.get_by_role("button", name="Pay now").click()
    await page.wait_for_url(f"{shop.address}/plan*")


async def in_portal(page: Page, button: str, act: str) -> None:
    """Go to the customer portal with a button of the plan page, do something there, and come back."""
    await page.get_by_role("button", name=button).click()
    await page.get_by_role("button", name=act).click()
    await page.get_by_role("link", name="Back to the shop").click()


async def ended(page: Page, shop: Shop) -> bool:
    billing = await page.context.request.get(f"{shop.address}/api/billing")
    return (await billing.json())["plan"] == "free"


async def test_limits_rise_without_a_reload(page: Page, shop: Shop):
    async def is_slow(route: Route) -> None:
        await route.fulfill(status=204)

    await member(page, shop.address)
    await page.route("**/api/billing/refresh", is_slow)
    shop.peer.deliverer.faults.drop = 1
    try:
        await pay_for_pro(page, shop)
        await expect(page.get_by_text("Your payment is being confirmed")).to_be_visible()
        await expect(page.get_by_text("0 of 50,000")).to_be_visible()
        await page.evaluate("window.isTheSamePage = true")
        await page.unroute("**/api/billing/refresh")
        await expect(page.get_by_text("You have Pro now")).to_be_visible()
    finally:
        shop.peer.deliverer.faults.drop = 0
    await expect(page.get_by_text("0 of 500,000")).to_be_visible()
    await expect(page.get_by_role("button", name="@example.com")).to_contain_text("Pro plan")
    assert await page.evaluate("window.isTheSamePage")
    assert page.url == f"{shop.address}/plan", "who reloads would be thanked again"


async def test_a_cancelled_plan_ends_and_nothing_is_deleted(page: Page, shop: Shop):
    await member(page, shop.address)
    await pay_for_pro(page, shop)
    await expect(page.get_by_text("You have Pro now")).to_be_visible()
    for _ in range(21):
        await part(page, shop.address, "role", "You tutor.")

    await in_portal(page, "Cancel Pro", "Cancel subscription")
    await expect(page.get_by_text("Until then all of it is yours")).to_be_visible()
    await expect(page.get_by_text("0 of 500,000")).to_be_visible()
    await in_portal(page, "Keep Pro", "Do not cancel")
    await expect(page.get_by_text("It renews on")).to_be_visible()
    await in_portal(page, "Manage", "Cancel subscription")
    await expect(page.get_by_text("Until then all of it is yours")).to_be_visible()

    shop.peer.advance(timedelta(days=31))
    await until(lambda: ended(page, shop))
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Presets").click()
    await expect(page.get_by_role("heading", name="Presets", exact=True)).to_be_visible()
    await page.get_by_role("button", name="@example.com").click()
    await page.get_by_role("menuitem", name="Plan and usage").click()
    await expect(page.get_by_text("Your paid plan has ended.")).to_be_visible()
    await expect(page.get_by_text("0 of 50,000")).to_be_visible()
    await expect(
        page.get_by_text("1 more than the plan allows: they stay, but nothing new can be made.")
    ).to_be_visible()
    await expect(page.get_by_role("button", name="@example.com")).to_contain_text("Free plan")

    await page.goto(f"{shop.address}/library/role")
    await expect(page.get_by_text("You have 21 of the 20 parts of the Free plan")).to_be_visible()
    kept = await (await page.context.request.get(f"{shop.address}/api/components?limit=100")).json()
    assert len(kept["items"]) == 21
    refused = await page.context.request.post(
        f"{shop.address}/api/components", data={"type": "role", "name": "One more", "content": "You tutor."}
    )
    assert refused.status == 402
    changed = await page.context.request.patch(
        f"{shop.address}/api/components/{kept['items'][0]['id']}", data={"content": "You tutor patiently."}
    )
    assert changed.ok, await changed.text()
