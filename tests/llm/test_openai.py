"""OpenAI's wire: what is asked, and what is understood."""

import json

import pytest

from llm.asking import a_request, fails, listen, openai_at
from llm.peer import Answer, Tokens, VendorPeer
from quartet.llm.openai import OpenAIProvider, cap_at
from quartet.llm.types import FailureKind, Finished, Message, ModelRequest, Usage


@pytest.fixture
async def provider(peer: VendorPeer):
    provider = openai_at(peer)
    yield provider
    await provider.close()


def chunk(**fields) -> str:
    return f"data: {json.dumps(fields)}\n\n"


async def test_asks_for_a_stream_with_usage_and_a_hard_cap(peer: VendorPeer, provider: OpenAIProvider):
    await listen(provider, a_request("One?", "One.", "Two?", system="Be brief.", model="m-1", max_output_tokens=77))

    assert peer.calls[0].headers["Authorization"] == "Bearer sk-secret-openai"
    assert peer.calls[0].json == {
        "model": "m-1",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "One."},
            {"role": "user", "content": "Two?"},
        ],
        "max_tokens": 77,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_an_empty_system_prompt_is_left_out(peer: VendorPeer, provider: OpenAIProvider):
    await listen(provider, a_request("Hi"))

    assert [message["role"] for message in peer.calls[0].json["messages"]] == ["user"]


async def test_counts_cached_and_reasoning_tokens_as_parts(peer: VendorPeer, provider: OpenAIProvider):
    peer.script(Answer(["a"], tokens=Tokens(input=100, output=50, cached=64, reasoning=30)))

    heard = await listen(provider)

    assert heard.finished == Finished("stop", Usage(100, 50, cached_input_tokens=64, reasoning_tokens=30))


@pytest.mark.parametrize(
    ("word", "reason"),
    [("stop", "stop"), ("length", "length"), ("content_filter", "content-filter"), ("tool_calls", "other")],
)
async def test_says_why_it_ended(peer: VendorPeer, provider: OpenAIProvider, word, reason):
    peer.script(Answer(finish=word))

    heard = await listen(provider)

    assert heard.finished is not None
    assert heard.finished.reason == reason


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_thoughts_by_either_name_are_no_text(peer: VendorPeer, provider: OpenAIProvider, field):
    peer.script(
        Answer(
            verbatim=(
                chunk(choices=[{"delta": {field: "Hm. "}}])
                + chunk(choices=[{"delta": {"content": "Yes.", field: None}}])
                + chunk(choices=[{"delta": {}, "finish_reason": "stop"}])
                + "data: [DONE]\n\n"
            ).encode()
        )
    )

    heard = await listen(provider)

    assert (heard.thoughts, heard.text) == ("Hm. ", "Yes.")


async def test_a_refusal_is_said_to_the_person(peer: VendorPeer, provider: OpenAIProvider):
    refusal = chunk(choices=[{"delta": {"refusal": "I would rather not."}, "finish_reason": "stop"}])
    peer.script(Answer(verbatim=f"{refusal}data: [DONE]\n\n".encode()))

    assert (await listen(provider)).text == "I would rather not."


async def test_done_without_a_reason_is_cut_off(peer: VendorPeer, provider: OpenAIProvider):
    peer.script(Answer(verbatim=(chunk(choices=[{"delta": {"content": "Half"}}]) + "data: [DONE]\n\n").encode()))

    await fails(provider, FailureKind.CUT_OFF)


async def test_usage_told_along_the_way_is_kept_when_it_breaks(peer: VendorPeer, provider: OpenAIProvider):
    running = {"prompt_tokens": 9, "completion_tokens": 1}
    peer.script(Answer(verbatim=chunk(choices=[{"delta": {"content": "Half"}}], usage=running).encode()))

    failed = await fails(provider, FailureKind.CUT_OFF)

    assert failed.usage == Usage(9, 1)


@pytest.mark.parametrize(
    ("host", "cap"),
    [
        ("api.openai.com", "max_completion_tokens"),
        ("eu.api.openai.com", "max_completion_tokens"),
        ("mine.openai.azure.com", "max_completion_tokens"),
        ("localhost", "max_tokens"),
        ("openrouter.ai", "max_tokens"),
    ],
)
def test_the_cap_has_the_name_that_the_server_knows(host, cap):
    assert cap_at(host) == cap


async def test_neighbours_of_one_role_are_joined_and_blank_messages_dropped(peer: VendorPeer, provider: OpenAIProvider):
    said = [Message("user", "One"), Message("user", "Two"), Message("assistant", " \n"), Message("user", "Three")]

    await listen(provider, ModelRequest("m", "", said, 10))

    assert peer.calls[0].json["messages"] == [{"role": "user", "content": "One\n\nTwo\n\nThree"}]


async def test_lists_what_the_server_serves(peer: VendorPeer, provider: OpenAIProvider):
    peer.serves = ["qwen3", "llama-4"]

    assert await provider.models() == ["llama-4", "qwen3"]


async def test_a_server_without_keys_needs_none(peer: VendorPeer):
    provider = OpenAIProvider(api_key=None, base_url=peer.openai_url)

    assert (await listen(provider)).text == "Hello, world"
    await provider.close()
