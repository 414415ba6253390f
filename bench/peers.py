"""Our figures beside those of Open WebUI, the strongest of the products like this one.

Theirs were measured with the same kinds of scripts on 2 cores: version 0.12.4, one process, PostgreSQL. Where theirs
are a range, we are compared with the end that is better for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from figures import Section, number, rows

TIMES_BETTER = 5


@dataclass(frozen=True)
class Line:
    """`theirs` as measured; `best`, in the unit of our figure; where ours is: section, name and column."""

    name: str
    theirs: str
    best: float
    section: str
    figure: str
    column: str = ""


LINES = (
    Line("warm start", "40 to 43 s", 40, "Start and rest", "warm start"),
    Line("memory at rest (RSS)", "800 MiB", 838.9, "Start and rest", "memory of the server at rest"),
    Line("list of 50", "32 to 39 ms CPU", 32, "Requests", "list of 50 components", "CPU"),
    Line("one of them", "14 to 17 ms CPU", 14, "Requests", "one component", "CPU"),
    Line("a new one", "39 ms CPU", 39, "Requests", "new component", "CPU"),
    Line("JS before typing", "2.1 MB gzip", 2100, "Page", "JS before typing"),
    Line("message field visible", "5 to 6 s", 5, "Page", "field visible"),
    Line("installed", "2.5 GB", 2500, "Start and rest", "installed"),
)


@dataclass(frozen=True)
class Compared:
    line: Line
    ours: str
    ratio: float


def compared(sections: Mapping[str, Section]) -> list[Compared]:
    """Compare what has been measured."""
    found = []
    for line in LINES:
        figures = sections[line.section].figures if line.section in sections else []
        for each in figures:
            if (each.name, each.column) == (line.figure, line.column):
                unit = "ms CPU" if line.column == "CPU" else each.unit
                found.append(Compared(line, f"{number(each.value)} {unit}", line.best / each.value))
    return found


def markdown(lines: list[Compared]) -> str:
    body = [
        [
            each.line.name,
            each.line.theirs,
            each.ours,
            f"{each.ratio:.1f} times",
            "held" if each.ratio >= TIMES_BETTER else "**missed**",
        ]
        for each in lines
    ]
    told = (
        "Open WebUI 0.12.4, one process, PostgreSQL, 2 cores, measured earlier. Where theirs is a range, the ratio is "
        f"to the end that is better for them; promised is a ratio of {TIMES_BETTER}."
    )
    return f"## Beside Open WebUI\n\n{told}\n\n{rows(['', 'Open WebUI', 'Quartet', 'ratio', ''], body)}\n"
