"""`reference/http/`: the HTTP interface from its OpenAPI description, a page for each tag and one for the shapes."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Node = Mapping[str, Any]

_INDEX = """# HTTP interface

The page uses it, and so may your programs. It is described by OpenAPI too: a running server gives the description at
`/api/openapi.json`, and `quartet openapi` prints it.

- **Who asks**: the session cookie that signing in sets, or an API key as `Authorization: Bearer qk_…`
  ([who may do what](../../security.md#who-may-do-what)). A change with a cookie must come from the same origin.
- **Bodies** are JSON in camelCase. Times are UTC.
- **Refusals** are `application/problem+json` ([Problem](#schema-problem)) with a stable `code`, and one for a wrong
  request names each wrong field. Another user's thing does not exist: 404.
- Every answer carries its id as `X-Request-ID`; the server's log has the same.

| | operations |
|---|---|
"""
_TOCTREE = "\n```{{toctree}}\n:hidden:\n\n{pages}\n```\n"


def pages(openapi: Path) -> dict[str, str]:
    """Return each page by its name below `reference/http/`."""
    contract = json.loads(openapi.read_text())
    tags: dict[str, list[tuple[str, str, Node]]] = {}
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            tags.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    made = {_slug(tag): _page(tag, operations) for tag, operations in sorted(tags.items())}
    rows = "\n".join(f"| [{tag}]({_slug(tag)}.md) | {len(operations)} |" for tag, operations in sorted(tags.items()))
    names = "\n".join([*made, "schemas"])
    index = f"{_INDEX}{rows}\n| [Shapes](schemas.md) | |\n{_TOCTREE.format(pages=names)}"
    return {"index": index, "schemas": _schemas(contract["components"]["schemas"]), **made}


def _page(tag: str, operations: list[tuple[str, str, Node]]) -> str:
    return "\n".join([f"# {tag}\n", *(line for each in operations for line in _operation(*each))])


def _operation(method: str, path: str, operation: Node) -> Iterator[str]:
    yield f"## {method} {path.replace('{', '&#123;').replace('}', '&#125;')}\n"
    yield _prose(operation.get("description") or operation["summary"]) + "\n"
    if parameters := operation.get("parameters"):
        yield "| parameter | in | type | |\n|---|---|---|---|"
        yield "\n".join(_parameter(each) for each in parameters) + "\n"
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"**Body**, `{media}`: {_type(content.get('schema', {}))}\n"
    yield "| status | answer | code |\n|---|---|---|"
    yield "\n".join(row for status, answer in operation["responses"].items() for row in _answers(status, answer)) + "\n"


def _parameter(parameter: Node) -> str:
    needed = "" if parameter.get("required") else ", optional"
    about = parameter.get("description") or parameter["schema"].get("description", "")
    schema = _without_null(parameter["schema"])
    default = f" Default: `{schema['default']}`." if schema.get("default") is not None else ""
    return f"| `{parameter['name']}` | {parameter['in']} | {_type(schema)}{needed} | {_cell(about)}{default} |"


def _without_null(schema: Node) -> Node:
    """What may be null may be left out: in an address nobody can write null."""
    if kinds := [each for each in schema.get("anyOf", []) if each.get("type") != "null"]:
        return {**schema, "anyOf": kinds}
    return schema


def _answers(status: str, answer: Node) -> Iterator[str]:
    contents = answer.get("content", {})
    examples = [each["value"] for content in contents.values() for each in content.get("examples", {}).values()]
    if problems := [each for each in examples if isinstance(each, dict) and "code" in each]:
        for each in problems:
            yield f"| {status} | {_cell(each['title'])} | `{each['code']}` |"
        return
    shapes = ", ".join(_type(content.get("schema", {})) or f"`{media}`" for media, content in contents.items())
    about = "" if answer["description"] == "Successful Response" else _cell(answer["description"])
    yield f"| {status} | {' '.join(each for each in (about, shapes) if each)} | |"


def _schemas(schemas: Node) -> str:
    lines = ["# Shapes\n", "What requests and answers are made of.\n"]
    for name, schema in sorted(schemas.items()):
        lines += [f"(schema-{_slug(name)})=", f"## {_shape(name)}\n"]
        if about := schema.get("description"):
            lines.append(_prose(about) + "\n")
        if fields := schema.get("properties"):
            lines += [*_fields(fields, schema.get("required", [])), ""]
        elif kind := _type(schema):
            lines.append(kind + "\n")
    return "\n".join(lines)


def _fields(fields: Node, needed: list[str]) -> Iterator[str]:
    told = any("description" in each for each in fields.values())
    yield "| field | type | |\n|---|---|---|" if told else "| field | type |\n|---|---|"
    for name, schema in fields.items():
        optional = "" if name in needed else ", optional"
        about = f" {_cell(schema.get('description', ''))} |" if told else ""
        yield f"| `{name}` | {_type(schema)}{optional} |{about}"


def _type(schema: Node) -> str:
    if ref := schema.get("$ref"):
        name = ref.rpartition("/")[2]
        return f"[{_shape(name)}](#schema-{_slug(name)})"
    if several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " or ".join(dict.fromkeys(_type(each) for each in several))
    if values := schema.get("enum") or ([schema["const"]] if "const" in schema else []):
        return " or ".join(f"`{json.dumps(each)}`" for each in values)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {})) or 'anything'}"
    if isinstance(extra := schema.get("additionalProperties"), dict):
        return f"object of {_type(extra) or 'anything'}"
    return str(schema.get("format") or schema.get("type", ""))


def _shape(name: str) -> str:
    """Name a shape; FastAPI calls the page of a list `Page_Component_`."""
    return re.sub(r"^(\w+?)_(\w+)_$", r"\1 of \2", name)


def _prose(text: str) -> str:
    return text.replace("<", "\\<").replace("{", "&#123;")


def _cell(text: str) -> str:
    return _prose(text).replace("\n", " ").replace("|", "&#124;")


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-").replace("_", "-")
