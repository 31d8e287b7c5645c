"""SHA-256 of a text, without OpenSSL: loading that (``hashlib``) costs every validation 3 ms."""

from __future__ import annotations

from typing import Any

try:
    from _sha2 import sha256 as _sha256  # type: ignore[import-not-found]  # CPython 3.12 and later
except ImportError:
    try:
        from _sha256 import sha256 as _sha256  # type: ignore[import-not-found]  # CPython 3.11
    except ImportError:  # another interpreter, or one that was built without its own hashes
        from hashlib import sha256 as _sha256


def sha256_of(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    made: Any = _sha256(text.encode())
    return str(made.hexdigest())
