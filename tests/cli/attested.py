"""A statement of level L3, its log, and what a third party attests of it."""

from __future__ import annotations

import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

LOG = """\
start_time,window_name,elapsed_time,gpu0_energy,gpu1_energy
1795427054.79,training,7200,2160000,2304000
1795441054.79,evaluation,1800,360000,324000
"""
RUN = """\
  - id: {id}
    phase: {id}
    hardware:
      - kind: gpu
        model: NVIDIA A100-SXM4-40GB
        count: 2
        energy_it_kwh: {{value: {kwh}, lower: 0.1, upper: 1.3, status: counter, source: Zeus}}
    hours: {hours}
    location: {{country: FRA}}
    pue: {{value: 1.2, source: operator}}
    carbon_intensity_g_per_kwh: {{value: 57, source: RTE, year: 2024}}
    carbon_intensity_market_g_per_kwh: {{value: 20, basis: market}}
    water: {{status: not_assessed, reason: no meter}}
    embodied: {{status: not_assessed, reason: no data sheet}}
    measurement: {{method: nvml, instrument: Zeus, covers: [gpu]}}
"""
STATEMENT = f"""\
spec_version: "1.0"
title: Training of Small-1B
subject: {{name: Small-1B, kind: model}}
authors: [{{name: A. Author, orcid: 0000-0002-1825-0097}}]
boundary: {{includes: [training, evaluation], failed_runs: none, exploratory_runs: none}}
runs:
{RUN.format(id="training", kwh=1.24, hours=2)}{RUN.format(id="evaluation", kwh=0.19, hours=0.5)}\
functional_units: [{{unit: model, quantity: 1}}]
provenance:
  files:
    - {{path: zeus.csv, sha256: "{sha256(LOG.encode()).hexdigest()}", tool: Zeus}}
"""


def write(run: Callable[..., Result], statement: str = STATEMENT, log: str = LOG) -> None:
    """Write zeus.csv and a filled measured.yaml into the working directory."""
    Path("zeus.csv").write_text(log, "utf-8")
    Path("measured.yaml").write_text(statement, "utf-8")
    result = run("fill", "measured.yaml", "--in-place")
    assert result.exit_code == 0, result.output


def attest(run: Callable[..., Result], *options: str) -> None:
    """Write attestation.json as a third party does."""
    call = (
        "attest",
        "measured.yaml",
        "zeus.csv",
        "--name",
        "V. Verifier",
        "-o",
        "attestation.json",
        "--force",
    )
    result = run(*call, *options)
    assert result.exit_code == 0, result.output


def sign(key: str = "key", namespace: str = "greenalgo", name: str = "v@example.org") -> None:
    """Sign attestation.json, with a key that is made first, and write allowed_signers.

    The signature is attestation.json.sig.
    """
    if not Path(key).exists():
        _ssh("-q", "-t", "ed25519", "-N", "", "-f", key)
        kind, public, *_ = Path(f"{key}.pub").read_text("utf-8").split()
        Path("allowed_signers").write_text(f"{name} {kind} {public}\n", "utf-8")
    Path("attestation.json.sig").unlink(missing_ok=True)
    _ssh("-q", "-Y", "sign", "-n", namespace, "-f", key, "attestation.json")


def _ssh(*options: str) -> None:
    program = shutil.which("ssh-keygen")
    assert program
    subprocess.run([program, *options], check=True, capture_output=True)
