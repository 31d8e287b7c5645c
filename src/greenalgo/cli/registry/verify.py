"""``greenalgo registry verify``: the log, the bodies, and receipts."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import click

from greenalgo.cli.output import emit
from greenalgo.cli.registry.common import STORE, bytes_of, problems_text
from greenalgo.cli.report.records import plural
from greenalgo.cli.stores import open_registry
from greenalgo.errors import CannotCheckError
from greenalgo.registry.record.opening import check_opening, is_opening, read_opening
from greenalgo.registry.record.receipt import check_receipt, read_checkpoint, read_receipt
from greenalgo.registry.record.strict import read_json
from greenalgo.registry.store.directory import body_of
from greenalgo.registry.store.which import scheme_of, shown

if TYPE_CHECKING:
    from greenalgo.registry.record.log import Checkpoint, Problem


@click.command(short_help="Verify bodies, log and Merkle tree, or a receipt.")
@click.argument("store_or_file", metavar=f"{STORE}|FILE")
@click.option("--receipt", metavar="RECEIPT", help="Check FILE against this receipt, offline.")
@click.option(
    "--checkpoint",
    metavar="FILE",
    help="A receipt, or the manifest of a snapshot: the log must still contain what it stands for.",
)
@click.pass_context
def verify(
    ctx: click.Context, store_or_file: str, receipt: str | None, checkpoint: str | None
) -> None:
    """Verify a registry: bodies against digests, the chain of events, its Merkle tree.

    With --receipt, verify that FILE is the statement of a receipt, and that the receipt proves its
    publication. The receipt of a blind deposit proves that salt and FILE open the commitment, and that the
    commitment is in the log. Nothing is fetched from a network, and nothing is revealed.

    \b
    Example:
      greenalgo registry verify sqlite:///registry.db
      greenalgo registry verify statements/ --checkpoint receipt.json
      greenalgo registry verify --receipt receipt.json footprint.yaml
      greenalgo registry verify --receipt deposit.json footprint.yaml   # blind
    """  # noqa: D301
    if receipt is not None:
        if checkpoint is not None:
            raise click.UsageError("--checkpoint is for a registry, --receipt for a file")
        if scheme_of(store_or_file) or os.path.isdir(store_or_file):
            raise click.UsageError(
                "--receipt is checked against the file of a statement; whether a registry still holds what a receipt "
                f"stands for, says --checkpoint {receipt}"
            )
        _verify_receipt(ctx, receipt, store_or_file)
        return
    from greenalgo.registry.audit import verify as verify_store

    wanted, problems = (None, []) if checkpoint is None else _checkpoint_in(checkpoint)
    with open_registry(store_or_file, remote=True) as store:
        found = verify_store(store, wanted)
    problems += found.problems
    emit(problems_text(problems))
    verdict = "does not verify" if problems else "verifies"
    counts = f"{plural(found.statements, 'statement')}, {plural(found.checkpoint.size, 'event')}"
    emit(f"{shown(store_or_file)}: {verdict}: {counts}, root {found.checkpoint.root}\n")
    ctx.exit(1 if problems else 0)


def _verify_receipt(ctx: click.Context, receipt: str, file: str) -> None:
    text, raw = bytes_of(receipt), bytes_of(file)
    body = body_of(raw, file)
    if not body:
        raise CannotCheckError(f"{file} cannot be read as a statement: greenalgo validate {file}")
    problems, proved = _judged(text, hashlib.sha256(body).hexdigest())
    emit(problems_text(problems))
    if problems:
        emit(f"{file}: the receipt {receipt} does not hold\n")
        ctx.exit(1)
    emit(f"{file}: {proved}\n")


def _judged(text: bytes, digest: str) -> tuple[list[Problem], str]:
    """Check a receipt of either kind: what is wrong with it, and what it proves if nothing is."""
    if is_opening(text):
        opening = read_opening(text)
        problems = check_opening(opening, digest)
        checkpoint, when = opening.checkpoint, f"in the week of {opening.event.at[:10]}"
        opens = f"the salt opens its commitment {opening.commitment}"
        proved = f"deposited {when} as event {checkpoint.size}, root {checkpoint.root}; {opens}"
        return problems, proved
    read = read_receipt(text)
    event, checkpoint = read.event, read.checkpoint
    when = event.at[:19].replace("T", " ")
    opens = f"; it reveals the deposit {event.opens}" if event.opens else ""
    proved = f"published {when} UTC as event {checkpoint.size}, root {checkpoint.root}{opens}"
    return check_receipt(read, digest), proved


def _checkpoint_in(path: str) -> tuple[Checkpoint, list[Problem]]:
    """Read the checkpoint of a file, and check that a receipt which it stands in holds."""
    raw = bytes_of(path)
    data = read_json(raw, "checkpoint")
    inner = data.get("checkpoint", data) if isinstance(data, dict) else data
    problems: list[Problem] = []
    if isinstance(data, dict) and "event" in data:
        problems, _ = _judged(raw, str(data.get("digest")))
    return read_checkpoint(inner), problems
