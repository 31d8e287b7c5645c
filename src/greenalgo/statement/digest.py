"""The digest of a statement: its identity in papers, in the registry and in relations."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import rfc8785

from greenalgo.errors import GreenalgoError

if TYPE_CHECKING:
    from collections.abc import Mapping


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return a statement's canonical JSON (RFC 8785), UTF-8.

    The order of keys, white space, comments, YAML or JSON, and the notation of a number (``1.0`` or
    ``1``) leave no trace in it; every value does.

    Raises:
        GreenalgoError: A value has no canonical form (an integer of 2^53, half a surrogate pair).
    """
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
