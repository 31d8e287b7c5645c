"""``greenalgo migrate``: bring a statement to another version of the schema."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

import click

from greenalgo import __version__, api
from greenalgo.cli.output import emit
from greenalgo.cli.report.style import safe
from greenalgo.cli.tell import tell
from greenalgo.cli.write import deliver, keep_apart, write_atomic
from greenalgo.errors import CannotCheckError, InvalidStatementError, UnsupportedVersionError
from greenalgo.findings import by_severity
from greenalgo.schemas.migrate import NEXT, Migration, migrate, number_of, readdressed, targets
from greenalgo.schemas.versions import (
    NEWEST,
    UNSUPPORTED_CODES,
    accept,
    check_version,
    version_of,
)
from greenalgo.sources.amend import amend
from greenalgo.validate.structure import structure_findings

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.sources import Document

#: The comment in which editors look for a schema.
_MODELINE = re.compile(rb"^(#\s*yaml-language-server:\s*\$schema=)(\S+)", re.MULTILINE)


@click.command(name="migrate")
@click.argument("file", metavar="FILE")
@click.option("-o", "--output", metavar="OUT", help="Write here instead of to standard output.")
@click.option(
    "--in-place", is_flag=True, help="Write into FILE; the original is kept as FILE.VERSION.orig."
)
@click.option(
    "--to",
    "target",
    type=click.Choice(targets()),
    metavar="VERSION",
    help=f"A released version ({NEWEST}, the newest, if not given), or {NEXT}: the draft of what "
    "comes after it.",
)
def migrate_command(
    file: str,
    output: str | None,
    in_place: bool,  # noqa: FBT001 - a flag of the command line
    target: str | None,
) -> None:
    """Bring FILE to another version of the statement's schema.

    Only what the new version asks for is changed; comments, order and every other byte stay. Each step
    is logged in provenance.migrations, with the digest of the statement before it. A statement that
    has the version already is left as it is, and so is one of a newer minor version. FILE may be -
    for standard input. An invalid statement is refused, and nothing is written.

    \b
    Exit codes:
      0  the statement has the version now, or is newer
      1  it is invalid, or newer than --to
      3  it needs a newer greenalgo
      4  it could not be read

    \b
    Example:
      greenalgo migrate footprint.yaml                 # look first
      greenalgo migrate footprint.yaml --in-place
      greenalgo migrate footprint.yaml --to next -o draft.yaml
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    if in_place and (file == "-" or output):
        wrong = "-o" if output else "- (standard input)"
        raise click.UsageError(f"--in-place cannot be combined with {wrong}")
    if not in_place:
        keep_apart([file], output)
    document = api.load(file)
    version = _check(document)
    content, kept = document.raw, ""
    if version is not None and (target is None or _is_draft(document, target)):
        tell(document, [version])
        words = "left as it is"
    else:
        migration = migrate(document.data, target or NEWEST, tool=f"greenalgo {__version__}")
        words = f"is of schema {migration.target} already"
        if migration.log:
            words = f"schema {migration.source} -> {migration.target}"
            content, kept = _rewritten(document, migration), migration.source
    if not in_place:
        deliver(content, output)
    elif kept:
        words += f"; the original is {_keep(file, kept, document.raw)}"
        write_atomic(file, content)
    emit(f"{safe(file)}: {words}\n", sys.stderr)
    if kept and target == NEXT:
        emit(
            f"note: {number_of(NEXT)} is a draft: it may still change, and greenalgo reads it as "
            f"{NEWEST}\n",
            sys.stderr,
        )


def _is_draft(document: Document, target: str) -> bool:
    return target == NEXT and document.data["spec_version"] == number_of(NEXT)


def _check(document: Document) -> Finding | None:
    """Refuse what cannot be migrated; return the warning on a newer minor version.

    Raises:
        UnsupportedVersionError: The version is not known.
        InvalidStatementError: The statement does not have the shape of its own version.
    """
    version = check_version(document.data)
    if version is not None and version.code in UNSUPPORTED_CODES:
        raise UnsupportedVersionError(f"{version.code}: {version.message}")
    if version is None and not accept(document.data, version_of(document.data)):
        shape = structure_findings(document.data, version_of(document.data))
        raise InvalidStatementError(by_severity(api.place(document, shape)))
    return version


def _rewritten(document: Document, migration: Migration) -> bytes:
    """Return the author's text with what the migration changed, the editor's comment included."""
    content = amend(document.raw, document.name, migration.data)

    def point(match: re.Match[bytes]) -> bytes:
        address = readdressed(match[2].decode(), migration.source, migration.target)
        return match[1] + address.encode()

    edited = _MODELINE.sub(point, content)
    # In a text of several lines the same words are no comment, and stay.
    return edited if api.loads(edited, document.name).data == migration.data else content


def _keep(file: str, version: str, raw: bytes) -> str:
    """Write the original beside the file; never over something else."""
    kept = f"{file}.{version}.orig"
    try:
        with open(kept, "xb") as copy:
            copy.write(raw)
    except FileExistsError:
        with open(kept, "rb") as old:
            if old.read() != raw:
                raise CannotCheckError(
                    f"'{kept}' is there already and differs",
                    hint="move it away, or write elsewhere (-o)",
                ) from None
    return os.path.basename(kept)
