"""What the documentation shows is what happens: commands, outputs, statements, links."""

from __future__ import annotations

import doctest
import inspect
import re
from typing import TYPE_CHECKING, Any

import pytest
from pages import ROOT, Step, agrees, blocks, pages, play, steps, unexpected
from PIL import Image

from docs_pages import api_page
from everyday import first
from greenalgo import api
from greenalgo.factors import open_set
from greenalgo.factors.overlay import overlay
from greenalgo.jobs.cluster import check_cluster
from greenalgo.sources.dump import to_yaml
from greenalgo.validate.rules.book import all_rules
from make_pictures import PAGE, gallery_page, made_from, pictures

if TYPE_CHECKING:
    from pathlib import Path

#: What a fragment of a statement is put into before it is validated.
MINIMAL = {"spec_version": "1.0", "title": "A fragment", "subject": {"name": "x"}}
RUN = {"id": "a", "phase": "training"}


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def with_console() -> list[Any]:
    found = []
    for page in pages():
        shown = [block.body for block in blocks(page.read_text("utf-8")) if block.kind == "console"]
        if shown:
            needs = {"--pdf": pytest.mark.tex, "ssh-keygen": pytest.mark.ssh}
            marks = [mark for word, mark in needs.items() if any(word in body for body in shown)]
            found.append(pytest.param(page, id=name(page), marks=marks))
    return found


@pytest.mark.parametrize("within", first((True, False)))
@pytest.mark.parametrize("page", with_console())
def test_commands_print_what_the_page_shows(page: Path, within: bool, tmp_path: Path) -> None:
    for block, done in play(page.read_text("utf-8"), tmp_path, within=within):
        assert not (failure := unexpected(done)), f"{name(page)}:{block.line}: {failure}"
        for step, printed, _ in done:
            where = f"{name(page)}:{block.line}: $ {step.command}"
            assert agrees(step.output, printed), (
                f"{where}\nthe page has\n{step.output}\nprinted was\n{printed}\n"
                f"(python tests/docs/pages.py {name(page)} writes it anew)"
            )


def test_a_page_whose_commands_need_the_repository_says_so() -> None:
    silent = [
        name(page)
        for page in pages()
        if page.parent != ROOT  # who reads README.md is in the repository
        for text in [page.read_text("utf-8")]
        if any(
            re.search(r"\b(registry|schema|templates)/\w", step.command)
            for block in blocks(text)
            if block.kind == "console"
            for step in steps(block.body)
        )
        and "run them in a checkout" not in text
    ]
    assert silent == []


def statements() -> list[Any]:
    return [
        pytest.param(block.body, id=f"{name(page)}:{block.line}")
        for page in pages()
        for block in blocks(page.read_text("utf-8"))
        if block.kind == "yaml" and not block.title.startswith(".")
    ]


@pytest.mark.parametrize("body", statements())
def test_statements_factors_and_clusters_on_the_pages_are_valid(body: str) -> None:
    document = api.loads(body.encode(), "fragment.yaml")
    if {"format", "name"} <= set(document.data):
        assert overlay(open_set(), document.data).name.endswith(document.data["name"])
        return
    if "partitions" in document.data:
        check_cluster(document.data)
        return
    whole = whole_of(document.data)
    report = api.check_bytes(to_yaml(whole).encode(), "fragment.yaml")
    assert report.valid, [str(found) for found in report.findings]


def whole_of(fragment: dict[str, Any]) -> dict[str, Any]:
    """Complete a part of a statement: of its top level, of a run, or of a component."""
    if "spec_version" in fragment:
        return fragment
    if "kind" in fragment:
        return {**MINIMAL, "runs": [{**RUN, "hardware": [fragment]}]}
    if {"id", "phase"} <= set(fragment):
        return {**MINIMAL, "runs": [fragment]}
    if set(fragment) <= RUN_FIELDS:
        return {**MINIMAL, "runs": [{**RUN, **fragment}]}
    return {**MINIMAL, "runs": [RUN], **fragment}


#: Fields of a run that a fragment may be made of.
RUN_FIELDS = {
    "outcome", "hardware", "hours", "device_hours", "location", "pue", "carbon_intensity_g_per_kwh",
    "carbon_intensity_market_g_per_kwh", "carbon_intensity_net_g_per_kwh", "energy_it_kwh",
    "energy_facility_kwh", "repetitions", "multiplier", "water", "embodied", "measurement", "work",
}  # fmt: skip


def with_python() -> dict[str, list[str]]:
    texts = {name(page): page.read_text("utf-8") for page in pages()}
    texts["reference/python-api.md"] = api_page.page()
    found = {
        where: [block.body for block in blocks(text) if block.kind == "pycon"]
        for where, text in texts.items()
    }
    return {where: bodies for where, bodies in found.items() if bodies}


@pytest.mark.parametrize("where", with_python())
def test_python_on_a_page_does_what_it_shows(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    body = "\n".join(with_python()[where])
    example = doctest.DocTestParser().get_doctest(body, {}, where, where, 0)
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    said: list[str] = []
    assert runner.run(example, out=said.append).failed == 0, "".join(said)


def test_every_name_of_the_api_is_explained_and_every_function_shown() -> None:
    examples = "".join(with_python()["reference/python-api.md"])
    for exported in api.__all__:
        thing = getattr(api, exported)
        text = inspect.getdoc(thing) or ""
        assert text, exported
        if inspect.isfunction(thing):
            assert f"api.{exported}(" in examples, exported
            assert "Returns:" in text, exported
            parameters = inspect.signature(thing).parameters
            assert [one for one in parameters if f"    {one}: " not in text] == [], exported
        elif hasattr(thing, "_fields"):
            assert [one for one in thing._fields if f"    {one}: " not in text] == [], exported


def test_links_between_committed_pages_lead_somewhere() -> None:
    link = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
    made = re.compile(
        r"reference/(schema|cli|formats|python-api|api)\.md$|reference/rules/(index|GA\d{3})\.md$"
    )
    missing = [
        f"{name(page)}: {target}"
        for page in [*pages(), ROOT / "schema" / "README.md"]
        for target in link.findall(
            re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
        )
        if "://" not in target and not target.startswith("mailto:")
        if not (page.parent / target).exists() and not made.search(target)
    ]
    assert missing == []


def test_rules_named_on_the_pages_exist() -> None:
    known = {rule.code for rule in all_rules()}
    named = {
        (name(page), code)
        for page in pages()
        for code in re.findall(r"\bGA\d{3}\b", page.read_text("utf-8"))
    }
    assert {(page, code) for page, code in named if code not in known} == set()


@pytest.mark.parametrize(
    ("path", "style"), [pytest.param(*each, id=each[0].stem) for each in pictures().items()]
)
def test_a_picture_shows_what_is_printed_today(path: Path, style: str) -> None:
    with Image.open(path) as picture:
        assert picture.info["made_from"] == made_from(style), "make pictures draws it anew"


def test_the_gallery_shows_every_style() -> None:
    assert PAGE.read_text("utf-8") == gallery_page()


def test_a_command_that_fails_is_never_written_down() -> None:
    fine, failed, bug = (Step("a", ""), "", 0), (Step("b", ""), "no", 1), (Step("c", ""), "no", 70)
    asked = (Step("echo $?", ""), "1", 0)
    assert not unexpected([fine, failed, asked])
    assert "$ b" in unexpected([fine, failed])
    assert "$ c" in unexpected([bug, asked])


def test_an_output_may_be_cut_with_three_dots() -> None:
    assert agrees("a\n...\nd\n", "a\nb\nc\nd\n")
    assert agrees("...\n", "")
    assert not agrees("a\n...\nd\n", "a\nb\nc\n")
    assert not agrees("a\n", "a\nb\n")
    assert [step.command for step in steps("$ one\nout\n$ two\n")] == ["one", "two"]
