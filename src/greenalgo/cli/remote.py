"""``greenalgo submit --to https://…``: hand a statement to a registry over HTTP."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from greenalgo.cli.output import emit
from greenalgo.cli.report.style import safe, wants_colour
from greenalgo.cli.report.text import findings_text
from greenalgo.cli.stores import open_remote
from greenalgo.cli.write import write_atomic

if TYPE_CHECKING:
    from greenalgo.registry.client.remote import Accepted
    from greenalgo.registry.door import Judged


def send(
    judged: Judged,
    raw: bytes,
    file: str,
    url: str,
    *,
    supersedes: str,
    dry_run: bool,
    receipt: str | None,
    token_file: str | None,
) -> None:
    """Submit a statement that was judged here, and print digest and permalink.

    Raises:
        RegistryError: The registry refuses it, or finds it invalid: what it says is printed.
        CannotCheckError: The registry cannot be reached.
    """
    from greenalgo.registry.client import JudgedOtherwiseError

    store = open_remote(url, token_file, writes=True)
    try:
        found = store.hand_in(raw, file, judged.digest, supersedes=supersedes, dry_run=dry_run)
    except JudgedOtherwiseError as error:
        placed = [one._replace(file=file) for one in error.findings]
        emit(findings_text(placed, raw, colour=wants_colour(sys.stderr)), sys.stderr)
        lacks = "".join(f"  {text}\n" for text in error.missing)
        emit(f"{safe(file)} is fit here, and not for the registry\n{lacks}", sys.stderr)
        raise
    finally:
        store.close()
    if receipt and found.receipt is not None:
        write_atomic(receipt, (json.dumps(found.receipt, indent=2) + "\n").encode())
    emit(f"{judged.digest}\n{safe(found.permalink)}\n")
    emit(f"{safe(file)}: {safe(_words(found, dry_run=dry_run))}\n", sys.stderr)


def _words(found: Accepted, *, dry_run: bool) -> str:
    if found.known:
        if found.superseded_by:
            return f"in the registry already, superseded by {found.superseded_by}"
        return f"in the registry since {found.at[:19].replace('T', ' ')} UTC, nothing to do"
    if dry_run:
        return "would be accepted; nothing was written"
    former = f", supersedes {found.supersedes}" if found.supersedes else ""
    return f"accepted{former}; the receipt holds"
