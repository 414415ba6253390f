"""Pictures to send: real ones that any program draws, made by hand, and what can be wrong with them."""

import base64
import struct
import zlib
from typing import Any

import httpx2

from people import Person, Visitor, hear
from quartet.core.database import Database

FIVE_MB = 5 * 1024 * 1024


def a_png(width: int = 4, height: int = 3, *, extra: bytes = b"", pixels: bytes | None = None) -> bytes:
    """A grey PNG. `extra` is chunks between its header and its pixels, `pixels` its compressed lines."""
    lines = zlib.compress(b"".join(b"\0" + bytes(width) for _ in range(height))) if pixels is None else pixels
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def chunk(type_: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + type_ + data + struct.pack(">I", zlib.crc32(type_ + data))


def a_png_of(size: int) -> bytes:
    """A PNG of so many bytes, all of them needed: what fills it up stands with its pixels."""
    return a_png(pixels=zlib.compress(bytes(15)) + bytes(size - len(a_png(pixels=zlib.compress(bytes(15))))))


def a_jpeg(width: int = 16, height: int = 8, *, extra: bytes = b"") -> bytes:
    """A grey JPEG, in blocks of 8 pixels square that all say nothing. `extra` is segments behind its start."""
    one_code = b"\x01" + bytes(15) + b"\0"  # a single code, of one bit: no difference; no more in this block
    bits = 2 * -(-width // 8) * -(-height // 8)
    return (
        b"\xff\xd8"
        + extra
        + segment(0xDB, b"\0" + b"\x01" * 64)
        + segment(0xC0, struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0))
        + segment(0xC4, b"\x00" + one_code)
        + segment(0xC4, b"\x10" + one_code)
        + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + bytes(bits // 8)
        + bytes([0xFF >> bits % 8])
        + (b"\0" if bits % 8 == 0 else b"")
        + b"\xff\xd9"
    )


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def an_exif(*, orientation: int | None = None, camera: bytes = b"Secretcam") -> bytes:
    """What a camera writes: its name, and how it was held."""
    entries = [struct.pack("<HHII", 0x010F, 2, len(camera), 200)]
    if orientation:
        entries.append(struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0))
    tiff = struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + b"".join(entries) + bytes(4)
    return segment(0xE1, b"Exif\0\0" + tiff.ljust(200, b"\0") + camera)


PNG = a_png()


async def upload(
    person: Visitor, content: bytes = PNG, name: str = "cat.png", kind: str = "image/png"
) -> httpx2.Response:
    return await person.http.post("/api/files/upload", files={"file": (name, content, kind)})


async def uploaded(person: Visitor, content: bytes = PNG, name: str = "cat.png") -> str:
    """Upload; return the address."""
    answer = await upload(person, content, name)
    assert answer.status_code == 200, answer.text
    return answer.json()["url"]


async def seen_by(url: str, *people: Visitor) -> list[int]:
    return [(await person.get(url)).status_code for person in people]


async def rows(database: Database, person: Person) -> int:
    async with database.system() as tx:
        cursor = await tx.execute('SELECT count(*) FROM "File" WHERE "userId" = %s', [person.id])
        row = await cursor.fetchone()
    return row[0] if row else 0


def part(url: str, **members: Any) -> dict[str, Any]:
    """A file part as the Chat SDK's client sends it."""
    return {"type": "file", "mediaType": "image/png", "name": "cat.png", "url": url} | members


def about(person: Person, *urls: str, text: str = "What is it?", **members: Any) -> dict[str, Any]:
    """A question about uploaded pictures."""
    body = person.question(text, **members)
    body["message"]["parts"] = [*(part(url) for url in urls), *([{"type": "text", "text": text}] if text else [])]
    return body


async def ask(person: Person, body: dict[str, Any]) -> None:
    async with person.asking(body) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert (await hear(answer)).text == "Hello, world"


def openai_image(data: bytes, media_type: str = "image/png") -> dict[str, Any]:
    url = f"data:{media_type};base64,{base64.b64encode(data).decode()}"
    return {"type": "image_url", "image_url": {"url": url, "detail": "high"}}
