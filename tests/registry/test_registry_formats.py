"""A comparison in every format, with names that would do harm."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from test_registry_compare import corpus, document, run

from greenalgo.errors import RenderError
from greenalgo.registry.comparison import formats

EVIL = r"=cmd|' /C calc'!A0 \input{/etc/passwd} <script>alert(1)</script> | a_b & 100% #1 `x`"


def evil() -> Any:
    source = document(EVIL)
    return run(source, document("B"))


def test_json_holds_rows_keys_families_and_footnotes() -> None:
    found = json.loads(formats.to_json(corpus()))
    assert {"rows", "keys", "families", "footnotes", "differing", "factor_set"} <= set(found)
    one = next(r for r in found["rows"] if r["name"] == "luccioni2022-bloom-final-training")
    assert one["key"] == {
        "functional_unit": "the whole", "scope": "training", "boundary": "facility", "level": "L1",
        "carbon_basis": "location", "factor_set": found["factor_set"], "water_scope": "any",
    }  # fmt: skip
    assert one["devices"] == 384
    assert sum(key["rows"] for key in found["keys"]) <= len(found["rows"])
    assert "NaN" not in formats.to_json(corpus())


def test_csv_has_a_row_for_each_statement_and_runs_nothing() -> None:
    rows = list(csv.DictReader(io.StringIO(formats.to_comparison_csv(evil()))))
    assert len(rows) == 2
    assert rows[0]["name"] == f"'{EVIL}"
    assert not any(cell[:1] in "=+@" for row in rows for cell in row.values() if cell)
    assert rows[1]["harmonised"] == "7.5"


def test_latex_is_a_bare_tabular_of_ascii() -> None:
    text = formats.to_latex(corpus())
    assert text.isascii()
    body = [line for line in text.splitlines() if not line.startswith("%")]
    assert body[0] == r"\begin{tabular}{rlrrr}"
    assert body[-1] == r"\end{tabular}"
    for line in body:
        if line.endswith(r"\\") and "multicolumn" not in line:
            assert len(re.findall(r"(?<!\\)&", line)) == 4


def test_latex_runs_nothing() -> None:
    text = formats.to_latex(evil())
    assert r"\input" not in text.replace(r"\textbackslash{}input", "").partition(r"\begin")[2]
    for line in text.partition(r"\begin")[0].splitlines():
        assert line.startswith("%")


def test_latex_refuses_what_it_cannot_set() -> None:
    with pytest.raises(RenderError):
        formats.to_latex(run(document("日本語")))


def test_markdown_is_a_table_that_nothing_breaks() -> None:
    text = formats.to_markdown(evil())
    table = [line for line in text.splitlines() if line.startswith("|")]
    for line in table:
        assert len(re.findall(r"(?<!\\)\|", line)) == 6
    assert not re.search(r"(?<!\\)<script", text)


def test_the_footnotes_say_what_harmonised_means() -> None:
    text = formats.to_markdown(corpus())
    assert "facility boundary, location-based" in text
    assert "Ranks count inside one group only" in text


def test_printed_figures_say_what_they_cover() -> None:
    line = next(
        line for line in formats.to_text(corpus()).splitlines()
        if " luccioni2022-bloom-final-training " in line and " 1  " not in line[:4]
    )  # fmt: skip
    assert "24 690 (it)" in line
    assert "29 630" in line
