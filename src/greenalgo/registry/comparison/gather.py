"""Gather the statements to compare: from files, directories and registries."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from greenalgo.errors import RegistryError
from greenalgo.registry.comparison.rows import Source
from greenalgo.registry.record import read_body
from greenalgo.registry.store.directory import file_name
from greenalgo.registry.store.files import statement_files
from greenalgo.sources import parse, parse_fast
from greenalgo.sources.document import Document
from greenalgo.statement.digest import digest as digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from greenalgo.registry.record import State
    from greenalgo.registry.store import Store

#: Statuses that are left out of a comparison unless they are asked for.
HIDDEN = frozenset({"withdrawn", "retracted", "quarantined", "superseded"})


def from_bytes(raw: bytes, path: str) -> Source | None:
    """Read a statement file; None where it is no document."""
    data = parse_fast(raw, path)
    if data is None:
        document = parse(raw, path)
        data = document.data if isinstance(document, Document) else None
    return from_data(data, path) if isinstance(data, dict) else None


def from_data(data: dict[str, Any], path: str) -> Source:
    """Make a source of a document that was read from a file."""
    return Source(os.path.splitext(os.path.basename(path))[0], digest_of(data), data)


def from_directory(folder: str, states: Mapping[str, State] | None = None) -> Iterator[Source]:
    """Read the statements below a directory; what is no document is passed over."""
    for path, raw in statement_files(folder):
        source = from_bytes(raw, path)
        if source is not None:
            state = (states or {}).get(source.digest)
            yield source._replace(status=state.status if state else "")


def from_store(store: Store, *, every: bool = False) -> list[Source]:
    """Read the statements of a registry, without those that were taken back or superseded.

    Args:
        store: The registry.
        every: Read those as well.
    """
    states = store.states()
    if os.path.isdir(store.url):
        found: Iterable[Source] = from_directory(store.url, states)
    else:
        found = (_from_body(held.digest, held.body, states) for held in store.holdings())
    return [source for source in found if every or source.status not in HIDDEN]


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
    return _from_body(found[0], store.body(found[0]) or b"{}", store.states(found))


def _from_body(digest: str, body: bytes, states: Mapping[str, State]) -> Source:
    """Make a source of a body, named by what it is about and by its digest."""
    status = states[digest].status if digest in states else ""
    return Source(file_name(body, digest, ""), digest, read_body(body), status)


def relations_of(sources: Iterable[Source]) -> dict[str, list[tuple[str, str]]]:
    """Return the relations of statements, by digest: kind, and what it names."""
    return {
        source.digest: [
            (relation["kind"], relation["statement"])
            for relation in source.data.get("relations", ())
            if isinstance(relation, dict) and {"kind", "statement"} <= set(relation)
        ]
        for source in sources
    }
