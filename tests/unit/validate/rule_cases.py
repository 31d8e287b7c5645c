"""Statements in a few lines, and what the judge says of them, for the tests of the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.validate.engine import judge

if TYPE_CHECKING:
    from greenalgo.findings import Finding

A100 = "NVIDIA A100-SXM4-80GB"
ABSENT = {"status": "not_assessed", "reason": "nobody looked"}
#: A run with nothing to say about: 8 x 10 h x 300 W = 24 kWh; x 1.2 = 28.8 kWh; x 50 g = 1.44 kg.
RUN: dict[str, Any] = {
    "id": "a",
    "phase": "training",
    "hours": 10,
    "hardware": [{"kind": "gpu", "count": 8, "power_w": {"value": 300, "status": "metered"}}],
    "location": {"country": "FRA"},
    "pue": {"value": 1.2, "source": "operator"},
    "carbon_intensity_g_per_kwh": {"value": 50, "source": "grid operator"},
}


#: What a statement says of the runs that are not in it.
SAID = {"failed_runs": "none", "exploratory_runs": "none"}


def statement(*runs: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a document whose runs are :data:`RUN` with changes; None deletes a field."""
    built = []
    for index, changes in enumerate(runs or ({},)):
        run = RUN | {"id": "abcdefgh"[index]} | changes
        built.append({key: value for key, value in run.items() if value is not None})
    return {"spec_version": "1.0", "title": "T", "subject": {"name": "N"}, "runs": built, **more}


def bare(**changes: Any) -> dict[str, Any]:
    """Return the changes that leave of :data:`RUN` only what is given here, id and phase."""
    return dict.fromkeys(RUN.keys() - {"id", "phase"}) | changes


def findings(data: dict[str, Any], code: str = "GA") -> list[Finding]:
    """Return the findings whose code begins so."""
    return [found for found in judge(data).findings if found.code.startswith(code)]


def codes(data: dict[str, Any]) -> list[str]:
    """Return the codes of all findings."""
    return [found.code for found in judge(data).findings]


def gpu(**more: Any) -> list[dict[str, Any]]:
    return [{"kind": "gpu", "count": 8, "power_w": 300, "source": "log"} | more]


def reported(**figures: Any) -> dict[str, Any]:
    return statement(reported=figures)


def period(start: str, end: str) -> dict[str, str]:
    return {"start": start, "end": end}


def rate(figures: dict[str, Any], **printed: Any) -> dict[str, Any]:
    """Return a statement without inputs: a thousand prompts, figures for one, and what else is printed."""
    return statement(
        bare(),
        functional_units=[{"unit": "prompt", "quantity": 1000}],
        reported={"per_functional_unit": [{"unit": "prompt", **figures}], **printed},
    )
