"""`quartet dev polar` and `quartet serve` as docs/billing.md has them: two processes, and the settings it prints."""

import asyncio
import os
import re
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from people import Person, until
from quartet.core.database import Database

COMMAND = (sys.executable, "-c", "from quartet.cli import main; main()")


@asynccontextmanager
async def running(*arguments: str, folder: Path, until_said: str, **changed: str) -> AsyncIterator[str]:
    """Run the command in `folder` until it says so; yield what it said. It is ended as by Ctrl-C."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("QUARTET_", "POLAR_", "DATABASE_"))
    }
    process = await asyncio.create_subprocess_exec(
        *COMMAND, *arguments, cwd=folder, env=kept | changed, stdout=PIPE, stderr=STDOUT
    )
    try:
        yield await _listen(process, until_said)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _listen(process: Process, wanted: str) -> str:
    assert process.stdout
    said = ""
    async with asyncio.timeout(60):
        while not re.search(wanted, said):
            line = await process.stdout.readline()
            assert line, said
            said += line.decode()
    return said


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_pro_is_bought_on_ones_own_machine(database_url: str, database: Database):
    port, peers = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="quartet-dev-") as home:
        folder = Path(home)
        webhook = f"http://127.0.0.1:{port}/api/webhooks/polar"
        async with running(
            *("dev", "polar", "--port", str(peers), "--webhook", webhook, "--duplicate", "0.5", "--seed", "1"),
            folder=folder,
            until_said="Nothing is charged",
        ) as told:
            settings = re.findall(r"^POLAR_.*$", told, re.MULTILINE)
            assert len(settings) == 4
            (folder / ".env").write_text("\n".join(settings))
            server = {"QUARTET_HOME": home, "QUARTET_PORT": str(port), "QUARTET_LOCAL_MODEL": "none"}
            server |= {"QUARTET_SEED": "none", "DATABASE_URL": database_url}
            async with (
                running("serve", folder=folder, until_said="ready at", **server),
                Person(f"http://127.0.0.1:{port}", database) as buyer,
                httpx2.AsyncClient(base_url=f"http://127.0.0.1:{peers}") as browser,
            ):
                await buyer.register()
                checkout = (await buyer.post("/api/billing/checkout", {"plan": "pro"})).json()["url"]
                product = re.search(r'name="product_id" value="([^"]+)"', (await browser.get(checkout)).text)
                assert product
                paid = await browser.post(checkout, data={"product_id": product[1]})
                assert paid.headers["location"].startswith(f"http://127.0.0.1:{port}/plan?checkout_id=")
                assert await until(lambda: has(buyer, plan="pro"))
                events = (await browser.get("/peer")).json()["events"]
                assert {attempt for event in events for attempt in event["attempts"]} == {202}

                portal = (await buyer.post("/api/billing/portal")).json()["url"]
                cancel = re.search(r'action="(/portal/subscriptions/[^"]+)"', (await browser.get(portal)).text)
                assert cancel
                await browser.post(cancel[1], data={"act": "cancel"})
                assert await until(lambda: has(buyer, plan="pro", cancelAtPeriodEnd=True))
                assert (await browser.post("/peer/clock", json={"days": 31})).status_code == 204
                assert await until(lambda: has(buyer, plan="free", status="cancelled"))


async def has(buyer: Person, **members: Any) -> bool:
    billing = (await buyer.get("/api/billing")).json()
    return all(billing[name] == value for name, value in members.items())


async def test_a_taken_port_is_one_sentence():
    with socket.socket() as taken, tempfile.TemporaryDirectory() as folder:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        failed = await asyncio.create_subprocess_exec(
            *COMMAND, "dev", "polar", "--port", str(port), cwd=folder, stdout=PIPE, stderr=PIPE
        )
        _, said = await failed.communicate()
    assert failed.returncode == 1
    assert said.decode() == f"Port {port} is taken: stop what listens there, or give another with --port.\n"
