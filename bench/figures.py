"""What is measured, as data: one list of figures is printed, and written as JSON and as Markdown."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `bound` is the most it may be, or the least where `at_least`; None: nothing was promised.

    `column` is for figures that are one row of a table together: "p95 at 1,000 users".
    """

    name: str
    unit: str
    value: float
    bound: float | None = None
    note: str = ""
    at_least: bool = False
    column: str = ""

    @property
    def holds(self) -> bool:
        if self.bound is None:
            return True
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    @property
    def promise(self) -> str:
        return "" if self.bound is None else f"{'≥' if self.at_least else '≤'} {number(self.bound)} {self.unit}"


@dataclass
class Section:
    """One part of the benchmark. `told` stands above its figures: how they were measured.

    `load` is the machine's in the minute before, `when` the moment and the mode, `part` what `run.py` calls it.
    """

    title: str
    told: str = ""
    figures: list[Figure] = field(default_factory=list)
    load: float = field(default_factory=lambda: os.getloadavg()[0])
    when: str = ""
    part: str = ""

    def add(self, name: str, unit: str, value: float, bound: float | None = None, **rest: str | bool) -> Figure:
        figure = Figure(name, unit, value, bound, **rest)  # type: ignore[arg-type] # note, column, at_least
        self.figures.append(figure)
        return figure

    def value(self, name: str, column: str = "") -> float | None:
        return next((each.value for each in self.figures if (each.name, each.column) == (name, column)), None)

    def markdown(self) -> str:
        single = [each for each in self.figures if not each.column]
        tabled = [each for each in self.figures if each.column]
        told = f"{self.told} Load of the machine before: {self.load:.1f}. {self.when}".strip()
        parts = [f"## {self.title}", told, _list(single), _table(tabled)]
        return "\n\n".join(part for part in parts if part) + "\n"

    def show(self) -> None:
        print(f"\n{self.markdown()}", flush=True)


def number(value: float) -> str:
    """Three digits that count, whole thousands apart."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def tell(what: str) -> None:
    """Say what is being done, beside the figures."""
    print(f"  {what}", file=sys.stderr, flush=True)


def rows(head: Iterable[str], body: Iterable[Iterable[str]]) -> str:
    """Lay out a table in Markdown."""
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def verdict(figures: Iterable[Figure]) -> str:
    promised = [each for each in figures if each.bound is not None]
    if not promised:
        return ""
    return "held" if all(each.holds for each in promised) else "**missed**"


def _list(figures: list[Figure]) -> str:
    if not figures:
        return ""
    body = [
        [each.name, f"{number(each.value)} {each.unit}".strip(), each.promise, verdict([each]), each.note]
        for each in figures
    ]
    return rows(["", "measured", "promised", "", ""], body)


def _table(figures: list[Figure]) -> str:
    """Lay figures out by name and column; where their units differ, each column says its own."""
    if not figures:
        return ""
    columns = {each.column: each.unit for each in figures}
    same = len(set(columns.values())) == 1
    body = []
    for name in dict.fromkeys(each.name for each in figures):
        row = {each.column: each for each in figures if each.name == name}
        bounds = ", ".join(f"{each.column} {each.promise}" for each in row.values() if each.bound is not None)
        cells = [number(row[column].value) if column in row else "" for column in columns]
        body.append([name, *cells, bounds, verdict(row.values())])
    heads = [column if same or not unit else f"{column}, {unit}" for column, unit in columns.items()]
    return rows([figures[0].unit if same else "", *heads, "promised", ""], body)
