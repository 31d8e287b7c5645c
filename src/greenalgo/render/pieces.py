"""The statement outside LaTeX: Markdown, HTML, a model card's section, plain text, CSV, checklists."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from greenalgo.render import numbers
from greenalgo.render.bibliography import references
from greenalgo.render.checklists import CHECKLISTS, checklist
from greenalgo.render.context import FIELDS
from greenalgo.render.environment import environment, html_format, markdown, plain, render
from greenalgo.render.layout import text_columns
from greenalgo.render.prose import joined
from greenalgo.render.tables import hardware_names
from greenalgo.render.types import Cite, Name, Raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from greenalgo.render.context import View
    from greenalgo.render.environment import Format
    from greenalgo.render.types import Prose

__all__ = ["CHECKLISTS", "PIECES", "checklist_text", "piece"]

#: Pieces by name: the file that they are written to.
PIECES: Mapping[str, str] = {
    "markdown": "footprint.md",
    "html": "footprint.html",
    "model-card": "model-card.md",
    "plain": "footprint.txt",
    "csv": "footprint.csv",
}
_TEMPLATES: Mapping[str, tuple[str, Callable[[Mapping[str, int]], Format], str]] = {
    "markdown": ("markdown/footprint.md.j2", markdown, "markdown"),
    "html": ("html/footprint.html.j2", html_format, "html"),
    "model-card": ("markdown/model-card.md.j2", markdown, "markdown"),
    "plain": ("markdown/footprint.txt.j2", plain, "plaintext"),
}


def piece(
    name: str, view: View, context: Mapping[str, Any], bib: str, templates: str = ""
) -> bytes:
    """Render a piece.

    Args:
        name: A key of :data:`PIECES`.
        view: The statement.
        context: The keys of the LaTeX templates; the same are used here.
        bib: The bibliography, as BibTeX.
        templates: A user's template directory.

    Returns:
        UTF-8.
    """
    if name == "csv":
        return _csv(view).encode()
    template, make, backend = _TEMPLATES[name]
    order = tuple(dict.fromkeys(cited_in_order((context["methods"], context["limitations"]))))
    made = environment(make({key: at for at, key in enumerate(order, 1)}), templates)
    keys = {
        **context,
        "references": tuple(
            (Raw(key), Raw(text))
            for key, text in zip(order, references(bib, order, backend), strict=True)
        ),
        "grid": text_columns(context["table"]),
    }
    return render(made, template, keys).encode()


def cited_in_order(parts: Iterable[object]) -> Iterator[str]:
    """Yield the keys that nested prose cites, in the order of the text."""
    for part in parts:
        if isinstance(part, Cite):
            yield from part.keys
        elif isinstance(part, tuple):
            yield from cited_in_order(part)


def checklist_text(name: str, view: View, templates: str = "") -> bytes:
    """Render the answers to a checklist as Markdown, to paste where the venue wants them."""
    made = environment(markdown({}), templates)
    found = checklist(name, view)
    missing = tuple(dict.fromkeys(item for answer in found.answers for item in answer.missing))
    keys = {"checklist": found, "missing": missing, "tool": Raw(view.tool), "digest": view.digest}
    return render(made, "checklist/checklist.md.j2", keys).encode()


def model_card(view: View) -> tuple[tuple[str, Prose | str], ...]:
    """Return the lines of a model card's section, under the names of Hugging Face's template."""
    totals = view.totals
    return (
        ("Hardware Type", joined([(name,) for name in hardware_names(view)]) or "not declared"),
        ("Hours used", (totals.device_hours.text(ends=False), " (device-hours)")),
        ("Compute Region", joined([(Name(place),) for place in view.places]) or "not declared"),
        ("Energy Consumed", (totals.energy.text(),)),
        ("Carbon Emitted", (totals.co2e.text(), " CO₂e (location-based, operational)")),
        ("Statement level", view.level),
    )


def _csv(view: View) -> str:
    """Write a row a run and one for the total: full digits, base units, for machines."""
    stream = io.StringIO()
    out = csv.writer(stream, lineterminator="\n")
    columns = [key for _, key, _ in FIELDS]
    out.writerow(
        ["run", "name", "phase", "outcome"]
        + [f"{key}{end}" for key in columns for end in ("", "_lower", "_upper", "_status")]
    )
    rows = [(run.id, str(run.name), run.phase, run.outcome, run) for run in view.runs]
    for run_id, name, phase, outcome, source in [*rows, ("", "Total", "", "", view.totals)]:
        cells = [_safe(run_id), _safe(name), phase, outcome]
        for field, _, _ in FIELDS:
            amount = getattr(source, field)
            if amount.assessed:
                cells += [*(numbers.plain(value) for value in amount.bounds()), amount.status]
            else:
                cells += ["", "", "", amount.status]
        out.writerow(cells)
    return stream.getvalue()


def _safe(text: str) -> str:
    """Keep a spreadsheet from reading a name as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
