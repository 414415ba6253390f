"""Rules of the house that a linter does not know: each can be checked, so each is."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "quartet").rglob("*.py"))
PYTHON = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "bench").rglob("*.py"))]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / each for each in listed.stdout.decode().split("\0") if each]
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_files_and_functions_are_short(path: Path):
    text = path.read_text()
    assert text.count("\n") <= 300, "more than 300 lines: look for the second noun"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            start = first.end_lineno if has_docstring else node.body[0].lineno - 1
            assert (node.end_lineno or 0) - (start or 0) <= 40, f"{node.name} has more than 40 lines"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_modules_are_nouns(path: Path):
    assert path.stem not in {"utils", "helpers", "common", "manager", "service", "services", "misc"}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_only_settings_read_the_environment(path: Path):
    if path.name == "settings.py" or "embedded" in path.parts:  # embedded: the environment of its children
        return
    assert "environ" not in path.read_text()


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_only_the_database_commits(path: Path):
    if path == ROOT / "src/quartet/core/database.py":
        return
    assert not re.search(r"\.(commit|rollback)\(", path.read_text())


@pytest.mark.parametrize("path", [path for path in SOURCES if path.stem.endswith("routes")], ids=name)
def test_routes_hold_no_sql(path: Path):
    assert not re.search(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b", path.read_text())
    assert "tx.execute" not in path.read_text()


def test_locks_carry_no_address():
    # npm copies the addresses where authors take donations; what is installed comes from "resolved".
    npm = [path for path in tracked() if path.name == "package-lock.json"]
    assert len(npm) == 2
    locks = [*(ROOT / "requirements").glob("*.txt"), *npm]
    for lock in locks:
        text = lock.read_text()
        assert '"resolved"' not in text, lock
        assert lock.suffix != ".txt" or "://" not in text, lock


def test_nothing_is_left_behind():
    marks = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X\\b", "pytest.mark." + "skip\\b", "x" + "fail"]))
    sources = [path for path in tracked() if path.suffix in {".py", ".ts", ".tsx", ".sql", ".css"}]
    assert sources
    assert not [name(path) for path in sources if marks.search(path.read_text())]


def test_every_sql_file_is_a_revision_and_every_revision_a_sql_file():
    migrations = ROOT / "src/quartet/migrations"
    files = {path.stem for path in (migrations / "sql").glob("*.sql")}
    assert files == {path.stem for path in (migrations / "versions").glob("[0-9]*.py")}
