"""What the tests of the command line share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
MINIMAL = """\
spec_version: "1.0"
title: A minimal statement
subject: {name: My analysis}
runs:
  - {id: analysis, phase: analysis}
"""
#: The header of a table of CodeCarbon.
CODECARBON = (
    "timestamp,project_name,run_id,duration,emissions,cpu_energy,gpu_energy,ram_energy,energy_consumed,"
    "country_name,country_iso_code,codecarbon_version,cpu_model,gpu_model,ram_total_size,tracking_mode,pue\n"
)


def as_since_23_02(document: dict[str, Any]) -> dict[str, Any]:
    """Return what sacct --json 22.05 wrote as 23.11 does: numbers are objects, and states are lists."""
    newer: dict[str, Any] = _numbers(document)
    for job in newer["jobs"]:
        job["state"]["current"] = [job["state"]["current"]]
    return newer


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_numbers(one) for one in value]
    wrapped = value is None or (isinstance(value, int) and value >= 1000)
    return {"set": value is not None, "infinite": False, "number": value or 0} if wrapped else value
