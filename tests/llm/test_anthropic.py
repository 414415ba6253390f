"""Anthropic's wire: what is asked, and what is understood."""

import json

import pytest

from llm.asking import a_request, anthropic_at, fails, listen
from llm.peer import Answer, Fault, Tokens, VendorPeer
from quartet.llm.anthropic import AnthropicProvider
from quartet.llm.types import FailureKind, Finished, Message, ModelRequest, Usage


@pytest.fixture
async def provider(peer: VendorPeer):
    provider = anthropic_at(peer)
    yield provider
    await provider.close()


def event(name: str, **fields) -> str:
    return f"event: {name}\ndata: {json.dumps({'type': name, **fields})}\n\n"


async def test_asks_for_a_stream_with_the_system_prompt_apart(peer: VendorPeer, provider: AnthropicProvider):
    await listen(provider, a_request("One?", "One.", "Two?", system="Be brief.", model="m-1", max_output_tokens=77))

    assert "sk-secret-anthropic" in str(peer.calls[0].headers)
    assert peer.calls[0].json == {
        "model": "m-1",
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "One."},
            {"role": "user", "content": "Two?"},
        ],
        "max_tokens": 77,
        "stream": True,
    }


async def test_an_empty_system_prompt_is_left_out(peer: VendorPeer, provider: AnthropicProvider):
    await listen(provider, a_request("Hi"))

    assert "system" not in peer.calls[0].json


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        ("claude-sonnet-5-5", True),
        ("claude-opus-5", True),
        ("claude-haiku-6", True),
        ("claude-opus-4-8", False),
        ("claude-haiku-4-5-20251001", False),
        ("somebody-elses", False),
    ],
)
async def test_asks_for_thoughts_where_the_model_thinks_anyway(peer, provider: AnthropicProvider, model, asked):
    await listen(provider, a_request(model=model))

    assert peer.calls[0].json.get("thinking") == ({"type": "adaptive", "display": "summarized"} if asked else None)


async def test_thoughts_come_before_the_text_and_are_no_text(peer: VendorPeer, provider: AnthropicProvider):
    peer.script(Answer(["Yes."], reasoning=["Hm, ", "well."]))

    heard = await listen(provider)

    assert (heard.thoughts, heard.text) == ("Hm, well.", "Yes.")


async def test_input_tokens_include_those_from_and_for_the_cache(peer: VendorPeer, provider: AnthropicProvider):
    started = {"input_tokens": 10, "cache_creation_input_tokens": 200, "cache_read_input_tokens": 3000}
    peer.script(
        Answer(
            verbatim=(
                event("message_start", message={"usage": started | {"output_tokens": 1}})
                + event("content_block_delta", index=0, delta={"type": "text_delta", "text": "Yes."})
                + event(
                    "message_delta",
                    delta={"stop_reason": "end_turn"},
                    usage={"output_tokens": 20, "output_tokens_details": {"thinking_tokens": 15}},
                )
                + event("message_stop")
            ).encode()
        )
    )

    heard = await listen(provider)

    assert heard.finished == Finished("stop", Usage(3210, 20, cached_input_tokens=3000, reasoning_tokens=15))


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "content-filter"),
        ("something_new", "other"),
    ],
)
async def test_says_why_it_ended(peer: VendorPeer, provider: AnthropicProvider, word, reason):
    peer.script(Answer(finish=word))

    heard = await listen(provider)

    assert heard.finished is not None
    assert heard.finished.reason == reason


async def test_events_of_the_future_are_passed_over(peer: VendorPeer, provider: AnthropicProvider):
    peer.script(
        Answer(
            verbatim=(
                event("message_start", message={"new": True})
                + event("weather_report", sky=["blue"])
                + event("content_block_delta", index=0, delta={"type": "signature_delta", "signature": "c2lnbg=="})
                + event("content_block_delta", index=0, delta={"type": "text_delta", "text": "Yes."})
                + event("message_delta", delta={"stop_reason": "end_turn"})
                + event("message_stop")
            ).encode()
        )
    )

    heard = await listen(provider)

    assert (heard.text, heard.finished) == ("Yes.", Finished("stop", None))


async def test_what_was_counted_at_the_start_is_kept_when_it_breaks(peer: VendorPeer, provider: AnthropicProvider):
    peer.script(Answer(fault=Fault.STOP_SHORT, tokens=Tokens(input=40, cached=30)))

    failed = await fails(provider, FailureKind.CUT_OFF)

    assert failed.usage == Usage(40, 1, cached_input_tokens=30)


async def test_neighbours_of_one_role_are_joined_and_blank_messages_dropped(peer, provider: AnthropicProvider):
    said = [Message("user", "One"), Message("assistant", ""), Message("user", "Two")]

    await listen(provider, ModelRequest("m", "", said, 10))

    assert peer.calls[0].json["messages"] == [{"role": "user", "content": "One\n\nTwo"}]
