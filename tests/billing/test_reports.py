"""Where the month's tokens went."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from llm.peer import Answer, Tokens, VendorPeer
from people import Person
from quartet.core.database import Database
from quartet.llm import tokens


async def spent(database: Database, person: Person, at: datetime, *, input_tokens: int, output_tokens: int, **members):
    provider, model = members.get("provider", "openai"), members.get("model", "openai/gpt-6-luna")
    async with database.system() as tx:
        await tx.execute(
            """INSERT INTO "Usage" ("messageId", "userId", "provider", "model", "inputTokens", "outputTokens",
                 "isMetered", "createdAt") VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
            [
                uuid4(),
                person.id,
                provider,
                model,
                input_tokens,
                output_tokens,
                provider != "local",
                at,
            ],
        )


async def report(person: Person) -> dict:
    return (await person.get("/api/usage")).json()


async def test_an_empty_month_has_all_its_days(bob: Person):
    empty = await report(bob)
    first = datetime.fromisoformat(empty["periodStart"])
    assert (first.day, first.hour) == (1, 0)
    assert empty["days"][0] == {"date": f"{first:%Y-%m-%d}", "used": 0, "local": 0}
    last = datetime.fromisoformat(empty["periodEnd"]) - timedelta(days=1)
    assert empty["days"][-1]["date"] == f"{last:%Y-%m-%d}"
    assert len(empty["days"]) == last.day
    assert (empty["used"], empty["reserved"], empty["limit"]) == (0, 0, 50_000)
    assert (empty["models"], empty["presets"], empty["components"]) == ([], [], [])


async def test_days_and_models(bob: Person, ada: Person, database: Database):
    first = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    await spent(database, bob, first, input_tokens=100, output_tokens=11)
    await spent(database, bob, first.replace(hour=23, minute=59), input_tokens=200, output_tokens=22)
    await spent(database, bob, first + timedelta(days=1), input_tokens=1, output_tokens=1, model="openai/gpt-6.2-sol")
    local = {"provider": "local", "model": "local/smollm2-135m"}
    await spent(database, bob, first + timedelta(days=1), input_tokens=5000, output_tokens=7, **local)
    await spent(database, bob, first - timedelta(microseconds=1), input_tokens=9999, output_tokens=9)
    await spent(database, ada, first, input_tokens=7777, output_tokens=7)
    found = await report(bob)
    assert found["used"] == 335
    assert found["days"][:3] == [
        {"date": f"{first:%Y-%m}-01", "used": 333, "local": 0},
        {"date": f"{first:%Y-%m}-02", "used": 2, "local": 5007},
        {"date": f"{first:%Y-%m}-03", "used": 0, "local": 0},
    ]
    assert sum(day["used"] for day in found["days"]) == found["used"]
    shown = [
        (each["model"], each["answers"], each["inputTokens"], each["outputTokens"], each["isMetered"])
        for each in found["models"]
    ]
    assert shown == [
        ("openai/gpt-6-luna", 2, 300, 33, True),
        ("openai/gpt-6.2-sol", 1, 1, 1, True),
        ("local/smollm2-135m", 1, 5000, 7, False),
    ]


async def test_a_paid_month_begins_on_its_own_day_and_a_year_has_one_each_month(bob: Person, database: Database):
    started = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(days=95, hours=1)
    async with database.system() as tx:
        await tx.execute(
            """INSERT INTO "Subscription" ("userId", "polarCustomerId", "plan",
                 "currentPeriodStart", "currentPeriodEnd") VALUES (%s, %s, 'pro', %s, %s)""",
            [bob.id, f"cus-{bob.id}", started, started + timedelta(days=365)],
        )
    found = await report(bob)
    start, end = (datetime.fromisoformat(found[name]).replace(tzinfo=None) for name in ("periodStart", "periodEnd"))
    now = datetime.now(UTC).replace(tzinfo=None)
    assert start <= now < end
    assert timedelta(days=27) < end - start <= timedelta(days=31)
    assert start.time() == started.time()
    assert found["days"][0]["date"] == f"{start:%Y-%m-%d}"
    assert found["days"][-1]["date"] == f"{end:%Y-%m-%d}", "the last day is cut at the hour"
    assert found["limit"] == 500_000


async def test_what_a_preset_and_its_parts_cost(ada: Person, vendor: VendorPeer):
    vendor.script(Answer(tokens=Tokens(400, 100)))
    code, prose = "def f(x):\n    return {'a': [x ** 2]}\n" * 40, "Say what you mean, in short words. " * 10
    preset = await ada.preset("Whole", context=code, style=prose)
    await ada.ask("Hi", presetId=preset["id"])
    await ada.ask("Again", presetId=preset["id"])
    await ada.ask("Without any")
    await ada.patch(f"/api/presets/{preset['id']}", {"name": "Renamed"})
    await ada.delete(f"/api/components/{preset['styleId']}")
    found = await report(ada)
    assert found["used"] == 1500
    whole, custom = found["presets"]
    assert whole == {"id": preset["id"], "name": "Renamed", "answers": 2, "tokens": 1000, "share": 0.6667}
    assert (custom["id"], custom["answers"], custom["tokens"]) == (None, 1, 500)
    context, style = found["components"]
    assert (context["id"], context["type"], context["exists"]) == (preset["contextId"], "context", True)
    assert (style["id"], style["name"], style["exists"]) == (preset["styleId"], "A style", False)
    for part, text in ((context, f"# Context\n\n{code.strip()}"), (style, f"# Style\n\n{prose.strip()}")):
        assert part["answers"] == 2
        assert abs(part["tokens"] / 2 - tokens.count(text, None).tokens) <= 4, "the tokens of its own text"
        assert part["share"] == round(part["tokens"] / 1500, 4)


async def test_a_part_that_is_deleted_while_it_speaks_is_counted_as_well(
    ada: Person, vendor: VendorPeer, database: Database
):
    vendor.script(Answer(deltas=["word "] * 20, pace=0.02, tokens=Tokens(400, 100)))
    preset = await ada.preset("Short-lived", role="You tutor.", mode="Ship it.")
    async with ada.asking(ada.question("Hi", presetId=preset["id"])) as answer:
        assert answer.status_code == 200
        await ada.delete(f"/api/components/{preset['roleId']}")
        await ada.delete(f"/api/components/{preset['modeId']}")
        await answer.aread()
    parts = (await report(ada))["components"]
    assert {part["id"] for part in parts} == {preset["roleId"], preset["modeId"]}
    assert all(part["tokens"] > 0 for part in parts)


async def test_usage_outlives_its_chat_and_is_nobody_elses(ada: Person, bob: Person, vendor: VendorPeer):
    preset = await ada.preset("Ship", role="You tutor.")
    body = ada.question("Hi", presetId=preset["id"])
    async with ada.asking(body) as answer:
        await answer.aread()
    await ada.delete("/api/chat", id=body["id"])
    found = await report(ada)
    assert [(each["name"], each["answers"]) for each in found["presets"]] == [("Ship", 1)]
    assert [each["id"] for each in found["components"]] == [preset["roleId"]]
    assert (await report(bob))["presets"] == []
