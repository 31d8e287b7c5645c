"""What can be put right without asking the author, and what only if the author confirms the unit.

Safe is a spelling with one possible meaning: a key, a word of a list, a country's code, a number in
quotes. A fix that gives a number another size, or a key a unit that the old one did not have, is
one of units. Whatever is not certain stays a finding.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.findings import pointer_parts
from greenalgo.schemas.load import load_schema
from greenalgo.schemas.versions import ACCEPT, UNSUPPORTED_CODES, check_version, version_of
from greenalgo.schemas.walk import failures
from greenalgo.sources.respell import Change, changed
from greenalgo.validate import hints, words
from greenalgo.validate.keys import Keys
from greenalgo.validate.near import only_near

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenalgo.schemas.walk import Failure

#: The most fixes that are tried in one round: a file with more is no statement with slips.
MOST = 100
_GROUPED = re.compile(
    r"\d{1,3}(?:([_'\u00a0\u202f ])\d{3})(?:\1\d{3})*(?:\.\d+)?|\d{1,3}(?:,\d{3}){2,}"
)
_DECIMAL = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NUMBER = re.compile(r"([\d][\d.,_'\u00a0\u202f ]*(?:[eE][+-]?\d+)?)(.*)", re.DOTALL)
_BOUNDS = ("value", "lower", "upper")


class Fix(NamedTuple):
    """Something to put right.

    Attributes:
        code: The code of the finding.
        changes: What is replaced.
        words: What for what, such as ``powr_w -> power_w``.
        unit: It rests on a unit that the author has to confirm.
    """

    code: str
    changes: tuple[Change, ...]
    words: str
    unit: bool = False


def fixes(data: Any, *, units: bool = False) -> list[Fix]:
    """Return what can be put right in the shape of a document, each by itself.

    Args:
        data: A parsed document.
        units: The author confirms units.

    Returns:
        Fixes that take a failure of the schema away and bring none, in the document's order. What
        stands below a misspelt key is seen only when the key is right: ask again then.
    """
    version = check_version(data)
    if version is not None and version.code in UNSUPPORTED_CODES:
        return []
    schema = load_schema(version_of(data))
    found = failures(schema, data)
    before = {(one.path, one.keyword) for one in found}
    keys = Keys(schema)
    drafts: list[Fix] = []
    for failure in found:
        # A key that a newer minor version may have is left to it.
        if failure.keyword == "additionalProperties" and version is not None:
            continue
        draft = _draft(failure, data, keys) if failure.path else None
        if draft is not None and (units or not draft.unit):
            drafts.append(draft)
    wanted = [(one.changes[0].path[:-1], one.changes[0].new) for one in drafts]
    alone = [
        one
        for one, key in zip(drafts, wanted, strict=True)
        if wanted.count(key) == 1 or not one.changes[0].key
    ]
    return [one for one in alone[:MOST] if _helps(one, data, schema, before)]


def _draft(failure: Failure, data: Any, keys: Keys) -> Fix | None:
    value = failure.value
    if failure.keyword == "additionalProperties":
        return _key(failure, keys)
    if failure.keyword == "enum" and isinstance(value, str):
        return _word(failure)
    if failure.keyword == "pattern" and failure.path[-1] == "country":
        return _country(failure)
    if failure.keyword == "type" and failure.path == ("spec_version",):
        # Of 1.10 YAML keeps 1.1: only a version that exists is what was meant.
        text = f"{float(value)}" if isinstance(value, float | int) else ""
        return (
            Fix("GA103", (Change(failure.path, text),), f'{text} -> "{text}"')
            if text in ACCEPT
            else None
        )
    if failure.keyword == "type" and isinstance(value, str):
        return _number(failure, data)
    if failure.keyword in ("maximum", "exclusiveMaximum"):
        return _percentage(failure)
    return None


def _helps(fix: Fix, data: Any, schema: dict[str, Any], before: set[tuple[Any, str]]) -> bool:
    """Say whether a fix takes a failure away and brings none that its own value does not bring."""
    try:
        after = changed(data, fix.changes)
    except LookupError:
        return False  # the right key is there as well
    first = fix.changes[0]
    at = (*first.path[:-1], first.new) if first.key else first.path
    left = failures(schema, after)
    if any(one.path == first.path for one in left):
        return False
    for one in left:
        if (one.path, one.keyword) in before:
            continue
        # Below a key that is known now there may be more to say; of another kind it must not be.
        inside = first.key and one.path[: len(at)] == at
        if not inside or (
            one.path == at and one.keyword == "type" and not isinstance(one.value, str)
        ):
            return False
    return True


def _key(failure: Failure, keys: Keys) -> Fix | None:
    key = str(failure.limit)
    fields = tuple(failure.schema.get("properties", ()))
    near = keys.direction(key, fields, empty=failure.value is None).near
    if len(near) != 1:
        return None
    field = near[0]
    known = field in words.KEYS.get(words.normal(key), ())
    (stem, given), (right, wanted) = words.split_unit(key), words.split_unit(field)
    distance = only_near(key, field, fields, known=known or stem == right)
    if distance is None:
        return None
    rename = Change(failure.path, field, key=True)
    text = f"{key} -> {field}"
    if given and wanted and given != wanted:
        return _converted(rename, failure.value, field, given, text)
    # "power" and "power_w", "runtime" and "hours": the new name says more than the old one did.
    hours = field.endswith("hours") and "hour" not in words.normal(key) and distance > 2
    brings = wanted and not given and (stem == right or distance > 2)
    return Fix("GA101", (rename,), text, unit=bool(brings) or hours)


def _converted(rename: Change, value: Any, field: str, unit: str, text: str) -> Fix | None:
    """Return the fix of a key in another unit, its numbers converted."""
    factor = _factor(field, unit)
    numbers = _scaled(rename.path, value, factor) if factor else ()
    return (
        Fix("GA101", (rename, *numbers), f"{text}, {unit} converted", unit=True)
        if numbers
        else None
    )


def _word(failure: Failure) -> Fix | None:
    near = hints.near_words(failure.value, failure.limit)
    if len(near) != 1:
        return None
    known = near[0] in words.VALUES.get(words.normal(failure.value), ())
    if only_near(failure.value, near[0], failure.limit, known=known) is None:
        return None
    return Fix("GA104", (Change(failure.path, near[0]),), f"{failure.value} -> {near[0]}")


def _country(failure: Failure) -> Fix | None:
    text = str(failure.value).strip()
    code = words.COUNTRIES.get(words.normal(text), "")
    if not code and text.upper() in words.COUNTRIES.values():
        code = text.upper()
    return Fix("GA107", (Change(failure.path, code),), f"{text} -> {code}") if code else None


def _number(failure: Failure, data: Any) -> Fix | None:
    """Return the number that a text certainly is."""
    match = _NUMBER.fullmatch(failure.value.strip())
    if match is None or not set(failure.limit) & {"number", "integer"}:
        return None
    digits, unit = match[1].strip("\u00a0\u202f "), match[2].strip()
    if _GROUPED.fullmatch(digits):
        digits = re.sub(r"[^\d.]", "", digits)
    elif not _DECIMAL.fullmatch(digits):
        return None
    field = _field(failure.path)
    factor = 1.0 if not unit or _counts(unit, failure.path, data) else _factor(field, unit)
    if unit == "%":
        factor = 1.0 if field.endswith("_percent") else 0.01
    size = _rounded(float(digits) * factor) if factor else None
    if size is None or ("number" not in failure.limit and not isinstance(size, int)):
        return None
    return Fix(
        "GA103", (Change(failure.path, size),), f"{failure.value} -> {size}", unit=factor != 1
    )


def _percentage(failure: Failure) -> Fix | None:
    bounds, value = failure.schema, failure.value
    low = bounds.get("minimum", bounds.get("exclusiveMinimum"))
    high = bounds.get("maximum", bounds.get("exclusiveMaximum"))
    # 1.2 is 120 % as likely as 1.2 %.
    if low != 0 or high != 1 or not 2 <= value <= 100:
        return None
    new = _rounded(value / 100)
    return Fix("GA106", (Change(failure.path, new),), f"{value} -> {new}", unit=True)


def _counts(unit: str, path: Sequence[str | int], data: Any) -> bool:
    """Say whether a word only names what is counted: the GPUs of a component that is a GPU."""
    if path[-1] != "count":
        return False
    holder = data
    for step in path[:-1]:
        holder = holder[step]
    noun = unit.casefold()
    kind = holder.get("kind") if isinstance(holder, dict) else None
    return noun in ("x", "\u00d7", "device", "devices") or (
        isinstance(kind, str) and noun.removesuffix("s") == kind.casefold()
    )


def _field(path: Sequence[str | int]) -> str:
    """Return the key whose name has the unit: a quantity's, for its own value and bounds."""
    names = [step for step in path if isinstance(step, str)]
    return names[-2] if len(names) > 1 and names[-1] in _BOUNDS else names[-1]


def _factor(field: str, unit: str) -> float:
    """Return what a figure in a unit is multiplied by for a field; 0 where that is not known."""
    table = next((units for ending, units in words.UNITS if field.endswith(ending)), {})
    return table.get(unit, 0.0)


def _scaled(path: tuple[str | int, ...], value: Any, factor: float) -> tuple[Change, ...]:
    """Return the changes that multiply a number, or a quantity with its bounds."""
    return tuple(Change(at, _rounded(number * factor)) for at, number in _numbers(path, value))


def _numbers(
    path: tuple[str | int, ...], value: Any
) -> Iterator[tuple[tuple[str | int, ...], float]]:
    if isinstance(value, dict):
        for name in _BOUNDS:
            if name in value:
                yield from _numbers((*path, name), value[name])
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def _rounded(number: float) -> int | float:
    """Return a number without the noise of a conversion, whole where it is."""
    number = float(f"{number:.12g}")
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def scaled_fix(code: str, pointer: str, data: Any, factor: float) -> Fix | None:
    """Return the fix that multiplies what stands at a place by a factor of units.

    Args:
        code: The code of the finding.
        pointer: JSON pointer to a number or a quantity.
        data: The document.
        factor: What to multiply by.
    """
    path: list[str | int] = []
    for part in pointer_parts(pointer):
        step = int(part) if isinstance(data, list) else part
        data = data[step]
        path.append(step)
    changes = _scaled(tuple(path), data, factor)
    if not changes:
        return None
    old = next(iter(_numbers((), data)))[1]
    return Fix(code, changes, f"{old} -> {changes[0].new}", unit=True)
