"""Levels: what each needs, and what is named where it is missing."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from rule_cases import RUN

from greenalgo import api

L2: dict[str, Any] = {
    "spec_version": "1.0",
    "title": "A transparent statement",
    "subject": {"name": "N"},
    "boundary": {"includes": ["compute"], "failed_runs": "none", "exploratory_runs": "none"},
    "functional_units": [{"unit": "image", "quantity": 1000000}],
    "runs": [
        RUN
        | {
            "hardware": [
                {
                    "kind": "gpu",
                    "count": 8,
                    "power_w": {
                        "value": 300, "lower": 280, "upper": 320, "status": "metered", "source": "log",
                    },
                }
            ]
        }
    ],
}  # fmt: skip


def filled(**changes: Any) -> dict[str, Any]:
    data = copy.deepcopy(L2) | changes
    return api.fill({key: value for key, value in data.items() if value is not None})


def run(**changes: Any) -> list[dict[str, Any]]:
    changed = copy.deepcopy(L2["runs"][0]) | changes
    return [{key: value for key, value in changed.items() if value is not None}]


def includes() -> list[str]:
    from greenalgo.schemas.load import load_schema

    items = load_schema("1.0")["$defs"]["boundary"]["properties"]["includes"]["items"]
    return list(items.get("enum", ["compute"]))[:1]


L2["boundary"]["includes"] = includes()


def test_a_complete_statement_reaches_l2() -> None:
    data = filled()
    verdict = api.judge(data)
    assert (verdict.findings, verdict.level) == ((), "L2")
    assert data["results"]["level"] == "L2"


SILENT = {"status": "not_assessed", "reason": "The cluster is shared; no share is known."}
#: What a transparent statement needs besides, where its power was metered.
MEASURED: dict[str, Any] = {
    "measurement": {"method": "pdu"},
    "embodied": SILENT,
    "water": SILENT,
    "carbon_intensity_market_g_per_kwh": SILENT,
}


def test_a_measured_statement_reaches_l3() -> None:
    data = filled(runs=run(**MEASURED))
    verdict = api.judge(data)
    assert (verdict.findings, verdict.level, verdict.missing) == ((), "L3", ())
    assert data["results"]["level"] == "L3"


def reading(watts: float, status: str) -> dict[str, Any]:
    return {
        "value": watts,
        "lower": watts * 0.9,
        "upper": watts * 1.1,
        "status": status,
        "source": "log",
    }


def gpus(count: int, watts: float, status: str, **more: Any) -> dict[str, Any]:
    return {"kind": "gpu", "count": count, "power_w": reading(watts, status), **more}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"hardware": [gpus(8, 300, "declared")]}, "0 % of the IT energy is metered"),
        (
            {"hardware": [gpus(8, 300, "metered"), gpus(1, 300, "declared")]},
            "88.9 % of the IT energy is metered or counted (status: metered or counter), 95 % is asked for",
        ),
        ({"multiplier": 2}, "0 % of the IT energy is metered"),
        (
            {"hours": {"value": 10, "status": "imputed", "source": "guess"}},
            "0 % of the IT energy is metered",
        ),
        ({"measurement": None}, "run 'a': measurement does not say with what"),
        ({"embodied": None}, "run 'a': embodied is neither given nor argued away"),
        ({"water": None}, "run 'a': water is neither given nor argued away"),
        (
            {"carbon_intensity_market_g_per_kwh": None},
            "run 'a': carbon_intensity_market_g_per_kwh is neither given",
        ),
    ],
)
def test_l3_names_what_is_missing(changes: dict[str, Any], named: str) -> None:
    verdict = api.judge(filled(runs=run(**MEASURED | changes)))
    assert (verdict.level, len(verdict.missing)) == ("L2", 1)
    assert verdict.missing[0].startswith(named)


@pytest.mark.parametrize(
    "changes",
    [
        {"hardware": [gpus(19, 300, "counter"), gpus(1, 300, "declared")]},
        {"energy_it_kwh": reading(24, "metered")},
        {"energy_facility_kwh": reading(28.8, "metered")},
        {"multiplier": 1},
        {"embodied": [{"item": "node", "co2e_kg": {"value": 1000, "source": "maker"}, "lifetime_hours": 35000}]},
        {"water": {"wue_l_per_kwh": {"value": 0.2, "source": "operator"}}},
    ],
)  # fmt: skip
def test_l3_takes_every_kind_of_reading(changes: dict[str, Any]) -> None:
    verdict = api.judge(filled(runs=run(**MEASURED | changes)))
    assert (verdict.level, verdict.missing) == ("L3", ())


def test_l3_asks_every_run_but_parts_of_another() -> None:
    part = {"id": "part", "phase": "training", "part_of": "a"}
    assert api.judge(filled(runs=[*run(**MEASURED), part])).level == "L3"
    second = run(**MEASURED | {"id": "b", "water": None})
    missing = api.judge(filled(runs=[*run(**MEASURED), *second])).missing
    assert [text.partition(":")[0] for text in missing] == ["run 'b'"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        (
            {"boundary": {"includes": includes(), "exploratory_runs": "none"}},
            "boundary.failed_runs is not declared",
        ),
        (
            {"boundary": {"includes": includes(), "failed_runs": "none"}},
            "boundary.exploratory_runs is not declared",
        ),
        (
            {
                "boundary": {
                    "includes": includes(),
                    "failed_runs": "excluded",
                    "exploratory_runs": "none",
                }
            },
            "boundary.failed_runs are excluded",
        ),
        (
            {"boundary": {"failed_runs": "none", "exploratory_runs": "none"}},
            "boundary.includes does not say",
        ),
        ({"functional_units": None}, "no functional unit is declared"),
        (
            {"runs": run(hardware=RUN["hardware"], pue={"value": 1.2, "source": "x"})},
            "energy_it_kwh has no interval",
        ),
        ({"runs": run(pue=1.2)}, "1 input states no source, the first is /runs/0/pue"),
        (
            {"runs": run(energy_it_kwh={"value": 24, "lower": 23, "upper": 25})},
            "/runs/0/energy_it_kwh",
        ),
        (
            {
                "runs": run(
                    hardware=[
                        {
                            "kind": "gpu",
                            "count": 8,
                            "energy_it_kwh": {"value": 24, "lower": 23, "upper": 25},
                        }
                    ]
                )
            },
            "/runs/0/hardware/0/energy_it_kwh",
        ),
    ],
)
def test_l2_names_what_is_missing(changes: dict[str, Any], named: str) -> None:
    verdict = api.judge(filled(**changes))
    assert verdict.level == "L1"
    assert any(named in text for text in verdict.missing), verdict.missing


def test_l2_needs_a_pinned_set() -> None:
    verdict = api.judge(L2)
    assert (verdict.level, verdict.missing) == (
        "L1",
        ("no factor set is pinned (run greenalgo fill)",),
    )


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"hardware": None, "energy_it_kwh": 24}, "run 'a': hardware is not declared"),
        ({"hours": None, "energy_it_kwh": 24}, "run 'a': hours are not declared"),
        (
            {"hardware": [{"kind": "gpu", "power_w": 300}], "energy_it_kwh": 24},
            "run 'a': the count of devices is not declared",
        ),
        ({"location": None}, "run 'a': location is not declared"),
        ({"pue": None}, "run 'a': pue is not declared"),
        (
            {"carbon_intensity_g_per_kwh": None},
            "run 'a': carbon_intensity_g_per_kwh is not declared",
        ),
        (
            {"hardware": [{"kind": "gpu", "model": "NVIDIA A100-SXM4-80GB", "count": 8}]},
            "run 'a': power_w is looked up, not declared",
        ),
        (
            {"pue": {"status": "not_assessed", "reason": "nobody asked"}},
            "run 'a': co2e_operational_kg does not follow from the inputs",
        ),
    ],
)
def test_l1_names_what_is_missing(changes: dict[str, Any], named: str) -> None:
    verdict = api.judge(L2 | {"runs": run(**changes)})
    assert verdict.level == "L0"
    assert any(text.startswith(named) for text in verdict.missing), verdict.missing


def test_fill_pins_what_was_looked_up() -> None:
    runs = run(
        hardware=[{"kind": "gpu", "model": "NVIDIA A100-SXM4-80GB", "count": 8}],
        pue=None,
        carbon_intensity_g_per_kwh=None,
    )
    assert api.judge(L2 | {"runs": runs}).level == "L0"
    assert api.judge(filled(runs=runs)).level in ("L1", "L2")


def test_a_part_of_another_run_is_not_asked_twice() -> None:
    part = {"id": "part", "phase": "training", "part_of": "a"}
    assert api.judge(L2 | {"runs": [*run(), part]}).level == "L1"


def test_an_invalid_statement_has_no_level() -> None:
    assert api.judge(L2 | {"reported": {"energy_it_kwh": 99}}).level == ""


def test_memory_at_the_policys_rate_does_not_stand_for_a_devices_power() -> None:
    data = copy.deepcopy(L2)
    hardware = data["runs"][0]["hardware"]
    hardware.append({"kind": "memory", "memory_gb": 64})
    assert not any("power_w" in text for text in api.judge(data).missing)
    hardware[0] = {"kind": "gpu", "model": "NVIDIA T4", "count": 8}
    assert any("power_w is looked up" in text for text in api.judge(data).missing)
