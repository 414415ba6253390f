"""Running answers. They belong to the server: any number of readers may follow one, from its first chunk."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from quartet.chats import events
from quartet.core.database import Transaction
from quartet.core.metrics import READERS

_KEEP_ALIVE_SECONDS = 15
_FRAME_SECONDS = 1 / 60  # our page draws every 40 ms


class Frames:
    """When readers are told what is new: at once after a quiet frame, else at its end, those of all answers together.

    To wake the process for a chunk costs more than to send it, so many answers at once wake it once a frame.
    """

    def __init__(self) -> None:
        self._last = 0.0
        self._due: set[Stream] = set()

    def tell(self, stream: "Stream") -> None:
        if not self._due:
            loop = asyncio.get_running_loop()
            now, end = loop.time(), self._last + _FRAME_SECONDS
            if now >= end:
                self._last = now
                stream.tell()
                return
            loop.call_at(end, self._end)
        self._due.add(stream)

    def _end(self) -> None:
        self._last = asyncio.get_running_loop().time()
        due, self._due = self._due, set()
        for stream in due:
            stream.tell()


class Stream:
    """The chunks of one answer, and whoever waits for more of them."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._chunks: list[bytes] = []
        self._speaks = False
        self._ended = False
        self._waiting: list[asyncio.Future[None]] = []

    def push(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        if not self._waiting:
            return
        if self._speaks:
            self._frames.tell(self)
        else:  # the first word waits for nothing
            self._speaks = True
            self.tell()

    def end(self) -> None:
        self._ended = True
        self.tell()

    def tell(self) -> None:
        """Wake whoever waits."""
        waiting, self._waiting = self._waiting, []
        for news in waiting:
            _wake(news)

    async def follow(self) -> AsyncIterator[bytes]:
        """Yield everything said so far at once, then what comes, until the end."""
        read = 0
        with READERS.track_inprogress():
            while True:
                chunks = self._chunks
                if read < len(chunks):
                    # One write for all that has gathered: a provider that bursts costs one wake-up, not hundreds.
                    news = chunks[read] if read + 1 == len(chunks) else b"".join(chunks[read:])
                    read = len(chunks)
                    yield news
                elif self._ended:
                    return
                elif not await self._more():
                    yield events.KEEP_ALIVE

    async def _more(self) -> bool:
        """Wait for news; False when there are none for a while."""
        loop = asyncio.get_running_loop()
        news = loop.create_future()
        self._waiting.append(news)
        timer = loop.call_later(_KEEP_ALIVE_SECONDS, _wake, news)
        try:
            await news
            return news not in self._waiting
        finally:
            timer.cancel()
            if news in self._waiting:
                self._waiting.remove(news)


def _wake(news: asyncio.Future[None]) -> None:
    if not news.done():
        news.set_result(None)


async def note(tx: Transaction, chat_id: UUID, message_id: UUID) -> None:
    """Write a stream down as the Chat SDK does; its id is the answer's."""
    await tx.execute('INSERT INTO "Stream" ("id", "chatId", "createdAt") VALUES (%s, %s, now())', [message_id, chat_id])
