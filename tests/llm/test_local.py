"""The local model: it comes late, moves, and has a small window."""

import pytest

from llm.asking import a_request, fails, listen, until
from llm.peer import Answer, Tokens, VendorPeer, refused_port
from quartet.llm.local import LocalProvider
from quartet.llm.types import FailureKind, Finished, LocalModel, Usage


@pytest.fixture
async def running():
    """What runs now: tests put a model in."""
    return []


@pytest.fixture
async def provider(running: list[LocalModel]):
    provider = LocalProvider(lambda: running[-1] if running else None)
    yield provider
    await provider.close()


def at(peer: VendorPeer, name: str = "tiny", key: str = "key-1") -> LocalModel:
    return LocalModel(name, peer.openai_url, key, context_window=4096)


async def test_says_that_it_is_not_ready(provider: LocalProvider):
    failed = await fails(provider, FailureKind.UNAVAILABLE)

    assert failed.message == "The local model is not ready yet. Try again in a moment."


async def test_answers_once_it_is_ready(peer: VendorPeer, provider: LocalProvider, running: list[LocalModel]):
    await fails(provider, FailureKind.UNAVAILABLE)
    running.append(at(peer))
    peer.script(Answer(["Here."], tokens=Tokens(input=30, output=2, cached=20)))

    heard = await listen(provider, a_request("Hi", system="Be brief.", max_output_tokens=50))

    assert heard.text == "Here."
    assert heard.finished == Finished("stop", Usage(30, 2, cached_input_tokens=20))
    assert peer.calls[0].json["max_tokens"] == 50
    assert "max_completion_tokens" not in peer.calls[0].json


async def test_follows_a_model_that_moves(peer: VendorPeer, provider: LocalProvider, running: list[LocalModel]):
    running.append(at(peer))
    await listen(provider)
    with VendorPeer() as other:
        other.script(Answer(["The other one."]))
        running.append(at(other, "bigger", "key-2"))

        assert (await listen(provider)).text == "The other one."

    assert peer.calls[0].headers["Authorization"] == "Bearer key-1"
    assert other.calls[0].headers["Authorization"] == "Bearer key-2"


async def test_an_answer_in_progress_is_not_moved(peer: VendorPeer, provider: LocalProvider, running: list[LocalModel]):
    running.append(at(peer))
    peer.script(Answer(["one ", "two ", "three"], pace=0.02))
    deltas = provider.stream(a_request())
    heard = [await anext(deltas)]
    running.clear()

    heard += [delta async for delta in deltas]

    assert len(heard) == 4


async def test_one_that_died_is_unreachable(provider: LocalProvider, running: list[LocalModel]):
    with refused_port() as port:
        running.append(LocalModel("tiny", f"http://127.0.0.1:{port.getsockname()[1]}/v1", "k", 4096))

        failed = await fails(provider, FailureKind.UNREACHABLE)

    assert failed.message == "The local model could not be reached. It may be restarting: try again in a moment."


async def test_a_prompt_over_the_window_is_told_in_numbers(
    peer: VendorPeer, provider: LocalProvider, running: list[LocalModel]
):
    running.append(at(peer))
    error = {
        "code": 400,
        "message": "the request exceeds the available context size. try increasing the context size",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 14429,
        "n_ctx": 8192,
    }
    peer.script(Answer(status=400, error=error))

    failed = await fails(provider, FailureKind.REJECTED)

    assert failed.message == (
        "The local model cannot read a conversation this long (14429 tokens; it reads 8192). "
        "Start a new chat or use another model."
    )


async def test_closing_frees_its_slot(peer: VendorPeer, provider: LocalProvider, running: list[LocalModel]):
    running.append(at(peer))
    peer.script(Answer([str(number) for number in range(1000)], pace=0.01))
    deltas = provider.stream(a_request())
    await anext(deltas)

    await deltas.aclose()

    await until(peer.calls[0].disconnected.is_set)


async def test_no_proxy_stands_between_us_and_this_machine(
    peer: VendorPeer, running: list[LocalModel], monkeypatch: pytest.MonkeyPatch
):
    with refused_port() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        provider = LocalProvider(lambda: at(peer))

        assert (await listen(provider)).text == "Hello, world"
        await provider.close()
