"""What goes to a provider that sees."""

import asyncio
import base64
import time

import pytest

from llm.asking import a_request, anthropic_at, fails, listen, openai_at
from llm.peer import Answer, Fault, VendorPeer
from quartet.llm import tokens
from quartet.llm.catalogue import KNOWN, Model
from quartet.llm.images import IN_BASE64, Payload
from quartet.llm.transcript import alternating
from quartet.llm.types import FailureKind, Image, Message, ModelRequest, Provider

OPENAI = next(model for model in KNOWN if model.provider == "openai")
ANTHROPIC = next(model for model in KNOWN if model.provider == "anthropic")


def an_image(data: bytes = b"pixels", width: int = 4, height: int = 3) -> Image:
    return Image("image/png", data, width, height)


def about(*images: Image, text: str = "What is it?", system: str = "") -> ModelRequest:
    return ModelRequest("some-model", system, [Message("user", text, images)], 100)


@pytest.fixture(params=[openai_at, anthropic_at], ids=["openai", "anthropic"])
async def seeing(request: pytest.FixtureRequest, peer: VendorPeer):
    provider = request.param(peer)
    yield provider
    await provider.close()


def images_of(body: dict) -> list[bytes]:
    """Every image of a request, in either vendor's words."""
    parts = [part for message in body["messages"] for part in message["content"] if isinstance(part, dict)]
    texts = [part["image_url"]["url"].partition(",")[2] for part in parts if part["type"] == "image_url"]
    texts += [part["source"]["data"] for part in parts if part["type"] == "image"]
    return [base64.b64decode(text, validate=True) for text in texts]


async def test_openai_gets_images_before_the_text(peer: VendorPeer):
    provider = openai_at(peer)
    assert (await listen(provider, about(an_image(), system="Be brief."))).text == "Hello, world"
    assert peer.calls[0].json == {
        "model": "some-model",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,cGl4ZWxz", "detail": "high"}},
                    {"type": "text", "text": "What is it?"},
                ],
            },
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 100,
    }
    await provider.close()


async def test_anthropic_gets_images_before_the_text(peer: VendorPeer):
    provider = anthropic_at(peer)
    assert (await listen(provider, about(an_image(), system="Be brief."))).text == "Hello, world"
    source = {"type": "base64", "media_type": "image/png", "data": "cGl4ZWxz"}
    assert peer.calls[0].json == {
        "model": "some-model",
        "system": "Be brief.",
        "messages": [
            {
                "role": "user",
                "content": [{"type": "image", "source": source}, {"type": "text", "text": "What is it?"}],
            }
        ],
        "stream": True,
        "max_tokens": 100,
    }
    await provider.close()


async def test_with_and_without_an_image_the_same_headers_are_sent(peer: VendorPeer, seeing: Provider):
    await listen(seeing, a_request())
    await listen(seeing, about(an_image()))
    plain, seen = ({name.lower(): value for name, value in call.headers.items()} for call in peer.calls)
    assert int(seen.pop("content-length")) == len(peer.calls[1].body)
    del plain["content-length"]
    assert seen == plain


async def test_images_of_any_length_arrive_as_they_are(peer: VendorPeer, seeing: Provider):
    pictures = [bytes(range(256)) * 3000 + b"x" * more for more in (0, 1, 2)] + [b"x", b"xy", b"xyz"]
    await listen(seeing, about(*(an_image(data) for data in pictures), text=f'{IN_BASE64[:-1]} \\ " \u2028'))
    assert images_of(peer.calls[0].json) == pictures
    assert peer.calls[0].json["messages"][0]["content"][-1]["text"] == f'{IN_BASE64[:-1]} \\ " \u2028'


async def test_an_image_alone_has_no_empty_text_beside_it(peer: VendorPeer, seeing: Provider):
    await listen(seeing, about(an_image(), text=" \n"))
    assert len(peer.calls[0].json["messages"][0]["content"]) == 1


def test_neighbours_keep_their_images():
    first, second = an_image(b"1"), an_image(b"2")
    said = [
        Message("user", "One", (first,)),
        Message("assistant", " "),
        Message("user", "", (second,)),
        Message("user", "Two"),
    ]
    assert alternating(said) == [Message("user", "One\n\nTwo", (first, second))]


async def test_a_connection_that_was_dropped_gets_the_images_again(peer: VendorPeer, seeing: Provider):
    peer.script(Answer(fault=Fault.DROP), Answer())
    assert (await listen(seeing, about(an_image(b"x" * 500_000)))).text == "Hello, world"
    assert [images_of(call.json) for call in peer.calls] == [[b"x" * 500_000]] * 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(status=400), FailureKind.REJECTED),
        (Answer(status=401), FailureKind.UNAUTHORIZED),
        (Answer(status=429), FailureKind.RATE_LIMITED),
        (Answer(status=529), FailureKind.UNAVAILABLE),
        (Answer(fault=Fault.CUT), FailureKind.CUT_OFF),
        (Answer(fault=Fault.WRONG_TYPE), FailureKind.GARBLED),
    ],
)
async def test_it_fails_as_without_images(peer: VendorPeer, seeing: Provider, answer: Answer, kind: FailureKind):
    peer.script(answer)
    await fails(seeing, kind, about(an_image(b"x" * 100_000)))


async def test_closing_ends_the_request(peer: VendorPeer, seeing: Provider):
    peer.script(Answer(deltas=["word "] * 1000, pace=0.02))
    deltas = seeing.stream(about(an_image()))
    await anext(deltas)
    await deltas.aclose()
    assert await asyncio.to_thread(peer.calls[0].disconnected.wait, 5)


async def test_large_images_are_encoded_a_piece_at_a_time():
    """All at once, 15 MB would hold up every other stream for 0.1 s and more."""
    payload = Payload({"image": IN_BASE64}, [an_image(bytes(15_000_000))])
    longest = length = 0
    started = time.thread_time()
    async for piece in payload:
        longest = max(longest, time.thread_time() - started)
        length += len(piece)
        started = time.thread_time()
    assert str(length) == payload.headers["content-length"]
    assert longest < 0.02  # 0.2 ms measured


# Sizes and counts from the vendors' own pages: see `tokens.of_image`.
@pytest.mark.parametrize(
    ("width", "height", "model", "expected"),
    [
        (1024, 1024, OPENAI, 1229),
        (6000, 6000, OPENAI, 3000),
        (1, 1, OPENAI, 2),
        (1000, 1000, ANTHROPIC, 1296),
        (1075, 1520, ANTHROPIC, 2145),
        (8000, 6000, ANTHROPIC, 4784),
        (1024, 1024, None, 1369),
    ],
)
def test_what_an_image_costs(width: int, height: int, model: Model | None, expected: int):
    assert tokens.of_image(width, height, model) == expected


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC, None])
def test_images_are_reserved_for(model: Model | None):
    image = an_image(width=1000, height=800)
    without, seen = (tokens.estimate_prompt(about(*images), model) for images in ([], [image, image]))
    assert seen - without >= 2 * tokens.of_image(1000, 800, model)
