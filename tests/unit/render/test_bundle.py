"""Everything a paper needs, in memory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenalgo import __version__
from greenalgo.errors import RenderError
from greenalgo.render.bibliography import read
from greenalgo.render.bundle import Options, preview, render_paper, render_text
from greenalgo.render.styles import STYLES

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parents[2] / "golden" / "fixtures"
DIGEST = "0123456789abcdef" * 4
NAMES = {"table.tex", "figure.pdf", "macros.tex", "paragraph.tex", "footprint.bib", "appendix.tex"}
EVERY = ["bloom", "project", "chip", "quote", "hostile"]


def test_a_paper_gets_these_files(statements: dict[str, Any], sources: str) -> None:
    files = render_paper(statements["bloom"], DIGEST, Options(sources=sources))
    assert set(files) == NAMES
    assert files.pop("figure.pdf").startswith(b"%PDF")
    assert files == render_text(statements["bloom"], DIGEST, Options(sources=sources))


def test_columns_stand_apart_in_every_table_for_lncs(statements: dict[str, Any]) -> None:
    options = Options(style="lncs", beside=(statements["chip"],))
    files = render_text(statements["bloom"], DIGEST, options)
    for name in ("table.tex", "comparison.tex"):
        assert rb"{\setlength{\tabcolsep}{6pt}" in files[name]


@pytest.mark.parametrize("name", EVERY)
def test_headers_and_determinism(statements: dict[str, Any], sources: str, name: str) -> None:
    options = Options(sources=sources)
    files = render_text(statements[name], DIGEST, options)
    assert files == render_text(statements[name], DIGEST, options)
    header = f"% Made by greenalgo {__version__}, statement sha256:{DIGEST}, factor set 2026.11."
    for content in files.values():
        assert content.decode("ascii").splitlines()[0] == header


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("style", ["article", "acl", "acm"])
def test_every_citation_has_an_entry(
    statements: dict[str, Any], sources: str, name: str, style: str
) -> None:
    files = render_text(statements[name], DIGEST, Options(style=style, sources=sources))
    tex = files["appendix.tex"].decode() + files["paragraph.tex"].decode()
    cited = {key for keys in re.findall(r"\\citep?\{([^}]*)\}", tex) for key in keys.split(",")}
    assert cited
    assert cited == set(read(files["footprint.bib"].decode(), "footprint.bib").entries)


def test_macros_are_letters_and_may_come_twice(statements: dict[str, Any]) -> None:
    text = render_text(statements["bloom"], DIGEST)["macros.tex"].decode()
    names = re.findall(r"\\providecommand\{\\(\w+)\}\{\}\\renewcommand\{\\(\w+)\}", text)
    assert all(
        first == second and first.isalpha() and first.startswith("ga") for first, second in names
    )
    assert len(names) == len({first for first, _ in names}) >= 25
    for line in (
        r"\renewcommand{\gaEnergyKWh}{519\,800}",
        r"\renewcommand{\gaEnergyITKWh}{433\,196}",
        r"\renewcommand{\gaCOtwoKg}{29\,630}",
        r"\renewcommand{\gaCOtwo}{29.63~t}",
        r"\renewcommand{\gaPUE}{1.2}",
        r"\renewcommand{\gaCarbonIntensity}{57}",
        r"\renewcommand{\gaLevel}{L1}",
        r"\renewcommand{\gaFactorSet}{2026.11}",
        r"\renewcommand{\gaDeviceHours}{1\,082\,990}",
        r"\renewcommand{\gaWater}{not assessed}",
    ):
        assert line in text


def test_the_appendix_finds_its_figure_where_it_was_written(statements: dict[str, Any]) -> None:
    inside = render_text(statements["bloom"], DIGEST, Options(folder="paper"))[
        "appendix.tex"
    ].decode()
    assert r"\IfFileExists{paper/figure.pdf}{\providecommand{\gaPath}{paper/}}" in inside
    odd = render_text(statements["bloom"], DIGEST, Options(folder="my paper%"))[
        "appendix.tex"
    ].decode()
    assert "my paper" not in odd
    assert r"\providecommand{\gaPath}{}" in odd


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bloom", r"(IT energy $\times$ PUE) and operational, location-based emissions; level L1,"),
        ("project", "location-based emissions; intervals in brackets; level L2,"),
        ("chip", r"\caption{IT energy; level L0,"),
        ("quote", r"\caption{Published figures, as printed.}"),
    ],
)
def test_a_caption_names_what_the_table_has(
    statements: dict[str, Any], sources: str, name: str, said: str
) -> None:
    files = render_text(statements[name], DIGEST, Options(sources=sources))
    assert said in files["appendix.tex"].decode()


def test_a_quote_has_no_figure_to_point_to(statements: dict[str, Any]) -> None:
    text = render_text(statements["quote"], DIGEST)["appendix.tex"].decode()
    assert "fig:footprint" not in text
    assert "tab:footprint-inputs" not in text


def test_only_booktabs_and_graphicx_are_needed(statements: dict[str, Any], sources: str) -> None:
    files = render_text(statements["project"], DIGEST, Options(sources=sources))
    text = files["table.tex"].decode()
    assert not re.search(
        r"\\begin\{table|\\caption|\\usepackage(?!\{booktabs\})|\\SI|\\num|\\multirow", text
    )
    with_siunitx = render_text(
        statements["project"], DIGEST, Options(sources=sources, siunitx=True)
    )
    assert r"\num{172032}" in with_siunitx["table.tex"].decode()


def test_a_users_template_and_its_errors(statements: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "latex").mkdir()
    own = tmp_path / "latex" / "table.tex.j2"
    own.write_text("<< view.totals.co2e.text() >> of << view.subject >>", "utf-8")
    files = render_text(statements["bloom"], DIGEST, Options(templates=str(tmp_path)))
    assert files["table.tex"] == b"29.63~t of BLOOM-176B"
    own.write_text("\n<< view.totals.love >>", "utf-8")
    with pytest.raises(RenderError, match=r"table\.tex\.j2:2: .*love"):
        render_text(statements["bloom"], DIGEST, Options(templates=str(tmp_path)))


def test_a_character_that_cannot_be_set_names_its_place(
    filled: Callable[[str], dict[str, Any]],
) -> None:
    document = filled("bloom")
    document["runs"][0]["hardware"][0]["model"] = "昇腾 910B"
    with pytest.raises(RenderError, match=r"U\+6607") as caught:
        render_text(document, DIGEST)
    assert caught.value.pointer == "/runs/0/hardware/0/model"
    document["runs"][0]["hardware"][0]["latex_label"] = "Ascend 910B"
    assert b"Ascend 910B" in render_text(document, DIGEST)["table.tex"]


@pytest.mark.parametrize("style", list(STYLES))
def test_previews_load_what_the_appendix_needs(style: str) -> None:
    text = preview(style).decode("ascii")
    assert r"\usepackage{booktabs}" in text
    assert r"\input{appendix}" in text


def test_an_unknown_style_lists_the_others(statements: dict[str, Any]) -> None:
    with pytest.raises(RenderError, match="no style 'word'") as caught:
        render_text(statements["bloom"], DIGEST, Options(style="word"))
    assert "acm" in caught.value.hint


def test_other_forms_are_written_on_request(statements: dict[str, Any], sources: str) -> None:
    files = render_paper(
        statements["project"],
        DIGEST,
        Options(
            sources=sources,
            pieces=("markdown", "html", "model-card", "plain", "csv"),
            checklists=("neurips", "arr", "icml", "acm", "eu-gpai"),
            figures=("svg", "png"),
        ),
    )
    assert set(files) - NAMES == {
        "footprint.md", "footprint.html", "model-card.md", "footprint.txt", "footprint.csv",
        "checklist-neurips.md", "checklist-arr.md", "checklist-icml.md", "checklist-acm.md",
        "checklist-eu-gpai.md", "figure.svg", "figure.png",
    }  # fmt: skip
    assert "122.1\u00a0MWh" in files["footprint.md"].decode()


def test_machines_differ_in_zone_locale_and_hash_seed_but_not_in_bytes() -> None:
    script = (
        "import hashlib, json, sys\n"
        "from greenalgo.render.bundle import Options, render_paper\n"
        "statement, sources = json.load(open(sys.argv[1], encoding='utf-8')), open(sys.argv[2]).read()\n"
        "files = render_paper(statement, 'ab' * 32, Options(sources=sources, figures=('svg',)))\n"
        "print(hashlib.sha256(b''.join(files[name] for name in sorted(files))).hexdigest())\n"
    )
    arguments = [
        sys.executable,
        "-c",
        script,
        str(FIXTURES / "project.json"),
        str(FIXTURES / "project.bib"),
    ]
    seen = set()
    for zone, language, seed in (("UTC", "C.UTF-8", "1"), ("Asia/Tokyo", "de_DE.UTF-8", "2")):
        machine = {
            **os.environ,
            "TZ": zone,
            "LC_ALL": language,
            "LANG": language,
            "PYTHONHASHSEED": seed,
        }
        outcome = subprocess.run(arguments, env=machine, capture_output=True, text=True, check=True)
        seen.add(outcome.stdout)
    assert len(seen) == 1
