"""perun: rounds that say nothing, and sums of executions with factors of their own."""

from __future__ import annotations

import json

from foreign_files import imported
from more_foreign_files import PERUN

from greenalgo.formats import Wanted


def executions(*of_one: tuple[str | None, float, float]) -> str:
    """Return a file of perun's with an execution for each factor, runtime (s) and share of the energy; no CO2."""
    whole = json.loads(PERUN)
    whole["nodes"] = []
    for number, (factor, seconds, share) in enumerate(of_one):
        [execution] = json.loads(PERUN)["nodes"][0].values()
        execution["metadata"]["post-processing.emissions_factor"] = factor
        metrics = execution["nodes"][0]["0"]["metrics"]
        del metrics["co2"]
        for name, metric in metrics.items():
            metric["value"] = seconds if name == "runtime" else metric["value"] * share
        whole["nodes"].append({f"2025-01-0{number + 1}T03:00:00": execution})
    return json.dumps(whole)


def test_a_round_of_perun_without_a_runtime_is_left_out_and_told() -> None:
    done = imported(executions(("100", 60, 1), ("100", 0, 1)))
    assert len(done.data["runs"]) == 1
    [found] = done.findings
    assert (found.code, found.message) == ("GA607", "rounds without a runtime are left out: 1")


def test_the_intensity_of_a_sum_without_co2e_is_weighted_by_energy() -> None:
    wanted = Wanted(added_up=True)
    [run] = imported(executions(("100", 60, 1), ("400", 60, 2)), wanted=wanted).data["runs"]
    assert run["carbon_intensity_g_per_kwh"]["value"] == 300
    assert "added up. Their carbon intensity is the mean, weighted by energy." in run["note"]
    done = imported(executions(("100", 60, 1), (None, 60, 2)), wanted=wanted)
    [run] = done.data["runs"]
    assert "carbon_intensity_g_per_kwh" not in {*run, *done.data["reported"]["runs"][run["id"]]}
    assert "added up. Their carbon intensities differ, and are left out." in run["note"]
