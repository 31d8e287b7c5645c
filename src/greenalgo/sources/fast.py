"""The accept path: a fast parser behind checks that leave every doubt to the strict reader.

``ryaml`` (serde_yaml on a port of libyaml) needs a fifth of the time for a usual statement, refuses
duplicate keys, and gives no positions. Where it could differ from :func:`greenalgo.sources.parse` -
anchors, tags, tabs, ``0b1``, ``-0x1f``, ``010``, ``1e999``, huge integers - the answer here is "not
sure". A differential test holds the two together.
"""

from __future__ import annotations

import re
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from greenalgo.sources.document import LIMIT, MAX_DEPTH, MAX_INTEGER
from greenalgo.sources.text import FORBIDDEN, NO_VALUE, is_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from json import JSONDecoder
    from typing import Final

_load: Callable[[str], Any] | None
try:
    from ryaml import loads as _load  # type: ignore[attr-defined]
except ImportError:  # there is none for this Python or machine: the strict reader reads all YAML
    _load = None

#: Every byte but the controls and the tab; line ends stay.
_PLAIN: Final = bytes(
    byte for byte in range(256) if byte in b"\r\n" or (byte > 0x1F and byte != 0x7F)
)
#: Bytes that can begin what YAML has and a statement has not: tag, directive, anchor, alias, merge key.
_SIGNS: Final = b"!%&*<"
_LETTERS: Final = bytes(byte for byte in _PLAIN if byte not in _SIGNS)
#: Makes one of all line ends, of both marks between documents, and of all prefixes of a radix.
_FOLDED: Final = bytes.maketrans(b"\r.bo", b"\n-xx")
#: How a number can begin.
_NUMERIC: Final = frozenset("-+.0123456789")
#: A text that begins with a number, or with nothing, is less than this.
_AFTER_DIGITS: Final = ":"
#: An integer above this has at least 19 digits, and ryaml may have made a float of it.
_HUGE: Final = 2.0**62
_ZEROS: Final = bytes.maketrans(b"123456789", b"000000000")
_LONG: Final = b"0" * 19
#: Integers that ryaml knows and YAML 1.2 does not: signed hexadecimal and octal, binary.
_RADIX: Final = rb"[-+]0[xo]|(?<![0-9A-Za-z_])0b[-+01]+(?![0-9A-Za-z_])"
#: More opening brackets than this are left to the strict reader (25 ms at worst below it).
_MOST_BRACKETS: Final = 4000
#: What can stand before an indicator.
_BEFORE: Final = b" \n\r[]{},:?-"
#: Keys that were found good: statements have the same ones, and a set compares them faster than it is
#: read again. So many are remembered, of this length.
_good_keys: Final[set[str]] = set()
_MOST_KEYS: Final = 500
_LONGEST_KEY: Final = 40


class _Doubt(Exception):  # noqa: N818 - it is no error: the strict reader decides
    """The strict reader must look."""


def parse_fast(raw: bytes, name: str = "") -> Any:
    """Return the data of a document that is surely good.

    Args:
        raw: The whole file.
        name: The file's name, which chooses the reader as in :func:`greenalgo.sources.parse`.

    Returns:
        Exactly what :func:`greenalgo.sources.parse` returns as ``data``; None where that is not
        certain, which includes every document that it refuses.
    """
    if len(raw) > LIMIT or raw.startswith((b"%", b"...", b"BZh")):
        return None
    try:
        text = raw.decode("utf-8")
        ascii_only = raw.isascii()
        if not ascii_only and re.search(FORBIDDEN, text):
            return None
        if is_json(text, name):
            data = None if raw.translate(None, _PLAIN).strip(b"\t") else _decoder().decode(text)
        else:
            data = None if _load is None or _doubtful(raw) else _load(text)
        if type(data) is not dict:
            return None
        # Without escapes and letters of other alphabets no value holds what the text does not hold.
        _check(data, raw, literal=ascii_only and b"\\" not in raw)
    except (_Doubt, ValueError, RecursionError):
        return None  # UnicodeDecodeError, JSONDecodeError and InvalidYamlError are ValueErrors
    return data


def _doubtful(raw: bytes) -> bool:
    """Say whether a YAML text holds what ryaml reads differently, or may hold it."""
    # libyaml's time is quadratic in brackets that stay open: 100,000 of them take 12 seconds.
    if len(raw) > _MOST_BRACKETS and raw.count(b"[") + raw.count(b"{") > _MOST_BRACKETS:
        return True
    rows = raw.translate(_FOLDED)
    if b"\n---" in rows:
        return True
    # The expression is compiled only for the few documents that need it.
    if b"0x" in rows and re.search(_RADIX, raw):
        return True
    signs = raw.translate(None, _LETTERS)
    if not signs:
        return False
    return (
        bool(signs.strip(_SIGNS))
        or b"<<" in raw
        or b"\n%" in rows
        or any(_indicates(raw, char) for char in (b"&", b"*", b"!"))
    )


def _indicates(raw: bytes, char: bytes) -> bool:
    """Say whether a character may stand where it makes an anchor, an alias or a tag."""
    at = raw.find(char)
    while at >= 0:
        # Inside a word it is text. So it is in "A & B" and "3 * 4", but "! x" is x with a tag.
        if (at == 0 or raw[at - 1] in _BEFORE) and (char == b"!" or raw[at + 1 : at + 2] != b" "):
            return True
        at = raw.find(char, at + 1)
    return False


@cache
def _decoder() -> JSONDecoder:
    # json costs 2 ms to import, and a statement is YAML as a rule.
    from json import JSONDecoder

    return JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise _Doubt
    return data


def _constant(_text: str) -> float:
    raise _Doubt


def _check(data: dict[str, Any], raw: bytes, *, literal: bool) -> None:
    """Look at every value that was read, level by level.

    Args:
        data: The document.
        raw: Its text.
        literal: All text in it is surely printable, but for line ends.

    Raises:
        _Doubt: The strict reader would refuse one, or could read it differently.
    """
    level: list[Any] = [data]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for node in level:
            if type(node) is dict:
                if not _good_keys.issuperset(node):
                    _check_keys(node)
                values = node.values()
            else:
                values = node
            for value in values:
                kind = type(value)
                if kind is str:
                    if value < _AFTER_DIGITS or not (literal or value.isprintable()):
                        _check_text(value)
                elif kind is dict or kind is list:
                    below.append(value)
                elif kind is float:
                    if not isfinite(value):
                        raise _Doubt
                    if abs(value) >= _HUGE and _LONG in raw.translate(_ZEROS):
                        raise _Doubt
                elif kind is int and not -MAX_INTEGER <= value <= MAX_INTEGER:
                    raise _Doubt
        if not below:
            return
        level = below
    raise _Doubt


def _check_keys(node: dict[Any, Any]) -> None:
    for key in node:
        if type(key) is not str:
            raise _Doubt
        _check_text(key)
        if len(key) <= _LONGEST_KEY and len(_good_keys) < _MOST_KEYS:
            _good_keys.add(key)


def _check_text(value: str) -> None:
    """Doubt text that the strict reader would refuse, or that it could take for a number."""
    if not value.isprintable() and re.search(NO_VALUE, value):
        raise _Doubt
    if value[:1] not in _NUMERIC:
        return
    if value[4:5] == "-" and value[:4].isdigit():
        return  # a date or an ORCID iD; to fail to be a number takes longer
    try:
        number = float(value)
    except ValueError:
        if value.startswith(("0x", "0o")):
            raise _Doubt from None
        return
    digits = value.lstrip("+-")
    if len(digits) > 18 or not isfinite(number) or (digits[0] == "0" and digits.isdigit()):
        raise _Doubt
