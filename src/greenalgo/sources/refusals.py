"""What both strict readers refuse, in the same words: arguments of a :class:`ReadError`, without the place."""

from __future__ import annotations

from typing import Any

from greenalgo.sources import codes
from greenalgo.sources.document import MAX_DEPTH, MAX_INTEGER
from greenalgo.sources.text import character, show


def empty(message: str) -> dict[str, Any]:
    """There is no data."""
    return {
        "code": codes.EMPTY,
        "message": message,
        "expected": "a statement",
        "found": "nothing",
        "hint": "'greenalgo init' writes one to begin with",
    }


def too_deep() -> dict[str, Any]:
    """A mapping or a list is on a level too many."""
    return {
        "code": codes.TOO_DEEP,
        "message": f"the document is nested deeper than {MAX_DEPTH} levels",
        "expected": f"at most {MAX_DEPTH} levels",
        "found": f"level {MAX_DEPTH + 1}",
        "hint": "no part of a statement needs this; look for brackets that are not closed",
    }


def given_twice(key: str, first: int) -> dict[str, Any]:
    """A mapping has a key twice, the first time on another line."""
    return {
        "code": codes.DUPLICATE_KEY,
        "message": f"the key {show(key)} is given twice; first on line {first}",
        "expected": "each key once",
        "found": f"{show(key)} again",
        "hint": "keep one of the two",
    }


def escaped(char: str) -> dict[str, Any]:
    """An escape stands for a character that a statement cannot hold."""
    return {
        "code": codes.CHARACTER,
        "message": f"{character(char)} cannot stand in a statement, not even as an escape",
        "expected": "printable characters, spaces and line ends",
        "found": character(char),
        "hint": "delete it",
    }


def beyond(integer: str) -> dict[str, Any]:
    """An integer is one that a double does not hold."""
    return {
        "code": codes.INTEGER_RANGE,
        "message": f"the integer {show(integer)} is beyond 2^53",
        "expected": f"an integer from {-MAX_INTEGER} to {MAX_INTEGER}",
        "found": show(integer),
        "hint": "write a large quantity as a float (1.5e18), an identifier in quotes",
    }
