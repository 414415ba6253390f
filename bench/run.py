"""Everything that is measured, one part after the other, into one report: `make bench`, or `make bench QUICK=1`.

`python bench/run.py [--quick] [--only streams page] [--users 1000 10000]`. The whole takes 40 minutes, most of it
to load 100,000 users, and 40 GB of the temporary folder; the quick one minutes. `--only` measures some parts
again and leaves what the report says of the others. Ends with 1 where a part could not be measured.
"""

import argparse
import sys
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import distance
import library
import machine
import page
import precedence
import report
import serving
import starting
import streaming
import streams
from figures import Section, tell


def _queries(asked: argparse.Namespace) -> Iterable[Section]:
    users = asked.users or ([100, 1000] if asked.quick else [1000, 10_000, 100_000])
    heavy, runs = (2000, 60) if asked.quick else (100_000, 300)
    return library.measured(users, 10_000, heavy, runs, asked.loaded)


# What each part is measured with, whole and quick.
PARTS: dict[str, Callable[[argparse.Namespace], Iterable[Section]]] = {
    "start": lambda _: [starting.measured()],
    "page": lambda asked: [page.measured(3 if asked.quick else 10)],
    "requests": lambda asked: [serving.measured(5 if asked.quick else 20)],
    "streaming": lambda asked: [streaming.measured(60, 90 if asked.quick else 300)],
    "streams": lambda asked: [streams.measured(200, 20, 0, 10) if asked.quick else streams.measured(200, 60, 1600, 20)],
    "distance": lambda _: [distance.measured()],
    "queries": _queries,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--users", type=int, nargs="+", help="sizes of the databases that are queried")
    parser.add_argument("--loaded", type=Path, help="see library.py")
    parser.add_argument("--into", type=Path, default=Path(__file__).parents[1] / "docs" / "benchmarks")
    asked = parser.parse_args()
    described, failed, mode = machine.described(), [], "quick" if asked.quick else "whole"
    for name in asked.only:
        tell(f"{name}, from {_now()}")
        try:
            with precedence.shared():
                fresh: list[Section] = []
                pace = machine.pace()
                for section in PARTS[name](asked):
                    section.part = name
                    before, pace = pace, machine.pace()
                    loop = f"A fixed loop took {before:.0f} ms of CPU before and {pace:.0f} ms after."
                    when = f"Measured {_now()} at {machine.commit()}, {mode}."
                    section.when = f"{loop} {when} {precedence.told()}".strip()
                    section.show()
                    fresh.append(section)
                    _write(asked.into, described, name, fresh)
        except Exception:  # noqa: BLE001 - hours of other parts shall not be lost with this one
            traceback.print_exc()
            failed.append(name)
    if failed:
        sys.exit(f"Not measured: {', '.join(failed)}.")


def _write(into: Path, described: dict[str, str], part: str, fresh: list[Section]) -> None:
    """Put the sections of a part into the report, which another run may have changed meanwhile."""
    kept = [section for section in report.read(into).values() if section.part in PARTS and section.part != part]
    order = list(PARTS)
    sections = sorted([*kept, *fresh], key=lambda section: order.index(section.part))
    report.write(into, described, {section.title: section for section in sections})


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


if __name__ == "__main__":
    main()
