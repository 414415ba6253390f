"""The contract as it is: one shape for every refusal, and no answer that is never given."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from quartet.core.errors import Refusal, refusals
from quartet.core.http import Problem
from quartet.core.origin import CrossOrigin

Before = Callable[[str, str], Sequence[type[Refusal]]]
"""How a method of a path may refuse before its route is run."""


def describe(app: FastAPI, before: Before) -> dict[str, Any]:
    """Make the OpenAPI description: refusals are problem details, and what is not valid is 400, never 422."""
    described = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    schemas: dict[str, Any] = described.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {})
    schemas["Problem"] = problem
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            _complete(operation, before(method.upper(), path), changes=method != "get")
    return described


def _complete(operation: dict[str, Any], before: Sequence[type[Refusal]], *, changes: bool) -> None:
    """Add what no route says itself, because it happens around all of them."""
    responses: dict[str, Any] = operation["responses"]
    is_read = any(each["in"] in {"path", "query"} for each in operation.get("parameters", ()))
    if responses.pop("422", None) or is_read:
        responses.setdefault("400", _NOT_VALID)
    if "requestBody" in operation:
        responses.setdefault("413", _TOO_LARGE)
    for kind in (*before, *([CrossOrigin] if changes else ())):
        _add(responses, kind)
    operation["responses"] = dict(sorted(responses.items()))


def _add(responses: dict[str, Any], kind: type[Refusal]) -> None:
    """Add a refusal to those of its status, unless the route named it already."""
    ((_, added),) = refusals(kind).items()
    found = responses.setdefault(str(kind.status), added)
    examples = found["content"][_PROBLEM].get("examples", {})
    if found is not added and kind.__name__ not in examples:
        # A new one: routes of one router share theirs.
        responses[str(kind.status)] = {
            "description": f"{found['description']} {added['description']}",
            "content": {_PROBLEM: _OF_PROBLEM | {"examples": examples | added["content"][_PROBLEM]["examples"]}},
        }


_PROBLEM = "application/problem+json"
_OF_PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
_NOT_VALID = {"description": "The request is not valid; `errors` names each field.", "content": {_PROBLEM: _OF_PROBLEM}}
_TOO_LARGE = {"description": "The request is larger than this route takes.", "content": {_PROBLEM: _OF_PROBLEM}}
