"""Zips and pictures as somebody may send them, the wicked ones included."""

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile


def a_zip(files: Mapping[str, str | bytes]) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return written.getvalue()


def a_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def a_png(*texts: tuple[str, bytes]) -> bytes:
    """A picture of one pixel that carries texts."""
    head = a_chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    said = b"".join(a_chunk(b"tEXt", keyword.encode() + b"\0" + text) for keyword, text in texts)
    return b"\x89PNG\r\n\x1a\n" + head + said + a_chunk(b"IDAT", zlib.compress(b"\0\0")) + a_chunk(b"IEND", b"")
