"""Logs for whoever runs the server: one line an event with its request's id, no prompt text, no secret."""

import json
import logging
import sys
from asyncio import CancelledError
from contextvars import ContextVar
from time import gmtime
from traceback import format_tb
from types import TracebackType
from typing import Any
from uuid import uuid4

from opentelemetry.trace import format_trace_id, get_current_span

_NOBODY = "-"
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default=_NOBODY)
"""The request that is being served, or that began what still goes on; `-` for what the server does by itself."""

_FORMAT = "%(asctime)s %(levelname)s [%(request)s] %(name)s: %(message)s"
# What somebody sent stands in some lines, an address for one: it may not begin a line of its own.
_VISIBLE = {code: f"\\x{code:02x}" for code in (*range(32), 127, 0x85, 0x2028, 0x2029)}


def configure(level: int = logging.WARNING, *, as_json: bool = False) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if as_json else Formatter(_FORMAT))
    handler.addFilter(_with_its_error)
    logging.basicConfig(level=level, handlers=[handler])
    logging.captureWarnings(capture=True)
    # It warns of what anybody sends, with a byte of it. Who sent it hears of it by the answer.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)


def _with_its_error(record: logging.LogRecord) -> bool:
    """Make an error of a traceback that comes as text: so uvicorn tells of an application that did not start or end.

    Without any where a second Ctrl-C broke off the end.
    """
    if record.name != "uvicorn.error" or not record.getMessage().startswith("Traceback "):
        return True
    record.msg, record.args = "The application did not start, or did not end, as it should.", ()
    record.exc_info = sys.exc_info()
    return not isinstance(record.exc_info[1], CancelledError)


def new_request_id() -> str:
    """Make an id and take it up: a request's task, with all that it starts, is nobody else's."""
    id_ = uuid4().hex[:12]
    REQUEST_ID.set(id_)
    return id_


class Formatter(logging.Formatter):
    """Lines that begin with a time (UTC) are events; what belongs to one is indented."""

    converter = staticmethod(gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        record.request = REQUEST_ID.get()
        record.message = record.message.translate(_VISIBLE)
        return super().formatMessage(record)

    def formatException(  # noqa: N802 - the library's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Say where it broke and what kind of error it is, and not its text: that may be what somebody wrote.

        PostgreSQL repeats the row that it refuses, Pydantic the value that it cannot read.
        """
        told, error = [], ei[1]
        while error is not None:
            told.append(f"{''.join(format_tb(error.__traceback__))}  {_kind(error)}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n  after\n".join(told)


class JsonFormatter(Formatter):
    """One JSON object a line, for programs that gather logs."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (request := REQUEST_ID.get()) != _NOBODY:
            told["request"] = request
        if (trace := get_current_span().get_span_context()).is_valid:
            told["trace"] = format_trace_id(trace.trace_id)
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told)


def _kind(error: BaseException) -> str:
    """Name an error, and what of a database's or the system's is ours and no value."""
    diag: Any = getattr(error, "diag", None)
    more = [
        getattr(error, "sqlstate", None),
        getattr(diag, "table_name", None),
        getattr(diag, "constraint_name", None),
        getattr(error, "strerror", None),
    ]
    told = ", ".join(str(each) for each in more if each)
    return f"{type(error).__module__}.{type(error).__qualname__}" + (f" ({told})" if told else "")
