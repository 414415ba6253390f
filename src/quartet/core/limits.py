"""How often somebody may do something: counted in memory, or in Redis where several processes count together."""

import ipaddress
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Literal

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage

from quartet.settings import NONE, LimitSettings

_log = logging.getLogger(__name__)

Rule = Literal["login", "login_account", "login_address", "second_factor", "registration", "guest", "chat", "export"]

# How long a request waits for Redis to connect, and for each answer; after a failure it is left alone for a while.
_PATIENCE_SECONDS = 0.5
_AWAY_SECONDS = 5
_HOST_BITS_OF_IPV6 = 64


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands with one rate of a rule. `retry_after` (seconds) is set when they must wait."""

    policy: str
    quota: int
    window: int
    remaining: int
    retry_after: int | None = None

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers-11 has them."""
        reset = "" if self.retry_after is None else f";t={self.retry_after}"
        headers = {
            "ratelimit-policy": f'"{self.policy}";q={self.quota};w={self.window}',
            "ratelimit": f'"{self.policy}";r={self.remaining}{reset}',
        }
        return headers if self.retry_after is None else headers | {"retry-after": str(self.retry_after)}


class RateLimits:
    """Fixed windows, each counted from its first event. Without Redis, or while it is away, a process counts alone.

    A rule's rates are asked in their order; what one refuses does not count for the next, or somebody who knocks on
    would stay out for the longest window.
    """

    def __init__(self, settings: LimitSettings, redis_url: str | None = None) -> None:
        self._rules = _rules(settings)
        self._memory = MemoryStorage()
        self._redis: RedisStorage | None = None
        self._disconnect: Callable[[], Awaitable[None]] | None = None
        self._away_until = 0.0
        self._failures: tuple[type[Exception], ...] = (OSError,)
        if redis_url:
            self._share(redis_url)

    async def take(self, rule: Rule, *who: str) -> Standing | None:
        """Count one event; return where that leaves `who`, by the rate with least left. None: nothing limits this."""
        tightest: Standing | None = None
        for item in self._rules[rule]:
            key, window = item.key_for(rule, *who), item.get_expiry()
            count, reset = await self._count(key, window, item.amount)
            standing = Standing(f"{rule}-{window}", item.amount, window, max(0, item.amount - count), reset)
            if reset is not None:
                return standing
            if tightest is None or standing.remaining < tightest.remaining:
                tightest = standing
        return tightest

    async def forget(self, rule: Rule, *who: str) -> None:
        """Begin to count anew."""
        for item in self._rules[rule]:
            key = item.key_for(rule, *who)
            await self._memory.clear(key)
            if redis := self._reachable():
                try:
                    await redis.clear(key)
                except self._failures as error:
                    self._lose(error)

    async def close(self) -> None:
        if self._disconnect:
            await self._disconnect()

    def _share(self, redis_url: str) -> None:
        # Its client takes 0.1 s and 8 MB to import: whoever has no Redis need not hold them.
        from redis.asyncio import ConnectionPool  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.exceptions import RedisError  # noqa: PLC0415

        # One attempt: the client's own retries would triple the wait.
        pool = ConnectionPool.from_url(
            redis_url,
            socket_timeout=_PATIENCE_SECONDS,
            socket_connect_timeout=_PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._disconnect, self._failures = pool.disconnect, (RedisError, OSError)
        self._redis = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix="quartet:limits",
            connection_pool=pool,  # type: ignore[arg-type] # its documentation knows it, its types do not
        )

    async def _count(self, key: str, window: int, quota: int) -> tuple[int, int | None]:
        """Return how many there were in this window, and in how many seconds it ends when they were too many."""
        if redis := self._reachable():
            try:
                return await _counted(redis, key, window, quota)
            except self._failures as error:
                self._lose(error)
        return await _counted(self._memory, key, window, quota)

    def _reachable(self) -> RedisStorage | None:
        return self._redis if time.monotonic() >= self._away_until else None

    def _lose(self, error: Exception) -> None:
        self._away_until = time.monotonic() + _AWAY_SECONDS
        _log.warning("rate limits: Redis is away (%s), this process counts alone", type(error).__name__)


async def _counted(storage: MemoryStorage | RedisStorage, key: str, window: int, quota: int) -> tuple[int, int | None]:
    count = await storage.incr(key, window)
    if count <= quota:
        return count, None
    return count, max(1, ceil(await storage.get_expiry(key) - time.time()))


def _rules(settings: LimitSettings) -> Mapping[str, list[RateLimitItem]]:
    return {rule: [] if rates == NONE else parse_many(rates) for rule, rates in settings.model_dump().items()}


def network(address: str | None) -> str:
    """Return whom an address stands for: itself, or of IPv6 the /64 that one customer has. '' for what is none."""
    try:
        read = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(read, ipaddress.IPv4Address):
        return str(read)
    if read.ipv4_mapped:
        return str(read.ipv4_mapped)
    return str(ipaddress.ip_network((int(read) >> _HOST_BITS_OF_IPV6 << _HOST_BITS_OF_IPV6, _HOST_BITS_OF_IPV6)))
