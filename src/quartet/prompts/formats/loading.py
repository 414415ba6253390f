"""From bytes to text and JSON, whatever the bytes are: what cannot be read is `ImportUnreadable`, and nothing else."""

import codecs
import json
from collections.abc import Iterable
from typing import Any

from quartet.core.errors import Refusal

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MOST_TAGS = 1_000
_SHOWN = 60


class ImportUnreadable(Refusal):
    status = 400
    code = "bad_request:import"
    title = "This file cannot be imported."


def text_of(data: bytes) -> str:
    """Decode a text file: UTF-8, or UTF-16 where its first bytes say so."""
    try:
        return data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportUnreadable(f"The text is not UTF-8: byte {error.start + 1} cannot be read.") from None


def json_of(text: str) -> Any:
    """Read JSON. Strings may hold half a surrogate pair: JSON can write one, and so has to be looked for."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ImportUnreadable("The JSON is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise ImportUnreadable(f"The JSON breaks off at line {error.lineno}, column {error.colno}.") from None
    except ValueError:  # a number of thousands of digits
        raise ImportUnreadable("The JSON holds a number that is too long.") from None


def words(value: object) -> str:
    """Return the text that stands where a text should; anything else is none."""
    return value if isinstance(value, str) else ""


def members(value: object) -> dict[str, Any]:
    """Return the object that stands where an object should; anything else is an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list, without whatever else stands in it."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def tags_of(value: object) -> list[str]:
    """Return tags, written as texts or as objects with a `name`; of very many only the first thousand."""
    listed: Iterable[object] = value[:_MOST_TAGS] if isinstance(value, list) else ()
    return [tag for each in listed if (tag := words(each) or words(members(each).get("name")))]


def shown(text: str) -> str:
    """Shorten a name for a sentence about it."""
    line = " ".join(text.encode(errors="replace").decode().replace("\x00", " ").split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
