"""An answer's tokens and cost as the Chat SDK's `AppUsage`: streamed, kept in the message and in `lastContext`."""

from typing import Any

from quartet.core.metrics import TOKENS
from quartet.llm import tokens
from quartet.llm.catalogue import Model
from quartet.llm.types import Usage

_PRICE_UNIT = 1_000_000


def app_usage(used: Usage, model_id: str, model: Model | None) -> dict[str, Any]:
    """Compose an `AppUsage`; cost is there only where the price is known."""
    written: dict[str, Any] = {
        "inputTokens": used.input_tokens,
        "outputTokens": used.output_tokens,
        "totalTokens": used.input_tokens + used.output_tokens,
        "modelId": model_id,
    }
    if used.cached_input_tokens:
        written["cachedInputTokens"] = used.cached_input_tokens
    if used.reasoning_tokens:
        written["reasoningTokens"] = used.reasoning_tokens
    if model:
        written["context"] = {"totalMax": model.context_window, "outputMax": model.max_output}
        written |= _cost(used, model)
    return written


def estimate(input_tokens: int, said: str, model: Model | None) -> Usage:
    """Count for ourselves what a provider did not: a stopped or broken answer costs what came of it."""
    return Usage(input_tokens, tokens.count(said, model).tokens)


def spent(model: Model, input_tokens: int, output_tokens: int) -> None:
    """Count tokens. A name that somebody only asked for is none to count under: there is no end of those."""
    name = model.vendor_id if model.is_listed else "other"
    TOKENS.labels(model.provider, name, "in").inc(input_tokens)
    TOKENS.labels(model.provider, name, "out").inc(output_tokens)


def _cost(used: Usage, model: Model) -> dict[str, Any]:
    price = model.price
    if price is None or (price.up_to is not None and used.input_tokens > price.up_to):
        return {}
    fresh = used.input_tokens - used.cached_input_tokens
    input_usd = (fresh * price.input + used.cached_input_tokens * price.cached_input) / _PRICE_UNIT
    output_usd = used.output_tokens * price.output / _PRICE_UNIT
    return {
        "costUSD": {
            "inputUSD": round(input_usd, 8),
            "outputUSD": round(output_usd, 8),
            "totalUSD": round(input_usd + output_usd, 8),
        }
    }
