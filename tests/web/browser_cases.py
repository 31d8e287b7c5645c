"""A registry behind a real server, and a browser that notes what it should not have to."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import uvicorn
from web_cases import CORPUS, VALID, open_desk

from greenalgo.registry.record import Draft
from greenalgo.registry.service.app import make_app
from greenalgo.registry.service.wire.callers import GUEST
from greenalgo.sources.dump import to_yaml
from greenalgo.sources.fast import parse_fast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from greenalgo.registry.identity.book import Book
    from greenalgo.registry.identity.people import Provider
    from greenalgo.registry.service.desk import Desk

ARGS = [
    "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
#: Milliseconds that a browser beside other tests may take.
PATIENCE = 30_000
#: Texts that run where a page forgets to escape one.
PAYLOADS = (
    "<img src=x onerror=window.pwned=1>",
    '"><script>window.pwned=2</script>',
    "' onmouseover='window.pwned=3' x='",
    "{{ 7*7 }}{% raw %}</textarea><svg onload=window.pwned=4>",
    "javascript:window.pwned=5",
    "</script><iframe srcdoc='<script>parent.pwned=6</script>'>",
)
#: Fields with a form of their own.
_FORMED = frozenset((
    "spec_version", "kind", "phase", "outcome", "country", "id", "arxiv", "doi", "url", "orcid",
    "status", "issued", "licence", "basis",
))  # fmt: skip


def hostile() -> dict[str, Any]:
    """Return a valid statement whose every free text is a payload."""
    data = parse_fast(VALID.encode(), "valid.yaml")
    assert isinstance(data, dict)
    data |= {
        "authors": [{"name": "text"}], "note": "text", "provenance": {"citation": "text", "compiled_by": "text"},
        "functional_units": [{"unit": "text", "quantity": 10, "run": "main"}],
        "boundary": {"includes": ["text", "text"], "failed_runs": "none", "exploratory_runs": "none"},
        "reported": {"energy_it_kwh": 28, "as_printed": {"energy_it_kwh": "28 kWh"}, "source": "text"},
    }  # fmt: skip
    data["subject"] |= {"description": "text", "field": "text", "task": "text", "version": "text"}
    data["runs"][0] |= {"name": "text", "note": "text"}
    data["runs"][0]["location"] |= {"site": "text", "provider": "text", "region": "text"}
    data["runs"][0]["hardware"][0] |= {"source": "text", "note": "text"}
    count = iter(range(10_000))

    def poisoned(node: Any, key: str = "") -> Any:
        if isinstance(node, dict):
            return {name: poisoned(value, name) for name, value in node.items()}
        if isinstance(node, list):
            return [poisoned(value, key) for value in node]
        if isinstance(node, str) and key not in _FORMED and node not in ("none", "28 kWh", "main"):
            return PAYLOADS[next(count) % len(PAYLOADS)]
        return node

    made = poisoned(data)
    assert isinstance(made, dict)
    return made


def fill_store(folder: Path) -> tuple[Desk, dict[str, str]]:
    """Fill a store with the corpus, a hostile statement, one that was withdrawn and one that was erased.

    Returns:
        The desk, and digests by name: ``hostile``, ``withdrawn``, ``erased``.
    """
    shutil.copytree(CORPUS, folder)
    desk = open_desk(folder)
    digests = {}
    taken = VALID.replace("A statement of the tests", "Withdrawn by its authors")
    gone = VALID.replace("A statement of the tests", "Erased for its words")
    for name, text in (("hostile", to_yaml(hostile())), ("withdrawn", taken), ("erased", gone)):
        judged = desk.look(text.encode(), "footprint.yaml")
        assert judged.fit, [str(found) for found in judged.report.findings]
        digests[name] = judged.digest
        desk.submit(judged, text.encode(), "footprint.yaml", identity=GUEST)
    desk.store.commit(
        [Draft("withdraw", digests["withdrawn"], "", f"the meter was broken {PAYLOADS[0]}")]
    )
    desk.store.commit([Draft("erase", digests["erased"], "", f"legal: order {PAYLOADS[0]}")])
    return desk, digests


@contextlib.contextmanager
def serving(
    desk: Desk, book: Book | None = None, provider: Provider | None = None
) -> Iterator[str]:
    """Serve a desk in a thread; yields the address."""
    sock = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{sock.getsockname()[1]}"
    desk.settings = desk.settings._replace(base_url=address)
    app = make_app(desk, book=book, provider=provider)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(20)
        sock.close()


class Visit:
    """A page of a browser, and what went wrong on it.

    Args:
        context: Where it is opened.
        address: The only host that it may ask.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.problems: list[str] = []
        self.page: Page = context.new_page()
        self.page.add_init_script(
            "document.addEventListener('securitypolicyviolation', "
            "event => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))"
        )
        self.page.on("console", lambda said: self._console(said.type, said.text))
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: self._dialog(dialog))
        self.page.on("request", lambda request: self._request(request.url))

    def go(self, path: str) -> int:
        """Open a page; returns its status."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        if answer.status == 200 and "html" in answer.headers["content-type"]:
            assert "unsafe" not in answer.headers["content-security-policy"]
        return answer.status

    def _console(self, kind: str, text: str) -> None:
        # A browser says so of an error page that a test asks for.
        if kind == "error" and "the server responded with a status of" not in text:
            self.problems.append(f"console: {text}")

    def _dialog(self, dialog: Any) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, url: str) -> None:
        if not url.startswith((self.address + "/", "data:")):
            self.problems.append(f"request: {url}")


@contextlib.contextmanager
def visiting(
    browser: Browser, address: str, *, width: int = 1280, scripts: bool = True
) -> Iterator[Visit]:
    """Open a page with a profile of its own; whatever went wrong on it fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=scripts
    )
    context.set_default_timeout(PATIENCE)
    visit = Visit(context, address)
    try:
        yield visit
    finally:
        context.close()
    assert visit.problems == []
