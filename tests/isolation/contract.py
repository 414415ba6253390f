"""The operations of our own OpenAPI, where in them an id may stand, and a valid request of each."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from pydantic import SecretStr

from quartet.app import create_app
from quartet.settings import DatabaseSettings, ServerSettings, Settings

Json = dict[str, Any]

_METHODS = ("get", "post", "put", "patch", "delete")
_IDS = re.compile(r"(id|url|.+Id|.+_id)")


@dataclass(frozen=True)
class Slot:
    """Where an id stands in a request: `place` is path, query or body; `name` its dotted path in a body."""

    place: str
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    described: Json = field(hash=False, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def slots(self) -> Iterator[Slot]:
        """Every path parameter, and whatever in query or body is an id by its name or its format."""
        for each in self.described.get("parameters", ()):
            if each["in"] == "path" or (each["in"] == "query" and _is_id(each["name"], each["schema"])):
                yield Slot(each["in"], each["name"])
        for path, schema in members(self.body_schema):
            if _is_id(path.rsplit(".", 1)[-1], schema):
                yield Slot("body", path)

    @property
    def body_schema(self) -> Json:
        content = self.described.get("requestBody", {}).get("content", {})
        return _resolved(content.get("application/json", {}).get("schema", {}))

    @property
    def answers(self) -> str:
        """The statuses that are no refusal."""
        return " ".join(status for status in self.described["responses"] if status < "4")


@dataclass
class Wanted:
    """A request to be made."""

    method: str
    path: str
    query: Json
    body: Any


DESCRIBED = create_app(
    Settings(server=ServerSettings(secret=SecretStr("x")), database=DatabaseSettings(url=SecretStr("x")))
).openapi()
OPERATIONS = [
    Operation(method.upper(), path, described)
    for path, methods in DESCRIBED["paths"].items()
    for method, described in methods.items()
    if method in _METHODS
]

# What a schema cannot say: which values make sense together. By operation and name, else by name alone.
_FILLED: dict[str, Callable[[], Any]] = {
    "message": lambda: {"id": str(uuid4()), "role": "user", "parts": [{"type": "text", "text": "Hello?"}]},
    "PATCH /api/components/{component_id} type": lambda: "role",
    "POST /api/presets/{preset_id}/recover type": lambda: "style",
}
# What a schema calls optional, and a request does nothing without.
_ALSO = {"POST /api/chat": ["message"], "POST /api/comparisons": ["message"]}
# What must stand beside a member.
_BESIDE = {"message.parts[].url": {"type": "file"}, "message.parts[].text": {"type": "text"}}


def request(operation: Operation, slot: Slot | None, find: Callable[[Slot], str]) -> Wanted:
    """Make the smallest valid request that has something in `slot`; `find` says which id stands where."""
    path, query = operation.path, {}
    for each in operation.described.get("parameters", ()):
        here = Slot(each["in"], each["name"])
        if here.place == "path":
            path = path.replace(f"{{{here.name}}}", find(here))
        elif here.place == "query" and (each["required"] or here == slot):
            query[here.name] = find(here) if _is_id(here.name, each["schema"]) else _value(operation, here.name, each)
    if operation.described.get("requestBody") is None:
        return Wanted(operation.method, path, query, None)
    body = _object(operation, operation.body_schema, "", find)
    if slot and slot.place == "body":
        put(body, slot.name, find(slot))
    return Wanted(operation.method, path, query, body)


def _object(operation: Operation, schema: Json, prefix: str, find: Callable[[Slot], str]) -> Json:
    made: Json = {}
    for name, each in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        also = path in _ALSO.get(str(operation), ()) or (operation.method == "PATCH" and _is_plain(name, each))
        if name in schema.get("required", ()) or also:
            is_id = _is_id(name, each) and path not in _FILLED
            made[name] = find(Slot("body", path)) if is_id else _value(operation, path, each, find)
    return made


def _value(operation: Operation, path: str, schema: Json, find: Callable[[Slot], str] | None = None) -> Any:
    filled = _FILLED.get(f"{operation} {path}", _FILLED.get(path))
    if filled is not None:
        return filled()
    schema = _resolved(schema.get("schema", schema))
    if "const" in schema:
        return schema["const"]
    if several := schema.get("enum", schema.get("examples")):
        return several[0]
    if schema.get("type") == "object" and find:
        return _object(operation, schema, f"{path}.", find)
    if schema.get("type") == "array":
        return [_value(operation, path, schema["items"], find)] * schema.get("minItems", 0)
    simple = {"integer": schema.get("minimum", 1), "boolean": False, "string": "x" * schema.get("minLength", 1)}
    return simple[schema["type"]]


def put(body: Json, path: str, value: Any) -> None:
    """Set a value in a body, and what must stand beside it."""
    *way, last = path.split(".")
    place: Any = body
    for step in way:
        place = place.setdefault(step.removesuffix("[]"), [{}] if step.endswith("[]") else {})
        if isinstance(place, list):
            place.insert(0, {})
            place = place[0]
    place |= {last: value, **_BESIDE.get(path, {})}


def members(schema: Json, prefix: str = "") -> Iterator[tuple[str, Json]]:
    """Yield the path and the schema of everything in a body that has no members of its own."""
    for name, each in schema.get("properties", {}).items():
        inner = _resolved(each)
        items = _resolved(inner.get("items", {}))
        if "properties" in inner:
            yield from members(inner, f"{prefix}{name}.")
        elif "properties" in items:
            yield from members(items, f"{prefix}{name}[].")
        else:
            yield f"{prefix}{name}", inner


def _is_id(name: str, schema: Json) -> bool:
    schema = _resolved(schema)
    is_text = schema.get("type") in {"string", None} and "properties" not in schema
    return schema.get("format") == "uuid" or (is_text and _IDS.fullmatch(name) is not None)


def _is_plain(name: str, schema: Json) -> bool:
    return _resolved(schema).get("type") not in {"object", "array"} and not _is_id(name, schema)


def _resolved(schema: Json) -> Json:
    """Follow references; of several kinds, take the first that is not null."""
    if "$ref" in schema:
        return _resolved(DESCRIBED["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    kinds = [each for each in schema.get("anyOf", schema.get("oneOf", ())) if each.get("type") != "null"]
    return _resolved(kinds[0]) | {key: schema[key] for key in ("examples",) if key in schema} if kinds else schema
