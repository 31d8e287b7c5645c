"""``greenalgo verify``: level L4, which rests on a third party's attestation."""

from __future__ import annotations

import click

from greenalgo import api, evidence
from greenalgo.cli.output import emit
from greenalgo.cli.report.style import safe


@click.command()
@click.argument("statement", metavar="STATEMENT")
@click.argument("attestation", metavar="ATTESTATION")
@click.option(
    "--signers", metavar="FILE", required=True,
    help="Whom you trust: a line 'NAME KEY' for each, as ALLOWED SIGNERS in ssh-keygen(1) has it.",
)  # fmt: skip
@click.option("--signature", metavar="FILE", help="ATTESTATION.sig if not given.")
@click.pass_context
def verify(
    ctx: click.Context, statement: str, attestation: str, signers: str, signature: str | None
) -> None:
    """Say whether STATEMENT is verified: whether it is of level L4.

    It is where it is L3 by itself, and where somebody whom you trust, and who is none of its authors, has signed
    that it follows from its logs: from every file that it names, with nothing of them left out, and for every
    run. ATTESTATION is what greenalgo attest has written. The signature is checked with ssh-keygen.

    \b
    Exit codes:
      0  it is L4
      1  it is not; what is missing is listed
      2  the command was called wrongly
      3  the statement needs a newer greenalgo
      4  a file could not be read, or ssh-keygen is not installed

    \b
    Example:
      greenalgo verify footprint.yaml attestation.json --signers allowed_signers
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    if attestation == "-" and signature is None:
        raise click.UsageError("an attestation from standard input needs --signature")
    document, told = api.load(statement), api.load(attestation)
    signer = evidence.signer_of(told.raw, signature or f"{attestation}.sig", signers)
    found, missing = api.verify(document, told)
    who = f"{safe(found.verifier.name)} on {found.when[:10]} (key of {safe(signer)})"
    if not missing:
        emit(f"{safe(statement)}: valid, L4: attested by {who}\n")
        return
    emit(f"{safe(statement)}: valid, but not L4; attested by {who}\n  L4 needs more:\n")
    emit("".join(f"    {safe(words)}\n" for words in missing))
    ctx.exit(1)
