"""The page of a blind deposit: what a reviewer needs, and nothing that says who."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_cases import serving, visiting
from starlette.testclient import TestClient
from web_cases import open_desk

from greenalgo.registry.door import look
from greenalgo.registry.identity import deposits
from greenalgo.registry.identity.book import open_book
from greenalgo.registry.service.app import make_app
from telling_cases import SECRETS, filled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from greenalgo.registry.identity.book import Book
    from greenalgo.registry.service.desk import Desk


@pytest.fixture
def room(tmp_path: Path) -> Iterator[tuple[Desk, Book, deposits.Deposit]]:
    desk = open_desk(tmp_path / "registry")
    with open_book(desk.store) as book:
        yield desk, book, deposits.deposit(desk.store, book, filled(), "footprint.yaml")


@pytest.fixture
def client(room: tuple[Desk, Book, deposits.Deposit]) -> Iterator[TestClient]:
    with TestClient(make_app(room[0], book=room[1])) as made:
        yield made


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (BROWSER, "text/html"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html;q=0.1, application/json", "application/json"),
    ],
)
def test_browsers_get_a_page_and_others_json(
    room: tuple[Desk, Book, deposits.Deposit], client: TestClient, accept: str, kind: str
) -> None:
    answer = client.get(f"/review/{room[2].review}", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["vary"] == "Accept"


def test_a_form_that_there_is_not_is_refused(
    room: tuple[Desk, Book, deposits.Deposit], client: TestClient
) -> None:
    answer = client.get(f"/review/{room[2].review}", headers={"Accept": "image/png"})
    assert answer.status_code == 406


@pytest.mark.parametrize("accept", [BROWSER, "application/json"])
def test_nothing_says_who_where_or_exactly_when(
    room: tuple[Desk, Book, deposits.Deposit], client: TestClient, accept: str
) -> None:
    made = room[2]
    answer = client.get(f"/review/{made.review}", headers={"Accept": accept})
    all_of_it = f"{answer.headers!r} {answer.text}".casefold()
    for secret in (*SECRETS, made.digest, made.digest[:8], made.commitment[:8], made.salt[:8]):
        assert secret.casefold() not in all_of_it, secret
    for secret in ("us-ca", "california"):
        assert secret not in all_of_it, secret
    assert made.review not in answer.text
    assert made.review not in repr(answer.headers)


def test_a_page_that_nobody_finds_keeps_or_learns_of(
    room: tuple[Desk, Book, deposits.Deposit], client: TestClient
) -> None:
    answer = client.get(f"/review/{room[2].review}", headers={"Accept": BROWSER})
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
    assert "etag" not in answer.headers
    assert "link" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers
    links = set(re.findall(r'(?:href|src|action)="([^"]*)"', answer.text))
    inside = re.compile(
        r"#main|/|/(statements|compare|calculator|submit|statistics|about)(#\w+)?|/static/.+"
    )
    outside = {link for link in links if not inside.fullmatch(link)}
    assert all(re.fullmatch(r"https://[^/]+/.*GA\d{3}", link) for link in outside), outside


def test_it_shows_numbers_trace_and_findings(
    room: tuple[Desk, Book, deposits.Deposit], client: TestClient
) -> None:
    html = client.get(f"/review/{room[2].review}", headers={"Accept": BROWSER}).text
    for text in (
        "A statement under double-blind review",
        "training",
        "hyper-parameter search",
        "France",
        "NVIDIA A100-SXM4-80GB",
        "(withheld)",
        "345 kWh",
        "energy_facility_kwh = energy_it_kwh x pue",
        "Findings",
        "GA",
    ):
        assert text in html, text
    view = client.get(f"/review/{room[2].review}").json()
    for found in view["findings"]:
        assert found["title"] in html
        assert found["severity"] in ("error", "warning", "note")


def test_places_of_findings_end_where_the_mask_begins() -> None:
    view = deposits.masked(look(filled(), "footprint.yaml").body, "2026-11-25T00:00:00.000000Z")
    assert view["findings"]
    for found in view["findings"]:
        node: Any = view["statement"]
        for key in found["at"].split("/")[1:]:
            node = node[int(key)] if isinstance(node, list) else node[key]


@pytest.mark.parametrize("key", ["guess", "A" * 43, "é"])
def test_a_key_that_is_none_gets_a_page_that_says_nothing(client: TestClient, key: str) -> None:
    answer = client.get(f"/review/{key}", headers={"Accept": BROWSER})
    assert answer.status_code == 404
    assert answer.headers["x-robots-tag"].startswith("noindex")
    assert "There is no deposit under this address" in answer.text


def test_it_ends_with_the_reveal(
    room: tuple[Desk, Book, deposits.Deposit], client: TestClient
) -> None:
    desk, book, made = room
    deposits.reveal(desk.store, book, made.salt, made.digest)
    page = client.get(f"/review/{made.review}", headers={"Accept": BROWSER})
    assert page.status_code == 410
    assert f'href="/statements/{made.digest}"' in page.text


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_and_nothing_sticks_out(
    room: tuple[Desk, Book, deposits.Deposit],
    browser: Browser,
    width: int,
) -> None:
    desk, book, made = room
    schemes: tuple[Any, ...] = ("light", "dark")
    with serving(desk, book) as address, visiting(browser, address, width=width) as visit:
        assert visit.go(f"/review/{made.review}") == 200
        for part in visit.page.locator("details").all():
            part.evaluate("part => { part.open = true; }")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        for scheme in schemes:
            visit.page.emulate_media(color_scheme=scheme)
            found = Axe().run(visit.page).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []


@pytest.mark.browser
def test_it_can_be_read_without_scripts(
    room: tuple[Desk, Book, deposits.Deposit],
    browser: Browser,
) -> None:
    desk, book, made = room
    with serving(desk, book) as address, visiting(browser, address, scripts=False) as visit:
        visit.go(f"/review/{made.review}")
        assert visit.page.get_by_role("heading", name="How the numbers follow").is_visible()
        assert visit.page.title() == "Under review · greenalgo registry"
