"""A vendor's refusals and silences, put into words for the person in the chat.

The vendor's own sentences are never passed on: they may quote the prompt or the key. Its short codes are.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any

from quartet.llm.types import FailureKind, ProviderFailed, Usage

_CODE = re.compile(r"[a-z][a-z_]{2,40}\Z")

# Documented error codes and types that say more than a status does.
# OpenAI: https://developers.openai.com/api/docs/guides/error-codes
# Anthropic: https://platform.claude.com/docs/en/api/errors
# llama.cpp: https://github.com/ggml-org/llama.cpp/pull/15780
_TOO_LONG = {"context_length_exceeded", "exceed_context_size_error", "request_too_large"}
_NO_CREDIT = {"insufficient_quota", "billing_error", "billing_hard_limit_reached"}
_NO_MODEL = {"model_not_found", "not_found_error"}

# An error inside a stream has no status, only these words; all others mean that the vendor is in trouble.
_KINDS = {
    "rate_limit_exceeded": FailureKind.RATE_LIMITED,
    "rate_limit_error": FailureKind.RATE_LIMITED,
    "authentication_error": FailureKind.UNAUTHORIZED,
    "permission_error": FailureKind.UNAUTHORIZED,
    "invalid_api_key": FailureKind.UNAUTHORIZED,
    "invalid_request_error": FailureKind.REJECTED,
    "timeout_error": FailureKind.TIMED_OUT,
} | dict.fromkeys(_TOO_LONG | _NO_CREDIT | _NO_MODEL, FailureKind.REJECTED)


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who failed, and which settings to look at: `key` and `address` are whole sentences or empty."""

    label: str
    key: str = ""
    address: str = ""

    def unreachable(self) -> ProviderFailed:
        return self._failed(FailureKind.UNREACHABLE, f"could not be reached. {self.address}")

    def timed_out(self, usage: Usage | None = None) -> ProviderFailed:
        return self._failed(FailureKind.TIMED_OUT, "sent nothing for too long. Try again.", usage=usage)

    def cut_off(self) -> ProviderFailed:
        return self._failed(FailureKind.CUT_OFF, "broke off before the answer was complete. Try again.")

    def garbled(self) -> ProviderFailed:
        return self._failed(FailureKind.GARBLED, f"sent an answer that cannot be read. {self.address}")

    def refused(self, status: int, headers: Mapping[str, str], body: object) -> ProviderFailed:
        """What an HTTP answer of `status` (not 2xx) means; `body` is its JSON, if it was JSON."""
        error = body.get("error", body) if isinstance(body, dict) else body
        return self._told(_kind(status), error, _retry_after(headers))

    def reported(self, error: object) -> ProviderFailed:
        """What an error object in the middle of a stream means."""
        if isinstance(error, dict) and isinstance(code := error.get("code"), int):
            return self._told(_kind(code), error, None)
        kinds = [_KINDS[word] for word in _words(error) if word in _KINDS]
        return self._told(kinds[0] if kinds else FailureKind.UNAVAILABLE, error, None)

    def _told(self, kind: FailureKind, error: object, retry_after: float | None) -> ProviderFailed:
        return self._failed(kind, self._sentence(kind, error), retry_after)

    def _failed(
        self, kind: FailureKind, sentence: str, retry_after: float | None = None, usage: Usage | None = None
    ) -> ProviderFailed:
        message = f"{self.label} {sentence}".strip()
        return ProviderFailed(kind, message, retry_after=retry_after, usage=usage)

    def _sentence(self, kind: FailureKind, error: object) -> str:
        words = _words(error)
        if _TOO_LONG.intersection(words) or _says_too_long(error):
            return (
                f"cannot read a conversation this long{_sizes(error)}. Start a new chat or use another model."
            )
        if _NO_CREDIT.intersection(words):
            return "says that this account has no credit left. Check its plan and billing."
        if _NO_MODEL.intersection(words):
            return "does not offer this model to this account. Choose another model."
        match kind:
            case FailureKind.UNAUTHORIZED:
                return f"refused the key. {self.key}"
            case FailureKind.RATE_LIMITED:
                return "is getting too many requests. Wait a moment and try again."
            case FailureKind.REJECTED:
                code = next((f" ({word})" for word in words), "")
                return f"rejected the request{code}. Change it or choose another model."
            case FailureKind.TIMED_OUT:
                return "took too long. Try again."
            case FailureKind.GARBLED:
                return f"sent an answer that cannot be read. {self.address}"
            case _:
                return "is overloaded or out of order. Try again in a moment."


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
    """The error's `code` and `type`, most telling first, where they look like codes and not like prose."""
    found = [error.get("code"), error.get("type")] if isinstance(error, dict) else []
    return [word for word in found if isinstance(word, str) and _CODE.match(word)]


def _says_too_long(error: object) -> bool:
    # Anthropic has no code of its own for this: "prompt is too long: 208310 tokens > 200000 maximum".
    message = error.get("message") if isinstance(error, dict) else None
    return isinstance(message, str) and message.startswith("prompt is too long")


def _sizes(error: Any) -> str:
    sizes = (error.get("n_prompt_tokens"), error.get("n_ctx"))
    if all(isinstance(size, int) for size in sizes):
        return f" ({sizes[0]} tokens; it reads {sizes[1]})"
    return ""


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `retry-after-ms` (OpenAI's own) or `Retry-After` in either form of RFC 9110."""
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
