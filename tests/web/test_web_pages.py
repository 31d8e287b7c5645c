"""The pages, in process: what they show, how they answer, what they refuse."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from web_cases import ROOT, VALID, digests, links, open_desk

from greenalgo import api
from greenalgo.registry.record import Draft, State
from greenalgo.registry.record.event import STATUS_AFTER
from greenalgo.registry.service.app import make_app
from greenalgo.registry.service.pages import cite, overview, words
from greenalgo.render.bundle import Options, render_text
from greenalgo.sources import parse_fast

PAGES = ("/", "/statements", "/compare", "/calculator", "/submit", "/statistics", "/about")


def token(client: TestClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/submit").text)
    assert found
    return found[1]


def some(client: TestClient, query: str) -> list[str]:
    return digests(client.get(f"/statements?q={quote(query)}").text)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_and_names_no_other_host_for_loading(
    client: TestClient, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert all(source.startswith("/static/") for source in links(answer.text, "src"))
    loaded = re.findall(r'<link[^>]* href="([^"]+)"', answer.text)
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
    assert not re.search(r"<script(?![^>]*\ssrc=)", answer.text)
    assert not re.search(r"<[^>]+\s(style|on\w+)=", answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_stands_on_an_empty_registry(empty: TestClient, path: str) -> None:
    assert empty.get(path).status_code == 200


def test_every_link_of_the_pages_leads_somewhere(client: TestClient) -> None:
    targets = {
        link.partition("#")[0]
        for path in PAGES
        for link in links(client.get(path).text)
        if link.startswith("/") and "?" not in link
    }
    assert len(targets) > len(PAGES)
    assert {target for target in targets if client.get(target).status_code != 200} == set()


def test_a_page_is_checked_again_and_not_sent_twice(client: TestClient) -> None:
    first = client.get("/statements?q=bloom")
    assert first.headers["cache-control"] == "no-cache"
    assert "HX-Request" in first.headers["vary"]
    tag = first.headers["etag"]
    again = client.get("/statements?q=bloom", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_an_asset_is_kept_for_ever_under_its_hash_and_no_longer(client: TestClient) -> None:
    page = client.get("/").text
    address = next(link for link in links(page) if link.endswith("style.css"))
    answer = client.get(address)
    assert "immutable" in answer.headers["cache-control"]
    assert hashlib.sha256(answer.content).hexdigest()[:16] in address
    assert "immutable" not in client.get("/static/0000/style.css").headers["cache-control"]
    assert client.get("/static/0000/../shell.py").status_code == 404


def test_vendored_scripts_are_those_of_the_manifest() -> None:
    folder = ROOT / "registry" / "web" / "static" / "vendor"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    listed = {entry["file"]: entry["sha256"] for entry in manifest.values()}
    found = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.js")
    }
    assert found == listed
    assert all((folder / name / "LICENSE").is_file() for name in manifest)


def test_htmx_gets_the_list_alone_and_a_walk_back_the_page(client: TestClient) -> None:
    part = client.get("/statements?q=bloom", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert 'hx-swap-oob="true"' in part.text
    whole = client.get(
        "/statements?q=bloom",
        headers={"HX-Request": "true", "HX-History-Restore-Request": "true"},
    )
    assert "<html" in whole.text


def test_pages_of_the_list_follow_each_other_without_gap_or_repeat(client: TestClient) -> None:
    for sort in ("", "title", "co2e", "-co2e", "energy", "-year"):
        address = f"/statements?sort={sort}"
        seen: list[str] = []
        for _ in range(20):
            text = client.get(address).text
            here = digests(text)
            place = f">{len(seen) + 1} to {len(seen) + len(here)} of "
            seen += here
            following = re.search(r'href="([^"]+)" rel="next"', text)
            if following is None:
                break
            address = following[1].replace("&amp;", "&")
            assert f"{place}<strong>" in text
        total = re.search(rf"{place}<strong>(\d+)</strong> statements", text)
        assert total
        assert len(seen) == len(set(seen)) == int(total[1])
        assert f"{place}{total[1]}</span>\n</nav>" in text


@pytest.mark.parametrize(
    ("name", "value"),
    [*(("sort", f"{way}{column}") for way in ("", "-") for column in ("title", "year", "energy", "co2e")),
     ("sort", "published"), ("status", "quarantined"), ("status", "disputed,withdrawn")],
)  # fmt: skip
def test_what_a_list_is_asked_for_is_chosen_in_the_form(
    client: TestClient, name: str, value: str
) -> None:
    text = client.get("/statements", params={name: value}).text
    box = text.partition(f'<select id="f-{name}"')[2].partition("</select>")[0]
    assert re.findall(r'<option value="([^"]*)" selected>', box) == [value]


def test_filters_choose_and_count(client: TestClient) -> None:
    text = client.get("/statements?phase=training").text
    counted = re.search(r'<option value="training" selected>training \((\d+)\)', text)
    total = re.search(r"<strong>(\d+)</strong> statement", text)
    assert counted
    assert total
    assert counted[1] == total[1]
    one = client.get(f"/statements?q={quote('GShard-600B')}").text
    assert '<p role="status"><strong>1</strong> statement that fits.' in one
    assert "No statement fits" in client.get("/statements?q=nowhere+to+be+found").text


@pytest.mark.parametrize(
    "query",
    [
        "sort=evil",
        "as_of=x",
        "as_of=99",
        "cursor=%21%21",
        "cursor=WzEsMl0",
        "sort=title&cursor=WzEsMl0",
    ],
)
def test_a_damaged_query_is_a_page_that_says_so(client: TestClient, query: str) -> None:
    answer = client.get(f"/statements?{query}")
    assert answer.status_code == 422
    assert "<h1>" in answer.text


def test_a_statement_shows_what_is_printed_beside_what_follows(client: TestClient) -> None:
    for digest in some(client, "bloom-176b final training"):
        text = client.get(f"/statements/{digest}").text
        if "24.69 t" in text and "433\u2009196\u00a0kWh" not in text and "519.8\u00a0MWh" in text:
            break
    else:
        pytest.fail("the statement of BLOOM's final training is not found")
    assert "1082990 h x 400 W / 1000" in text
    assert "arXiv:2211.02001" in text
    assert digest in text


def test_a_statement_of_relative_claims_shows_them(client: TestClient) -> None:
    text = client.get(f"/statements/{some(client, 'mono-forward')[0]}").text
    assert "mono-forward with 41\u2009% less energy than backpropagation" in text


def test_a_total_says_which_runs_it_leaves_out(client: TestClient) -> None:
    text = client.get(f"/statements/{some(client, 'all olmo training runs')[0]}").text
    assert "Operational CO₂e covers 12 of 13 runs." in text


def test_the_files_of_a_statement_are_the_statement(client: TestClient) -> None:
    digest = some(client, "gshard")[0]
    from greenalgo.statement.digest import digest as digest_of

    for name in ("footprint.yaml", "footprint.json"):
        answer = client.get(f"/statements/{digest}/{name}")
        assert "immutable" in answer.headers["cache-control"]
        assert digest_of(parse_fast(answer.content, name)) == digest
    assert b"\\begin{tabular}" in client.get(f"/statements/{digest}/table.tex").content
    badge = client.get(f"/statements/{digest}/badge.svg")
    assert badge.headers["content-type"] == "image/svg+xml"
    assert client.get(f"/statements/{digest}/secrets").status_code == 404


def test_the_table_is_that_of_the_paper_command(client: TestClient) -> None:
    digest = some(client, "gshard")[0]
    data = client.get(f"/statements/{digest}/footprint.json").json()
    places = tuple(words.countries().items())
    written = render_text(api.fill(data), digest, Options(places=places))["table.tex"]
    assert client.get(f"/statements/{digest}/table.tex").content == written


def test_the_service_starts_without_what_draws_for_paper() -> None:
    program = "import sys, greenalgo.registry.service.app; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert {"matplotlib", "pybtex"}.isdisjoint(done.stdout.split())


def test_the_beginning_of_a_digest_leads_to_the_whole(client: TestClient) -> None:
    digest = some(client, "gshard")[0]
    answer = client.get(f"/statements/{digest[:12]}", follow_redirects=False)
    assert answer.headers["location"] == f"/statements/{digest}"
    assert client.get(f"/statements/{digest[:3]}").status_code == 404
    assert client.get(f"/statements/{'0' * 64}").status_code == 404


def test_a_comparison_is_fixed_ranked_inside_one_key_and_exported(client: TestClient) -> None:
    picked = [
        *some(client, "gshard"),
        *some(client, "switch transformer"),
        *some(client, "deepseek"),
    ]
    query = "&".join(f"d={digest}" for digest in picked[:4])
    answer = client.get(f"/compare?{query}")
    assert "as_of=" in str(answer.url)
    assert "Not all of these may be ranked against each other" in answer.text
    fixed = str(answer.url).partition("?")[2]
    for name, mark in (
        ("comparison.csv", "harmonised"), ("comparison.tex", r"\begin{tabular}"),
        ("comparison.bib", "@misc{footprint-"), ("comparison.json", '"factor_set"'),
        ("figure.vl.json", '"layer"'),
    ):  # fmt: skip
        assert mark in client.get(f"/compare/{name}?{fixed}").text, name
    assert client.get(f"/compare/evil.sh?{fixed}").status_code == 404


def test_a_comparison_says_what_its_ranks_leave_open(client: TestClient) -> None:
    found = [some(client, text)[0] for text in ("gshard", "gopher", "geant4-dna simulation")]
    text = client.get(f"/compare?{'&'.join(f'd={digest}' for digest in found)}").text
    assert "Note: rows do not all count the same: " in text
    assert "Per device-hour" in text
    alone = client.get(f"/compare?d={found[-1]}&per=accelerator-hour").text
    assert "per core-hour ·" in alone
    assert "Per core-hour" not in alone


def test_a_comparison_without_a_unit_says_so_and_shows_no_zero(client: TestClient) -> None:
    picked = some(client, "gshard")
    text = client.get(f"/compare?per=unit&d={picked[0]}").text
    assert "not comparable: no functional unit" in text


def test_statistics_list_the_artefacts_whose_figures_differ_most(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.get("/statistics").text
    listed = whole.count('<tr><th scope="row"><a href="/compare?')
    assert listed > 1
    assert "all, as JSON" not in whole
    monkeypatch.setattr(overview, "_MOST_FAMILIES", 1)
    cut = client.get("/statistics").text
    assert cut.count('<tr><th scope="row"><a href="/compare?') == 1
    assert f"Of {listed - 1} more the figures differ less" in cut


def test_a_comparison_refuses_too_many_and_what_is_no_digest(client: TestClient) -> None:
    many = "&".join(f"d={number:064x}" for number in range(13))
    assert client.get(f"/compare?{many}").status_code == 422
    assert client.get("/compare?d=abc").status_code == 422
    assert client.get(f"/compare?d={'1' * 64}&metric=evil").status_code == 422
    assert client.get(f"/compare?d={'1' * 64}").status_code == 200


CASE = "/calculator?gpu=NVIDIA+A100-SXM4-80GB&gpus=4&gpu_power=300&hours=10&place=France&pue=1.1"


def test_the_calculator_computes_as_the_library_does(client: TestClient) -> None:
    text = client.get(CASE).text
    assert "13.2\u00a0kWh" in text  # 4 x 300 W x 10 h x 1.1
    made = client.get(CASE.replace("/calculator?", "/calculator/footprint.yaml?"))
    data = parse_fast(made.content, "footprint.yaml")
    verdict = api.judge(data)
    assert not [found for found in verdict.findings if found.severity == api.Severity.ERROR]
    assert verdict.level == "L1"
    totals = data["results"]["totals"]
    assert totals["energy_facility_kwh"]["value"] == pytest.approx(13.2)
    table = client.get(CASE.replace("/calculator?", "/calculator/table.tex?"))
    assert r"\begin{tabular}" in table.text


def test_the_calculator_shows_its_defaults_and_equivalents(client: TestClient) -> None:
    text = client.get("/calculator").text
    assert "from the example" in text
    assert "What was put in for you" in text
    assert "km in an average passenger car" in text
    assert "tree-months" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("hours=x&gpus=1&gpu=A&place=France", "a number from 0 to 100,000,000 is needed"),
        ("hours=37,5&gpus=1&gpu=A&place=France", "is needed, with a point before its decimals"),
        ("hours=1&place=France", "give GPUs, cores or memory"),
        ("hours=1&memory=1", "name a country"),
        ("hours=1&memory=1&place=Franc", "is it France"),
        ("hours=1&gpus=1&gpu=NVIDIA+A10000&place=France", "A10000"),
        ("hours=1&gpus=1&place=France", "name it, or give its power"),
        ("hours=1&gpus=2.5&gpu_power=300&place=France", "number of GPUs: a whole number is needed"),
        ("hours=1&memory=1&gpu=Tesla+T4&place=France", "number of GPUs: say how many"),
        ("hours=1&gpus=1&gpu_power=9&core_power=9&place=France", "number of cores: say how many"),
        ("hours=1&gpus=0&cores=0&place=France", "give GPUs, cores or memory"),
        ("hours=1&memory=1&place=France&phase=evil", "chosen from their lists"),
        ("hours=nan&memory=1&place=France", "a number from 0 to"),
        ("hours=1&memory=1&place=France&pue=0.5", "a number from 1 to"),
        ("hours=1&memory=1&place=France&intensity=0", "no grid has 0"),
    ],
)
def test_the_calculator_says_what_is_wrong(client: TestClient, query: str, said: str) -> None:
    assert said in client.get(f"/calculator?{query}").text
    assert client.get(f"/calculator/footprint.yaml?{query}").status_code == 422


def test_the_calculator_marks_the_field_that_is_wrong(client: TestClient) -> None:
    query = "hours=1&gpus=1&gpu=NVIDIA+A100-SXM4-80GB&gpu_power=9000&place=France"
    text = client.get(f"/calculator?{query}").text
    assert re.findall(r'<input id="(\w+)"[^>]*aria-invalid', text) == ["gpu_power"]


def post(client: TestClient, text: str, action: str, **more: str):  # type: ignore[no-untyped-def]
    form = {"csrf_token": token(client), "text": text, "action": action, **more}
    return client.post("/submit", data=form, follow_redirects=False)


def test_a_statement_is_checked_confirmed_and_kept(empty: TestClient) -> None:
    checked = post(empty, VALID, "check")
    assert "It can be submitted" in checked.text
    assert "33.6\u00a0kWh" in checked.text
    asked = post(empty, VALID, "submit")
    assert "Keep this statement for ever?" in asked.text
    assert not digests(empty.get("/statements").text)
    kept = post(empty, VALID, "confirm")
    assert kept.status_code == 303
    page = empty.get(kept.headers["location"])
    assert "A statement of the tests" in page.text
    assert "published since" in page.text
    again = post(empty, VALID, "submit")
    assert again.headers["location"] == kept.headers["location"]
    receipt = empty.get(kept.headers["location"] + "/receipt.json").json()
    assert receipt["digest"] in kept.headers["location"]
    assert kept.headers["location"].endswith(digests(empty.get("/statements").text)[0])


def test_findings_carry_line_column_and_frame(empty: TestClient) -> None:
    text = post(empty, VALID.replace("hours: 10", "hours: ten"), "check").text
    assert "There is something to correct" in text
    assert "line 9, column" in text
    assert "hours: ten" in text
    assert (
        "Yes, keep it" not in post(empty, VALID.replace("hours: 10", "hours: ten"), "submit").text
    )
    assert "nothing to check" in post(empty, "  ", "check").text


def test_a_valid_statement_below_the_level_is_told_what_it_lacks(empty: TestClient) -> None:
    text = post(empty, VALID.replace("    location: {country: FRA}\n", ""), "submit").text
    assert "the registry needs level L1" in text
    assert "location is not declared" in text


def test_a_file_goes_before_the_text(empty: TestClient) -> None:
    form = {"csrf_token": token(empty), "text": "nonsense", "action": "check"}
    answer = empty.post("/submit", data=form, files={"file": ("f.yaml", VALID.encode())})
    assert "It can be submitted" in answer.text


def test_live_checking_gets_a_part_of_the_page(empty: TestClient) -> None:
    form = {"csrf_token": token(empty), "text": VALID}
    part = empty.post("/submit", data=form, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "It can be submitted" in part.text
    assert "no-store" in part.headers["cache-control"]


def test_a_form_without_the_token_is_refused(empty: TestClient) -> None:
    token(empty)
    for given in ({}, {"csrf_token": "x"}):
        answer = empty.post("/submit", data={"text": VALID, "action": "confirm", **given})
        assert answer.status_code == 403
        assert "<h1>" in answer.text
    cross = {"Sec-Fetch-Site": "cross-site"}
    form = {"csrf_token": token(empty), "text": VALID, "action": "confirm"}
    assert empty.post("/submit", data=form, headers=cross).status_code == 403
    assert not digests(empty.get("/statements").text)


def test_errors_are_pages_for_people_and_text_for_programs(client: TestClient) -> None:
    page = client.get("/nowhere")
    assert page.status_code == 404
    assert "There is nothing here" in page.text
    plain = client.get("/nowhere", headers={"Accept": "application/json"})
    assert "<html" not in plain.text
    assert client.post("/statements").status_code == 405


@pytest.mark.parametrize("kind", ["withdraw", "dispute", "retract", "quarantine"])
def test_a_statement_that_was_taken_back_says_so_and_why(empty: TestClient, kind: str) -> None:
    address = post(empty, VALID, "confirm").headers["location"]
    digest = address[-64:]
    store = empty.app.state.desk.store  # type: ignore[attr-defined]
    code = {
        "withdraw": "",
        "dispute": "wrong-figures: ",
        "retract": "fabricated: ",
        "quarantine": "spam: ",
    }
    store.commit([Draft(kind, digest, "", f"{code[kind]}the meter <b>was broken</b>")])
    empty.app.state.pages.library.refresh()  # type: ignore[attr-defined]
    page = empty.get(address)
    assert "the meter &lt;b&gt;was broken&lt;/b&gt;" in page.text
    if kind == "dispute":
        assert "The figures are not those of the source: the meter" in page.text
    listed = empty.get("/statements").text
    assert (digest in digests(listed)) == (kind == "dispute")
    everything = empty.get("/statements?status=all").text
    assert digest in digests(everything)
    badge = empty.get(f"{address}/badge.svg")
    # An image that a README shows: a proxy of images passes on no other status.
    assert (badge.status_code, badge.headers["content-type"]) == (200, "image/svg+xml")
    assert badge.headers["cache-control"] == "public, max-age=3600"
    assert STATUS_AFTER[kind] in badge.text
    assert "CO2e" not in badge.text
    if kind == "quarantine":
        assert page.status_code == 403
        assert empty.get(f"{address}/footprint.yaml").status_code == 403
        in_the_log = re.findall(r'href="(/api/v1/statements/[^"]+)"', page.text)
        assert [empty.get(path).status_code for path in in_the_log] == [200, 200]
        compared = empty.get(f"/compare?d={digest}").text
        for text in (page.text, everything, compared):
            assert "A statement of the tests" not in text
    else:
        assert STATUS_AFTER[kind] in page.text
        before = empty.get("/statements?as_of=1").text
        assert digest in digests(before)
        assert "As of event 1" in before


def test_a_newer_version_is_named_on_the_older(empty: TestClient) -> None:
    older = post(empty, VALID, "confirm").headers["location"]
    relation = f"relations: [{{kind: supersedes, statement: {older[-64:]}}}]\n"
    asked = post(empty, VALID + relation, "submit").text
    assert older[-64:] in asked
    newer = post(empty, VALID + relation, "confirm").headers["location"]
    assert newer in empty.get(older).text
    assert "There is a newer version" in empty.get(older).text
    assert older in empty.get(newer).text


def test_a_closed_door_checks_and_says_how_to_get_in(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    desk = open_desk(tmp_path_factory.mktemp("closed"), open_door=False)
    with TestClient(make_app(desk), headers={"Accept": "text/html"}) as closed:
        page = closed.get("/submit").text
        assert "greenalgo submit footprint.yaml --to" in page
        assert 'value="submit"' not in page
        assert "It can be submitted" in post(closed, VALID, "check").text
        assert post(closed, VALID, "confirm").status_code == 200
        assert not digests(closed.get("/statements").text)


@pytest.mark.parametrize(
    ("names", "cited"),
    [
        ((), "Footprint"), (("A. B.",), "A. B. Footprint"), (("A", "B Jr."), "A, B Jr. Footprint"),
        (("A", "B", "C", "D"), "A, B, C et al. Footprint"),
    ],
)  # fmt: skip
def test_a_citation_ends_its_authors_with_one_point(names: tuple[str, ...], cited: str) -> None:
    data = {"title": "T", "authors": [{"name": name} for name in names]}
    text = cite.text(data, "0" * 64, State("0" * 64, at="2026-11-29"), "https://r.example/x")
    assert text.startswith(f"{cited} statement: T. 2026. SHA-256 0000")
