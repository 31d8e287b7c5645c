"""Text outside LaTeX: Markdown, HTML, CSV, checklists."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from greenalgo.render.bundle import Options, render_text
from greenalgo.render.checklists import CHECKLISTS, checklist
from greenalgo.render.context import view
from greenalgo.render.pieces import _csv

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenalgo.render.context import View

DIGEST = "0123456789abcdef" * 4
ALL = ("markdown", "html", "model-card", "plain", "csv")


@pytest.fixture
def written(statements: dict[str, Any], sources: str) -> Callable[[str], dict[str, str]]:
    def write(name: str) -> dict[str, str]:
        files = render_text(statements[name], DIGEST, Options(sources=sources, pieces=ALL))
        return {file: content.decode() for file, content in files.items()}

    return write


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", ["bloom", "project", "quote", "hostile"])
def test_html_is_balanced_and_closed_to_authors(
    written: Callable[[str], dict[str, str]], name: str
) -> None:
    parser = Tags()
    parser.feed(written(name)["footprint.html"])
    assert not parser.open
    assert set(parser.seen) <= {
        "section", "h2", "p", "a", "table", "caption", "thead", "tbody", "tr", "th", "td", "br", "ol", "li",
        "span", "em",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["bloom", "project", "quote", "hostile"])
def test_markdown_rows_have_as_many_cells_as_the_head(
    written: Callable[[str], dict[str, str]], name: str
) -> None:
    rows = [line for line in written(name)["footprint.md"].splitlines() if line.startswith("|")]
    counts = {len(row.replace("\\\\", "").replace("\\|", "").split("|")) for row in rows}
    assert len(rows) > 2
    assert len(counts) == 1


def test_references_are_numbered_in_order_of_the_text(
    written: Callable[[str], dict[str, str]],
) -> None:
    text = written("project")["footprint.txt"]
    body, _, rest = text.partition("\n[1] ")
    assert rest.startswith("Loïc Lannelongue")
    assert "[1]" in body


def test_csv_has_full_digits_and_base_units(statements: dict[str, Any]) -> None:
    files = render_text(statements["bloom"], DIGEST, Options(pieces=("csv",)))
    rows = list(csv.DictReader(io.StringIO(files["footprint.csv"].decode())))
    assert [row["run"] for row in rows] == ["final-training", ""]
    assert rows[0]["energy_facility_kwh"] == "519835.2"
    assert rows[1]["co2e_operational_kg"] == "29630.6064"
    assert rows[0]["water_l_status"] == "not_assessed"


@pytest.mark.parametrize("name", ["=1", "+1", "-1", "@SUM(1)", "\t=1"])
def test_a_spreadsheet_runs_no_name_as_a_formula(
    filled: Callable[[str], dict[str, Any]], name: str
) -> None:
    document = filled("bloom")
    document["runs"][0]["name"] = name
    rows = csv.DictReader(io.StringIO(_csv(view(document, DIGEST))))
    assert [row["name"] for row in rows] == [f"'{name}", "Total"]


def test_a_model_card_has_the_headings_of_its_template(
    written: Callable[[str], dict[str, str]],
) -> None:
    text = written("bloom")["model-card.md"]
    for heading in ("Hardware Type", "Hours used", "Compute Region", "Carbon Emitted"):
        assert f"- **{heading}:** " in text


@pytest.mark.parametrize("name", list(CHECKLISTS))
def test_checklists_say_what_is_missing(make_view: Callable[[str], View], name: str) -> None:
    full, empty = checklist(name, make_view("project")), checklist(name, make_view("quote"))
    assert sum(len(answer.missing) for answer in full.answers) < sum(
        len(a.missing) for a in empty.answers
    )
    for answer in empty.answers:
        assert answer.text or answer.missing


def test_the_energy_of_training_is_in_mwh_for_the_eu(make_view: Callable[[str], View]) -> None:
    answers = {answer.item: answer for answer in checklist("eu-gpai", make_view("bloom")).answers}
    text = "".join(str(part) for part in answers["Energy used to train the model, in MWh"].text[0])
    assert "519.8\u00a0MWh" in text
    assert "176\u2009247\u2009271\u2009424" in "".join(
        str(p) for p in answers["Number of parameters"].text[0]
    )


def test_neurips_counts_runs_that_are_not_in_the_paper(
    filled: Callable[[str], dict[str, Any]],
) -> None:
    document = filled("project")
    last = checklist("neurips", view(document, DIGEST)).answers[-1]
    assert "Learning-rate sweep" in last.text[0]
    document["runs"] = [run for run in document["runs"] if run["outcome"] == "reported"]
    document["boundary"] = {"failed_runs": "none", "exploratory_runs": "none"}
    assert checklist("neurips", view(document, DIGEST)).answers[-1].text == (("There were none.",),)


def test_a_place_is_named_with_its_article(filled: Callable[[str], dict[str, Any]]) -> None:
    document = filled("bloom")
    document["runs"][0]["location"] = {"country": "NLD"}
    answers = checklist("neurips", view(document, DIGEST, [("NLD", "Netherlands")])).answers
    (where,) = [one for one in answers if one.item == "Internal cluster or cloud provider"]
    assert where.text == (("They ran in ", "the Netherlands", "."),)


def test_a_checklist_groups_the_digits_of_memory(make_view: Callable[[str], View]) -> None:
    answers = {answer.item: answer for answer in checklist("neurips", make_view("project")).answers}
    text = "".join(map(str, answers["Memory and storage"].text[0]))
    assert text == "The largest run had 65\u2009536\u00a0GB of memory."
