"""The same work elsewhere: what a change moves, and what stays."""

from __future__ import annotations

from typing import Any

import pytest

from greenalgo import api
from greenalgo.errors import (
    AmbiguousNameError,
    CalculationError,
    InvalidStatementError,
    UnknownNameError,
)
from greenalgo.factors import open_set
from greenalgo.footprint.scenario import location_of
from greenalgo.statement import Location


def statement(**run: Any) -> dict[str, Any]:
    one = {
        "id": "train", "phase": "training", "hours": 100,
        "hardware": [{"kind": "gpu", "model": "NVIDIA A100-SXM4-80GB", "count": 8, "power_w": 400}],
        "location": {"country": "POL", "facility": "hpc"}, "pue": 1.5,
        "carbon_intensity_g_per_kwh": {"value": 700, "basis": "location", "year": 2022},
        "carbon_intensity_market_g_per_kwh": {"value": 100, "basis": "market", "year": 2022},
        "period": {"start": "2022-03-01", "end": "2022-03-06"},
    }  # fmt: skip
    return {
        "spec_version": "1.0",
        "title": "Eight processors for a hundred hours",
        "subject": {"name": "A network", "kind": "model"},
        "runs": [{key: value for key, value in (one | run).items() if value is not None}],
    }


def total(footprint: api.Footprint, quantity: str) -> float:
    found = footprint.totals[quantity]
    assert isinstance(found, api.Result)
    return found.value


def one(data: dict[str, Any], change: api.Change, *only: str) -> api.Footprint:
    return api.what_if(data, [change], only=only)[0]


def test_without_a_change_it_is_the_footprint() -> None:
    filled = api.fill(statement())["results"]["totals"]
    found = one(statement(), api.Change())
    for quantity in ("energy_facility_kwh", "co2e_operational_kg", "co2e_market_kg"):
        assert total(found, quantity) == filled[quantity]["value"]


def test_a_place_brings_its_own_intensity_and_leaves_the_energy() -> None:
    found = one(statement(), api.Change(place=Location(country="FRA")))
    assert total(found, "energy_facility_kwh") == pytest.approx(8 * 400 * 100 / 1000 * 1.5)
    france = open_set().carbon_intensity(country="FRA", year=2022)
    assert total(found, "co2e_operational_kg") == pytest.approx(480 * france.value / 1000)
    assert found.used == (france,)
    assert found.runs[0].run.location.facility == "hpc"


def test_a_contract_of_the_old_place_is_left_behind() -> None:
    assert "co2e_market_kg" not in one(statement(), api.Change(Location(country="FRA"))).totals
    assert "co2e_market_kg" in one(statement(), api.Change(pue=1.1)).totals


def test_an_intensity_goes_before_the_place() -> None:
    found = one(
        statement(), api.Change(Location(country="FRA"), carbon_intensity_g_per_kwh=20, pue=1.25)
    )
    assert total(found, "co2e_operational_kg") == pytest.approx(8 * 400 * 100 * 1.25 * 20 / 1e6)


def test_another_pue_leaves_the_energy_behind_a_metered_facility() -> None:
    data = statement(energy_facility_kwh=600, hardware=None, hours=None)
    found = one(data, api.Change(pue=1.2))
    assert total(found, "energy_it_kwh") == pytest.approx(400)
    assert total(found, "energy_facility_kwh") == pytest.approx(480)


def test_another_pue_is_that_of_it_energy_where_both_were_metered() -> None:
    data = statement(energy_it_kwh=400, energy_facility_kwh=500, pue=None)
    assert total(one(data, api.Change()), "energy_facility_kwh") == 500
    assert total(one(data, api.Change(pue=1.2)), "energy_facility_kwh") == pytest.approx(480)


def test_a_facility_whose_pue_is_said_to_be_unknown_cannot_be_moved() -> None:
    data = statement(
        energy_facility_kwh=600, hardware=None, hours=None,
        pue={"status": "not_assessed", "reason": "The host does not say."},
    )  # fmt: skip
    assert total(one(data, api.Change()), "energy_facility_kwh") == 600
    with pytest.raises(CalculationError, match=r"run 'train'.*The host does not say") as caught:
        one(data, api.Change(pue=1.2))
    assert caught.value.pointer == "/runs/0"


def test_only_the_runs_that_are_named() -> None:
    data = statement()
    data["runs"].append({**data["runs"][0], "id": "again"})
    before, after = api.what_if(data, [api.Change(), api.Change(pue=3.0)], only=["again"])
    assert total(after, "energy_facility_kwh") == pytest.approx(
        1.5 * total(before, "energy_facility_kwh")
    )
    with pytest.raises(UnknownNameError, match="no run has the id 'agian'") as caught:
        one(data, api.Change(), "agian")
    assert caught.value.candidates == ("again", "train")


def test_repetitions_count_once() -> None:
    data = statement(energy_facility_kwh=600, hardware=None, hours=None, repetitions=3)
    assert total(one(data, api.Change(pue=1.2)), "energy_facility_kwh") == pytest.approx(3 * 480)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("FRA", Location(country="FRA")),
        ("france", Location(country="FRA")),
        ("US-CA", Location(region="US-CA")),
        ("aws/eu-north-1", Location(provider="aws", provider_region="eu-north-1")),
        ("AWS/EU-NORTH-1", Location(provider="aws", provider_region="eu-north-1")),
        ("europe-west9", Location(provider="gcp", provider_region="europe-west9")),
        ("Georgia", Location(country="GEO")),
    ],
)
def test_names_of_places(name: str, place: Location) -> None:
    assert location_of(open_set(), name) == place


@pytest.mark.parametrize("name", ["Atlantis", "", "aws/moon-1", "nobody/eu-west-1"])
def test_places_that_there_are_not(name: str) -> None:
    with pytest.raises((UnknownNameError, AmbiguousNameError)):
        location_of(open_set(), name)


def test_an_invalid_statement_is_refused() -> None:
    with pytest.raises(InvalidStatementError):
        one(statement(pue=0.5), api.Change())
