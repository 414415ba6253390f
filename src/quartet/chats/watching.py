"""A turn as operators see it: counted by how it ended, timed, and a span in a trace. None of its words is in it."""

from collections.abc import Mapping
from contextvars import copy_context
from time import perf_counter
from typing import Any

from opentelemetry.trace import StatusCode, get_tracer, use_span

from quartet.chats.accounting import spent
from quartet.chats.models import Outcome
from quartet.chats.turns import Turn
from quartet.core.metrics import STREAMS, TURN_SECONDS, TURNS

_tracer = get_tracer("quartet.chats")


class Watch:
    """Begins with a turn. Tasks that are made in its `context` are part of it."""

    def __init__(self, turn: Turn) -> None:
        self._model = turn.model
        self._began = perf_counter()
        self._span = _tracer.start_span(
            "turn",
            attributes={
                "gen_ai.conversation.id": str(turn.holder.chat_id),
                "gen_ai.provider.name": turn.model.provider,
                "gen_ai.request.model": turn.model.vendor_id,
                "quartet.message_id": str(turn.holder.message_id),
            },
        )
        with use_span(self._span):
            self.context = copy_context()
        STREAMS.inc()

    def said(self, outcome: Outcome, used: Mapping[str, Any]) -> None:
        """Take down how it ended and what it cost, as an `AppUsage`."""
        TURNS.labels(outcome).inc()
        spent(self._model, used["inputTokens"], used["outputTokens"])
        self._span.set_attribute("quartet.outcome", outcome)
        if outcome == "failed":
            self._span.set_status(StatusCode.ERROR)

    def close(self) -> None:
        STREAMS.dec()
        TURN_SECONDS.observe(perf_counter() - self._began)
        self._span.end()
