"""What is looked up for a run, by the newest set's own policy and by those of other calculators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from footprint_cases import absence, footprint, result, statement

from greenalgo.factors import open_set
from greenalgo.factors.overlay import overlay
from greenalgo.footprint import Result, compute
from greenalgo.statement import from_document

if TYPE_CHECKING:
    from greenalgo.footprint.trace import Input


def used(found: Result, name: str) -> Input:
    return next(given for given in found.trace.inputs if given.name == name)


def component(policy: str, **part: Any) -> Result:
    """Return the energy of the only component of a run of one hour, by a policy."""
    factors = open_set()
    data = statement({"hours": 1, "hardware": [part]})
    [found] = compute(from_document(data), factors, factors.policy(policy)).runs[0].components
    assert isinstance(found, Result), found
    return found


def test_a_computer_at_home_has_no_machine_room() -> None:
    run = {"energy_it_kwh": 5, "pue": None}
    place = {"country": "FRA", "facility": "personal_computer"}
    home = result(run | {"location": place}, "energy_facility_kwh")
    assert (home.value, home.status) == (5, "default")
    assert used(home, "pue").factor == "policy:greenalgo-2026.11:pue-personal-computer"
    assert result(run | {"location": {"country": "FRA"}}, "energy_facility_kwh").value > 7


@pytest.mark.parametrize(
    ("scope", "watts", "count"),
    [({}, 7.5 * 16, 1), ({"power_scope": "core"}, 7.5, 12)],
    ids=["device", "core"],
)
def test_a_policys_power_of_a_core_is_that_of_all_cores_of_a_device(
    scope: dict[str, str], watts: float, count: int
) -> None:
    found = component(
        "green-algorithms-1.1", kind="cpu", model="Xeon E5-2683 v4", count=count, **scope
    )
    assert used(found, "power_w").value == watts
    assert found.value == pytest.approx(count * watts / 1000)


def test_a_policys_power_of_a_core_is_not_that_of_a_device_whose_cores_are_not_known() -> None:
    found = component("green-algorithms-1.1", kind="cpu", model="Intel Xeon Phi 5110P", count=1)
    assert used(found, "power_w").value == open_set().processor("Intel Xeon Phi 5110P").power_w


@pytest.mark.parametrize("name", ["gcp", "GCP", "google", "Google Cloud"])
def test_a_policys_pue_of_a_provider_has_all_its_names(name: str) -> None:
    factors = open_set()
    data = statement({"energy_it_kwh": 1, "pue": None, "location": {"provider": name}})
    found = compute(from_document(data), factors, factors.policy("green-algorithms-1.1"))
    assert found.totals["energy_facility_kwh"][0] == pytest.approx(1.11)


def test_rows_of_a_users_own_come_before_a_policys() -> None:
    mine = {
        "format": 1,
        "name": "mine",
        "source": {"key": "mine2026", "title": "Meters", "year": 2026},
        "pue": [{"provider": "google", "year": 2026, "value": 1.07}],
        "processors": [{"name": "Quadro RTX 8000", "kind": "gpu", "power_w": 123}],
    }
    factors = overlay(open_set(), mine)
    part = {"kind": "gpu", "model": "Quadro RTX 8000", "count": 1}
    run = {"hours": 1, "pue": None, "location": {"provider": "gcp"}, "hardware": [part]}
    for policy in ("mlco2", "green-algorithms-3.0"):
        found = compute(from_document(statement(run)), factors, factors.policy(policy)).totals
        assert found["energy_facility_kwh"][0] == pytest.approx(0.123 * 1.07)


def test_a_core_of_a_processor_has_its_share_of_the_power() -> None:
    part = {"kind": "cpu", "model": "Xeon E5-2683 v4", "count": 12, "power_scope": "core"}
    whole = open_set().processor("Xeon E5-2683 v4")
    [found] = footprint({"hours": 1, "hardware": [part]}).runs[0].components
    assert isinstance(found, Result)
    assert used(found, "power_w").value == whole.power_w / 16


def test_cores_that_are_not_known_are_not_guessed() -> None:
    part = {"kind": "cpu", "model": "AMD A10-5700", "count": 2, "power_scope": "core"}
    reason = absence({"hours": 1, "hardware": [part]}, "energy_it_kwh")
    assert reason == "the number of cores of AMD A10-5700 is not known"


def test_power_and_speed_of_a_processor_are_two_factors() -> None:
    run = {
        "hardware": [{"kind": "accelerator", "model": "Cambricon MLU370-S4", "count": 1}],
        "work": {"flops": 7.2e13 * 3600, "model_flops_utilisation": 1, "precision": "bf16"},
    }
    found = footprint(run)
    # It has no tensor cores of its own: 72 TFLOP/s are those of fp16. One hour.
    assert found.totals["device_hours"][0] == pytest.approx(1)
    units = [factor.unit for factor in found.used if factor.table == "processors"]
    assert sorted(units) == ["FLOP/s", "W"]
    assert len({factor.id for factor in found.used if factor.table == "processors"}) == 1


def test_a_policys_own_intensity_of_a_country_goes_first() -> None:
    factors = open_set()
    own = factors.carbon_intensity("DEU", year=2023)
    policy = factors.policy()._replace(intensities={"FRA": own})
    data = statement({"energy_it_kwh": 1, "carbon_intensity_g_per_kwh": None})
    found = compute(from_document(data), factors, policy)
    assert own.id in [factor.id for factor in found.used]
    assert found.totals["co2e_operational_kg"][0] == pytest.approx(1.2 * own.value / 1000)
