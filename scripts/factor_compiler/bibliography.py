"""Sources: the table, and the BibTeX entries that papers lift."""

from __future__ import annotations

from factor_compiler.common import CURATED, CompileError, Row, curated

COLUMNS = (
    "id", "name", "type", "author", "publisher", "year", "url", "doi", "edition", "carrier", "licence",
    "attribution", "status", "note",
)  # fmt: skip
_FIELDS = (
    ("author", "author"),
    ("title", "name"),
    ("publisher", "publisher"),
    ("year", "year"),
    ("doi", "doi"),
)


def sources() -> list[Row]:
    """Return the table of sources."""
    rows = []
    for cells in curated("sources"):
        row = {column: cells.get(column, "") for column in COLUMNS}
        row["name"] = cells["title"]
        rows.append(row)
    return rows


def bibtex() -> str:
    """Return the BibTeX entries of all sources, in order of key, one blank line apart."""
    return "\n".join(
        entry(cells) for cells in sorted(curated("sources"), key=lambda cells: cells["id"])
    )


def entry(cells: Row) -> str:
    """Return one BibTeX entry; the licence and what was changed stand in its note where attribution asks for it."""
    row = {**cells, "name": cells["title"]}
    fields = [(name, row[column]) for name, column in _FIELDS if row[column]]
    if cells["type"] == "article":
        fields = [("journal" if name == "publisher" else name, value) for name, value in fields]
    elif cells["type"] == "inproceedings":
        fields = [("booktitle" if name == "publisher" else name, value) for name, value in fields]
    fields += [tuple(part.split("=", 1)) for part in cells["bib"].split(";") if part]  # type: ignore[misc]
    if cells["url"]:
        fields.append(("howpublished", rf"\url{{{cells['url']}}}"))
    if cells["edition"]:
        fields.append(("note", cells["edition"]))
    body = ",\n".join(
        # An institution keeps braces of its own inside the field's: BibTeX would take {Epoch AI} for a
        # person, and print "AI, Epoch".
        f"  {name} = {{{value}}}" if name == "author" else f"  {name} = {braced(value)}"
        for name, value in fields
    )
    text = f"@{cells['type']}{{{cells['id']},\n{body}\n}}\n"
    if text.count("{") != text.count("}"):
        raise CompileError(f"{cells['id']}: unbalanced braces in BibTeX")
    return text


def braced(value: str) -> str:
    """Return a value in braces, once."""
    return value if value.startswith("{") and balanced(value) else f"{{{value}}}"


def balanced(value: str) -> bool:
    """Say whether the first brace of a value closes at its end, so that it needs no further braces."""
    depth = 0
    for position, char in enumerate(value):
        depth += (char == "{") - (char == "}")
        if depth == 0:
            return position == len(value) - 1
    return False


def notice() -> str:
    """Return the notice that goes with the tables: attributions by licence, and the MIT licence's text.

    The facts are compiled from the sources; names, ids, intervals and derived rows are greenalgo's.
    """
    by_licence: dict[str, list[str]] = {}
    for row in sources():
        by_licence.setdefault(row["licence"], []).append(
            f"* {row['attribution'] or row['author']} (`{row['id']}`)"
        )
    parts = [
        "# Notice\n",
        "The compilation is licensed under CC-BY-4.0. Each row names the licence under which it is passed on:",
        "that of the source's tables, or that of this compilation for single facts from data sheets, reports and",
        "papers. Values were converted, given ids and intervals, and derived in the rows that say so. Sources by",
        "that licence:",
    ]
    for licence, lines in sorted(by_licence.items()):
        parts += [f"\n## {licence}\n", *sorted(lines)]
    parts += [
        "\n## Text of the MIT licence of CodeCarbon\n",
        (CURATED / "mit-codecarbon.txt").read_text().rstrip(),
    ]
    return "\n".join(parts) + "\n"
