"""The contract as it is: one shape for every refusal, and no answer that is never given."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from quartet.core.http import Problem


def describe(app: FastAPI) -> dict[str, Any]:
    """Make the OpenAPI description: refusals are problem details, and what is not valid is 400, never 422."""
    described = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    schemas: dict[str, Any] = described.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {})
    schemas["Problem"] = problem
    for path in described["paths"].values():
        for operation in path.values():
            responses = operation["responses"]
            if responses.pop("422", None):
                responses.setdefault("400", _NOT_VALID)
    return described


_NOT_VALID = {
    "description": "The request is not valid; `errors` names each field.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
