"""Who may not buy, and what is told when nothing can be bought."""

import logging
from typing import Any

import pytest
from pydantic import SecretStr

from billing.buying import billing_of, has
from billing.selling import SECRET, Shop, a_peer, row, selling
from conftest import a_server, a_settings
from llm.peer import refused_port
from people import Person, Visitor, until
from quartet.core.database import Database
from quartet.polar_peer.peer import TOKEN


async def test_an_address_of_another_customer_is_never_taken_over(shop: Shop, eve: Person, database: Database):
    shop.peer.organization.create_customer(eve.email.upper(), "somebody else")
    refused = await eve.post("/api/billing/checkout", {"plan": "pro"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict:billing")
    assert "e-mail" in refused.json()["detail"]
    assert await row(database, eve.id) is None


async def test_a_guest_makes_an_account_first(shop: Shop):
    async with Visitor(shop.address) as guest:
        await guest.get("/api/auth/guest")
        refused = await guest.post("/api/billing/checkout", {"plan": "pro"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden:billing")


@pytest.mark.parametrize("path", ["checkout", "portal", "refresh"])
async def test_signed_out(shop: Shop, path: str):
    async with Visitor(shop.address) as visitor:
        refused = await visitor.post(f"/api/billing/{path}", {"plan": "pro"})
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized:auth")
        for view in ("billing", "usage"):
            assert (await visitor.get(f"/api/{view}")).status_code == 401


@pytest.mark.parametrize("body", [{}, {"plan": "free"}, {"plan": "gold"}, {"plan": None}, {"plan": ["pro"]}, []])
async def test_what_is_no_plan_is_refused(eve: Person, body: Any):
    refused = await eve.post("/api/billing/checkout", body)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request:api")


async def test_another_site_cannot_buy_in_your_name(eve: Person):
    refused = await eve.post("/api/billing/checkout", {"plan": "pro"}, headers={"sec-fetch-site": "cross-site"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden:origin")


async def test_prices_come_from_the_seller(shop: Shop, eve: Person):
    async def priced() -> bool:
        return bool((await billing_of(eve))["offers"][1]["prices"])

    assert await until(priced)
    free, pro, business = (await billing_of(eve))["offers"]
    assert (free["plan"], free["isForSale"], free["prices"]) == ("free", False, [])
    assert free["limits"] == {
        "maxComponents": 20,
        "maxPresets": 5,
        "tokensPerMonth": 50_000,
        "providers": ["local", "openai"],
    }
    assert pro["isForSale"]
    assert pro["prices"] == [
        {"amount": 2000, "currency": "usd", "interval": "month", "intervalCount": 1},
        {"amount": 20000, "currency": "usd", "interval": "year", "intervalCount": 1},
    ]
    assert (business["plan"], business["limits"]["tokensPerMonth"]) == ("business", 2_000_000)


async def test_where_nothing_is_sold_everything_works_and_says_so(bob: Person):
    billing = await billing_of(bob)
    assert (billing["plan"], billing["isConfigured"]) == ("free", False)
    assert [(offer["plan"], offer["isForSale"]) for offer in billing["offers"]] == [
        ("free", False),
        ("pro", False),
        ("business", False),
    ]
    await bob.component()
    for path in ("checkout", "portal", "refresh"):
        refused = await bob.post(f"/api/billing/{path}", {"plan": "pro"})
        assert (refused.status_code, refused.json()["code"]) == (503, "offline:billing")
        assert "not sold here" in refused.json()["detail"]


async def test_a_seller_that_is_away_is_one_clear_sentence_and_no_secret_is_told(
    database_url: str, database: Database, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    async with a_peer() as peer:
        settings = selling(a_settings(database_url), peer)
    with refused_port() as port:
        away = {"base_url": f"http://127.0.0.1:{port.getsockname()[1]}"}
        settings = settings.model_copy(update={"polar": settings.polar.model_copy(update=away)})
        async with a_server(settings) as address, Person(address, database) as buyer:
            await buyer.register()
            refused = await buyer.post("/api/billing/checkout", {"plan": "pro"})
            assert (refused.status_code, refused.json()["code"]) == (503, "offline:billing")
            assert "cannot be reached" in refused.json()["detail"]
            assert await has(buyer, plan="free", isConfigured=True)
            assert (await buyer.get("/api/billing")).json()["offers"][1]["prices"] == []
    assert "Polar cannot be reached" in caplog.text
    assert TOKEN not in caplog.text
    assert SECRET not in caplog.text


async def test_a_token_that_the_seller_does_not_take_is_ours_to_mend(
    shop: Shop, database: Database, caplog: pytest.LogCaptureFixture
):
    polar = shop.settings.polar.model_copy(update={"access_token": SecretStr("polar_oat_expired")})
    async with (
        a_server(shop.settings.model_copy(update={"polar": polar})) as address,
        Person(address, database) as buyer,
    ):
        await buyer.register()
        assert (await buyer.post("/api/billing/checkout", {"plan": "pro"})).status_code == 503
    assert "Polar refused POST /v1/customers/: 401" in caplog.text
    assert "polar_oat_expired" not in caplog.text
