"""Starting and ending one process of `model_child`."""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quartet.embedded import runtime

_SLOTS = 2  # conversations answered at once; others wait
_ENDS = 5.0  # seconds that a process has to end by itself


@dataclass(frozen=True, slots=True)
class ModelProcess:
    process: asyncio.subprocess.Process
    api_key: str

    async def answer(self) -> dict[str, Any]:
        """What it says when it has loaded the model; nothing where it died before."""
        assert self.process.stdout  # noqa: S101 -- a pipe, by `model_process`
        answer: dict[str, Any] = json.loads(await self.process.stdout.readline() or "{}")
        return answer


@asynccontextmanager
async def model_process(gguf: str, lock: int, log: Path) -> AsyncIterator[ModelProcess]:
    """A process that serves `gguf`, holds `lock` as long as it lives, and lives no longer than its stdin is open."""
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "quartet.embedded.model_child", gguf),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=output,
            env=runtime.environment(),
            pass_fds=[lock],
            start_new_session=True,  # Ctrl-C is for us: answers may be kept before the model goes
        )
    assert process.stdin  # noqa: S101 -- a pipe, by the line above
    api_key = secrets.token_urlsafe(24)
    how = {
        "api_key": api_key,
        "slots": _SLOTS,
        "context_window": runtime.context_window(),
        "threads": runtime.threads(),
    }
    try:
        process.stdin.write(f"{json.dumps(how)}\n".encode())
        yield ModelProcess(process, api_key)
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _ENDS)
        except TimeoutError:
            process.kill()
            await process.wait()
