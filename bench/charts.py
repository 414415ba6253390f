"""Bar charts as SVG: light enough to be kept beside the report, legible on light and dark pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from figures import number

_COLOURS = ("#228be6", "#fab005", "#12b886", "#e64980")
_WIDTH, _LABEL, _FIGURE = 760, 210, 90
_BAR, _GAP, _TOP = 14, 12, 64


@dataclass(frozen=True)
class Bars:
    """One group of bars, one for each series, and what they may be at most."""

    label: str
    values: Sequence[float]
    bound: float | None = None


def chart(title: str, unit: str, series: Sequence[str], groups: Sequence[Bars]) -> str:
    """Draw horizontal bars. A bound is a line across its group."""
    longest = max((max(each.values) for each in groups), default=1.0)
    bounds = [each.bound for each in groups if each.bound is not None and each.bound < 2 * longest]
    longest = max([longest, *bounds]) or 1
    room = _WIDTH - _LABEL - _FIGURE
    drawn, top = [_head(title, unit, series)], _TOP if series else _TOP - 28
    for group in groups:
        height = _BAR * len(group.values)
        drawn.append(_text(_LABEL - 8, top + height / 2 + 4, group.label, "end"))
        for place, value in enumerate(group.values):
            y, width = top + place * _BAR, max(value / longest * room, 1)
            drawn.append(
                f'<rect x="{_LABEL}" y="{y}" width="{width:.1f}" height="{_BAR - 2}" rx="2" '
                f'fill="{_COLOURS[place % len(_COLOURS)]}"/>'
            )
            drawn.append(_text(_LABEL + width + 5, y + _BAR - 4, number(value), "start"))
        if group.bound is not None and group.bound <= longest:
            x = _LABEL + group.bound / longest * room
            drawn.append(f'<path d="M{x:.1f} {top - 3}v{height + 4}" stroke="#e03131" stroke-width="2"/>')
        top += height + _GAP
    style = "text{font:12px system-ui,sans-serif;fill:#868e96}.title{font-weight:600;font-size:14px}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" role="img" '
        f'aria-label="{escape(title)}"><style>{style}</style>{"".join(drawn)}</svg>\n'
    )


def _head(title: str, unit: str, series: Sequence[str]) -> str:
    drawn = [f'<text x="0" y="18" class="title">{escape(title)}, {escape(unit)}</text>']
    x = 0
    for place, name in enumerate(series):
        drawn.append(f'<rect x="{x}" y="32" width="12" height="12" rx="2" fill="{_COLOURS[place % len(_COLOURS)]}"/>')
        drawn.append(_text(x + 18, 42, name, "start"))
        x += 40 + 7 * len(name)
    return "".join(drawn)


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
