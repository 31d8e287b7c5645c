"""Failures of the schema, said in the document's own words: one cause, one finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.findings import Finding, Severity, to_pointer
from greenalgo.schemas.walk import json_type
from greenalgo.sources.text import show
from greenalgo.validate import hints, words
from greenalgo.validate.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from greenalgo.schemas.walk import Failure

_ENTRIES = {
    "runs": "a run", "hardware": "a component", "authors": "an author",
    "functional_units": "a functional unit", "offsets": "an offset", "relations": "a relation",
    "extensions": "an extension", "embodied": "an embodied item", "claims": "a claim",
    "per_functional_unit": "a line of 'per_functional_unit'", "files": "an input file",
    "components": "the results of a component", "factors": "a factor row",
    "inputs": "an input of a trace",
}  # fmt: skip
_BLOCKS = {
    "subject": "the subject", "location": "a location", "period": "a period",
    "boundary": "the boundary", "reported": "the block 'reported'", "provenance": "the provenance",
    "measurement": "a measurement", "work": "the work of a run", "water": "the water of a run",
    "results": "the block 'results'", "totals": "the totals", "trace": "a trace",
}  # fmt: skip
_TYPES = {
    "object": "a mapping", "array": "a list", "string": "a text", "number": "a number",
    "integer": "a whole number", "boolean": "true or false",
}  # fmt: skip
_FORMS = {
    "country": "an ISO 3166-1 alpha-3 code, such as FRA",
    "issued": "a date as in ISO 8601: 2022, 2022-11 or 2022-11-03",
    "start": "a day or a time as in ISO 8601: 2022-03-11 or 2022-03-11T08:00:00Z",
    "end": "a day or a time as in ISO 8601: 2022-03-11 or 2022-03-11T08:00:00Z",
    "orcid": "an ORCID iD without its address, such as 0000-0002-1825-0097",
    "doi": "a DOI without the resolver, such as 10.1002/advs.202100707",
    "arxiv": 'an arXiv identifier, such as "2211.02001"',
    "commit": "7 to 64 hexadecimal digits in lower case",
    "url": "an address that starts with http:// or https://",
    "uri": "an address that starts with http:// or https://",
    "spec_version": 'MAJOR.MINOR in quotes: "1.0"',
}  # fmt: skip
#: So many keys are looked at to tell whether a document is meant to be a statement.
_KEYS = 20
_RUN_ID = "letters, digits, dot, underscore and hyphen (at most 100, no space)"
_SHA256 = "64 hexadecimal digits in lower case"


class _Said(NamedTuple):
    """What a failure becomes before it has a place."""

    code: str
    message: str
    expected: str = ""
    found: str = ""
    hint: str = ""


def findings(
    failures: Sequence[Failure], schema: dict[str, Any], *, newer_minor: bool = False
) -> list[Finding]:
    """Say each failure once, in the document's words.

    Args:
        failures: From :func:`greenalgo.schemas.walk.failures`.
        schema: The schema that they come from.
        newer_minor: The document is of a minor version that is newer than the schema: a key that
            the schema does not know is then a warning, because the newer version may have it.

    Returns:
        Findings in the order of the failures. For an unknown key or word ``expected`` is the one
        that was probably meant, where there is one.
    """
    keys = Keys(schema)
    said = [(failure, _say(failure, keys)) for failure in failures]
    causes: dict[tuple[str | int, ...], list[tuple[Failure, _Said]]] = {}
    for failure, words_ in said:
        # A key that is only warned of explains no error: the document must not pass without the field.
        is_cause = words_.code == "GA101" and not newer_minor
        if failure.path and (is_cause or failure.path[-1] == "status"):
            causes.setdefault(failure.path[:-1], []).append((failure, words_))
    return [
        _finding(failure, words_, newer_minor=newer_minor)
        for failure, words_ in said
        if not _follows(failure, causes.get(failure.path, ()))
    ]


def no_statement(data: object, schema: dict[str, Any]) -> Finding | None:
    """Return one finding for a document that is something else; None where it is meant to be a statement.

    Args:
        data: The document.
        schema: The statement's schema.
    """
    fields = tuple(schema["properties"])
    if not isinstance(data, dict) or not data or not data.keys().isdisjoint(fields):
        return None
    keys = Keys(schema)
    telling = [key for key in list(data)[:_KEYS] if key != "version"]  # every second file has one
    if any(keys.direction(key, fields, empty=False).near for key in telling):
        return None
    return Finding(
        "GA102",
        Severity.ERROR,
        "this is no statement: it has none of a statement's fields",
        "",
        expected=", ".join(schema["required"]),
        found=", ".join(show(key) for key in list(data)[:3]) + ("..." if len(data) > 3 else ""),
        hint="is this the right file? greenalgo init writes a statement to begin with",
    )


def _finding(failure: Failure, said: _Said, *, newer_minor: bool) -> Finding:
    unknown = said.code == "GA101"
    return Finding(
        code=said.code,
        severity=Severity.WARNING if unknown and newer_minor else Severity.ERROR,
        message=said.message,
        pointer=to_pointer(failure.path),
        at_key=unknown or said.code in ("GA112", "GA113"),
        expected=said.expected,
        found=said.found,
        hint=said.hint,
    )


def _follows(failure: Failure, inside: Sequence[tuple[Failure, _Said]]) -> bool:
    """Say whether a failure follows from others inside it: a misspelt key is not also missing."""
    if failure.keyword == "required":
        return any(failure.limit in said.expected.split(" or ") for _other, said in inside)
    return failure.keyword == "anyOf" and bool(inside)


def _say(failure: Failure, keys: Keys) -> _Said:
    if failure.value is None and failure.path and failure.keyword in ("type", "enum"):
        return _nothing(failure)
    if failure.keyword == "additionalProperties":
        return _unknown_key(failure, keys)
    return _SAY[failure.keyword](failure)


def _name(path: Sequence[str | int]) -> str:
    """Return the field that a path ends in: ``'hardware[0]'``."""
    if not path:
        return "the statement"
    index = f"[{path[-1]}]" if isinstance(path[-1], int) else ""
    return _quoted(f"{path[-2] if index else path[-1]}{index}")


def _quoted(text: str) -> str:
    """Return a text in quotes, short, and without anything that a terminal would obey."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _owner(path: Sequence[str | int]) -> str:
    """Return what a path leads to, as a word: ``a component``."""
    if not path:
        return "a statement"
    if len(path) > 1 and path[-2] == "runs" and path[0] in ("reported", "results"):
        return f"the block '{path[0]}' of a run"
    if isinstance(path[-1], int):
        return _ENTRIES.get(str(path[-2]), f"an entry of '{path[-2]}'")
    return _BLOCKS.get(path[-1], _quoted(path[-1]))


def _field(failure: Failure) -> str:
    """Return the nearest key; a quantity's own keys stand for the quantity (its unit counts)."""
    keys = [step for step in failure.path if isinstance(step, str)]
    if len(keys) > 1 and keys[-1] in ("value", "lower", "upper"):
        return keys[-2]
    return keys[-1] if keys else ""


def describe(value: Any) -> str:
    """Return what was found, in a few words."""
    kind = json_type(value)
    if kind == "string" and not value:
        return "an empty text"
    if kind == "string":
        return _quoted(value)
    if kind in ("array", "object"):
        return _TYPES[kind] if value else f"an empty {_TYPES[kind][2:]}"
    if kind == "boolean":
        return "true" if value else "false"
    return hints.plain(value) if kind in ("integer", "number") else kind


def _list(allowed: Sequence[str]) -> str:
    return ", ".join(allowed)


def _unknown_key(failure: Failure, keys: Keys) -> _Said:
    key = str(failure.limit)
    fields = tuple(failure.schema.get("properties", ()))
    near, hint = keys.direction(key, fields, empty=failure.value is None)
    message = f"{_owner(failure.path[:-1])} has no field {_quoted(key)}"
    return _Said("GA101", message, " or ".join(near), key, hint)


def _missing_key(failure: Failure) -> _Said:
    field = failure.schema.get("properties", {}).get(failure.limit, {})
    hint = str(field.get("description", ""))
    example = field.get("examples", [None])[0]
    if isinstance(example, str | int | float):
        shown = f'"{example}"' if failure.limit == "spec_version" else str(example)
        hint = f"add '{failure.limit}: {shown}', or what is true. {hint}".rstrip()
    return _Said(
        "GA102", f"{_owner(failure.path)} needs '{failure.limit}'", failure.limit, "", hint
    )


def _nothing(failure: Failure) -> _Said:
    hint = "write a value, or leave the key out"
    if failure.keyword == "type" and {"number", "object"} <= set(failure.limit):
        hint = "write a number, leave the key out, or write {status: not_assessed, reason: why}"
    return _Said(
        "GA113", f"{_name(failure.path)} has nothing after it", _wanted(failure), "nothing", hint
    )


def _wanted(failure: Failure) -> str:
    if failure.keyword != "type":
        return _list(failure.limit)
    kinds = [_TYPES[kind] for kind in dict.fromkeys(failure.limit)]
    return " or ".join(kinds) + (" with 'value'" if failure.limit == ["number", "object"] else "")


def _wrong_type(failure: Failure) -> _Said:
    if not failure.path:
        return _Said(
            "GA020",  # the readers' code for the same thing
            f"a statement is a mapping of fields, not {describe(failure.value)}",
            "a mapping",
            describe(failure.value),
            'start with: spec_version: "1.0"; `greenalgo init` writes a first statement',
        )
    wanted, found = _wanted(failure), describe(failure.value)
    return _Said(
        "GA103",
        f"{_name(failure.path)} must be {wanted}, not {found}",
        wanted,
        found,
        _retype(failure),
    )


def _retype(failure: Failure) -> str:
    """Return what to write instead of a value of the wrong type."""
    field, value, wanted = _field(failure), failure.value, set(failure.limit)
    kind = json_type(value)
    if kind == "string" and wanted & {"number", "integer"}:
        return hints.number_hint(value, field, failure.schema)
    if kind == "string" and wanted == {"boolean"}:
        return {
            "yes": "write true",
            "on": "write true",
            "no": "write false",
            "off": "write false",
        }.get(value.casefold(), "write true or false, without quotes")
    if wanted == {"integer"} and kind == "number":
        return "write a whole number"
    if wanted == {"string"} and kind in ("integer", "number"):
        if field in ("commit", "sha256"):  # 0448100 and 82266e2 are no numbers to be said again
            return "put it in quotes, digit by digit as it is: read as a number it loses some"
        lost = " (check that no final zero was lost)" if isinstance(value, float) else ""
        text = f"{value}.0" if field == "spec_version" and isinstance(value, int) else str(value)
        return f'put it in quotes: "{text}"{lost}'
    if "array" in wanted and kind == "object":
        return "make it a list: start each entry with a dash ('- ')"
    if "array" in wanted and kind == "string":
        words_only = "$ref" not in failure.schema.get("items", {"$ref": ""})
        return (
            f"write [{_quoted(value)}]"
            if words_only
            else "write a list: each entry after a dash ('- ')"
        )
    if "object" in wanted and kind == "string":
        return _as_mapping(value, field, failure.schema)
    if kind == "array" and len(value) == 1:
        return "take it out of the list"
    return ""


def _as_mapping(text: str, field: str, schema: dict[str, Any]) -> str:
    """Return a mapping that says what a bare text says."""
    if not text.isprintable() or len(text) > 200:
        return ""
    if field == "location":
        code = words.COUNTRIES.get(words.normal(text), text)
        return f"write {{country: {code}}}" if len(code) == 3 else f"write {{site: {text}}}"
    if field == "hardware":
        return f"write {{kind: gpu, model: {text}}}, with its own kind"
    required = schema.get("required", ())
    return f"write {{{required[0]}: {text}}}" if len(required) == 1 else ""


def _not_in_list(failure: Failure) -> _Said:
    allowed = list(failure.limit)
    text = failure.value if isinstance(failure.value, str) else ""
    near = hints.near_words(text, allowed)
    return _Said(
        "GA104",
        f"{_name(failure.path)} cannot be {describe(failure.value)}",
        " or ".join(near) or _list(allowed),
        describe(failure.value),
        (f"did you mean {' or '.join(map(repr, near))}? " if near else "")
        + f"It is one of: {_list(allowed)}",
    )


def _out_of_range(failure: Failure) -> _Said:
    bounds = failure.schema
    value, limit = failure.value, hints.plain(failure.limit)
    low = bounds.get("minimum", bounds.get("exclusiveMinimum"))
    high = bounds.get("maximum", bounds.get("exclusiveMaximum"))
    if high == 1 and low == 0 and 1 <= value <= 100:
        return _Said(
            "GA106",
            f"{_name(failure.path)} is {describe(value)}; it is a fraction from 0 to 1",
            "a fraction from 0 to 1",
            describe(value),
            f"if {describe(value)} is a percentage, write {hints.plain(value / 100)}",
        )
    wanted = {
        "minimum": f"{limit} or more",
        "maximum": f"{limit} or less",
        "exclusiveMinimum": f"more than {limit}",
        "exclusiveMaximum": f"less than {limit}",
    }[failure.keyword]
    return _Said(
        "GA105",
        f"{_name(failure.path)} is {describe(value)}; it must be {wanted}",
        wanted,
        describe(value),
        "if it was not worked out, write {status: not_assessed, reason: why}"
        if value == 0 and failure.keyword == "exclusiveMinimum" and _name(failure.path) != "'level'"
        else "",
    )


def _form(field: str, failure: Failure) -> str:
    if field.endswith("sha256"):
        return _SHA256
    if field in ("id", "run", "part_of", "against_run"):
        return _RUN_ID
    return _FORMS.get(field, f"of the form {failure.limit}")


def _wrong_form(failure: Failure) -> _Said:
    field = _field(failure)
    form, found = _form(field, failure), describe(failure.value)
    return _Said(
        "GA107",
        f"{_name(failure.path)} is {found}; it must be {form}",
        form,
        found,
        hints.text_hint(failure.value, field),
    )


def _wrong_length(failure: Failure) -> _Said:
    length = len(failure.value)
    if failure.keyword == "minLength":
        hint = "write something, or leave the key out"
        return _Said("GA108", f"{_name(failure.path)} is empty", "a text", "an empty text", hint)
    return _Said(
        "GA108",
        f"{_name(failure.path)} is {length} characters long; {failure.limit} is the most",
        f"at most {failure.limit} characters",
        f"{length} characters",
        "keep the short form here and the rest in 'note' or in the paper",
    )


def _wrong_size(failure: Failure) -> _Said:
    if failure.keyword == "maxItems":
        return _Said(
            "GA109",
            f"{_name(failure.path)} has {len(failure.value)} entries; {failure.limit} is the most",
            f"at most {failure.limit} entries",
            f"{len(failure.value)} entries",
            "split the statement, and relate the parts under 'relations'",
        )
    fields = failure.schema.get("properties", {})
    hint = "write at least one entry, or leave the key out"
    if fields:
        hint = f"give at least one of: {_list(list(fields)[:6])}; or leave the key out"
    return _Said("GA109", f"{_name(failure.path)} is empty", "one or more", "none", hint)


def _twice(failure: Failure) -> _Said:
    return _Said(
        "GA110",
        f"{_name(failure.path[:-1])} has {describe(failure.value)} twice",
        "each entry once",
        describe(failure.value),
        "leave one of them out",
    )


def _no_value(failure: Failure) -> _Said:
    keys = failure.value.keys()
    expected = "value"
    if failure.value.get("status") == "not_assessed" and "value" in keys:
        message, hint = "has a value and says not_assessed", "delete the value, or the status"
        expected = "value, or status and reason"
    elif failure.value.get("status") == "not_assessed":
        message, hint = "is not assessed without a reason", "add 'reason: ' and why nobody knows it"
    elif "reason" in keys:
        message, hint = "has a reason but no value", "add 'status: not_assessed', or the value"
    elif {"lower", "upper"} & keys:
        message, hint = "has an interval but no value", "add 'value: ' with the best estimate"
    else:
        message = "has no value"
        hint = "add 'value: ', or write {status: not_assessed, reason: why}"
    return _Said("GA111", f"{_name(failure.path)} {message}", expected, _list(list(keys)), hint)


def _wrong_key(failure: Failure) -> _Said:
    key = failure.limit
    where = failure.path[-2] if len(failure.path) > 1 else ""
    form = {"fields": "prefix:name, such as hpc:queue", "runs": _RUN_ID}.get(
        str(where), "a field of this block: small letters, digits and underscore"
    )
    return _Said(
        "GA112", f"{_quoted(key)} cannot be a key of '{where}'; keys are {form}", form, key
    )


def _ambiguous(failure: Failure) -> _Said:
    found = describe(failure.value)
    return _Said("GA103", f"{_name(failure.path)} fits more than one form", "one form", found)


_SAY: dict[str, Callable[[Failure], _Said]] = {
    "required": _missing_key,
    "type": _wrong_type,
    "enum": _not_in_list,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "exclusiveMinimum": _out_of_range,
    "exclusiveMaximum": _out_of_range,
    "pattern": _wrong_form,
    "minLength": _wrong_length,
    "maxLength": _wrong_length,
    "minItems": _wrong_size,
    "maxItems": _wrong_size,
    "minProperties": _wrong_size,
    "uniqueItems": _twice,
    "anyOf": _no_value,
    "propertyNames": _wrong_key,
    "oneOf": _ambiguous,
}
