"""Requests with images: a body too large to be put together, or sent, in one piece.

An SDK would encode 15 MB of images at once, and every other stream of this process would stand still for 0.4 s.
"""

import asyncio
from binascii import b2a_base64
from collections.abc import AsyncIterator, Mapping, Sequence
from secrets import token_hex
from typing import Any

import msgspec

from quartet.llm.types import Image

IN_BASE64 = token_hex(16)
"""Stands in a body for an image; nobody outside can know it, so no text contains it."""

# Bytes of an image that are encoded in one go, 0.2 ms. A multiple of three, so that base64 pads only the last piece.
_PIECE = 3 << 16


class Payload:
    """A JSON body in which each `IN_BASE64` is one of `images`, in order. May be sent again."""

    def __init__(self, body: Mapping[str, Any], images: Sequence[Image]) -> None:
        self._between = msgspec.json.encode(body).split(IN_BASE64.encode())
        self._images = images
        length = sum(map(len, self._between)) + sum((len(image.data) + 2) // 3 * 4 for image in images)
        # Its length told, it is sent whole and not in HTTP's chunks, which not every server takes.
        self.headers = {"content-length": str(length)}

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for text, image in zip(self._between, [*self._images, None], strict=True):
            yield text
            view = memoryview(image.data if image else b"")
            for start in range(0, len(view), _PIECE):
                yield b2a_base64(view[start : start + _PIECE], newline=False)
                await asyncio.sleep(0)  # a socket that takes everything at once would let nobody else in between
