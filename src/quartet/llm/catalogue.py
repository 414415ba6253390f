"""The models we know, and which of them can be used here and now."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from quartet.llm.types import LocalModel, Provider, ProviderName

# What the Chat SDK's own client sends, whatever the server offers: both mean the default model.
ALIASES = ("chat-model", "chat-model-reasoning")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, as the vendor asked on `as_of`.

    They hold for prompts of up to `up_to` input tokens (None: of any length). A longer one costs more, as a whole.
    """

    input: float
    output: float
    cached_input: float
    as_of: date
    up_to: int | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A model by its id, `<provider>/<the vendor's own id>`.

    `context_window` and `max_output` are in tokens. `reasoning`: it thinks before it answers. `encoding`: what
    `tokens.count` counts exactly. `note`: what a person should know before choosing it.
    `is_listed`: not just any name that somebody asked a server for which takes them all.
    """

    id: str
    provider: ProviderName
    name: str
    context_window: int
    max_output: int
    vision: bool = False
    reasoning: bool = False
    tools: bool = False
    price: Price | None = None
    encoding: Literal["o200k_base"] | None = None
    note: str | None = None
    is_listed: bool = True

    @property
    def vendor_id(self) -> str:
        """What the vendor calls it: `ModelRequest.model`."""
        return self.id.split("/", 1)[1]


class UnknownModel(LookupError):
    """Nobody here serves a model of this id."""

    def __init__(self, model_id: str) -> None:
        super().__init__(f"There is no model {model_id!r} here.")
        self.model_id = model_id


def _openai(vendor_id: str, name: str, price: Price) -> Model:
    # All four: 1,050,000 tokens of context, 128,000 of output, text and images in, text out.
    # GPT-5 and GPT-6 use o200k_base: https://github.com/simonw/ttok/releases/tag/1.0 (2026-10-09).
    return Model(
        id=f"openai/{vendor_id}",
        provider="openai",
        name=name,
        context_window=1_050_000,
        max_output=128_000,
        vision=True,
        reasoning=True,
        price=price,
        encoding="o200k_base",
    )


def _anthropic(vendor_id: str, name: str, price: Price) -> Model:
    # All four: 1M tokens of context, 128K of output, text and images in, text out.
    return Model(
        id=f"anthropic/{vendor_id}",
        provider="anthropic",
        name=name,
        context_window=1_000_000,
        max_output=128_000,
        vision=True,
        reasoning=True,
        price=price,
    )


# OpenAI: https://developers.openai.com/api/docs/models/<id> and /api/docs/pricing; past 272,000 input tokens a request
# costs twice as much for its input and half as much again for its output. Anthropic:
# https://platform.claude.com/docs/en/models/overview and /docs/en/about-claude/pricing; Haiku 5.5 costs five times as
# much past 100,000. Which models there are: the installed SDKs' own lists. The first of each vendor is for everyday
# chat, and our default.
KNOWN = (
    _openai("gpt-6.2-sol", "GPT-6.2 Sol", Price(2, 10, 0.10, date(2026, 11, 18), up_to=272_000)),
    _openai("gpt-6.2-astra", "GPT-6.2 Astra", Price(8, 40, 0.40, date(2026, 11, 18), up_to=272_000)),
    _openai("gpt-6.1-terra", "GPT-6.1 Terra", Price(1, 5, 0.05, date(2026, 10, 27), up_to=272_000)),
    _openai("gpt-6-luna", "GPT-6 Luna", Price(0.10, 0.50, 0.01, date(2026, 10, 13), up_to=272_000)),
    _anthropic("claude-sonnet-5-5", "Claude Sonnet 5.5", Price(2, 10, 0.10, date(2026, 10, 24))),
    _anthropic("claude-opus-5-5", "Claude Opus 5.5", Price(4, 20, 0.20, date(2026, 10, 24))),
    _anthropic("claude-fable-5-2", "Claude Fable 5.2", Price(8, 40, 0.20, date(2026, 11, 10))),
    _anthropic("claude-haiku-5-5", "Claude Haiku 5.5", Price(0.10, 0.50, 0.01, date(2026, 10, 24), up_to=100_000)),
)


# What we assume of a model of which its server tells us no more than the name.
_ASSUMED_WINDOW = 32_768
_ASSUMED_OUTPUT = 8_192


class Catalogue:
    """What can be chosen: the known models of the providers that are configured, and the local model that runs.

    `compatible` says that the `openai` provider is not OpenAI but another server (`OPENAI_BASE_URL`), and returns the
    names of what that server serves. Only those are listed, without prices. Any other `openai/...` is passed through,
    too, for the server to judge: not all servers list all that they serve.
    """

    def __init__(
        self,
        providers: Mapping[ProviderName, Provider],
        local: Callable[[], LocalModel | None] = lambda: None,
        *,
        compatible: Callable[[], Iterable[str]] | None = None,
    ) -> None:
        self._providers = dict(providers)
        self._local = local
        self._compatible = compatible

    def models(self) -> list[Model]:
        """All that is offered now: vendors in the order they were given in, the local model last."""
        vendors = [name for name in self._providers if name != "local"]
        return [model for name in vendors for model in self._of(name)] + self._running()

    def find(self, model_id: str) -> Model:
        """Raises UnknownModel."""
        if model_id in ALIASES:
            return self.default()
        for model in self.models():
            if model.id == model_id:
                return model
        if self._compatible is not None and "openai" in self._providers and model_id.startswith("openai/"):
            return replace(_served(model_id.removeprefix("openai/")), is_listed=False)
        raise UnknownModel(model_id)

    def default(self, among: Container[str] | None = None) -> Model:
        """The first model of the first vendor (of those `among` which one may choose), or else the local one.

        Raises UnknownModel when there is none.
        """
        for model in self.models():
            if among is None or model.provider in among:
                return model
        raise UnknownModel("default")

    def provider(self, model: Model) -> Provider:
        """Raises UnknownModel when its provider is not configured."""
        try:
            return self._providers[model.provider]
        except KeyError:
            raise UnknownModel(model.id) from None

    def _of(self, vendor: ProviderName) -> list[Model]:
        if vendor == "openai" and self._compatible is not None:
            return [_served(vendor_id) for vendor_id in self._compatible()]
        return [model for model in KNOWN if model.provider == vendor]

    def _running(self) -> list[Model]:
        running = self._local() if "local" in self._providers else None
        if running is None:
            return []
        window = running.context_window
        return [Model(f"local/{running.name}", "local", running.name, window, window, note=running.note)]


def _served(vendor_id: str) -> Model:
    for model in KNOWN:
        if model.id == f"openai/{vendor_id}":
            return replace(model, price=None)
    return Model(f"openai/{vendor_id}", "openai", vendor_id, _ASSUMED_WINDOW, _ASSUMED_OUTPUT)
