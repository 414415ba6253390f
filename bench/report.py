"""One report of all parts: JSON for programs, Markdown and charts for people."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import peers
from charts import Bars, chart
from figures import Figure, Section, rows

_JSON, _MARKDOWN = "report.json", "report.md"


def read(folder: Path) -> dict[str, Section]:
    """Read the sections of the last report there, by title; none where there is no report."""
    try:
        kept = json.loads((folder / _JSON).read_text())
    except FileNotFoundError:
        return {}
    sections = [
        Section(**(each | {"figures": [Figure(**figure) for figure in each["figures"]]})) for each in kept["sections"]
    ]
    return {section.title: section for section in sections}


def write(folder: Path, machine: Mapping[str, str], sections: Mapping[str, Section]) -> None:
    """Write everything anew; charts only of what has been measured."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {"machine": dict(machine), "sections": [asdict(each) for each in sections.values()]}
    (folder / _JSON).write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    drawn = _charts(sections)
    for name, (_, svg) in drawn.items():
        (folder / f"{name}.svg").write_text(svg)
    (folder / _MARKDOWN).write_text(_markdown(machine, sections, {name: of for name, (of, _) in drawn.items()}))


def _markdown(machine: Mapping[str, str], sections: Mapping[str, Section], drawn: Mapping[str, str]) -> str:
    described = rows(["", ""], [[name, value] for name, value in machine.items()])
    parts = ["# What was measured", "Written by `make bench`: see [how](../benchmarks.md).", described + "\n"]
    if compared := peers.compared(sections):
        parts.append(peers.markdown(compared) + _shown("peers", drawn))
    for title, section in sections.items():
        parts.append(section.markdown() + "".join(_shown(name, drawn) for name, of in drawn.items() if of == title))
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _shown(name: str, drawn: Mapping[str, str]) -> str:
    return f"\n![Chart: {drawn[name] or name}]({name}.svg)\n" if name in drawn else ""


def _charts(sections: Mapping[str, Section]) -> dict[str, tuple[str, str]]:
    """Draw the charts; each by its file's name, with the section that it belongs to."""
    drawn = {}
    if compared := peers.compared(sections):
        bars = [Bars(each.line.name, [each.ratio], peers.TIMES_BETTER) for each in compared]
        svg = chart("How many times less than Open WebUI", "more is better, the line is the promise", [], bars)
        drawn["peers"] = ("", svg)
    for name, where in (("queries", "in the database"), ("http", "over HTTP")):
        title = f"Queries, {where}, asked again"
        if title in sections:
            drawn[name] = (title, _percentiles(sections[title]))
    if (section := sections.get("Requests")) is not None:
        drawn["requests"] = (section.title, _requests(section))
    if (section := sections.get("Streams at once")) is not None:
        late = [each for each in section.figures if each.name.startswith("delay")]
        bars = [Bars(each.name.rpartition(", ")[2], [each.value], each.bound) for each in late]
        drawn["streams"] = (section.title, chart("Delay that a chunk is given", "ms", [], bars))
    return drawn


def _percentiles(section: Section) -> str:
    columns = list(dict.fromkeys(each.column for each in section.figures if each.column.startswith("p95 at")))
    names = list(dict.fromkeys(each.name for each in section.figures))
    bars = []
    for name in names:
        found = {each.column: each for each in section.figures if each.name == name}
        values = [found[column].value for column in columns if column in found]
        bars.append(
            Bars(name, values, next((each.bound for each in found.values() if each.unit == "ms" and each.bound), None))
        )
    return chart(section.title, "p95 in ms", [each.removeprefix("p95 ") for each in columns], bars)


def _requests(section: Section) -> str:
    names = list(dict.fromkeys(each.name for each in section.figures))
    values = {name: [section.value(name, column) for column in ("CPU", "floor")] for name in names}
    bars = [Bars(name, [each for each in pair if each is not None]) for name, pair in values.items()]
    return chart("CPU per request", "ms", ["Quartet", "bare floor"], bars)
