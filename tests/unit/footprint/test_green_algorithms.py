"""The worked cases of the Green Algorithms papers, recomputed from their own inputs.

Facts from Lannelongue, Grealey, Inouye 2021 (doi:10.1002/advs.202100707) and Grealey et al. 2022,
Table 1 (doi:10.1093/molbev/msac034). The first paper prints its inputs whole: its rows must be met to
the last printed gram. The second rounds the time and does not print the power of a core, so its rows
must be met to 3 %. One row of it does not follow from its printed time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from footprint_cases import result

from greenalgo.validate.engine import judge


class Case(NamedTuple):
    """A row: inputs, the printed kg, and what the inputs give to eight digits or more."""

    name: str
    hours: float
    cores: int
    watts: float
    usage: float
    memory_gb: float
    factor: float
    printed_kg: float
    exact_kg: float


ADVANCED_SCIENCE = [
    Case("Geant4-DNA", 504, 12, 10, 1, 10, 1, 49.465, 49.46500794),
    Case("Geant4-DNA, PSF 11", 504, 12, 10, 1, 10, 11, 544.115, 544.11508734),
    Case("BERT", 79, 64, 300, 0.627, 0, 1, 754.407, 754.4074032),
    Case("BERT, PSF 100", 79, 64, 300, 0.627, 0, 100, 75440.740, 75440.74032),
]
MBE = [
    Case("SSPACE, long", 201 / 3600, 1, 12, 1, 30, 1, 0.001, 0.0010264159),
    Case("SOAPdenovo2, long", 292 / 3600, 1, 12, 1, 30, 1, 0.0015, 0.0014911117),
    Case("SGA, long", 95 / 60, 1, 12, 1, 30, 1, 0.029, 0.029107317),
    Case("SSPACE, short", 520 / 3600, 1, 12, 1, 30, 1, 0.0027, 0.0026554044),
    Case("SGA, short", 425 / 60, 1, 12, 1, 30, 1, 0.13, 0.13021695),
    Case("Kraken2", 20 / 60, 1, 12, 1, 21, 1, 0.0052, 0.0052413994),
    Case("Centrifuge", 58 / 60, 1, 12, 1, 12, 1, 0.013, 0.012629333),
    Case("Kraken and Bracken", 100 / 60, 1, 12, 1, 154, 1, 0.092, 0.09170631),
    Case("ExaML, avian", 367920, 1, 12, 1, 8, 1, 4372, 4371.951),
    Case("Sailfish, 1 core", 42 / 60, 1, 12, 1, 7, 1, 0.0081, 0.0081111796),
    Case("Sailfish, 16 cores", 14 / 60, 16, 12, 1, 7, 1, 0.036, 0.036020227),
    Case("RSEM, 1 core", 2830 / 60, 1, 12, 1, 9, 1, 0.57, 0.57441315),
    Case("RSEM, 16 cores", 530 / 60, 16, 12, 1, 21, 1, 1.4, 1.4001646),
    Case("AMBER18, V100", 75, 1, 300, 1, 0, 1, 18, 17.848125),
    Case("Glide", 1027 + 47 / 60, 1, 95 / 6, 1, 0.05, 1, 13, 12.923929),
    Case("AutoDock Vina", 40972, 1, 95 / 6, 1, 0.05, 1, 514, 515.20511),
]
MISPRINT = Case("SOAPdenovo2, short", 98 / 3600, 1, 12, 1, 30, 1, 0.0036, 0.00050044159)
LIKELY = MISPRINT._replace(hours=698 / 3600, exact_kg=0.0035643697)


def run(case: Case) -> dict[str, Any]:
    line: dict[str, Any] = {
        "kind": "cpu",
        "count": case.cores,
        "power_w": case.watts,
        "power_scope": "core",
        "utilisation": case.usage,
    }
    if case.memory_gb:
        line["memory_gb"] = case.memory_gb
    return {
        "hours": case.hours,
        "hardware": [line],
        "pue": 1.67,
        "carbon_intensity_g_per_kwh": 475,
        "multiplier": case.factor,
    }


def by_hand(case: Case) -> float:
    """Equations 1 to 4: t x (n P u + m x 0.3725) x PUE x CI x PSF, in kg."""
    watts = case.cores * case.watts * case.usage + case.memory_gb * 0.3725
    return case.hours * watts / 1000 * 1.67 * 475 / 1000 * case.factor


@pytest.mark.parametrize("case", [*ADVANCED_SCIENCE, *MBE, MISPRINT, LIKELY], ids=lambda c: c.name)
def test_the_formula_of_the_paper(case: Case) -> None:
    found = result(run(case), "co2e_operational_kg").value
    assert found == pytest.approx(by_hand(case), rel=1e-9)
    assert found == pytest.approx(case.exact_kg, rel=1e-6)


@pytest.mark.parametrize("case", ADVANCED_SCIENCE, ids=lambda c: c.name)
def test_the_printed_grams_are_met(case: Case) -> None:
    assert abs(result(run(case), "co2e_operational_kg").value - case.printed_kg) <= 0.0005


@pytest.mark.parametrize("case", [*MBE, LIKELY], ids=lambda c: c.name)
def test_the_table_is_met(case: Case) -> None:
    assert result(run(case), "co2e_operational_kg").value == pytest.approx(
        case.printed_kg, rel=0.03
    )


def test_the_misprint_is_found() -> None:
    base = {"id": "a", "phase": "analysis", "location": {"country": "AUS"}}
    data = {
        "spec_version": "1.0",
        "title": "T",
        "subject": {"name": "SOAPdenovo2"},
        "runs": [base | run(MISPRINT)],
        "reported": {"boundary": "facility", "co2e_operational_kg": MISPRINT.printed_kg},
    }
    found = [f for f in judge(data).findings if f.code == "GA201"]
    assert "(7.194 times too high)" in found[0].message
