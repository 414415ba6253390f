"""The second wall alone: plain SQL that names nobody, as the role of a request. Break one policy and see it red."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from belongings.conftest import Rich, rows_of, tables
from people import Person
from quartet.core.database import APP, SYSTEM, Database, Transaction

_OF_NOBODY = {"GoneFile"}
"""No person's row: only the system may look into it."""


@asynccontextmanager
async def undone(database: Database, user_id: UUID | None) -> AsyncIterator[Transaction]:
    """A request's transaction that leaves nothing behind."""
    async with database.transaction(user_id) as tx, tx.transaction(force_rollback=True):
        yield tx


async def seen(tx: Transaction, table: str, ids: set[str]) -> list[str]:
    """The rows that mention one of these, as whoever the transaction is."""
    found = sql.SQL("SELECT to_json(t)::text FROM {} t WHERE to_json(t)::text LIKE ANY(%s) ORDER BY 1")
    cursor = await tx.execute(found.format(sql.Identifier(table)), [[f"%{id_}%" for id_ in ids]])
    return [row[0] for row in await cursor.fetchall()]


async def test_the_owner_sees_what_is_hers(database: Database, rich: Rich):
    """Else the tests below would show nothing."""
    for table in await tables(database):
        if table in _OF_NOBODY:
            continue
        async with database.transaction(UUID(rich.person.id)) as tx:
            assert await seen(tx, table, rich.ids) == await rows_of(database, table, rich.ids) != [], table


@pytest.mark.parametrize("who", ["another", "nobody"])
async def test_no_row_is_seen(database: Database, rich: Rich, ada: Person, who: str):
    user_id = UUID(ada.id) if who == "another" else None
    for table in await tables(database):
        async with database.transaction(user_id) as tx:
            if table in _OF_NOBODY:
                with pytest.raises(InsufficientPrivilege):
                    await seen(tx, table, rich.ids)
                continue
            assert await seen(tx, table, rich.ids) == [], table


@pytest.mark.parametrize("who", ["another", "nobody"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
async def test_no_row_is_changed(database: Database, rich: Rich, ada: Person, who: str, statement: str):
    user_id = UUID(ada.id) if who == "another" else None
    for table in await tables(database):
        before = await rows_of(database, table, rich.ids)
        column = sql.Identifier(await _a_column(database, table))
        async with undone(database, user_id) as tx:
            try:
                async with tx.transaction():
                    done = await tx.execute(sql.SQL(statement).format(sql.Identifier(table), column, column))
            except InsufficientPrivilege:
                continue
            await tx.execute(f"SET LOCAL ROLE {SYSTEM}")
            assert await seen(tx, table, rich.ids) == before, table
            assert done.rowcount <= 3, table  # at most what is her own


@pytest.mark.parametrize("who", ["another", "nobody"])
async def test_no_row_is_made_for_somebody_else(database: Database, rich: Rich, ada: Person, who: str):
    user_id = UUID(ada.id) if who == "another" else None
    for table in await tables(database):
        for row in await rows_of(database, table, rich.ids):
            async with undone(database, user_id) as tx:
                copy = sql.SQL("INSERT INTO {0} SELECT * FROM json_populate_record(NULL::{0}, %s::json)")
                with pytest.raises(InsufficientPrivilege):
                    async with tx.transaction():
                        # What only JSON text may hold, no JSON function reads.
                        await tx.execute(copy.format(sql.Identifier(table)), [row.replace("\\ud800", "")])


async def test_no_row_is_given_away(database: Database, rich: Rich, ada: Person):
    component = await ada.component()
    async with undone(database, UUID(ada.id)) as tx:
        move = 'UPDATE "Component" SET "userId" = %s WHERE "id" = %s'
        with pytest.raises(InsufficientPrivilege):
            async with tx.transaction():
                await tx.execute(move, [rich.person.id, component["id"]])


async def test_every_table_has_both_policies(database: Database):
    async with database.system() as tx:
        cursor = await tx.execute(
            """SELECT c.relname, c.relrowsecurity, array_agg(p.polname ORDER BY p.polname),
                 bool_and(p.polcmd = 'r' OR p.polwithcheck IS NOT NULL)
               FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
               WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'quartet_migrations'
               GROUP BY 1, 2"""
        )
        for table, is_on, policies, are_checked in await cursor.fetchall():
            assert is_on, table
            assert are_checked, table
            assert "quartet_system" in policies, table
            assert table in _OF_NOBODY or "quartet_own" in policies, table


async def test_a_request_runs_in_a_role_of_its_own(database: Database, rich: Rich):
    async with database.transaction() as tx:
        cursor = await tx.execute(
            """SELECT current_user, rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = current_user"""
        )
        assert await cursor.fetchone() == (APP, False, False, False)
    async with database.transaction(UUID(rich.person.id)):
        pass
    async with database.transaction() as tx:  # whoever it was before is forgotten
        cursor = await tx.execute("SELECT nullif(current_setting('app.user_id', true), '')")
        assert await cursor.fetchone() == (None,)
        assert await seen(tx, "Component", rich.ids) == []


async def _a_column(database: Database, table: str) -> str:
    async with database.system() as tx:
        cursor = await tx.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum LIMIT 1",
            [f'"{table}"'],
        )
        row = await cursor.fetchone()
    assert row
    return row[0]
