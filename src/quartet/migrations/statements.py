"""The SQL files, statement by statement: what each one makes, so that it can be left out, repeated or run by itself.

The files stay the only description of our extension. What they may say is little, and a statement of another form
is simply run, also a second time: it has to bear that.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, NamedTuple

HERE = Path(str(resources.files("quartet.migrations")))
BASE_FILE = "0000_chat_sdk_base"

Kind = Literal["table", "column", "constraint", "index", "invalid index", "function", "trigger", "type", "extension"]


class Thing(NamedTuple):
    """Something in the catalog. `table` is the one it stands on, where it stands on one."""

    kind: Kind
    name: str
    table: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without its comments. `fills` is the table that it copies rows into."""

    file: str
    text: str
    makes: Thing | None = None
    unmakes: Thing | None = None
    fills: str | None = None
    columns: tuple[str, ...] = ()

    @property
    def is_idempotent(self) -> bool:
        return "CREATE OR REPLACE" in self.text


_TOKEN = re.compile(
    r"""--[^\n]*|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|;|[^-;'"$]+|.""", re.DOTALL
)
_FORMS: tuple[tuple[str, Kind], ...] = (
    (r'CREATE TABLE (?:IF NOT EXISTS )?"(?P<name>\w+)"', "table"),
    (r'CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?"(?P<name>\w+)" ON "(?P<table>\w+)"', "index"),
    (r"CREATE (?:OR REPLACE )?FUNCTION (?P<name>\w+)", "function"),
    (r'CREATE (?:OR REPLACE )?TRIGGER "(?P<name>\w+)" .*? ON "(?P<table>\w+)"', "trigger"),
    (r"CREATE TYPE (?P<name>\w+)", "type"),
    (r"CREATE EXTENSION IF NOT EXISTS (?P<name>\w+)", "extension"),
    (r'ALTER TABLE "(?P<table>\w+)" ADD COLUMN (?:IF NOT EXISTS )?"(?P<name>\w+)"', "column"),
    (r'ALTER TABLE "(?P<table>\w+)" ADD CONSTRAINT "(?P<name>\w+)"', "constraint"),
    (r"DO .*?CREATE FUNCTION (?P<name>\w+)", "function"),
)
_DROPS: tuple[tuple[str, Kind], ...] = (
    (r'DROP TABLE (?:IF EXISTS )?"(?P<name>\w+)"', "table"),
    (r'DROP INDEX (?:IF EXISTS )?"(?P<name>\w+)"', "index"),
    (r"DROP FUNCTION (?:IF EXISTS )?(?P<name>\w+)", "function"),
    (r'DROP TRIGGER (?:IF EXISTS )?"(?P<name>\w+)" ON "(?P<table>\w+)"', "trigger"),
    (r'ALTER TABLE "(?P<table>\w+)" DROP COLUMN (?:IF EXISTS )?"(?P<name>\w+)"', "column"),
    (r'ALTER TABLE "(?P<table>\w+)" DROP CONSTRAINT (?:IF EXISTS )?"(?P<name>\w+)"', "constraint"),
)


@cache
def of_file(name: str) -> tuple[Statement, ...]:
    """Read `sql/<name>.sql`. An ALTER TABLE of several actions becomes several, each of which makes one thing."""
    text = (HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    return tuple(_statement(name, each) for whole in split(text) for each in _actions(whole))


def split(text: str) -> list[str]:
    """Cut SQL into its statements, comments left out."""
    pieces, current = [], ""
    for token in _TOKEN.finditer(text):
        if token[0] == ";":
            pieces.append(current.strip())
            current = ""
        elif not token[0].startswith("--"):
            current += token[0]
    return [piece for piece in [*pieces, current.strip()] if piece]


def wanted(files: list[str]) -> dict[Thing, Statement]:
    """Return what these files make and leave standing, in their order."""
    things: dict[Thing, Statement] = {}
    for statement in (each for file in files for each in of_file(file)):
        if statement.makes:
            things[statement.makes] = statement
        elif statement.unmakes:
            gone = statement.unmakes
            for thing in [each for each in things if goes_with(each, gone)]:
                del things[thing]
            table = Thing("table", gone.table)
            if gone.kind == "column" and table in things:
                left = tuple(name for name in things[table].columns if name != gone.name)
                things[table] = replace(things[table], columns=left)
    return things


def goes_with(thing: Thing, gone: Thing) -> bool:
    """Say whether dropping `gone` takes `thing` away. A DROP INDEX does not say of which table."""
    same = (thing.kind, thing.name) == (gone.kind, gone.name) and gone.table in {"", thing.table}
    return same or (gone.kind == "table" and thing.table == gone.name)


def _actions(statement: str) -> Iterator[str]:
    altered = re.match(r'ALTER TABLE "\w+"\s+(?=ADD (?:COLUMN|CONSTRAINT) )', statement)
    if altered is None:
        yield statement
        return
    for action in re.split(r",\s*(?=ADD (?:COLUMN|CONSTRAINT) )", statement[altered.end() :]):
        yield altered[0] + action


def _statement(file: str, text: str) -> Statement:
    flat = re.sub(r"\s+", " ", text)
    fills = re.match(r'INSERT INTO "(\w+)"', flat)
    makes = _match(_FORMS, flat)
    return Statement(
        file,
        text,
        makes=makes,
        unmakes=None if makes else _match(_DROPS, flat),
        fills=fills[1] if fills else None,
        columns=tuple(re.findall(r'^\s+"(\w+)" ', text, re.MULTILINE)) if makes and makes.kind == "table" else (),
    )


def _match(forms: tuple[tuple[str, Kind], ...], flat: str) -> Thing | None:
    for form, kind in forms:
        if found := re.match(form, flat):
            groups = found.groupdict()
            return Thing(kind, groups["name"], groups.get("table") or "")
    return None
