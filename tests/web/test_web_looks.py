"""What a reader sees: the same words for the same thing, and tables and charts that can be read on a phone."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from browser_cases import fill_store, serving, visiting
from playwright.sync_api import expect
from starlette.testclient import TestClient
from web_cases import VALID, digests, open_desk

from greenalgo.registry.service.app import make_app
from greenalgo.registry.service.pages import words
from greenalgo.registry.service.wire.callers import GUEST

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


def said(html: str) -> str:
    """Return the text of a page, without what is code or an example."""
    prose = re.sub(r"<(pre|code|script)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", " ", prose.partition("<main")[2]))


def compared(client: TestClient, search: str, most: int) -> str:
    """Return the address of a comparison of the first statements that a search finds."""
    found = digests(client.get(f"/statements?q={search}").text)[:most]
    assert len(found) > 1
    return "/compare?" + "&".join(f"d={digest}" for digest in found)


def test_what_a_terminal_writes_as_co2e_has_its_subscript_on_every_page(client: TestClient) -> None:
    statement = f"/statements/{digests(client.get('/statements?q=bloom').text)[0]}"
    compare = compared(client, "bloom", 5)
    for path in (statement, compare, "/compare", "/statistics", "/about"):
        text = said(client.get(path).text)
        assert "CO2e" not in text, path
        assert "CO₂e" in text, path


def test_a_boundary_is_named_in_the_same_words_everywhere(client: TestClient) -> None:
    assert words.covers("it", "location") == "IT equipment, without PUE, location-based"
    assert words.covers("", "") == "not stated"
    statement = digests(client.get("/statements?q=gpt-3").text)[0]
    family = client.get(f"/statements/{statement}").text.partition("Other statements about")[2]
    assert "without PUE, location-based" in said(f"<main{family}")
    differing = said(client.get(compared(client, "training", 12)).text).partition(
        "They differ in:"
    )[2]
    assert "the facility, with PUE" in differing.partition("level:")[0]


def test_the_first_page_counts_the_artefacts_that_the_statistics_list(client: TestClient) -> None:
    rows = client.get("/statistics").text.partition('id="families"')[2].count('<th scope="row">')
    assert rows > 0
    assert f"Artefacts whose figures differ</dt><dd>{rows}<" in client.get("/").text


def test_a_family_is_shown_with_the_quantity_that_differs_most(client: TestClient) -> None:
    listed = client.get("/statements?q=transformer+big").text
    family = client.get(f"/statements/{digests(listed)[0]}").text.partition("Other statements")[2]
    assert "Their energy harmonised differs by a factor of" in family
    assert '<th scope="col" class="number">Energy as reported</th>' in family
    assert re.search(r'data-label="Harmonised">[\d.]+\u00a0kWh', family)


def test_what_members_of_a_family_differ_in_has_units_and_names(client: TestClient) -> None:
    statement = digests(client.get("/statements?q=geant4").text)[0]
    text = client.get(f"/statements/{statement}").text.partition("Other statements")[2]
    assert "device-hours: 6\u2009048; 66\u2009528" in said(f"<main{text}")
    transformer = digests(client.get("/statements?q=transformer+big").text)[0]
    text = said(client.get(f"/statements/{transformer}").text).partition("They differ in:")[2]
    assert "carbon intensity in g/kWh:" in text
    assert "power in W:" in text


@pytest.mark.browser
def test_on_a_phone_tables_stack_and_labels_of_a_chart_are_whole(
    browser: Browser, tmp_path: Path
) -> None:
    desk, _ = fill_store(tmp_path / "statements")
    with serving(desk) as address, visiting(browser, address, width=390) as visit:
        page = visit.page
        visit.go("/statements?q=gpt-3")
        picked = [box.get_attribute("value") for box in page.locator("input[name=d]").all()]
        visit.go("/compare?" + "&".join(f"d={digest}" for digest in picked[:8]))
        page.locator(".live svg").wait_for()
        labels = page.locator(".live .role-axis-label text").all_text_contents()
        assert "GPT-3 175B training, as reported by Patterson et al. 2021" in labels
        for path in (page.url.removeprefix(address), f"/statements/{picked[0]}"):
            visit.go(path)
            wide = page.locator(".scroll:has(> table.list)").evaluate_all(
                "regions => regions.filter(one => one.scrollWidth > one.clientWidth).length"
            )
            assert wide == 0, path


#: Whether a select shows the longest of its choices whole, beside its arrow.
WHOLE = """select => {
  const pen = document.createElement('canvas').getContext('2d'), style = getComputedStyle(select);
  pen.font = style.font;
  const longest = Math.max(...[...select.options].map(one => pen.measureText(one.text).width));
  return longest + parseFloat(style.paddingLeft) + 20 <= select.clientWidth;
}"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_what_is_chosen_can_be_read_and_a_long_word_hides_no_column(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    desk = open_desk(tmp_path / "statements")
    raw = VALID.replace("A statement of the tests", "Meilen" * 40).encode()
    desk.submit(desk.look(raw, "footprint.yaml"), raw, "footprint.yaml", identity=GUEST)
    with serving(desk) as address, visiting(browser, address, width=width) as visit:
        for path, names in (
            ("/calculator", ("phase", "facility")),
            ("/statements", ("sort", "status")),
        ):
            visit.go(path)
            for name in names:
                assert visit.page.locator(f"select[name={name}]").evaluate(WHOLE), name
        for path in ("/statements", "/"):
            visit.go(path)
            assert visit.page.locator(".scroll").evaluate(
                "one => one.scrollWidth == one.clientWidth"
            )


@pytest.mark.browser
def test_paper_gets_the_list_without_what_is_pressed(browser: Browser, tmp_path: Path) -> None:
    desk, _ = fill_store(tmp_path / "statements")
    with serving(desk) as address, visiting(browser, address) as visit:
        visit.go("/statements?q=gpt-3")
        visit.page.emulate_media(media="print")
        expect(visit.page.locator("table.list")).to_be_visible()
        for pressed in ("button", "input", "select"):
            assert visit.page.locator(f"{pressed}:visible").count() == 0, pressed
        for end in ("left", "right"):
            # Where cells are hidden and the head above them is not, heads stand above the wrong column.
            head, cell = (
                visit.page.locator(f"table.list {row} >> nth=0").evaluate(
                    f"cell => cell.getBoundingClientRect().{end}"
                )
                for row in ("thead th[aria-sort]", "tbody th")
            )
            assert head == cell, end


@pytest.mark.browser
def test_paper_leaves_titles_of_a_comparison_room(browser: Browser, tmp_path: Path) -> None:
    desk, _ = fill_store(tmp_path / "statements")
    with serving(desk) as address, visiting(browser, address, width=760) as visit:
        visit.go("/statements?q=gpt-3")
        boxes = visit.page.locator("input[name=d]").all()[:4]
        picked = "&".join(f"d={box.get_attribute('value')}" for box in boxes)
        visit.go(f"/compare?{picked}")
        visit.page.emulate_media(media="print")
        widths = visit.page.eval_on_selector_all(
            "table.compared",
            "tables => tables.map(one => one.querySelector('tbody th').offsetWidth / one.offsetWidth)",
        )
        assert widths
        assert min(widths) > 0.2


def test_families_of_rates_are_told_apart_by_their_unit(tmp_path: Path) -> None:
    def stated(title: str, factor: float) -> bytes:
        rates = [
            f"{{unit: {unit}, run: main, boundary: it, energy_wh: {factor * wh}}}"
            for unit, wh in (("answer", 1), ("token", 0.01))
        ]
        text = VALID.replace("A statement of the tests", title).replace("    hours: 10\n", "")
        text = text.replace("power_w: {value: 350, status: metered}", "note: none")
        return f"{text}reported: {{per_functional_unit: [{', '.join(rates)}]}}\n".encode()

    folder = tmp_path / "loose"
    folder.mkdir()
    for name, factor in (("first", 1), ("second", 3)):
        (folder / f"{name}.yaml").write_bytes(stated(name, factor))
    with TestClient(make_app(open_desk(folder)), headers={"Accept": "text/html"}) as made:
        text = said(made.get("/statistics").text)
        assert "training, per answer" in text
        assert "training, per token" in text
        assert "Tested, training, per token" in said(made.get("/compare").text)


def test_runs_after_the_twelfth_are_folded(empty: TestClient) -> None:
    head, _, run = VALID.partition("  - id: main")
    desk = empty.app.state.pages.desk  # type: ignore[attr-defined]
    texts = [
        f"{head}{''.join(f'  - id: r{number}{run}' for number in range(many))}".encode()
        for many in (13, 20)
    ]
    for text, folded in zip(texts, (0, 1), strict=True):
        judged = desk.look(text, "footprint.yaml")
        desk.submit(judged, text, "footprint.yaml", identity=GUEST)
        page = empty.get(f"/statements/{judged.digest}").text.partition('id="runs"')[2]
        what_ran = page.partition('id="trace"')[0]
        assert what_ran.count("<summary>8 more runs</summary>") == folded
        assert what_ran.count("<details>") == what_ran.count("</details>") == folded


@pytest.mark.browser
def test_a_title_from_right_to_left_reads_so(browser: Browser, tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "statements")
    raw = VALID.replace("A statement of the tests", "أول ثان (GPT-3) ثالث").encode()
    judged = desk.look(raw, "footprint.yaml")
    desk.submit(judged, raw, "footprint.yaml", identity=GUEST)
    with serving(desk) as address, visiting(browser, address) as visit:
        for path, place in ((f"/statements/{judged.digest}", "h1"), ("/statements", ".what a")):
            visit.go(path)
            first, last = visit.page.locator(place).evaluate(
                """element => {
                    const text = element.firstChild, range = document.createRange();
                    return [0, text.length - 1].map(start => {
                        range.setStart(text, start);
                        range.setEnd(text, start + 1);
                        return range.getBoundingClientRect().left;
                    });
                }"""
            )
            assert first > last, path


@pytest.mark.browser
def test_the_drawn_chart_cuts_no_label_off(browser: Browser, tmp_path: Path) -> None:
    desk, _ = fill_store(tmp_path / "statements")
    with serving(desk) as address, visiting(browser, address, scripts=False) as visit:
        visit.go("/statements?q=training")
        boxes = visit.page.locator("input[name=d]").all()[:12]
        visit.go("/compare?" + "&".join(f"d={box.get_attribute('value')}" for box in boxes))
        starts = visit.page.locator("svg[data-fallback] > text").all()
        assert starts
        edge = visit.page.locator("svg[data-fallback]").bounding_box()
        assert edge
        for label in starts:
            box = label.bounding_box()
            assert box
            assert box["x"] >= edge["x"], label.text_content()
