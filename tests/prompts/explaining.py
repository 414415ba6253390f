"""What a statement of a request's reads of the database's tables, also inside of the functions that it calls."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.errors import Diagnostic

from quartet.core.database import APP

# EXPLAIN shows a function as one line. This module of PostgreSQL's tells the plan of each statement that has been run.
_TELL_ALL = """LOAD 'auto_explain';
  SET auto_explain.log_min_duration = 0;
  SET auto_explain.log_nested_statements = on;
  SET auto_explain.log_analyze = on;
  SET auto_explain.log_format = 'json';
  SET client_min_messages = 'log'"""


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
        if told := (said.message_primary or "").partition("plan:\n")[2]:
            plans.append(json.loads(told)["Plan"])

    with psycopg.connect(administrator_url) as connection:
        connection.execute(_TELL_ALL)
        connection.execute(f"SET ROLE {APP}")
        connection.execute("SELECT set_config('app.user_id', %s, true)", [str(user_id)])
        connection.add_notice_handler(take)
        connection.execute(query, {**values, "user": user_id})
    # A statement is told when it ends: ours last.
    return [scan for plan in plans for scan in _scans(plan, is_inside=plan is not plans[-1])]


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
