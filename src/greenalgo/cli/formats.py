"""``greenalgo formats``: which files of other tools are read and written."""

from __future__ import annotations

from typing import Any

import click

from greenalgo.cli.output import emit, emit_json
from greenalgo.formats import FORMATS, Format


@click.command()
@click.option(
    "--format", "output", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="How to print the list.",
)  # fmt: skip
def formats(output: str) -> None:
    """List the formats that import reads and export writes.

    \b
    Example:
      greenalgo formats
      greenalgo formats --format json
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    if output == "json":
        emit_json([record(form) for form in FORMATS])
        return
    width = max(len(form.name) for form in FORMATS)
    for form in FORMATS:
        emit(f"{form.name:<{width}}  {_ways(form):<11}  {form.title}\n")
        pad = " " * (width + 15)
        for word, text in (("tried with", form.tried),
            ("is known by", form.marks), ("lost on reading", form.lost_reading),
                           ("lost on writing", form.lost_writing)):  # fmt: skip
            if text:
                emit(click.wrap_text(f"{word}: {text}", 100, pad, pad + "  ") + "\n")


def record(form: Format) -> dict[str, Any]:
    """Return what is known of a format as plain JSON values."""
    return {
        "name": form.name, "title": form.title, "reads": form.read is not None, "writes": form.write is not None,
        "tried": form.tried, "marks": form.marks or None, "measures": form.measures or None,
        "lost_reading": form.lost_reading or None, "lost_writing": form.lost_writing or None,
    }  # fmt: skip


def _ways(form: Format) -> str:
    return " ".join(word for word, way in (("read", form.read), ("write", form.write)) if way)
