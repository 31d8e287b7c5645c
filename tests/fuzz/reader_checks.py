"""What must hold for any bytes: shared by the everyday tests and by `scripts/fuzz_reader.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.errors import GreenalgoError
from greenalgo.findings import Finding, Severity, escape
from greenalgo.sources import Document, find, parse, parse_fast
from greenalgo.sources.codes import TITLES
from greenalgo.sources.dump import to_yaml
from greenalgo.sources.splice import replace_top_level
from greenalgo.sources.text import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

#: More pointers than this are not looked up: a long list would take the fuzzer's time.
MOST_POINTERS = 20


def check_reader(raw: bytes) -> None:
    """Read bytes as YAML and as JSON and assert what the reader promises.

    Raises:
        AssertionError: The reader broke a promise; any other exception is a bug as well.
    """
    for name in ("a.yaml", "a.json"):
        read = parse(raw, name)
        fast = parse_fast(raw, name)
        if isinstance(read, Finding):
            assert fast is None, (read, fast)
            _check_refusal(read, raw)
        else:
            # repr tells types, order, -0.0 and nan apart.
            assert fast is None or repr(read.data) == repr(fast), (read.data, fast)
            _check_document(read)


def pointers(value: Any, pointer: str = "") -> Iterator[str]:
    """Yield the JSON pointer of every value."""
    yield pointer
    if isinstance(value, dict):
        for key, child in value.items():
            yield from pointers(child, f"{pointer}/{escape(key)}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from pointers(child, f"{pointer}/{index}")


def _check_refusal(finding: Finding, raw: bytes) -> None:
    assert finding.code in TITLES, finding
    assert finding.severity == Severity.ERROR
    text = lines(raw.decode("utf-8", errors="replace"))
    assert 1 <= finding.line <= len(text), finding
    assert finding.column >= 1, finding
    for words in (finding.message, finding.expected, finding.found, finding.hint):
        # A terminal obeys what is not printable; a half of a surrogate pair cannot be written.
        assert words.isprintable(), (finding, words)


def _check_document(document: Document) -> None:
    data = document.data
    assert isinstance(data, dict)
    again = parse(to_yaml(data).encode(), "b.yaml")
    assert isinstance(again, Document), again
    assert repr(again.data) == repr(data)
    for pointer, _ in zip(pointers(data), range(MOST_POINTERS), strict=False):
        line, column = find(document, pointer)
        assert 1 <= line <= len(lines(document.raw.decode())), (pointer, line, column)
        assert column >= 1, (pointer, line, column)
    try:
        edited = replace_top_level(document.raw, "results", to_yaml({"results": {"a": [1, "x"]}}))
    except GreenalgoError:
        return  # it says that it cannot: the file keeps its bytes
    read = parse(edited, document.name)
    assert isinstance(read, Document), read
    assert read.data["results"] == {"a": [1, "x"]}
    assert {**data, "results": 0}.keys() == read.data.keys()
