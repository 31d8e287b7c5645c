"""What a service is told when it starts."""

from __future__ import annotations

from typing import NamedTuple

#: The largest body of a request, in bytes: a statement's limit, and some room for a form around it.
MOST_BYTES = 300 * 1024
#: Where nobody else can knock: here an unknown submitter is the person who started the service.
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(NamedTuple):
    """Settings of a service; each has a default that suits a laptop.

    Attributes:
        base_url: Its public address without a final slash, for permalinks. Never taken from a request:
            a ``Host`` header is the client's to write.
        open_door: Anybody may submit; else a token or another identity is needed.
    """

    base_url: str = "http://127.0.0.1:8000"
    open_door: bool = True

    def permalink(self, digest: str) -> str:
        """Return the address of a statement."""
        return f"{self.base_url}/statements/{digest}"
