"""Running answers for readers on other processes, through Redis Streams. Without Redis each process has its own."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from quartet.chats import events
from quartet.chats.streams import Stream

_log = logging.getLogger(__name__)

# Long after the end nobody joins any more; an answer whose process died is gone as soon.
_RUNNING_SECONDS = 600
_ENDED_SECONDS = 60
_WAIT_MILLISECONDS = 5000
_CHUNKS = b"c"


class Relay:
    """Copies the streams of this process to Redis, and reads those of others.

    Redis is a convenience here: whatever it does, answers are spoken and kept. A reader who finds it gone reads the
    answer once it is kept.
    """

    def __init__(self, url: str) -> None:
        # Longer than a wait for news: of a host that vanished nobody says that it did.
        self._redis: Redis = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2 * _WAIT_MILLISECONDS / 1000)
        self._copying: set[asyncio.Task[None]] = set()

    def copy(self, message_id: UUID, stream: Stream) -> None:
        """Copy a stream until it ends."""
        task = asyncio.create_task(self._copy(message_id, stream))
        self._copying.add(task)
        task.add_done_callback(self._copying.discard)

    async def follow(self, message_id: UUID, is_held: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes] | None:
        """Follow another process's stream from its first chunk; None when Redis cannot be reached.

        `is_held` is asked in silence: a process that died does not end its stream.
        """
        try:
            await self._redis.ping()
        except RedisError as error:
            _log.warning("cannot follow an answer: %s", type(error).__name__)
            return None
        return self._read(message_id, is_held)

    async def close(self) -> None:
        if self._copying:
            await asyncio.wait(self._copying, timeout=2)
        await self._redis.aclose()

    async def _copy(self, message_id: UUID, stream: Stream) -> None:
        key = _key(message_id)
        try:
            async for chunks in stream.follow():
                if chunks != events.KEEP_ALIVE:
                    await self._append(key, {_CHUNKS: chunks}, _RUNNING_SECONDS)
            await self._append(key, {b"end": b"1"}, _ENDED_SECONDS)
        except RedisError as error:
            _log.warning("answer %s is not copied on: %s", message_id, type(error).__name__)

    async def _append(self, key: str, entry: dict[bytes, bytes], seconds: int) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.xadd(key, entry)  # type: ignore[arg-type] # redis types its dicts invariantly
            pipe.expire(key, seconds)
            await pipe.execute()

    async def _read(self, message_id: UUID, is_held: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
        key, last = _key(message_id), b"0"
        while True:
            try:
                found: Any = await self._redis.xread({key: last}, block=_WAIT_MILLISECONDS)
            except RedisError as error:
                _log.warning("answer %s is not followed on: %s", message_id, type(error).__name__)
                return
            entries = found[0][1] if found else []
            if news := b"".join(entry.get(_CHUNKS, b"") for _, entry in entries):
                yield news
            if any(b"end" in entry for _, entry in entries):
                return
            if entries:
                last = entries[-1][0]
            elif await is_held():
                yield events.KEEP_ALIVE
            else:
                return


def _key(message_id: UUID) -> str:
    return f"quartet:answer:{message_id}"
