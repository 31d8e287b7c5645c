"""A comparison in every format, with names that would do harm."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from comparison_cases import CORPUS, chosen, corpus, document, run

from greenalgo.errors import RegistryError
from greenalgo.registry.comparison import formats
from greenalgo.registry.comparison.bibtex import to_bibtex
from greenalgo.registry.comparison.columns import columns
from greenalgo.registry.comparison.figure import _draw, to_figure
from greenalgo.registry.comparison.parquet import to_parquet
from greenalgo.render.bibliography import entries, read
from greenalgo.render.tex import compile_tex

if TYPE_CHECKING:
    from greenalgo.registry.comparison.compare import Comparison

#: How a line over the whole width begins.
SPAN = r"\multicolumn{5}{@{}l@{}}"
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


def test_json_keeps_every_digit_of_a_femtojoule() -> None:
    rates = [{"unit": "synaptic event", "energy_j": 2.1e-11}]
    found = run(document("A", reported={"per_functional_unit": rates}), metric="energy", per="unit")
    (row,) = json.loads(formats.to_json(found))["rows"]
    assert row["reported_energy_kwh"] == pytest.approx(2.1e-11 / 3.6e6, rel=1e-12)


def test_csv_has_a_row_for_each_statement_and_runs_nothing() -> None:
    rows = list(csv.DictReader(io.StringIO(formats.to_comparison_csv(evil()))))
    assert len(rows) == 2
    assert rows[0]["name"] == f"'{EVIL}"
    assert not any(cell[:1] in "=+@" for row in rows for cell in row.values() if cell)
    assert rows[1]["harmonised"] == "7.5"


def test_latex_of_a_few_rows_is_a_bare_tabular_of_ascii() -> None:
    said = {"boundary": "it", "co2e_operational_kg": 9}
    body = tex_lines(run(document("A"), document("B-2", reported=said), document("C", hours=1)))
    assert body[0] == r"\begin{tabular}{@{}rlrrr@{}}"
    assert body[-1] == r"\end{tabular}"
    assert r"2 & A & - & 7.5 & 0.0375 \\" in body
    at = body.index(r" & B-2 & 9 & 7.5 & 0.0375 \\".replace(" &", "1 &", 1))
    assert body[at + 1] == r" &  & (IT) &  &  \\"
    assert (
        body[-3]
        == rf"{SPAN}{{\footnotesize Ranks count inside one group only; the groups differ in}} \\"
    )
    assert body[-2] == rf"{SPAN}{{\footnotesize level (L1, none).}} \\"


def test_latex_of_many_rows_is_a_longtable() -> None:
    body = tex_lines(corpus())
    assert body[0] == r"{\tabcolsep=0.92\tabcolsep\small \begin{longtable}{@{}rlrrr@{}}"
    assert body[-1] == r"\end{longtable}}"
    assert any(r"\footnotesize Ranks count inside one group only" in line for line in body)
    for line in body:
        if line.endswith((r"\\", r"\\*")) and "multicolumn" not in line:
            assert len(re.findall(r"(?<!\\)&", line)) == 4


def of_rows(count: int) -> str:
    return formats.to_latex(run(*(document(f"Model {at}", hours=10 + at) for at in range(count))))


@pytest.mark.parametrize(("count", "kind"), [(28, "tabular"), (34, "longtable")])
def test_latex_is_a_longtable_where_a_page_of_12_pt_is_too_short(count: int, kind: str) -> None:
    assert rf"\begin{{{kind}}}" in of_rows(count)


@pytest.mark.tex
def test_the_longest_bare_tabular_fits_a_page_of_12_pt() -> None:
    main = (
        r"\documentclass[12pt]{article}\usepackage{booktabs}\begin{document}"
        r"\begin{table}\caption{All}\input{all}\end{table}\end{document}"
    )
    texts = [of_rows(count) for count in range(25, 40)]
    longest = max((text for text in texts if r"\begin{tabular}" in text), key=len)
    files = {"all.tex": longest.encode("ascii"), "main.tex": main.encode("ascii")}
    assert compile_tex(files, "main.tex").unclean == ()


def test_no_rule_of_a_group_can_meet_that_of_a_page() -> None:
    body = tex_lines(corpus())
    assert body[: body.index(r"\endlastfoot")].count(r"\midrule") == 1
    rows = body[body.index(r"\endlastfoot") :]
    assert r"\midrule" not in rows
    assert rows.count(r"\addlinespace") == len(corpus().groups) - 1
    few = tex_lines(run(document("A"), document("B", run={"phase": "inference"})))
    assert few.count(r"\midrule") == 2


@pytest.mark.tex
@pytest.mark.parametrize(
    "document_class", ["[10pt]{article}", "[11pt]{article}", "[12pt]{article}", "{llncs}"]
)
def test_latex_fits_the_page_of_an_article(document_class: str) -> None:
    some = formats.to_latex(chosen(("subject", "Transformer")))
    main = (
        rf"\documentclass{document_class}\usepackage{{booktabs,longtable}}\begin{{document}}"
        r"\input{all}\input{rates}\begin{table}\caption{Some}\input{some}\end{table}\end{document}"
    )
    texts = {
        "all.tex": formats.to_latex(corpus()),
        "rates.tex": formats.to_latex(corpus(per="unit")),
        "some.tex": some,
        "main.tex": main,
    }
    files = {name: text.encode("ascii") for name, text in texts.items()}
    assert compile_tex(files, "main.tex").unclean == ()


@pytest.mark.tex
@pytest.mark.parametrize("document_class", ["{llncs}", "[aps,pre,onecolumn]{revtex4-2}"])
def test_columns_that_are_set_apart_as_the_comment_says_fit_the_page(document_class: str) -> None:
    long, short = formats.to_latex(corpus()), formats.to_latex(chosen(("subject", "Transformer")))
    (wider,) = set(
        re.findall(r"% In llncs and REVTeX, .*?(\\setlength\S+) before it", long + short)
    )
    main = (
        rf"\documentclass{document_class}\usepackage{{booktabs,longtable}}\begin{{document}}{wider}"
        r"\input{long}\begin{table}\caption{Some}\input{short}\end{table}\end{document}"
    )
    files = {"long.tex": long.encode(), "short.tex": short.encode(), "main.tex": main.encode()}
    assert compile_tex(files, "main.tex").unclean == ()


def test_latex_and_markdown_say_how_many_rows_have_no_figure() -> None:
    unknown = {"pue": {"status": "not_assessed", "reason": "No."}}
    found = run(document("A"), document("B", run=unknown))
    assert rf"{SPAN}{{\footnotesize Left out: 1 row without CO2e to compare.}} \\" in tex_lines(
        found
    )
    assert "\n- Left out: 1 row without CO2e to compare.\n" in formats.to_markdown(found)
    assert "Left out" not in formats.to_latex(run(document("A")))


def tex_lines(found: Comparison) -> list[str]:
    text = formats.to_latex(found)
    assert text.isascii()
    return [line for line in text.splitlines() if not line.startswith("%")]


def test_latex_runs_nothing() -> None:
    text = formats.to_latex(evil())
    assert r"\input" not in text.replace(r"\textbackslash{}input", "").partition(r"\begin")[2]
    for line in text.partition(r"\begin")[0].splitlines():
        assert line.startswith("%")


def test_latex_writes_code_points_for_what_it_cannot_set_and_says_so() -> None:
    unit = {"unit": "問い", "quantity": 10}
    found = run(document("日本語"), document("B", functional_units=[unit]), per="unit")
    text = "".join(tex_lines(found))
    assert "training, per {[}U+554F U+3044{]}, L1" in text
    assert "U+ and digits: characters that LaTeX cannot print in" in text
    assert formats.unprintable(found) == ["問い"]
    text = "".join(tex_lines(run(document("日本語"), document("B"))))
    assert "1 & {[}U+65E5 U+672C & " in text
    assert "1 & B & " in text
    assert "{[}U+65E5 U+672C U+8A9E{]}" in to_bibtex(run(document("日本語")), {})
    assert "LaTeX cannot" not in formats.to_latex(run(document("Žluťoučký kůň – é")))


def test_latex_of_every_ratio_fits_a_page() -> None:
    body = tex_lines(corpus(per="unit"))
    assert any(re.search(r"\$5.5195\\times10\^{-5}\${--} ", line) for line in body)


def test_latex_breaks_an_interval_that_is_wide() -> None:
    share = {"value": 1e-7, "lower": 0.9876e-7, "upper": 1.0123e-7}
    body = tex_lines(run(document("A", run={"multiplier": share})))
    (at,) = [at for at, line in enumerate(body) if line.startswith("1 & A & ")]
    assert body[at + 1] == r" &  &  & ($7.407\times10^{-7}${--} &  \\"
    assert body[at + 2] == r" &  &  & $7.592\times10^{-7}$) &  \\"


def test_markdown_is_a_table_that_nothing_breaks() -> None:
    text = formats.to_markdown(evil())
    table = [line for line in text.splitlines() if line.startswith("|")]
    for line in table:
        assert len(re.findall(r"(?<!\\)\|", line)) == 6
    assert not re.search(r"(?<!\\)<script", text)


def test_a_column_that_is_empty_in_every_row_is_left_out() -> None:
    rate = [{"unit": "prompt", "quantity": 10}]
    found = run(
        document("A", functional_units=rate), document("B", functional_units=rate), per="unit"
    )
    assert found.frame["per_accelerator_hour"].isna().all()
    text, table = formats.to_text(found), formats.to_markdown(found)
    assert "  rank  statement  as reported  harmonised\n" in text
    assert "| rank | statement | as reported | harmonised |\n|---:|---|---:|---:|\n" in table
    assert "| 1 | A | - | 0.75 |\n" in table
    body = tex_lines(found)
    assert body[0] == r"\begin{tabular}{@{}rlrr@{}}"
    assert r"1 & A & - & 0.75 \\" in body
    assert sum(line.startswith(r"\multicolumn{4}{") for line in body) == 1
    assert "per_accelerator_hour" in formats.to_comparison_csv(found)
    assert "per_accelerator_hour" in json.loads(formats.to_json(found))["rows"][0]


def test_what_is_per_hour_is_not_repeated_in_a_column_of_its_own() -> None:
    found = run(document("A"), document("B"), per="accelerator-hour")
    assert found.frame["per_accelerator_hour"].notna().all()
    assert "  rank  statement  as reported  harmonised\n" in formats.to_text(found)
    assert "| 1 | A | - | 0.0375 |\n" in formats.to_markdown(found)
    body = tex_lines(found)
    assert body[0] == r"\begin{tabular}{@{}rlrr@{}}"
    assert r"1 & A & - & 0.0375 \\" in body
    assert "per_accelerator_hour" in formats.to_comparison_csv(found)
    assert "per_accelerator_hour" in json.loads(formats.to_json(found))["rows"][0]
    by_run = formats.to_text(run(document("A"), document("B"), per="run"))
    assert "  rank  statement  as reported  harmonised  per acc.-hour\n" in by_run


def test_latex_says_of_each_figure_what_unit_it_is_in() -> None:
    body = tex_lines(run(document("A"), document("B")))
    assert r" &  & As reported & Harmonised & kg per \\" in body
    assert r" & Statement & (kg) & (kg) & acc.-hour \\" in body


def test_the_footnotes_say_what_harmonised_means() -> None:
    text = formats.to_markdown(corpus())
    assert "facility boundary, location-based" in text
    assert "Ranks count inside one group only" in text


def test_printed_figures_say_what_they_cover() -> None:
    line = next(
        line for line in formats.to_text(corpus()).splitlines()
        if " luccioni2022-bloom-final-training " in line and " 1  " not in line[:4]
    )  # fmt: skip
    assert "24 690 (device)" in line
    assert "29 630" in line


def test_a_basis_of_carbon_is_said_of_carbon_alone() -> None:
    said: dict[str, Any] = {"unit": "prompt", "boundary": "it", "co2e_basis": "market"}
    said |= {"co2e_kg": 9, "energy_kwh": 12, "water_l": 7}
    nothing = {"pue": {"status": "not_assessed", "reason": "No."}}
    sources = (document("A", reported={"per_functional_unit": [said]}, run=nothing),)
    carbon = formats.to_markdown(run(*sources, per="unit"))
    assert "| 9 (IT, market) |" in carbon
    assert "the facility, location-based. " in carbon
    assert "declared PUE and carbon intensity are kept" in carbon
    energy = formats.to_markdown(run(*sources, metric="energy", per="unit"))
    assert "| 12 (IT) |" in energy
    assert "declared PUE is kept" in energy
    for metric in ("energy", "water"):
        found = run(*sources, metric=metric, per="unit")
        for text in (formats.to_text(found), formats.to_markdown(found), formats.to_latex(found)):
            assert "market" not in text
            assert "location-based" not in text


def test_a_boundary_that_is_not_known_is_called_so() -> None:
    said = {"boundary": "unknown", "co2e_operational_kg": 9}
    assert "9 (boundary unknown)" in formats.to_text(run(document("A", reported=said)))


def test_bibtex_has_each_statement_and_each_document_once() -> None:
    library = entries((CORPUS / "corpus.bib").read_text(), "corpus.bib")
    found = read(to_bibtex(corpus(), library), "the export").entries
    statements = [key for key in found if key.startswith("footprint-")]
    assert len(statements) == corpus().frame["digest"].nunique()
    assert set(corpus().frame["citation"]) <= set(found)
    assert len(found) == len(statements) + corpus().frame["citation"].nunique()


def test_bibtex_links_and_documents_without_a_library() -> None:
    source = document("A", subject={"name": "A", "arxiv": "2211.02001", "doi": "10.1234/a_c"})
    comparison = run(source, document("B", subject={"name": "B", "doi": "10.1234/a_b"}))
    link = f"https://example.org/statements/{source.digest}"
    found = read(to_bibtex(comparison, {}, {source.digest: link}), "the export").entries
    assert found[f"footprint-{source.digest[:12]}"].fields["howpublished"] == rf"\url{{{link}}}"
    assert found["arxiv-2211.02001"].fields["eprint"] == "2211.02001"
    assert found["doi-10.1234-a-b"].fields["howpublished"] == r"\url{https://doi.org/10.1234/a_b}"


@pytest.mark.parametrize(
    "text", ["}@misc{x, title={y}}", "a{b", "a}b", "\\input{/etc/passwd}", "100% #1 a_b & ~ ^", '"',
             "@comment{", "new\nline\r\n@misc{z,}", "back\\slash"],
)  # fmt: skip
def test_bibtex_is_written_with_nothing_of_a_title_as_markup(text: str) -> None:
    fields = {"name": "A", "arxiv": "2211.02001"}
    source = document(text, subject=fields)
    bib = to_bibtex(run(source), {}, {source.digest: f"https://x.org/{text}"})
    found = read(bib, "the export").entries
    assert set(found) == {f"footprint-{source.digest[:12]}", "arxiv-2211.02001"}
    title = found[f"footprint-{source.digest[:12]}"].fields["title"]
    assert r"\input" not in title
    assert not re.search(r"(?<!\\)[%#&_]", title)


def test_what_is_no_key_or_identifier_is_not_written() -> None:
    comparison = run(document("A", subject={"name": "A", "arxiv": "2211.02001"}))
    evil = comparison._replace(frame=comparison.frame.assign(citation="a,title={x}} @misc{b"))
    assert set(read(to_bibtex(evil, {}), "the export").entries) == {
        f"footprint-{comparison.frame['digest'][0][:12]}", "arxiv-2211.02001",
    }  # fmt: skip
    evil = comparison._replace(frame=comparison.frame.assign(arxiv="1} @misc{b", doi="10.1234/}{"))
    assert len(read(to_bibtex(evil, {}), "the export").entries) == 1


def test_parquet_holds_the_frame() -> None:
    frame = corpus().frame
    read_back = pd.read_parquet(io.BytesIO(to_parquet(frame)))
    assert list(read_back) == list(frame)
    assert list(read_back["name"]) == list(frame["name"])
    pd.testing.assert_series_equal(read_back["value"], frame["value"])
    assert read_back["rank"].fillna(0).astype(int).tolist() == frame["rank"].fillna(0).tolist()
    assert to_parquet(frame) == to_parquet(frame)


def test_every_column_is_described() -> None:
    for column in columns([str(name) for name in corpus().frame.columns]):
        assert column.meaning
    numeric = corpus().frame.select_dtypes("number").columns
    types = {c.name: c.type for c in columns([str(name) for name in corpus().frame.columns])}
    assert {types[name] for name in numeric} <= {"integer", "number"}


@pytest.mark.parametrize("kind", ["pdf", "svg", "png"])
def test_a_figure_is_the_same_each_time(kind: str) -> None:
    comparison = run(document("A", hours=1), document("B", hours=1000), document("$x_1$ \\frac"))
    drawn = to_figure(comparison, kind)
    assert drawn == to_figure(comparison, kind)
    assert drawn[:4] in (b"%PDF", b"<?xm", b"\x89PNG")
    assert b"/Type3" not in drawn


def test_a_figure_has_a_mark_for_each_value_and_a_block_for_each_key() -> None:
    said = {"boundary": "facility", "co2e_operational_kg": 9}
    comparison = run(
        document("A", hours=1), document("B", hours=1000), document("C", reported=said),
        document("D", run={"phase": "inference"}),
    )  # fmt: skip
    drawn = _draw(comparison, 4)
    axes = drawn.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()][-1] == "D"
    titles = [text.get_text() for text in axes.texts]
    assert len(titles) == len(comparison.groups)
    assert axes.get_xscale() == "log"
    dots = [line.get_xydata() for line in axes.lines if line.get_marker() == "o"]
    marks = [np.asarray(dot)[0] for dot in dots if np.size(dot)]
    assert len(marks) == 4
    assert [float(x) for x, y in marks if y == 1.0] == [0.075]


def test_a_figure_of_too_much_or_nothing_is_refused() -> None:
    with pytest.raises(RegistryError, match="too many"):
        to_figure(corpus(), "pdf")
    bare = document("A", run={"pue": {"status": "not_assessed", "reason": "x"}})
    with pytest.raises(RegistryError, match="no row has a value to draw"):
        to_figure(run(bare, metric="water"), "pdf")


def test_a_figure_writes_the_zero_that_a_logarithmic_axis_cannot_show() -> None:
    nothing = {"boundary": "facility", "co2e_operational_kg": 0}
    comparison = run(
        document("A", hours=1), document("B", hours=1000),
        document("C", hours=10, reported=nothing),
    )  # fmt: skip
    texts = [text.get_text() for text in _draw(comparison, 3).axes[0].texts]
    assert texts.count("0 as reported") == 1


def test_a_figure_names_runs_and_statuses() -> None:
    disputed = document("A")._replace(status="disputed")
    axes = _draw(run(disputed, document("B"), by_run=True), 2).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "1  A:r (disputed)",
        "1  B:r",
    ]


def test_a_figure_draws_code_points_where_it_has_no_glyph() -> None:
    axes = _draw(run(document("日本 Žluť"), document("B")), 2).axes[0]
    assert axes.get_yticklabels()[1].get_text().endswith("  [U+65E5 U+672C] Žluť")
    assert to_figure(run(document("日本"), document("B")), "png").startswith(b"\x89PNG")


def test_a_long_title_breaks_into_lines_in_latex() -> None:
    said = {"boundary": "facility", "co2e_operational_kg": 9}
    quoted = document("C", reported=said, run={"pue": {"status": "not_assessed", "reason": "No."}})
    body = tex_lines(run(document("A"), quoted))
    assert rf"{SPAN}{{training, the whole, L1, boundary facility (1)}} \\" in body
    at = body.index(rf"{SPAN}{{training, the whole, L0, cannot be recomputed, as printed,}} \\")
    assert "(1)}" in body[at + 1]


def test_text_for_a_terminal_is_wrapped_but_for_its_tables() -> None:
    found = corpus()
    whole, narrow = formats.to_text(found), formats.to_text(found, 60)
    assert " ".join(whole.split()) == " ".join(narrow.split())
    tables = [line for line in whole.splitlines() if re.match(r"  (rank| +\d+)  ", line)]
    for line in narrow.splitlines():
        assert len(line) <= 60 or line in tables
    assert max(map(len, whole.splitlines())) > 1000
