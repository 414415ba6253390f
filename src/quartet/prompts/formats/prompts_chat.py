"""prompts.chat (awesome-chatgpt-prompts): a CSV of roles, `act,prompt` and, since 2026, more columns. CC0."""

import csv
from io import StringIO

from quartet.prompts.formats.counting import left_out
from quartet.prompts.formats.found import Found, FoundComponent
from quartet.prompts.formats.loading import ImportUnreadable

FORMAT = "prompts-chat"
NAME = "prompts.chat CSV"

_COLUMNS = {"act", "prompt"}
_LARGEST_FIELD = 10_000_000


def recognises(text: str) -> bool:
    """Tell by the first line, which has to name the columns `act` and `prompt`."""
    return {cell.strip(' "\r').lower() for cell in text[:1_000].split("\n", 1)[0].split(",")} >= _COLUMNS


def read(text: str) -> Found:
    """Read all rows but those that are prompts for pictures."""
    # The limit is the module's own, for all its readers, and too low for real rows; the file has one of its own.
    csv.field_size_limit(_LARGEST_FIELD)
    found = Found()
    pictures = 0
    try:
        rows = csv.reader(StringIO(text, newline=""), strict=True)
        columns = {cell.strip().lower(): place for place, cell in enumerate(next(rows))}
        if not columns.keys() >= _COLUMNS:
            raise ImportUnreadable("The first line of the CSV is broken: it has to name the columns act and prompt.")
        for cells in rows:
            row = {column: cells[place] if place < len(cells) else "" for column, place in columns.items()}
            if row.get("type", "").strip().upper() == "IMAGE":
                pictures += 1
            elif any(cells):
                tags = ["developers"] if row.get("for_devs", "").strip().upper() == "TRUE" else []
                found.components.append(FoundComponent(row["act"], row["prompt"], tags=tags))
    except csv.Error as error:
        raise ImportUnreadable(f"The CSV is broken: {error}.") from None
    if pictures:
        found.notes.append(left_out(pictures, "prompt for pictures", "prompts for pictures"))
    return found
