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
        psql = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "--no-psqlrc", "-d", "quartet"]
        script = ROOT / "packaging/postgres/quartet.sql"
        subprocess.run([*psql, "-f", script], env=in_the_container(url), check=True)
        yield url
    finally:
        postgres.stop()
        shutil.rmtree(home)


def in_the_container(cluster: str) -> dict[str, str]:
    """Its environment, where PostgreSQL's programs are on the path and the superuser need not sign in."""
    folder = Path(str(conninfo_to_dict(cluster)["host"]))
    (superuser,) = next(each for each in folder.parents if each.name.startswith("quartet-compose-")).rglob(
        "superuser-*.password"
    )
    return {
        "PATH": f"{distribution.binaries()}:{os.environ['PATH']}",
        "PGHOST": str(folder),
        "PGUSER": "postgres",
        "PGPASSWORD": superuser.read_text(),
        "QUARTET_OWNER_PASSWORD": PASSWORD,
        "QUARTET_REQUESTS_PASSWORD": PASSWORD,
    }


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


def test_a_dump_comes_back_over_a_newer_version_by_the_lines_of_the_docs(prepared: str, tmp_path: Path):
    lines = (ROOT / "docs/docker.md").read_text().replace("\\\n", "")
    inside = re.findall(
        r"^docker compose exec -T postgres ((?:pg_dump|createdb|pg_restore|psql|dropdb) .+)$", lines, re.MULTILINE
    )
    assert [line.split()[0] for line in inside] == ["pg_dump", "createdb", "pg_restore", "psql", "dropdb"]
    owner = login(prepared, "quartet_owner")
    migrate.upgrade(owner)
    environment = in_the_container(prepared)
    subprocess.run(inside[0], shell=True, env=environment, cwd=tmp_path, check=True)
    with psycopg.connect(owner, autocommit=True) as newer:
        newer.execute("""CREATE TABLE "Newer" ("userId" uuid REFERENCES "User")""")
        newer.execute("""INSERT INTO "User" ("id", "email") VALUES (gen_random_uuid(), 'newer@example.com')""")
    for line in inside[1:]:
        subprocess.run(line, shell=True, env=environment, cwd=tmp_path, check=True)
    with psycopg.connect(owner) as back:
        assert back.execute("""SELECT to_regclass('"Newer"'), (SELECT count(*) FROM "User")""").fetchone() == (None, 0)
    migrate.upgrade(owner)
    assert walls.fault(login(prepared, "quartet_requests"), pooled=True) is None


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
