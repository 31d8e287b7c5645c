"""Names: two normalisers, and the index of names as bytes.

The index is a text file of lines ``namespace:key<TAB>id`` (several ids, separated by spaces, where a name is
ambiguous on purpose). Keys are names after :func:`processor_key` or :func:`place_key`; the compiler that
writes the index calls the same functions.
"""

from __future__ import annotations

from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_VENDOR_WORDS: Final = frozenset(
    (
        "nvidia", "tesla", "geforce", "intel", "amd", "google", "cpu", "gpu", "processor", "processors",
        "accelerator", "apu", "cards", "card", "the",
    )
)  # fmt: skip
#: A name that fits more models than these says nothing of any of them.
MOST_FITTING: Final = 24
_KEPT: Final = frozenset("0123456789abcdefghijklmnopqrstuvwxyz+.")
#: What is rewritten in a processor's name, in this order; compiled on first use, because most look-ups need none.
_REWRITES: Final = (
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
    # Imported here: most names are found by their plain key, and re takes half as long to load as Python.
    import re
    import unicodedata

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
    import unicodedata  # here, for the sake of the names above

    text = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o"))
    for mark in ("'", "’", "`", "."):
        text = text.replace(mark, "")
    text = "".join(char for char in text.replace("&", " and ") if not unicodedata.combining(char))
    words = "".join(char if char in _KEPT else " " for char in text.replace("+", " ")).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


def without_zone(key: str) -> str:
    """Return the key of the region of an availability zone: ``us-east-1a`` and ``us-central1-a`` lie in one each."""
    letter = len(key) > 2 and key[-1] in "abcdefg" and (key[-2].isdigit() or key[-2] == " ")
    return key[:-1].rstrip() if letter else key


def ids_of(index: bytes, namespace: str, key: str) -> tuple[str, ...]:
    """Return the ids that a key stands for: none, one, or several where it is ambiguous.

    Args:
        index: The whole index in UTF-8; starts with a line break.
        namespace: Where to look, such as ``country``.
        key: The key.
    """
    needle = f"\n{namespace}:{key}\t".encode()
    start = index.find(needle)
    if start < 0:
        return ()
    end = index.find(b"\n", start + 1)
    return tuple(index[start + len(needle) : end].decode().split(" "))


@lru_cache(maxsize=32)
def entries(index: bytes, namespaces: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the keys of some namespaces with their ids, in the order of the index."""
    lines = (line for name in namespaces for line in _block(index, name).split(b"\n") if line)
    return tuple((key, tuple(ids.split(" "))) for key, ids in map(_entry, lines))


# What is slow is kept: a statement may name one unknown model a thousand times, or a thousand models.
@lru_cache(maxsize=4096)
def ids_holding(index: bytes, namespaces: tuple[str, ...], key: str) -> tuple[str, ...]:
    """Return the ids of the entries that have every word of a key: what a vague name may stand for."""
    words = set(key.split())
    longest = max(words, key=len, default="").encode()
    found: dict[str, None] = {}
    for namespace in namespaces if words else ():
        block = _block(index, namespace)
        at = block.find(longest)
        while at >= 0:
            end = block.find(b"\n", at)
            entry, ids = _entry(block[block.rfind(b"\n", 0, at) + 1 : end])
            if words <= set(entry.split()):
                found |= dict.fromkeys(ids.split(" "))
            at = block.find(longest, end)
    return tuple(found)


@lru_cache(maxsize=32)
def _block(index: bytes, namespace: str) -> bytes:
    """Return the lines of a namespace, without its name; each ends with a line break."""
    parts = index.split(f"\n{namespace}:".encode())[1:]
    return b"".join([part.partition(b"\n")[0] + b"\n" for part in parts])


def _entry(line: bytes) -> tuple[str, str]:
    key, _, ids = line.decode().partition("\t")
    return key, ids
