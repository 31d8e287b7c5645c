"""``greenalgo registry export`` and ``import``: a snapshot, and the way back."""

from __future__ import annotations

import os
import sys

import click

from greenalgo.cli.output import emit
from greenalgo.cli.registry.common import STORE
from greenalgo.cli.report.records import plural
from greenalgo.cli.stores import is_remote, open_registry, refuse_remote
from greenalgo.cli.write import deliver_all
from greenalgo.registry.record import from_json, states_of
from greenalgo.registry.record.state import WITHHELD
from greenalgo.registry.store.which import shown


@click.command(short_help="Write a snapshot, with checksums.")
@click.argument("store_url", metavar=f"{STORE}|URL")
@click.option(
    "-o", "--output", "folder", metavar="FOLDER", required=True, help="Where to write it."
)
@click.option(
    "--format", "forms", type=click.Choice(["ndjson", "csv", "parquet", "all"]), multiple=True,
    help="Add a flat table in this format; may be repeated. ndjson: no table (default). all: every one.",
)  # fmt: skip
@click.option(
    "--public", is_flag=True,
    help="Leave out quarantined statements: for others to read. While there are any, it cannot be restored.",
)  # fmt: skip
def export(store_url: str, folder: str, forms: tuple[str, ...], *, public: bool) -> None:
    """Write a snapshot of a registry: statements, log, and a manifest with the SHA-256 of each file.

    The same registry gives the same bytes. Text in table.csv that a spreadsheet would run as a formula
    begins with an apostrophe; statements.ndjson and table.parquet have it as it is. It has
    quarantined statements too, as it restores everything: what others get is made with --public, or of a URL.

    \b
    Example:
      greenalgo registry export statements/ -o 2026-11-30/ --format all --public
      greenalgo registry export sqlite:///registry.db -o backup/
      greenalgo registry import backup/ --to sqlite:///copy.db
    """  # noqa: D301
    from greenalgo.registry.snapshot import FORMATS, files_of

    with open_registry(store_url, remote=True) as store:
        files = files_of(store, FORMATS if "all" in forms else forms, public=public)
    os.makedirs(folder, exist_ok=True)
    deliver_all((content, os.path.join(folder, name)) for name, content in files.items())
    statements = plural(files["statements.ndjson"].count(b"\n"), "statement")
    emit(f"{folder}: {statements}, {', '.join(files)}\n")
    states = states_of(map(from_json, files["events.ndjson"].splitlines()))
    withheld = [one for one in states.values() if one.status == WITHHELD]
    if withheld:
        words = f"the words of {plural(len(withheld), 'quarantined statement')}"
        told = (
            f"without {words}: it cannot be restored"
            if public or is_remote(store_url)
            else f"with {words}: do not publish it (--public leaves them out)"
        )
        emit(f"{folder}: {told}\n", sys.stderr)


@click.command("import", short_help="Restore a registry from a snapshot.")
@click.argument("folder", metavar="FOLDER")
@click.option(
    "--to", "store_url", metavar=STORE, required=True, help="A registry that is empty or new."
)
def import_(folder: str, store_url: str) -> None:
    """Restore a registry from a snapshot: the same statements, the same log, the same root.

    Every file is checked against the manifest, every statement against its digest, and the log from end
    to end, before anything is written.

    \b
    Example:
      greenalgo registry import snapshot/ --to sqlite:///registry.db
      greenalgo registry verify sqlite:///registry.db \\
        --checkpoint snapshot/manifest.json
    """  # noqa: D301
    from greenalgo.registry.snapshot import read_snapshot

    refuse_remote(store_url)
    holdings, events = read_snapshot(folder)
    with open_registry(store_url, create=True) as store:
        store.restore(holdings, events)
    counts = f"{plural(len(holdings), 'statement')} and {plural(len(events), 'event')}"
    emit(f"{shown(store_url)}: {counts} restored\n")
