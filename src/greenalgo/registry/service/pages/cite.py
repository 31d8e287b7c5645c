"""How to cite a statement of the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.errors import RenderError
from greenalgo.render import escape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from greenalgo.registry.record import State


def authors_of(data: Mapping[str, Any]) -> list[str]:
    """Return the names of those who stand on a statement."""
    return [person["name"] for person in data.get("authors", ()) if person.get("name")]


def year_of(data: Mapping[str, Any], state: State) -> str:
    """Return the year of a statement: when it was issued, else when it was published here."""
    return str(data.get("issued", ""))[:4] or state.at[:4]


def text(data: Mapping[str, Any], digest: str, state: State, permalink: str) -> str:
    """Return a citation as text."""
    names = authors_of(data)
    who = ", ".join(names[:3]) + (" et al." if len(names) > 3 else "")
    who = f"{who.removesuffix('.')}. " if who else ""
    year = year_of(data, state)
    return (
        f"{who}Footprint statement: {data['title']}.{f' {year}.' if year else ''} "
        f"SHA-256 {digest[:16]}…, {permalink}"
    )


def bibtex(data: Mapping[str, Any], digest: str, state: State, permalink: str) -> str:
    """Return a citation as BibTeX; empty where a name holds what LaTeX cannot set."""
    names, year = authors_of(data), year_of(data, state)
    try:
        fields = {
            "author": " and ".join(f"{{{escape.bibtex(name)}}}" for name in names),
            "title": f"{{Footprint statement: {escape.bibtex(data['title'])}}}",
            "year": year if year.isdigit() else "",
            "howpublished": "greenalgo registry",
            "note": f"SHA-256 {digest}",
            "url": permalink,
        }
    except RenderError:
        return ""
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{footprint-{digest[:8]},\n{lines}}}\n"
