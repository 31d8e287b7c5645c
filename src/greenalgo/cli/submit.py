"""``greenalgo submit``: put a statement into a registry."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import click

from greenalgo.cli.output import emit
from greenalgo.cli.remote import send
from greenalgo.cli.report.style import wants_colour
from greenalgo.cli.report.text import findings_text
from greenalgo.cli.stores import (
    actor_option,
    is_remote,
    open_registry,
    refuse_names,
    refuse_unknown,
    token_option,
)
from greenalgo.cli.write import write_atomic
from greenalgo.errors import CannotCheckError
from greenalgo.findings import Finding
from greenalgo.registry.door import LEAST, look, receipt_for
from greenalgo.registry.door import submit as hand_in
from greenalgo.registry.record.receipt import to_document
from greenalgo.registry.store import scheme_of
from greenalgo.registry.store.which import shown, store_exists
from greenalgo.sources import UNREADABLE_CODES, read_bytes

if TYPE_CHECKING:
    from greenalgo.registry.door import Judged, Outcome


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--to",
    "store_url",
    metavar="DIR|sqlite:///FILE|URL",
    required=True,
    help="The registry: a directory (in git: commit it and open a pull request), an SQLite file, "
    "postgresql://USER@HOST/DATABASE, or https://HOST.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option(
    "--supersedes",
    metavar="DIGEST",
    default="",
    help="The statement that this one takes the place of.",
)
@actor_option("submits")
@click.option("--receipt", metavar="FILE", help="Write a receipt that proves the submission.")
@token_option(more=" A CI job that the registry trusts needs none.")
@click.pass_context
def submit(
    ctx: click.Context,
    file: str,
    store_url: str,
    dry_run: bool,  # noqa: FBT001 - a flag of the command line
    supersedes: str,
    actor: str,
    receipt: str | None,
    token_file: str | None,
) -> None:
    """Put the statement FILE into a registry, for good.

    It is validated as greenalgo validate does, and needs level L1. Standard output is two lines: the
    digest and the permalink. The same statement twice is one. What is in a registry is never changed:
    submit a correction with --supersedes, or take a statement back with greenalgo registry withdraw.

    A directory or SQLite file that does not exist is made; an empty PostgreSQL database gets its tables.

    \b
    Exit codes:
      0  it is in the registry (or would be, with --dry-run)
      1  it is invalid, has no level L1, or the registry refuses it
      2  the command was called wrongly
      3  it needs a newer greenalgo
      4  the file or the registry cannot be read or written

    \b
    Example:
      greenalgo fill footprint.yaml --in-place
      greenalgo submit footprint.yaml --to registry/ --dry-run
      greenalgo submit footprint.yaml --to registry/ --receipt receipt.json
      greenalgo submit footprint.yaml --to https://registry.example.org --receipt receipt.json
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    supersedes = supersedes.strip().lower()
    raw = read_bytes(file)
    if isinstance(raw, Finding):
        emit(findings_text([raw._replace(file=file)], b""), sys.stderr)
        ctx.exit(4 if raw.code in UNREADABLE_CODES else 1)
    judged = look(raw, file)
    _refuse(ctx, judged, raw, file)
    new = not scheme_of(store_url) and not os.path.isdir(store_url)
    refuse_unknown(store_url)
    refuse_names(store_url, actor, token_file)
    if is_remote(store_url):
        send(
            judged, raw, file, store_url, supersedes=supersedes, dry_run=dry_run, receipt=receipt,
            token_file=token_file,
        )  # fmt: skip
        return
    if dry_run and not store_exists(store_url):
        emit(f"{file}: would be the first statement of a new registry\n", sys.stderr)
        emit(f"{judged.digest}\n{_future(store_url, judged.digest)}\n")
        return
    with open_registry(store_url, create=True) as store:
        outcome = hand_in(
            store, judged, raw, file, supersedes=supersedes, actor=actor, dry_run=dry_run
        )
        if receipt and not dry_run:
            document = to_document(receipt_for(store, outcome.digest))
            write_atomic(receipt, (json.dumps(document, indent=2) + "\n").encode())
    emit(f"{outcome.digest}\n{outcome.permalink}\n")
    if new:
        emit(f"{store_url}: a new registry\n", sys.stderr)
    emit(f"{file}: {_words(outcome, dry_run=dry_run)}\n", sys.stderr)


def _refuse(ctx: click.Context, judged: Judged, raw: bytes, file: str) -> None:
    """End the command where a statement is not fit, and say what it lacks."""
    if judged.fit:
        return
    report = judged.report
    emit(findings_text(report.findings, raw, colour=wants_colour(sys.stderr)), sys.stderr)
    if report.unsupported:
        ctx.exit(3)
    if not report.valid:
        emit(f"Error: {file} is invalid: nothing was submitted\n", sys.stderr)
        ctx.exit(1)
    lines = [f"Error: {file} has level {report.level}; a registry takes {LEAST}, which needs"]
    lines += [f"  {text}" for text in report.missing]
    if any("greenalgo fill" in text for text in report.missing):
        lines.append(f"  hint:     greenalgo fill {file} --in-place")
    emit("\n".join(lines) + "\n", sys.stderr)
    ctx.exit(1)


def _words(outcome: Outcome, *, dry_run: bool) -> str:
    state = outcome.state
    if outcome.known:
        words = f"in the registry since {state.at[:19].replace('T', ' ')} UTC, nothing to do"
        if state.superseded_by:
            words = f"in the registry already, superseded by {state.superseded_by}"
        return words
    if dry_run:
        return "would be accepted; nothing was written"
    former = f", supersedes {state.supersedes}" if state.supersedes else ""
    return f"accepted{former}"


def _future(url: str, digest: str) -> str:
    """Return the permalink that a statement would have in a registry that does not exist yet."""
    if scheme_of(url):
        return f"{shown(url)}#{digest}"
    parent = os.path.dirname(os.path.abspath(url))
    if not os.path.isdir(parent):
        raise CannotCheckError(f"there is no directory '{os.path.dirname(url) or parent}'")
    return os.path.join(url, ".greenalgo-registry", "statements", digest[:2], f"{digest}.json")
