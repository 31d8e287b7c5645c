"""Search: words in ids, names and aliases. For people; a calculator never searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.factors.names import place_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.factors.table import Table


def search_rows(table: Table, text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the table's name and each row whose id, name or aliases hold every word of the text.

    A row matches where each word of the text begins a word of it.
    """
    wanted = place_key(text).split()
    for row in table.rows():
        words = place_key(f"{row['id']} {row.get('name', '')} {row.get('aliases', '')}").split()
        if wanted and all(any(word.startswith(start) for word in words) for start in wanted):
            yield table.name, row
