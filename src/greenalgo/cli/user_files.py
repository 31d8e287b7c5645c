"""What is wrong in a file that a user writes for a command: every problem with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from greenalgo.sources import find

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenalgo.sources import Document


def refused(
    document: Document, problems: Iterable[tuple[str, str]], option: str
) -> click.BadParameter:
    """Return what refuses a file.

    Args:
        document: The file.
        problems: JSON pointer and sentence of everything that is wrong.
        option: The option that named it.
    """
    places = [(*find(document, pointer), words) for pointer, words in problems]
    told = [f"{document.name}:{line}:{column}: {words}" for line, column, words in places]
    return click.BadParameter("\n".join(["the file cannot be used", *told]), param_hint=option)
