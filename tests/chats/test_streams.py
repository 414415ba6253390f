"""How chunks reach a reader: the first at once, then those of a frame in one write, none late for want of another."""

import asyncio
import json

from llm.peer import Answer, Fault, VendorPeer
from people import Person, Reader
from quartet.chats.streams import Frames, Stream


async def test_chunks_that_come_close_together_are_written_together(ada: Person, vendor: VendorPeer):
    words = [f"word{n} " for n in range(300)]
    vendor.script(Answer(deltas=words, pace=0.001))
    async with ada.asking(ada.question()) as answer:
        writes = [piece async for piece in answer.aiter_raw()]
    said = b"".join(writes)
    heard = [json.loads(line)["delta"] for line in said.split(b"data: ") if b'"text-delta"' in line]
    assert heard == words
    assert said.endswith(b"data: [DONE]\n\n")
    assert len(writes) < 0.8 * len(words)


async def test_what_waits_for_its_frame_needs_no_other_chunk_to_be_told(ada: Person, vendor: VendorPeer):
    vendor.script(Answer(deltas=["One", "two", "three"], pace=0.001, fault=Fault.HANG, after=3))
    async with ada.asking(ada.question()) as answer, asyncio.timeout(10):
        assert (await Reader(answer).words(3)).text == "Onetwothree"


async def test_a_first_word_waits_for_no_frame_of_others():
    frames = Frames()
    for _ in range(3):
        stream = Stream(frames)
        word = asyncio.ensure_future(anext(stream.follow()))
        await asyncio.sleep(0)
        stream.push(b"word")
        for _ in range(3):  # turns of the event loop, not time
            await asyncio.sleep(0)
        assert word.done()
        assert word.result() == b"word"
