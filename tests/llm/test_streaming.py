"""What all vendors promise: every byte arrives, in order, at once; who leaves is gone."""

import asyncio
import json
from contextlib import aclosing
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.asking import Heard, a_request, listen, until
from llm.peer import Answer, Call, Fault, Tokens, VendorPeer
from quartet.llm.types import Finished, Provider, TextDelta, Usage
from quartet.llm.wire import Lines

ODD = "  Zeilen\r\nund\tTabs\x00, é, e\u0301, \u202eschlaf\u202c, 👩‍👩‍👧‍👦, \u2028\ufeff日本 \"'\\ </s> <|im_end|>\n\n "


async def test_hears_every_delta_in_order_and_then_the_end(peer: VendorPeer, provider: Provider):
    words = [f" {number}" for number in range(500)]
    peer.script(Answer(words, tokens=Tokens(input=7, output=500)))

    heard = await listen(provider)

    assert heard.deltas == words
    assert heard.finished == Finished("stop", Usage(7, 500))


async def test_the_system_prompt_arrives_byte_for_byte(peer: VendorPeer, provider: Provider):
    await listen(provider, a_request("Hi", system=ODD))

    call = peer.calls[0]
    system = call.json["system"] if call.vendor == "anthropic" else call.json["messages"][0]["content"]
    assert system.encode() == ODD.encode()


async def test_questions_arrive_byte_for_byte(peer: VendorPeer, provider: Provider):
    await listen(provider, a_request(ODD))

    assert peer.calls[0].json["messages"][-1]["content"].encode() == ODD.encode()


async def test_odd_text_comes_back_as_it_was_sent(peer: VendorPeer, provider: Provider):
    peer.script(Answer([ODD]))

    assert (await listen(provider)).text == ODD


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("segment", [2, 61])
async def test_it_does_not_matter_where_the_network_cuts(peer: VendorPeer, provider: Provider, newline, segment):
    peer.script(Answer(["日", "本👩‍👧", "é"], newline=newline, segment=segment))

    assert (await listen(provider)).deltas == ["日", "本👩‍👧", "é"]


async def test_no_usage_is_no_failure(peer: VendorPeer, provider: Provider):
    peer.script(Answer(tokens=None))

    heard = await listen(provider)

    assert heard.finished == Finished("stop", None)


async def test_a_delta_does_not_wait_for_the_next(peer: VendorPeer, provider: Provider):
    peer.script(Answer(["one", "two"], fault=Fault.HANG, after=1))

    async with aclosing(provider.stream(a_request())) as deltas:
        assert await asyncio.wait_for(anext(deltas), 5) == TextDelta("one")


async def test_what_came_in_one_piece_is_handed_on_in_one_go(peer: VendorPeer, provider: Provider):
    """Without a trip through the event loop for each delta: so a caller can join what came together."""
    peer.script(Answer([str(number) for number in range(300)]))
    loop, trips = asyncio.get_running_loop(), [0]

    def count() -> None:
        trips[0] += 1
        counting[0] = loop.call_soon(count)

    deltas = provider.stream(a_request())
    await anext(deltas)
    await asyncio.to_thread(peer.calls[0].finished.wait, 5)
    counting = [loop.call_soon(count)]
    heard_in = [trips[0] async for _ in deltas]
    counting[0].cancel()

    assert len(heard_in) == 300
    assert len(set(heard_in)) < 30


async def test_closing_ends_the_vendors_request(peer: VendorPeer, provider: Provider):
    peer.script(Answer([f"{number} " for number in range(10_000)], pace=0.01))
    deltas = provider.stream(a_request())
    await anext(deltas)

    await deltas.aclose()

    assert await asyncio.to_thread(peer.calls[0].disconnected.wait, 5)


async def test_cancelling_the_reader_ends_the_vendors_request(peer: VendorPeer, provider: Provider):
    peer.script(Answer([f"{number} " for number in range(10_000)], pace=0.01))
    heard = Heard()
    reading = asyncio.create_task(listen(provider, heard=heard))
    await until(lambda: len(heard.deltas) > 2)

    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert await asyncio.to_thread(peer.calls[0].disconnected.wait, 5)


async def test_leaving_before_reading_asks_nothing(peer: VendorPeer, provider: Provider):
    await provider.stream(a_request()).aclose()

    assert peer.calls == []


async def test_a_connection_is_used_again(peer: VendorPeer, provider: Provider):
    peer.script(Answer(linger=0.02))
    await listen(provider)
    await listen(provider)

    assert len({call.client_port for call in peer.calls}) == 1


async def test_the_end_does_not_wait_for_a_response_that_lingers(peer: VendorPeer, provider: Provider):
    peer.script(Answer(linger=60))

    async with asyncio.timeout(5):
        heard = await listen(provider)

    assert heard.finished


async def test_many_streams_at_once_do_not_mix(peer: VendorPeer, provider: Provider):
    def echo(call: Call) -> Answer:
        said = call.json["messages"][-1]["content"]
        return Answer([f"{said}-{number} " for number in range(20)], pace=0.001)

    peer.script(echo)
    heard = await asyncio.gather(*(listen(provider, a_request(f"q{number}")) for number in range(30)))

    assert [each.text for each in heard] == [
        "".join(f"q{number}-{part} " for part in range(20)) for number in range(30)
    ]


@settings(deadline=None)
@given(st.lists(st.text(), max_size=20), st.data())
def test_lines_do_not_depend_on_the_cuts(texts, data):
    payloads = [json.dumps(text).encode() for text in texts]
    stream = b"".join(b"event: e\ndata: " + payload + b"\r\n\r\n: comment\n" for payload in payloads)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=10)) | {0, len(stream)})

    lines = Lines()
    read = [payload for start, end in pairwise(cuts) for payload in lines.payloads(stream[start:end])]

    assert read == payloads
