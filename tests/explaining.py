"""What a statement of a request's reads of the database's tables, also inside of the functions that it calls."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.errors import Diagnostic

from quartet.core.database import APP
from relaying import Relay

# EXPLAIN shows a function as one line. This module of PostgreSQL's tells the plan of each statement that has been run.
_TOLD = {
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_format": "json",
    "client_min_messages": "log",
}
_TELL_ALL = "LOAD 'auto_explain';" + ";".join(f"SET {name} = '{value}'" for name, value in _TOLD.items())


@dataclass(frozen=True, slots=True)
class Scan:
    """A place in a plan where a table is read. `rows`: in all rounds, also those that a condition then put aside."""

    how: str
    table: str
    indexes: tuple[str, ...]
    rows: float
    is_inside: bool
    """Of a function."""


def scans(administrator_url: str, user_id: UUID, query: str, values: dict[str, Any]) -> list[Scan]:
    """Run a statement as the requests of this user do; return what it read."""
    plans: list[dict[str, Any]] = []

    def take(said: Diagnostic) -> None:
        plans.extend(_plan(said.message_primary or ""))

    with psycopg.connect(administrator_url) as connection:
        connection.execute(_TELL_ALL)
        connection.execute(f"SET ROLE {APP}")
        connection.execute("SELECT set_config('app.user_id', %s, true)", [str(user_id)])
        connection.add_notice_handler(take)
        connection.execute(query, {**values, "user": user_id})
    # A statement is told when it ends: ours last.
    return [scan for plan in plans for scan in _scans(plan, is_inside=plan is not plans[-1])]


class Explainer(Relay):
    """Carries what a server and its database say, and keeps what the database tells of each statement's plan.

    `plan_cache_mode` is PostgreSQL's: whether a plan is made for the values that are asked for, or for any.
    """

    def __init__(self, administrator_url: str, plan_cache_mode: str) -> None:
        super().__init__(administrator_url)
        self._told = _TOLD | {"session_preload_libraries": "auto_explain", "plan_cache_mode": plan_cache_mode}
        self._plans: list[dict[str, Any]] = []

    @property
    def explaining_url(self) -> str:
        """The address of a database that tells; nobody encrypts on the way to it, or there was nothing to hear."""
        options = " ".join(f"-c {name}={value}" for name, value in self._told.items())
        return make_conninfo(self.url, options=options, sslmode="disable", gssencmode="disable")

    def forget(self) -> None:
        self._plans.clear()

    def scans(self) -> list[Scan]:
        """Return what was read since it was last forgotten; a plan comes before the answer of its statement."""
        return [scan for plan in self._plans for scan in _scans(plan, is_inside=False)]

    def hearer(self) -> Callable[[bytes], None]:
        heard = bytearray()

        def hear(piece: bytes) -> None:
            heard.extend(piece)
            # A message: its kind, its size without the kind, fields that each end with a zero. "N" is a notice.
            while len(heard) >= 5 and len(heard) > (size := int.from_bytes(heard[1:5])):
                if heard[:1] == b"N":
                    for field in heard[5 : 1 + size].split(b"\0"):
                        self._plans.extend(_plan(field[1:].decode()) if field[:1] == b"M" else [])
                del heard[: 1 + size]

        return hear


def _plan(said: str) -> Iterator[dict[str, Any]]:
    if told := said.partition("plan:\n")[2]:
        yield json.loads(told)["Plan"]


def _scans(plan: dict[str, Any], *, is_inside: bool) -> Iterator[Scan]:
    for node in _nodes(plan):
        if "Relation Name" in node:
            bitmaps = [each for each in _nodes(node) if each["Node Type"] == "Bitmap Index Scan"]
            indexes = tuple(each["Index Name"] for each in [node, *bitmaps] if "Index Name" in each)
            aside = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
            rows = (node["Actual Rows"] + aside) * node["Actual Loops"]
            yield Scan(node["Node Type"], node["Relation Name"], indexes, rows, is_inside)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for each in node.get("Plans", []):
        yield from _nodes(each)
