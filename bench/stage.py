"""What the benchmarks share: a server, a vendor and a client, each in a process of its own, on this machine.

Figures are CPU time of the server's process per unit of work: machines are shared, clocks are noisy, CPU time less so.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import psutil
import psycopg

ROOT = Path(__file__).parents[1]
PEER = ROOT / "tests" / "llm" / "peer.py"


class Server:
    """A running `quartet serve`, and the CPU it has used."""

    def __init__(self, address: str, process: psutil.Process, database_url: str) -> None:
        self.address = address
        self.process = process
        self.database_url = database_url

    def cpu(self) -> float:
        """Seconds of CPU since the start, user and system."""
        if sys.platform == "linux":  # the kernel's clock of that process, to the nanosecond; psutil's ticks are 10 ms
            return time.clock_gettime((~self.process.pid << 3) | 2)
        used = self.process.cpu_times()
        return float(used.user + used.system)


@contextmanager
def vendor(*, chunks: int, pace_ms: float) -> Iterator[str]:
    """Run the scripted vendor; yield its OpenAI address."""
    command = [sys.executable, str(PEER), "--chunks", str(chunks), "--pace-ms", str(pace_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@contextmanager
def server(database_url: str, vendor_url: str, **settings: str) -> Iterator[Server]:
    """Run `quartet serve` on a free port against this database and vendor; `settings` are environment variables."""
    command = [sys.executable, "-c", "from quartet.cli import main; main()", "serve"]
    with tempfile.TemporaryDirectory(prefix="quartet-bench-") as home:
        environment = os.environ | {
            "DATABASE_URL": database_url,
            "QUARTET_HOME": home,
            "QUARTET_PORT": "0",
            "QUARTET_SEED": "none",
            "QUARTET_LOCAL_MODEL": "none",
            "QUARTET_LIMITS": "off",
            "OPENAI_API_KEY": "sk-bench",
            "OPENAI_BASE_URL": vendor_url,
            **settings,
        }
        with subprocess.Popen(command, env=environment, cwd=home, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                line = next(line for line in process.stdout if "ready at" in line)
                yield Server(line.split()[-1], psutil.Process(process.pid), database_url)
            finally:
                process.terminate()


@asynccontextmanager
async def somebody(running: Server) -> AsyncIterator[aiohttp.ClientSession]:
    """Sign a new person in, on the largest plan."""
    connector = aiohttp.TCPConnector(limit=0)
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(running.address, connector=connector, cookie_jar=jar) as person:
        account = {"email": f"{uuid4().hex[:12]}@example.com", "password": "correct horse battery"}
        async with person.post("/api/auth/register", json=account) as answer:
            user = await answer.json()
        with psycopg.connect(running.database_url) as connection:
            connection.execute(
                """INSERT INTO "Subscription" ("userId", "polarCustomerId", "plan") VALUES (%s, %s, 'business')""",
                [user["id"], user["id"]],
            )
        yield person


async def preset(person: aiohttp.ClientSession) -> str:
    """Make a full preset of realistic size; return its id."""
    slots = {}
    for type_ in ("role", "style", "context", "mode"):
        body = {"type": type_, "name": f"A {type_}", "content": f"Rules of the {type_}. " * 20}
        async with person.post("/api/components", json=body) as answer:
            slots[f"{type_}Id"] = (await answer.json())["id"]
    async with person.post("/api/presets", json={"name": "A preset"} | slots) as answer:
        made: dict[str, Any] = await answer.json()
    return str(made["id"])


def question(preset_id: str) -> dict[str, Any]:
    """Compose a new chat's first question, as the Chat SDK's client sends it."""
    return {
        "id": str(uuid4()),
        "message": {"id": str(uuid4()), "role": "user", "parts": [{"type": "text", "text": "Hello?"}]},
        "selectedChatModel": "openai/gpt-6-luna",
        "selectedVisibilityType": "private",
        "presetId": preset_id,
    }


async def each(concurrency: int, jobs: list[Any]) -> None:
    """Await all jobs, so many at a time."""
    gate = asyncio.Semaphore(concurrency)

    async def run(job: Any) -> None:
        async with gate:
            await job

    await asyncio.gather(*(run(job) for job in jobs))
