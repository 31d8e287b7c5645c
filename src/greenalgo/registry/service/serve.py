"""Run the application with uvicorn."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import uvicorn

from greenalgo.errors import CannotCheckError
from greenalgo.registry.service.app import make_app

if TYPE_CHECKING:
    from greenalgo.registry.service.desk import Desk


def listen(host: str, port: int) -> socket.socket:
    """Open the socket, so that an address in use is said before anything else happens.

    Args:
        host: An address or a name.
        port: 0 for a free one.

    Raises:
        CannotCheckError: The address cannot be used.
    """
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError as error:
        raise CannotCheckError(
            f"cannot listen on {host}:{port}: {(error.strerror or str(error)).lower()}"
        ) from error


def serve(desk: Desk, sock: socket.socket) -> None:
    """Answer requests until the process is told to stop.

    Args:
        desk: What the service does.
        sock: From :func:`listen`.
    """
    config = uvicorn.Config(
        make_app(desk), log_level="warning", server_header=False, date_header=True
    )
    uvicorn.Server(config).run(sockets=[sock])
