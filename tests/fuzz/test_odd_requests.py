"""What no client of ours would send: broken JSON, text that no database keeps, numbers that no machine holds."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from fuzz.bounds import IS_LONG
from fuzz.conftest import Target
from isolation.contract import OPERATIONS, Operation, members, put, request

JSON = "application/json"
WITH_BODY = [operation for operation in OPERATIONS if operation.body_schema]


def told(body: Any) -> bytes:
    return json.dumps(body).encode()


BODIES: dict[str, tuple[Callable[[Any], bytes], str]] = {
    "nothing": (lambda _: b"", JSON),
    "no JSON": (lambda _: b"{", JSON),
    "null": (lambda _: b"null", JSON),
    "a list": (lambda body: told([body]), JSON),
    "no text": (lambda _: b'{"name": "\xff\xfe"}', JSON),
    "another charset": (lambda body: json.dumps(body).encode("utf-16"), f"{JSON}; charset=utf-16"),
    "a charset that is none": (told, f"{JSON}; charset=x\x00"),
    "nested deeply": (lambda _: b'{"a":' * 100_000, JSON),
    "a long number": (lambda _: b'{"version": %s, "expiresInDays": %s}' % (b"9" * 5000, b"9" * 5000), JSON),
    "a long text": (lambda body: told(body | {"name": "x" * 2_000_000}), JSON),
    "as a form": (lambda _: b"name=x", "application/x-www-form-urlencoded"),
    "as a broken form": (lambda _: b"--x\r\n", "multipart/form-data"),
    "as plain text": (told, "text/plain"),
    "as what is no type": (told, "\xff/;;="),
}


MEMBERS = ["a\x00b", "a\ud800b", 2**63, float("nan")]
MORE_MEMBERS = ["", "\N{CAT FACE}" * 30_000, None, -1, float("inf"), [], {}]
ADDRESSES = ["%00", "%ED%A0%80", "%FF", "..%2F..", "%0A", "x" * 3000, "\N{CAT FACE}", "%"]
VALUES = ["%00", "%ED%A0%80", "%FF", "x" * 3000, "", "-1", "9" * 400, "NaN"]
HEADERS = [b"\xff\xfe", b"x" * 5000, b"", b'"', b"Bearer", b"Bearer \xff", b"Bearer qk_"]


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_odd_bodies(operation: Operation, target: Target, browser: requests.Session):
    wanted = request(operation, None, lambda slot: target.has.find(operation, slot))
    for odd, (make, content_type) in BODIES.items():
        headers = {"content-type": content_type.encode("latin-1").replace(b"\x00", b"0")}
        answer = browser.request(wanted.method, target.address + wanted.path, data=make(wanted.body), headers=headers)
        expect(operation, answer, odd)


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_odd_members(operation: Operation, target: Target, browser: requests.Session):
    for path, schema in members(operation.body_schema):
        for odd in MEMBERS + (MORE_MEMBERS if IS_LONG else []):
            wanted = request(operation, None, lambda slot: target.has.find(operation, slot))
            put(wanted.body, path, [odd] if schema.get("type") == "array" else odd)
            answer = browser.request(
                wanted.method, target.address + wanted.path, data=told(wanted.body), headers={"content-type": JSON}
            )
            expect(operation, answer, f"{path}: {str(odd)[:20]!r}")


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if "{" in each.path], ids=str)
def test_odd_addresses(operation: Operation, target: Target, browser: requests.Session):
    for odd in ADDRESSES:
        path = "/".join(odd if step.startswith("{") else step for step in operation.path.split("/"))
        answer = browser.request(operation.method, target.address + path, allow_redirects=False)
        assert answer.status_code < 500, odd


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each.method == "GET"], ids=str)
def test_odd_queries(operation: Operation, target: Target, browser: requests.Session):
    path = request(operation, None, lambda slot: target.has.find(operation, slot)).path
    for each in operation.described.get("parameters", ()):
        for odd in VALUES if each["in"] == "query" else ():
            answer = browser.get(f"{target.address}{path}?{each['name']}={odd}", allow_redirects=False)
            expect(operation, answer, f"{each['name']}={odd}")


@pytest.mark.parametrize(
    "name", ["authorization", "cookie", "if-match", "if-none-match", "user-agent", "origin", "range"]
)
def test_odd_headers(name: str, target: Target, browser: requests.Session):
    for path in (f"/api/components/{target.has.known['component_id']}", "/api/auth/session", "/api/billing"):
        for odd in HEADERS:
            answer = browser.get(target.address + path, headers={name: odd})
            assert answer.status_code < 500, odd


def expect(operation: Operation, answer: requests.Response, odd: str) -> None:
    assert answer.status_code < 500, odd
    assert str(answer.status_code) in operation.described["responses"], f"{odd} {answer.text}"
