"""Texts and intervals wherever they stand in a document: nothing that a rule would speak of."""

from __future__ import annotations

from greenalgo.glance.bounds import WIDE
from greenalgo.glance.doubt import Doubt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def check(data: dict[str, Any], raw: bytes) -> None:
    """Check the texts of a document.

    Args:
        data: The document.
        raw: The text that it was read from; empty where there is none.

    Raises:
        Doubt: A text is not in NFC, or holds letters that could be mixed up, or characters that nobody sees.
    """
    # The text itself tells in most cases: without escapes no value holds what the text does not hold.
    if not (raw and raw.isascii() and b"\\" not in raw):
        _texts(data, "")


def _texts(node: Any, key: str) -> None:
    if type(node) is str:
        if not node.isascii():
            _unusual(node, key)
    elif type(node) is dict:
        for name, item in node.items():
            _texts(item, name)
    elif type(node) is list:
        for item in node:
            _texts(item, "")


def _unusual(text: str, key: str) -> None:
    # Imported here: most documents are plain ASCII.
    from unicodedata import category, is_normalized

    if not is_normalized("NFC", text):
        raise Doubt
    # What is hidden or turns the direction is not printable, and neither is the end of a line.
    if not text.isprintable() and any(category(char) == "Cf" for char in text):
        raise Doubt
    # Names are looked at letter by letter; accents alone mix no alphabets.
    if key in ("title", "name", "model", "site", "host") and max(text) >= "\u0250":
        raise Doubt


def intervals(node: Any) -> None:
    """Check the intervals in a block that nobody else reads all quantities of.

    Raises:
        Doubt: One may not hold its value.
    """
    if type(node) is list:
        for item in node:
            intervals(item)
    elif type(node) is dict:
        fields: dict[str, Any] = node
        if "value" in fields:
            value = fields["value"]
            check_interval(fields.get("lower", value), value, fields.get("upper", value))
            return
        for item in fields.values():
            if type(item) is dict or type(item) is list:
                intervals(item)


def check_interval(lower: float, value: float, upper: float) -> None:
    """Check one interval.

    Raises:
        Doubt: It may not hold the value, or is too wide.
    """
    if not lower <= value <= upper or is_wide(lower, value, upper):
        raise Doubt


def is_wide(lower: float, value: float, upper: float) -> bool:
    """Say of an interval whether it is too wide for anything to be held against it.

    An upper bound alone is not: ``value: 2, lower: 0, upper: 2`` says at most 2.
    """
    if not value or (not lower and upper == value):
        return False
    return lower * WIDE < value or upper > value * WIDE


def is_day(text: str) -> bool:
    """Say of a date (ISO 8601, to the year, the month, the day or beyond) whether the calendar has it.

    The schema has looked at it: no month has more than 31 days, and no year more than 12 months.
    """
    if len(text) < len("2022-03-11") or text[8:10] <= "28":
        return True
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (
        day <= (29 if leap else 28) if month == 2 else day <= (30 if month in (4, 6, 9, 11) else 31)
    )


def is_before(one: str, other: str) -> bool:
    """Say of two dates (ISO 8601, to the year, the month, the day or beyond) whether one is surely earlier."""
    exact = min(len(one), len(other), len("2022-03-11"))
    return one[:exact] < other[:exact]
