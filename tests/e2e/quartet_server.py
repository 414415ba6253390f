"""`quartet serve` as a person starts it: the code of the wheel, in a process of its own, on a home of its own."""

import asyncio
import os
import re
import shutil
import sys
import tempfile
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from embedded.processes import running

_READY = re.compile(r"Quartet is ready at (http://\S+)")
_START_SECONDS = 60
_STOP_SECONDS = 20
_COMMAND = (sys.executable, "-P", "-c", "from quartet.cli import main; main()")


class QuartetServer:
    """`wheel` is the folder that it was unpacked into; `settings` are environment variables.

    `command` is how `quartet` is called, where it is not the wheel's code on this Python.

    The home is made outside of pytest's own folders, which as root PostgreSQL's user may not enter.
    """

    def __init__(self, wheel: Path, *, command: Sequence[str] = _COMMAND, **settings: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="quartet-e2e-")).resolve()
        self.address = ""
        self._command = command
        self._said: list[str] = []
        self._process: Process | None = None
        self._listening: list[asyncio.Task[None]] = []
        # Nothing of this machine's: a key or an address in the environment must not steer the test.
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(wheel),
            "QUARTET_HOME": str(self.home),
            "QUARTET_PORT": "0",
            "QUARTET_SEED": "none",
            "QUARTET_LOCAL_MODEL": "none",
            "QUARTET_LIMITS": "off",
            **settings,
        }

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it as an init system does, and see that nothing stays behind."""
        try:
            if self._process and self._process.returncode is None:
                self._process.terminate()
                await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
            await self.gone()
        finally:
            for left in running(self.home):
                left.kill()
            await asyncio.gather(*self._listening)
            shutil.rmtree(self.home, ignore_errors=True)

    async def start(self) -> None:
        """Start, again on the same address after the first time; return when it answers."""
        self._process = await asyncio.create_subprocess_exec(
            *(*self._command, "serve"),
            cwd=self.home,
            env=self._environment,
            stdout=PIPE,
            stderr=STDOUT,
        )
        ready = asyncio.Event()
        listening = asyncio.create_task(self._listen(self._process, ready))
        self._listening.append(listening)
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({listening, waiting}, timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        assert ready.is_set(), f"it did not start: {''.join(self._said)}"
        # A page that is open expects it where it was.
        self._environment["QUARTET_PORT"] = self.address.rpartition(":")[2]

    async def kill(self) -> None:
        """`kill -9`."""
        assert self._process
        self._process.kill()
        await self._process.wait()

    async def gone(self) -> None:
        """Wait until no process has anything to do with the home; fail when one stays."""
        async with asyncio.timeout(_STOP_SECONDS):
            while running(self.home):  # noqa: ASYNC110 - a process that ends tells only its parent
                await asyncio.sleep(0.05)

    async def _listen(self, process: Process, ready: asyncio.Event) -> None:
        """Read what it says to the end: a full pipe would stop it. pytest shows it beside a test that fails."""
        assert process.stdout
        async for line in process.stdout:
            self._said.append(line.decode())
            print(self._said[-1], end="")  # noqa: T201
            if found := _READY.search(self._said[-1]):
                self.address = found[1]
                ready.set()
