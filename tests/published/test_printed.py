"""The reference cases of the field: what the inputs give rounds to what the papers print.

A printed figure stands for every number that rounds to it, and a printed input does so too. The
statements hold the second kind of rounding as intervals (20 days are 19.5 to 20.5), so a figure is
reproduced if the interval that follows from the inputs meets the interval that rounds to the print.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from greenalgo import api

STATEMENTS = Path(__file__).parents[2] / "registry" / "statements"
#: One printed unit in kWh or kg.
UNITS = {"kWh": "1", "MWh": "1000", "t": "1000", "kg": "1", "g": "0.001", "lb": "0.45359237"}

ENERGY, DEVICE, CO2E, NET = (
    "energy_facility_kwh",
    "energy_kwh",
    "co2e_operational_kg",
    "co2e_net_kg",
)
#: Statement, quantity, what the paper prints, its unit.
PRINTED = [
    ("patterson2021-et-nas", ENERGY, "7.5", "MWh"),
    ("patterson2021-et-nas", CO2E, "3.2", "t"),
    ("patterson2021-et-nas", NET, "3.2", "t"),
    ("patterson2021-t5", ENERGY, "85.7", "MWh"),
    ("patterson2021-t5", CO2E, "46.7", "t"),
    ("patterson2021-t5", NET, "46.7", "t"),
    ("patterson2021-meena", ENERGY, "232", "MWh"),
    ("patterson2021-meena", CO2E, "96.4", "t"),
    ("patterson2021-meena", NET, "96.4", "t"),
    ("patterson2021-gshard-600b", ENERGY, "24.1", "MWh"),
    ("patterson2021-gshard-600b", CO2E, "4.8", "t"),
    ("patterson2021-gshard-600b", NET, "4.3", "t"),
    ("patterson2021-switch-transformer", ENERGY, "179", "MWh"),
    ("patterson2021-switch-transformer", CO2E, "72.2", "t"),
    ("patterson2021-switch-transformer", NET, "59.1", "t"),
    ("patterson2021-gpt3", ENERGY, "1287", "MWh"),
    ("patterson2021-gpt3", CO2E, "552.1", "t"),
    ("patterson2021-gpt3", NET, "552.1", "t"),
    ("strubell2019-transformer-base", ENERGY, "27", "kWh"),
    ("strubell2019-transformer-base", CO2E, "26", "lb"),
    ("strubell2019-transformer-big", ENERGY, "201", "kWh"),
    ("strubell2019-transformer-big", CO2E, "192", "lb"),
    ("strubell2019-elmo", ENERGY, "275", "kWh"),
    ("strubell2019-elmo", CO2E, "262", "lb"),
    ("strubell2019-bert-base", ENERGY, "1507", "kWh"),
    ("strubell2019-bert-base", CO2E, "1438", "lb"),
    ("strubell2019-nas", ENERGY, "656347", "kWh"),
    ("strubell2019-nas", CO2E, "626155", "lb"),
    ("luccioni2022-bloom-final-training", DEVICE, "433196", "kWh"),
    ("luccioni2022-bloom-final-training", CO2E, "24.69", "t"),
    ("touvron2023-opt-175b", ENERGY, "356", "MWh"),
    ("touvron2023-opt-175b", CO2E, "137", "t"),
    ("touvron2023-bloom-175b", CO2E, "183", "t"),
    ("touvron2023-llama-7b", ENERGY, "36", "MWh"),
    ("touvron2023-llama-7b", CO2E, "14", "t"),
    ("touvron2023-llama-13b", ENERGY, "59", "MWh"),
    ("touvron2023-llama-13b", CO2E, "23", "t"),
    ("touvron2023-llama-33b", ENERGY, "233", "MWh"),
    ("touvron2023-llama-33b", CO2E, "90", "t"),
    ("touvron2023-llama-65b", CO2E, "173", "t"),
    ("lannelongue2021-geant4-dna", CO2E, "49465", "g"),
    ("lannelongue2021-geant4-dna-psf11", CO2E, "544115", "g"),
    ("lannelongue2021-bert", CO2E, "754407", "g"),
    ("lannelongue2021-bert-psf100", CO2E, "75440740", "g"),
]
#: Two figures of LLaMA's Table 15 that its own inputs miss: printed, what they give, in MWh.
OFF_BY_LITTLE = [
    ("touvron2023-bloom-175b", "475", 476.4672),
    ("touvron2023-llama-65b", "449", 449.83928),
]


class Span(NamedTuple):
    lower: float
    upper: float


def rounds_to(printed: str, unit: str) -> Span:
    """Everything that rounds to a printed figure, in kWh or kg."""
    value, factor = Decimal(printed), Decimal(UNITS[unit])
    half = Decimal(5).scaleb(-len(printed.partition(".")[2]) - 1)
    return Span(float((value - half) * factor), float((value + half) * factor))


@cache
def filled(name: str) -> dict[str, Any]:
    return api.fill(api.load(str(STATEMENTS / f"{name}.yaml")).data)


def follows(name: str, quantity: str) -> Span:
    """What the inputs give at the boundary of the printed figure."""
    document = filled(name)
    bare = document["reported"]["boundary"] in ("device", "it")
    result = document["results"]["totals"]["energy_it_kwh" if quantity == DEVICE else quantity]
    pue = 1.0
    if bare and quantity == CO2E:
        # Printed without PUE: the headline figure has it.
        pue = document["runs"][0]["pue"]["value"]
    return Span(result["lower"] / pue, result["upper"] / pue)


@pytest.mark.parametrize(("name", "quantity", "printed", "unit"), PRINTED)
def test_it_rounds_to_the_printed_figure(name: str, quantity: str, printed: str, unit: str) -> None:
    wanted, got = rounds_to(printed, unit), follows(name, quantity)
    assert got.lower <= wanted.upper
    assert got.upper >= wanted.lower
    # An interval so wide that it meets anything would prove nothing.
    assert got.upper - got.lower <= 0.06 * got.upper


@pytest.mark.parametrize(("name", "quantity", "printed", "unit"), PRINTED)
def test_the_statement_holds_the_figure_as_printed(
    name: str, quantity: str, printed: str, unit: str
) -> None:
    reported = api.load(str(STATEMENTS / f"{name}.yaml")).data["reported"]
    assert reported["as_printed"][quantity].replace(",", "") == f"{printed} {unit}"
    assert reported[quantity] == pytest.approx(float(Decimal(printed) * Decimal(UNITS[unit])))


@pytest.mark.parametrize(("name", "printed", "gives"), OFF_BY_LITTLE)
def test_what_the_table_misses_is_known(name: str, printed: str, gives: float) -> None:
    wanted, got = rounds_to(printed, "MWh"), follows(name, ENERGY)
    assert got.lower == pytest.approx(1000 * gives)
    assert wanted.upper < got.lower <= 1.01 * wanted.upper


@pytest.mark.parametrize("name", sorted({row[0] for row in PRINTED}))
def test_the_validator_has_no_objection(name: str) -> None:
    report = api.check_path(str(STATEMENTS / f"{name}.yaml"))
    loud = [found.code for found in report.findings if found.severity > api.Severity.NOTE]
    # 31 years on eight GPUs: the search was extrapolated, and is known to be 88 times too large.
    assert loud == (["GA425"] if name == "strubell2019-nas" else [])
    # The examples of Green Algorithms name no place, which level L1 needs.
    assert report.level == ("L0" if name.startswith("lannelongue") else "L1")
