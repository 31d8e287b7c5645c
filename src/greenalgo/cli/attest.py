"""``greenalgo attest``: what a third party finds who holds a statement against its files."""

from __future__ import annotations

import json
import sys

import click

from greenalgo import api, evidence, formats
from greenalgo.cli.output import emit, utf8
from greenalgo.cli.report.style import safe
from greenalgo.cli.tracker_files import from_option, hold, read, sum_option
from greenalgo.cli.write import deliver, keep_apart, keep_what_is_there


@click.command()
@click.argument("statement", metavar="STATEMENT")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--name", required=True, help="Your name.")
@click.option("--orcid", default="", metavar="ID", help="Your ORCID iD.")
@from_option
@sum_option
@click.option("-o", "--output", metavar="OUT", help="Write here instead of to standard output.")
@click.option("--force", is_flag=True, help="Overwrite OUT.")
@click.pass_context
def attest(
    ctx: click.Context, statement: str, files: tuple[str, ...], name: str, orcid: str, form: str | None,
    added_up: bool, output: str | None, force: bool,  # noqa: FBT001 - flags of the command line
) -> None:  # fmt: skip
    """Write down that STATEMENT, which is somebody else's, follows from its FILEs.

    The files are the logs that the authors have published beside the statement. They are imported anew and held
    against it, as greenalgo import --check does; then an attestation is written, which says what was held
    against what, when and by whom. Sign it with your SSH key; greenalgo verify checks both.

    \b
    Exit codes:
      0  it is written
      1  nothing is: the statement is invalid or does not follow from the files,
         a file is not what its format says, or you are one of the authors
      2  the command was called wrongly
      4  a file could not be read, or OUT not be written

    \b
    Example:
      greenalgo attest footprint.yaml emissions.csv --name 'V. Verifier' -o a.json
      ssh-keygen -Y sign -n greenalgo -f ~/.ssh/id_ed25519 a.json
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    keep_apart((statement, *files), output)
    keep_what_is_there(output, force=force)
    document = api.load(statement)
    imported = read(files, form, formats.Wanted(added_up=added_up))
    held = hold(document, imported, sys.stderr)
    if not held.follows:
        ctx.exit(1)
    made = api.attest(document, held, evidence.Verifier(name, orcid))
    deliver(utf8(json.dumps(made, indent=2, ensure_ascii=False) + "\n"), output)
    if output not in (None, "-"):
        sign = f"ssh-keygen -Y sign -n {evidence.NAMESPACE} -f KEY {safe(output)}"
        emit(f"{safe(output)}: written; sign it: {sign}\n", sys.stderr)
