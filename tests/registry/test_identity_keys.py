"""The keys of sessions: kept over restarts, shared by processes, rotated, dropped."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx2
import pytest
from click.testing import CliRunner
from registry_cases import KINDS, url_of
from service_cases import serving
from starlette.testclient import TestClient

from greenalgo.cli.main import cli
from greenalgo.errors import CannotCheckError
from greenalgo.registry.identity import keys
from greenalgo.registry.identity.book import Book, open_book
from greenalgo.registry.identity.keys import LASTS, READ, SIGNS, Keyring
from greenalgo.registry.service import session
from greenalgo.registry.service.app import make_app
from greenalgo.registry.service.desk import Desk
from greenalgo.registry.service.settings import Settings
from greenalgo.registry.service.wire.journal import Journal
from greenalgo.registry.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from greenalgo.registry.store import Store

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)
_FIELD = re.compile(r'name="csrf_token" value="([\w-]+)"')


@contextmanager
def opened(url: str) -> Iterator[TestClient]:
    """Open a service on a store, as another process would."""
    store = open_store(url, create=True)
    with open_book(store) as book:
        app = make_app(Desk(store, Settings()), book=book, journal=Journal(lambda _: None))
        with TestClient(app, "http://127.0.0.1:8000", headers={"Accept": "text/html"}) as client:
            yield client
    store.close()


def field(client: TestClient | httpx2.Client) -> str:
    found = _FIELD.search(client.get("/submit").text)
    assert found
    return found[1]


def taken(client: TestClient | httpx2.Client, cookie: str, token: str) -> bool:
    """Send a form; say whether it was taken."""
    client.cookies.clear()
    client.cookies.set("greenalgo", cookie)
    answer = client.post("/submit", data={"csrf_token": token, "text": "x"})
    assert answer.status_code in (200, 403)
    return bool(answer.status_code == 200)


def test_the_same_key_for_whoever_asks(store: Store) -> None:
    with open_book(store) as one, open_book(store) as other:
        first = one.session_keys(NOON)
        assert len(first) == 1
        assert len(first[0]) == 43
        assert other.session_keys(NOON + DAY) == first


def test_of_many_who_come_first_one_makes_the_key(store: Store) -> None:
    with open_book(store) as book, ThreadPoolExecutor(8) as pool:
        start = threading.Barrier(8)

        def ask(_: int) -> tuple[str, ...]:
            start.wait()
            return book.session_keys(NOON)

        assert len(set(pool.map(ask, range(8)))) == 1


def test_a_new_key_signs_while_the_one_before_is_read(store: Store) -> None:
    with open_book(store) as book:
        (old,) = book.session_keys(NOON)
        assert book.session_keys(NOON + SIGNS - timedelta(seconds=1)) == (old,)
        new, before = book.session_keys(NOON + SIGNS)
        assert (before, new == old) == (old, False)
        last = NOON + SIGNS + READ
        assert book.session_keys(last - timedelta(seconds=1)) == (new, old)
        assert book.session_keys(last) == (new,)


def test_a_registry_that_slept_begins_with_a_new_key(store: Store) -> None:
    with open_book(store) as book:
        (old,) = book.session_keys(NOON)
        (new,) = book.session_keys(NOON + 100 * DAY)
        assert new != old


def test_an_old_key_is_read_for_longer_than_anything_that_it_signed_holds() -> None:
    longest = max(LASTS, timedelta(seconds=session.MOST_IDLE)) + timedelta(seconds=keys.LOOK)
    assert longest < READ


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_outlives_a_restart_and_reaches_another_service(kind: str, tmp_path: Path) -> None:
    url = url_of(kind, tmp_path)
    with opened(url) as before:
        token = field(before)
        cookie = before.cookies["greenalgo"]
    with opened(url) as after, opened(url) as beside:
        assert taken(after, cookie, token)
        assert taken(beside, cookie, token)


def test_two_processes_take_the_forms_of_each_other(tmp_path: Path) -> None:
    with ExitStack() as stack:
        urls = [stack.enter_context(serving(tmp_path))[1] for _ in range(2)]
        one, other = (stack.enter_context(httpx2.Client(base_url=url)) for url in urls)
        token, back = field(one), field(other)
        first, second = one.cookies["greenalgo"], other.cookies["greenalgo"]
        assert taken(other, first, token)
        assert taken(one, second, back)


def test_a_key_that_another_process_made_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url_of("sqlite", tmp_path)
    monkeypatch.setattr(keys, "HURRY", 3600.0)
    with opened(url) as long_running:
        rotate(url)
        with opened(url) as new:
            token = field(new)
            cookie = new.cookies["greenalgo"]
        assert not taken(long_running, cookie, token)  # it looked a moment ago
        monkeypatch.setattr(keys, "HURRY", 0.0)
        assert taken(long_running, cookie, token)


def test_whoever_sends_nonsense_does_not_make_the_registry_look_all_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "HURRY", 3600.0)
    looks: list[datetime] = []
    known = Book.session_keys

    def look(book: Book, at: datetime) -> tuple[str, ...]:
        looks.append(at)
        return known(book, at)

    monkeypatch.setattr(Book, "session_keys", look)
    with opened(url_of("sqlite", tmp_path)) as client:
        for _ in range(20):
            assert not taken(client, "nonsense", "token")
    assert len(looks) == 1  # at its start


def test_everybody_is_signed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = url_of("sqlite", tmp_path)
    with opened(url) as client:
        token = field(client)
        cookie = client.cookies["greenalgo"]
        assert taken(client, cookie, token)
        done = CliRunner().invoke(cli, ["registry", "sign-out", "--store", url])
        assert done.exit_code == 0, done.output
        assert "all sessions end" in done.stdout
        monkeypatch.setattr(keys, "LOOK", 0.0)  # a minute later
        assert not taken(client, cookie, token)
        client.cookies.clear()
        token = field(client)
        assert taken(client, client.cookies["greenalgo"], token)


def test_a_book_that_is_away_ends_no_session(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_book(store) as book:
        ring = Keyring(book)
        known = ring.keys

        def fail(at: datetime) -> tuple[str, ...]:
            raise CannotCheckError("the database is away")

        monkeypatch.setattr(book, "session_keys", fail)
        ring.look()
        assert ring.keys == known


def rotate(url: str) -> None:
    """Put a newer key into the book of a registry."""
    store = open_store(url)
    with open_book(store) as book:
        book.session_keys(datetime.now(UTC) + SIGNS)
    store.close()
