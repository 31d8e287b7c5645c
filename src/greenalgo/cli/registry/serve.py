"""``greenalgo registry serve``: a registry over HTTP."""

from __future__ import annotations

import sys

import click

from greenalgo.cli.output import emit
from greenalgo.cli.registry.common import STORE
from greenalgo.cli.stores import open_registry
from greenalgo.registry.store.which import shown


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
    help="The port; 0 takes a free one.",
)  # fmt: skip
@click.option(
    "--store", "store_url", metavar=STORE, default="sqlite:///registry.db", show_default=True,
    help="The registry; made where it does not exist.",
)  # fmt: skip
def serve(host: str, port: int, store_url: str) -> None:
    """Serve a registry over HTTP: an API, and pages for people.

    \b
    Example:
      greenalgo registry serve
      greenalgo registry serve --port 8080 --store statements/
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    # Imported here: the other commands need no web framework.
    from greenalgo.registry.service.desk import Desk
    from greenalgo.registry.service.serve import listen
    from greenalgo.registry.service.serve import serve as run
    from greenalgo.registry.service.settings import LOOPBACK, Settings

    with listen(host, port) as sock, open_registry(store_url, create=True) as store:
        bound = sock.getsockname()
        address = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        settings = Settings(f"http://{address}:{bound[1]}", host in LOOPBACK)
        emit(f"{shown(store_url)}: serving at {settings.base_url} (Ctrl-C stops it)\n", sys.stderr)
        run(Desk(store, settings), sock)
