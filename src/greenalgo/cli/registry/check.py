"""``greenalgo registry check``: what the CI of a registry runs on a pull request."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from greenalgo.cli.output import emit, emit_json
from greenalgo.cli.registry.common import STORE, problems_text
from greenalgo.cli.report.records import plural
from greenalgo.cli.report.style import GREEN, RED, paint, safe, wants_colour
from greenalgo.cli.report.text import findings_text
from greenalgo.cli.stores import open_registry
from greenalgo.errors import CannotCheckError
from greenalgo.registry.record.event import to_json
from greenalgo.registry.record.moderation import in_words
from greenalgo.registry.store import DirectoryStore
from greenalgo.registry.store.which import shown
from greenalgo.validate.levels import LEVELS

if TYPE_CHECKING:
    from greenalgo.registry.audit import Inspection
    from greenalgo.registry.proposal import Proposal


@click.command(short_help="Judge every statement, as its CI does.")
@click.argument("store_url", metavar=STORE)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How to print.",
)  # fmt: skip
@click.option(
    "--against",
    metavar="COMMIT",
    help="In git: refuse what a pull request into COMMIT may not do to the registry, and show the events that it adds.",
)
@click.option("--quiet", is_flag=True, help="Print what fails, and the summary.")
@click.pass_context
def check(
    ctx: click.Context,
    store_url: str,
    form: str,
    against: str | None,
    quiet: bool,  # noqa: FBT001
) -> None:
    """Judge every statement of a registry: what its CI runs on a pull request.

    Fails where a statement is invalid or there twice, where one that the log has was changed or taken
    away, and where the log is broken. Levels are shown and fail nothing. A record of somebody else's
    publication (provenance.compiled_by and citation) may hold printed figures that do not follow:
    these are named.

    \b
    Example:
      greenalgo registry check statements/
      greenalgo registry check statements/ --format json
      greenalgo registry check statements/ --against origin/main
    """  # noqa: D301
    from greenalgo.registry.audit import inspect
    from greenalgo.registry.proposal import compare

    proposal = None
    with open_registry(store_url, remote=True) as store:
        if against is not None and not isinstance(store, DirectoryStore):
            raise click.UsageError("--against is for a directory in git")
        inspection = inspect(store)
        if isinstance(store, DirectoryStore) and against is not None:
            proposal = compare(store, against, {item.name for item in inspection.checked})
            inspection = inspection._replace(refused=proposal.problems)
    if not inspection.checked and not inspection.erased:
        raise CannotCheckError(f"there is no statement in '{shown(store_url)}'")
    if form == "json":
        emit_json(_inspection_record(inspection) | _proposal_record(proposal))
    else:
        text = _proposal_text(proposal) if proposal else ""
        emit(text + _inspection_text(inspection, quiet=quiet, colour=wants_colour(sys.stdout)))
    ctx.exit(0 if inspection.sound else 1)


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
    for state in inspection.erased if not quiet else ():
        text += f"{state.digest}: erased on {state.at[:10]}: {safe(in_words(state.reason))}\n"
    text += problems_text(inspection.problems)
    return text + _summary(inspection) + "\n"


def _summary(inspection: Inspection) -> str:
    items = inspection.checked
    failing = sum(bool(item.problem) for item in items)
    failing += len(inspection.problems)
    levels = [item.report.level for item in items if not item.problem]
    words = [f"{levels.count(level)} {level}" for level in LEVELS if level in levels]
    curated = sum(item.curated for item in items)
    words += [f"{plural(curated, 'record')} of figures that do not follow"] if curated else []
    loose = sum(item.state is None for item in items)
    words += [f"{loose} not in the log"] if loose else []
    words += [f"{len(inspection.erased)} erased"] if inspection.erased else []
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
        "erased": [state._asdict() for state in inspection.erased],
        "problems": [problem._asdict() for problem in inspection.problems],
    }


def _proposal_text(proposal: Proposal) -> str:
    """Return what a reviewer has to look at: nobody has checked who an event is by, or when it was."""
    lines = [
        f"adds event {event.seq}: {event.kind} {event.digest[:12]}… on {event.at[:10]}"
        f"{f', by {event.actor}' if event.actor else ''}"
        f"{f', supersedes {event.supersedes[:12]}…' if event.supersedes else ''}"
        f"{f': {event.reason}' if event.reason else ''}"
        for event in proposal.events
    ]
    lines += [f"changes or removes {path}" for path in proposal.changed]
    return "".join(f"{safe(line)}\n" for line in lines or ["adds no event"])


def _proposal_record(proposal: Proposal | None) -> dict[str, Any]:
    if proposal is None:
        return {}
    events = [to_json(event) for event in proposal.events]
    return {"proposal": {"events": events, "changed": list(proposal.changed)}}
