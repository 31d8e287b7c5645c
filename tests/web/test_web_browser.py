"""The pages in a real browser: axe, keyboard alone, without scripts, hostile statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_cases import fill_store, serving, visiting
from playwright.sync_api import expect
from web_cases import VALID, open_desk

from greenalgo.registry.identity.book import open_book
from greenalgo.registry.identity.people import Person
from greenalgo.registry.service.wire.callers import GUEST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from browser_cases import Visit
    from playwright.sync_api import Browser

    from greenalgo.registry.identity.people import Ask

pytestmark = pytest.mark.browser

SCHEMES: tuple[Any, ...] = ("light", "dark")
INVALID = VALID.replace("hours: 10", "hours: ten")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    desk, digests = fill_store(tmp_path_factory.mktemp("browser") / "statements")
    with serving(desk) as address:
        yield address, digests


def pages(visit: Visit, digests: dict[str, str]) -> dict[str, str]:
    """Return the addresses of the pages that are looked at."""
    visit.go("/statements?q=gpt-3")
    boxes = visit.page.locator("input[name=d]").all()
    picked = [box.get_attribute("value") for box in boxes]
    assert len(picked) > 2
    compared = "&".join(f"d={digest}" for digest in picked[:5])
    return {
        "home": "/", "list": "/statements", "nothing found": "/statements?q=nowhere-at-all",
        "statement": f"/statements/{picked[0]}", "withdrawn": f"/statements/{digests['withdrawn']}",
        "erased": f"/statements/{digests['erased']}",
        "compare": f"/compare?{compared}", "compare start": "/compare", "calculator": "/calculator",
        "calculator wrong": "/calculator?hours=x", "submit": "/submit", "statistics": "/statistics",
        "about": "/about", "error": "/nowhere",
    }  # fmt: skip


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser: Browser, registry: tuple[str, dict[str, str]], width: int
) -> None:
    axe, found = Axe(), []
    with visiting(browser, registry[0], width=width) as visit:
        for name, path in pages(visit, registry[1]).items():
            visit.go(path)
            if name == "submit":
                visit.page.get_by_label("Statement", exact=True).last.fill(INVALID)
                visit.page.get_by_role("button", name="Check").click()
                visit.page.get_by_text("There is something to correct").wait_for()
            if name == "compare":
                visit.page.locator(".live svg").wait_for()
            sticks = visit.page.evaluate("document.documentElement.scrollWidth")
            assert sticks <= width, name
            for scheme in SCHEMES:
                visit.page.emulate_media(color_scheme=scheme)
                response = axe.run(visit.page).response
                found += [
                    (name, scheme, one["id"], one["nodes"][0]["html"][:120])
                    for one in response["violations"]
                ]
    assert found == []


def test_search_filter_compare_with_the_keyboard_alone(
    browser: Browser, registry: tuple[str, dict[str, str]]
) -> None:
    with visiting(browser, registry[0]) as visit:
        page = visit.page
        visit.go("/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        tab_to(visit, "#q")
        page.keyboard.type("llama")
        page.keyboard.press("Enter")
        page.wait_for_url("**/statements?q=llama")
        tab_to(visit, "#f-phase")
        page.keyboard.type("training")
        page.wait_for_url("**phase=training**")
        for _ in range(2):
            tab_to(visit, "input[name=d]:not(:checked)")
            page.keyboard.press("Space")
        expect(page.locator("[data-picked]")).to_have_text("2 of at most 12 picked")
        tab_to(visit, "form[action='/compare'] button")
        page.keyboard.press("Enter")
        page.wait_for_url("**/compare?**as_of=**")
        expect(page.get_by_role("heading", level=1)).to_have_text("2 statements compared")


def test_submit_with_the_keyboard_alone(
    browser: Browser, registry: tuple[str, dict[str, str]]
) -> None:
    with visiting(browser, registry[0]) as visit:
        page = visit.page
        visit.go("/submit")
        tab_to(visit, "#text")
        page.keyboard.insert_text(VALID.replace("A statement of the tests", "By keyboard"))
        expect(page.get_by_text("It can be submitted")).to_be_visible()
        tab_to(visit, "button[value=submit]")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Keep this statement for ever?")
        tab_to(visit, "button[value=confirm]")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("By keyboard")


def tab_to(visit: Visit, selector: str) -> None:
    """Press Tab until an element that fits has the focus."""
    for _ in range(150):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} cannot be reached with Tab")


def test_everything_works_without_scripts(
    browser: Browser, registry: tuple[str, dict[str, str]]
) -> None:
    with visiting(browser, registry[0], scripts=False) as visit:
        page = visit.page
        visit.go("/")
        page.get_by_label("Search statements").fill("bloom")
        page.get_by_role("button", name="Search").click()
        page.get_by_label("Phase").select_option("training")
        page.get_by_role("button", name="Search").click()
        # A click waits for the answer to begin, and only this for the page to be there.
        page.wait_for_url("**phase=training**")
        for box in page.locator("input[name=d]").all()[:3]:
            box.check()
        page.get_by_role("button", name="Compare those picked").click()
        expect(page.locator("svg[data-fallback]")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("3 statements compared")
        page.get_by_label("What", exact=True).select_option("energy")
        page.get_by_role("button", name="Compare").click()
        page.wait_for_url("**metric=energy**")
        visit.go("/calculator")
        page.get_by_label("Hours", exact=True).fill("200")
        page.get_by_role("button", name="Compute").click()
        page.wait_for_url("**hours=200**")
        expect(page.get_by_role("heading", name="What follows")).to_be_visible()
        visit.go("/submit")
        page.locator("#text").fill(INVALID)
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_text("There is something to correct")).to_be_visible()
        page.locator("#text").fill(VALID.replace("A statement of the tests", "Without scripts"))
        page.get_by_role("button", name="Submit").click()
        page.get_by_role("button", name="Yes, keep it").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Without scripts")


def test_what_scripts_add(browser: Browser, registry: tuple[str, dict[str, str]]) -> None:
    with visiting(browser, registry[0]) as visit:
        page = visit.page
        visit.go("/statements")
        page.get_by_label("Country").select_option("FRA")
        page.wait_for_url("**country=FRA**")
        said = page.locator("#results [role=status]").first.inner_text()
        page.reload()  # the address is that of the whole page, not of the part
        expect(page.get_by_role("heading", level=1)).to_have_text("Statements")
        assert page.locator("#results [role=status]").first.inner_text() == said
        page.get_by_label("Country").select_option("")
        page.wait_for_url("**country=&**")
        page.go_back()
        page.wait_for_url("**country=FRA**")
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("heading", level=1)).to_have_text("Statements")
        visit.go("/calculator")
        page.get_by_label("Hours", exact=True).fill("1")
        page.get_by_label("Multiplier").focus()
        page.wait_for_url("**hours=1&**")
        expect(page.locator("#result h2")).to_have_text("What follows")
        visit.go("/submit")
        page.locator("#text").fill(INVALID)
        expect(page.get_by_text("line 9, column")).to_be_visible()
        assert page.url.endswith("/submit")


def test_hostile_statements_stay_inert(
    browser: Browser, registry: tuple[str, dict[str, str]]
) -> None:
    digest = registry[1]["hostile"]
    with visiting(browser, registry[0]) as visit:
        for path in (
            f"/statements/{digest}", "/", "/statements?q=pwned", f"/compare?d={digest}&per=unit",
            f"/compare?d={digest}&d={registry[1]['withdrawn']}", "/statistics",
            f"/statements/{registry[1]['withdrawn']}",
            "/calculator?title=%22%3E%3Cimg+src%3Dx+onerror%3Dwindow.pwned%3D1%3E&hours=1&memory=1&place=France",
            "/statements?q=%22%3E%3Cimg+src%3Dx+onerror%3Dwindow.pwned%3D1%3E",
            "/%3Cimg%20src=x%20onerror=window.pwned=1%3E",
        ):  # fmt: skip
            visit.go(path)
            visit.page.wait_for_load_state("networkidle")
            assert visit.page.evaluate("window.pwned") is None, path
            assert visit.page.locator("[onerror], [onload], [onmouseover], iframe").count() == 0
            assert visit.page.locator("a[href^='javascript']").count() == 0
        visit.go(f"/statements/{digest}")
        expect(visit.page.get_by_role("heading", level=1)).to_have_text(
            "<img src=x onerror=window.pwned=1>"
        )


def test_a_title_turns_round_no_text_behind_it(browser: Browser, tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "statements")
    text = VALID.replace("A statement of the tests", '"Text \\u202e"')
    text = text.replace("name: Tested", 'name: "Subject \\u202e"')
    judged = desk.look(text.encode(), "footprint.yaml")
    desk.submit(judged, text.encode(), "footprint.yaml", identity=GUEST)
    with serving(desk) as address, visiting(browser, address) as visit:
        for path, place in (
            ("/statements", ".meta"), (f"/statements/{judged.digest}", ".lead"),
            (f"/compare?d={judged.digest}", ".plain .soft"),
        ):  # fmt: skip
            visit.go(path)
            ends = visit.page.locator(place).first.evaluate(
                """element => {
                    const text = element.lastChild, range = document.createRange();
                    return [1, text.length].map(end => {
                        range.setStart(text, end - 1);
                        range.setEnd(text, end);
                        return range.getBoundingClientRect().left;
                    });
                }"""
            )
            assert ends[0] < ends[1], path


class Approves:
    """Vouches for whoever comes, at once."""

    name = "ORCID"

    def address(self, ask: Ask) -> str:
        return f"{ask.redirect}?code=x&state={ask.state}"

    def person(self, code: str, ask: Ask, at: datetime) -> Person:
        return Person("https://orcid.org", "0000-0002-1825-0097", "Josiah Carberry")


def test_an_account_with_the_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "statements", open_door=False)
    axe = Axe()
    found: list[tuple[str, ...]] = []

    def look(visit: Visit, name: str) -> None:
        for scheme in SCHEMES:
            visit.page.emulate_media(color_scheme=scheme)
            violations = axe.run(visit.page).response["violations"]
            found.extend((name, scheme, one["id"], one["nodes"][0]["html"]) for one in violations)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360, name

    with open_book(desk.store) as book, serving(desk, book, Approves()) as address:
        with visiting(browser, address, width=360, scripts=False) as visit:
            visit.go("/account")
            assert visit.page.get_by_role("heading", name="Sign in").is_visible()
        with visiting(browser, address, width=360) as visit:
            page = visit.page
            visit.go("/account")
            look(visit, "signed out")
            tab_to(visit, "a[href='/sign-in']")
            page.keyboard.press("Enter")
            page.get_by_role("heading", name="Your account").wait_for()
            visit.go("/submit")
            page.locator("#text").fill(VALID)
            page.get_by_role("button", name="Submit…").click()
            page.get_by_role("button", name="Yes, keep it").click()
            page.wait_for_url("**/statements/*")
            visit.go("/account")
            tab_to(visit, "#name")
            page.keyboard.type("laptop")
            page.keyboard.press("Enter")
            page.get_by_role("heading", name="Your new token").wait_for()
            tab_to(visit, "summary")
            page.keyboard.press("Enter")
            look(visit, "signed in, with a new token")
            page.locator("input[name=reason]").fill("counted twice")
            page.keyboard.press("Enter")
            page.get_by_text("withdrawn").first.wait_for()
            look(visit, "after a withdrawal")
    assert found == []
