"""A permalink answers people and programs: a page, canonical JSON, YAML; 410 once it was taken back."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest
from registry_cases import draft
from service_cases import BASE, Service, service

from greenalgo.api import loads
from greenalgo.registry.record import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx2

#: What a browser sends.
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_JSON, _YAML = "application/json", "application/yaml"
FORMS = {BROWSER: "text/html", _JSON: _JSON, _YAML: _YAML}
ONE = draft(1)


@pytest.fixture
def served(tmp_path: Path, kind: str) -> Iterator[Service]:
    with service(tmp_path, kind) as found:
        found.desk.store.commit([ONE])
        yield found


def ask(
    served: Service, tail: str = "", accept: str = "*/*", digest: str = ONE.digest, **more: str
) -> httpx2.Response:
    headers = {"Accept": accept, **{name.replace("_", "-"): value for name, value in more.items()}}
    return served.client.get(f"/statements/{digest}{tail}", headers=headers)


@pytest.mark.parametrize(("accept", "media"), [*FORMS.items(), ("*/*", "text/html")])
def test_each_client_gets_its_form(served: Service, accept: str, media: str) -> None:
    answer = ask(served, accept=accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == media
    assert "Accept" in answer.headers["vary"]
    assert answer.headers["cache-control"] == "no-cache"


def test_json_is_what_the_digest_is_the_hash_of(served: Service) -> None:
    for answer in (ask(served, accept="application/json"), ask(served, ".json")):
        assert hashlib.sha256(answer.content).hexdigest() == ONE.digest
        assert answer.headers["etag"] == f'"{ONE.digest}"'
    yaml = ask(served, ".yaml")
    assert yaml.headers["content-type"].startswith("application/yaml")
    assert loads(yaml.content, "f.yaml").data == loads(ONE.body, "f.json").data
    # A form that the address itself names does not depend on a header.
    assert "vary" not in yaml.headers


def test_a_quality_decides_and_what_is_not_there_is_refused(served: Service) -> None:
    liked = ask(served, accept="text/html;q=0.5, application/yaml;q=0.9, application/json;q=0.1")
    assert liked.headers["content-type"].startswith("application/yaml")
    refused = ask(served, accept="image/png")
    assert refused.status_code == 406
    assert "application/yaml" in refused.json()["hint"]
    assert ask(served, ".pdf").status_code == 404


def test_each_form_has_a_tag_of_its_own(served: Service) -> None:
    tags = {accept: ask(served, accept=accept).headers["etag"] for accept in FORMS}
    assert len(set(tags.values())) == len(FORMS)
    for accept in FORMS:
        for other, tag in tags.items():
            again = ask(served, accept=accept, If_None_Match=tag)
            assert again.status_code == (304 if other == accept else 200)
            assert "Accept" in again.headers["vary"]


def test_links_say_how_to_cite_it_and_what_came_after(served: Service) -> None:
    for accept in FORMS:
        links = ask(served, accept=accept).links
        assert links["cite-as"]["url"] == f"{BASE}/statements/{ONE.digest}"
        assert "successor-version" not in links
    later = draft(2, supersedes=ONE.digest)
    served.desk.store.commit([later])
    answer = ask(served, accept="application/json")
    assert answer.status_code == 200
    assert answer.links["successor-version"]["url"] == f"{BASE}/statements/{later.digest}"
    assert answer.links["latest-version"]["url"] == f"{BASE}/statements/{later.digest}"
    latest = draft(3, supersedes=later.digest)
    served.desk.store.commit([latest, Draft("withdraw", latest.digest, "", "counted twice")])
    for accept in FORMS:
        links = ask(served, accept=accept).links
        assert links["successor-version"]["url"] == f"{BASE}/statements/{later.digest}"
        assert links["latest-version"]["url"] == f"{BASE}/statements/{latest.digest}"
    page = ask(served, accept="text/html").text
    note = page[page.index("There is a newer version") : page.index('<p class="lead">')]
    assert re.findall(r'/statements/(\w+)"', note) == [later.digest, latest.digest]
    assert re.findall(r'chip \w+">(\w+)<', note) == ["superseded", "withdrawn"]


def test_the_versions_of_a_statement_say_what_became_of_them_and_no_words_that_are_withheld(
    served: Service,
) -> None:
    secret = draft(2, supersedes=ONE.digest, name="Secret")
    last = draft(3, supersedes=secret.digest)
    served.desk.store.commit([secret, last])
    served.desk.store.commit([Draft("quarantine", secret.digest, "", "personal-data")])
    for digest in (ONE.digest, last.digest):
        page = ask(served, digest=digest, accept="text/html").text
        versions = page[page.index("<h3>Versions</h3>") : page.index('<h2 id="cite">')]
        assert "Secret" not in page
        assert re.findall(r'chip \w+">(\w+)<', versions) == ["superseded", "quarantined"]


REASONS = {
    "withdraw": "a node was counted twice",
    "retract": "wrong-figures: a node was counted twice",
}


@pytest.mark.parametrize("kind", REASONS)
def test_what_was_taken_back_is_gone_and_says_why(served: Service, kind: str) -> None:
    tag = ask(served, ".json").headers["etag"]
    served.desk.store.commit([Draft(kind, ONE.digest, "", REASONS[kind])])
    page = ask(served, accept=BROWSER)
    assert page.status_code == 410
    assert "a node was counted twice" in page.text
    assert "Training of Chess-7B" in page.text
    for tail, accept in (("", "application/json"), ("", "application/yaml"), (".json", "*/*")):
        gone = ask(served, tail, accept, If_None_Match=tag)
        assert gone.status_code == 410
        assert gone.json()["type"].endswith("/gone")
        assert "a node was counted twice" in gone.json()["detail"]
    body = served.client.get(f"/api/v1/statements/{ONE.digest}")
    assert body.content == ONE.body


def test_what_moderators_keep_back_is_in_no_form(served: Service) -> None:
    served.desk.store.commit(
        [Draft("quarantine", ONE.digest, "", "personal-data: it holds a name")]
    )
    for tail, accept in (*(("", accept) for accept in FORMS), (".json", "*/*"), (".yaml", "*/*")):
        answer = ask(served, tail, accept)
        assert answer.status_code == 403
        assert "Chess" not in answer.text


def test_a_beginning_leads_to_the_whole_in_the_same_form(served: Service) -> None:
    for tail in ("", ".json", ".yaml"):
        short = served.client.get(f"/statements/{ONE.digest[:9]}{tail}")
        assert short.headers["location"] == f"/statements/{ONE.digest}{tail}"
    assert served.client.get(f"/statements/{'0' * 9}.json").status_code == 404
    assert served.client.get("/statements/zzz.json").status_code == 404
