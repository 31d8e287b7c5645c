"""An index of names: a name resolves exactly, or not at all.

The normalisers and the format of the index are those of :mod:`greenalgo.glance.names`.
"""

from __future__ import annotations

from functools import lru_cache, partial

from greenalgo.errors import AmbiguousNameError, UnknownNameError
from greenalgo.glance.names import (
    entries,
    ids_holding,
    ids_of,
    place_key,
    plain_key,
    processor_key,
)

__all__ = ["LONGEST", "Names", "place_key", "plain_key", "processor_key", "shown"]

#: A longer name gets no suggestions: comparing it with every name would take too long.
LONGEST = 120
#: To walk through the index for so many names takes as long as to read it.
_FEW = 32
#: So many names are compared with one that is not known.
_COMPARED = 200


class Names:
    """The index of names of one factor set.

    Args:
        data: The index file in UTF-8; starts with a line break.
    """

    __slots__ = ("_asked", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._asked = 0

    def find(self, namespace: str, key: str) -> tuple[str, ...]:
        """Return the ids that a key stands for: none, one, or several where it is ambiguous."""
        if self._asked < _FEW:
            self._asked += 1
            return ids_of(self.data, namespace, key)
        return _by_key(self.data, namespace).get(key, ())

    def find_all(self, namespaces: tuple[str, ...], key: str) -> tuple[str, ...]:
        """Return the ids that a key stands for in any of some namespaces."""
        return tuple(row_id for namespace in namespaces for row_id in self.find(namespace, key))

    def holding(self, namespaces: tuple[str, ...], key: str) -> tuple[str, ...]:
        """Return the ids of the names that have every word of a key: what a vague name may stand for."""
        return ids_holding(self.data, namespaces, key)

    def entries(self, *namespaces: str) -> list[tuple[str, tuple[str, ...]]]:
        """Return all keys of some namespaces with their ids; only used to explain a failure."""
        return list(entries(self.data, namespaces))

    def one(self, namespace: str, name: str, key: str, what: str) -> str:
        """Return the one id that a key stands for.

        Args:
            namespace: Where to look.
            name: The name as it was given, for the message.
            key: Its key.
            what: What it names, for the message: ``processor``, ``country``.

        Raises:
            UnknownNameError: There is no such name; carries suggestions.
            AmbiguousNameError: It fits several; carries them all.
        """
        ids = self.find(namespace, key)
        if len(ids) == 1:
            return ids[0]
        raise self.failure((namespace,), name, key, what, ids)

    def failure(
        self, namespaces: tuple[str, ...], name: str, key: str, what: str, ids: tuple[str, ...] = ()
    ) -> UnknownNameError | AmbiguousNameError:
        """Return the error that explains why a name does not resolve; see :meth:`one`."""
        if not ids and key:
            ids = self.holding(namespaces, key)
        if len(ids) > 1:
            return AmbiguousNameError(
                f"'{shown(name)}' fits {len(ids)} entries: say which {what} it is",
                name=name,
                candidates=ids[:12],
            )
        said = f"no {what} is called '{shown(name)}'"
        if not ids and 0 < len(key) <= LONGEST:
            near = partial(_similar, self.data, namespaces, key)
            return UnknownNameError(said, name=name, candidates=near)
        return UnknownNameError(said, name=name, candidates=ids)


def shown(name: str) -> str:
    """Return a name on one line, shortened for a message."""
    line = " ".join(name.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}..."


@lru_cache(maxsize=32)
def _by_key(data: bytes, namespace: str) -> dict[str, tuple[str, ...]]:
    return dict(reversed(entries(data, (namespace,))))  # of lines with one key the first counts


def _characters(key: str) -> int:
    """Return the characters of a key as bits, one for each of 64 kinds."""
    bits = 0
    for char in key:
        bits |= 1 << (ord(char) & 63)
    return bits


@lru_cache(maxsize=32)
def _marked(
    data: bytes, namespaces: tuple[str, ...]
) -> tuple[tuple[str, tuple[str, ...], int], ...]:
    """Return the keys of some namespaces, their ids, and the characters of each as bits."""
    return tuple((key, ids, _characters(key)) for key, ids in entries(data, namespaces))


@lru_cache(maxsize=4096)
def _similar(data: bytes, namespaces: tuple[str, ...], key: str) -> tuple[str, ...]:
    """Return the ids of the entries that look like a key, the nearest first."""
    # Imported here, because only a failing lookup pays for them.
    import difflib
    from heapq import nsmallest

    bits = _characters(key)
    # To compare two names takes long: the characters that they do not share tell which are worth it.
    likely = nsmallest(
        _COMPARED, _marked(data, namespaces), key=lambda entry: (bits ^ entry[2]).bit_count()
    )
    by_key = {entry: ids for entry, ids, _ in likely}
    close = difflib.get_close_matches(key, list(by_key), n=5, cutoff=0.6)
    return tuple(dict.fromkeys(row for entry in close for row in by_key[entry]))
