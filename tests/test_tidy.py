import asyncio
from contextlib import suppress

from people import Person, until
from quartet.chats.storage import Storage
from quartet.core.database import Database
from quartet.tidy import keep_tidy


async def test_what_is_over_goes_by_itself_and_the_rest_stays(bob: Person, database: Database):
    old, young = await bob.component(name="Old"), await bob.component(name="Young")
    for component in (old, young):
        await bob.delete(f"/api/components/{component['id']}")
    async with database.system() as tx:
        await tx.execute("""UPDATE "Trash" SET "deletedAt" = now() - interval '31 days' WHERE "id" = %s""", [old["id"]])
        await tx.execute(
            """INSERT INTO "UserSession" ("tokenHash", "userId", "expiresAt")
               VALUES (%s, %s, now() - interval '1 second')""",
            [bob.email.encode(), bob.id],
        )

    async def left() -> tuple[list[str], int]:
        names = [item["name"] for item in (await bob.get("/api/trash")).json()["items"]]
        async with database.system() as tx:
            cursor = await tx.execute('SELECT count(*) FROM "UserSession" WHERE "userId" = %s', [bob.id])
            row = await cursor.fetchone()
        return names, row[0] if row else 0

    async def tidied() -> bool:
        return await left() == (["Young"], 1)

    assert await left() == (["Young", "Old"], 2)
    task = asyncio.create_task(keep_tidy(database, Storage(None)))
    assert await until(tidied)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
