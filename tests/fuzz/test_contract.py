"""The server keeps its contract, whatever is sent: no failure of ours, no answer that our OpenAPI does not know.

`make fuzz` sends more, and other things every time.
"""

from typing import Any
from uuid import UUID

import requests
import schemathesis
from hypothesis import settings
from schemathesis import Case
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.config import SchemathesisConfig

from fuzz.bounds import IS_LONG
from fuzz.conftest import Target
from isolation.contract import DESCRIBED, Operation, Slot

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


def contract(examples: int, *, covers: bool) -> Any:
    """Our OpenAPI; `covers`: every edge of every schema, besides so many examples by chance."""
    config = {
        "phases": {
            "examples": {"enabled": covers},
            "coverage": {"enabled": covers},
            "fuzzing": {"generation": {"max-examples": settings().max_examples if IS_LONG else examples}},
        },
        "generation": {"deterministic": not IS_LONG, "database": "none"},
        "suppress-health-check": ["all"],
    }
    return schemathesis.openapi.from_dict(DESCRIBED, config=SchemathesisConfig.from_dict(config))


@contract(5, covers=IS_LONG).parametrize()
def test_somebody(case: Case, target: Target, browser: requests.Session):
    aim(case, target)
    case.call_and_validate(base_url=target.address, session=browser, checks=CHECKS, allow_redirects=False)


@contract(2, covers=IS_LONG).parametrize()
def test_a_program(case: Case, target: Target, program: requests.Session):
    aim(case, target)
    case.call_and_validate(base_url=target.address, session=program, checks=CHECKS, allow_redirects=False)


@contract(2, covers=IS_LONG).parametrize()
def test_nobody(case: Case, target: Target, nobody: requests.Session):
    case.call_and_validate(base_url=target.address, session=nobody, checks=CHECKS, allow_redirects=False)


def aim(case: Case, target: Target) -> None:
    """Let an id name something that is there: one made up is refused before anything can go wrong."""
    # Its own method: methods that the path does not have are tried, too.
    operation = Operation(case.operation.method.upper(), case.operation.path, {})
    for place, values in (("path", case.path_parameters), ("query", case.query)):
        for name, value in dict(values or {}).items():
            if is_uuid(value):
                values[name] = target.has.find(operation, Slot(place, name))


def is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False
