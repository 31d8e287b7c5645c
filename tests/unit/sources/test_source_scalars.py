"""The core schema, by hand: each plain scalar through both readers."""

from __future__ import annotations

from typing import Any

import pytest

from greenalgo.findings import Finding
from greenalgo.sources import Document, parse, parse_fast

SCALARS: list[tuple[str, Any]] = [
    ("", None),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("NULL", None),
    ("nULL", "nULL"),
    ("true", True),
    ("True", True),
    ("TRUE", True),
    ("tRUE", "tRUE"),
    ("false", False),
    ("FALSE", False),
    ("yes", "yes"),
    ("NO", "NO"),
    ("on", "on"),
    ("Off", "Off"),
    ("y", "y"),
    ("0", 0),
    ("-0", 0),
    ("+12", 12),
    ("12", 12),
    ("010", 10),
    ("-010", -10),
    ("00", 0),
    ("0o17", 15),
    ("-0o17", "-0o17"),
    ("0O17", "0O17"),
    ("0o8", "0o8"),
    ("0x1f", 31),
    ("0X1F", "0X1F"),
    ("+0x1F", "+0x1F"),
    ("0b1", "0b1"),
    ("1_000", "1_000"),
    ("190:20:30", "190:20:30"),
    ("1e3", 1000.0),
    ("12e03", 12000.0),
    ("1E-2", 0.01),
    (".5", 0.5),
    ("5.", 5.0),
    ("-.5", -0.5),
    ("1.e3", 1000.0),
    (".e3", ".e3"),
    (".", "."),
    ("1e", "1e"),
    ("e3", "e3"),
    ("00.5", 0.5),
    ("-0.0", -0.0),
    ("1.10", 1.1),
    ("1.2.3", "1.2.3"),
    ("1e20", 1e20),
    ("1e-400", 0.0),
    ("9007199254740992", 2**53),
    ("2001-12-14", "2001-12-14"),
    ("2001-12-14T21:59:43Z", "2001-12-14T21:59:43Z"),
    ("12:30:45", "12:30:45"),
    ("=", "="),
    ("<<", "<<"),
    ("inf", "inf"),
    ("NaN", "NaN"),
    (".iNF", ".iNF"),
    ("1 2", "1 2"),
    ("1\u0662", "1\u0662"),
    ("'1'", "1"),
    ('"1"', "1"),
    ("'~'", "~"),
    ('"true"', "true"),
    ("''", ""),
    ("'010'", "010"),
    ("'it''s'", "it's"),
    ('"a\\tb\\u00e9\\x41\\n"', "a\tb\u00e9A\n"),
    ("x   # a comment", "x"),
    ("x#y", "x#y"),
    ("a:b", "a:b"),
    ("0000-0002-1825-0097", "0000-0002-1825-0097"),
    ("A & B", "A & B"),
    ("3 * 4", "3 * 4"),
    ("wow!", "wow!"),
    ("|\n  1\n", "1\n"),
    ("|-\n  1\n", "1"),
    ("|+\n  1\n", "1\n\n"),
    (">\n  a\n  b\n\n  c\n", "a b\nc\n"),
    (">-\n  1\n  2\n", "1 2"),
    ("a\n  b", "a b"),
    ("'a\n\n  b'", "a\nb"),
    ("[1, '1', {a: 1.0}]", [1, "1", {"a": 1.0}]),
    ("\n  - 1\n  -\n  - x", [1, None, "x"]),
    ("\n  b: 1 # c\n  # d\n  c: 2", {"b": 1, "c": 2}),
    ("{}", {}),
    ("[]", []),
    ("[a, ]", ["a"]),
    ('{"x":1}', {"x": 1}),
    ("\t1", 1),
]

REFUSED = {
    ".inf": "GA007", "-.INF": "GA007", "+.Inf": "GA007", ".nan": "GA007", ".NaN": "GA007", "1e999": "GA007",
    "-1e999": "GA007", "1e" + "9" * 100_000: "GA007", "9007199254740993": "GA008",
    "-9007199254740993": "GA008", "18446744073709551616": "GA008", "9" * 200_000: "GA008",
    "0xFFFFFFFFFFFFFFFFFFFF": "GA008", "0o" + "7" * 40: "GA008", "1" + "0" * 30: "GA008",
    "!!str 1": "GA014", "! 1": "GA014", "!x": "GA014", "&a 1": "GA013", "*a": "GA013", "& x": "GA013",
    "@x": "GA010", "`x": "GA010", "%x": "GA010", "- x": "GA010", '"\\q"': "GA010", '"\\ud800"': "GA006",
    '"\\0"': "GA006", '"\\e[31m"': "GA006", "{<<: {}}": "GA015", "{1: x}": "GA018", "{a: 1, a: 2}": "GA012",
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS, ids=[text for text, _ in SCALARS])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_value(text: str, value: Any, newline: str) -> None:
    raw = f"a: {text}\nz: 1\n".replace("\n", newline).encode()
    document = parse(raw, "a.yaml")
    assert isinstance(document, Document), document
    assert repr(document.data) == repr({"a": value, "z": 1})
    assert repr(parse_fast(raw)) in (repr(document.data), "None")


@pytest.mark.parametrize(("text", "code"), REFUSED.items(), ids=[text[:30] for text in REFUSED])
def test_refused(text: str, code: str) -> None:
    raw = f"a: 1\nb: {text}\n".encode()
    finding = parse(raw, "a.yaml")
    assert isinstance(finding, Finding)
    assert (finding.code, finding.line, finding.file) == (code, 2, "a.yaml")
    assert finding.column >= 4
    assert parse_fast(raw) is None
