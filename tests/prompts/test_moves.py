"""A library that moves from one account to another, or out and in again, is the same library."""

from uuid import UUID

from hypothesis import Phase, given, settings

from libraries import MODE, a_document, bring, comparable, documents, export, many
from people import Person
from quartet.core.database import Database
from quartet.prompts import exchange
from quartet.prompts.documents import ImportDocument

# To look for a smaller failing library takes minutes where every look is a few transactions.
NOT_SMALLER = (Phase.explicit, Phase.reuse, Phase.generate)


async def test_history_losses_and_uses_survive(ada: Person, bob: Person):
    preset = await ada.preset("Lossy", role="You tutor.", mode="Ship it.")
    other = (
        await ada.post("/api/presets", {"name": "Other", "roleId": preset["roleId"], "modeId": preset["modeId"]})
    ).json()
    await ada.patch(f"/api/components/{preset['modeId']}", {"content": "Ship now.", "tags": ["x"]})
    await ada.ask(presetId=preset["id"])
    await ada.delete(f"/api/components/{preset['roleId']}")
    library = await export(ada)
    assert (await bring(bob, library)).json()["skipped"] == []
    [mode] = (await bob.get("/api/components")).json()["items"]
    assert (mode["version"], mode["usageCount"], mode["tags"]) == (2, 1, ["x"])
    lossy, _ = (await bob.get("/api/presets", sort="popular")).json()["items"]
    assert (lossy["usageCount"], lossy["missing"], lossy["mode"]["id"]) == (1, ["role"], mode["id"])
    assert lossy["lastUsedAt"] == library["presets"][0]["lastUsedAt"]
    recovered = await bob.post(f"/api/presets/{lossy['id']}/recover", {"type": "role"})
    assert recovered.json()["role"]["content"] == "You tutor."
    presets = (await bob.get("/api/presets")).json()["items"]
    assert len({each["roleId"] for each in presets}) == 1, f"{other['name']} lost the same"
    await bob.patch(f"/api/components/{mode['id']}", {"content": "Ship later."})
    assert (await bob.get(f"/api/components/{mode['id']}")).json()["version"] == 3


async def test_presets_that_lost_everything_are_told_apart_by_what_they_lost(bob: Person):
    one, two = (
        {"name": "Gone", "lost": [{"type": "role", "name": "Old", "content": content}]} for content in ("One.", "Two.")
    )
    await bring(bob, a_document(presets=[one]))
    report = (await bring(bob, a_document(presets=[one, two]))).json()
    assert (len(report["merged"]), len(report["made"])) == (1, 1)
    assert [each["lost"][0]["content"] for each in (await export(bob))["presets"]] == ["One.", "Two."]


async def test_a_text_that_its_history_does_not_know_is_its_next_version(bob: Person):
    versions = [MODE | {"version": 4}, MODE | {"version": 7, "content": "Ship soon."}]
    await bring(bob, a_document(MODE | {"content": "Edited by hand.", "versions": versions}))
    [component] = (await export(bob))["components"]
    assert [(each["version"], each["content"]) for each in component["versions"]] == [
        (4, "Ship it."),
        (7, "Ship soon."),
        (8, "Edited by hand."),
    ]


async def test_without_dates_the_order_of_the_document_is_kept(ada: Person):
    await bring(ada, a_document(*many(30)))
    assert [each["name"] for each in (await export(ada))["components"]] == [f"Role {n}" for n in range(30)]


async def somebody(database: Database) -> UUID:
    """Make a user on the pro plan; return the id."""
    async with database.system() as tx:
        cursor = await tx.execute("""INSERT INTO "User" ("email") VALUES (gen_random_uuid()) RETURNING "id" """)
        row = await cursor.fetchone()
        assert row
        await tx.execute(
            """INSERT INTO "Subscription" ("userId", "polarCustomerId", "plan")
               VALUES (%s, gen_random_uuid(), 'pro')""",
            [row[0]],
        )
        return UUID(str(row[0]))


@settings(max_examples=30, deadline=None, phases=NOT_SMALLER)
@given(document=documents(twins=True))
async def test_any_library_survives_any_number_of_moves(database: Database, document: ImportDocument):
    wanted = comparable(document)
    for everything in (True, False):
        user_id = await somebody(database)
        async with database.transaction(user_id) as tx:
            report = await exchange.bring(tx, user_id, document, everything=everything)
        assert (report.merged, report.skipped) == ([], [])
        async with database.transaction(user_id) as tx:
            written = (await exchange.take(tx, user_id)).model_dump_json(by_alias=True)
            document = ImportDocument.model_validate_json(written)
            assert comparable(document) == wanted
            again = await exchange.bring(tx, user_id, document, everything=True)
            assert (again.made, again.skipped) == ([], [])


@settings(max_examples=15, deadline=None, phases=NOT_SMALLER)
@given(document=documents(twins=True))
async def test_export_wipe_and_import_give_the_same_library(database: Database, document: ImportDocument):
    user_id = await somebody(database)
    async with database.transaction(user_id) as tx:
        await exchange.bring(tx, user_id, document, everything=True)
        before = await exchange.take(tx, user_id)
        await tx.execute('DELETE FROM "Preset" WHERE "userId" = %s', [user_id])
        await tx.execute('DELETE FROM "Component" WHERE "userId" = %s', [user_id])
        written = before.model_dump_json(by_alias=True)
        await exchange.bring(tx, user_id, ImportDocument.model_validate_json(written), everything=True)
        assert comparable(await exchange.take(tx, user_id)) == comparable(before)
