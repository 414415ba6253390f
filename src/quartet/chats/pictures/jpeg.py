"""JPEG, as https://www.w3.org/Graphics/JPEG/itu-t81.pdf has it; its markers are in table B.1."""

import re
import struct
from collections.abc import Iterator

from quartet.chats.pictures.types import CutOff, Damaged, Picture, Piece

SIGNATURE = b"\xff\xd8\xff"

_FRAMES = (0xC0, 0xC1, 0xC2)
_FRAMES_NOBODY_DRAWS = (0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)
_TABLES = (0xC4, 0xDB, 0xDD)
_SCAN, _END = 0xDA, 0xD9
_DRAWN = frozenset({*_FRAMES, *_TABLES, _SCAN})
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_WITHOUT_SEGMENT = frozenset({*range(0xC0), *range(0xD0, 0xD9), 0xFF})
# In a scan FF00 is a byte of the picture, and RST0 to RST7 belong to it; any other marker ends it.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
# Any number of these may stand in front of a marker.
_FILL = re.compile(rb"\xff+(?=\xff)")
_MOST_SEGMENTS = 10_000
# The picture is drawn anew for each scan; encoders write up to about ten.
_MOST_SCANS = 100


def read(data: bytes) -> Picture:
    """Raises `NotAPicture`."""
    kept: list[Piece] = [SIGNATURE[:2]]
    size: tuple[int, int] | None = None
    scans = 0
    for marker, segment, scan in _segments(data):
        if marker in _FRAMES_NOBODY_DRAWS or (marker in _FRAMES and size):
            raise Damaged
        if marker in _FRAMES:
            size = _size(bytes(segment[4:]))
        if marker == _SCAN:
            scans += 1
            if size is None or not scan or scans > _MOST_SCANS:
                raise Damaged
        if marker in _DRAWN:
            kept += [segment, scan]
        else:
            kept.append(_cleaned(marker, bytes(segment[4:])))
    if size is None or not scans:
        raise Damaged
    return Picture("image/jpeg", b"".join([*kept, bytes([0xFF, _END])]), *size)


def _segments(data: bytes) -> Iterator[tuple[int, memoryview, memoryview]]:
    """Yield each marker, its segment with the marker, and the scan that follows it, to the end of the picture."""
    view, start = memoryview(data), 2
    for _ in range(_MOST_SEGMENTS):
        if fill := _FILL.match(data, start):
            start = fill.end()
        if len(data) < start + 2:
            raise CutOff
        marker = data[start + 1]
        if data[start] != SIGNATURE[0] or marker in _WITHOUT_SEGMENT:
            raise Damaged
        if marker == _END:
            return
        end = start + 2 + max(int.from_bytes(view[start + 2 : start + 4]), 2)
        following = _MARKER.search(data, end) if marker == _SCAN else None
        if end > len(data) or (marker == _SCAN and following is None):
            raise CutOff
        scan_end = following.start() if following else end
        yield marker, view[start:end], view[end:scan_end]
        start = scan_end
    raise Damaged


def _size(frame: bytes) -> tuple[int, int]:
    """Width and height of a picture with 8 bits a channel: grey, in colours or for print."""
    channels = {9: 1, 15: 3, 18: 4}.get(len(frame))
    if channels is None or frame[0] != 8 or frame[5] != channels:  # noqa: PLR2004 - see there, B.2.2
        raise Damaged
    height, width = struct.unpack(">HH", frame[1:5])
    return width, height


def _cleaned(marker: int, payload: bytes) -> bytes:
    """What of a segment that draws nothing is needed all the same: how colours are meant, and which side is up."""
    if marker == _APP0 and payload.startswith(b"JFIF\0"):
        return _segment(marker, payload[:12].ljust(12, b"\0") + b"\0\0")  # without its thumbnail
    if marker == _APP1 and payload.startswith(b"Exif\0\0"):
        return _turned(payload[6:])
    if (marker == _APP2 and payload.startswith(b"ICC_PROFILE\0")) or (
        marker == _APP14 and payload.startswith(b"Adobe")
    ):
        return _segment(marker, payload)
    return b""


def _turned(tiff: bytes) -> bytes:
    """Make an EXIF segment with the orientation alone (CIPA DC-008, 4.6.5); none where the picture is upright."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return b""
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for entry in range(count):
            tag, type_, values, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * entry)
            if (tag, type_, values) == (0x0112, 3, 1) and value in range(2, 9):
                only = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, tag, type_, values, value, 0, 0)
                return _segment(_APP1, b"Exif\0\0" + only)
    except struct.error:  # it points outside of itself
        return b""
    return b""


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload
