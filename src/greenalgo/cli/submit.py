"""``greenalgo submit``: put a statement into a registry."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import click

from greenalgo.cli.given import not_empty
from greenalgo.cli.output import emit
from greenalgo.cli.remote import send
from greenalgo.cli.report.style import safe
from greenalgo.cli.stores import (
    actor_option,
    is_remote,
    open_registry,
    refuse_names,
    refuse_unknown,
    token_option,
)
from greenalgo.cli.submissions import holds_many, refusal_of, submit_all, unread
from greenalgo.cli.write import check_writable, keep_apart, write_atomic
from greenalgo.errors import CannotCheckError
from greenalgo.findings import Finding
from greenalgo.registry.door import look, receipt_for
from greenalgo.registry.door import submit as hand_in
from greenalgo.registry.record.receipt import to_document
from greenalgo.registry.store import scheme_of
from greenalgo.registry.store.which import shown, store_exists
from greenalgo.sources import read_bytes

if TYPE_CHECKING:
    from greenalgo.registry.door import Outcome


@click.command()
@click.argument("file", metavar="FILE|DIR")
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
    callback=not_empty,
    help="The statement that this one takes the place of.",
)
@actor_option("submits")
@click.option("--receipt", metavar="FILE", help="Write a receipt that proves the submission.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Processes that judge many statements; as many as there are processors if not given.",
)
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
    jobs: int | None,
    token_file: str | None,
) -> None:
    """Put the statement FILE into a registry, for good.

    It is validated as greenalgo validate does, and needs level L1. Standard output is two lines: the
    digest and the permalink. The same statement twice is one. What is in a registry is never changed:
    submit a correction with --supersedes, or take a statement back with greenalgo registry withdraw.

    Of a directory, or of an NDJSON file, every statement is submitted: they are judged by as many processes as there
    are processors, and written together. Those that are fit come in; standard output has digest and file of each
    once it is durable, standard error why others were refused. Interrupted, the command can be given again.

    A directory or SQLite file that does not exist is made; an empty PostgreSQL database gets its tables.

    \b
    Exit codes:
      0  it is in the registry (or would be, with --dry-run)
      1  it, or one of many, is invalid, below L1, or refused by the registry
      2  the command was called wrongly
      3  it needs a newer greenalgo
      4  the file or the registry cannot be read or written

    \b
    Example:
      greenalgo fill footprint.yaml --in-place
      greenalgo submit footprint.yaml --to registry/ --dry-run
      greenalgo submit footprint.yaml --to registry/ --receipt receipt.json
      greenalgo submit statements/ --to sqlite:///registry.db
      greenalgo submit footprint.yaml --to https://registry.example.org \\
        --receipt receipt.json
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    supersedes = supersedes.strip().lower()
    if holds_many(file):
        refuse_unknown(store_url)
        if dry_run or supersedes or receipt or is_remote(store_url):
            raise click.UsageError(
                f"'{file}' may hold many statements: --dry-run, --supersedes, --receipt and a registry behind a URL "
                "are for one; greenalgo validate --require L1 says which are fit"
            )
        refuse_names(store_url, actor, token_file)
        ctx.exit(submit_all(file, store_url, actor=actor, jobs=jobs))
    keep_apart([file, token_file], receipt)
    if receipt:
        check_writable(receipt)
    raw = read_bytes(file)
    if isinstance(raw, Finding):
        text, code = unread(raw, file)
        emit(text, sys.stderr)
        ctx.exit(code)
    judged = look(raw, file)
    if not judged.fit:
        text, code = refusal_of(judged, raw, file)
        emit(text, sys.stderr)
        ctx.exit(code)
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
        emit(f"{safe(file)}: would be the first statement of a new registry\n", sys.stderr)
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
        emit(f"{safe(store_url)}: a new registry\n", sys.stderr)
    emit(f"{safe(file)}: {_words(outcome, dry_run=dry_run)}\n", sys.stderr)


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
