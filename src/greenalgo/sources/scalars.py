"""What a plain scalar means: the core schema of YAML 1.2.2 (section 10.3.2), and nothing else."""

from __future__ import annotations

import math
import re

from greenalgo.sources.document import MAX_INTEGER

_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


def resolve(text: str) -> str | int | float | bool | None:
    """Return the value of a plain scalar.

    Args:
        text: The scalar as it stands in the document.

    Returns:
        None, a boolean, an integer of at most 2^53, a finite float, or the text itself.

    Raises:
        OverflowError: An integer beyond 2^53.
        FloatingPointError: An infinity, not-a-number, or a number too large for a double.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-+.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return decimal(text)
    if _OCTAL.fullmatch(text):
        return _checked(int(text, 0))
    if _HEXADECIMAL.fullmatch(text):
        return _checked(int(text, 0))
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise FloatingPointError
        return number
    if _NOT_FINITE.fullmatch(text):
        raise FloatingPointError
    return text


def decimal(text: str) -> int:
    """Return an integer from its decimal digits, with an optional sign.

    Raises:
        OverflowError: It is beyond 2^53.
    """
    digits = text.lstrip("+-").lstrip("0")
    if len(digits) > len(str(MAX_INTEGER)):  # before int(), which refuses 4300 digits
        raise OverflowError
    return _checked(int(digits or "0") * (-1 if text[0] == "-" else 1))


def _checked(number: int) -> int:
    if abs(number) > MAX_INTEGER:
        raise OverflowError
    return number
