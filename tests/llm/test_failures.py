"""However a vendor fails, one `ProviderFailed` says so: of the right kind, soon, in words for a person."""

import asyncio
import socket
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from llm.asking import IMPATIENT, PROVIDERS, Heard, a_request, fails, listen, openai_at
from llm.peer import Answer, Fault, VendorPeer, refused_port
from quartet.llm.anthropic import AnthropicProvider
from quartet.llm.openai import OpenAIProvider
from quartet.llm.types import FailureKind, Provider, ProviderFailed
from quartet.llm.wire import Patience


@pytest.fixture(params=PROVIDERS)
async def impatient(request: pytest.FixtureRequest, peer: VendorPeer):
    """Each vendor in turn, allowed less than a second of silence."""
    provider = PROVIDERS[request.param](peer, IMPATIENT)
    yield provider
    await provider.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FailureKind.REJECTED),
        (401, FailureKind.UNAUTHORIZED),
        (403, FailureKind.UNAUTHORIZED),
        (404, FailureKind.REJECTED),
        (429, FailureKind.RATE_LIMITED),
        (500, FailureKind.UNAVAILABLE),
        (503, FailureKind.UNAVAILABLE),
        (529, FailureKind.UNAVAILABLE),
    ],
)
async def test_a_status_says_what_is_wrong(peer: VendorPeer, provider: Provider, status, kind):
    peer.script(Answer(status=status))

    await fails(provider, kind)

    assert len(peer.calls) == 1, "a status is told at once, not tried again"


async def test_a_status_without_json_is_as_good(peer: VendorPeer, provider: Provider):
    peer.script(Answer(status=502, headers={"Content-Type": "text/html"}, verbatim=b"<h1>Bad gateway</h1>"))

    await fails(provider, FailureKind.UNAVAILABLE)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "Retry-After": "1"}, 0.25),
        ({"Retry-After": "-3"}, 0),
        ({"Retry-After": format_datetime(datetime(2001, 1, 1, tzinfo=UTC), usegmt=True)}, 0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({}, None),
    ],
)
async def test_says_when_to_come_back(peer: VendorPeer, provider: Provider, headers, seconds):
    peer.script(Answer(status=429, headers=headers))

    failed = await fails(provider, FailureKind.RATE_LIMITED)

    assert failed.retry_after == seconds


async def test_a_date_to_come_back_at_becomes_seconds(peer: VendorPeer, provider: Provider):
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
    peer.script(Answer(status=429, headers={"Retry-After": later}))

    failed = await fails(provider, FailureKind.RATE_LIMITED)

    assert failed.retry_after == pytest.approx(120, abs=3)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"code": "context_length_exceeded", "message": "…"}, "this long"),
        ({"type": "invalid_request_error", "message": "prompt is too long: 208310 tokens > 200000"}, "this long"),
        ({"code": "insufficient_quota", "type": "insufficient_quota"}, "no credit left"),
        ({"type": "not_found_error", "message": "model: secret"}, "does not offer this model"),
        ({"code": "unsupported_value"}, "rejected the request (unsupported_value)"),
        ({"code": "Your prompt 'secret' is bad", "type": 3}, "rejected the request."),
        ({"message": "the secret prompt"}, "rejected the request."),
    ],
)
async def test_tells_the_reason_but_never_the_vendors_own_words(peer: VendorPeer, provider: Provider, error, words):
    peer.script(Answer(status=400, error=error))

    failed = await fails(provider, FailureKind.REJECTED)

    assert words in failed.message


async def test_a_refused_key_names_the_setting(peer: VendorPeer):
    peer.script(Answer(status=401, error={"message": "Incorrect API key provided: sk-secret-openai"}))
    provider = openai_at(peer)

    failed = await fails(provider, FailureKind.UNAUTHORIZED)

    assert failed.message == "OpenAI refused the key. Check OPENAI_API_KEY."
    await provider.close()


@pytest.mark.parametrize(
    ("vendor", "setting"), [(OpenAIProvider, "OPENAI_BASE_URL"), (AnthropicProvider, "ANTHROPIC_BASE_URL")]
)
async def test_nobody_there(vendor, setting):
    with refused_port() as port:
        provider = vendor(api_key="k", base_url=f"http://127.0.0.1:{port.getsockname()[1]}")

        failed = await fails(provider, FailureKind.UNREACHABLE)

        assert failed.message.endswith(f"could not be reached. Check the network and {setting}.")
        await provider.close()


@pytest.mark.parametrize("url", ["http://no-such-host.invalid/v1", "ftp://127.0.0.1/v1", "nonsense"])
async def test_an_address_that_is_none(url):
    provider = OpenAIProvider(api_key="k", base_url=url)

    await fails(provider, FailureKind.UNREACHABLE)
    await provider.close()


async def test_silence_before_the_first_byte(peer: VendorPeer, impatient: Provider):
    peer.script(Answer(fault=Fault.SILENT))

    await fails(impatient, FailureKind.TIMED_OUT)

    assert await asyncio.to_thread(peer.calls[0].disconnected.wait, 5)


async def test_silence_in_the_middle(peer: VendorPeer, impatient: Provider):
    peer.script(Answer(["one ", "two ", "three"], fault=Fault.HANG, after=2))
    heard = Heard()

    await fails(impatient, FailureKind.TIMED_OUT, heard=heard)

    assert heard.text == "one two "
    assert await asyncio.to_thread(peer.calls[0].disconnected.wait, 5)


async def test_the_first_byte_may_take_longer_than_the_next(peer: VendorPeer):
    patience = Patience(first_byte=30, idle=0.3)
    provider = openai_at(peer, patience)
    peer.script(Answer(["one ", "two"], fault=Fault.HANG))

    async with asyncio.timeout(5):
        await fails(provider, FailureKind.TIMED_OUT)
    await provider.close()


async def test_a_slow_vendor_is_not_a_silent_one(peer: VendorPeer):
    """It takes longer in all than may be waited for once."""
    provider = openai_at(peer, Patience(first_byte=1, idle=1))
    peer.script(Answer([f"{number} " for number in range(15)], pace=0.1))

    heard = await listen(provider)

    assert len(heard.deltas) == 15
    await provider.close()


async def test_a_slow_reader_is_not_a_silent_vendor(peer: VendorPeer, impatient: Provider):
    peer.script(Answer(["one", "two"]))
    deltas = impatient.stream(a_request())
    await anext(deltas)
    await asyncio.sleep(IMPATIENT.idle * 1.5)  # the slowness that this is about

    assert len([delta async for delta in deltas]) == 2


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.STOP_SHORT])
async def test_cut_off_in_the_middle(peer: VendorPeer, provider: Provider, fault):
    peer.script(Answer(["one ", "two ", "three"], fault=fault, after=2))
    heard = Heard()

    await fails(provider, FailureKind.CUT_OFF, heard=heard)

    assert heard.text == "one two "


@pytest.mark.parametrize("fault", [Fault.GARBAGE, Fault.LONG_LINE])
async def test_garbage_in_the_middle(peer: VendorPeer, provider: Provider, fault):
    peer.script(Answer(["one ", "two"], fault=fault))
    heard = Heard()

    await fails(provider, FailureKind.GARBLED, heard=heard)

    assert heard.text == "one "


@pytest.mark.parametrize(
    "payload", [b'{"type":1,"choices":1}', b'{"type":"\xff","choices":[{"delta":{"content":"\xff"}}]}', b"[1]", b"12"]
)
async def test_what_is_json_but_not_the_protocol(peer: VendorPeer, provider: Provider, payload):
    peer.script(Answer(verbatim=b"data: " + payload + b"\n\n"))

    await fails(provider, FailureKind.GARBLED)


async def test_a_page_instead_of_a_stream(peer: VendorPeer, provider: Provider):
    peer.script(Answer(fault=Fault.WRONG_TYPE))

    await fails(provider, FailureKind.GARBLED)


async def test_something_that_is_not_http():
    def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    provider = OpenAIProvider(api_key="k", base_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    async with server:
        await fails(provider, FailureKind.GARBLED)
    await provider.close()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "overloaded_error", "message": "Overloaded"}, FailureKind.UNAVAILABLE),
        ({"type": "server_error", "message": "…", "code": None}, FailureKind.UNAVAILABLE),
        ({"type": "rate_limit_error"}, FailureKind.RATE_LIMITED),
        ({"code": "rate_limit_exceeded", "type": "requests"}, FailureKind.RATE_LIMITED),
        ({"type": "authentication_error"}, FailureKind.UNAUTHORIZED),
        ({"type": "invalid_request_error", "message": "prompt is too long: 1 > 0"}, FailureKind.REJECTED),
        ({"type": "timeout_error"}, FailureKind.TIMED_OUT),
        ({"code": 400, "type": "exceed_context_size_error"}, FailureKind.REJECTED),
        ({"code": 500, "type": "server_error"}, FailureKind.UNAVAILABLE),
        ({"code": 429, "type": "slow_down"}, FailureKind.RATE_LIMITED),
    ],
)
async def test_an_error_event_in_the_middle(peer: VendorPeer, provider: Provider, error, kind):
    peer.script(Answer(["one ", "two"], fault=Fault.ERROR, error=error))
    heard = Heard()

    await fails(provider, kind, heard=heard)

    assert heard.text == "one "


async def test_a_connection_dropped_without_a_word_is_tried_once_more(peer: VendorPeer, provider: Provider):
    peer.script(Answer(fault=Fault.DROP), Answer(["there you are"]))

    assert (await listen(provider)).text == "there you are"


async def test_and_only_once(peer: VendorPeer, provider: Provider):
    peer.script(Answer(fault=Fault.DROP))

    await fails(provider, FailureKind.UNREACHABLE)

    assert len(peer.calls) == 2


async def test_a_failure_leaves_the_provider_usable(peer: VendorPeer, impatient: Provider):
    peer.script(
        Answer(fault=Fault.SILENT), Answer(fault=Fault.CUT), Answer(status=500), Answer(fault=Fault.GARBAGE), Answer()
    )
    for _ in range(4):
        with pytest.raises(ProviderFailed):
            await listen(impatient)

    assert (await listen(impatient)).text == "Hello, world"


async def test_a_machine_that_does_not_answer_is_given_up():
    """Its queue of connections is full: connecting neither succeeds nor is refused."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf, ExitStack() as queue:
        for _ in range(3):
            waiting = queue.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(deaf.getsockname())
        patience = Patience(connect=0.2, first_byte=5)
        provider = OpenAIProvider(
            api_key="k", base_url=f"http://127.0.0.1:{deaf.getsockname()[1]}/v1", patience=patience
        )

        await fails(provider, FailureKind.UNREACHABLE)
        await provider.close()
