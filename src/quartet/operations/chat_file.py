"""The file of archived chats: gzip, one JSON object a line. A head, then chats in batches, each row with its chat."""

import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec

from quartet.operations.chat_rows import Row
from quartet.operations.errors import NotDone

_FORMAT = "quartet-chats"
_VERSION = 1


class Line(msgspec.Struct, omit_defaults=True):
    """A row of `table` of this chat. `file` is the content of a picture that was in the folder of QUARTET_FILES."""

    batch: int
    table: str
    chat: str
    row: Row
    file: bytes | None = None

    def digest(self) -> bytes:
        """What the row's database must still say of it."""
        return msgspec.json.encode((self.table, self.chat, self.row))


class _Head(msgspec.Struct):
    format: str
    version: int
    archived_at: datetime
    nothing_since: datetime


class Writer:
    """Writes lines; `rows` counts them."""

    def __init__(self, file: IO[bytes], nothing_since: datetime) -> None:
        self._file = gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6)
        self.rows = 0
        self._write(_Head(_FORMAT, _VERSION, datetime.now(UTC), nothing_since.replace(tzinfo=UTC)))

    def add(self, line: Line) -> None:
        self._write(line)
        self.rows += 1

    def close(self) -> None:
        self._file.close()

    def _write(self, value: object) -> None:
        self._file.write(msgspec.json.encode(value) + b"\n")


def lines(path: Path) -> Iterator[Line]:
    """Read them again, one in memory at a time. Raises `NotDone` where the file is none, or breaks off."""
    decode = msgspec.json.Decoder(Line).decode
    try:
        with gzip.open(path, "rb") as file:
            head = msgspec.json.decode(file.readline(), type=_Head)
            if (head.format, head.version) != (_FORMAT, _VERSION):
                raise NotDone(f"{path} was written by a newer Quartet: bring it back with that one.")
            for line in file:
                yield decode(line)
    except FileNotFoundError:
        raise NotDone(f"There is no file {path}.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error, msgspec.DecodeError) as error:
        raise NotDone(f"{path} is no archive of chats, or a damaged one ({error}): fetch it again.") from None
