"""Texts and intervals wherever they stand in a document: nothing that a rule would speak of."""

from __future__ import annotations

from greenalgo.glance.doubt import Doubt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def check(data: dict[str, Any], raw: bytes) -> None:
    """Check the texts of a document and the intervals in it.

    Args:
        data: The document.
        raw: The text that it was read from; empty where there is none.

    Raises:
        Doubt: A text is not in NFC, or holds letters that could be mixed up, or characters that nobody
            sees; or an interval may not hold its value.
    """
    # The text itself tells in most cases: without escapes no value holds what the text does not hold.
    literal = bool(raw) and b"\\" not in raw
    if not (literal and raw.isascii()):
        _texts(data, "")
    if not literal or b"lower" in raw or b"upper" in raw:
        _intervals(data)


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


def _intervals(node: Any) -> None:
    if type(node) is dict:
        value = node.get("value")
        if isinstance(value, (int, float)) and not (
            node.get("lower", value) <= value <= node.get("upper", value)
        ):
            raise Doubt
        for key, item in node.items():
            if key != "extensions" and type(item) in (dict, list):
                _intervals(item)
    elif type(node) is list:
        for item in node:
            if type(item) in (dict, list):
                _intervals(item)
