"""The same filters choose the same rows by command, API and page, whatever the registry is kept in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from comparison_cases import document
from registry_cases import url_of
from service_cases import API, ONE_EVERY_DAY, Service, service

from greenalgo.cli.main import cli
from greenalgo.registry.door import draft_of, look
from greenalgo.registry.record import Draft
from greenalgo.sources.dump import to_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

HTML = {"Accept": "text/html"}
DIRECT = {"value": 90, "boundary": "direct"}
SUBJECTS = ("Bloom 176B", "GPT-3", "A cell of 2 nm", "Élan")
#: Statements that differ in what filters look at; the last is withdrawn.
SOURCES = (
    document("A", subject={"name": SUBJECTS[0], "kind": "model", "arxiv": "2211.05100"}),
    document("B", hours=7, run={"phase": "fine_tuning"}, subject={"name": SUBJECTS[0], "field": "NLP"}),
    document("C", hours=9, run={"location": {"country": "USA"}}, subject={"name": SUBJECTS[1]}),
    document("D", run={"location": {"country": "AUS"}, "outcome": "exploratory"}),
    document("E", run={"carbon_intensity_g_per_kwh": DIRECT, "period": {"end": "2021-05-01"}}),
    document("F", functional_units=[{"unit": "1k tokens", "quantity": 4, "run": "r"}]),
    document("G", hours=8, subject={"name": SUBJECTS[2], "task": "protein folding"}),
    document("H", hours=3, reported={"boundary": "it", "co2e_operational_kg": 0.15}),
    document("I", hours=5, subject={"name": SUBJECTS[3], "doi": "10.1234/x_y"}),
    document("J", hours=1),
)  # fmt: skip
#: Filters, as the command takes them.
ASKED: tuple[tuple[tuple[str, str], ...], ...] = (
    (), (("phase", "train"),), (("phase", "fine"), ("country", "fra")), (("country", "France"),),
    (("country", "US"),), (("subject", "bloom"),), (("subject", "éLAN"),), (("arxiv", "2211"),),
    (("doi", "X_"),), (("doi", "%"),), (("kind", "model"),), (("field", "nlp"),), (("outcome", "explor"),),
    (("level", "L1"), ("hardware", "v100")), (("year", "2021"),), (("year>=", "2021"),),
    (("year<=", "2021"),), (("year>=", "2022"), ("year<=", "2024")), (("status", "withdrawn"),),
    (("status", "published"), ("phase", "training")), (("status", "all"), ("country", "FRA")),
    (("task", "fold"),), (("phase", "nobody"),), (("country", "RA"),), (("subject", "bloom"), ("country", "AUS")),
    (("status", "disputed"),), (("status", "quarantined,retracted"), ("subject", "bloom")),
)  # fmt: skip
_IN_A_URL = {"year>=": "year_from", "year<=": "year_to"}


@pytest.fixture(scope="module", params=ONE_EVERY_DAY)
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, str]]:
    folder = tmp_path_factory.mktemp("everywhere")
    with service(folder, request.param) as found:
        drafts = []
        for source in SOURCES:
            raw = to_yaml(source.data).encode()
            drafts.append(draft_of(look(raw, f"{source.name}.yaml"), raw, f"{source.name}.yaml"))
        found.desk.store.commit(drafts)
        found.desk.store.commit([Draft("withdraw", drafts[-1].digest, "", "wrong")])
        yield found, url_of(request.param, folder)


def by_command(url: str, where: tuple[tuple[str, str], ...], *options: str) -> str:
    """Return the rows as CSV, else what is wrong."""
    chosen = [f"--where={name}{'' if name in _IN_A_URL else '='}{text}" for name, text in where]
    place = ["--to", url] if "://" in url else [url]
    result = CliRunner().invoke(cli, ["compare", *place, *chosen, *options, "--format", "csv"])
    if result.exit_code == 0:
        return result.stdout
    return result.stderr.splitlines()[0].removeprefix("Error: ")


def parameters(where: tuple[tuple[str, str], ...], **more: str) -> str:
    return urlencode([(_IN_A_URL.get(name, name), text) for name, text in where] + [*more.items()])


def by_api(found: Service, where: tuple[tuple[str, str], ...], **options: str) -> str:
    answer = found.client.get(f"{API}/compare?{parameters(where, format='csv', **options)}")
    return answer.text if answer.status_code == 200 else str(answer.json()["detail"])


@pytest.mark.parametrize("where", ASKED, ids=lambda where: urlencode(where) or "everything")
def test_the_same_filters_give_the_same_rows(
    asked: tuple[Service, str], where: tuple[tuple[str, str], ...]
) -> None:
    found, url = asked
    rows, answer = by_command(url, where), by_api(found, where)
    assert answer == rows
    lines = answer.splitlines()
    page = found.client.get(f"/statements?{parameters(where)}", headers=HTML).text
    digests = dict.fromkeys(re.findall(r'href="/statements/([0-9a-f]{64})"', page))
    assert len(digests) == len(lines) - 1
    if digests:
        picked = urlencode([("d", digest) for digest in digests])
        exported = found.client.get(f"/compare/comparison.csv?{picked}").text
        assert sorted(exported.splitlines()) == sorted(lines)


@pytest.mark.parametrize(
    ("options", "parameter"),
    [
        (["--runs"], {"runs": "true"}), (["--per", "unit"], {"per": "unit"}),
        (["--per", "run", "--metric", "energy"], {"per": "run", "metric": "energy"}),
        (["--per", "accelerator-hour"], {"per": "accelerator-hour"}),
    ],
)  # fmt: skip
def test_rows_are_made_alike(
    asked: tuple[Service, str], options: list[str], parameter: dict[str, str]
) -> None:
    found, url = asked
    rows = by_command(url, (("level", "L"),), *options)
    assert len(rows.splitlines()) > 1
    assert by_api(found, (("level", "L"),), **parameter) == rows
