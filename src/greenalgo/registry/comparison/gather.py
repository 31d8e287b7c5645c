"""Gather the statements to compare: from files, directories and registries."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from greenalgo.errors import RegistryError
from greenalgo.registry.comparison.rows import UNRANKED, Source
from greenalgo.registry.record import digest_in, read_body
from greenalgo.registry.store.base import Holding
from greenalgo.statement.digest import digest as digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from greenalgo.registry.record import State
    from greenalgo.registry.store import Store

#: A key of a bibliography, as against a citation in words.
_KEY = re.compile(r"[\w:.-]{1,40}")
#: Statuses that are left out of a comparison unless they are asked for.
HIDDEN = frozenset({*UNRANKED, "erased"})


def from_data(data: dict[str, Any], path: str) -> Source:
    """Make a source of a document that was read from a file."""
    return Source(stem(path), digest_of(data), data)


def stem(path: str) -> str:
    """Return the name of a file without folder and suffix."""
    name = os.path.splitext(os.path.basename(path))[0]
    # No table takes the halves of a character that Python makes of bytes which the locale has no name for.
    return name.encode("utf-8", "backslashreplace").decode()


def from_store(store: Store, *, every: bool = False) -> list[Source]:
    """Read the statements of a registry, without those that were withdrawn, retracted or superseded.

    Args:
        store: The registry.
        every: Read those as well.
    """
    states = store.states()
    found = (source_of(held, states) for held in store.holdings())
    chosen = [source for source in found if every or source.status not in HIDDEN]
    return sorted(chosen, key=lambda source: (source.name, source.digest))


def source_of(held: Holding, states: Mapping[str, State]) -> Source:
    """Make a source of what a store holds: named by the author's file, else by what it is about."""
    data = read_body(held.body)
    status = states[held.digest].status if held.digest in states else ""
    return Source(stem(held.name) or called(data, held.digest), held.digest, data, status)


def called(data: dict[str, Any], digest: str) -> str:
    """Name a statement that has no file: subject, document or year, and the digits that find it."""
    provenance = data.get("provenance", {})
    compiled = "compiled_by" in provenance
    said = provenance.get("citation", "") if compiled else str(data.get("issued", ""))[:4]
    said = said if _KEY.fullmatch(said) else ""
    return f"{', '.join(part for part in (data['subject']['name'], said) if part)} {digest[:8]}"


def from_digest(store: Store, prefix: str) -> Source:
    """Find a statement of a registry by its digest or the beginning of it.

    Raises:
        RegistryError: There is none, or several.
    """
    found = store.find(prefix)
    if len(found) != 1:
        many = f"{len(found)} statements begin" if found else "no statement begins"
        raise RegistryError(
            f"{many} with {prefix} in {store.url}",
            hint=", ".join(name[:16] + "…" for name in found[:5]) or "check the digest",
        )
    body = store.body(found[0])
    if body is None:
        raise RegistryError(f"the statement {found[0][:16]}… was erased: its digest alone is left")
    return source_of(Holding(found[0], body), store.states(found))


def relations_of(sources: Iterable[Source]) -> dict[str, list[tuple[str, str]]]:
    """Return the relations of statements, valid or not, by digest: kind, and what it names."""
    return {source.digest: list(_relations(source.data.get("relations"))) for source in sources}


def _relations(node: Any) -> Iterator[tuple[str, str]]:
    for relation in node if isinstance(node, list) else ():
        if isinstance(relation, dict):
            kind, named = relation.get("kind"), relation.get("statement")
            if isinstance(kind, str) and isinstance(named, str):
                yield kind, digest_in(named) or named
