"""Lists, comparisons, statistics and snapshots over HTTP."""

from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING

import httpx2
import pandas as pd
import pytest
from registry_cases import DATABASES, KINDS, draft, make_store, statement
from service_cases import API, BASE, Service, service, serving

from greenalgo.errors import DamagedError
from greenalgo.registry.catalogue import Catalogue, Query, read
from greenalgo.registry.catalogue.query import Cursor, write_cursor
from greenalgo.registry.catalogue.transactions import reading
from greenalgo.registry.record import Draft
from greenalgo.registry.service import library as libraries
from greenalgo.registry.service.settings import Settings
from greenalgo.registry.snapshot import FORMATS, files_of
from greenalgo.registry.store.sql import SqlStore
from privileges import without_privileges

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from greenalgo.registry.service.library import Library
    from greenalgo.registry.statistics import Statistics


EXPORTS = (
    "comparison.csv",
    "comparison.tex",
    "comparison.bib",
    "comparison.json",
    "figure.vl.json",
)


@pytest.fixture(scope="module", params=KINDS)
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("lists")
    day = folder / "snapshots" / "2026-11-25"
    day.mkdir(parents=True)
    (day / "manifest.json").write_text('{"name": "x"}\n')
    (day / "statements.ndjson").write_text("")
    (folder / "snapshots" / "2026-11-26").mkdir()  # not finished
    (folder / "secret.json").write_text("{}")
    settings = Settings(BASE, snapshots=str(folder / "snapshots"))
    with service(folder, request.param, settings) as found:
        found.desk.store.commit([draft(hours, name=f"M{hours:02}") for hours in range(1, 13)])
        yield found


def test_pages_follow_each_other_to_the_last(filled: Service) -> None:
    path, seen = f"{API}/statements?limit=5&sort=title", []
    while path:
        answer = filled.client.get(path)
        assert answer.status_code == 200
        page = answer.json()
        assert page["as_of"] == 12
        seen += [one["subject"] for one in page["statements"]]
        path = page["next"] or ""
        assert (f'<{path}>; rel="next"' if path else None) == answer.headers.get("link")
    assert seen == [f"M{number:02}" for number in range(1, 13)]


@pytest.mark.parametrize("asked", ["level=9", "level=%22", "unit=token", "unit=x&level=L1"])
def test_a_page_of_what_nothing_has_is_an_empty_list(filled: Service, asked: str) -> None:
    answer = filled.client.get(f"/statements?{asked}", headers={"Accept": "text/html"})
    assert answer.status_code == 200


@pytest.mark.parametrize("value", [10**19, -(10**30)])
@pytest.mark.parametrize("address", [f"{API}/statements", "/statements"])
def test_a_cursor_with_a_number_that_no_place_has_is_refused(
    filled: Service, address: str, value: int
) -> None:
    cursor = write_cursor(Query(), Cursor(value, "0" * 64))
    assert filled.client.get(f"{address}?cursor={cursor}").status_code in (400, 422)


def test_a_statement_in_a_list_has_both_figures(filled: Service) -> None:
    (one,) = filled.client.get(f"{API}/statements?subject=m07").json()["statements"]
    assert one["permalink"] == f"{BASE}/statements/{one['digest']}"
    assert (one["status"], one["level"], one["country"]) == ("published", "L1", "FRA")
    co2e = one["harmonised"]["co2e_operational_kg"]
    assert co2e["value"] == pytest.approx(8 * 0.4 * 7 * 1.2 * 0.057)
    assert one["reported"]["co2e_kg"] is None


def test_no_answer_has_the_words_of_what_is_withheld(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "_FRESH", 0.0)
    with service(tmp_path, kind) as found:
        secret = draft(2, name="Secret")
        found.desk.store.commit([draft(1, name="Open"), secret])
        found.desk.store.commit([Draft("quarantine", secret.digest, "", "personal-data")])
        asked = [
            f"{place}{query}"
            for place in (f"{API}/statements?limit=9&", f"{API}/compare?", "/statements?")
            for query in ("status=quarantined", "status=all", "as_of=2", "subject=ecre&status=all")
        ]
        asked += [
            f"{place}{secret.digest}&as_of=2"
            for place in (f"{API}/compare?digests=", "/compare?d=")
        ]
        asked += [
            f"/compare/{name}?d={secret.digest}{then}"
            for name in EXPORTS
            for then in ("", "&as_of=2")
        ]
        for address in (*asked, f"{API}/statistics", "/statistics", "/"):
            answer = found.client.get(address, headers={"Accept": "text/html, */*;q=0.9"})
            assert answer.status_code in (200, 422), address
            assert "Secret" not in answer.text, address
        (one,) = found.client.get(f"{API}/statements?status=quarantined").json()["statements"]
        assert (one["digest"], one["status"]) == (secret.digest, "quarantined")
        assert {one[name] for name in ("title", "subject", "level", "harmonised")} == {None}
        found.desk.store.commit([Draft("restore", secret.digest, "", "settled")])
        assert "Secret" in found.client.get(f"{API}/statements?subject=ecre&as_of=2").text


def test_statistics_follow_files_that_no_log_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "_FRESH", 0.0)
    folder = tmp_path / "registry"
    with service(tmp_path, "directory") as found:

        def counted() -> tuple[int, int]:
            statements = found.client.get(f"{API}/statistics").json()["statements"]
            library: Library = found.client.app.state.library  # type: ignore[attr-defined]
            return statements, sum(library.browse(Query()).facets["level"].values())

        (folder / "a.yaml").write_bytes(statement("A"))
        assert counted() == (1, 1)
        (folder / "b.yaml").write_bytes(statement("B"))
        assert counted() == (2, 2)
        (folder / "a.yaml").unlink()
        assert counted() == (1, 1)


def test_a_list_is_ndjson_for_who_asks(filled: Service) -> None:
    answer = filled.client.get(
        f"{API}/statements?limit=3", headers={"Accept": "application/x-ndjson"}
    )
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line)["subject"] for line in answer.text.splitlines()] == [
        "M12", "M11", "M10",
    ]  # fmt: skip
    assert 'rel="next"' in answer.headers["link"]
    tag = answer.headers["etag"]
    again = filled.client.get(
        f"{API}/statements?limit=3",
        headers={"Accept": "application/x-ndjson", "If-None-Match": tag},
    )
    assert again.status_code == 304


def test_the_registry_as_it_stood(filled: Service) -> None:
    page = filled.client.get(f"{API}/statements?as_of=2").json()
    assert [one["subject"] for one in page["statements"]] == ["M02", "M01"]


@pytest.mark.parametrize(
    "query",
    [
        "sort=evil", "limit=0", "limit=1000", "cursor=%21", "as_of=99", "year=x", "status=odd",
        "nothing=1", "q=a&q=b", "q=" + "x" * 300, "phase=%00",
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_answered_is_a_problem(filled: Service, query: str) -> None:
    answer = filled.client.get(f"{API}/statements?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("form", "media", "holds"),
    [
        ("json", "application/json", b'"M03"'),
        ("csv", "text/csv", b",M03,"),
        ("markdown", "text/markdown", b"| 9 |"),
        ("latex", "application/x-tex", b"9 rows"),
    ],
)
def test_a_comparison_in_every_form(filled: Service, form: str, media: str, holds: bytes) -> None:
    answer = filled.client.get(f"{API}/compare?subject=M0&format={form}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media)
    assert holds in answer.content


def test_a_comparison_as_parquet(filled: Service) -> None:
    answer = filled.client.get(f"{API}/compare?subject=M0&format=parquet")
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    frame = pd.read_parquet(io.BytesIO(answer.content))
    assert sorted(frame["subject"]) == [f"M{number:02}" for number in range(1, 10)]


def test_a_comparison_of_named_statements(filled: Service) -> None:
    listed = filled.client.get(f"{API}/statements?limit=2").json()["statements"]
    digests = ",".join(one["digest"] for one in listed)
    found = filled.client.get(f"{API}/compare?digests={digests}&metric=energy").json()
    assert {row["subject"] for row in found["rows"]} == {"M11", "M12"}
    assert [row["rank"] for row in found["rows"]] == [2, 1]
    assert filled.client.get(f"{API}/compare?digests=abc").status_code == 400
    assert filled.client.get(f"{API}/compare?metric=x").status_code == 400


@pytest.mark.parametrize(
    ("query", "says", "hint"),
    [
        ("phase=trainng", "no row fits phase=trainng", "near it: training"),
        ("year_from=2090", "no row fits year>=2090", ""),
        ("phase=training&task=x", "no row fits task=x", "none of them has a task"),
    ],
)
def test_a_comparison_of_nothing_says_what_there_is(
    filled: Service, query: str, says: str, hint: str
) -> None:
    answer = filled.client.get(f"{API}/compare?{query}")
    assert answer.status_code == 422
    assert answer.json()["detail"] == says
    assert hint in answer.json().get("hint", "")


def test_statistics_are_those_of_the_command(filled: Service) -> None:
    found = filled.client.get(f"{API}/statistics").json()
    assert (found["statements"], found["levels"]) == (12, {"L1": 12})


def test_statistics_are_those_of_an_event(filled: Service) -> None:
    then = filled.client.get(f"{API}/statistics?as_of=5").json()
    assert (then["statements"], then["levels"]) == (5, {"L1": 5})
    page = filled.client.get("/statistics").text
    assert "Counted over 12 statements" in page
    assert 'href="/statistics?as_of=12"' in page
    assert "Counted over 5 statements" in filled.client.get("/statistics?as_of=5").text
    assert "The registry is empty" in filled.client.get("/statistics?as_of=0").text
    for asked, status in (("13", 422), ("x", 422)):
        assert filled.client.get(f"/statistics?as_of={asked}").status_code == status
        assert filled.client.get(f"{API}/statistics?as_of={asked}").status_code == 400


@pytest.mark.parametrize(
    "address", ["/statements", "/statistics", f"/compare?d={'1' * 64}&as_of=1", f"{API}/compare"]
)
def test_damage_is_no_question_that_cannot_be_answered(
    filled: Service, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    def damaged(_: object) -> None:
        raise DamagedError("an event of the log is not what it was")

    monkeypatch.setattr(libraries.Library, "_fresh", damaged)
    answer = filled.client.get(address)
    assert (answer.status_code, answer.json()["type"][-8:]) == (500, "/damaged")


def test_one_request_at_a_time_counts_the_past(
    filled: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile: list[int] = []
    counted = Catalogue.statistics

    def asking(self: Catalogue, as_of: int | None = None) -> Statistics:
        asked = (f"{API}/statistics?as_of=4", f"{API}/statistics")
        meanwhile.extend(filled.client.get(address).status_code for address in asked)
        monkeypatch.setattr(Catalogue, "statistics", counted)
        return counted(self, as_of)

    assert filled.client.get(f"{API}/statistics").status_code == 200
    monkeypatch.setattr(Catalogue, "statistics", asking)
    assert filled.client.get(f"{API}/statistics?as_of=5").json()["statements"] == 5
    assert meanwhile == [503, 200]
    assert filled.client.get(f"{API}/statistics?as_of=4").json()["statements"] == 4


def test_snapshots_are_served_and_nothing_beside_them(filled: Service) -> None:
    found = filled.client.get(f"{API}/snapshots").json()["snapshots"]
    assert found == [{"date": "2026-11-25", "files": ["manifest.json", "statements.ndjson"]}]
    manifest = filled.client.get(f"{API}/snapshots/2026-11-25/manifest.json")
    assert manifest.json() == {"name": "x"}
    for path in (
        "2026-11-25/../../secret.json",
        "2026-11-25/%2e%2e%2fsecret.json",
        "x/secret.json",
    ):
        assert filled.client.get(f"{API}/snapshots/{path}").status_code == 404


def test_who_has_a_file_of_a_snapshot_gets_it_once_and_asks_each_time(filled: Service) -> None:
    path = f"{API}/snapshots/2026-11-25/manifest.json"
    first = filled.client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    for named in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        again = filled.client.get(path, headers={"If-None-Match": named})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    assert filled.client.get(path, headers={"If-None-Match": '"x"'}).content == first.content
    part = filled.client.get(path, headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.text) == (206, "name")


def test_a_page_is_known_by_one_of_several_tags(filled: Service) -> None:
    headers = {"Accept": "text/html"}
    tag = filled.client.get("/about", headers=headers).headers["etag"]
    again = filled.client.get("/about", headers={**headers, "If-None-Match": f'"x", {tag}'})
    assert again.status_code == 304


@pytest.mark.parametrize("kind", KINDS)
def test_no_snapshot_serves_what_is_kept_back(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        libraries, "_FRESH", 0.0
    )  # what is written beside the service shows at once
    words = ("statements.ndjson", "table.csv", "table.parquet")
    with service(tmp_path, kind, Settings(BASE, snapshots=str(tmp_path / "snapshots"))) as served:

        def write(day: str, *, public: bool) -> None:
            folder = tmp_path / "snapshots" / day
            folder.mkdir(parents=True)
            for name, content in files_of(served.desk.store, FORMATS, public=public).items():
                (folder / name).write_bytes(content)

        def answers(day: str, *names: str) -> list[int]:
            paths = (f"{API}/snapshots/{day}/{name}" for name in names)
            return [served.client.get(path).status_code for path in paths]

        one, other = draft(1, name="One"), draft(2, name="Other")
        store = served.desk.store
        store.commit([one, other])
        write("2026-11-01", public=False)
        assert answers("2026-11-01", *words) == [200, 200, 200]
        store.commit([Draft("quarantine", one.digest, "", "legal")])
        write("2026-11-02", public=True)
        assert answers("2026-11-01", *words) == [403, 403, 403]
        assert answers("2026-11-01", "manifest.json", "events.ndjson") == [200, 200]
        assert answers("2026-11-02", *words) == [200, 200, 200]
        refused = served.client.get(f"{API}/snapshots/2026-11-01/table.csv").json()
        assert "registry export --public" in refused["hint"]
        store.commit([Draft("restore", one.digest, "", "settled")])
        assert answers("2026-11-01", *words) == [200, 200, 200]
        store.commit([Draft("erase", other.digest, "", "personal-data")])
        assert answers("2026-11-01", *words) == [403, 403, 403]
        assert answers("2026-11-02", *words) == [403, 403, 403]
        (tmp_path / "snapshots" / "2026-11-02" / "statements.ndjson").unlink()
        assert answers("2026-11-02", *words) == [404, 403, 403]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_snapshots_that_cannot_be_read_are_no_bug(tmp_path: Path) -> None:
    day = tmp_path / "snapshots" / "2026-11-25"
    day.mkdir(parents=True)
    for name in ("manifest.json", "table.csv"):
        (day / name).write_text("{}")
    (day / "table.csv").chmod(0)
    log: list[str] = []
    before = without_privileges()
    with serving(tmp_path, "--snapshots", "snapshots", log=log, before=before) as (_, url):
        place = f"{url}{API}/snapshots"
        assert httpx2.get(f"{place}/2026-11-25/manifest.json").status_code == 200
        answers = [httpx2.get(f"{place}/2026-11-25/table.csv")]
        day.parent.chmod(0)
        answers.append(httpx2.get(place))
        day.parent.chmod(0o700)
        day.chmod(0o100)  # its files can be told one by one, and not listed
        answers.append(httpx2.get(place))
        day.chmod(0o700)
    for answer in answers:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert answer.json()["type"].endswith("/unavailable")
    assert "Traceback" not in "".join(log)


def test_values_of_a_filter_are_counted_when_there_is_news_and_not_for_each_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Query] = []
    facets = Catalogue.facets

    def noted(self: Catalogue, query: Query) -> dict[str, dict[str, int]]:
        counted.append(query)
        return facets(self, query)

    monkeypatch.setattr(Catalogue, "facets", noted)
    monkeypatch.setattr(libraries, "_FRESH", 0.0)
    with service(tmp_path, "sqlite") as served:
        served.desk.store.commit([draft(1, name="M1")])
        for address in ("/", "/statements", "/statements?sort=title"):
            assert served.client.get(address).status_code == 200
        assert len(counted) == 1
        served.desk.store.commit([draft(2, name="M2")])
        assert 'value="L1">L1: recomputable (2)' in served.client.get("/statements").text
        assert len(counted) == 2
        served.client.get("/statements?phase=training")
        assert len(counted) == 4


@pytest.mark.parametrize("database", DATABASES)
def test_no_request_for_a_part_of_the_log_reads_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    with service(tmp_path, database) as served:
        drafts = [draft(hours) for hours in range(1, 6)]
        later = draft(9, supersedes=drafts[0].digest)
        served.desk.store.commit([*drafts, later])
        log = served.desk.store.log()

        def refuse() -> None:
            raise AssertionError("the whole log was read")

        monkeypatch.setattr(served.desk.store, "log", refuse)
        get = served.client.get
        assert get(f"{API}/log/checkpoint").json() == log.checkpoint._asdict()
        page = get(f"{API}/log/events?after=2&limit=3").json()
        assert [one["seq"] for one in page["events"]] == [3, 4, 5]
        assert (page["total"], "after=5" in page["next"]) == (6, True)
        last = get(page["next"]).json()
        assert ([one["seq"] for one in last["events"]], last["next"]) == ([6], None)
        assert get(f"{API}/log/events?after={2**53}").json()["events"] == []
        state = get(f"{API}/statements/{drafts[0].digest}/state").json()
        assert (state["status"], state["superseded_by"]) == ("superseded", later.digest)
        assert state["series"] == [drafts[0].digest, later.digest]
        assert [one["seq"] for one in state["events"]] == [1, 6]


@pytest.mark.parametrize("database", DATABASES)
def test_all_queries_of_a_transaction_see_the_same(database: str, tmp_path: Path) -> None:
    store = make_store(database, tmp_path)
    assert isinstance(store, SqlStore)
    catalogue = Catalogue(store.engine)
    store.commit([draft(1)])
    catalogue.sync(store)
    with reading(store.engine) as connection:
        assert read.count(connection, Query()) == 1
        store.commit([draft(2)])
        catalogue.sync(store)
        assert read.count(connection, Query()) == 1
    assert catalogue.count() == 2
    store.close()
