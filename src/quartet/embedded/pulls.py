"""Models being fetched while the server runs: started from a page, seen by every page."""

import asyncio
import threading
from pathlib import Path

from quartet.embedded.errors import EmbeddedFailed
from quartet.embedded.weights import Progress, PullCancelled, pull


class Pulls:
    """The pulls of this process. One of a name runs at a time; a failed one may be started again."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._progress: dict[str, Progress] = {}
        self._failures: dict[str, str] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._cancel = threading.Event()

    def start(self, name: str) -> None:
        """Begin to fetch, in the background; does nothing while it is being fetched."""
        if name not in self._tasks:
            self._failures.pop(name, None)
            self._tasks[name] = asyncio.create_task(self._run(name))

    def is_running(self, name: str) -> bool:
        return name in self._tasks

    def arrived(self, name: str) -> int | None:
        """Return the bytes that have arrived, while it is being fetched."""
        progress = self._progress.get(name)
        return progress.done if progress and name in self._tasks else None

    def failure(self, name: str) -> str | None:
        """Return why the last try failed, as a sentence for a person."""
        return self._failures.get(name)

    async def close(self) -> None:
        self._cancel.set()
        await asyncio.gather(*self._tasks.values())

    async def _run(self, name: str) -> None:
        try:
            await asyncio.to_thread(
                pull, name, self._home, lambda news: self._progress.update({name: news}), cancel=self._cancel
            )
        except EmbeddedFailed as failed:
            self._failures[name] = str(failed)
        except PullCancelled:
            pass
        finally:
            del self._tasks[name]
