"""`quartet serve --workers`: several processes that are one server, whatever happens to one of them."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import httpx2
import psycopg
import pytest

from cli.served import Served, gone, run
from conftest import a_database
from llm.peer import Answer, VendorPeer
from people import Person, Reader, until
from quartet.core.database import Database


async def test_a_process_that_dies_is_replaced_and_the_end_is_everybody_s(
    serve: Callable[..., Served], database: Database, database_url: str, vendor: VendorPeer
):
    settings = {"QUARTET_SEED": "none", "QUARTET_LIMITS": "off", "DATABASE_URL": database_url}
    models = {"OPENAI_BASE_URL": vendor.openai_url, "OPENAI_API_KEY": "sk-test"}
    served = serve("--workers", "2", **settings, **models)
    first = served.workers()
    assert len(first) == 2
    assert all("postgresql://" not in " ".join(each.cmdline()) for each in first), "no secret in `ps`"
    first[0].kill()
    assert httpx2.get(f"{served.address}/healthz").status_code == 200, "by the other one"

    async def is_replaced() -> bool:
        now = served.workers()
        return len(now) == 2 and first[0] not in now

    await until(is_replaced)
    everybody = served.children()
    vendor.script(Answer(deltas=["word "] * 3000, pace=0.01))
    async with Person(served.address, database) as ada:
        await ada.register()
        async with ada.asking(ada.question()) as answer:
            await Reader(answer).words()
            assert served.end(signal.SIGTERM) == 0
    await until(lambda: gone(everybody), seconds=10)
    async with database.system() as tx:
        query = """SELECT m."parts"->-1->'data'->>'outcome' FROM "Message_v2" m JOIN "Chat" c ON c."id" = m."chatId"
                   WHERE c."userId" = %s AND m."role" = 'assistant'"""
        assert await (await tx.execute(query, [ada.id])).fetchall() == [("interrupted",)]


async def test_one_that_hangs_does_not_hold_up_the_end(serve: Callable[..., Served], capfd: pytest.CaptureFixture[str]):
    served = serve(QUARTET_WORKERS="2", QUARTET_SEED="none")
    everybody = served.children()
    hanging = served.workers()[0]
    hanging.suspend()
    served.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(served.process.wait, 40) == 0
    await until(lambda: gone(everybody), seconds=10)
    assert f"server process {hanging.pid} does not end: it is killed" in capfd.readouterr().err


async def test_nobody_outlives_the_parent(serve: Callable[..., Served]):
    served = serve(QUARTET_WORKERS="2", QUARTET_SEED="none")
    everybody = served.children()
    assert any(each.name() == "postgres" for each in everybody)
    served.process.kill()  # and not the group, as a terminal would
    with served.process:
        served.process.wait()
    await until(lambda: gone(everybody), seconds=30)


def test_a_start_that_fails_ends(home: Path, postgres_url: str):
    """Of a fault that only the processes see: the database has connections for the first one, and not for all."""
    name = f"few_{os.getpid()}"
    url = a_database(postgres_url, name)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 5")
    failed = run("serve", "--workers", "3", home=home, DATABASE_URL=url, QUARTET_SEED="none")
    assert failed.returncode == 1
    *above, last = failed.stderr.splitlines()
    assert last == "The server processes did not start: the lines above say why."
    assert any(f'too many connections for database "{name}"' in line for line in above)
    assert "  psycopg_pool.PoolTimeout" in above, "what broke it"
    assert not [line for line in above if "Traceback" in line], "with a text that may be anybody's"


def test_what_is_wrong_is_said_before_anything_is_started(home: Path):
    failed = run("serve", home=home, QUARTET_WORKERS="3", DATABASE_REPLICA_URL="not an address")
    assert failed.returncode == 1
    lacking, wrong = failed.stderr.splitlines()
    assert lacking.startswith("3 processes and no REDIS_URL: an answer can be followed while it is written only on")
    assert wrong.startswith("DATABASE_REPLICA_URL is not an address of a PostgreSQL")
    failed = run("serve", home=home, QUARTET_WORKERS="0")
    assert failed.returncode == 1
    assert failed.stderr.startswith("The setting QUARTET_WORKERS is wrong: ")
