"""The block that a filled statement gets: what is written of the numbers, and how."""

from __future__ import annotations

from typing import Any

from footprint_cases import footprint, result

from greenalgo import __version__
from greenalgo.factors import open_set
from greenalgo.footprint import to_results


def results(*runs: dict[str, Any], **more: Any) -> dict[str, Any]:
    factors = open_set()
    return to_results(footprint(*runs, **more), factors, factors.policy(), "L1")


def test_it_says_what_it_was_made_with() -> None:
    block, factors = results({"energy_it_kwh": 5}), open_set()
    assert (block["factor_set"], block["factor_set_sha256"]) == (factors.name, factors.sha256)
    assert (block["policy"], block["tool"], block["level"]) == (
        factors.policy().id,
        f"greenalgo {__version__}",
        "L1",
    )


def test_sources_of_methods_and_of_factors_are_cited_once_each() -> None:
    block = results({"energy_it_kwh": 5, "carbon_intensity_g_per_kwh": None})
    [factor] = block["factors"]
    assert block["citations"] == ["patterson2021", "lannelongue2021", factor["source"]]
    assert "citations" in results({"energy_it_kwh": 5})
    assert "factors" not in results({"energy_it_kwh": 5})


def test_a_rate_names_its_run() -> None:
    units = [{"unit": "prompt", "quantity": 2, "run": "r0"}, {"unit": "prompt", "quantity": 4}]
    first, second = results({"energy_it_kwh": 6}, functional_units=units)["per_functional_unit"]
    assert (first["run"], first["quantity"], first["energy_it_kwh"]["value"]) == ("r0", 2, 3)
    assert "run" not in second
    assert second["energy_it_kwh"]["value"] == 1.5


def test_whole_numbers_are_integers_as_far_as_every_reader_goes() -> None:
    values = [
        results({"energy_it_kwh": kwh})["totals"]["energy_it_kwh"]["value"]
        for kwh in (5.0, 0.1 + 0.2, 2e15)
    ]
    assert list(map(repr, values)) == ["5", "0.3", "2000000000000000.0"]


def test_facility_energy_that_is_metered_stays_as_it_is() -> None:
    run = {"energy_facility_kwh": 120, "pue": {"value": 1.2, "lower": 1, "upper": 1.5}}
    whole = result(run, "energy_facility_kwh")
    assert (whole[:3], whole.trace.method) == ((120, 120, 120), "declared")
    assert result(run, "energy_it_kwh")[:3] == (100, 80, 120)
