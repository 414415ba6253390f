"""The log of a real server says what went wrong in which request, and nothing of what was sent, answered or shown."""

import logging
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import psycopg
import pytest

from conftest import a_database
from llm.peer import Answer, VendorPeer
from people import PASSWORD, Person
from quartet.core.database import Database
from quartet.core.logging import Formatter
from quartet.polar_peer.events import raised, sign

COMMAND = [sys.executable, "-c", "from quartet.cli import main; main()"]
EVENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?:WARNING|ERROR) \[([0-9a-f]{12}|-)\] [\w.]+: .+")
WRITTEN = "Zanzibar"
"""Stands in whatever somebody wrote, and in every answer."""

SECRETS = {
    "OPENAI_API_KEY": "sk-of-the-vendor",
    "POLAR_ACCESS_TOKEN": "polar_oat_of_the_seller",
    "POLAR_WEBHOOK_SECRET": "whsec_of_the_events",
    "QUARTET_SECRET": "that everything is keyed with",
}


class Served:
    """A running `quartet serve`; `log` is what it wrote so far, the first `start` characters before it served."""

    def __init__(self, home: Path, url: str, vendor: VendorPeer) -> None:
        self._log = (home / "log").open("w+")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_GROUPS)}
        self.process = subprocess.Popen(
            [*COMMAND, "serve"],
            cwd=home,
            env=kept
            | SECRETS
            | {
                "DATABASE_URL": url,
                "OPENAI_BASE_URL": vendor.openai_url,
                "POLAR_BASE_URL": "http://127.0.0.1:9",
                "QUARTET_HOME": str(home),
                "QUARTET_LIMITS": "off",
                "QUARTET_LOCAL_MODEL": "none",
                "QUARTET_PORT": "0",
                "QUARTET_SEED": "none",
            },
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        assert self.process.stdout
        welcome = iter(self.process.stdout.readline, "")
        self.address = next((found[0] for line in welcome if (found := re.search(r"http://\S+", line))), "")
        assert self.address, self.log
        self.start = len(self.log)

    @property
    def log(self) -> str:
        return Path(self._log.name).read_text()

    def stop(self) -> None:
        self.process.terminate()
        with self.process, self._log:
            self.process.wait(20)


_GROUPS = ("QUARTET_", "DATABASE_", "OPENAI_", "ANTHROPIC_", "POLAR_", "OAUTH_", "AUTH_", "REDIS_", "LIMIT_")


@pytest.fixture
def own_database(postgres_url: str, worker_id: str) -> str:
    return a_database(postgres_url, f"logs_{worker_id}")


@pytest.fixture
def served(own_database: str, vendor: VendorPeer) -> Iterator[Served]:
    with tempfile.TemporaryDirectory(prefix="quartet-logs-") as home:
        served = Served(Path(home), own_database, vendor)
        try:
            yield served
        finally:
            served.stop()


async def sign_in_and_out(ada: Person) -> list[str]:
    """Return all that was shown to be let in."""
    shown = [PASSWORD, "wrong horse battery", f"qk_{'x' * 46}", ada.email]
    await ada.register()
    shown.append(ada.http.cookies["quartet_session"])
    refused = await ada.post("/api/auth/login", {"email": ada.email, "password": shown[1]})
    assert refused.status_code == 401
    assert (await ada.post("/api/auth/login", {"email": ada.email, "password": PASSWORD})).status_code == 200
    shown.append(ada.http.cookies["quartet_session"])
    made = (await ada.post("/api/account/keys", {"name": WRITTEN, "scopes": ["read"]})).json()
    shown.append(made["key"])
    for key, status in ((shown[2], 401), (made["key"], 200)):
        headers = {"authorization": f"Bearer {key}"}
        assert (await ada.http.get("/api/components", headers=headers)).status_code == status
    return shown


async def fail_to_answer(ada: Person, vendor: VendorPeer) -> str:
    """Ask twice; the second time the vendor refuses, and repeats key and question. Return the request's id."""
    vendor.script(Answer(deltas=[WRITTEN]))
    question = ada.question(f"What is {WRITTEN}?")
    await ada.ask(f"What is {WRITTEN}?", chat=question["id"])
    said = f"Incorrect API key provided: {SECRETS['OPENAI_API_KEY']}. You asked: {WRITTEN}"
    vendor.script(Answer(status=401, error={"message": said, "type": "invalid_request_error"}))
    async with ada.asking(ada.question(f"And {WRITTEN}?", chat=question["id"])) as answer:
        await answer.aread()
    return answer.headers["x-request-id"]


async def send_events(ada: Person) -> list[str]:
    """Send one that is forged and one that is not what the seller's documentation says. Return the requests' ids."""
    event = raised("subscription.active", {"id": WRITTEN, "customer": {"email": ada.email}}, datetime.now(UTC))
    ids = []
    for secret, status in (("whsec_another", 403), (SECRETS["POLAR_WEBHOOK_SECRET"], 202)):
        headers = sign(secret, event, int(time.time()))
        answer = await ada.http.post("/api/webhooks/polar", content=event.body, headers=headers)
        assert answer.status_code == status
        ids.append(answer.headers["x-request-id"])
    return ids


async def break_something(ada: Person, url: str) -> httpx2.Response:
    """Have PostgreSQL refuse a row, which it repeats in its error."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"""ALTER TABLE "Component" ADD CHECK ("content" NOT LIKE '%{WRITTEN}%')""")
    broken = await ada.post("/api/components", {"type": "role", "name": "A role", "content": f"You are {WRITTEN}."})
    assert broken.status_code == 500
    assert WRITTEN not in broken.text
    return broken


async def upload_what_is_no_form(ada: Person) -> None:
    """Send what the library that reads forms would repeat a byte of, in a warning."""
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await ada.http.post("/api/files/upload", content=f"--x{WRITTEN}".encode(), headers=headers)
    assert answer.status_code == 400


async def test_nothing_that_was_sent_or_shown_is_in_the_log(served: Served, own_database: str, vendor: VendorPeer):
    async with Person(served.address, Database(own_database)) as ada:
        shown = await sign_in_and_out(ada)
        asked = await fail_to_answer(ada, vendor)
        _, unreadable = await send_events(ada)
        broken = await break_something(ada, own_database)
        await upload_what_is_no_form(ada)
    log = served.log
    lines = log[served.start :].splitlines()
    assert not [line for line in lines if not EVENT.fullmatch(line) and not line.startswith("  ")], log
    for secret in (*shown, *SECRETS.values(), WRITTEN):
        assert secret not in log
    assert "multipart" not in log
    ids = {found[1]: line for line in lines if (found := EVENT.fullmatch(line))}
    assert "gpt-6-luna failed: " in ids[asked]
    assert "unreadable" in ids[unreadable]
    assert broken.headers["x-request-id"] in broken.json()["detail"]
    assert "POST /api/components failed" in log.split(broken.headers["x-request-id"])[1]
    assert "  psycopg.errors.CheckViolation (23514, Component, Component_content_check" in log, "what to look for"


def test_a_line_is_an_event_whatever_stands_in_it():
    record = logging.LogRecord(
        "quartet", logging.ERROR, "", 0, "%s failed", ("/api/x\n2026-01-01 ERROR [-] y: z",), None
    )
    assert len(Formatter("%(message)s").format(record).splitlines()) == 1
