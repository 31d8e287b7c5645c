"""``greenalgo registry``: look after a registry."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from greenalgo.cli.output import emit
from greenalgo.cli.report.records import plural
from greenalgo.cli.report.style import GREEN, RED, paint, safe, wants_colour
from greenalgo.cli.report.text import findings_text
from greenalgo.cli.stores import open_registry
from greenalgo.cli.write import write_atomic
from greenalgo.errors import CannotCheckError, RegistryError
from greenalgo.findings import Finding
from greenalgo.registry.record import Draft, is_digest
from greenalgo.registry.record.receipt import check_receipt, read_checkpoint, read_receipt
from greenalgo.registry.store.directory import body_of
from greenalgo.sources import read_bytes
from greenalgo.validate.levels import LEVELS

if TYPE_CHECKING:
    from greenalgo.registry.audit import Inspection
    from greenalgo.registry.record import Problem
    from greenalgo.registry.record.log import Checkpoint

_STORE = "DIR|sqlite:///FILE"


@click.group()
def registry() -> None:
    """Look after a registry: a directory of statements in git, or an SQLite file.

    \b
    Example:
      greenalgo submit footprint.yaml --to statements/
      greenalgo registry check statements/        # in CI, for every pull request
      greenalgo registry verify statements/
    """  # noqa: D301 - \b is click's mark for text that is not wrapped


@registry.command()
@click.argument("store_url", metavar=_STORE)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How to print.",
)  # fmt: skip
@click.option("--quiet", is_flag=True, help="Print what fails, and the summary.")
@click.pass_context
def check(ctx: click.Context, store_url: str, form: str, quiet: bool) -> None:  # noqa: FBT001
    """Judge every statement of a registry: what its CI runs on a pull request.

    Fails where a statement is invalid or there twice, where one that the log has was changed or taken
    away, and where the log is broken. Levels are shown and fail nothing. A record of somebody else's
    publication (provenance.compiled_by and citation) may hold printed figures that do not follow:
    these are named.

    \b
    Example:
      greenalgo registry check statements/
      greenalgo registry check statements/ --format json
    """  # noqa: D301
    from greenalgo.registry.audit import inspect

    with open_registry(store_url) as store:
        inspection = inspect(store)
    if not inspection.checked:
        raise CannotCheckError(f"there is no statement in '{store_url}'")
    if form == "json":
        emit(json.dumps(_inspection_record(inspection), indent=2, ensure_ascii=False) + "\n")
    else:
        emit(_inspection_text(inspection, quiet=quiet, colour=wants_colour(sys.stdout)))
    ctx.exit(0 if inspection.sound else 1)


@registry.command()
@click.argument("store_or_file", metavar=f"{_STORE}|FILE")
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
    publication. Nothing is fetched from a network.

    \b
    Example:
      greenalgo registry verify sqlite:///registry.db
      greenalgo registry verify statements/ --checkpoint receipt.json
      greenalgo registry verify --receipt receipt.json footprint.yaml
    """  # noqa: D301
    if receipt is not None:
        if checkpoint is not None:
            raise click.UsageError("--checkpoint is for a registry, --receipt for a file")
        _verify_receipt(ctx, receipt, store_or_file)
        return
    from greenalgo.registry.audit import verify as verify_store

    wanted = None if checkpoint is None else _checkpoint_in(checkpoint)
    with open_registry(store_or_file) as store:
        found = verify_store(store, wanted)
    emit(_problems(found.problems))
    verdict = "does not verify" if found.problems else "verifies"
    counts = f"{plural(found.statements, 'statement')}, {plural(found.checkpoint.size, 'event')}"
    emit(f"{store_or_file}: {verdict}: {counts}, root {found.checkpoint.root}\n")
    ctx.exit(1 if found.problems else 0)


@registry.command()
@click.argument("store_url", metavar=_STORE)
@click.option(
    "-o", "--output", "folder", metavar="FOLDER", required=True, help="Where to write it."
)
@click.option(
    "--format", "form", type=click.Choice(["ndjson", "csv", "parquet"]), default="ndjson",
    show_default=True, help="Add a flat table in this format (ndjson: no table).",
)  # fmt: skip
def export(store_url: str, folder: str, form: str) -> None:
    """Write a snapshot of a registry: statements, log, and a manifest with the SHA-256 of each file.

    The same registry gives the same bytes. Text in table.csv that a spreadsheet would run as a formula
    begins with an apostrophe; statements.ndjson has it as it is.

    \b
    Example:
      greenalgo registry export statements/ -o snapshot/ --format csv
      greenalgo registry import snapshot/ --to sqlite:///copy.db
    """  # noqa: D301
    from greenalgo.registry.snapshot import files_of

    with open_registry(store_url) as store:
        table = None
        if form != "ndjson":
            from greenalgo.factors import open_set
            from greenalgo.registry.comparison.gather import from_store
            from greenalgo.registry.comparison.rows import Row, rows_of, select
            from greenalgo.registry.comparison.table import frame_of

            factors = open_set()
            sources = sorted(from_store(store, every=True), key=lambda source: source.digest)
            rows = [r for r in rows_of(sources, factors, factors.policy()) if isinstance(r, Row)]
            table = frame_of(select(rows, "total"))
        files = files_of(store, table, form)
    os.makedirs(folder, exist_ok=True)
    for name, content in files.items():
        write_atomic(os.path.join(folder, name), content)
    statements = plural(files["statements.ndjson"].count(b"\n"), "statement")
    emit(f"{folder}: {statements}, {', '.join(files)}\n")


@registry.command("import")
@click.argument("folder", metavar="FOLDER")
@click.option(
    "--to", "store_url", metavar=_STORE, required=True, help="A registry that is empty or new."
)
def import_(folder: str, store_url: str) -> None:
    """Restore a registry from a snapshot: the same statements, the same log, the same root.

    Every file is checked against the manifest, every statement against its digest, and the log from end
    to end, before anything is written.

    \b
    Example:
      greenalgo registry import snapshot/ --to sqlite:///registry.db
      greenalgo registry verify sqlite:///registry.db --checkpoint snapshot/manifest.json
    """  # noqa: D301
    from greenalgo.registry.snapshot import read_snapshot

    holdings, events = read_snapshot(folder)
    with open_registry(store_url, create=True) as store:
        store.restore(holdings, events)
    counts = f"{plural(len(holdings), 'statement')} and {plural(len(events), 'event')}"
    emit(f"{store_url}: {counts} restored\n")


@registry.command()
@click.argument("store_url", metavar=_STORE)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How to print.",
)  # fmt: skip
def stats(store_url: str, form: str) -> None:
    """Say what documents leave out, and how far statements about one artefact differ.

    \b
    Example:
      greenalgo registry stats registry/statements/
      greenalgo registry stats sqlite:///registry.db --format json
    """  # noqa: D301
    from greenalgo.registry.statistics import statistics, to_record, to_text

    with open_registry(store_url) as store:
        found = statistics(store)
    if form == "json":
        emit(json.dumps(to_record(found), indent=2, ensure_ascii=False) + "\n")
    else:
        emit(to_text(found))


@registry.command()
@click.argument("digest")
@click.option(
    "--from", "--to", "--store", "store_url", metavar=_STORE, required=True, help="The registry."
)
@click.option("--reason", required=True, help="Why, in a sentence: every reader will see it.")
@click.option("--actor", metavar="NAME", default="", help="Who withdraws it, for the log.")
def withdraw(digest: str, store_url: str, reason: str, actor: str) -> None:
    """Withdraw the statement DIGEST. It stays readable, marked as withdrawn, with the reason.

    This cannot be undone, and a withdrawn statement cannot be submitted again. To correct one, submit
    the correction with --supersedes instead.

    \b
    Example:
      greenalgo registry withdraw 9f86d081884c7d65 --from statements/ --reason "wrong GPU count"
    """  # noqa: D301
    prefix = digest.strip().lower()
    if len(prefix) < 8 or not is_digest(prefix.ljust(64, "0")):
        raise click.BadParameter(
            f"'{digest}' is no digest: give 8 to 64 hexadecimal digits", param_hint="DIGEST"
        )
    with open_registry(store_url) as store:
        found = store.find(prefix)
        if len(found) != 1:
            many = f"{len(found)} statements begin" if found else "no statement begins"
            raise RegistryError(f"{many} with {prefix} in {store_url}")
        event = store.commit([Draft("withdraw", found[0], actor, reason)])[0]
    emit(f"{event.digest}: withdrawn, event {event.seq}\n")


def _verify_receipt(ctx: click.Context, receipt: str, file: str) -> None:
    raw, text = read_bytes(file), read_bytes(receipt)
    for found, name in ((raw, file), (text, receipt)):
        if isinstance(found, Finding):
            raise CannotCheckError(str(found._replace(file=name)))
    body = body_of(bytes(raw), file)  # type: ignore[arg-type]
    if not body:
        raise CannotCheckError(f"{file} cannot be read as a statement: greenalgo validate {file}")
    read = read_receipt(bytes(text))  # type: ignore[arg-type]
    problems = check_receipt(read, hashlib.sha256(body).hexdigest())
    emit(_problems(problems))
    if problems:
        emit(f"{file}: the receipt {receipt} does not hold\n")
        ctx.exit(1)
    event, size = read.event, read.checkpoint.size
    when = event.at[:19].replace("T", " ")
    emit(f"{file}: published {when} UTC as event {size}, root {read.checkpoint.root}\n")


def _checkpoint_in(path: str) -> Checkpoint:
    raw = read_bytes(path)
    if isinstance(raw, Finding):
        raise CannotCheckError(str(raw._replace(file=path)))
    try:
        data: Any = json.loads(raw)
    except ValueError as error:
        raise CannotCheckError(f"'{path}' is no JSON") from error
    inner = data.get("checkpoint", data) if isinstance(data, dict) else data
    return read_checkpoint(inner)


def _problems(problems: tuple[Problem, ...] | list[Problem]) -> str:
    lines = []
    for problem in problems:
        lines.append(f"{safe(problem.where)}: {safe(problem.message)}")
        if problem.hint:
            lines.append(f"  hint:     {safe(problem.hint)}")
    return "".join(f"{line}\n" for line in lines)


def _inspection_text(inspection: Inspection, *, quiet: bool, colour: bool) -> str:
    text = ""
    for item in inspection.checked:
        name = safe(item.name)
        if item.problem:
            text += f"{name}: {paint('fails', RED, colour=colour)}: {safe(item.problem)}\n"
            errors = [found for found in item.report.findings if found.severity.label == "error"]
            text += findings_text(errors, item.raw, colour=colour)
        elif not quiet:
            level = item.report.level or "no level"
            status = f", {item.state.status}" if item.state else ""
            note = f", {item.note}" if item.note else ""
            text += f"{name}: {paint('good', GREEN, colour=colour)}, {level}{status}{note}\n"
    text += _problems((*inspection.missing, *inspection.verified.problems))
    return text + _summary(inspection) + "\n"


def _summary(inspection: Inspection) -> str:
    items = inspection.checked
    failing = sum(bool(item.problem) for item in items)
    failing += len(inspection.missing) + len(inspection.verified.problems)
    levels = [item.report.level for item in items if not item.problem]
    words = [f"{levels.count(level)} {level}" for level in LEVELS if level in levels]
    curated = sum(item.curated for item in items)
    words += [f"{plural(curated, 'record')} of figures that do not follow"] if curated else []
    loose = sum(item.state is None for item in items)
    words += [f"{loose} not in the log"] if loose else []
    events = inspection.verified.checkpoint.size
    log = f"; log of {plural(events, 'event')}" if events else ""
    tail = plural(failing, "problem") if failing else "no problem"
    head = plural(len(items), "statement")
    others = plural(len(inspection.others), "other file") if inspection.others else ""
    passed = f"; {others} passed over (no spec_version)" if others else ""
    return f"{head}: {', '.join(words) or 'none is good'}{log}; {tail}{passed}"


def _inspection_record(inspection: Inspection) -> dict[str, Any]:
    return {
        "format_version": "1.0",
        "sound": inspection.sound,
        "checkpoint": inspection.verified.checkpoint._asdict(),
        "others": list(inspection.others),
        "statements": [
            {
                "name": item.name,
                "digest": item.digest or None,
                "level": item.report.level or None,
                "status": item.state.status if item.state else None,
                "curated": item.curated,
                "problem": item.problem or None,
                "note": item.note or None,
            }
            for item in inspection.checked
        ],
        "problems": [
            problem._asdict() for problem in (*inspection.missing, *inspection.verified.problems)
        ],
    }
