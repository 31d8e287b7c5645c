"""CodeCarbon's emissions.csv: units, PUE, its bugs, and what its defaults become."""

from __future__ import annotations

import json
from typing import Any

import pytest
from foreign_files import CODECARBON, ROW, codecarbon, codes_of, imported

from greenalgo import api
from greenalgo.errors import FormatError
from greenalgo.formats import Fate, Imported, Wanted


def run_of(done: Imported, number: int = 0) -> dict[str, Any]:
    run: dict[str, Any] = done.data["runs"][number]
    return run


def refused(text: str | bytes) -> Any:
    with pytest.raises(FormatError) as caught:
        imported(text)
    return caught.value.findings[0]


def test_a_run_has_hardware_hours_place_and_the_trackers_figures() -> None:
    done = imported(codecarbon({}))
    run = run_of(done)
    assert run["hours"] == 1
    assert run["period"] == {"start": "2024-03-11T09:00:00", "end": "2024-03-11T10:00:00"}
    assert run["location"] == {"country": "DEU", "region": "berlin"}
    source = {"source": "CodeCarbon 3.3.2"}
    assert run["hardware"] == [
        {
            "kind": "cpu", "model": "Intel Xeon Gold 6226R",
            "energy_it_kwh": {"value": 0.06, "status": "modelled", **source},
        },
        {
            "kind": "gpu", "model": "NVIDIA A100 SXM4 80 GB", "count": 2,
            "energy_it_kwh": {"value": 0.5, "status": "counter", **source},
        },
        {"kind": "memory", "memory_gb": 256, "energy_it_kwh": {"value": 0.02, "status": "modelled", **source}},
    ]  # fmt: skip
    assert run["carbon_intensity_g_per_kwh"] == {
        "value": 400, "status": "looked_up", "source": "CodeCarbon 3.3.2: emissions / energy_consumed",
        "basis": "location",
    }  # fmt: skip
    assert "pue" not in run  # 1.0 is what CodeCarbon writes where nobody set one
    assert done.data["reported"]["runs"] == {
        "chess": {
            "boundary": "it", "energy_it_kwh": 0.58, "co2e_operational_kg": 0.232, "carbon_intensity_g_per_kwh": 400,
            "source": "file-0.csv, line 2 (run-a)",
        }
    }  # fmt: skip
    verdict = api.judge(done.data)
    assert (verdict.level, [found.code for found in verdict.findings]) == ("L0", ["GA301"])


def test_with_a_pue_and_the_number_of_cpus_it_is_recomputable() -> None:
    data = imported(codecarbon({})).data
    data["runs"][0]["pue"] = 1.2
    data["runs"][0]["hardware"][0]["count"] = 2
    assert api.judge(data).level == "L1"


def test_energy_that_contains_a_pue_is_divided_by_it() -> None:
    row = {"pue": 1.4, "cpu_energy": 0.084, "gpu_energy": 0.7, "ram_energy": 0.028, "energy_consumed": 0.812,
           "emissions": 0.3248, "water_consumed": 1.5, "wue": 1.8}  # fmt: skip
    done = imported(codecarbon(row))
    run = run_of(done)
    assert [part["energy_it_kwh"]["value"] for part in run["hardware"]] == [0.06, 0.5, 0.02]
    assert run["pue"] == {"value": 1.4, "status": "declared", "source": "set in CodeCarbon"}
    assert run["water"] == {"onsite_l": {"value": 1.5, "status": "modelled"}}
    figures = done.data["reported"]["runs"]["chess"]
    assert (figures["boundary"], figures["energy_facility_kwh"], figures["pue"]) == (
        "facility",
        0.812,
        1.4,
    )
    assert not [f for f in api.judge(done.data).findings if f.code != "GA415"]


def test_lookup_leaves_the_factor_to_fill() -> None:
    done = imported(codecarbon({}), wanted=Wanted(intensity="lookup"))
    assert "carbon_intensity_g_per_kwh" not in run_of(done)
    assert done.data["reported"]["runs"]["chess"]["carbon_intensity_g_per_kwh"] == 400


def test_an_unknown_country_does_not_become_the_world_average() -> None:
    done = imported(
        codecarbon({"country_name": "", "country_iso_code": "ATA", "emissions": 0.58 * 0.475})
    )
    assert "GA610" in codes_of(done)
    run = run_of(done)
    assert "carbon_intensity_g_per_kwh" not in run
    assert run["note"] == "CodeCarbon prints 0.2755 kg CO2e with its world average of 475 g/kWh."
    assert done.data["reported"]["runs"]["chess"] == {
        "boundary": "it", "energy_it_kwh": 0.58, "source": "file-0.csv, line 2 (run-a)",
    }  # fmt: skip
    assert api.judge(done.data).level == "L0"


def test_parts_that_do_not_add_up_leave_the_energy_with_the_run() -> None:
    done = imported(codecarbon({"energy_consumed": 0.7}))
    run = run_of(done)
    assert run["energy_it_kwh"] == {
        "value": 0.7,
        "status": "modelled",
        "source": "CodeCarbon 3.3.2",
    }
    assert all("energy_it_kwh" not in part for part in run["hardware"])


def test_a_gpu_without_energy_is_said_to_have_none() -> None:
    done = imported(codecarbon({"gpu_energy": 0.0, "energy_consumed": 0.08}))
    assert run_of(done)["hardware"][1]["note"] == "CodeCarbon recorded no energy of it."
    assert run_of(done)["energy_it_kwh"]["value"] == 0.08


def test_the_columns_of_version_1_and_an_unknown_one() -> None:
    columns = (
        "timestamp",
        "project_name",
        "duration",
        "emissions",
        "energy_consumed",
        "country_iso_code",
        "new",
    )
    done = imported(codecarbon({"new": 1}, columns=columns))
    assert run_of(done)["energy_it_kwh"]["value"] == 0.58
    [entry] = [entry for entry in done.entries if entry.field == "new"]
    assert (entry.fate, entry.line, entry.column) == (Fate.DROPPED, 1, 76)
    assert [entry.field for entry in done.entries if entry.fate == Fate.MISSING][-1] == "PUE"


def test_tasks_are_parts_of_their_total_and_give_it_its_hours() -> None:
    task = tuple(
        c
        for c in CODECARBON
        if c not in ("pue", "wue", "experiment_id", "region", "longitude", "latitude")
    )
    half = {"cpu_energy": 0.03, "gpu_energy": 0.25, "ram_energy": 0.01, "energy_consumed": 0.29, "emissions": 0.116,
            "duration": 1800}  # fmt: skip
    tasks = codecarbon(
        {**half, "task_name": "load"}, {**half, "task_name": "fit"}, columns=("task_name", *task)
    )
    done = imported(tasks, codecarbon({"duration": 1800}))
    assert [(run["id"], run.get("part_of"), run["hours"]) for run in done.data["runs"]] == [
        ("chess", None, 1), ("load", "chess", 0.5), ("fit", "chess", 0.5),
    ]  # fmt: skip
    verdict = api.judge(done.data)
    assert verdict.level
    assert codes_of(done) == []
    alone = imported(tasks)
    assert [run.get("part_of") for run in alone.data["runs"]] == [None, None]


def test_the_total_of_tasks_without_them_has_no_hours() -> None:
    done = imported(codecarbon({"duration": 600}))
    assert codes_of(done) == ["GA607"]
    assert "hours" not in run_of(done)


def test_snapshots_of_one_run_are_not_added_up() -> None:
    early = {
        "duration": 600,
        "cpu_energy": 0.01,
        "gpu_energy": 0.08,
        "ram_energy": 0.003,
        "energy_consumed": 0.093,
    }
    done = imported(codecarbon(early, {}))
    assert len(done.data["runs"]) == 1
    assert run_of(done)["hours"] == 1
    assert codes_of(done) == ["GA607"]


def test_rows_without_energy_are_left_out() -> None:
    done = imported(
        codecarbon({"energy_consumed": "", "cpu_energy": "nan"}, {"energy_consumed": 0}, {})
    )
    assert codes_of(done) == ["GA607", "GA607"]
    assert [finding.line for finding in done.findings] == [2, 3]
    assert len(done.data["runs"]) == 1


def shifted(version: str = "3.2.9") -> str:
    """Return a file whose second row was appended without its empty cells: region, GPU model, coordinates."""
    empty = {"region": "", "gpu_count": 0, "gpu_model": "", "longitude": "", "latitude": "",
             "gpu_energy": 0.0, "energy_consumed": 0.08, "codecarbon_version": version}  # fmt: skip
    lines = codecarbon(
        {**empty, "timestamp": "2024-03-10T10:00:00"}, {**empty, "run_id": "run-b"}
    ).splitlines()
    cells = lines[2].split(",")
    gone = [CODECARBON.index(name) for name in ("region", "longitude", "latitude")]
    lines[2] = ",".join(cell for number, cell in enumerate(cells) if number not in gone)
    return "\n".join(lines) + "\n"


def test_the_rows_that_3_2_9_displaced_are_put_back() -> None:
    done = imported(shifted())
    assert codes_of(done) == ["GA608"]
    first, second = done.data["runs"]
    for name in ("hardware", "location", "hours", "measurement"):
        assert first[name] == second[name], name


def test_a_short_row_of_another_version_is_refused_unless_it_is_the_last() -> None:
    text = shifted("3.1.0")
    done = imported(text)
    assert codes_of(done) == ["GA607"]
    found = refused(text + codecarbon({}).splitlines()[1] + "\n")
    assert (found.code, found.line, found.expected, found.found) == (
        "GA604",
        3,
        "38 cells",
        "35 cells",
    )


def test_a_row_that_was_cut_is_left_out() -> None:
    text = codecarbon({}, {})
    done = imported(text[: len(text) - 100])
    assert codes_of(done) == ["GA607"]
    assert len(done.data["runs"]) == 1


def test_ranks_that_each_measure_the_whole_node_are_counted_once_by_a_person() -> None:
    rows = [{"run_id": f"rank-{number}"} for number in range(8)]
    done = imported(codecarbon(*rows))
    assert codes_of(done) == ["GA609"]
    assert done.findings[0].message.startswith("8 runs overlap")
    later = [{"run_id": "a"}, {"run_id": "b", "timestamp": "2024-03-11T11:00:00"}]
    assert codes_of(imported(codecarbon(*later))) == []


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"energy_consumed": -0.0004}, "energy_consumed", "negative"),
        ({"duration": "1h"}, "duration", "no number"),
        ({"cpu_energy": 1e300}, "cpu_energy", "larger"),
    ],
)
def test_a_value_that_cannot_be_names_its_cell(
    changes: dict[str, Any], column: str, words: str
) -> None:
    text = codecarbon({}, {**changes, "run_id": "b"})
    found = refused(text)
    assert found.code == "GA605"
    assert words in found.message
    assert found.line == 3
    line = text.splitlines()[2]
    assert line[found.column - 1 :].startswith(str(changes[column]))


def test_boms_line_ends_and_semicolons_make_no_difference() -> None:
    plain = imported(codecarbon({}, {"run_id": "b", "timestamp": "2024-03-12T10:00:00"})).data[
        "runs"
    ]
    text = codecarbon({}, {"run_id": "b", "timestamp": "2024-03-12T10:00:00"})
    assert imported(b"\xef\xbb\xbf" + text.encode()).data["runs"] == plain
    assert imported(text.replace("\n", "\r\n")).data["runs"] == plain
    assert imported("\n\n" + text).data["runs"] == plain
    excel = codecarbon(
        {}, {"run_id": "b", "timestamp": "2024-03-12T10:00:00"}, delimiter=";"
    ).replace(".0;", ",0;")
    assert imported(excel.replace("0.", "0,")).data["runs"] == plain


def test_wrong_files_are_refused_in_words() -> None:
    assert refused("").code == "GA606"
    assert refused(codecarbon()).code == "GA606"
    twice = refused(codecarbon({}, columns=(*CODECARBON, "duration")))
    assert (twice.code, twice.message) == ("GA603", "the column 'duration' stands there twice")
    assert twice.column == len(",".join(CODECARBON)) + 2
    latin = refused(codecarbon({"region": "île-de-france"}).encode("latin-1"))
    assert (latin.code, latin.line) == ("GA005", 2)
    assert (
        refused(b"\x85").found == r"byte 0x85 ('\x85' in Latin-1)"
    )  # a control: nothing that a terminal obeys
    assert refused("a,b\n1,2\n").code == "GA601"
    assert refused(codecarbon({"run_id": 'a"b'}).replace('""', '"')[:-30]).code in (
        "GA604",
        "GA606",
    )


def test_one_run_of_many_rows() -> None:
    rows = [{"run_id": str(n), "timestamp": f"2024-03-{n + 1:02}T10:00:00"} for n in range(20)]
    done = imported(codecarbon(*rows), wanted=Wanted(added_up=True))
    [run] = done.data["runs"]
    assert run["hours"] == 20
    assert run["hardware"][1]["energy_it_kwh"]["value"] == pytest.approx(10)
    assert run["period"] == {"start": "2024-03-01T09:00:00", "end": "2024-03-20T10:00:00"}
    assert run["note"] == "20 rows of the file, added up."
    figures = done.data["reported"]["runs"]["chess"]
    assert figures["co2e_operational_kg"] == pytest.approx(4.64)
    assert api.judge(done.data).level


def test_the_water_of_rows_is_added_up_though_the_first_has_none() -> None:
    rows = [
        {"run_id": f"r{n}", "timestamp": f"2024-03-{n + 1:02}T10:00:00", "water_consumed": liters}
        for n, liters in enumerate((0.0, 1.5, 2.0))
    ]
    done = imported(codecarbon(*rows), wanted=Wanted(added_up=True))
    assert run_of(done)["water"] == {"onsite_l": {"value": 3.5, "status": "modelled"}}


def hourly(*numbers: int) -> str:
    """Return rows of an hour each, one after another."""
    return codecarbon(
        *({"run_id": f"r{n}", "timestamp": f"2024-03-11T{n + 1:02}:00:00"} for n in numbers)
    )


@pytest.mark.parametrize("added_up", [False, True])
def test_copies_that_overlap_count_once(added_up: bool) -> None:
    wanted = Wanted(added_up=added_up)
    behind = hourly(0, 1, 2) + "".join(hourly(1, 2, 3).splitlines(keepends=True)[1:])
    for files in ([behind], [hourly(0, 1, 2), hourly(1, 2, 3)]):
        done = imported(*files, wanted=wanted)
        assert sum(run["hours"] for run in done.data["runs"]) == 4
        [copies] = done.findings
        assert copies.code == "GA607"
        assert copies.message == "rows that were read before: 2; each counts once"
        assert (copies.line, copies.found) == (
            (5, "line 3 of file-0.csv") if len(files) == 1 else (2, "line 3 of file-0.csv")
        )
        assert api.judge(done.data).level


def test_a_copy_of_the_file_that_was_made_on_the_way_is_left_out() -> None:
    early = {"duration": 600, "timestamp": "2024-03-11T09:10:00", "emissions": 0.0372, "cpu_energy": 0.01,
             "gpu_energy": 0.08, "ram_energy": 0.003, "energy_consumed": 0.093}  # fmt: skip
    for files in ([codecarbon(early), codecarbon({})], [codecarbon({}), codecarbon(early)]):
        done = imported(*files)
        assert [run["hours"] for run in done.data["runs"]] == [1]
        [found] = done.findings
        assert (found.code, "earlier rows of run run-a are left out" in found.message) == (
            "GA607",
            True,
        )


def test_a_sum_of_rows_side_by_side_has_no_period() -> None:
    rows = [{"run_id": f"rank-{number}", "tracking_mode": "process"} for number in range(8)]
    done = imported(codecarbon(*rows), wanted=Wanted(added_up=True))
    [run] = done.data["runs"]
    assert (run["hours"], "period" in run) == (8, False)
    assert run["note"] == (
        "8 rows of the file, added up. Side by side from 2024-03-11T09:00:00 to 2024-03-11T10:00:00: hours are their "
        "sum."
    )
    assert codes_of(done) == ["GA607"]
    assert api.judge(done.data).level


def test_too_many_rows_are_refused_with_the_way_out() -> None:
    rows = [
        {"run_id": str(n), "timestamp": f"2024-{n % 12 + 1:02}-01T10:00:00"} for n in range(400)
    ]
    found = refused(codecarbon(*rows))
    assert found.code == "GA611"
    assert "--sum" in found.hint


def test_emissions_data_as_json_say_the_same() -> None:
    table, rows = (
        imported(codecarbon({}, {"run_id": "b"})),
        [ROW, {**ROW, "run_id": "b", "cloud_provider": None}],
    )
    for text in (json.dumps(rows, indent=2), "\n".join(map(json.dumps, rows))):
        done = imported(text)
        assert done.data["runs"] == table.data["runs"]
        assert codes_of(done) == codes_of(table)
    assert run_of(imported(json.dumps(ROW, indent=2))) == run_of(table)
    found = refused(json.dumps([ROW, {**ROW, "duration": "long"}], indent=2))
    names = list(ROW)
    assert (found.code, found.line, found.column) == (
        "GA605",
        len(names) + 4 + names.index("duration") + 1,
        5,
    )
    missing = refused(json.dumps({key: value for key, value in ROW.items() if key != "duration"}))
    assert (missing.code, missing.message) == ("GA603", "the name 'duration' is missing")


def test_a_row_without_hardware_covers_nothing_that_is_known() -> None:
    bare = {
        "cpu_model": "",
        "cpu_energy": "",
        "gpu_model": "",
        "gpu_energy": "",
        "ram_total_size": "",
        "ram_energy": "",
    }
    done = imported(codecarbon(bare))
    assert "covers" not in run_of(done)["measurement"]
    assert api.judge(done.data).level == "L0"


def test_every_column_has_a_fate() -> None:
    done = imported(codecarbon({}))
    named = {entry.field: entry.fate for entry in done.entries}
    assert set(CODECARBON) <= set(named)
    assert not any("does not know" in entry.note for entry in done.entries)
    assert ROW.keys() == set(CODECARBON)
