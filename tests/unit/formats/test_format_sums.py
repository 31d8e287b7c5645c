"""A sum over rows of which some hold nothing is left out, and told: it would be less than the truth."""

from __future__ import annotations

from typing import Any

import pytest
from foreign_files import codes_of, imported
from more_foreign_files import MANIFEST, NEXTFLOW, NFCO2, SNAKEMAKE
from test_format_trackers import ECO2AI, EPOCH, ZEUS, only

from greenalgo.errors import FormatError

TWO = ECO2AI + EPOCH.format(n=1) + EPOCH.format(n=2)


def told(done: Any) -> list[str]:
    return [finding.message for finding in done.findings]


def test_energy_of_some_epochs_is_none_of_all() -> None:
    done = imported(TWO.replace(",0.25,0.1,", ",,0.1,", 1))
    run = only(done)
    assert "energy_it_kwh" not in run
    assert "reported" not in done.data
    assert (run["hours"], run["work"]) == (pytest.approx(3601 / 3600), {"epochs": 2})
    assert told(done) == ["1 of 2 cells that are added up hold nothing: their sum is left out"]
    [finding] = done.findings
    assert (finding.line, finding.expected) == (2, "power_consumption(kWh)")


def test_hours_of_some_epochs_are_none_of_all() -> None:
    run = only(done := imported(TWO.replace(",1800.5,", ",,", 1)))
    assert "hours" not in run
    assert run["energy_it_kwh"]["value"] == 0.5
    assert codes_of(done) == ["GA607"]


def test_co2e_of_some_epochs_gives_no_intensity() -> None:
    done = imported(TWO.replace(",0.25,0.1,", ",0.25,,", 1))
    assert "carbon_intensity_g_per_kwh" not in only(done)
    assert codes_of(done) == ["GA607"]


def test_epochs_in_another_order_are_the_same_period() -> None:
    turned = imported(ECO2AI + EPOCH.format(n=2) + EPOCH.format(n=1))
    assert only(turned)["period"] == only(imported(TWO))["period"]


def test_a_gpu_without_energy_leaves_that_of_its_window_out() -> None:
    done = imported(ZEUS.replace("3600.0,1080000.0,1080000.0", "3600.0,1080000.0,"))
    runs = {run["id"]: run for run in done.data["runs"]}
    assert "energy_it_kwh" not in runs["training"]["hardware"][0]
    assert runs["epoch-1"]["hardware"][0]["energy_it_kwh"]["value"] == 0.3
    assert told(done) == ["1 of 2 cells that are added up hold nothing: their sum is left out"]


def test_a_log_of_zeus_that_is_there_twice_counts_once() -> None:
    done = imported(ZEUS + ZEUS.split("\n", 1)[1])
    assert done.data["runs"] == imported(ZEUS).data["runs"]
    assert told(done) == ["rows that were read before: 3; each counts once"]


def test_repetitions_without_a_time_have_no_mean() -> None:
    run = only(done := imported(SNAKEMAKE.replace("7400.0\t", "\t", 1)))
    assert "hours" not in run
    assert run["repetitions"] == 2
    assert codes_of(done) == ["GA607"]


def test_a_task_without_a_load_leaves_that_of_its_process_out() -> None:
    done = imported(NEXTFLOW.replace("\t100.0%\t8 GB\t2\t4 GB\t2025", "\t-\t8 GB\t2\t4 GB\t2025"))
    align = done.data["runs"][0]
    assert align["hardware"][0] == {"kind": "cpu", "power_scope": "core", "device_hours": 7}
    assert "1 of 2 tasks of 'ALIGN' have no %cpu: how busy the cores were is left out" in told(done)


def test_a_task_without_memory_leaves_that_of_its_process_out() -> None:
    done = imported(NEXTFLOW.replace("\t8 GB\t2\t4 GB\t2025", "\t-\t2\t-\t2025", 1))
    align = done.data["runs"][0]
    assert [part["kind"] for part in align["hardware"]] == ["cpu"]
    assert "1 of 2 tasks of 'ALIGN' have no memory: it is left out" in told(done)


@pytest.mark.parametrize(
    ("cell", "said", "gone"),
    [
        ("1.3 Wh", "energy", {"energy_facility_kwh", "co2e_operational_kg"}),
        ("130 mg", "CO2e", {"co2e_operational_kg"}),
        ("900 mWh", "raw energy of the processor", {"energy_it_kwh"}),
        ("100 mWh", "raw energy of the memory", {"energy_it_kwh"}),
        ("1h 30m", "time or cpus", {"device_hours"}),
    ],
)
def test_a_task_of_nf_co2footprint_that_lacks_a_figure_leaves_its_sum_out(
    cell: str, said: str, gone: set[str]
) -> None:
    whole, done = imported(NFCO2), imported(NFCO2.replace(cell, "-", 1))
    [finding] = [finding for finding in done.findings if finding.message not in told(whole)]
    assert finding.message == f"1 of 2 tasks of 'ALIGN' have no {said}: their sum is left out"
    assert (finding.code, finding.line) == ("GA607", 2)
    assert gone <= figures_of_align(whole)
    assert not gone & figures_of_align(done)


def figures_of_align(done: Any) -> set[str]:
    """Return what is said of the first run: its reported figures, and those of its components."""
    run = done.data["runs"][0]
    return {key for part in run["hardware"] for key in part} | set(
        done.data["reported"]["runs"].get(run["id"], ())
    )


@pytest.mark.parametrize("key", ["energy", "duration", "carbon-operational", "embodied-carbon"])
def test_an_observation_that_lacks_a_figure_leaves_its_sum_out(key: str) -> None:
    whole, done = imported(MANIFEST), imported(MANIFEST.replace(f" {key}: ", f" not-{key}: ", 1))
    assert f"1 of 2 observations of 'web' have no {key}: their sum is left out" in told(done)
    assert len(done.findings) == len(whole.findings) + 1


def test_an_observation_without_an_intensity_leaves_the_mean_out() -> None:
    done = imported(MANIFEST.replace("grid/carbon-intensity: 100, ", "", 1))
    assert "carbon_intensity_g_per_kwh" not in only(done)
    wanted = "1 of 2 observations of 'web' have no grid/carbon-intensity: their mean is left out"
    assert wanted in told(done)


@pytest.mark.parametrize("text", ["1,5 s", "-5 ms", "5 ms; 3 s", "~5 ms", "5 ms)"])
def test_an_amount_between_other_signs_is_none(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        imported(NEXTFLOW.replace("1h 30m", text, 1))
    [finding] = caught.value.findings
    assert (finding.code, finding.line, finding.found) == ("GA605", 2, text)  # type: ignore[attr-defined]
