"""What is offered, found and taken by default."""

import typing
from collections.abc import AsyncGenerator

import pytest
from anthropic.types import Model as AnthropicModel
from openai.types.shared import ChatModel as OpenAIModel

from quartet.llm.catalogue import ALIASES, KNOWN, Catalogue, UnknownModel
from quartet.llm.local import LocalModel
from quartet.llm.types import Delta, ModelRequest, ProviderName

LOCAL = LocalModel("tiny-1b", "http://127.0.0.1:1/v1", "k", context_window=4096, note="Demonstration only.")


class Silent:
    """A provider that is never asked."""

    def __init__(self, name: ProviderName) -> None:
        self.name = name

    def stream(self, request: ModelRequest) -> AsyncGenerator[Delta, None]:
        raise AssertionError(f"A catalogue lists providers and never asks one: {request}")

    async def close(self) -> None:
        pass


def a_catalogue(*names: ProviderName, **options) -> Catalogue:
    return Catalogue({name: Silent(name) for name in names}, **options)


def test_offers_the_models_of_configured_providers_only():
    models = a_catalogue("anthropic").models()

    assert models
    assert {model.provider for model in models} == {"anthropic"}


def test_nothing_configured_offers_nothing():
    catalogue = a_catalogue()

    assert catalogue.models() == []
    with pytest.raises(UnknownModel):
        catalogue.default()


def test_the_local_model_is_there_while_it_runs():
    running: list[LocalModel] = []
    catalogue = a_catalogue("local", local=lambda: running[-1] if running else None)
    assert catalogue.models() == []

    running.append(LOCAL)

    (model,) = catalogue.models()
    assert (model.id, model.vendor_id, model.context_window) == ("local/tiny-1b", "tiny-1b", 4096)
    assert (model.price, model.encoding, model.note) == (None, None, "Demonstration only.")
    assert catalogue.find("local/tiny-1b") == model
    assert catalogue.default() == model


def test_a_vendor_comes_before_the_local_model():
    catalogue = a_catalogue("local", "anthropic", "openai", local=lambda: LOCAL)

    assert catalogue.default().provider == "anthropic"
    assert catalogue.models()[-1].provider == "local"


def test_the_default_among_what_one_may_use():
    catalogue = a_catalogue("openai", "local", local=lambda: LOCAL)

    assert catalogue.default({"local"}).id == "local/tiny-1b"
    with pytest.raises(UnknownModel):
        catalogue.default({"anthropic"})


@pytest.mark.parametrize("alias", ALIASES)
def test_the_chat_sdks_ids_mean_the_default(alias):
    catalogue = a_catalogue("openai")

    assert catalogue.find(alias) == catalogue.default()


@pytest.mark.parametrize("model_id", ["", "gpt-6.2-sol", "openai/none-such", "anthropic/claude-opus-5-5", "local/x"])
def test_an_unknown_id_is_refused_by_name(model_id):
    with pytest.raises(UnknownModel) as caught:
        a_catalogue("openai", local=lambda: LOCAL).find(model_id)

    assert caught.value.model_id == model_id
    assert isinstance(caught.value, LookupError)


def test_finds_the_provider_of_a_model():
    openai, anthropic = Silent("openai"), Silent("anthropic")
    catalogue = Catalogue({"openai": openai, "anthropic": anthropic})

    assert catalogue.provider(catalogue.find("anthropic/claude-opus-5-5")) is anthropic
    with pytest.raises(UnknownModel):
        Catalogue({"openai": openai}).provider(catalogue.find("anthropic/claude-opus-5-5"))


def test_another_server_is_asked_what_it_serves():
    served = ["meta/llama-4", "gpt-6.2-sol"]
    catalogue = a_catalogue("openai", compatible=lambda: served)

    llama, sol = catalogue.models()

    assert (llama.id, llama.vendor_id, llama.price, llama.encoding) == (
        "openai/meta/llama-4",
        "meta/llama-4",
        None,
        None,
    )
    assert (sol.context_window, sol.encoding) == (1_050_000, "o200k_base"), "known by name"
    assert sol.price is None, "what that server asks is not known"


def test_another_server_may_serve_more_than_it_lists():
    catalogue = a_catalogue("openai", compatible=list)

    assert catalogue.find("openai/qwen3:8b").vendor_id == "qwen3:8b"
    with pytest.raises(UnknownModel):
        catalogue.find("anthropic/claude-opus-5-5")


def test_known_ids_are_unique_and_say_their_provider():
    assert len({model.id for model in KNOWN}) == len(KNOWN)
    assert all(model.id.startswith(f"{model.provider}/") for model in KNOWN)


def test_the_sdks_know_all_models_that_we_know():
    literal, _ = typing.get_args(AnthropicModel)
    names = {f"openai/{name}" for name in typing.get_args(OpenAIModel)}
    names |= {f"anthropic/{name}" for name in typing.get_args(literal)}

    assert {model.id for model in KNOWN} <= names


@pytest.mark.parametrize("model", KNOWN, ids=lambda model: model.id)
def test_prices_and_sizes_are_plausible(model):
    assert 0 < model.price.cached_input < model.price.input < model.price.output < 100
    assert 0 < model.max_output < model.context_window
