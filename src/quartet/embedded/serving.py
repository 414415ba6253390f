"""What the processes that share a data folder tell each other of its one local model."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

State = Literal["starting", "ready", "failed", "off"]


@dataclass(frozen=True, slots=True)
class Status:
    """`base_url` (OpenAI's, it ends in /v1), `api_key` and `context_window` are there when it is ready."""

    state: State
    gguf: str = ""
    token: str = ""  # of the wish that it is about
    base_url: str | None = None
    api_key: str | None = None
    context_window: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """That `gguf` be served. Each has its own `token`, so that asking again for the same file is heard."""

    gguf: str
    token: str


class Board:
    """Two small files (0600) below the data folder. Whoever holds `lock` serves, and writes the status."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "model-server"
        self.lock = self._folder / "lock"
        self.log = self._folder / "server.log"

    def open(self) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)

    def wish(self, gguf: Path) -> Wish:
        wish = Wish(str(gguf), secrets.token_hex(8))
        self._write("wish.json", asdict(wish))
        return wish

    def wished(self) -> Wish | None:
        read = self._read("wish.json")
        return Wish(**read) if read else None

    def tell(self, status: Status) -> None:
        self._write("status.json", asdict(status))

    def told(self) -> Status:
        """The status of the latest wish: it is starting until whoever serves says otherwise."""
        wish, read = self.wished(), self._read("status.json")
        status = Status(**read) if read else None
        if status and wish and status.token == wish.token:
            return status
        return Status("starting", wish.gguf if wish else "")

    def clear(self) -> None:
        for name in ("wish.json", "status.json"):
            (self._folder / name).unlink(missing_ok=True)

    def _write(self, name: str, content: dict[str, object]) -> None:
        unfinished = self._folder / f"{name}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(content, file)
        unfinished.replace(self._folder / name)

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            read: dict[str, Any] = json.loads((self._folder / name).read_text())
        except FileNotFoundError:
            return None
        return read
