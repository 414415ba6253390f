"""One request to a provider as operators see it: counted, timed, and a span in a trace. No text of anybody's is in it.

Names of attributes: OpenTelemetry's conventions for generative AI,
https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/.
"""

from time import perf_counter
from types import TracebackType
from typing import Protocol, Self, get_args

from opentelemetry.trace import SpanKind, StatusCode, get_tracer

from quartet.core.metrics import FIRST_TOKEN_SECONDS, PROVIDER_REQUESTS, PROVIDER_SECONDS
from quartet.llm.types import FailureKind, FinishReason, ModelRequest, ProviderFailed, ProviderName, Usage

_tracer = get_tracer("quartet.llm")

# Prometheus sees no increase in a series that begins with its first failure: an alert would come with the second.
for _provider in get_args(ProviderName):
    for _outcome in ("ok", "stopped", *FailureKind):
        PROVIDER_REQUESTS.labels(_provider, str(_outcome))


class Said(Protocol):
    """What the vendor has told so far."""

    usage: Usage | None
    model: str | None


class Call:
    """Enter it when the request is made, leave it at its end."""

    def __init__(self, provider: ProviderName, request: ModelRequest, said: Said) -> None:
        self._provider = provider
        self._said = said
        self._began = perf_counter()
        self._span = _tracer.start_span(
            f"chat {request.model}",
            kind=SpanKind.CLIENT,
            attributes={
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": provider,
                "gen_ai.request.model": request.model,
                "gen_ai.request.max_tokens": request.max_output_tokens,
                "gen_ai.request.stream": True,
            },
        )

    def speaks(self) -> None:
        """Note the first word."""
        waited = perf_counter() - self._began
        FIRST_TOKEN_SECONDS.labels(self._provider).observe(waited)
        self._span.set_attribute("gen_ai.response.time_to_first_chunk", waited)

    def finished(self, reason: FinishReason) -> None:
        self._span.set_attribute("gen_ai.response.finish_reasons", [reason])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        # What is no failure is whoever listened: they wanted it stopped.
        outcome = "ok" if error is None else "stopped"
        if isinstance(error, ProviderFailed):
            outcome = str(error.kind)
        PROVIDER_REQUESTS.labels(self._provider, outcome).inc()
        PROVIDER_SECONDS.labels(self._provider).observe(perf_counter() - self._began)
        if self._span.is_recording():
            self._tell(outcome)
        self._span.end()

    def _tell(self, outcome: str) -> None:
        if outcome not in {"ok", "stopped"}:
            self._span.set_attribute("error.type", outcome)
            self._span.set_status(StatusCode.ERROR)
        if self._said.model:
            self._span.set_attribute("gen_ai.response.model", self._said.model)
        if used := self._said.usage:
            self._span.set_attributes(
                {
                    "gen_ai.usage.input_tokens": used.input_tokens,
                    "gen_ai.usage.output_tokens": used.output_tokens,
                    "gen_ai.usage.cache_read.input_tokens": used.cached_input_tokens,
                    "gen_ai.usage.reasoning.output_tokens": used.reasoning_tokens,
                }
            )
