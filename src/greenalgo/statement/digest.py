"""The digest of a statement: its identity in papers, in the registry and in relations."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import rfc8785

from greenalgo.errors import GreenalgoError

if TYPE_CHECKING:
    from collections.abc import Mapping


#: Every integer below it is a double (2^53).
_EXACT = 2**53
# What it is given was copied a moment ago, and holds no ring.
_WRITE = json.JSONEncoder(
    ensure_ascii=False,
    sort_keys=True,
    separators=(",", ":"),
    allow_nan=False,
    check_circular=False,
).encode


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return a statement's canonical JSON (RFC 8785), UTF-8.

    The order of keys, white space, comments, YAML or JSON, and the notation of a number (``1.0`` or
    ``1``) leave no trace in it; every value does.

    Raises:
        GreenalgoError: A value has no canonical form (an integer of 2^53, half a surrogate pair).
    """
    try:
        plain = _as_python_writes(document)
        if plain is not None:
            return _WRITE(plain).encode()
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


def _as_python_writes(node: Any) -> Any:
    """Return a value that ``json`` writes as RFC 8785 does, three times as fast; None where it may not.

    The two differ in numbers (1.0 and 1, 1e-05 and 0.00001, 1e+16), which are made whole here or left to
    the library, and in the order of keys outside ASCII, which is left to it as well.
    """
    kind = type(node)
    if kind is str:
        return node
    if kind is dict:
        made = {}
        for key, value in node.items():
            given = value if type(value) is str else _as_python_writes(value)
            if given is None or not key.isascii():
                return None
            made[key] = given
        return made
    if kind is list:
        items = [_as_python_writes(item) for item in node]
        return None if None in items else items
    if kind is int:
        return node if -_EXACT < node < _EXACT else None
    if kind is float:
        if node.is_integer():
            return int(node) if -_EXACT < node < _EXACT else None
        return node if 1e-4 <= abs(node) < _EXACT else None
    return node if kind is bool else None
