"""`compose.yaml` and what it starts with: the names fit together, and the logins are what the second wall wants."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import yaml
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from quartet.core import logins, walls
from quartet.embedded import distribution
from quartet.embedded.postgres import EmbeddedPostgres
from quartet.migrations import migrate

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "compose.yaml").read_text()
PASSWORD = "it's a secret"


@pytest.fixture(scope="module")
def prepared() -> Iterator[str]:
    """A PostgreSQL of its own (its roles belong to all of its databases), after the script of the image's.

    The image runs it as the superuser, with psql, in the database that it has made.
    """
    home = Path(tempfile.mkdtemp(prefix="quartet-compose-"))
    postgres = EmbeddedPostgres(home)
    try:
        url = postgres.start(lambda _: None)
        (superuser,) = home.rglob("superuser-*.password")
        environment = {
            "PATH": os.environ["PATH"],
            "PGHOST": str(conninfo_to_dict(url)["host"]),
            "PGUSER": "postgres",
            "PGPASSWORD": superuser.read_text(),
            "QUARTET_OWNER_PASSWORD": PASSWORD,
            "QUARTET_REQUESTS_PASSWORD": PASSWORD,
        }
        psql = [distribution.binaries() / "psql", "-q", "-v", "ON_ERROR_STOP=1", "--no-psqlrc", "-d", "quartet"]
        subprocess.run([*psql, "-f", ROOT / "packaging/postgres/quartet.sql"], env=environment, check=True)
        yield url
    finally:
        postgres.stop()
        shutil.rmtree(home)


def login(cluster: str, name: str) -> str:
    return make_conninfo(cluster, user=name, password=PASSWORD)


def test_the_owner_migrates_and_requests_stay_below_the_wall(prepared: str):
    migrate.upgrade(login(prepared, "quartet_owner"))
    requests = login(prepared, "quartet_requests")
    assert walls.fault(requests, pooled=True) is None
    assert logins.missing(requests) is None
    with psycopg.connect(requests, autocommit=True) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("quartet_app",)
        connection.execute("RESET ROLE")
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute('ALTER TABLE "Trash" DISABLE ROW LEVEL SECURITY')


def test_every_secret_that_is_asked_for_is_made_by_the_docs():
    asked = set(re.findall(r"\$\{(\w+):\?", COMPOSE))
    (made,) = re.findall(r"for name in ([A-Z_ ]+); do", (ROOT / "docs/docker.md").read_text())
    assert asked == set(made.split())
    kept_back = yaml.safe_load(COMPOSE)["services"]["quartet"]["environment"]
    for name in asked - {"QUARTET_SECRET"}:
        assert kept_back[name] == "", f"{name} would be in the server's environment"


def test_names_fit_together():
    services = yaml.safe_load(COMPOSE)["services"]
    environment = services["quartet"]["environment"]
    pooler = (ROOT / "packaging/pgbouncer/pgbouncer.ini").read_text()
    assert "@pgbouncer:6432/quartet" in environment["DATABASE_URL"]
    assert "listen_port = 6432\n" in pooler
    assert "quartet = host=postgres port=5432 dbname=quartet\n" in pooler
    assert set(services["quartet"]["depends_on"]) == {"pgbouncer", "postgres", "valkey"}
    assert {name for name, each in services.items() if "ports" in each} == {"quartet"}
    assert all("mem_limit" in each and "pids_limit" in each for each in services.values())
