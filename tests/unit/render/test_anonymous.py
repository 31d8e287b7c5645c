"""Double-blind: nothing that identifies is left, and what was taken out is said."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest

from greenalgo.render.anonymous import anonymise, identifies
from greenalgo.render.bundle import Options, render_paper, render_text

SECRETS = [
    "Boreal", "Nordic", "LUMI", "CSC", "Kajaani", "Google", "us-central1", "Nguy", "Ægis", "Pre-training, 7B",
    "pretrain-crash", "sft", "sweep", "2026-05-02", "Gold Standard",
]  # fmt: skip


def leaks(text: str, secrets: list[str]) -> list[str]:
    return [
        secret
        for secret in secrets
        if re.search(rf"(?<![a-z]){re.escape(secret.casefold())}", text.casefold())
    ]


@pytest.fixture
def telling(statements: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = copy.deepcopy(statements["project"])
    document["subject"].update(arxiv="2605.01234", url="https://boreal.example", commit="abc123")
    document["runs"][0]["hardware"][0]["source"] = "LUMI operator"
    document["runs"][3]["host"] = "sft-node-1"
    document["boundary"]["excludes"] = ["archive storage at CSC", "personal computers"]
    document["reported"] = {
        "energy_it_kwh": 1, "source": "Table 3 of Boreal", "runs": {"sft": {"energy_it_kwh": 2}},
        "claims": [{"metric": "energy", "run": "sft", "against": "Boreal-1B", "ratio": 0.5}],
    }  # fmt: skip
    document["results"]["factors"] += [
        {"id": "pue:google:us-central1:2024", "table": "pue", "name": "PUE of google us-central1", "value": 1.1,
         "source": "google2025"},
        {"id": "ci:cloud:gcp:us-central1:lifecycle:2024", "table": "carbon-intensity", "name": "Iowa", "value": 386,
         "source": "google2025"},
        {"id": "gpu:nvidia:h100", "table": "processors", "name": "H100", "value": 700, "source": "ember2026"},
    ]  # fmt: skip
    document["results"]["citations"].append("google2025")
    return document


def test_nothing_is_left_in_any_file(telling: dict[str, Any], sources: str) -> None:
    blind = anonymise(telling)
    options = Options(
        sources=sources,
        pieces=("markdown", "html", "model-card", "plain", "csv"),
        checklists=("neurips",),
    )
    for name, content in render_text(blind.filled, "", options).items():
        assert leaks(content.decode(), SECRETS[:-1]) == [], name
        assert "sha256:" not in content.decode()
        assert "cite{footprint" not in content.decode()


def test_the_statement_that_stays_has_the_numbers(telling: dict[str, Any]) -> None:
    blind = anonymise(telling).filled
    assert [run["id"] for run in blind["runs"]] == [
        "training 1", "training 2", "hyper-parameter search", "fine-tuning", "evaluation",
    ]  # fmt: skip
    assert blind["results"]["totals"] == telling["results"]["totals"]
    assert blind["runs"][0]["location"] == {"country": "FIN"}
    assert list(blind["results"]["runs"]) == [run["id"] for run in blind["runs"]]
    assert leaks(json.dumps(blind, ensure_ascii=False), SECRETS[:10]) == []


def test_what_was_taken_out_is_said(telling: dict[str, Any]) -> None:
    assert anonymise(telling).dropped == (
        "the statement's digest and its own citation",
        "statement: title, authors, issued",
        "subject: name, arxiv, url, commit",
        "run 'training 1' (was 'pretrain'): name",
        "location of 'training 1': region, provider, site",
        "hardware of 'training 1': source",
        "run 'training 2' (was 'pretrain-crash'): name",
        "location of 'training 2': region, provider, site",
        "run 'hyper-parameter search' (was 'sweep'): name",
        "location of 'hyper-parameter search': region, provider, site",
        "run 'fine-tuning' (was 'sft'): name, host",
        "location of 'fine-tuning': provider, provider_region",
        "run 'evaluation' (was 'eval'): name",
        "location of 'evaluation': provider, provider_region",
        "reported: source",
        "factors of a provider or a region: 2",
        "one other text that repeats one of these",
    )


def test_only_factors_that_name_no_provider_and_no_region_stay(telling: dict[str, Any]) -> None:
    results = anonymise(telling).filled["results"]
    assert [row["id"] for row in results["factors"]] == [
        "pue:world-average:2024", "ci:FIN:lifecycle:production:2025", "gpu:nvidia:h100",
    ]  # fmt: skip
    assert "google2025" not in results["citations"]
    assert "ember2026" in results["citations"]
    text = json.dumps(results["runs"])
    assert '"factor"' not in text
    assert '"at"' not in text


def test_the_original_is_not_changed(telling: dict[str, Any]) -> None:
    before = copy.deepcopy(telling)
    anonymise(telling)
    assert telling == before


def test_free_text_that_repeats_a_secret_is_withheld(telling: dict[str, Any]) -> None:
    blind = anonymise(telling)
    assert blind.filled["boundary"]["excludes"] == ["(withheld)", "personal computers"]
    assert identifies("paper-for-LUMI", blind.withheld)
    assert not identifies("paper", blind.withheld)


def test_words_of_the_vocabulary_and_of_every_paper_stay(telling: dict[str, Any]) -> None:
    telling["subject"]["name"] = "GPU"
    telling["runs"][0]["id"] = "training"
    telling["boundary"]["excludes"] = ["training of the tokenizer"]
    blind = anonymise(telling).filled
    assert blind["runs"][0]["hardware"][0]["kind"] == "gpu"
    assert blind["boundary"]["excludes"] == ["training of the tokenizer"]


def test_two_statements_that_differ_in_who_look_alike(
    telling: dict[str, Any], sources: str
) -> None:
    other = copy.deepcopy(telling)
    other["title"], other["subject"]["name"] = "Another title", "Austral-7B"
    other["authors"] = [{"name": "Someone Else"}]
    options = Options(sources=sources)
    first = render_paper(anonymise(telling).filled, "", options)
    assert first == render_paper(anonymise(other).filled, "", options)


def test_a_total_still_says_how_many_runs_it_covers() -> None:
    inputs = [{"name": "x", "value": 1.0, "at": "/results/runs/secret-a/water_l"}]
    trace = {"formula": "sum of runs", "inputs": inputs, "note": "without: secret-b, secret-c"}
    total = {"value": 1.0, "lower": 1.0, "upper": 1.0, "status": "modelled", "trace": trace}
    ids = ("secret-a", "secret-b", "secret-c")
    document = {
        "title": "T",
        "subject": {"name": "N"},
        "runs": [{"id": name, "phase": "training"} for name in ids],
        "results": {"runs": {name: {} for name in ids}, "totals": {"water_l": total}},
    }
    blind = anonymise(document).filled["results"]["totals"]["water_l"]["trace"]
    assert blind["note"] == "without: run, run"
    assert "secret" not in str(blind)


def test_units_and_rates_name_no_run_by_its_old_id(telling: dict[str, Any]) -> None:
    telling["functional_units"] = [{"unit": "token", "quantity": 10, "run": "sft"}]
    trace = {
        "formula": "energy_it_kwh = energy_it_kwh / quantity",
        "inputs": [{"name": "energy_it_kwh", "value": 1, "at": "/results/runs/sft/energy_it_kwh"}],
    }
    row = {"unit": "token", "run": "sft", "energy_it_kwh": {"value": 1, "trace": trace}}
    telling["results"]["per_functional_unit"] = [row]
    blind = anonymise(telling).filled
    assert not leaks(json.dumps(blind["functional_units"]), SECRETS)
    assert not leaks(json.dumps(blind["results"]["per_functional_unit"]), SECRETS)
    assert blind["functional_units"][0]["run"] in {run["id"] for run in blind["runs"]}
