"""What a service is told when it starts."""

from __future__ import annotations

import os
import stat
import tomllib
from typing import NamedTuple

from greenalgo.errors import CannotCheckError

#: The largest body of a request, in bytes: a statement's limit, and some room for a form around it.
MOST_BYTES = 300 * 1024
#: The longest head of a request, in bytes: its line and its headers.
MOST_HEAD = 16 * 1024
#: Where nobody else can knock: here an unknown submitter is the person who started the service.
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
#: Addresses that stand for every interface: no address that a permalink could begin with.
WILDCARD = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - recognised, not bound


class Settings(NamedTuple):
    """Settings of a service; each has a default that suits a laptop.

    Attributes:
        base_url: Its public address without a final slash, for permalinks. Never taken from a request:
            a ``Host`` header is the client's to write.
        open_door: Anybody may submit; else a token or another identity is needed.
        hosts: Names by which it may be asked for, in small letters; empty for any. Keeps a web page
            from reaching a local service under a name of its own (DNS rebinding).
        writes_per_minute: Requests that write, for a client and for an identity; 0 for no limit.
        reads_per_minute: Other requests, for a client; 0 for no limit.
        workers: How many requests are worked on at once.
        most_waiting: How many more may wait for that; the next are told to come back.
        work_seconds: How long the work on a request may take.
        snapshots: A folder with a folder for each snapshot; empty for none.
    """

    base_url: str = "http://127.0.0.1:8000"
    open_door: bool = True
    hosts: frozenset[str] = frozenset()
    writes_per_minute: int = 0
    reads_per_minute: int = 0
    workers: int = 32
    most_waiting: int = 256
    work_seconds: float = 20.0
    snapshots: str = ""

    def permalink(self, digest: str) -> str:
        """Return the address of a statement."""
        return f"{self.base_url}/statements/{digest}"


def read_secrets(path: str) -> dict[str, str]:
    """Read the file of a service's secrets (TOML).

    Args:
        path: The file; nobody but its owner may be able to read it.

    Returns:
        Of ORCID ``client_id``, ``client_secret`` and, of the sandbox, ``issuer``.

    Raises:
        CannotCheckError: It cannot be read, others can read it, or it holds something else; never repeats a value.
    """
    try:
        if os.name == "posix" and os.stat(path).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise CannotCheckError(f"others than its owner can use '{path}': chmod 600 {path}")
        with open(path, "rb") as file:
            data = tomllib.load(file)
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise CannotCheckError(f"'{path}' cannot be read: {said}") from error
    except ValueError as error:
        raise CannotCheckError(f"'{path}' is no TOML: {error}") from error
    fields = data.get("orcid")
    if list(data) != ["orcid"] or not isinstance(fields, dict):
        raise CannotCheckError(f"'{path}' needs a table [orcid], and nothing else")
    needed, known = {"client_id", "client_secret"}, {"client_id", "client_secret", "issuer"}
    texts = all(isinstance(text, str) and text for text in fields.values())
    if not needed <= set(fields) <= known or not texts:
        raise CannotCheckError(
            f"[orcid] in '{path}' needs client_id and client_secret, and may have issuer"
        )
    return fields
