"""The statement's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenalgo.errors import RenderError
from greenalgo.render.tables import COLUMNS, hardware_name, inputs_table, statement_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenalgo.render.context import View
    from greenalgo.render.layout import Table

WIDE = 200.0


def cells(table: Table) -> list[list[str]]:
    return [
        ["|".join(cell).replace("\u2009", " ").replace("\u00a0", " ") for cell in block.joined]
        for block in table.blocks
    ]


def test_one_run_is_a_record(make_view: Callable[[str], View]) -> None:
    assert cells(statement_table(make_view("bloom"), WIDE)) == [
        ["GPU", "384 × NVIDIA A100-SXM4-80GB", "400 W each"],
        ["Location", "FRA", ""],
        ["Device-hours", "1 082 990 h", "declared"],
        ["PUE", "1.2", "declared"],
        ["Carbon intensity", "57 g/kWh", "declared"],
        ["IT energy", "433.2 MWh", "declared"],
        ["Facility energy", "519.8 MWh", "declared"],
        ["Operational CO₂e", "29.63 t", "declared"],
    ]


@pytest.mark.parametrize(
    ("scope", "words"), [("core", "a core"), ("node", "a node"), ("job", "for the job")]
)
def test_a_power_says_what_it_is_of(
    make_view: Callable[[str], View], scope: str, words: str
) -> None:
    view = make_view("bloom")
    part = view.runs[0].parts[0]._replace(power_scope=scope)
    table = statement_table(view._replace(runs=(view.runs[0]._replace(parts=(part,)),)), WIDE)
    assert cells(table)[0][2] == f"400 W {words}"


def test_many_runs_are_rows_with_one_unit_a_column_and_a_total(
    make_view: Callable[[str], View],
) -> None:
    table = statement_table(make_view("project"), WIDE)
    assert [column.title for column in table.columns] == [
        "Run", "Phase", "Outcome", "Hardware", "Device-hours", "PUE", "Intensity (g/kWh)", "Energy (MWh)", "CO₂e (kg)",
        "Market CO₂e (kg)", "Embodied CO₂e (kg)", "Water (m³)",
    ]  # fmt: skip
    shown = cells(table)
    assert shown[0][:5] == [
        "Pre-training, 7B",
        "training",
        "reported",
        "512 × AMD Instinct MI250X|128 × AMD EPYC 7763",
        "172 032",
    ]
    assert shown[4][7] == "0.065|(0.039–0.100)"
    assert shown[-1][0] == "Total"
    assert table.blocks[-1].kind == "total"


def test_no_value_of_a_run_prints_as_0(make_view: Callable[[str], View]) -> None:
    for line in cells(statement_table(make_view("project"), WIDE)):
        assert not any(cell.split("|")[0] in {"0", "0.0", "0.00"} for cell in line)


def test_the_chip_reads_in_nanojoules_and_says_what_was_not_assessed(
    make_view: Callable[[str], View],
) -> None:
    shown = {line[0]: line[1:] for line in cells(statement_table(make_view("chip"), WIDE))}
    assert shown["IT energy"] == ["2.375 nJ", "modelled"]
    assert shown["Facility energy"] == ["not assessed", "no PUE is declared"]
    assert shown["PUE"] == ["not assessed", ""]


def test_a_statement_that_quotes_shows_what_is_printed(make_view: Callable[[str], View]) -> None:
    assert cells(statement_table(make_view("quote"), WIDE)) == [
        ["Per median text prompt", "Energy", "240 mWh", "0.24 Wh"],
        ["Per median text prompt", "CO₂e", "30 mg", "0.03 gCO2e"],
        ["Per median text prompt", "Water", "0.26 mL", "0.26 mL"],
        ["Per inference on the chip", "Energy", "2.4 nJ", "2.4 nJ"],
    ]


def test_named_columns(make_view: Callable[[str], View]) -> None:
    table = statement_table(
        make_view("project"), WIDE, columns=("run", "co2e_market", "embodied", "water")
    )
    assert [column.key for column in table.columns] == ["run", "co2e_market", "embodied", "water"]
    with pytest.raises(RenderError, match="no column 'colour'") as caught:
        statement_table(make_view("project"), WIDE, columns=("colour",))
    assert all(key in caught.value.hint for key in COLUMNS)


def test_a_record_of_many_runs_shows_the_totals(make_view: Callable[[str], View]) -> None:
    shown = {
        line[0]: line[1]
        for line in cells(statement_table(make_view("project"), WIDE, layout="record"))
    }
    assert shown["Runs"] == "5"
    assert shown["Energy per 1000 generated tokens"] == "29 mWh|(19–44)"
    assert shown["Water"].startswith("260 m³")


def test_the_inputs_keep_what_the_narrow_table_lost(make_view: Callable[[str], View]) -> None:
    table = inputs_table(make_view("project"), WIDE)
    assert [column.key for column in table.columns] == [
        "run", "phase", "outcome", "hardware", "location", "device_hours", "pue", "carbon_intensity",
    ]  # fmt: skip
    assert cells(table)[3][4] == "Google Cloud, us-central1, USA"


def test_inputs_that_say_nothing_have_no_column(make_view: Callable[[str], View]) -> None:
    bare = make_view("chip")
    assert not any(run.location for run in bare.runs)
    assert not any(run.pue.assessed or run.carbon_intensity.assessed for run in bare.runs)
    columns = [column.key for column in inputs_table(bare, WIDE).columns]
    assert columns == ["run", "phase", "hardware", "device_hours"]
    twice = bare._replace(runs=bare.runs * 2)
    columns = [column.key for column in statement_table(twice, WIDE).columns]
    # what the table is about stays where it is not assessed
    assert columns == ["run", "phase", "hardware", "device_hours", "energy", "co2e"]


@pytest.mark.parametrize("em", [20, 24, 34.5, 50])
@pytest.mark.parametrize("name", ["bloom", "project", "chip", "quote", "hostile"])
def test_every_statement_fits_every_column(
    make_view: Callable[[str], View], name: str, em: float
) -> None:
    table = statement_table(make_view(name), em)
    assert table.blocks


def test_memory_and_single_devices_read_as_people_say_them(
    make_view: Callable[[str], View],
) -> None:
    parts = make_view("project").runs[0].parts
    assert [hardware_name(part) for part in parts] == [
        "512\u00a0× AMD Instinct MI250X", "128\u00a0× AMD EPYC 7763", "65\u2009536 GB memory",
    ]  # fmt: skip
    assert hardware_name(make_view("chip").runs[0].parts[0]) == "65 nm ASIC"
    assert hardware_name(parts[1]._replace(power_scope="core")) == "128\u00a0cores of AMD EPYC 7763"
