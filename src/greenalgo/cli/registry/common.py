"""What the commands of ``greenalgo registry`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from greenalgo.cli.report.style import safe
from greenalgo.errors import CannotCheckError, RegistryError
from greenalgo.findings import Finding
from greenalgo.registry.record import is_digest
from greenalgo.registry.store.which import shown
from greenalgo.sources import read_bytes

if TYPE_CHECKING:
    from greenalgo.registry.record import Problem
    from greenalgo.registry.store import Store

#: How a store is named in help texts.
STORE = "DIR|sqlite:///FILE|postgresql://…"


def bytes_of(path: str) -> bytes:
    """Read a file.

    Raises:
        CannotCheckError: It cannot be read.
    """
    raw = read_bytes(path)
    if isinstance(raw, Finding):
        raise CannotCheckError(str(raw), hint=raw.hint)
    return raw


def problems_text(problems: tuple[Problem, ...] | list[Problem]) -> str:
    """Return problems as lines for people, each with its hint."""
    lines = []
    for problem in problems:
        lines.append(f"{safe(problem.where)}: {safe(problem.message)}")
        if problem.hint:
            lines.append(f"  hint:     {safe(problem.hint)}")
    return "".join(f"{line}\n" for line in lines)


def the_one(store: Store, digest: str, url: str) -> str:
    """Return the digest that a prefix of it stands for.

    Args:
        store: The registry.
        digest: 8 to 64 hexadecimal digits.
        url: What the registry is called in a message.

    Raises:
        click.BadParameter: It is no digest.
        RegistryError: There is no such statement, or more than one.
    """
    prefix = digest.strip().lower()
    if len(prefix) < 8 or not is_digest(prefix.ljust(64, "0")):
        raise click.BadParameter(
            f"'{digest}' is no digest: give 8 to 64 hexadecimal digits", param_hint="DIGEST"
        )
    found = store.find(prefix)
    if not found and is_digest(prefix) and prefix in store.states([prefix]):
        return prefix  # its body was erased
    if len(found) != 1:
        many = f"{len(found)} statements begin" if found else "no statement begins"
        raise RegistryError(f"{many} with {prefix} in {shown(url)}")
    return found[0]
