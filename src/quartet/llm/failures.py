"""A vendor's refusals and silences, put into words for the person in the chat.

The vendor's own sentences are never passed on: they may quote the prompt or the key. Its short codes are.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from math import isfinite

from quartet.llm.types import FailureKind, ProviderFailed, ProviderName, Usage

_SENTENCES = {
    FailureKind.UNREACHABLE: "could not be reached. {address}",
    FailureKind.UNAUTHORIZED: "refused the key. {key}",
    FailureKind.RATE_LIMITED: "is getting too many requests. Wait a moment and try again.",
    FailureKind.REJECTED: "rejected the request{code}. Change it or choose another model.",
    FailureKind.UNAVAILABLE: "is overloaded or out of order. Try again in a moment.",
    FailureKind.TIMED_OUT: "sent nothing for too long. Try again.",
    FailureKind.CUT_OFF: "broke off before the answer was complete. Try again.",
    FailureKind.GARBLED: "sent an answer that cannot be read. {address}",
}

# Documented codes and types of errors that say more than a status does.
# OpenAI: https://developers.openai.com/api/docs/guides/error-codes
# Anthropic: https://platform.claude.com/docs/en/api/errors
# llama.cpp: https://github.com/ggml-org/llama.cpp/pull/15780
_TOO_LONG = {"context_length_exceeded", "exceed_context_size_error", "request_too_large"}
_NO_CREDIT = {"insufficient_quota", "billing_error", "billing_hard_limit_reached"}
_NO_MODEL = {"model_not_found", "not_found_error"}

# An error in the middle of a stream has no status, only these words. Any other means trouble at the vendor's.
_KINDS = {
    "rate_limit_exceeded": FailureKind.RATE_LIMITED,
    "rate_limit_error": FailureKind.RATE_LIMITED,
    "authentication_error": FailureKind.UNAUTHORIZED,
    "permission_error": FailureKind.UNAUTHORIZED,
    "invalid_api_key": FailureKind.UNAUTHORIZED,
    "invalid_request_error": FailureKind.REJECTED,
    "timeout_error": FailureKind.TIMED_OUT,
} | dict.fromkeys(_TOO_LONG | _NO_CREDIT | _NO_MODEL, FailureKind.REJECTED)

_CODE = re.compile(r"[a-z][a-z_]{2,40}\Z")


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who failed, and what to look at; `key` and `address` are whole sentences, or empty."""

    name: ProviderName
    label: str
    key: str = ""
    address: str = ""

    def failed(
        self,
        kind: FailureKind,
        *,
        error: object = None,
        retry_after: float | None = None,
        usage: Usage | None = None,
    ) -> ProviderFailed:
        """`error` is the vendor's own error object, if it sent one; `retry_after` is in seconds."""
        message = f"{self.label} {self._sentence(kind, error)}".strip()
        return ProviderFailed(kind, message, retry_after=retry_after, usage=usage)

    def refused(self, status: int, headers: Mapping[str, str], body: object) -> ProviderFailed:
        """What an HTTP answer other than 2xx means; `body` is its JSON, if it was JSON."""
        error = body.get("error", body) if isinstance(body, dict) else body
        return self.failed(_kind(status), error=error, retry_after=_retry_after(headers))

    def reported(self, error: object) -> ProviderFailed:
        """What an error object in the middle of a stream means."""
        code = error.get("code") if isinstance(error, dict) else None
        if isinstance(code, int):
            return self.failed(_kind(code), error=error)
        kinds = (_KINDS[word] for word in _words(error) if word in _KINDS)
        return self.failed(next(kinds, FailureKind.UNAVAILABLE), error=error)

    def _sentence(self, kind: FailureKind, error: object) -> str:
        words = _words(error)
        if _TOO_LONG.intersection(words) or _says_too_long(error):
            return f"cannot read a conversation this long{_sizes(error)}. Start a new chat or use another model."
        if _NO_CREDIT.intersection(words):
            return "says that this account has no credit left. Check its plan and billing."
        if _NO_MODEL.intersection(words):
            return "does not offer this model to this account. Choose another model."
        code = f" ({words[0]})" if words else ""
        return _SENTENCES[kind].format(key=self.key, address=self.address, code=code)


def _kind(status: int) -> FailureKind:
    match status:
        case 401 | 403:
            return FailureKind.UNAUTHORIZED
        case 429:
            return FailureKind.RATE_LIMITED
        case _ if status >= 500:  # noqa: PLR2004 - HTTP
            return FailureKind.UNAVAILABLE
        case _ if status >= 400:  # noqa: PLR2004 - HTTP
            return FailureKind.REJECTED
        case _:
            return FailureKind.GARBLED


def _words(error: object) -> list[str]:
    """The error's `code` and `type`, where they are codes and not prose."""
    found = [error.get("code"), error.get("type")] if isinstance(error, dict) else []
    return [word for word in found if isinstance(word, str) and _CODE.match(word)]


def _says_too_long(error: object) -> bool:
    # Anthropic has no code for it: {"type": "invalid_request_error", "message": "prompt is too long: 208310 ..."}.
    message = error.get("message") if isinstance(error, dict) else None
    return isinstance(message, str) and message.startswith("prompt is too long")


def _sizes(error: object) -> str:
    match error:
        case {"n_prompt_tokens": int(said), "n_ctx": int(window)}:
            return f" ({said} tokens; it reads {window})"
        case _:
            return ""


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from `retry-after-ms` (OpenAI's) or from `Retry-After`, a number or a date (RFC 9110, 10.2.3)."""
    value, scale = headers.get("retry-after-ms"), 0.001
    if value is None:
        value, scale = headers.get("retry-after"), 1.0
    if value is None:
        return None
    try:
        seconds = float(value) * scale
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except ValueError:
            return None
    return max(0.0, seconds) if isfinite(seconds) else None
