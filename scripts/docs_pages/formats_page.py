"""The reference of formats: what `greenalgo formats` knows of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.formats import FORMATS

if TYPE_CHECKING:
    from greenalgo.formats import Format

_LEAD = """\
# Files of other tools

What `greenalgo import` reads and `greenalgo export` writes. `greenalgo formats` prints the same list; with
`--format json` for programs. A format is told by the content of a file, never by its name.

| Name | Format | Read | Written | Tried with |
|---|---|---|---|---|
"""


def page() -> str:
    """Write the page."""
    rows = "".join(
        f"| [`{form.name}`](#{form.name}) | {form.title} | {_mark(form.read)} | {_mark(form.write)} | {form.tried} |\n"
        for form in FORMATS
    )
    return _LEAD + rows + "".join(_section(form) for form in FORMATS)


def _mark(way: object) -> str:
    return "yes" if way else ""


def _section(form: Format) -> str:
    facts = (
        ("Is known by", form.marks),
        ("Where its figures come from", form.measures),
        ("Lost on reading", form.lost_reading),
        ("Lost on writing", form.lost_writing),
    )
    lines = "".join(f"* {what}: {text}.\n" for what, text in facts if text)
    return f"\n## {form.name}\n\n{form.title}\n\n{lines}"
