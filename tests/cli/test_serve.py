"""`quartet serve` and its kin as a person runs them: real processes, one clear sentence when something is wrong."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from cli.served import Served, environment, gone, run
from conftest import a_database
from people import until
from quartet import settings
from quartet.settings import NotRead, Settings, prefix_of


async def test_a_fresh_machine_then_ctrl_c_then_again(serve: Callable[..., Served]):
    served = serve(QUARTET_SEED="demo")
    assert "test@example.com" in served.welcome
    started = served.children()
    assert any(each.name() == "postgres" for each in started)
    async with httpx2.AsyncClient(base_url=served.address) as browser:
        account = {"email": "test@example.com", "password": "quartet-demo"}
        assert (await browser.post("/api/auth/login", json=account)).status_code == 200
        presets = (await browser.get("/api/presets")).json()["items"]
        assert {"LinkedIn Pro", "Quick Expert"} <= {preset["name"] for preset in presets}
        assert (await browser.get("/api/auth/session")).json()["plan"] == "pro"
        assert len((await browser.get("/api/components", params={"limit": 100})).json()["items"]) == 16
    assert served.end(signal.SIGINT) in {0, 130}
    await until(lambda: gone(started), seconds=10)
    again = serve(QUARTET_SEED="demo")
    assert "test@example.com" not in again.welcome, "only the first start says so"
    started = again.children()
    assert again.end(signal.SIGTERM) == 0
    await until(lambda: gone(started), seconds=10)
    public = serve(QUARTET_SEED="none")
    assert "test@example.com is still here" in public.welcome
    started = public.children()
    assert public.end(signal.SIGTERM) == 0
    await until(lambda: gone(started), seconds=10)


async def test_a_terminal_that_is_closed_ends_it(serve: Callable[..., Served]):
    served = serve(QUARTET_SEED="none")
    started = served.children()
    assert served.end(signal.SIGHUP) == 0
    await until(lambda: gone(started), seconds=10)


def test_ctrl_c_while_it_loads_shows_no_code(home: Path):
    command = [sys.executable, "-X", "importtime", "-m", "quartet", "serve"]  # tells on stderr what it has loaded
    with subprocess.Popen(command, env=environment(home), cwd=home, stderr=subprocess.PIPE, text=True) as loading:
        assert loading.stderr
        told = []
        for line in loading.stderr:
            told.append(line)
            if line.split("|")[-1].strip() == "typer":
                loading.send_signal(signal.SIGINT)
            elif line.split("|")[-1].strip() == "quartet.cli.serve":
                loading.kill()  # it went on
    assert loading.returncode == 130
    assert all(line.startswith("import time:") for line in told), "".join(told)


async def test_under_nohup_a_closed_terminal_ends_nothing(serve: Callable[..., Served], database_url: str):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does, for what it starts
    try:
        served = serve(DATABASE_URL=database_url, QUARTET_SEED="none")
    finally:
        signal.signal(signal.SIGHUP, before)
    os.killpg(served.process.pid, signal.SIGHUP)
    for _ in range(200):  # each on a connection of its own: a server that ends takes no new one
        assert httpx2.get(f"{served.address}/healthz").status_code == 200
    assert served.end(signal.SIGTERM) == 0


async def test_kill_9_leaves_nothing_running_and_nothing_broken(serve: Callable[..., Served]):
    served = serve(QUARTET_SEED="none")
    started = served.children()
    async with httpx2.AsyncClient(base_url=served.address) as browser:
        account = {"email": "ada@example.com", "password": "correct horse battery"}
        assert (await browser.post("/api/auth/register", json=account)).status_code == 201
    assert served.end(signal.SIGKILL) == -signal.SIGKILL
    await until(lambda: gone(started), seconds=20)
    again = serve(QUARTET_SEED="none")
    async with httpx2.AsyncClient(base_url=again.address) as browser:
        assert (await browser.post("/api/auth/login", json=account)).status_code == 200
    again.end(signal.SIGINT)


def test_a_taken_port_is_one_sentence(home: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        failed = run("serve", home=home, QUARTET_PORT=str(port))
    assert failed.returncode == 1
    assert failed.stderr == f"Port {port} is taken: stop what listens there, or set QUARTET_PORT.\n"
    assert list(home.iterdir()) == [], "told before anything was started"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://root@localhost/x", "DATABASE_URL is not an address of a PostgreSQL"),
        ("postgresql://x@127.0.0.1:1/x?connect_timeout=2", "The database of DATABASE_URL does not answer"),
    ],
)
def test_a_wrong_database_is_one_sentence(home: Path, url: str, sentence: str):
    failed = run("serve", home=home, DATABASE_URL=url)
    assert failed.returncode == 1
    assert failed.stderr.startswith(sentence)
    assert failed.stderr.count("\n") == 1


def test_nobody_at_an_address_is_said_with_the_address(home: Path):
    failed = run("serve", home=home, DATABASE_URL="postgresql://x@127.0.0.1:1/x")
    assert 'to server at "127.0.0.1", port 1 failed: Connection refused.' in failed.stderr


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_text_is_one_sentence(home: Path, postgres_url: str, encoding: str):
    name = f"{encoding.lower()}_{os.getpid()}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        )
    url = make_conninfo(postgres_url, dbname=name)
    for command in ("serve", "doctor"):
        failed = run(command, home=home, DATABASE_URL=url)
        assert failed.returncode == 1
        assert failed.stderr.startswith(f"The database of DATABASE_URL keeps text as {encoding}, which cannot hold")
    assert failed.stderr.count("\n") == 2, "the doctor's other finding is that there is no model"


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:6379",
        "redis://127.0.0.1:port/0",
        "redis://127.0.0.1/abc",
        "redis://127.0.0.1?db=x",
        "redis://127.0.0.1?nonsense=1",
    ],
)
def test_what_is_no_address_of_a_redis_is_one_sentence(home: Path, database_url: str, url: str):
    sentence = "REDIS_URL is not an address of a Redis (redis://user:password@host:port/0).\n"
    failed = run("serve", home=home, REDIS_URL=url)
    assert (failed.returncode, failed.stderr) == (1, sentence)
    assert list(home.iterdir()) == [], "told before anything was started"
    assert sentence in run("doctor", home=home, DATABASE_URL=database_url, REDIS_URL=url).stderr


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("OPENAI_BASE_URL", "http://["),
        ("OPENAI_BASE_URL", "127.0.0.1:11434/v1"),
        ("ANTHROPIC_BASE_URL", "http://127.0.0.1:port"),
        ("POLAR_BASE_URL", "https:/api.polar.sh"),
        ("OAUTH_GITHUB_URL", "https://git hub.example"),
        ("OAUTH_OIDC_ISSUER", "https://"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "not a url"),
    ],
)
def test_what_is_no_address_of_a_server_is_one_sentence(home: Path, name: str, url: str):
    failed = run("serve", home=home, **{name: url})
    sentence = f"The setting {name} is wrong: it is no address of a server (https://host:port/path).\n"
    assert (failed.returncode, failed.stderr) == (1, sentence)
    assert list(home.iterdir()) == [], "told before anything was started"


def test_settings_that_are_there_and_cannot_be_read_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / ".env"
    Settings.load()  # none is needed
    file.mkdir()
    with pytest.raises(NotRead, match=re.escape(f"{file} cannot be read: Is a directory.")):
        Settings.load()
    file.rmdir()
    file.write_bytes(b"QUARTET_SECRET=\xff")
    with pytest.raises(NotRead, match=r"cannot be read: it is not UTF-8\."):
        Settings.load()
    failed = run("serve", home=tmp_path, folder=tmp_path)
    assert (failed.returncode, failed.stderr) == (1, f"{file} cannot be read: it is not UTF-8.\n")


def test_a_folder_that_cannot_be_is_one_sentence(home: Path):
    (home / "file").write_text("")
    failed = run("serve", home=home / "file" / "below")
    assert failed.returncode == 1
    assert "QUARTET_HOME" in failed.stderr
    assert failed.stderr.count("\n") == 1


def test_an_empty_secret_is_never_used(home: Path):
    (home / "secret").write_text("")
    failed = run("serve", home=home)
    assert failed.returncode == 1
    assert failed.stderr.startswith(f"{home / 'secret'} is empty.")


def test_a_wrong_setting_is_named(home: Path):
    failed = run("serve", home=home, QUARTET_PORT="abc")
    assert failed.returncode == 1
    assert failed.stderr.startswith("The setting QUARTET_PORT is wrong: ")


def test_db_check_and_upgrade_and_seed(home: Path, postgres_url: str):
    url = a_database(postgres_url, f"cli_{os.getpid()}")
    checked = run("db", "check", home=home, DATABASE_URL=url)
    assert checked.returncode == 1
    assert "Run `quartet db upgrade`" in checked.stderr
    assert "ran 0006_usage" in run("db", "upgrade", home=home, DATABASE_URL=url).stdout
    assert run("db", "check", home=home, DATABASE_URL=url).stdout == "The database is up to date.\n"
    first = run("seed", home=home, DATABASE_URL=url).stdout
    assert "Added 16 components and 5 presets" in first
    assert "Added 0 components and 0 presets" in run("seed", home=home, DATABASE_URL=url).stdout
    with psycopg.connect(url) as connection:
        plan = connection.execute('SELECT "plan", "status", "polarCustomerId" FROM "Subscription"').fetchall()
    assert plan == [("pro", "active", "test_customer")]


def test_a_database_that_is_in_the_way_is_one_sentence_and_stays_as_it_was(home: Path, postgres_url: str):
    url = a_database(postgres_url, f"way_{os.getpid()}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('CREATE TABLE "Preset" ("id" int)')
    failed = run("db", "upgrade", home=home, DATABASE_URL=url)
    assert failed.returncode == 1
    assert failed.stderr == (
        "The database could not be brought up to date, and nothing of it was changed: "
        'relation "Preset" already exists\n'
    )


def test_the_example_names_every_setting_and_no_other():
    example = (Path(__file__).parents[2] / ".env.example").read_text()
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    groups = [field.annotation for field in settings.Settings.model_fields.values()]
    known = {prefix_of(group.__name__) + field.upper() for group in groups for field in group.model_fields}
    assert named == known


def test_models_are_listed_and_chosen(home: Path):
    listed = run("model", "list", home=home).stdout
    assert "smollm2-135m" in listed
    assert "qwen2.5-coder-1.5b" in listed
    missing = run("model", "use", "qwen2.5-coder-1.5b", home=home)
    assert missing.returncode == 1
    assert "quartet model pull qwen2.5-coder-1.5b" in missing.stderr
    assert run("model", "use", "none", home=home).returncode == 0
