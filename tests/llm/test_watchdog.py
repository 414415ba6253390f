"""One time limit for many waits."""

import asyncio
import time

import pytest

from quartet.llm.watchdog import Watchdog

LIMIT = 0.25


@pytest.fixture
async def watchdog():
    watchdog = Watchdog(LIMIT)
    yield watchdog
    watchdog.stop()


async def forever() -> None:
    await asyncio.sleep(5)
    raise AssertionError("nobody ended it")


async def test_a_wait_that_lasts_too_long_ends(watchdog: Watchdog):
    with pytest.raises(TimeoutError), watchdog:
        await forever()

    assert not asyncio.current_task().cancelling()


async def test_many_short_waits_may_last_longer_together(watchdog: Watchdog):
    for _ in range(8):
        with watchdog:
            await asyncio.sleep(LIMIT / 4)


async def test_the_last_of_many_waits_is_limited_too(watchdog: Watchdog):
    for _ in range(5):
        with watchdog:
            await asyncio.sleep(LIMIT / 4)

    started = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError), watchdog:
        await forever()
    assert asyncio.get_running_loop().time() - started + 0.01 >= LIMIT


async def test_no_time_counts_between_waits(watchdog: Watchdog):
    with watchdog:
        await asyncio.sleep(0)
    await asyncio.sleep(LIMIT * 2)
    with watchdog:
        await asyncio.sleep(0)
    with pytest.raises(TimeoutError), watchdog:
        await forever()


async def test_it_can_be_used_again_after_it_bit(watchdog: Watchdog):
    for _ in range(2):
        with pytest.raises(TimeoutError), watchdog:
            await forever()


async def test_a_new_limit_holds_from_the_next_wait(watchdog: Watchdog):
    watchdog.allow(60)
    with watchdog:
        await asyncio.sleep(LIMIT * 2)
    watchdog.allow(LIMIT)
    with pytest.raises(TimeoutError), watchdog:
        await forever()


async def test_somebody_elses_cancellation_is_not_its_own(watchdog: Watchdog):
    waiting = asyncio.Event()

    async def wait() -> None:
        with pytest.raises(TimeoutError), watchdog:
            await forever()
        with watchdog:
            waiting.set()
            await forever()

    task = asyncio.create_task(wait())
    await waiting.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_at_the_same_moment_wins(watchdog: Watchdog):
    waiting = asyncio.Event()

    async def wait() -> None:
        with watchdog:
            waiting.set()
            await forever()

    task = asyncio.create_task(wait())
    await waiting.wait()
    asyncio.get_running_loop().call_later(0, task.cancel)
    time.sleep(LIMIT * 2)  # noqa: ASYNC251 - both are due when the loop comes back, the watchdog first

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_each_reader_may_be_another_task(watchdog: Watchdog):
    async def wait() -> None:
        with watchdog:
            await forever()

    for _ in range(2):
        with pytest.raises(TimeoutError):
            await asyncio.create_task(wait())
