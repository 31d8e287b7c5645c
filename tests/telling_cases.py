"""A statement that says who, where and when wherever one can, for the tests of what is shown of it blind."""

from __future__ import annotations

from greenalgo import api
from greenalgo.registry.door import look
from greenalgo.sources.dump import to_yaml

#: Every text that could say who, where or exactly when holds this word, or is one of the others.
SECRETS = ("secret", "0000-0002-1825-0097", "2026-11-03", "1706.03762", "2001:db8")
#: Runs of two kinds, figures as printed, a claim, a unit, an interval, a finding whose words quote a name.
STATEMENT = b"""\
spec_version: "1.0"
title: SECRET title
subject:
  {name: SECRET-7B, kind: model, version: SECRETv1, doi: "10.1000/SECRET", arxiv: "1706.03762",
   description: SECRET words}
authors: [{name: SECRET Author, orcid: 0000-0002-1825-0097}]
issued: "2026-11-03"
note: SECRET note
runs:
  - id: SECRET-run
    name: SECRET cluster run
    phase: training
    outcome: reported
    note: SECRET note
    hardware:
      - {kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 8, power_w: {value: 400, source: SECRET sheet}}
      - {kind: gpu, model: SECRET accelerator, count: 2, power_w: {value: 90, lower: 60, upper: 120, source: SECRET}}
    hours: 100
    location: {country: FRA, region: SECRET-region, provider: SECRET cloud, site: SECRET site}
    pue: {value: 1.2, lower: 1.1, upper: 1.3, source: SECRET operator, note: SECRET}
    carbon_intensity_g_per_kwh: {value: 57, source: SECRET grid, year: 2022}
  - id: SECRET-search
    name: SECRET sweep
    phase: search
    outcome: failed
    hardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 4}]
    hours: 20
    location: {country: USA, region: US-CA, provider: SECRET cloud}
functional_units: [{unit: image, quantity: 1000, run: SECRET-run}]
reported:
  energy_it_kwh: 370
  as_printed: {energy_it_kwh: "370 kWh"}
  source: SECRET, table 3
  runs: {SECRET-run: {energy_it_kwh: 345, as_printed: {energy_it_kwh: "345 kWh"}, source: SECRET}}
  claims: [{metric: energy, ratio: 0.4, against: SECRET baseline, source: SECRET}]
"""


def filled() -> bytes:
    """Return the statement as ``greenalgo fill`` writes it: what was looked up names its places."""
    raw = to_yaml(api.fill(api.loads(STATEMENT, "footprint.yaml").data)).encode()
    judged = look(raw, "footprint.yaml")
    assert judged.fit, [str(found) for found in judged.report.findings]
    assert any("SECRET" in found.pointer for found in judged.report.findings)
    assert b"US-CA" in raw
    return raw
