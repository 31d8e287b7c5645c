"""The ``results`` block of a filled statement, from a footprint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo import __version__
from greenalgo.footprint.trace import Missing

if TYPE_CHECKING:
    from greenalgo.factors import Factor, FactorSet, Policy
    from greenalgo.footprint.compute import Footprint
    from greenalgo.footprint.run import RunFootprint
    from greenalgo.footprint.trace import Input, Outcome, Trace

#: Digits that are written: more than any input has, fewer than those that differ between machines.
DIGITS = 12


def to_results(
    footprint: Footprint, factors: FactorSet, policy: Policy, level: str
) -> dict[str, Any]:
    """Write a footprint as the schema's ``results``.

    Args:
        footprint: The footprint.
        factors: The factor set that was used.
        policy: The policy that was used.
        level: The level of the filled statement.

    Returns:
        Plain JSON values in the schema's order; numbers with :data:`DIGITS` significant digits.
    """
    cited: dict[str, None] = {}
    for outcome in _outcomes(footprint):
        if not isinstance(outcome, Missing):
            cited.update(dict.fromkeys(outcome.trace.cite))
    for factor in footprint.used:
        if factor.source:
            cited[factor.source] = None
    results: dict[str, Any] = {
        "factor_set": factors.name,
        "factor_set_sha256": factors.sha256,
        "policy": policy.id,
        "tool": f"greenalgo {__version__}",
        "level": level,
        "runs": {run.run.id: _run(run) for run in footprint.runs},
        "totals": {name: _outcome(outcome) for name, outcome in footprint.totals.items()},
    }
    if footprint.per_unit:
        results["per_functional_unit"] = [
            {
                "unit": rate.unit.unit,
                "quantity": _number(getattr(rate.unit.quantity, "value", 0)),
                **({"run": rate.unit.run} if rate.unit.run else {}),
                **{name: _outcome(outcome) for name, outcome in rate.outcomes.items()},
            }
            for rate in footprint.per_unit
        ]
    if footprint.used:
        results["factors"] = [_factor(factor) for factor in footprint.used]
    if cited:
        results["citations"] = list(cited)
    return results


def _outcomes(footprint: Footprint) -> list[Outcome]:
    found = list(footprint.totals.values())
    for run in footprint.runs:
        found += [*run.outcomes.values(), *run.components]
    return found


def _run(footprint: RunFootprint) -> dict[str, Any]:
    block: dict[str, Any] = {
        name: _outcome(outcome) for name, outcome in footprint.outcomes.items()
    }
    if footprint.components:
        block["components"] = [
            {
                "kind": part.kind,
                **({"model": part.model} if part.model else {}),
                "energy_it_kwh": _outcome(outcome),
            }
            for part, outcome in zip(footprint.run.hardware, footprint.components, strict=True)
        ]
    return block


def _outcome(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Missing):
        return {"status": "not_assessed", "reason": outcome.reason}
    return {
        "value": _number(outcome.value),
        "lower": _number(outcome.lower),
        "upper": _number(outcome.upper),
        "status": outcome.status,
        "trace": _trace(outcome.trace),
    }


def _trace(trace: Trace) -> dict[str, Any]:
    written: dict[str, Any] = {
        "method": trace.method,
        "formula": trace.formula,
        "inputs": [_input(given) for given in trace.inputs],
    }
    if trace.cite:
        written["cite"] = list(trace.cite)
    if trace.note:
        written["note"] = trace.note
    return written


def _input(given: Input) -> dict[str, Any]:
    written: dict[str, Any] = {"name": given.name, "value": _number(given.value)}
    if (given.lower, given.upper) != (given.value, given.value):
        written["lower"], written["upper"] = _number(given.lower), _number(given.upper)
    written["status"] = given.status
    for name in ("at", "factor", "source"):
        if text := getattr(given, name):
            written[name] = text
    return written


def _factor(factor: Factor) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name in ("id", "table", "name", "value", "lower", "upper", "unit", "year", "source"):
        written[name] = getattr(factor, name)
    for name in ("licence", "how", "note"):
        if text := getattr(factor, name):
            written[name] = text
    written["sha256"] = factor.sha256
    for name in ("value", "lower", "upper"):
        written[name] = _number(written[name])
    return written


def _number(value: float) -> float:
    """Return a number with :data:`DIGITS` significant digits, whole ones as integers."""
    rounded = float(f"{value:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded
