"""What comes to /api/webhooks/polar: signed as Polar signs, and everything that is not."""

import asyncio
import json
import logging
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from billing.selling import SECRET, WEBHOOK, Shop, a_user, deliver, outcome, row
from conftest import a_server, a_settings
from people import Person, Visitor
from quartet.core.database import Database
from quartet.polar_peer.events import Event, sign

SAMPLES = {path.stem: json.loads(path.read_text()) for path in (Path(__file__).parent / "samples").glob("*.json")}
NOW = datetime.now(UTC)


def sample(name: str, user_id: str | None = None, **data) -> Event:
    """A sample of a user's own: other ids, the same everything else."""
    text = json.dumps(SAMPLES[name] | {"data": SAMPLES[name]["data"] | data})
    for known, fresh in {
        "5f0c1a52-7f43-4d1e-9f0a-6f3b6a1f2c11": user_id or str(uuid4()),
        "992fae2a-2a17-4b7a-8d9e-e287cf90131b": f"cus-{user_id}",
        "e5149aae-e521-42b9-b24c-abb3d71eea2e": f"sub-{user_id}",
    }.items():
        text = text.replace(known, fresh)
    return Event(SAMPLES[name]["type"], text.encode(), NOW)


@pytest.fixture
async def user(database: Database) -> str:
    return await a_user(database)


@pytest.fixture
def now() -> int:
    return int(time.time())


async def test_every_sample_is_taken(visitor: Visitor, shop: Shop, database: Database, user: str, now: int):
    assert len(SAMPLES) == 13
    async with Visitor(shop.address) as polar:
        for name in SAMPLES:
            event = sample(name, user)
            assert (await deliver(polar.http, event, at=now)).status_code == 202, name
            expected = {"applied", "outdated"} if name.startswith("subscription.") else {"noted"}
            assert await outcome(database, event.id) in expected, name
            async with database.system() as tx:
                cursor = await tx.execute('SELECT "body" FROM "PolarEvent" WHERE "webhookId" = %s', [event.id])
                assert await cursor.fetchone() == (event.body,), "kept as it was signed"


async def test_a_subscription_goes_through_its_life(shop: Shop, database: Database, user: str, now: int):
    seen = []
    async with Visitor(shop.address) as polar:
        for name in ("created", "active", "canceled", "uncanceled", "cycled", "past_due", "resumed", "revoked"):
            modified = {"modified_at": "2026-10-20T00:00:00Z"} if name == "revoked" else {}
            await deliver(polar.http, sample(f"subscription.{name}", user, **modified), at=now)
            found = await row(database, user)
            seen.append((found["plan"], found["status"], found["cancelAtPeriodEnd"]) if found else None)
    assert seen == [
        None,  # not paid for yet
        ("pro", "active", False),
        ("pro", "active", True),
        ("pro", "active", False),
        ("pro", "active", False),
        ("pro", "past_due", False),
        ("pro", "active", False),
        ("free", "cancelled", False),
    ]
    assert found["polarCustomerId"] == f"cus-{user}"
    assert found["polarSubscriptionId"] == f"sub-{user}"
    assert found["currentPeriodEnd"] == datetime(2026, 10, 1, 10)


async def test_the_wrong_signature_changes_nothing(shop: Shop, database: Database, user: str, now: int):
    event = sample("subscription.active", user)
    good = sign(SECRET, event, now)
    wrong = {
        "another secret": sign("whsec_wrong", event, now),
        # What a plain Standard Webhooks library would sign with: the prefix taken off, the rest decoded.
        "the standard's key": sign(SECRET.removeprefix("whsec_"), event, now),
        "too old": sign(SECRET, event, now - 301),
        "too new": sign(SECRET, event, now + 330),
        "another id": good | {"webhook-id": "another"},
        "another time": good | {"webhook-timestamp": str(now - 1)},
        "no id": {name: value for name, value in good.items() if name != "webhook-id"},
        "no signature": {name: value for name, value in good.items() if name != "webhook-signature"},
        "no text": good | {"webhook-signature": "v1"},
        "no base64": good | {"webhook-signature": "v1,*"},
        "no number": good | {"webhook-timestamp": "soon"},
        "not a number": good | {"webhook-timestamp": "nan"},
    }
    async with Visitor(shop.address) as polar:
        for what, headers in wrong.items():
            answer = await polar.http.post(WEBHOOK, content=event.body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden:webhook"), what
        answer = await polar.http.post(WEBHOOK, content=event.body + b" ", headers=good)
        assert answer.status_code == 403, "another body"
        answer = await polar.http.post(WEBHOOK, content=b"\xff\xfe", headers=good)
        assert answer.status_code == 403, "not even text"
        assert await outcome(database, event.id) is None
        assert await row(database, user) is None
        several = good | {"webhook-signature": f"v1,{'A' * 43}= {good['webhook-signature']}"}
        assert (await polar.http.post(WEBHOOK, content=event.body, headers=several)).status_code == 202, "one of two"


async def test_an_event_counts_once(shop: Shop, database: Database, user: str, now: int):
    event = sample("subscription.active", user)
    async with Visitor(shop.address) as polar:
        answers = await asyncio.gather(*(deliver(polar.http, event, at=now - tries) for tries in range(10)))
        assert {answer.status_code for answer in answers} == {202}
        await deliver(polar.http, sample("subscription.past_due", user), at=now)
        assert (await deliver(polar.http, event, at=now)).status_code == 202
    assert (await row(database, user))["status"] == "past_due", "a replayed event is no news"
    async with database.system() as tx:
        cursor = await tx.execute('SELECT count(*) FROM "PolarEvent" WHERE "userId" = %s', [user])
        assert await cursor.fetchone() == (2,)


async def test_an_end_and_a_beginning_at_once_are_both_seen(shop: Shop, database: Database, now: int):
    users = [await a_user(database) for _ in range(20)]
    async with Visitor(shop.address) as polar:
        for user in users:
            first, second = {"id": f"first-{user}"}, {"id": f"second-{user}"}
            await deliver(polar.http, sample("subscription.active", user, **first), at=now)
            both = (sample("subscription.revoked", user, **first), sample("subscription.active", user, **second))
            await asyncio.gather(*(deliver(polar.http, event, at=now) for event in both))
    for user in users:
        found = await row(database, user)
        assert (found["plan"], found["polarSubscriptionId"]) == ("pro", f"second-{user}")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"type": "subscription.invented", "data": {}}', "unreadable"),
        (b'{"type": "gift.wrapped", "timestamp": "2026-09-01T10:00:00Z", "data": {"id": 1}}', "noted"),
        (b'{"type": "customer.updated", "data": {"id": 7}}', "unreadable"),
        (b'{"type": "order.refunded", "data": null}', "noted"),
        (b"{not json", "unreadable"),
        (b"", "unreadable"),
        (b"[]", "unreadable"),
        (b'{"type": "\\u0000"}', "unreadable"),
        (b'{"type": "order.paid", "data": {"note": "\\u0000 \\ud800"}}', "noted"),
        (b"[" * 100_000, "unreadable"),
    ],
)
async def test_what_is_signed_is_kept_even_if_it_makes_no_sense(
    shop: Shop, database: Database, now: int, body: bytes, expected: str
):
    event = Event("?", body, NOW)
    async with Visitor(shop.address) as polar:
        assert (await deliver(polar.http, event, at=now)).status_code == 202
    assert await outcome(database, event.id) == expected


@pytest.mark.parametrize("missing", ["id", "status", "customer_id", "product_id", "created_at"])
async def test_a_subscription_without_what_we_need_changes_nothing(
    shop: Shop, database: Database, user: str, now: int, missing: str
):
    event = sample("subscription.active", user, **{missing: None})
    async with Visitor(shop.address) as polar:
        assert (await deliver(polar.http, event, at=now)).status_code == 202
    assert await outcome(database, event.id) == "unreadable"
    assert await row(database, user) is None


async def test_a_subscription_with_more_and_other_than_we_know_is_read(
    shop: Shop, database: Database, user: str, now: int
):
    event = sample(
        "subscription.active", user, recurring_interval="fortnight", customer=None, product=None, seats={"new": []}
    )
    event = Event(event.type, event.body.replace(b'"timestamp"', b'"sent"'), NOW)
    async with Visitor(shop.address) as polar:
        await deliver(polar.http, event, at=now)
    assert (await row(database, user))["plan"] == "pro", "the product is in our own table"


async def test_an_event_of_nobody_waits_and_is_no_reason_to_send_it_again(shop: Shop, database: Database, now: int):
    event = sample("subscription.active", str(uuid4()))
    async with Visitor(shop.address) as polar:
        assert (await deliver(polar.http, event, at=now)).status_code == 202
    assert await outcome(database, event.id) == "unmatched"


async def test_what_two_could_claim_is_given_to_neither(shop: Shop, database: Database, user: str, now: int):
    other = await a_user(database)
    customer = SAMPLES["subscription.active"]["data"]["customer"]
    async with Visitor(shop.address) as polar:
        # Bought for one, by the address of the other's customer: Polar looks customers up by what is typed.
        event = sample("subscription.active", user, customer=customer | {"external_id": other})
        assert (await deliver(polar.http, event, at=now)).status_code == 202
        assert await outcome(database, event.id) == "disputed"
        # Somebody else's customer by our own records.
        await deliver(polar.http, sample("subscription.active", other), at=now)
        event = sample("subscription.past_due", user, customer_id=f"cus-{other}")
        await deliver(polar.http, event, at=now)
        assert await outcome(database, event.id) == "disputed"
        # Another shop of the same organization, with ids of its own.
        event = sample("subscription.active", user, customer=customer | {"external_id": "shop-7-customer-12"})
        await deliver(polar.http, event, at=now)
        assert await outcome(database, event.id) == "disputed"
    assert await row(database, user) is None
    assert (await row(database, other))["status"] == "active"


async def test_a_customer_of_two_at_once_becomes_one_of_them(shop: Shop, database: Database, now: int):
    one, two = await a_user(database), await a_user(database)
    shared = {"customer_id": f"cus-shared-{one}", "customer": None}
    events = [sample("subscription.active", each, **shared) for each in (one, two)]
    async with Visitor(shop.address) as polar:
        await asyncio.gather(*(deliver(polar.http, event, at=now) for event in events))
    assert sorted([await outcome(database, event.id) for event in events]) == ["applied", "disputed"]
    assert sorted([await row(database, each) is not None for each in (one, two)]) == [False, True]


async def test_a_deleted_customer_has_bought_nothing_in_whatever_order_it_is_told(
    shop: Shop, database: Database, now: int
):
    active, deleted = "subscription.active", "customer.deleted"
    for order in ((active, deleted), (deleted, active)):
        user = await a_user(database)
        async with Visitor(shop.address) as polar:
            for name in order:
                event = sample("customer.created" if name == deleted else name, user)
                body = event.body.replace(b"customer.created", b"customer.deleted")
                assert (await deliver(polar.http, Event(name, body, NOW), at=now)).status_code == 202
        found = await row(database, user)
        assert (found["plan"], found["status"]) == ("free", "cancelled"), order


async def test_a_change_of_plan_does_not_start_the_month_of_tokens_anew(shop: Shop, eve: Person, now: int):
    first = {"current_period_start": "2026-09-07T08:00:00Z", "current_period_end": "2099-01-01T00:00:00Z"}
    moved = first | {"current_period_start": NOW.isoformat(), "modified_at": "2026-10-01T00:00:00Z"}
    business = {"product_id": shop.product("Business").id}
    for order in ((first, moved | business), (moved | business, first)):
        async with Person(shop.address, eve.database) as buyer:
            await buyer.register()
            for members in order:
                await deliver(buyer.http, sample("subscription.active", buyer.id, **members), at=now)
            billing = (await buyer.get("/api/billing")).json()
        assert billing["plan"] == "business"
        assert billing["period"]["start"] == NOW.isoformat().replace("+00:00", "Z")
        assert billing["usage"]["periodStart"][8:] == "07T08:00:00Z", "the day of the first period"


async def test_a_browser_of_another_site_needs_a_signature_too(shop: Shop, now: int):
    event = sample("customer.created")
    async with Visitor(shop.address) as visitor:
        headers = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
        assert (await deliver(visitor.http, event, at=now, **headers)).status_code == 202, "no cookie, no harm"


async def test_without_a_secret_there_is_no_such_address(visitor: Visitor, now: int):
    answer = await deliver(visitor.http, sample("subscription.active"), at=now)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found:webhook")


async def test_an_event_that_is_too_big_is_refused(shop: Shop, now: int):
    async with Visitor(shop.address) as polar:
        assert (await deliver(polar.http, Event("?", b" " * 1_000_001, NOW), at=now)).status_code == 413


async def test_logs_name_the_event_and_tell_nothing_of_it(
    shop: Shop, database_url: str, user: str, now: int, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    async with a_server(shop.settings) as address, Visitor(address) as polar:
        for event in (
            sample("subscription.active", str(uuid4())),
            sample("subscription.active", user, status=None),
            Event("?", b"{", NOW),
        ):
            await deliver(polar.http, event, at=now)
            assert event.id in caplog.text
        await deliver(polar.http, event, at=now, secret="whsec_wrong")
    assert SECRET not in caplog.text
    assert shop.settings.polar.access_token.get_secret_value() not in caplog.text
    assert "customer@example.com" not in caplog.text
    assert a_settings(database_url).polar.webhook_secret is None, "and nothing is read from this machine"
