"""What is compressed, under which tag, and what never is."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from registry_cases import draft
from service_cases import API, BASE, Service, service
from starlette.testclient import TestClient

from greenalgo.registry.identity.book import open_book
from greenalgo.registry.identity.tokens import new_token, utc_now
from greenalgo.registry.service.app import make_app
from greenalgo.registry.service.desk import Desk
from greenalgo.registry.service.settings import Settings
from greenalgo.registry.service.wire.packing import LEAST
from greenalgo.registry.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIST = f"{API}/statements"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(tmp_path_factory.mktemp("packing"), "sqlite") as found:
        found.desk.store.commit([draft(hours) for hours in range(1, 9)])
        yield found


def raw(served: Service, path: str, accept: str, **more: str) -> tuple[int, dict[str, str], bytes]:
    """Ask, and give the bytes as they come over the wire."""
    headers = {"Accept-Encoding": accept, **{name.replace("_", "-"): text for name, text in more.items()}}  # fmt: skip
    with served.client.stream("GET", path, headers=headers) as answer:
        content = b"".join(answer.iter_raw())
        return answer.status_code, dict(answer.headers), content


@pytest.mark.parametrize("path", [LIST, f"{API}/compare", f"{API}/schema"])
def test_what_everybody_may_have_is_compressed_under_a_tag_of_its_own(
    served: Service, path: str
) -> None:
    _, plain, content = raw(served, path, "identity")
    _, packed, small = raw(served, path, "br, gzip")
    assert "content-encoding" not in plain
    assert packed["content-encoding"] == "gzip"
    assert gzip.decompress(small) == content
    assert int(packed["content-length"]) == len(small) < len(content) / 2
    assert packed["etag"] != plain["etag"]
    for headers in (plain, packed):
        assert "Accept-Encoding" in headers["vary"]
    for accept, own, other in (("gzip", packed, plain), ("identity", plain, packed)):
        status, headers, nothing = raw(served, path, accept, If_None_Match=own["etag"])
        assert (status, nothing, headers["etag"]) == (304, b"", own["etag"])
        assert raw(served, path, accept, If_None_Match=other["etag"])[0] == 200


def test_the_header_vary_names_all_that_an_answer_depends_on(served: Service) -> None:
    assert raw(served, LIST, "gzip")[1]["vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize("accept", ["", "gzip;q=0", "gzip; q=0.0", "identity", "br", "*;q=0"])
def test_who_does_not_take_it_gets_it_as_it_is(served: Service, accept: str) -> None:
    assert "content-encoding" not in raw(served, LIST, accept)[1]


@pytest.mark.parametrize("accept", ["gzip", "GZIP;q=0.5", "*", "br;q=1, *;q=0.1"])
def test_who_takes_it_gets_it(served: Service, accept: str) -> None:
    assert raw(served, LIST, accept)[1]["content-encoding"] == "gzip"


def test_small_answers_are_not_worth_it(served: Service) -> None:
    _, headers, content = raw(served, f"{API}/log/checkpoint", "gzip")
    assert len(content) < LEAST
    assert "content-encoding" not in headers


def test_large_scripts_are_compressed(served: Service) -> None:
    page = served.client.get("/submit", headers={"Accept": "text/html"}).text
    address = next(part.partition('"')[0] for part in page.split('src="') if "htmx" in part[:80])
    _, plain, content = raw(served, address, "identity")
    _, packed, small = raw(served, address, "gzip")
    assert gzip.decompress(small) == content
    assert packed["content-encoding"] == "gzip"
    assert plain["vary"] == packed["vary"] == "Accept-Encoding"


def test_nothing_with_a_secret_in_it_is_compressed(served: Service) -> None:
    """A page with a form has a token, and shows what was asked for: its size would tell one by the other."""
    browser = {"Accept": "text/html", "Accept-Encoding": "gzip"}
    seen = 0
    for path in ("/", "/statements?q=csrf_token", "/submit", "/compare", "/statistics", "/about"):
        answer = served.client.get(path, headers=browser)
        assert "content-encoding" not in answer.headers, path
        seen = max(seen, len(answer.content))
    assert seen > LEAST


def test_a_list_of_tokens_is_not_compressed(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/registry.db", create=True)
    with open_book(store) as book:
        made = [
            new_token(
                f"n{at}", frozenset({"admin"}), made_by="operator", at=utc_now(), lasts=timedelta(1)
            )
            for at in range(40)
        ]
        for one in made:
            book.add_token(one.token)
        app = make_app(Desk(store, Settings(BASE)), book=book)
        with TestClient(app, BASE) as client:
            headers = {"Authorization": f"Bearer {made[0].secret}", "Accept-Encoding": "gzip"}
            answer = client.get(f"{API}/tokens", headers=headers)
    store.close()
    assert answer.status_code == 200
    assert len(answer.content) > LEAST
    assert "content-encoding" not in answer.headers
