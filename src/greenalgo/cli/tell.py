"""Findings in a statement on standard error, with the lines that they point to."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from greenalgo import api
from greenalgo.cli.output import emit
from greenalgo.cli.report.style import wants_colour
from greenalgo.cli.report.text import findings_text
from greenalgo.findings import Finding, by_severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenalgo.sources import Document


def tell(document: Document, findings: Iterable[object]) -> None:
    """Print findings, most severe first.

    Args:
        document: What they are about.
        findings: The findings, as a verdict or an exception carries them; anything else in it is passed over.
    """
    found = [one for one in findings if isinstance(one, Finding)]
    placed = by_severity(api.place(document, found))
    emit(findings_text(placed, document.raw, colour=wants_colour(sys.stderr)), sys.stderr)
