"""The digest of a statement: its identity in papers, in the registry and in relations."""

from __future__ import annotations

import hashlib
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

import rfc8785

from greenalgo.errors import GreenalgoError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final


#: Every integer below it is a double (2^53).
_EXACT: Final = 2**53


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return a statement's canonical JSON (RFC 8785), UTF-8.

    The order of keys, white space, comments, YAML or JSON, and the notation of a number (``1.0`` or
    ``1``) leave no trace in it; every value does.

    Raises:
        GreenalgoError: A value has no canonical form (an integer of 2^53, half a surrogate pair).
    """
    parts: list[str] = []
    try:
        if _write(document, parts):
            return "".join(parts).encode()
    except UnicodeEncodeError:
        pass  # half a surrogate pair: the library says so
    try:
        return rfc8785.dumps(dict(document))
    except rfc8785.CanonicalizationError as error:
        raise GreenalgoError(f"the statement has no canonical form: {error}") from error


def digest(document: Mapping[str, Any]) -> str:
    """Return the digest of a statement as it stands in its file, ``results`` included where it has them.

    Returns:
        SHA-256 of :func:`canonical`, 64 hexadecimal digits.

    Raises:
        GreenalgoError: As :func:`canonical`.
    """
    return hashlib.sha256(canonical(document)).hexdigest()


def _write(node: Any, parts: list[str]) -> bool:
    """Write a value as RFC 8785 does, faster than the library.

    Python writes some numbers otherwise (1.0 and 1, 1e-05 and 0.00001, 1e+16), and sorts keys outside ASCII by code
    points. Integral ones are made integers here; the others are left to the library, and these keys as well.

    Args:
        node: The value; it holds no ring.
        parts: The text before it, to which it is added.

    Returns:
        It was written; else the parts are worth nothing.
    """
    # type() is, and not isinstance: bool is an int.
    if type(node) is str:
        parts.append(encode_basestring(node))
    elif type(node) is dict:
        before = "{"
        keys: list[str] = sorted(node)
        for key in keys:
            if not key.isascii():
                return False
            parts.append(before)
            parts.append(encode_basestring(key))
            parts.append(":")
            if not _write(node[key], parts):
                return False
            before = ","
        parts.append("}" if node else "{}")
    elif type(node) is list:
        before = "["
        for item in node:
            parts.append(before)
            if not _write(item, parts):
                return False
            before = ","
        parts.append("]" if node else "[]")
    elif type(node) is int:
        if not -_EXACT < node < _EXACT:
            return False
        parts.append(str(node))
    elif type(node) is float:
        if not 1e-4 <= abs(node) < _EXACT and node:
            return False
        parts.append(str(int(node)) if node.is_integer() else repr(node))
    elif type(node) is bool:
        parts.append("true" if node else "false")
    else:
        return False
    return True
