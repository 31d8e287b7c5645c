"""Names: two normalisers and an index. A name resolves exactly, or not at all.

The index is a text file of lines ``namespace:key<TAB>id`` (several ids, separated by spaces, where a name is
ambiguous on purpose). Keys are names after :func:`processor_key` or :func:`place_key`; the compiler that
writes the index calls the same functions.
"""

from __future__ import annotations

import re
import unicodedata

from greenalgo.errors import AmbiguousNameError, UnknownNameError

_VENDOR_WORDS = frozenset(
    (
        "nvidia", "tesla", "geforce", "intel", "amd", "google", "cpu", "gpu", "processor", "processors",
        "accelerator", "apu", "cards", "card", "the",
    )
)  # fmt: skip
#: A longer name gets no suggestions: comparing it with every name would take too long.
LONGEST = 120
_KEPT = frozenset("0123456789abcdefghijklmnopqrstuvwxyz+.")
#: What is rewritten in a processor's name, in this order; compiled on first use, because most look-ups need none.
_REWRITES = (
    (r"\b\d+(st|nd|rd|th) gen(eration)?\b", ""),
    (r"^\s*\d+\s*[x×*]\s*(?=\D)", ""),
    (r"@?\s*\b\d+(\.\d+)?\s*[gm]hz\b.*$", ""),
    (r"\b(\d+|dual|triple|quad|six|eight|twelve|sixteen|thirty-two|sixty-four)[- ]cores?\b", " "),
    (r"\b(with|w/) (radeon|near silent|wraith).*$", ""),
    (r"\bpci[- ]?e(xpress)?\b", "pcie"),
    (r"(\d)[- ]?(gb|gib)\b", r"\1gb"),
    (r"\b(rtx|gtx|tpu|gt|rx)[- ]?([va]?\d)", r"\1 \2"),
    (r"(\d)(ti|super)\b", r"\1 \2"),
    (r"(\d[a-z]?)[- ]?(v\d)\b", r"\1 \2"),
    (r"\bradeon instinct\b", "instinct"),
    (r"(?<!core )\b(i[3579])[- ](\d{3,5}[a-z]{0,2}\d?)\b", r"core \1 \2"),
    (r"(?<!ryzen )\bthreadripper\b", "ryzen threadripper"),
    (r"\b(e[357][- ]\d{4}[a-z]?) 0 *$", r"\1"),  # Linux prints a stepping of 0 after the first E5
)


def processor_key(name: str) -> str:
    """Return the key of a processor's name: what is left when spelling and packaging words are gone.

    Removed: case, trade marks, vendor words, ``CPU``, ``Processor``, clock rates, ``64-Core``, a leading count.
    Kept: every word and digit that tells two products apart (``SXM4``, ``80GB``, ``v4``, ``Ti``, ``+``).

    Example:
        >>> processor_key("Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz")
        'xeon gold 6248'
        >>> processor_key("8x NVIDIA A100-SXM4-80GB")
        'a100 sxm4 80gb'
    """
    # Runs of blanks are collapsed first: the patterns must not walk through a million of them.
    text = " ".join(name.casefold().split())
    for mark in ("(r)", "(tm)", "(c)", "®", "™", "©", "\u200b"):
        text = text.replace(mark, "")
    text = unicodedata.normalize("NFKC", text)
    for pattern, replacement in _REWRITES:
        text = re.sub(pattern, replacement, text)
    return plain_key(text)


def plain_key(text: str) -> str:
    """Return the words of a processor's name without vendor words; the last step of :func:`processor_key`."""
    words = "".join(char if char in _KEPT else " " for char in text.casefold()).split()
    words = [word for word in (word.strip(".") for word in words) if word]
    return " ".join([word for word in words if word not in _VENDOR_WORDS] or words)


def place_key(name: str) -> str:
    """Return the key of a place's or provider's name: no case, accents, punctuation or leading ``the``.

    Example:
        >>> place_key("Île-de-France")
        'ile de france'
    """
    text = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o"))
    for mark in ("'", "’", "`", "."):
        text = text.replace(mark, "")
    text = "".join(char for char in text.replace("&", " and ") if not unicodedata.combining(char))
    words = "".join(char if char in _KEPT else " " for char in text.replace("+", " ")).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


class Names:
    """The index of names of one factor set.

    Args:
        data: The index file in UTF-8; starts with a line break.
    """

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def find(self, namespace: str, key: str) -> tuple[str, ...]:
        """Return the ids that a key stands for: none, one, or several where it is ambiguous."""
        needle = f"\n{namespace}:{key}\t".encode()
        start = self.data.find(needle)
        if start < 0:
            return ()
        end = self.data.find(b"\n", start + 1)
        return tuple(self.data[start + len(needle) : end].decode().split(" "))

    def find_all(self, namespaces: tuple[str, ...], key: str) -> tuple[str, ...]:
        """Return the ids that a key stands for in any of some namespaces."""
        return tuple(row_id for namespace in namespaces for row_id in self.find(namespace, key))

    def entries(self, *namespaces: str) -> list[tuple[str, tuple[str, ...]]]:
        """Return all keys of some namespaces with their ids; only used to explain a failure."""
        found = []
        for line in self.data.decode().splitlines():
            namespace, _, rest = line.partition(":")
            if namespace in namespaces:
                key, _, ids = rest.partition("\t")
                found.append((key, tuple(ids.split(" "))))
        return found

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
        entries = self.entries(*namespaces)
        if not ids and key:
            words = set(key.split())
            ids = tuple(
                dict.fromkeys(
                    row for entry, rows in entries if words <= set(entry.split()) for row in rows
                )
            )
        if len(ids) > 1:
            return AmbiguousNameError(
                f"'{shown(name)}' fits {len(ids)} entries: say which {what} it is",
                name=name,
                candidates=ids[:12],
            )
        if not ids and 0 < len(key) <= LONGEST:
            ids = _similar(key, entries)
        return UnknownNameError(f"no {what} is called '{shown(name)}'", name=name, candidates=ids)


def shown(name: str) -> str:
    """Return a name on one line, shortened for a message."""
    line = " ".join(name.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}..."


def _similar(key: str, entries: list[tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
    import difflib

    # Imported here, because only a failing lookup pays for it.
    by_key = dict(entries)
    close = difflib.get_close_matches(key, list(by_key), n=5, cutoff=0.6)
    return tuple(dict.fromkeys(row for entry in close for row in by_key[entry]))
