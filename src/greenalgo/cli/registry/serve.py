"""``greenalgo registry serve``: a registry over HTTP."""

from __future__ import annotations

import os
import signal
import sys
from ipaddress import ip_network
from socket import gethostname
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from greenalgo.cli.codes import INTERRUPTED
from greenalgo.cli.interrupt import Terminated, terminable
from greenalgo.cli.output import emit
from greenalgo.cli.registry.common import STORE
from greenalgo.cli.report.style import safe
from greenalgo.cli.stores import open_registry
from greenalgo.errors import CannotCheckError
from greenalgo.registry.store.which import shown

if TYPE_CHECKING:
    from greenalgo.registry.identity.people import Provider
    from greenalgo.registry.service.settings import Settings

#: Whom to believe where any proxy may stand before it, as in a container.
EVERYBODY = "*"
#: Requests a minute of one client, where others than the person who started it can knock.
WRITES, READS = 120, 3000


def _networks(
    _ctx: click.Context, _parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the proxies that are believed.

    Raises:
        click.BadParameter: One is no address; it would be believed of nobody, and all clients look like one.
    """
    for one in given:
        try:
            if one != EVERYBODY:
                ip_network(one)
        except ValueError as error:
            raise click.BadParameter(
                f"'{one}' is neither an address nor a network such as 10.0.0.0/24"
            ) from error
    return given


@click.command(short_help="Serve a registry over HTTP: API and pages.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
    help="The port; 0 takes a free one.",
)  # fmt: skip
@click.option(
    "--store", "store_url", metavar=STORE, default="sqlite:///registry.db", show_default=True,
    help="The registry; made where it does not exist.",
)  # fmt: skip
@click.option(
    "--base-url", metavar="URL", default="",
    help="The public address, for permalinks, such as https://registry.example.org. "
    "Behind a proxy it is needed.",
)  # fmt: skip
@click.option(
    "--open/--closed", "open_door", default=None,
    help="Whether somebody unknown may submit: by default on a loopback address only.",
)  # fmt: skip
@click.option(
    "--rate", metavar="N", type=click.IntRange(min=0), default=None,
    help=f"Submissions a minute for each client; 0 for no limit. "
    f"[default: {WRITES}, and no limit on a loopback address]",
)  # fmt: skip
@click.option(
    "--trusted-proxy", "proxies", metavar="ADDRESS", multiple=True, callback=_networks,
    help="Believe X-Forwarded-For from this address or network (repeatable).",
)  # fmt: skip
@click.option(
    "--snapshots", metavar="DIR", default="",
    help="Serve the snapshots in this directory: DIR/<date>/manifest.json and so on.",
)  # fmt: skip
@click.option(
    "--secrets", "secrets_file", metavar="FILE", default=None,
    help="A TOML file that only you can read, with the client_id and client_secret of ORCID: people can sign in.",
)  # fmt: skip
@click.pass_context
def serve(
    ctx: click.Context,
    host: str,
    port: int,
    store_url: str,
    base_url: str,
    open_door: bool | None,  # noqa: FBT001 - a flag of the command line
    rate: int | None,
    proxies: tuple[str, ...],
    snapshots: str,
    secrets_file: str | None,
) -> None:
    """Serve a registry over HTTP: an API below /api/v1, and pages for people.

    What was answered is durable. Ctrl-C or SIGTERM ends it: open requests are finished first. A line of
    JSON for each request goes to standard error.

    \b
    Example:
      greenalgo registry serve
      greenalgo registry serve --store sqlite:///registry.db --port 8080
      greenalgo registry serve --host 0.0.0.0 \\
        --base-url https://registry.example.org --trusted-proxy 10.0.0.2
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    try:
        with terminable():
            # Imported here: the other commands need no web framework.
            from greenalgo.registry.identity.book import open_book
            from greenalgo.registry.service.app import make_app
            from greenalgo.registry.service.desk import Desk
            from greenalgo.registry.service.serve import listen
            from greenalgo.registry.service.serve import serve as run
            from greenalgo.registry.service.settings import read_secrets
            from greenalgo.registry.service.wire.metrics import Metrics

            provider = None if secrets_file is None else _provider(read_secrets(secrets_file))
            with (
                listen(host, port) as sock,
                open_registry(store_url, create=True) as store,
                open_book(store) as book,
            ):
                settings = _settings(
                    host, sock.getsockname()[1], _address(base_url), open_door=open_door, rate=rate,
                    local=not proxies, snapshots=snapshots,
                )  # fmt: skip
                metrics = Metrics()
                desk = Desk(store, settings, metrics.group)
                app = make_app(desk, book=book, metrics=metrics, provider=provider)
                stopped = run(
                    app, sock, trusted_proxies=proxies,
                    ready=lambda: emit(_hello(store_url, settings), sys.stderr),
                )  # fmt: skip
                emit(f"{shown(store_url)}: stopped; what was answered is in it\n", sys.stderr)
    except Terminated:  # before the server took signals for itself
        stopped = signal.SIGTERM
    ctx.exit(INTERRUPTED if stopped == signal.SIGINT else 0)


def _provider(orcid: dict[str, str]) -> Provider:
    """Return what vouches for people."""
    try:
        from greenalgo.registry.identity.orcid import ORCID, OrcidProvider
    except ModuleNotFoundError as error:
        raise CannotCheckError(
            f"signing in needs the module '{error.name}': pip install 'greenalgo[server]'"
        ) from error
    return OrcidProvider(orcid["client_id"], orcid["client_secret"], orcid.get("issuer", ORCID))


def _settings(
    host: str,
    port: int,
    base_url: str,
    *,
    open_door: bool | None,
    rate: int | None,
    local: bool,
    snapshots: str,
) -> Settings:
    """Return the settings that follow from the options; ``local`` where no proxy stands before it."""
    from greenalgo.registry.service.settings import LOOPBACK, WILDCARD, Settings

    alone = host.lower() in LOOPBACK and local and not base_url
    opened = alone if open_door is None else open_door
    name = gethostname() if host in WILDCARD else host
    address = f"[{name}]" if ":" in name else name
    names = {*LOOPBACK, host.lower(), name.lower()}
    if base_url:
        names.add(_host_of(base_url))
    writes = rate if rate is not None else 0 if alone else WRITES
    return Settings(
        base_url or f"http://{address}:{port}",
        opened,
        # Without a name of its own it cannot tell which names are its own.
        frozenset() if host in WILDCARD and not base_url else frozenset(names),
        writes,
        0 if alone else READS,
        snapshots=snapshots,
    )


def _host_of(base_url: str) -> str:
    """Return the host of an address, in small letters."""
    return (urlsplit(base_url).hostname or "").lower()


def _address(base_url: str) -> str:
    """Return a public address as permalinks begin with it.

    Raises:
        click.BadParameter: It is none.
    """
    if not base_url:
        return ""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise click.BadParameter(
            f"'{base_url}' is no address such as https://registry.example.org",
            param_hint="--base-url",
        )
    if parts.path.strip("/"):
        raise click.BadParameter(
            "a registry has a host of its own: leave the path out", param_hint="--base-url"
        )
    return base_url.rstrip("/")


def _hello(store_url: str, settings: Settings) -> str:
    door = (
        "open: anybody who reaches it may submit"
        if settings.open_door
        else "closed: submitting needs a token"
    )
    rate = settings.writes_per_minute
    limit = f"; {rate} submissions a minute for each client" if rate else ""
    lines = [
        f"{shown(store_url)}: serving at {settings.base_url} (Ctrl-C stops it)",
        f"The door is {door}{limit}",
    ]
    folder = settings.snapshots
    if folder and not os.path.isdir(folder):
        lines.append(f"'{safe(folder)}' is no directory yet: there are no snapshots to serve")
    return "".join(f"{line}\n" for line in lines)
