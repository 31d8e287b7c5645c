"""carbontracker, eco2AI and Zeus: units, parts of parts, and what each tracker takes for granted."""

from __future__ import annotations

from typing import Any

import pytest
from foreign_files import codes_of, imported, sources_of

from greenalgo import api
from greenalgo.errors import FormatError
from greenalgo.formats import Fate, Wanted, import_sources

EPOCHS = """\
2025-02-03 10:00:00 - carbontracker version 2.4.7
2025-02-03 10:00:00 - Only predicted and actual consumptions are multiplied by a PUE coefficient of 1.58 (A, 2023).
2025-02-03 10:00:01 - The following components were found: GPU with device(s) NVIDIA A100-SXM4-40GB, \
NVIDIA A100-SXM4-40GB. CPU with device(s) Intel(R) Xeon(R) Gold 6226R CPU @ 2.90GHz.
2025-02-03 10:00:01 - Monitoring thread started.
2025-02-03 12:00:01 - Epoch 1:
2025-02-03 12:00:01 - Duration: 2:00:00.00
2025-02-03 12:00:01 - Average power usage (W) for gpu: [300. 200.]
2025-02-03 12:00:01 - Average power usage (W) for cpu: 80.0
2025-02-03 13:00:01 - Epoch 2:
2025-02-03 13:00:01 - Duration: 1:00:00.00
2025-02-03 13:00:01 - Average power usage (W) for gpu: [250.
 150.]
2025-02-03 13:00:01 - Average power usage (W) for cpu: 90.0
2025-02-03 13:00:02 - Carbon intensities (gCO2eq/kWh) fetched every 900 s at detected location: \
Copenhagen, Capital Region, DK: [120.0]
2025-02-03 13:00:02 - Average carbon intensity during training was 120.00 gCO2eq/kWh.
"""
OUTPUT = """\
2025-02-03 12:00:01 - CarbonTracker:
Predicted consumption for 100 epoch(s):
\tTime:\t100:00:00
\tEnergy:\t99.000000000000 kWh
\tCO2eq:\t99000.000000000000 g
2025-02-03 13:00:02 - CarbonTracker: Average carbon intensity during training was 120.00 gCO2eq/kWh.
2025-02-03 13:00:02 - CarbonTracker:
Actual consumption for 1 epoch(s):
\tTime:\t3:00:00
\tEnergy:\t2.607000000000 kWh
\tCO2eq:\t312.840000000000 g
\tThis is equivalent to:
\t2.9 km travelled by car
2025-02-03 13:00:02 - CarbonTracker: Finished monitoring.
"""
STEM = "p_77.1_2025-02-03T100000Z_carbontracker"
LOGS = {f"{STEM}.log": EPOCHS, f"{STEM}_output.log": OUTPUT}


def only(done: Any) -> dict[str, Any]:
    [run] = done.data["runs"]
    assert isinstance(run, dict)
    return run


class TestCarbontracker:
    def test_two_logs_are_one_run(self) -> None:
        done = import_sources(sources_of(LOGS))
        run = only(done)
        assert (run["id"], run["phase"], run["hours"], run["work"]) == (
            "p",
            "training",
            3,
            {"epochs": 2},
        )
        assert [(part["kind"], part["model"], part["count"]) for part in run["hardware"]] == [
            ("gpu", "NVIDIA A100 SXM4 40 GB", 2), ("cpu", "Intel Xeon Gold 6226R", 1),
        ]  # fmt: skip
        energies = [part["energy_it_kwh"] for part in run["hardware"]]
        assert [(energy["value"], energy["status"]) for energy in energies] == [
            (1.4, "counter"),
            (0.25, "modelled"),
        ]
        assert run["location"] == {"country": "DNK", "region": "Capital Region"}
        assert run["carbon_intensity_g_per_kwh"]["value"] == 120
        # Printed: 1.65 kWh x 1.58, never the prediction.
        assert done.data["reported"]["runs"]["p"] == {
            "boundary": "facility", "energy_facility_kwh": 2.607, "co2e_operational_kg": 0.31284, "pue": 1.58,
            "carbon_intensity_g_per_kwh": 120,
            "source": "p_77.1_2025-02-03T100000Z_carbontracker_output.log, line 8 (p_77.1_2025-02-03T100000Z)",
        }  # fmt: skip
        assert api.judge(done.data).level == "L0"

    def test_the_default_intensity_is_declared_for_no_place(self) -> None:
        text = EPOCHS.replace("Copenhagen, Capital Region, DK", "Unknown").replace("120.0", "445.0")
        done = imported(text)
        assert codes_of(done) == ["GA610", "GA610"]
        assert not {"location", "carbon_intensity_g_per_kwh"} & only(done).keys()

    def test_the_mean_power_of_several_devices_is_taken_for_each_of_them(self) -> None:
        means = EPOCHS.replace("[300. 200.]", "250.0").replace("[250.\n 150.]", "200.0")
        done = import_sources(sources_of(LOGS | {f"{STEM}.log": means}))
        run = only(done)
        assert [part["energy_it_kwh"]["value"] for part in run["hardware"]] == [1.4, 0.25]
        assert "reported" not in done.data
        assert run["note"].startswith("carbontracker prints 2.607 kWh")
        assert "the log has the mean power of 2 devices (gpu)" in str(done.findings[0])

    def test_an_epoch_without_a_power_is_told(self) -> None:
        done = imported(EPOCHS.replace("cpu: 90.0", "cpu: None"))
        assert only(done)["hardware"][1]["energy_it_kwh"]["value"] == 0.16
        assert "1 of 2 epochs have no power (cpu)" in str(done.findings[0])

    @pytest.mark.parametrize(
        ("words", "place"),
        [
            ("at detected location: UNDETECTED.", None),
            ("at detected location: Unknown. Defaulted to average of 475.00 gCO2/kWh.", None),
            ("at detected location: Aarhus, DK. Defaulted to average for DK of 138.00 gCO2/kWh.", {"country": "DNK"}),
        ],
    )  # fmt: skip
    def test_the_places_of_version_1(self, words: str, place: dict[str, str] | None) -> None:
        end = EPOCHS.index("2025-02-03 13:00:02")
        run = only(imported(f"{EPOCHS[:end]}2025-02-03 13:00:02 - It was 138.00 {words}\n"))
        assert run.get("location") == place

    def test_the_log_of_errors_is_known_too(self) -> None:
        words = "2025-02-03 10:00:00,1 - CarbonIntensityThread - INFO - Traceback (most recent call last):\n"
        assert only(import_sources(sources_of(LOGS | {f"{STEM}_err.log": words})))["hours"] == 3

    def test_the_output_alone_gives_the_energy_of_the_facility(self) -> None:
        done = imported(OUTPUT)
        run = only(done)
        assert run["energy_facility_kwh"]["value"] == 2.607
        assert run["measurement"]["pue_included"] is True
        assert run["hours"] == 3
        assert next(e.field for e in done.entries if e.fate == Fate.MISSING) == "PUE"
        devices = EPOCHS.splitlines(keepends=True)[2].replace(" - ", " - CarbonTracker: ")
        assert "there were several devices" in str(imported(devices + OUTPUT).findings[0])
        assert api.judge(done.data).level

    def test_one_power_in_every_epoch_is_a_constant(self) -> None:
        run = only(imported(EPOCHS.replace("cpu: 90.0", "cpu: 80.0")))
        assert (
            run["hardware"][1]["note"]
            == "The same power in every epoch: a constant, not a reading."
        )

    def test_a_log_without_an_epoch_is_refused(self) -> None:
        with pytest.raises(FormatError) as caught:
            imported(EPOCHS.split("2025-02-03 12:00:01")[0])
        assert caught.value.findings[0].code == "GA606"  # type: ignore[attr-defined]


ECO2AI = (
    "id,project_name,experiment_description,epoch,start_time,duration(s),power_consumption(kWh),CO2_emissions(kg),"
    "CPU_name,GPU_name,OS,region/country,cost\n"
)
EPOCH = (
    'x1,demo,resnet,"epoch: {n}, loss: 0.5, ",2025-01-02 03:0{n}:00,1800.5,0.25,0.1,'
    '"AMD EPYC 7742/2 device(s), TDP:225.0",NVIDIA A100-SXM4-40GB 4 device(s),Linux,US/California,0\n'
)


class TestEco2ai:
    def test_epochs_of_one_id_are_one_run(self) -> None:
        done = imported(ECO2AI + EPOCH.format(n=1) + EPOCH.format(n=2))
        run = only(done)
        assert run["hours"] == pytest.approx(3601 / 3600)
        assert (run["energy_it_kwh"]["value"], run["work"]) == (0.5, {"epochs": 2})
        assert run["location"] == {"country": "USA", "region": "California"}
        assert run["hardware"] == [
            {
                "kind": "cpu",
                "model": "AMD EPYC 7742",
                "count": 2,
                "note": "eco2AI takes a TDP of 225 W.",
            },
            {"kind": "gpu", "model": "NVIDIA A100 SXM4 40 GB", "count": 4},
        ]
        assert run["carbon_intensity_g_per_kwh"]["value"] == 400
        assert run["period"]["end"] == "2025-01-02T03:32:01"  # never shorter than the hours

    def test_an_epoch_that_was_read_before_counts_once(self) -> None:
        one, two = EPOCH.format(n=1), EPOCH.format(n=2)
        assert imported(ECO2AI + one + two + one).data["runs"] == imported(ECO2AI + one + two).data["runs"]  # fmt: skip
        assert only(imported(ECO2AI + one + two, ECO2AI + one + two))["work"] == {"epochs": 2}

    def test_a_run_whose_cpu_was_not_seen(self) -> None:
        done = imported(ECO2AI + EPOCH.format(n=1).replace(",0.25,0.1,", ",5e-8,9e-9,"))
        assert codes_of(done) == ["GA610"]

    def test_semicolons_and_no_gpu(self) -> None:
        text = ECO2AI + (
            "y,demo,,N/A,2025-01-02 03:00:00,3600,0.1,0.01,AMD EPYC 7742/1 device(s), 0 device(s),Linux,FR,0\n"
        )
        run = only(imported(text.replace(",", ";")))
        assert [part["kind"] for part in run["hardware"]] == ["cpu"]
        assert run["location"] == {"country": "FRA"}


ZEUS = """\
start_time,window_name,elapsed_time,gpu0_energy,gpu1_energy
1738569600.5,epoch,0,1800.0,540000.0,540000.0
1738571400.6,epoch 1,1799.0,540000.0,540000.0
1738569600.0,training,3600.0,1080000.0,1080000.0
"""


class TestZeus:
    def test_windows_in_a_window_are_parts_of_it(self) -> None:
        done = imported(ZEUS)
        runs = done.data["runs"]
        assert [(run["id"], run["name"], run.get("part_of")) for run in runs] == [
            ("training", "training", None), ("epoch-0", "epoch,0", "training"), ("epoch-1", "epoch 1", "training"),
        ]  # fmt: skip
        [part] = runs[0]["hardware"]
        assert (part["count"], part["energy_it_kwh"]) == (
            2,
            {"value": 0.6, "status": "counter", "source": "Zeus"},
        )
        assert runs[0]["period"] == {"start": "2025-02-03T08:00:00Z", "end": "2025-02-03T09:00:00Z"}
        filled = api.fill(
            done.data | {"runs": [run | {"location": {"country": "FRA"}} for run in runs]}
        )
        assert filled["results"]["totals"]["energy_it_kwh"]["value"] == 0.6

    def test_a_window_in_a_window_in_a_window_is_part_of_the_one_around_it(self) -> None:
        done = imported(ZEUS + "1738569700.0,step,10.0,3000.0,3000.0\n")
        assert {run["id"]: run.get("part_of") for run in done.data["runs"]} == {
            "training": None, "epoch-0": "training", "step": "epoch-0", "epoch-1": "training",
        }  # fmt: skip

    def test_a_sum_counts_what_is_inside_another_once(self) -> None:
        again = ZEUS + ZEUS.split("\n", 1)[1].replace("17385", "17386")
        done = imported(again, wanted=Wanted(added_up=True))
        run = only(done)
        assert (run["id"], run["hours"], run["hardware"][0]["energy_it_kwh"]["value"]) == (
            "training",
            2,
            1.2,
        )

    def test_a_clock_that_is_no_date(self) -> None:
        done = imported(ZEUS.replace("17385", "").replace("173857", ""))
        assert all("period" not in run for run in done.data["runs"])
        assert next(e for e in done.entries if e.field == "start_time").fate == Fate.DROPPED

    def test_windows_that_overlap_are_pointed_out(self) -> None:
        done = imported(ZEUS.replace("training,3600.0", "training,1000.0"))
        assert "GA609" in codes_of(done)

    def test_a_window_without_energy_is_left_out(self) -> None:
        done = imported(ZEUS + "1738580000.0,test,1.0,0.0,0.0\n")
        assert codes_of(done) == ["GA607"]
        assert len(done.data["runs"]) == 3


def test_files_of_several_tools_make_one_statement() -> None:
    done = import_sources(sources_of(LOGS | {"zeus.csv": ZEUS}))
    assert len(done.data["runs"]) == 4
    assert [entry["tool"] for entry in done.data["provenance"]["files"]] == [
        "carbontracker",
        "carbontracker",
        "Zeus",
    ]
    assert api.judge(done.data).level
