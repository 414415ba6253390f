"""How the tokens of a prompt fall to its parts: what a receipt does not say, and usage by component wants."""

from collections.abc import Mapping, Sequence
from typing import Any

from quartet.core.database import Transaction
from quartet.llm import tokens


async def portions(tx: Transaction, receipt: Mapping[str, Any]) -> dict[str, Any]:
    """Divide an answer's receipt among its parts: {presetId, presetName, parts: [{id, type, name, tokens}]}.

    Measured by the texts of the versions that were used: divided by characters instead, a part of code beside one of
    prose would be a third off. Done when the answer is kept, for it takes a query and up to a millisecond, and nobody
    waits for a word then.
    """
    used: list[dict[str, Any]] = receipt["components"]
    weights = await _weights(tx, used) if used else []
    whole = sum(weights) or 1
    return {
        "presetId": receipt["presetId"],
        "presetName": receipt["presetName"],
        "parts": [
            {key: part[key] for key in ("id", "type", "name")} | {"tokens": round(receipt["tokens"] * weight / whole)}
            for part, weight in zip(used, weights, strict=True)
        ],
    }


async def _weights(tx: Transaction, used: Sequence[Mapping[str, Any]]) -> list[float]:
    """Count each text; one that was deleted since the question weighs as much as the others do on average."""
    cursor = await tx.execute(
        """SELECT v."componentId"::text, coalesce(v."content", c."content")
           FROM "ComponentVersion" v JOIN "Component" c ON c."id" = v."componentId"
           WHERE (v."componentId", v."version") IN (SELECT * FROM unnest(%s::uuid[], %s::int[]))""",
        [[part["id"] for part in used], [part["version"] for part in used]],
    )
    counted = {id_: float(tokens.count(content, None).tokens) for id_, content in await cursor.fetchall()}
    average = sum(counted.values()) / len(counted) if counted else 1.0
    return [counted.get(part["id"], average) for part in used]
