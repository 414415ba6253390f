"""Libraries as anybody might keep them, for tests that hold for all of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from hypothesis import strategies as st

from people import Person, Visitor
from quartet.prompts.compose import TYPES
from quartet.prompts.documents import Document, ImportDocument

# What is hard to keep: composed characters, marks without a letter, letters of two code units, odd white space, signs
# that SQL, JSON, YAML, Markdown or LIKE read as their own.
_HARD = (
    "aé\u0301\u200d\N{FAMILY}\N{REGIONAL INDICATOR SYMBOL LETTER D}\u00a0\u2028\u200b\ufeff\t\n\r\x0b\x1c\x85"
    "\\'\"%_{}`#-:|<"
)
_LETTERS = st.one_of(st.sampled_from(_HARD), st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def texts(longest: int) -> st.SearchStrategy[str]:
    """Text that trimming leaves as it is and that is not blank."""
    ends = st.sampled_from('aZ9é\N{FAMILY}\u0301#`"')
    return st.builds(
        lambda first, middle, last: first + middle + last,
        ends,
        st.text(_LETTERS, max_size=longest - 2),
        ends,
    )


def contents() -> st.SearchStrategy[str]:
    """Contents are kept with all their white space."""
    space = st.text(st.sampled_from(" \n\t\r\u00a0\u2028"), max_size=3)
    return st.builds(lambda before, text, after: before + text + after, space, texts(40), space)


_MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
_DESCRIPTIONS = st.none() | st.just("") | texts(20)
_TAGS = st.lists(texts(8), max_size=3, unique=True)


def _said(draw: st.DrawFn, content: st.SearchStrategy[str] | None = None) -> dict[str, Any]:
    return {
        "name": draw(texts(12)),
        "content": draw(content or contents()),
        "description": draw(_DESCRIPTIONS),
        "tags": draw(_TAGS),
    }


@st.composite
def _components(draw: st.DrawFn, number: int) -> dict[str, Any]:
    present = _said(draw)
    versions = sorted(draw(st.sets(st.integers(1, 50), min_size=1, max_size=3)))
    earlier = [{"version": version, **_said(draw), "createdAt": draw(_MOMENTS)} for version in versions[:-1]]
    last = {"version": versions[-1], **present, "createdAt": draw(_MOMENTS)}
    return {
        "id": f"c{number}",
        "type": draw(st.sampled_from(TYPES)),
        **present,
        "usageCount": draw(st.integers(0, 2_000_000_000)),
        # One after the other, so that the order of an export is this one.
        "createdAt": datetime(2024, 1, 1, tzinfo=UTC) + timedelta(microseconds=number),
        "updatedAt": draw(_MOMENTS),
        "versions": [*earlier, last],
    }


@st.composite
def _presets(draw: st.DrawFn, number: int, components: list[dict[str, Any]]) -> dict[str, Any]:
    slots: dict[str, str | None] = {}
    lost: list[dict[str, Any]] = []
    for type_ in TYPES:
        fitting = [each["id"] for each in components if each["type"] == type_]
        filled, lossy = draw(st.sampled_from([None, *fitting])), draw(st.booleans())
        slots[f"{type_}Id"] = filled
        if lossy and filled is None:
            lost.append({"type": type_, **_said(draw)})
    if not any(slots.values()) and not lost:
        lost.append({"type": "role", **_said(draw)})
    return {
        "id": f"p{number}",
        "name": draw(texts(12)),
        "description": draw(_DESCRIPTIONS),
        **slots,
        "lost": lost,
        "usageCount": draw(st.integers(0, 2_000_000_000)),
        "lastUsedAt": draw(st.none() | _MOMENTS),
        "createdAt": datetime(2024, 1, 1, tzinfo=UTC) + timedelta(microseconds=number),
        "updatedAt": draw(_MOMENTS),
    }


@st.composite
def documents(draw: st.DrawFn, twins: bool = False) -> ImportDocument:  # noqa: FBT001, FBT002 - of a strategy
    """A whole library; with `twins` it may hold components that say the same."""
    components = [draw(_components(number)) for number in range(draw(st.integers(0, 5)))]
    if twins and draw(st.booleans()) and components:
        number = len(components)
        moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(microseconds=number)
        components.append({**components[0], "id": f"c{number}", "createdAt": moment})
    presets = [draw(_presets(number, components)) for number in range(draw(st.integers(0, 3)))]
    return ImportDocument.model_validate(
        {"format": "quartet-prompts", "version": 1, "components": components, "presets": presets}
    )


def comparable(document: Document) -> dict[str, Any]:
    """A document without what an import may change: ids, which are only names, and the moment of the export."""
    written = document.model_dump(mode="json", by_alias=True, exclude={"exported_at"})
    names = {each["id"]: f"component {place}" for place, each in enumerate(written["components"])}
    for component in written["components"]:
        del component["id"]
    for preset in written["presets"]:
        del preset["id"]
        preset |= {f"{type_}Id": names.get(preset[f"{type_}Id"]) for type_ in TYPES}
    return written


ROLE = {"id": "r", "type": "role", "name": "Tutor", "content": "You tutor."}
MODE = {"id": "m", "type": "mode", "name": "Ship", "content": "Ship it."}
BOTH = {"id": "b", "name": "Both", "roleId": "r", "modeId": "m"}


def a_document(*components: dict, presets: tuple | list = ()) -> dict[str, Any]:
    return {"format": "quartet-prompts", "version": 1, "components": components, "presets": presets}


def many(number: int, first: int = 0) -> list[dict[str, Any]]:
    numbers = range(first, first + number)
    return [{"id": f"c{n}", "type": "role", "name": f"Role {n}", "content": f"You are {n}."} for n in numbers]


async def read(person: Visitor, data: bytes, name: str = "file") -> httpx2.Response:
    headers = {"content-type": "application/octet-stream"}
    return await person.http.post("/api/prompts/import/read", content=data, params={"name": name}, headers=headers)


async def bring(person: Visitor, document: object, **query: Any) -> httpx2.Response:
    return await person.http.post("/api/prompts/import", json=document, params=query)


async def export(person: Person) -> Any:
    answer = await person.get("/api/prompts/export")
    assert answer.status_code == 200
    return answer.json()


async def counts(person: Person) -> tuple[int, int]:
    library = await export(person)
    return len(library["components"]), len(library["presets"])
