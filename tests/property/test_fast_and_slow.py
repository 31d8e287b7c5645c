"""Accept fast, explain slow: whichever reader met the file first, the report is the same."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from everyday import first
from greenalgo.sources import parse_fast
from greenalgo.validate import engine

pytest.importorskip("ryaml", reason="the fast path of YAML needs ryaml, which is not installed")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Report

ROOT = Path(__file__).parents[2]
CORPUS = sorted((ROOT / "registry" / "statements").glob("*.yaml"))
EXAMPLES = sorted(
    path
    for path in (ROOT / "schema" / "statement").glob("*/examples/**/*")
    if path.is_file() and path.name != "expected.json"
)
#: What a slip of the hand, of an editor or of a merge leaves in a file.
PIECES = (
    b"0", b"1", b".", b"-", b"e3", b"1000", b" ", b"  ", b"\t", b"\n", b"\r\n", b":", b": ", b"#", b" # x",
    b"- ", b"'", b'"', b"{", b"}", b"[", b"]", b",", b"|", b">", b"&a ", b"*a", b"!!str ", b"<<: ", b"---\n",
    b"...\n", b"%", b"null", b"true", b"NO", b"~", b"0x1f", b"0o17", b"1_0", b".inf", b"1e999", b"x", b"\xc3\xa9",
    b"\xff", b"\0", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"99999999999999999999", b"spec_version: \"1.9\"\n",
    b"title: again\n",
)  # fmt: skip


def both(raw: bytes, name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Report, Report]:
    """Return the report by way of the fast reader, and by the strict one alone."""
    fast = engine.check_bytes(raw, name)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "parse_fast", lambda _raw, _name="": None)
        return fast, engine.check_bytes(raw, name)


def mutated(seed: int, number: int) -> Iterator[tuple[bytes, str]]:
    """Yield files with one to three slips each: pieces put in, taken out, doubled or exchanged."""
    source = random.Random(seed)  # noqa: S311 - reproducible files, no secret
    files = [path for path in (*CORPUS, *EXAMPLES) if path.stat().st_size < 20_000]
    for _ in range(number):
        path = source.choice(files)
        raw = path.read_bytes()
        for _ in range(source.choice((1, 1, 1, 2, 3))):
            raw = _slip(raw, source)
        yield raw, path.name


def _slip(raw: bytes, source: random.Random) -> bytes:
    rows = raw.splitlines(keepends=True) or [b""]
    at = source.randrange(len(rows))
    way = source.randrange(6)
    if way == 0:
        del rows[at]
    elif way == 1:
        rows.insert(at, rows[source.randrange(len(rows))])
    elif way == 2:
        rows[at] = source.choice((b" ", b"  ", b"\t")) + rows[at]
    elif way == 3:
        rows[at] = rows[at].lstrip(b" ")
    else:
        row = rows[at]
        begin = source.randrange(len(row) + 1)
        end = begin + (source.choice((0, 1, 1, 4)) if way == 4 else 0)
        rows[at] = row[:begin] + source.choice(PIECES) + row[end:]
    return b"".join(rows)


def test_the_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(CORPUS) > 200
    sure = 0
    for path in CORPUS:
        raw = path.read_bytes()
        sure += parse_fast(raw, path.name) is not None
        fast, slow = both(raw, path.name, monkeypatch)
        assert fast == slow, path
    assert sure == len(CORPUS), "else nothing was compared"


def test_the_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(EXAMPLES) > 80
    for path in EXAMPLES:
        fast, slow = both(path.read_bytes(), path.name, monkeypatch)
        assert fast == slow, path


@pytest.mark.parametrize("seed", first(range(4)))
def test_mutated_files(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = dict.fromkeys(("sure and valid", "sure and invalid", "not sure"), 0)
    for raw, name in mutated(seed, 500):
        fast, slow = both(raw, name, monkeypatch)
        assert fast == slow, raw.decode(errors="replace")
        sure = parse_fast(raw, name) is not None
        kind = "sure and " + ("valid" if fast.valid else "invalid") if sure else "not sure"
        compared[kind] += 1
    # None of the three is a rarity, so that the comparison says something.
    assert min(compared.values()) > 25, compared


def test_a_misspelt_field_is_missing_in_a_newer_version_as_well() -> None:
    raw = (
        b'spec_version: "1.9"\ntitle: T\nsubject: {name: N}\nruns:\n  - {di: a, phase: training}\n'
    )
    report = engine.check_bytes(raw, "newer.yaml")
    assert {found.code for found in report.findings} >= {"GA101", "GA102", "GA901"}
    assert not report.valid
