"""Long reads on a standby, which may be behind or away."""

from contextlib import AsyncExitStack
from uuid import uuid4

import psycopg

from conftest import a_server, a_settings
from failover.parts import Ground, Postgres
from people import Person, until
from quartet.core.database import Database
from quartet.core.replica import Replica
from quartet.settings import DatabaseSettings


async def reads_on_standby(replica: Replica) -> bool:
    async with (await replica.transactions())(uuid4()) as tx:
        query = "SELECT pg_is_in_recovery(), current_user, current_setting('timezone')"
        row = await (await tx.execute(query)).fetchone()
    assert row
    assert row[1:] == ("quartet_app", "UTC")
    return bool(row[0])


async def test_long_reads_go_to_the_standby_unless_it_is_behind_or_away(pair: tuple[Ground, Postgres, Postgres]):
    _, primary, standby = pair
    database = Database(primary.url("quartet"))
    replica = Replica(database, standby.url("quartet"))
    async with AsyncExitStack() as things:
        await database.open()
        things.push_async_callback(database.close)
        await replica.open()
        things.push_async_callback(replica.close)
        assert await reads_on_standby(replica)
        standby.ask("SELECT pg_wal_replay_pause()")
        primary.ask("CREATE TABLE written (n int)")
        assert not await reads_on_standby(replica), "it lacks what was written"
        standby.ask("SELECT pg_wal_replay_resume()")
        primary.ask("DROP TABLE written")
        again = Replica(database, standby.url("quartet"))  # one that does not remember
        await again.open()
        things.push_async_callback(again.close)
        assert await reads_on_standby(again)
        standby.kill()
        assert not await reads_on_standby(again)
        standby.start()


async def test_an_export_is_read_from_the_replica_and_lacks_nothing(pair: tuple[Ground, Postgres, Postgres]):
    _, primary, standby = pair
    await until(lambda: answering(standby))
    settings = a_settings(primary.url("quartet"))
    with_replica = DatabaseSettings(url=settings.database.url, replica_url=standby.url("quartet"))
    database = Database(primary.url("quartet"))
    await database.open()
    try:
        async with (
            a_server(settings.model_copy(update={"database": with_replica})) as address,
            Person(address, database) as person,
        ):
            await person.register()
            for number in range(5):
                await person.component(name=f"Just now {number}")
                before = read_on(standby)
                taken = (await person.get("/api/account/export")).json()
                assert len(taken["components"]) == number + 1
                assert read_on(standby) > before
    finally:
        await database.close()


async def answering(server: Postgres) -> bool:
    try:
        return bool(server.ask("SELECT 1"))
    except psycopg.OperationalError:
        return False


def read_on(server: Postgres) -> int:
    """How many transactions have ended there."""
    return server.ask("SELECT pg_stat_force_next_flush(), xact_commit FROM pg_stat_database WHERE datname = 'quartet'")[
        0
    ][1]
