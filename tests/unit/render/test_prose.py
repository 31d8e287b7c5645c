"""The sentences: what was measured, modelled, assumed and left out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from greenalgo import __version__, api
from greenalgo.render.context import view
from greenalgo.render.macros import macros
from greenalgo.render.prose import in_sentence, joined, limitations, methods
from greenalgo.render.tables import record_table
from greenalgo.render.types import Cite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from greenalgo.render.context import View
    from greenalgo.render.types import Prose


def plain(sentences: Iterable[Prose]) -> list[str]:
    return [
        "".join(f"[{','.join(p.keys)}]" if isinstance(p, Cite) else p for p in sentence)
        .replace("\u2009", " ")
        .replace("\u00a0", " ")
        for sentence in sentences
    ]


def test_methods_of_one_run(make_view: Callable[[str], View]) -> None:
    assert plain(methods(make_view("bloom"))) == [
        "The training run of BLOOM-176B used 1 082 990 device-hours on 384 × NVIDIA A100-SXM4-80GB.",
        (
            "IT energy, computed as the sum over components of count, hours, power and utilisation multiplied"
            "[lannelongue2021], is 433.2 MWh."
        ),
        "With a PUE of 1.2, facility energy is 519.8 MWh.",
        (
            "At a location-based carbon intensity of 57 g CO₂e/kWh, operational emissions are 29.63 t CO₂e"
            "[patterson2021]."
        ),
        f"All figures were computed with greenalgo {__version__}[greenalgo], factor set 2026.11, at level L1.",
    ]


def test_methods_of_many_runs(make_view: Callable[[str], View]) -> None:
    text = " ".join(plain(methods(make_view("project"))))
    assert text.startswith(
        "The 5 runs of Boreal-7B (2 training, 1 hyper-parameter search, 1 fine-tuning and 1 evaluation) used"
    )
    assert "86 % of it was read from meters or hardware counters; the rest was computed" in text
    assert "With a PUE of 1.04–1.56, facility energy is 122.1 MWh (117.2–128.0 MWh)." in text
    assert "Market-based, they are" in text
    assert "We report beside this figure, not inside it, embodied emissions of" in text
    assert "Per 1000 generated tokens, this is 29 mWh (19–44 mWh)" in text


def test_limitations(make_view: Callable[[str], View]) -> None:
    assert plain(limitations(make_view("bloom"))) == [
        "Not counted: CPUs, memory, storage, network, embodied emissions and water.",
        "Failed and exploratory runs are not declared, so the total may be larger.",
        "No input has an interval, so the figures show none; they are not exact.",
    ]
    assert plain(limitations(make_view("project"))) == [
        "Not declared by us, and replaced by defaults: PUE of 1.56 (1.10–2.00).",
        "Not counted: storage, network, personal computers and data storage after the project.",
        "1 failed or aborted run and 1 exploratory run are included.",
        "Offsets of 5 t CO₂e were bought; they are not subtracted.",
    ]


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        (
            {"failed_runs": "none", "exploratory_runs": "none"},
            "There were no failed or exploratory runs.",
        ),
        (
            {"failed_runs": "excluded"},
            "Failed or exploratory runs took place and are not included.",
        ),
        (
            {"failed_runs": "none", "exploratory_runs": "excluded"},
            "Failed or exploratory runs took place and are not included.",
        ),
        (
            {"failed_runs": "none"},
            "Failed and exploratory runs are not declared, so the total may be larger.",
        ),
        ({}, "Failed and exploratory runs are not declared, so the total may be larger."),
    ],
)
def test_what_is_said_about_runs_that_failed(
    filled: Callable[[str], dict[str, Any]], boundary: dict[str, str], expected: str
) -> None:
    document = {**filled("bloom"), "boundary": boundary}
    assert expected in plain(limitations(view(document, "")))


def test_what_a_node_contains_is_counted(filled: Callable[[str], dict[str, Any]]) -> None:
    document = filled("bloom")
    document["runs"][0]["hardware"][0]["kind"] = "node"
    assert "Not counted: embodied emissions and water." in plain(limitations(view(document, "")))


def test_what_the_author_leaves_out_is_named_once(
    filled: Callable[[str], dict[str, Any]],
) -> None:
    document = filled("quote") | {"boundary": {"excludes": ["embodied emissions of all servers"]}}
    assert plain(limitations(view(document, ""))) == [
        "Not counted: water and embodied emissions of all servers."
    ]


@pytest.mark.parametrize(
    "left_out", ["CPUs and memory", "host CPUs and memory", "memory, host CPUs"]
)
def test_what_the_author_leaves_out_in_one_breath_is_named_once(left_out: str) -> None:
    shown = fill()._replace(boundary={"excludes": [left_out]})
    assert plain(limitations(shown))[0] == (
        "Not counted: storage, network, operational emissions, embodied emissions, water and "
        f"{left_out}."
    )


def test_metered_energy_is_called_so(filled: Callable[[str], dict[str, Any]]) -> None:
    document = filled("bloom")
    document["results"]["runs"]["final-training"]["energy_it_kwh"]["status"] = "metered"
    assert "IT energy, read from meters or hardware counters, is 433.2 MWh." in plain(
        methods(view(document, ""))
    )


def test_hours_are_fewer(filled: Callable[[str], dict[str, Any]]) -> None:
    claims = [{"metric": "device_hours", "ratio": 0.66, "against": "X"}]
    document = filled("quote") | {"reported": {"claims": claims}}
    assert any(
        "34 % fewer device-hours than X" in text for text in plain(methods(view(document, "")))
    )


def test_quotes_are_not_called_results(make_view: Callable[[str], View]) -> None:
    text = plain(methods(make_view("quote")))
    assert text[0].startswith("4 figures of Gemini Apps are quoted as printed; ")
    assert "97 % less energy than Baseline of May 2024" in text[1]
    assert "41 % less energy than the baseline run" in text[1]
    assert plain(limitations(make_view("quote"))) == ["Not counted: embodied emissions and water."]


@pytest.mark.parametrize(
    ("ratio", "words"),
    [(0.5, "50 % less energy than X"), (1, "1× the energy of X"), (2.5, "2.5× the energy of X")],
)
def test_a_claim_says_how_much_less_or_more(
    filled: Callable[[str], dict[str, Any]], ratio: float, words: str
) -> None:
    claim = {"metric": "energy", "ratio": ratio, "against": "X"}
    document = filled("quote") | {"reported": {"claims": [claim]}}
    assert any(words in text for text in plain(methods(view(document, ""))))


def test_the_chip_has_no_facility_and_no_emissions(make_view: Callable[[str], View]) -> None:
    text = " ".join(plain(methods(make_view("chip"))))
    assert "is 2.375 nJ." in text
    assert "PUE" not in text
    assert "operational emissions" in plain(limitations(make_view("chip")))[0]


def fill(**run: Any) -> View:
    """Return the view of a statement of one run on one device, of 100 W for 10 h."""
    gpu = {"kind": "gpu", "model": "X", "count": 1, "power_w": {"value": 100}}
    given = {"id": "a", "phase": "inference", "hardware": [gpu], "hours": {"value": 10}}
    given |= {"pue": {"status": "not_assessed", "reason": "No."}}
    given |= {"carbon_intensity_g_per_kwh": {"value": 100}}
    chosen = {key: value for key, value in (given | run).items() if value is not None}
    document = {
        "spec_version": "1.0", "title": "A", "subject": {"name": "A"}, "issued": "2026-01-01",
        "licence": "CC-BY-4.0", "runs": [chosen],
        "functional_units": [{"unit": "prompt", "quantity": 1_000_000, "run": "a"}],
    }  # fmt: skip
    return view(api.with_results(api.loads(json.dumps(document).encode())), "")


def test_an_interval_of_it_energy_alone_is_an_interval() -> None:
    exact = "No input has an interval, so the figures show none; they are not exact."
    assert exact in plain(limitations(fill()))
    shown = fill(hours={"value": 10, "lower": 9, "upper": 11})
    assert "is 1.00 kWh (0.90–1.10 kWh)." in " ".join(plain(methods(shown)))
    assert exact not in plain(limitations(shown))


def test_one_run_is_reported_and_two_are() -> None:
    whole = {"energy_it_kwh": {"value": 3}, "hardware": [{"kind": "gpu"}], "hours": None}
    assert plain(methods(fill(**whole)))[0] == "The inference run of A is reported here."
    assert plain(methods(fill(**whole, repetitions=2)))[0] == (
        "The 2 inference runs of A are reported here."
    )


def test_energy_that_is_declared_for_components_is_not_called_computed() -> None:
    read = {"kind": "gpu", "model": "X", "energy_it_kwh": {"value": 2}}
    cpu = {"kind": "cpu", "model": "Y", "count": 1, "power_w": {"value": 100}}
    shown = fill(hardware=[read, {"kind": "cpu", "energy_it_kwh": {"value": 1}}])
    assert plain(methods(shown))[1] == (
        "IT energy, added up from what is declared for each component, is 3 kWh."
    )
    assert "Not counted: memory, storage" in plain(limitations(shown))[0]
    assert plain(methods(fill(hardware=[read, cpu])))[1] == (
        "IT energy, added up over components, from count, hours, power and utilisation multiplied or as "
        "declared[lannelongue2021], is 3 kWh."
    )


def test_a_rate_without_a_facility_is_one_of_it_energy() -> None:
    shown = fill()
    assert "Per prompt, this is 1 mWh of IT energy." in plain(methods(shown))
    rows = [block.lines[0][:2] for block in record_table(shown, 40.0).blocks]
    assert ("IT energy per prompt", "1 mWh") in [(a, b.replace("\u00a0", " ")) for a, b in rows]
    assert "Per prompt, this is 1 mWh and 100 µg CO₂e." in plain(methods(fill(pue={"value": 1})))


def test_they_are_emissions_that_were_named() -> None:
    none = {"status": "not_assessed", "reason": "No."}
    water = {"kind": "consumption", "wue_l_per_kwh": {"value": 1}, "ewif_l_per_kwh": {"value": 1}}
    given: dict[str, Any] = {"pue": {"value": 1}, "water": water}
    market = {"carbon_intensity_market_g_per_kwh": {"value": 50, "basis": "market"}}
    text = plain(methods(fill(**given, **market)))
    assert "Market-based, they are 50 g CO₂e." in text
    assert "We report beside this figure, not inside it, a water use of 2 L." in text
    text = plain(methods(fill(**given, **market, carbon_intensity_g_per_kwh=none)))
    assert "Market-based, operational emissions are 50 g CO₂e." in text
    assert "We report beside this figure, not inside it, a water use of 2 L." in text
    text = plain(methods(fill(**given, carbon_intensity_g_per_kwh=none)))
    assert "We also report a water use of 2 L." in text


def test_a_single_quoted_figure_is_one(filled: Callable[[str], dict[str, Any]]) -> None:
    document = filled("quote") | {"reported": {"energy_it_kwh": 3, "boundary": "it"}}
    assert plain(methods(view(document, "")))[0].endswith(
        "1 figure of Gemini Apps is quoted as printed; the statement declares no inputs that it could be "
        "recomputed from."
    )


def test_joined() -> None:
    assert joined([]) == ()
    assert joined([("a",)]) == ("a",)
    assert joined([("a",), ("b",), ("c",)]) == ("a", ", ", "b", " and ", "c")


def test_a_total_that_runs_are_missing_from_says_so() -> None:
    def total(note: str) -> dict[str, object]:
        inputs = [{"name": "x", "value": 1.0}]
        trace = {"formula": "sum of runs", "inputs": inputs, "note": note}
        return {"value": 1.0, "lower": 1.0, "upper": 1.0, "status": "modelled", "trace": trace}

    totals = {
        "energy_it_kwh": total("not counted: a disk"),
        "co2e_market_kg": total("without: search, crash"),
        "water_l": total("without: search, crash"),
    }
    runs = [{"id": "main"}, {"id": "search"}, {"id": "crash", "repetitions": 7}]
    document = {"runs": runs, "results": {"runs": {}, "totals": totals}}
    expected = "The figures for market-based emissions and water cover 1 of the 9 runs."
    assert expected in plain(limitations(view(document, "")))


def test_repetitions_are_runs(filled: Callable[[str], dict[str, Any]]) -> None:
    document = filled("project")
    sweep = next(run for run in document["runs"] if run["outcome"] == "exploratory")
    sweep["repetitions"] = 1200
    shown = view(document, "")
    assert "1 failed or aborted run and 1 200 exploratory runs are included." in plain(
        limitations(shown)
    )
    assert plain(methods(shown))[0].startswith(
        "The 1 204 runs of Boreal-7B (2 training, 1 200 hyper-parameter search, 1 fine-tuning"
    )
    (macro,) = [one for one in macros(shown) if one.name == "gaRunCount"]
    assert macro.value == "1\u2009204"


def test_a_single_run_that_was_repeated(filled: Callable[[str], dict[str, Any]]) -> None:
    document = filled("bloom")
    document["runs"][0]["repetitions"] = 40
    shown = view(document, "")
    assert plain(methods(shown))[0].startswith("The 40 training runs of BLOOM")
    rows = [block.lines[0][:2] for block in record_table(shown, 40.0).blocks]
    assert ("Runs", "40") in rows
    assert not [
        row
        for row in record_table(view(filled("bloom"), ""), 40.0).blocks
        if "Runs" in row.lines[0]
    ]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("Netherlands", "the Netherlands"), ("AWS, us-east-1, United States", "AWS, us-east-1, the United States"),
        ("United Kingdom", "the United Kingdom"), ("Philippines", "the Philippines"), ("Bahamas", "the Bahamas"),
        ("United Arab Emirates", "the United Arab Emirates"), ("Marshall Islands", "the Marshall Islands"),
        ("Democratic Republic of Congo", "the Democratic Republic of Congo"), ("Gambia", "the Gambia"),
        ("British Indian Ocean Territory", "the British Indian Ocean Territory"), ("France", "France"),
        ("South Georgia and the South Sandwich Islands", "South Georgia and the South Sandwich Islands"),
        ("Heard Island and McDonald Islands", "Heard Island and McDonald Islands"), ("FIN", "FIN"),
        ("Netherlands eScience Center, Amsterdam", "Netherlands eScience Center, Amsterdam"),
    ],
)  # fmt: skip
def test_countries_take_their_article_in_a_sentence(place: str, expected: str) -> None:
    assert in_sentence(place) == expected
