"""How many tokens a text is, offline."""

from dataclasses import dataclass
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from math import ceil
from typing import Protocol

from quartet.llm.catalogue import Model
from quartet.llm.types import ModelRequest

# What a chat template adds: role and delimiters to each message; a beginning, and the system prompt that SmolLM2's
# template puts in when there is none (22 tokens), to the whole.
_PER_MESSAGE = 6
_PER_PROMPT = 32
_MARGIN = 1.2


@dataclass(frozen=True, slots=True)
class Count:
    tokens: int
    exact: bool


def count(text: str, model: Model | None) -> Count:
    """The tokens of `text` for `model`, or as OpenAI would count them. The first call loads the tables (0.2 s)."""
    tokens = _o200k().count(text)
    if model is None:
        return Count(tokens, exact=False)
    if model.encoding == "o200k_base":
        return Count(tokens, exact=True)
    if model.provider == "anthropic":
        # A million tokens are 555,000 English words by its own account, 750,000 by OpenAI's.
        # https://platform.claude.com/docs/en/models/overview
        return Count(ceil(tokens * 1.4), exact=False)
    # Small vocabularies, made for English. Measured with SmolLM2 against o200k_base: English 1.13, code 1.11,
    # German 1.64, Russian 2.4, Chinese 2.1, Arabic 3.1 times as many.
    beyond_ascii = len(text.encode()) - len(text)
    return Count(ceil(tokens * 1.15 + beyond_ascii * 0.6), exact=False)


def of_image(width: int, height: int, model: Model | None) -> int:
    """The tokens of an image of so many pixels: as many as it may cost, because the vendor scales it before it counts.

    OpenAI, asked for high detail: patches of 32 pixels square, at most 2,500, of 1.2 tokens each.
    https://developers.openai.com/api/docs/guides/images-vision#calculating-costs
    Anthropic: patches of 28 pixels square, at most 4,784 (older models: 1,568), of one token each.
    https://platform.claude.com/docs/en/build-with-claude/vision#evaluate-image-size
    """
    openai = ceil(min(_patches(width, height, 32), 2500) * 1.2)
    anthropic = min(_patches(width, height, 28), 4784)
    counted = {"openai": openai, "anthropic": anthropic}
    return counted.get(model.provider if model else "", max(openai, anthropic))


def _patches(width: int, height: int, side: int) -> int:
    return ceil(width / side) * ceil(height / side)


def estimate_prompt(request: ModelRequest, model: Model | None = None) -> int:
    """What a request will cost in input tokens, rather too much than too little: to be reserved before it is sent."""
    texts = [request.system, *(message.text for message in request.transcript)]
    counts = [count(text, model) for text in texts if text]
    said = sum(counted.tokens for counted in counts)
    if not all(counted.exact for counted in counts):
        said = ceil(said * _MARGIN)
    seen = sum(of_image(image.width, image.height, model) for message in request.transcript for image in message.images)
    return said + ceil(seen * _MARGIN) + _PER_MESSAGE * len(counts) + _PER_PROMPT


class _Tokenizer(Protocol):
    def count(self, text: str) -> int: ...


@cache
def _o200k() -> _Tokenizer:
    # `import bpe_openai` builds every encoding once more out of Python objects: 1.1 s and 150 MB before the first word
    # is counted. Its compiled half alone takes 0.2 s and 69 MB.
    package = find_spec("bpe_openai")
    spec = PathFinder.find_spec("_bindings", package.submodule_search_locations) if package else None
    if spec is None or spec.loader is None:
        raise ImportError("bpe_openai is not installed, or no longer has a module `_bindings`.")
    bindings = module_from_spec(spec)
    spec.loader.exec_module(bindings)
    tokenizer: _Tokenizer = bindings.tokenizer_for_encoding("o200k_base")
    return tokenizer
