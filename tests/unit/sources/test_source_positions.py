"""Where a pointer points, in YAML and in JSON."""

from __future__ import annotations

import pytest

from greenalgo.findings import Finding, Severity
from greenalgo.sources import Document, find, locate, parse

YAML = """\
# a comment
spec_version: "1.0"
é: {µ: 1, b/c~d: [x, 'y']}
runs:
  - id: a
    location:
      country: FRA
    pue:
  - {id: b, note: |x}
""".replace("|x", '"x"')
JSON = '{\n\t"é": {\r\n\t\t"µ": 1, "b/c~d": ["x", "y"]},\n\t"runs": [ {"id": "a"} ]\n}\n'


def read(text: str) -> Document:
    document = parse(text.encode(), "f")
    assert isinstance(document, Document), document
    return document


@pytest.mark.parametrize(
    ("pointer", "value", "key"),
    [
        ("", (2, 1), (2, 1)),
        ("/spec_version", (2, 15), (2, 1)),
        ("/é", (3, 4), (3, 1)),
        ("/é/µ", (3, 8), (3, 5)),
        ("/é/b~1c~0d", (3, 18), (3, 11)),
        ("/é/b~1c~0d/1", (3, 22), (3, 22)),
        ("/runs", (5, 3), (4, 1)),
        ("/runs/0", (5, 5), (5, 5)),
        ("/runs/0/location/country", (7, 16), (7, 7)),
        ("/runs/0/location/region", (7, 7), (7, 7)),
        ("/runs/0/pue", (8, 9), (8, 5)),
        ("/runs/1/note", (9, 19), (9, 13)),
        ("/runs/2", (5, 3), (5, 3)),
        ("/runs/-", (5, 3), (5, 3)),
        ("/runs/00/id", (5, 3), (5, 3)),
        ("/runs/" + "9" * 5000, (5, 3), (5, 3)),
        ("/nowhere/at/all", (2, 1), (2, 1)),
    ],
)
def test_yaml(pointer: str, value: tuple[int, int], key: tuple[int, int]) -> None:
    assert find(read(YAML), pointer) == value
    assert find(read(YAML), pointer, at_key=True) == key


@pytest.mark.parametrize(
    ("pointer", "value", "key"),
    [
        ("", (1, 1), (1, 1)),
        ("/é/µ", (3, 8), (3, 3)),
        ("/é/b~1c~0d/1", (3, 26), (3, 26)),
        ("/runs/0/id", (4, 19), (4, 13)),
        ("/runs/0/none", (4, 12), (4, 12)),
    ],
)
def test_json(pointer: str, value: tuple[int, int], key: tuple[int, int]) -> None:
    assert find(read(JSON), pointer) == value
    assert find(read(JSON), pointer, at_key=True) == key


def test_locate() -> None:
    findings = [
        Finding("GA100", Severity.ERROR, "m", pointer="/runs/0/id", at_key=True),
        Finding("GA101", Severity.ERROR, "m", pointer="/é", file="other", line=7, column=8),
    ]
    first, second = locate(read(YAML), findings)
    assert (first.file, first.line, first.column) == ("f", 5, 5)
    assert (second.file, second.line, second.column) == ("other", 7, 8)
    assert locate(Document("f", {}, b"a: 'not read again without findings"), []) == []


def test_a_document_whose_text_cannot_be_read() -> None:
    broken = Document("f", {"a": 1}, b"a: 'x")
    assert find(broken, "/a") == (0, 0)
    (finding,) = locate(broken, [Finding("GA100", Severity.ERROR, "m", pointer="/a")])
    assert (finding.file, finding.line) == ("f", 0)
