"""The reference of the HTTP API: every address of ``registry/web/openapi.yaml``, with an example that was run."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from docs_pages import http_examples
from greenalgo.registry.service.api.contract import contract
from greenalgo.registry.service.wire.problems import KINDS, TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docs_pages.http_examples import Shown

#: What a schema says of a value, in words.
_BOUNDS = {
    "minimum": "from {}", "maximum": "to {}", "maxLength": "at most {} characters", "default": "{} if not given",
}  # fmt: skip
#: Problems of 422 where something is asked; the others are where something is handed in.
_TO_QUESTIONS = ("unanswerable",)
#: Characters of a command in one line.
_WIDE = 90
_METHODS = ("get", "post", "delete")
_LEAD = """\
# The HTTP API

What a registry answers that runs with `greenalgo registry serve`. Generated from `registry/web/openapi.yaml`, which
the service hands out at `/api/v1/openapi.json`; the answers of the examples are those of a service that ran while
this page was written. Names, types and statuses below `/api/v1` change with the number in the path only.

* Reading needs no identity. Where a **token** is needed, send `Authorization: Bearer gat_…`
  ([tokens](../how-to/tokens.md)).
* An error is a [problem document](#problems) (RFC 9457) whose `findings` are those of the command line.
* A list goes on at `next`, which is in the header `Link` as well. `as_of` keeps a view reproducible.
* Answers have an `ETag`: send it back as `If-None-Match`, and what you have is answered with 304.
* Any web page may read (CORS), without credentials. A query with a name that is not known is refused.

"""


def page() -> str:
    """Write the page."""
    document = contract()
    shown = http_examples.run()
    lines = [_LEAD]
    for tag in document["tags"]:
        lines += [
            f"## {tag['name'].title()} {{ #about-{tag['name']} }}",
            "",
            tag["description"],
            "",
        ]
        for path, item in document["paths"].items():
            for method in _METHODS:
                if method in item and tag["name"] in item[method]["tags"]:
                    lines += _operation(document, path, method, shown)
    lines += _problems()
    return "\n".join(lines) + "\n"


def _operation(
    document: Mapping[str, Any], path: str, method: str, shown: Mapping[str, Shown]
) -> Iterator[str]:
    item = document["paths"][path]
    operation = item[method]
    yield f"### {method.upper()} {path} {{ #{operation['operationId']} }}"
    yield ""
    yield operation["summary"]
    yield ""
    if "description" in operation:
        yield operation["description"].strip()
        yield ""
    if {} not in operation.get("security", [{}]):
        yield "Needs a token."
        yield ""
    given = [*item.get("parameters", ()), *operation.get("parameters", ())]
    yield from _parameters([_resolved(document, one) for one in given])
    if "requestBody" in operation:
        yield from _body(document, _resolved(document, operation["requestBody"]))
    yield from _answers(document, operation)
    yield from _example(shown[operation["operationId"]])


def _parameters(parameters: list[Mapping[str, Any]]) -> Iterator[str]:
    if not parameters:
        return
    yield "| Parameter | In | Type | Meaning |"
    yield "|---|---|---|---|"
    for one in parameters:
        name = f"`{one['name']}`{' *' if one.get('required') else ''}"
        yield f"| {name} | {one['in']} | {_type(one['schema'])} | {_cell(one.get('description', ''))} |"
    yield ""


def _body(document: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[str]:
    types = " or ".join(f"`{media}`" for media in body["content"])
    yield f"Body: {types}. {body.get('description', '')}".strip()
    yield ""
    schema = next(iter(body["content"].values()))["schema"]
    if "properties" in schema:
        yield "| Key | Type | Meaning |"
        yield "|---|---|---|"
        for name, one in schema["properties"].items():
            star = " *" if name in schema.get("required", ()) else ""
            one = _resolved(document, one)
            yield f"| `{name}`{star} | {_type(one)} | {_cell(one.get('description', ''))} |"
        yield ""


def _answers(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    yield "| Answer | Type | Meaning |"
    yield "|---|---|---|"
    problems: list[str] = []
    for status, response in operation["responses"].items():
        found = _resolved(document, response)
        content = found.get("content", {})
        if "application/problem+json" in content:
            problems += _kinds(int(status), asks="requestBody" not in operation)
        if "application/problem+json" not in content or "$ref" not in response:
            types = ", ".join(f"`{media}`" for media in content)
            words = _cell(found["description"])
            yield f"| {status} {HTTPStatus(int(status)).phrase} | {types} | {words} |"
    yield ""
    if problems:
        yield f"Problems: {', '.join(problems)}."
        yield ""


def _kinds(status: int, *, asks: bool) -> Iterator[str]:
    """Yield the problems that a status stands for, where something is asked or handed in."""
    for word, (code, _) in KINDS.items():
        unlike = code == HTTPStatus.UNPROCESSABLE_ENTITY and (word in _TO_QUESTIONS) != asks
        if code == status and not unlike:
            yield f"[{word}](#{word}) ({code})"


def _example(shown: Shown) -> Iterator[str]:
    yield "```sh"
    yield _broken(shown.command)
    yield "```"
    yield ""
    told = "".join(f" `{line}`" for line in shown.headers)
    yield f"answers {shown.status} {HTTPStatus(shown.status).phrase}.{told}"
    yield ""
    yield f"```{shown.language}"
    yield shown.body
    yield "```"
    yield ""


def _broken(command: str) -> str:
    """Return a command in two lines where it is long."""
    start, _, address = command.rpartition(" ")
    return f"{start} \\\n  {address}" if len(command) > _WIDE and start != "curl" else command


def _problems() -> Iterator[str]:
    yield "## Problems { #problems }"
    yield ""
    yield f"`type` is `{TYPES}` and a word. `detail` says what was found, and `hint` what to do."
    yield ""
    yield "| Word | Status | Title |"
    yield "|---|---|---|"
    for word, (status, title) in KINDS.items():
        yield f'| <span id="{word}">`{word}`</span> | {status} | {title} |'


def _resolved(document: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a reference inside the document leads to."""
    found: Any = part
    while "$ref" in found:
        where = found["$ref"]
        found = document
        for name in where.removeprefix("#/").split("/"):
            found = found[name]
    return found  # type: ignore[no-any-return]  # of a YAML document


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2].lower()  # type: ignore[no-any-return]
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    kind = schema.get("type", "")
    words = " or ".join(kind) if isinstance(kind, list) else str(kind)
    bounds = [
        word.format(json.dumps(schema[key])) for key, word in _BOUNDS.items() if key in schema
    ]
    return ", ".join([words, *bounds])


def _cell(text: str) -> str:
    """Return a text as a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
