"""A page built on the AI SDK, without the page: one of npm's clients in a process of its own."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from people import Person

FOLDER = Path(__file__).parent / "clients"
_NODE = Path(sys.executable).parent / "node"
_PATIENCE = 30


@dataclass
class Hearing:
    """One answer while it is heard."""

    node: Process

    async def begins(self) -> None:
        """Wait for the first chunk."""
        assert self.node.stderr
        line = await asyncio.wait_for(self.node.stderr.readline(), _PATIENCE)
        assert line == b"listening\n", line.decode()

    async def ends(self) -> Any:
        """Return `{message, errors, chunks}` of the whole, or None where there was nothing to resume."""
        said, complaint = await asyncio.wait_for(self.node.communicate(), _PATIENCE)
        assert self.node.returncode == 0, complaint.decode()
        return json.loads(said)


@dataclass
class Client:
    """A client by its alias in package.json, signed in as a person; `folder` is for what it is to send."""

    alias: str
    person: Person
    folder: Path
    _nodes: list[Process] = field(default_factory=list)

    async def ask(self, body: dict[str, Any]) -> Hearing:
        """Ask as `useChat` does; `body` is as `Person.question` makes it."""
        file = self.folder / "body.json"
        file.write_text(json.dumps(body))
        return await self._start("ask", str(file))

    async def resume(self, chat: str) -> Hearing:
        return await self._start("resume", chat)

    async def close(self) -> None:
        for node in self._nodes:
            if node.returncode is None:
                node.kill()
            await node.communicate()

    async def _start(self, act: str, subject: str) -> Hearing:
        http = self.person.http
        cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
        origin = str(http.base_url).rstrip("/")
        node = await asyncio.create_subprocess_exec(
            *(_NODE, "read_message.mjs", self.alias, origin, cookie, act, subject),
            cwd=FOLDER,
            stdout=PIPE,
            stderr=PIPE,
        )
        self._nodes.append(node)
        return Hearing(node)
