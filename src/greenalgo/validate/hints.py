"""What the author probably meant: near names, numbers inside texts, codes in another form."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from greenalgo.validate import words

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBER = r"(?:\d{1,3}(?:[,_ '\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
_WITH_UNIT = re.compile(rf"\s*[~\u2248]?\s*({_NUMBER})\s*(.*?)\s*", re.DOTALL)
_RANGE = re.compile(rf"\s*({_NUMBER})\s*(?:-|\u2013|to|\.\.)\s*({_NUMBER})\s*(.*?)\s*", re.DOTALL)
_PLUS_MINUS = re.compile(rf"\s*({_NUMBER})\s*(?:\u00b1|\+/?-)\s*({_NUMBER})\s*(.*?)\s*", re.DOTALL)
_ABSENT = {
    "unknown",
    "na",
    "nan",
    "none",
    "null",
    "notreported",
    "notavailable",
    "notassessed",
    "tbd",
}


def near_words(word: str, allowed: Sequence[str]) -> list[str]:
    """Return the words of a list that a word may stand for, best first."""
    wanted = words.normal(word)
    forms = {words.normal(known): known for known in allowed}
    if wanted in forms:
        return [forms[wanted]]
    meant = [known for known in words.VALUES.get(wanted, ()) if known in allowed]
    return meant or [forms[m] for m in difflib.get_close_matches(wanted, forms, n=1, cutoff=0.7)]


def plain(number: float) -> str:
    """Return a number as a person would type it."""
    return str(int(number)) if abs(number) < 1e15 and number % 1 == 0 else format(number, ".12g")


def number_hint(text: str, field: str, schema: dict[str, Any]) -> str:
    """Return what to write for a number that was given as a text.

    Args:
        text: The text that was found.
        field: The field's name; its ending is its unit.
        schema: The field's schema, resolved.
    """
    quantity = "oneOf" in schema
    if quantity and words.normal(text) in _ABSENT:
        return "write {status: not_assessed, reason: why}"
    for pattern, middle in ((_PLUS_MINUS, True), (_RANGE, False)):
        if match := pattern.fullmatch(text):
            first, second = (_size(part, match[3], field) for part in match.group(1, 2))
            if quantity and first is not None and second is not None:
                bounds = (first - second, first + second) if middle else (first, second)
                value = plain(first) if middle else "the best estimate"
                lower, upper = (plain(float(f"{bound:.12g}")) for bound in bounds)
                return f"write {{value: {value}, lower: {lower}, upper: {upper}}}"
    if match := _WITH_UNIT.fullmatch(text):
        size = _size(match[1], match[2], field)
        if size is not None:
            return f"write {plain(size)}" + (", without quotes" if not match[2] else "")
    return "write the number alone, with a point for decimals; the unit is in the field's name"


def _size(digits: str, unit: str, field: str) -> float | None:
    number = float(re.sub(r"[,_ '\u00a0\u202f]", "", digits))
    if not unit:
        return number
    if unit == "%":
        return number if field.endswith("_percent") else float(f"{number / 100:.12g}")
    for ending, units in words.UNITS:
        if field.endswith(ending):
            return float(f"{number * units[unit]:.12g}") if unit in units else None
    # A field without a unit: "384 GPUs" is 384, "1.2 (operator)" is 1.2, "1,2" is neither.
    return number if re.fullmatch(r"[x\u00d7]|[^\W\d_]{2,}[^\d]*|\([^\d]*\)", unit) else None


def text_hint(text: str, field: str) -> str:
    """Return the right form of a text that has the wrong one, as "write ...", or an empty text."""
    fixed = _text_fix(text.strip(), field)
    return f"write {fixed}" if fixed and fixed != text and fixed.isprintable() else ""


def _text_fix(text: str, field: str) -> str:
    if field == "country":
        return words.COUNTRIES.get(words.normal(text), "")
    if field in ("issued", "start", "end"):
        return _date(text)
    if field == "orcid":
        digits = re.sub(r"[^0-9X]", "", text.upper().removeprefix("HTTPS://ORCID.ORG/"))
        groups = "-".join(digits[at : at + 4] for at in range(0, len(digits), 4))
        return groups if re.fullmatch(r"\d{15}[\dX]", digits) else ""
    if field == "doi":
        match = re.search(r"10\.[0-9]{4,9}/\S+", text)
        return match[0] if match else ""
    if field == "arxiv":
        match = re.search(r"[0-9]{4}\.[0-9]{4,5}(v[0-9]+)?", text)
        return f'"{match[0]}"' if match else ""
    if field in ("sha256", "inputs_sha256", "factor_set_sha256", "commit"):
        match = re.search(r"[0-9a-f]{7,64}$", text.lower())
        return match[0] if match and (field == "commit" or len(match[0]) == 64) else ""
    if field in ("url", "uri"):
        return f"https://{text}" if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", text) else ""
    if field == "spec_version":
        match = re.search(r"[0-9]+(\.[0-9]+)?", text)
        return f'"{match[0] if match[1] else match[0] + ".0"}"' if match else ""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")[:100]  # an id of a run


def _date(text: str) -> str:
    match = re.match(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?$", text)
    if not match or int(match[2]) > 12 or int(match[3] or 1) > 31:
        return ""
    return "-".join(part.zfill(2) for part in match.groups() if part)
