"""Published figures that do not follow from their own inputs, each caught with its size.

One file in ``inconsistent/`` for each; its name is the case's number. Not every case fits in one
statement:

* I25 (Strubell et al. 2019, ELMo): the text names another GPU than the table. No figure depends on
  it, and a component has one model; ``strubell2019-elmo.yaml`` says so in a note.
* I26 (architecture search of the Evolved Transformer): 284 t in Strubell et al. 2019 and 3.2 t in
  Patterson et al. 2021, 88 times apart. Each follows from its own inputs; only the two statements
  side by side show it (``strubell2019-nas.yaml``, ``patterson2021-et-nas.yaml``).
* I28 (BLOOM): 183 t in the LLaMA paper, with a PUE and the US mix, and 24.69 t in its own, without a
  PUE and in France. Again each follows (``touvron2023-bloom-175b.yaml``,
  ``luccioni2022-bloom-final-training.yaml``).
* I30 (Tucano 2): one share is printed as 69 % and as 73 %. It is a share of a total whose parts were
  not in the text that was read; the two printed totals, 7,900 and 7,877 kg, agree within rounding.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from greenalgo import api

CASES = Path(__file__).parent / "inconsistent"


class Caught(NamedTuple):
    """A finding: code, where it points, and the size that its message names."""

    case: str
    code: str
    pointer: str
    size: str


def each(case: str, code: str, pointer: str, sizes: dict[str, str]) -> list[Caught]:
    """One finding for each run: ``pointer`` has a place for its id."""
    return [Caught(case, code, pointer.format(run), size) for run, size in sizes.items()]


CO2E, WATER = "/reported/co2e_operational_kg", "/reported/water_l"
RUN_CO2E, RUN_WATER = "/reported/runs/{}/co2e_operational_kg", "/reported/runs/{}/water_l"
EXPECTED = [
    *each(
        "I02",
        "GA201",
        RUN_CO2E,
        {
            "flan-t5-base": "(2.108 times too low): with the reported energy it means 141.2 g/kWh",
            "flan-t5-large": "(2.131 times too low): with the reported energy it means 139.6 g/kWh",
            "flan-t5-xl": "(2.136 times too low): with the reported energy it means 139.3 g/kWh",
            "flan-t5-xxl": "(2.152 times too low): with the reported energy it means 138.3 g/kWh",
            "bloomz-560m": "(2.143 times too low): with the reported energy it means 138.9 g/kWh",
            "bloomz-1b": "(2.131 times too low): with the reported energy it means 139.7 g/kWh",
            "bloomz-3b": "(2.136 times too low): with the reported energy it means 139.3 g/kWh",
            "bloomz-7b": "(2.14 times too low): with the reported energy it means 139 g/kWh",
        },
    ),
    Caught("I03", "GA201", CO2E, "(-20 %): with the reported energy it means 237.2 g/kWh"),
    Caught("I04", "GA203", CO2E, "(+25 %): the PUE (1.12) is counted two times too often"),
    Caught("I04", "GA203", WATER, "(+25 %): the PUE (1.12) is counted two times too often"),
    Caught("I05", "GA203", CO2E, "(+13 %): the PUE (1.12) is counted"),
    Caught("I05", "GA203", WATER, "(+12 %): the PUE (1.12) is counted"),
    Caught("I06", "GA204", "/reported/device_hours", "164,000 h are missing (24 % of the total)"),
    Caught("I06", "GA204", "/reported/energy_facility_kwh", "109,000 kWh are missing (24 %"),
    Caught("I06", "GA204", CO2E, "36,000 kg are missing (23 % of the total)"),
    Caught("I06", "GA204", WATER, "141,000 L are missing (17 % of the total)"),
    *each(
        "I07",
        "GA201",
        RUN_WATER,
        {"olmo2-7b": "(+15 %)", "olmo2-13b": "(+15 %)", "llama31-8b": "(+15 %)"},
    ),
    Caught("I08", "GA201", WATER, "(+16 %)"),
    Caught(
        "I09", "GA205", "/reported/energy_it_kwh", "3,000 kWh are missing (0.77 % of the total)"
    ),
    *each("I13", "GA201", RUN_CO2E, {"v1": "(-18 %)", "v2": "(-18 %)"}),
    Caught(
        "I14", "GA210", "/reported/as_printed/co2e_operational_kg", "1000 times apart, a factor"
    ),
    Caught("I21", "GA201", CO2E, "(-2.8 %)"),
    Caught("I21", "GA210", "/reported/as_printed/energy_it_kwh", "2.4 % apart"),
    Caught("I21", "GA210", "/reported/as_printed/co2e_operational_kg", "0.51 % apart"),
    Caught(
        "I22", "GA205", "/reported/energy_it_kwh", "112 kWh are missing (0.0096 % of the total)"
    ),
    Caught("I22", "GA210", "/reported/as_printed/energy_it_kwh", "0.0048 % apart"),
    Caught("I23", "GA204", "/reported/device_hours", "1,038,336 h are missing (31 % of the total)"),
    Caught("I23", "GA204", CO2E, "153,920 kg are missing (29 % of the total)"),
    Caught("I24", "GA205", "/reported/device_hours", "3,000 h too many (0.33 % of the total)"),
    Caught("I32", "GA209", "/reported/as_printed/co2e_operational_kg", "'64.8 CO2eq' has no unit"),
]


@pytest.mark.parametrize("caught", EXPECTED, ids=lambda c: f"{c.case}{c.pointer}")
def test_it_is_caught_with_its_size(caught: Caught) -> None:
    report = api.check_path(str(CASES / f"{caught.case}.yaml"))
    found = {(finding.code, finding.pointer): finding.message for finding in report.findings}
    assert caught.size in found[caught.code, caught.pointer]


@pytest.mark.parametrize("case", sorted({caught.case for caught in EXPECTED}))
def test_nothing_else_is_found(case: str) -> None:
    report = api.check_path(str(CASES / f"{case}.yaml"))
    arithmetic = {
        (finding.code, finding.pointer)
        for finding in report.findings
        if finding.code.startswith("GA2") and finding.severity > api.Severity.NOTE
    }
    assert arithmetic == {(c.code, c.pointer) for c in EXPECTED if c.case == case}


def test_every_file_is_a_case() -> None:
    assert {path.stem for path in CASES.glob("*")} == {caught.case for caught in EXPECTED}
