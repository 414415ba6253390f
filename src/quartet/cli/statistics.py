"""`quartet db stats` and `quartet db maintain`."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import psycopg
import typer

from quartet.cli.machine import direct_url, ready
from quartet.cli.terminal import Failed, say
from quartet.operations import maintenance, statistics
from quartet.operations.maintenance import Work
from quartet.operations.statistics import Index, Statistics
from quartet.settings import Settings

_WIDTH = 100
_MOST = 20


def stats(
    as_json: Annotated[bool, typer.Option("--json", help="Say it as JSON.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Show slow statements, sizes, dead rows, indexes and the cache, by PostgreSQL's own statistics."""
    with ready(Settings.load()) as settings:
        try:
            found = statistics.read(direct_url(settings))
        except psycopg.Error as error:
            raise Failed(f"The database's statistics cannot be read: {error.diag.message_primary or error}") from None
    if as_json:
        told = asdict(found) | {"unused": [index.name for index in found.unused]}
        typer.echo(json.dumps(told, indent=2, default=str, ensure_ascii=False))
    else:
        typer.echo("\n\n".join("\n".join(part) for part in _parts(found)))


def maintain(
    analyze: Annotated[bool, typer.Option("--analyze", help="Only statistics.")] = False,  # noqa: FBT002 - a flag
    reindex: Annotated[bool, typer.Option("--reindex", help="Only indexes.")] = False,  # noqa: FBT002 - a flag
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Vacuum and analyse the tables, rebuild empty and broken indexes, beside the traffic; exit code 1 if some stay."""
    chosen: list[Work] = [*(["analyze"] if analyze else []), *(["reindex"] if reindex else [])]  # type: ignore[list-item]
    tell = typer.echo if dry_run else say
    with ready(Settings.load()) as settings:
        url = direct_url(settings)
        try:
            left = maintenance.maintain(url, chosen or ["vacuum", "reindex"], tell, dry_run=dry_run)
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            raise Failed(f"The database went away: {reason}. Run it again; what was done stays done.") from None
    if left:
        sys.exit(1)
    typer.echo("Nothing was changed." if dry_run else "Done.")


def _parts(found: Statistics) -> list[list[str]]:
    parts = [_summary(found), _slow(found)]
    tables = [
        [
            table.name,
            f"{table.rows:,}",
            f"{table.dead:,} ({table.dead_share:.0%})",
            _size(table.size),
            _size(table.index_size),
            _day(table.vacuumed),
            _day(table.analyzed),
        ]
        for table in found.tables[:_MOST]
    ]
    parts.append(_table(["The largest tables", "rows", "dead", "size", "indexes", "vacuumed", "analysed"], tables))
    parts.append(_indexes("Indexes, the most read", found.indexes[:_MOST]))
    if found.unused:
        parts.append(_indexes("Unused indexes", found.unused[:_MOST]))
    if broken := [index for index in found.indexes if not index.is_valid]:
        parts.append(_indexes("Half-built indexes: `quartet db maintain --reindex`", broken))
    return parts


def _summary(found: Statistics) -> list[str]:
    over = found.overview
    states = ", ".join(f"{count} {state}" for state, count in sorted(over.connections.items()))
    hits = "nothing read yet" if over.cache_hits is None else f"{over.cache_hits:.1%} of all pages were in memory"
    longest = "none is open" if over.longest is None else f"open for {over.longest:.1f} s"
    return [
        f"Database {over.name}, PostgreSQL {over.version}: {_size(over.size)}",
        f"Figures since {over.since:%Y-%m-%d %H:%M}" if over.since else "Figures since the database was made",
        f"Cache: {hits}. Deadlocks: {over.deadlocks}",
        f"Connections: {sum(over.connections.values())} of {over.max_connections} ({states})",
        f"Oldest transaction: {longest}",
    ]


def _slow(found: Statistics) -> list[str]:
    rows = [
        [f"{each.mean:,.2f}", f"{each.calls:,}", f"{each.total / 1000:,.1f}", f"{each.rows:,}", each.text]
        for each in found.statements
    ]
    told = _table(["mean ms", "calls", "total s", "rows", "Slow statements"], rows, text=True) if rows else []
    return told + ([f"Slow statements: {found.remedy}"] if found.remedy else [])


def _indexes(title: str, indexes: Sequence[Index]) -> list[str]:
    rows = [
        [
            index.name,
            index.table,
            _size(index.size),
            "?" if index.bloat is None else f"{index.bloat:.0%}",
            f"{index.scans:,}",
            f"{index.rows:,}",
        ]
        for index in indexes
    ]
    return _table([title, "table", "size", "empty", "scans", "rows"], rows)


def _table(header: list[str], rows: list[list[str]], *, text: bool = False) -> list[str]:
    """Align columns; the first one to the left, or, with `text`, the last one. It is cut where there is no room."""
    left = len(header) - 1 if text else 0
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    others = sum(widths) - widths[left] + 2 * (len(header) - 1)
    widths[left] = min(widths[left], _WIDTH - others)
    return ["  ".join(_cells(row, widths, left)).rstrip() for row in [header, *rows]]


def _cells(row: list[str], widths: list[int], left: int) -> Iterator[str]:
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        cut = cell if len(cell) <= width else cell[: width - 1] + "…"
        yield cut.ljust(width) if column == left else cut.rjust(width)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"  # noqa: PLR2004 - a unit


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "never"
