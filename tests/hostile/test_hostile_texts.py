"""Texts made to crash, hang or fill the memory of a reader. Each is answered, and soon."""

from __future__ import annotations

import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from greenalgo.findings import Finding, Severity
from greenalgo.sources import LIMIT, Document, locate, parse, parse_fast

if TYPE_CHECKING:
    from collections.abc import Callable

BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(9)
)
#: Each text is made when it is needed, and cut at the limit.
TEXTS: dict[str, Callable[[], bytes]] = {
    "alias bomb": lambda: BOMB,
    "lists that stay open": lambda: b"a: " + b"[" * 100_000,
    "mappings that stay open": lambda: b"a: " + b"{" * 100_000,
    "explicit keys that stay open": lambda: b"a: " + b"{?" * LIMIT,
    "pairs that stay open": lambda: b"a: " + b"[x: " * LIMIT,
    "hidden brackets": lambda: b"a: " + b'["]", ' * LIMIT,
    "json lists that stay open": lambda: b'{"a":' + b"[" * LIMIT,
    "json mappings that stay open": lambda: b'{"a":' * LIMIT,
    "json lists that close": lambda: b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "lists in lists in blocks": lambda: b"a:\n" + b"- " * LIMIT,
    "lists at the top": lambda: b"- " * LIMIT,
    "explicit keys": lambda: b"? " * LIMIT,
    "deep blocks": lambda: b"".join(b" " * i + b"a:\n" for i in range(700)),
    "a long list": lambda: b"a: [" + b"1," * (LIMIT // 2 - 10) + b"]",
    "many lists": lambda: b"a: [" + b"[]," * (LIMIT // 3 - 10) + b"]",
    "a long text": lambda: b"a: " + b"x" * (LIMIT - 3),
    "a long key": lambda: b"a" * (LIMIT - 4) + b": 1",
    "a long quoted text": lambda: b'a: "' + b"x" * (LIMIT - 5) + b'"',
    "escapes": lambda: b'a: "' + b"\\n" * (LIMIT // 2 - 5) + b'"',
    "json escapes": lambda: b'{"a": "' + b"\\n" * (LIMIT // 2 - 8) + b'"}',
    "a quote that stays open": lambda: b"a: '" + b"x\n" * LIMIT,
    "many keys": lambda: b"".join(b"k%d: 1\n" % i for i in range(22_000)),
    "many documents": lambda: b"---\n" * LIMIT,
    "many directives": lambda: b"%A b\n" * LIMIT,
    "a long directive": lambda: b"%YAML " + b"1" * LIMIT,
    "colons": lambda: b": " * LIMIT,
    "anchors": lambda: b"&" * LIMIT,
    "aliases": lambda: b"a: [" + b"*a," * LIMIT,
    "tags": lambda: b"a: " + b"!a " * LIMIT,
    "comments": lambda: b"#\n" * LIMIT,
    "a literal text": lambda: b"a: |\n" + b" x\n" * LIMIT,
    "a folded text": lambda: b"a: >\n" + b" x\n\n" * LIMIT,
    "an integer": lambda: b"a: " + b"9" * (LIMIT - 3),
    "a hexadecimal integer": lambda: b"a: 0x" + b"f" * (LIMIT - 5),
    "zeros": lambda: b"a: " + b"0" * (LIMIT - 3),
    "a fraction": lambda: b"a: 0." + b"9" * (LIMIT - 5),
    "an exponent": lambda: b"a: 1e" + b"9" * (LIMIT - 5),
    "a json integer": lambda: b'{"a": ' + b"9" * (LIMIT - 7) + b"}",
}
UNLIMITED = b"a: 1\n" + b"#" * (8 * LIMIT)


@pytest.mark.parametrize("name", TEXTS)
def test_answers_soon(name: str) -> None:
    raw = TEXTS[name]()[:LIMIT]
    start = time.process_time()
    fast = parse_fast(raw)
    middle = time.process_time()
    result = parse(raw, "a.yaml")
    end = time.process_time()
    assert isinstance(result, (Document, Finding))
    if fast is not None:
        assert isinstance(result, Document)
        assert result.data == fast
    # Seconds of this process, not of a machine that does other things too: ten times what the slowest takes. A
    # quadratic reader needs minutes.
    assert middle - start < 2
    assert end - middle < 6


def test_an_alias_bomb_costs_no_memory() -> None:
    tracemalloc.start()
    try:
        assert parse_fast(BOMB) is None
        result = parse(BOMB, "a.yaml")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(result, Finding)
    assert result.code == "GA013"
    assert peak < 2_000_000


def test_a_large_text_is_not_parsed() -> None:
    assert parse_fast(UNLIMITED) is None
    result = parse(UNLIMITED, "a.yaml")
    assert isinstance(result, Finding)
    assert result.code == "GA003"


def test_many_findings_read_the_text_once() -> None:
    raw = TEXTS["many keys"]()
    document = parse(raw, "a.yaml")
    assert isinstance(document, Document)
    finding = Finding("GA100", Severity.ERROR, "m", pointer="/k21999")
    start = time.perf_counter()
    located = locate(document, [finding] * 5000)
    assert time.perf_counter() - start < 6
    assert {found.line for found in located} == {22_000}
