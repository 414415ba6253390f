"""Traces of a real server at a real collector: what belongs together does, and nobody's words are in it."""

import signal
import tempfile
from pathlib import Path
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from cli.served import Served
from core.otlp import Collector, values
from llm.peer import Answer, VendorPeer
from people import Person, until
from quartet.core.database import Database

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
WRITTEN = "Zanzibar"


async def test_a_turn_is_one_trace_from_the_proxy_to_the_provider(
    database_url: str, database: Database, vendor: VendorPeer
):
    with tempfile.TemporaryDirectory(prefix="quartet-traces-") as home, Collector() as collector:
        served = Served(
            Path(home),
            DATABASE_URL=database_url,
            OPENAI_API_KEY="sk-secret",
            OPENAI_BASE_URL=vendor.openai_url,
            QUARTET_SEED="none",
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.address,
            OTEL_EXPORTER_OTLP_HEADERS="x-team=ours",
            OTEL_BSP_SCHEDULE_DELAY="100",
        )
        async with Person(served.address, database) as ada:
            await ada.http.get("/healthz")
            await ada.register()
            await ada.http.get("/api/history", params={"q": WRITTEN})
            vendor.script(Answer(deltas=[WRITTEN]))
            ada.http.headers["traceparent"] = f"00-{TRACE}-{PARENT}-01"
            question = ada.question(f"What is {WRITTEN}?", selectedChatModel="openai/gpt-6-luna")
            async with ada.asking(question) as answer:
                await answer.aread()
                request_id = answer.headers["x-request-id"]
            await until(lambda: _is_there(collector, "keep"))
            told = dict(collector.spans)
            vendor.script(Answer(status=401, error={"message": f"sk-secret {WRITTEN}", "type": "authentication_error"}))
            async with ada.asking(ada.question(f"And {WRITTEN}?")) as answer:
                await answer.aread()
        assert served.end(signal.SIGTERM) == 0

    _check_turn(told, question, request_id)
    failed = collector.spans["chat gpt-6-luna"]
    assert failed.status.code == Status.STATUS_CODE_ERROR
    assert values(list(failed.attributes))["error.type"] == "unauthorized"
    assert collector.resource["service.name"] == "quartet"
    assert collector.headers["x-team"] == "ours"
    assert "GET /healthz" not in collector.spans
    for private in (WRITTEN, ada.email, "sk-secret"):
        assert private.encode() not in collector.raw


def _check_turn(told: dict[str, Span], question: dict[str, Any], request_id: str) -> None:
    request, turn, call = told["POST /api/chat"], told["turn"], told["chat gpt-6-luna"]
    assert {each.trace_id.hex() for each in _of_turn(told)} == {TRACE}
    assert request.parent_span_id.hex() == PARENT
    assert turn.parent_span_id == request.span_id
    assert told["begin"].parent_span_id == request.span_id
    assert {told[act].parent_span_id for act in ("speak", "keep")} == {turn.span_id}
    assert call.parent_span_id == told["speak"].span_id
    assert values(list(request.attributes)).items() >= {
        ("http.route", "/api/chat"),
        ("http.response.status_code", 200),
        ("quartet.request_id", request_id),
    }
    _check_call(call, question["selectedChatModel"].removeprefix("openai/"))
    assert values(list(turn.attributes))["gen_ai.conversation.id"] == question["id"]


def _of_turn(told: dict[str, Span]) -> list[Span]:
    return [told[name] for name in ("POST /api/chat", "begin", "turn", "speak", "keep", "chat gpt-6-luna")]


def _check_call(call: Span, model: str) -> None:
    assert call.kind == Span.SPAN_KIND_CLIENT
    attributes = values(list(call.attributes))
    assert attributes.pop("gen_ai.response.time_to_first_chunk") > 0
    assert attributes.pop("gen_ai.request.max_tokens") > 0
    assert attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model,
        "gen_ai.request.stream": True,
        "gen_ai.response.model": model,
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.cache_read.input_tokens": 0,
        "gen_ai.usage.reasoning.output_tokens": 0,
    }


async def _is_there(collector: Collector, name: str) -> bool:
    return name in collector.spans and "chat gpt-6-luna" in collector.spans and "POST /api/chat" in collector.spans
