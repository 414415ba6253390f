"""The texts in a PNG picture: where character cards keep their JSON. The picture itself is never decoded."""

from quartet.prompts.formats.loading import ImportUnreadable

PNG = b"\x89PNG\r\n\x1a\n"

_MOST_CHUNKS = 10_000
_AROUND = 12  # bytes of a chunk's length, type and checksum


def texts_of(data: bytes) -> dict[str, bytes]:
    """Return a PNG's `tEXt` chunks by keyword, as they stand there."""
    texts: dict[str, bytes] = {}
    place = len(PNG)
    for _ in range(_MOST_CHUNKS):
        head = data[place : place + 8]
        if head[4:] == b"IEND" or not head:
            return texts
        length = int.from_bytes(head[:4])
        if len(head) < 8 or place + _AROUND + length > len(data):  # noqa: PLR2004 - a chunk's length and type
            raise ImportUnreadable("The picture is damaged: it ends too early.")
        if head[4:] == b"tEXt":
            keyword, _, text = data[place + 8 : place + 8 + length].partition(b"\0")
            texts.setdefault(keyword.decode("latin-1"), text)
        place += _AROUND + length
    raise ImportUnreadable(f"The picture holds more than {_MOST_CHUNKS} chunks.")
