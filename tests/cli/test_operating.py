"""What operators set: logs for programs, traces that nobody takes, a port that stays open for a while."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import httpx2

from cli.served import COMMAND, environment, run
from llm.peer import Answer, VendorPeer
from people import Person, until
from quartet.core.database import Database
from quartet.operations import statistics

GONE = "http://127.0.0.1:9"


def test_it_says_which_version_was_installed(home: Path):
    told = run("--version", home=home)
    assert (told.returncode, told.stdout) == (0, f"Quartet {version('quartet-chat')}\n")


@contextmanager
def serving(home: Path, **changed: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start a server whose log is `home/log`; yield it with its address."""
    with (
        (home / "log").open("wb") as log,
        subprocess.Popen(
            [*COMMAND, "serve"], env=environment(home, **changed), cwd=home, stdout=subprocess.PIPE, stderr=log
        ) as process,
    ):
        assert process.stdout
        words = (word.decode() for line in iter(process.stdout.readline, b"") for word in line.split())
        yield process, next((word for word in words if word.startswith("http")), "")
        process.kill()


async def fail_to_answer(ada: Person, vendor: VendorPeer) -> str:
    """Ask, and do more; each is a batch of spans that nobody takes. Return the question's request id."""
    await ada.register()
    vendor.script(Answer(status=503))
    async with ada.asking(ada.question()) as answer:
        await answer.aread()
    for _ in range(5):
        await ada.get("/api/components")
        await asyncio.sleep(0.1)
    return answer.headers["x-request-id"]


async def test_a_server_that_operators_watch(home: Path, database_url: str, database: Database, vendor: VendorPeer):
    settings = {
        "DATABASE_URL": database_url,
        "OPENAI_API_KEY": "k",
        "OPENAI_BASE_URL": vendor.openai_url,
        "OTEL_BSP_SCHEDULE_DELAY": "50",
        "OTEL_EXPORTER_OTLP_ENDPOINT": GONE,
        "QUARTET_DRAIN": "3",
        "QUARTET_LOG": "json",
        "QUARTET_SEED": "none",
    }
    with serving(home, **settings) as (process, address):
        async with Person(address, database) as ada:
            request_id = await fail_to_answer(ada, vendor)
            assert (await ada.get("/readyz")).status_code == 200
            process.send_signal(signal.SIGTERM)
            asked_to_end = time.monotonic()

            async def is_leaving() -> httpx2.Response | None:
                ready = await ada.get("/readyz")
                return ready if ready.status_code == 503 else None

            assert (await until(is_leaving)).text == "This server is shutting down."
            assert (await ada.get("/api/components")).status_code == 200, "who is here already is served"
        assert await asyncio.to_thread(process.wait, 30) == 0
        assert time.monotonic() - asked_to_end > 3
    lines = [json.loads(line) for line in (home / "log").read_text().splitlines() if line.startswith("{")]
    (failed,) = [line for line in lines if "failed: " in line["message"]]
    assert failed["request"] == request_id
    assert failed["level"] == "WARNING"
    assert failed["logger"] == "quartet.chats.running"
    assert len(failed["trace"]) == 32
    assert failed["time"].endswith("Z")
    assert sum("Failed to export" in line["message"] or "Transient error" in line["message"] for line in lines) <= 1


def test_traces_without_what_sends_them_are_one_sentence(home: Path, database_url: str):
    block = "import sys; sys.modules['opentelemetry.exporter'] = None; from quartet.cli import main; main()"
    refused = subprocess.run(
        [sys.executable, "-c", block, "serve"],
        env=environment(home, DATABASE_URL=database_url, OTEL_EXPORTER_OTLP_ENDPOINT=GONE),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 1
    assert refused.stderr == (
        "OTEL_EXPORTER_OTLP_ENDPOINT is set, and what sends traces there is not installed: "
        "pip install 'quartet-chat[tracing]', or unset it.\n"
    )


def test_an_address_without_a_port_is_one_sentence(home: Path):
    refused = run("serve", home=home, QUARTET_METRICS="localhost")
    assert refused.returncode == 1
    assert refused.stderr.startswith("The setting QUARTET_METRICS is wrong: ")


def test_what_the_database_does_is_shown(home: Path, database_url: str):
    shown = run("db", "stats", home=home, DATABASE_URL=database_url)
    assert shown.returncode == 0, shown.stderr
    assert max(len(line) for line in shown.stdout.splitlines()) <= 100
    for title in ("Database tests_", "Cache: ", "Connections: ", "The largest tables", "Indexes, the most read"):
        assert title in shown.stdout
    told = json.loads(run("db", "stats", "--json", home=home, DATABASE_URL=database_url).stdout)
    assert {table["name"] for table in told["tables"]} == {table.name for table in statistics.read(database_url).tables}
    assert set(told) == {"overview", "statements", "tables", "indexes", "remedy", "unused"}


def test_upkeep_tells_what_it_would_do(home: Path, database_url: str):
    told = run("db", "maintain", "--analyze", "--dry-run", home=home, DATABASE_URL=database_url)
    assert told.returncode == 0, told.stderr
    *statements, last = told.stdout.splitlines()
    assert last == "Nothing was changed."
    assert {line.split('"')[0] for line in statements} == {"ANALYZE (SKIP_LOCKED) "}
