"""PNG, as https://www.w3.org/TR/png-3/ has it."""

import struct
from collections.abc import Iterator
from zlib import crc32

from quartet.chats.pictures.types import CutOff, Damaged, Picture, Piece

SIGNATURE = b"\x89PNG\r\n\x1a\n"

# What a picture is drawn with: its pixels, and how their colours are meant.
_DRAWN = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"cICP", b"pHYs"}
# By colour type: the bits that a channel may have.
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_BY_PALETTE = 3
_METHODS = ([0, 0, 0], [0, 0, 1])  # compression and filter have one each; interlaced or not
_HEADER_LENGTH = 13
_MOST_CHUNKS = 10_000


def read(data: bytes) -> Picture:
    """Raises `NotAPicture`."""
    kept: list[Piece] = [SIGNATURE]
    order: list[bytes] = []
    for type_, chunk in _chunks(data):
        if type_ in _DRAWN:
            if crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:]):
                raise Damaged
            kept.append(chunk)
            if type_ != b"IDAT" or order[-1:] != [type_]:
                order.append(type_)
        elif type_[:1].isupper():  # the file says that nobody can draw it who does not know this
            raise Damaged
    # Each once, and the pixels all in a row.
    if order[0] != b"IHDR" or b"IDAT" not in order or len(order) != len(set(order)):
        raise Damaged
    width, height = _size(bytes(kept[1][8:-4]), has_palette=b"PLTE" in order[: order.index(b"IDAT")])
    return Picture("image/png", b"".join(kept), width, height)


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Yield each chunk's type and the whole of it, to the one that ends the picture."""
    view, start = memoryview(data), len(SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        end = start + 12 + int.from_bytes(view[start : start + 4])
        if end > len(view):
            raise CutOff
        type_ = bytes(view[start + 4 : start + 8])
        yield type_, view[start:end]
        if type_ == b"IEND":
            return
        start = end
    raise Damaged


def _size(header: bytes, *, has_palette: bool) -> tuple[int, int]:
    if len(header) != _HEADER_LENGTH:
        raise Damaged
    width, height, depth, colours, *methods = struct.unpack(">IIBBBBB", header)
    if depth not in _DEPTHS.get(colours, ()) or methods not in _METHODS:
        raise Damaged
    if colours == _BY_PALETTE and not has_palette:
        raise Damaged
    return width, height
