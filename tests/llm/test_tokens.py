"""Counting tokens offline."""

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.asking import a_request
from quartet.llm import tokens
from quartet.llm.catalogue import KNOWN, Model

OPENAI = next(model for model in KNOWN if model.provider == "openai")
ANTHROPIC = next(model for model in KNOWN if model.provider == "anthropic")
LOCAL = Model("local/tiny", "local", "tiny", context_window=4096, max_output=4096)
MODELS = [OPENAI, ANTHROPIC, LOCAL, None]


# https://developers.openai.com/cookbook/examples/how_to_count_tokens_with_tiktoken, under o200k_base
@pytest.mark.parametrize(
    ("text", "count"),
    [("antidisestablishmentarianism", 6), ("2 + 2 = 4", 7), ("お誕生日おめでとう", 8), ("tiktoken is great!", 6)],
)
def test_counts_as_openai_does(text, count):
    assert tokens.count(text, OPENAI) == tokens.Count(count, exact=True)


@pytest.mark.parametrize("model", [ANTHROPIC, LOCAL, None])
def test_says_when_it_only_estimates(model):
    assert not tokens.count("What is it?", model).exact


# Counted by llama.cpp with SmolLM2: what no table of OpenAI's can know.
@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("请用不超过四十个字回答问题，并列出四个步骤。" * 40, 1440),  # noqa: RUF001 - Chinese
        ("Отвечайте по-русски, не более сорока слов. " * 40, 1361),
        ("أجب باللغة العربية وبأقل من أربعين كلمة من فضلك. " * 40, 1841),
    ],
)
def test_an_estimate_for_a_small_vocabulary_is_near(text, counted):
    assert tokens.count(text, LOCAL).tokens == pytest.approx(counted, rel=0.3)


@given(st.text(max_size=200), st.sampled_from(MODELS))
def test_nothing_is_nothing_and_something_is_something(text, model):
    counted = tokens.count(text, model).tokens

    assert (counted > 0) == (text != "")


@given(st.text(max_size=200))
def test_never_more_tokens_than_bytes(text):
    assert tokens.count(text, OPENAI).tokens <= len(text.encode())


@given(st.lists(st.text(max_size=50), min_size=1, max_size=6), st.text(max_size=50), st.sampled_from(MODELS))
def test_a_prompt_is_reserved_for_more_than_its_words(said, system, model):
    request = a_request(*said, system=system)
    words = sum(tokens.count(text, model).tokens for text in [system, *said])

    assert tokens.estimate_prompt(request, model) > words


@given(st.lists(st.text(min_size=1, max_size=50), min_size=1, max_size=5), st.sampled_from(MODELS))
def test_a_longer_transcript_is_reserved_for_more(said, model):
    shorter = tokens.estimate_prompt(a_request(*said), model)

    assert tokens.estimate_prompt(a_request(*said, "And?"), model) > shorter


@pytest.mark.parametrize("text", ["word " * 4000, "a" * 20_000, " " * 20_000, "日本語" * 2200, "\U0001f680" * 5000])
def test_twenty_kilobytes_take_no_time(text):
    tokens.count("", None)
    started = time.thread_time()

    tokens.count(text, OPENAI)

    assert time.thread_time() - started < 0.05  # 0.6 ms measured; a quadratic algorithm takes seconds


def test_the_tables_are_loaded_once_and_without_their_python_half():
    """`import bpe_openai` would cost a second and 150 MB in every worker."""
    counted = "import sys; from quartet.llm import tokens; tokens.count('x', None); print('bpe_openai' in sys.modules)"

    assert subprocess.check_output([sys.executable, "-c", counted], text=True).strip() == "False"
