"""Traces, for whoever collects them over OTLP. Spans hold ids, names, counts and times, and nobody's words.

Rooms begin their spans by OpenTelemetry's API, which does nothing until `start` was called; its SDK is an extra. The
framework's own span stands around each request. Statements get none: PostgreSQL keeps better figures of them
(`quartet db stats`), and their values are people's.
"""

import logging
import threading
import time
from collections.abc import Callable, Coroutine
from functools import wraps
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.util.re import parse_env_headers
from starlette.types import Scope

from quartet.settings import TracingSettings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_tracer = trace.get_tracer("quartet")

_LAST_SECONDS = 3
_QUIET_SECONDS = 300
# What the framework's span says of a request beside its route: where people put words to search for.
_PRIVATE = "url.query"

MISSING = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, and what sends traces there is not installed: "
    "pip install 'quartet-chat[tracing]', or unset it."
)


P = ParamSpec("P")
T = TypeVar("T")


def traced(name: str) -> Callable[[Callable[P, Coroutine[Any, Any, T]]], Callable[P, Coroutine[Any, Any, T]]]:
    """Make a part of a trace out of a coroutine function; what is in no trace costs 1 µs.

    An exception leaves no mark: its text may be what somebody wrote, and whoever catches it says how things ended.
    """

    def decorate(act: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
        @wraps(act)
        async def inside(*args: P.args, **options: P.kwargs) -> T:
            if not trace.get_current_span().is_recording():
                return await act(*args, **options)
            with _tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False):
                return await act(*args, **options)

        return inside

    return decorate


def is_installed() -> bool:
    try:
        return find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


def start(settings: TracingSettings, version: str) -> "TracerProvider | None":
    """Begin to send traces; None where nobody collects any. Once for the whole process."""
    if settings.exporter_otlp_endpoint is None:
        return None
    # 0.2 s that only those wait for who want it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import Span, TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio  # noqa: PLC0415

    class Discreet(BatchSpanProcessor):
        def on_start(self, span: Span, parent_context: object = None) -> None:  # noqa: ARG002 - passed by its name
            if span.attributes and _PRIVATE in span.attributes:
                span.set_attribute(_PRIVATE, "")

    headers = settings.exporter_otlp_headers
    exporter = OTLPSpanExporter(
        f"{settings.exporter_otlp_endpoint.rstrip('/')}/v1/traces",
        headers=parse_env_headers(headers.get_secret_value(), liberal=True) if headers else None,
        timeout=_LAST_SECONDS,
    )
    provider = TracerProvider(
        sampler=ParentBasedTraceIdRatio(settings.traces_sampler_arg),
        resource=Resource.create({"service.name": settings.service_name, "service.version": version}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(Discreet(exporter))
    for name in ("opentelemetry.exporter.otlp.proto.http.trace_exporter", "opentelemetry.sdk._shared_internal"):
        logging.getLogger(name).addFilter(_Seldom())
    trace.set_tracer_provider(provider)
    return provider


def of_requests(settings: TracingSettings) -> TelemetryConfig:
    """Return what the framework shall trace: requests of the API. Its metrics and logs would hold texts of errors."""
    return {
        "tracing": settings.exporter_otlp_endpoint is not None,
        "metrics": False,
        "logs": False,
        "operation_spans": False,
        "auto_configure": False,
        "exclude": _is_no_api,
    }


def stop(provider: "TracerProvider") -> None:
    """Send what is left; a collector that is away holds nobody up for longer than 3 s."""
    ending = threading.Thread(target=provider.shutdown, daemon=True)
    ending.start()
    ending.join(_LAST_SECONDS)


def _is_no_api(scope: Scope) -> bool:
    return not scope["path"].startswith("/api/")


class _Seldom(logging.Filter):
    """Let one line through in five minutes: a collector that is away is away with every batch."""

    def __init__(self) -> None:
        super().__init__()
        self._told_at = float("-inf")

    def filter(self, _: logging.LogRecord) -> bool:
        if time.monotonic() - self._told_at < _QUIET_SECONDS:
            return False
        self._told_at = time.monotonic()
        return True
