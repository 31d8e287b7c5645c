"""What no tool writes: it is refused or left out in words, never an exception of Python's, whatever the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from foreign_files import codecarbon, codes_of, imported
from more_foreign_files import ECOLOGITS, MANIFEST, NFCO2_TREE

from greenalgo.errors import FormatError

if TYPE_CHECKING:
    from greenalgo.findings import Finding

DIGITS = "9" * 5000
ECO2AI = (
    "id,project_name,experiment_description,epoch,start_time,duration(s),power_consumption(kWh),CO2_emissions(kg),"
    "CPU_name,GPU_name,OS,region/country,cost\n"
    'a,demo,,N/A,2024-03-11 10:00:00,3600,1.5,0.1,"AMD EPYC/{number} device(s), TDP:500.0", 0 device(s),Linux,FR,0\n'
)
SLURM = "JobID|JobName|State|Elapsed|AllocTRES\n1|job|COMPLETED|{elapsed}|cpu=1,gres/gpu={gpus},mem={memory}\n"
BOAMPS = '{"header": {}, "task": {}, "infrastructure": {}, "measures": [{"powerConsumption": %s}]}'


def refused(text: str, form: str | None = None) -> Finding:
    with pytest.raises(FormatError) as caught:
        imported(text, form=form)
    [finding] = caught.value.findings
    return finding  # type: ignore[return-value]


def test_a_figure_that_is_infinite_is_refused_at_its_row() -> None:
    finding = refused(
        codecarbon({"energy_consumed": 1e-320, "cpu_energy": 0, "gpu_energy": 0, "ram_energy": 0})
    )
    assert (finding.code, finding.line, finding.found) == ("GA605", 2, "inf")
    assert "too small or too large" in finding.hint


def test_numbers_of_thousands_of_digits() -> None:
    assert "'duration' is no number" in (found := refused(codecarbon({"duration": DIGITS}))).message
    assert len(found.found) < 200
    assert codes_of(imported(codecarbon({"codecarbon_version": f"3.{DIGITS}"}))) == []
    assert imported(ECO2AI.format(number=DIGITS)).data["runs"][0]["energy_it_kwh"]["value"] == 1.5
    assert refused(SLURM.format(elapsed=f"{DIGITS}-00:00:01", gpus=1, memory="1G")).code == "GA605"
    for gpus, memory in ((DIGITS, "1G"), (1, f"{DIGITS}G")):
        found = refused(SLURM.format(elapsed="00:10:00", gpus=gpus, memory=memory))
        assert (found.code, found.message) == ("GA605", "'AllocTRES' cannot be read")
    whole = refused(BOAMPS % DIGITS, "boamps")
    assert (whole.code, whole.line, whole.column) == (
        "GA605",
        1,
        (BOAMPS % DIGITS).index("999") + 1,
    )


def test_a_name_that_stands_twice_is_refused() -> None:
    finding = refused((BOAMPS % 1).replace("[{", '[{"powerConsumption": 2, '), "boamps")
    assert (finding.code, finding.column) == (
        "GA603",
        (BOAMPS % 1).index('"power') + len('"powerConsumption": 2, ') + 1,
    )
    assert finding.message == "the name 'powerConsumption' stands twice in one mapping"


@pytest.mark.parametrize(
    ("text", "changed", "place", "name"),
    [
        (MANIFEST, ("duration: 3600, energy: 2,", "duration: 3600, energy: 2, energy: 9,"), (8, 76), "energy"),
        (NFCO2_TREE, ("      ci: {", "      ci: {raw: {value: 1.0}}\n      ci: {"), (15, 7), "ci"),
        (ECOLOGITS, ('{"energy"', '{"energy": 1, "energy"'), (1, 1), "energy"),
    ],
)  # fmt: skip
def test_a_name_that_stands_twice_in_yaml_or_lines_of_json_is_refused(
    text: str, changed: tuple[str, str], place: tuple[int, int], name: str
) -> None:
    assert changed[0] in text
    finding = refused(text.replace(*changed, 1))
    assert (finding.code, finding.line, finding.column) == ("GA603", *place)
    assert finding.message == f"the name '{name}' stands twice in one mapping"


def test_control_characters_do_not_reach_the_statement() -> None:
    done = imported(
        codecarbon({"codecarbon_version": "3.3.2\x1b[31m", "tracking_mode": "mach\x1bine"})
    )
    assert "\x1b" not in done.content.decode()
    assert done.data["runs"][0]["measurement"]["version"] == "3.3.2 [31m"


def test_a_date_that_a_spreadsheet_rewrote_is_told() -> None:
    done = imported(codecarbon({"timestamp": "11/03/2024 10:00"}))
    [finding] = done.findings
    assert (finding.code, finding.line, finding.column, finding.found) == (
        "GA607",
        2,
        1,
        "11/03/2024 10:00",
    )
    assert "period" not in done.data["runs"][0]


def test_energies_that_do_not_add_up_are_told_and_say_nothing_of_the_duration() -> None:
    done = imported(codecarbon({"energy_consumed": 580}))
    [finding] = done.findings
    assert (finding.code, finding.expected, finding.found) == ("GA607", "0.06 + 0.5 + 0.02", "580")
    assert done.data["runs"][0]["hours"] == 1


def test_a_cell_that_is_too_long_is_not_called_a_quotation_mark() -> None:
    finding = refused(codecarbon({"project_name": "x" * 200_000}))
    assert (finding.code, finding.line, finding.found) == ("GA604", 2, "a cell that is too long")


def test_a_value_beyond_its_range_names_the_range() -> None:
    assert refused(codecarbon({"pue": 130})).expected == "a number, at most 10"


def test_rows_of_3_2_9_without_a_column_are_refused() -> None:
    text = codecarbon({"codecarbon_version": "3.2.9", "region": ""}, {}).replace(
        ",on_cloud,", ",cloudy,"
    )
    assert refused(text.replace("berlin,", "", 1).replace(",N,1.0", "", 1)).code == "GA604"
