"""GA2: the stored results against the recomputation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.findings import Severity
from greenalgo.footprint import to_results
from greenalgo.statement.read import escape
from greenalgo.validate.case import finding
from greenalgo.validate.compare import number, size
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.validate.case import Case

STALE = Rule(
    "GA211",
    Severity.ERROR,
    "The results are not what the inputs give",
    "A number in results differs from the recomputation with the factor set that the results name.",
    "The inputs were changed after greenalgo fill, or the results were edited.",
    "results: {totals: {energy_it_kwh: {value: 1}}}   # the runs give 24",
    "Run greenalgo fill again; never write results by hand.",
)
UNKNOWN_SET = Rule(
    "GA304",
    Severity.WARNING,
    "The factor set of the results is not known here",
    "results.factor_set names a set that this greenalgo does not have, or has with other contents.",
    "The results cannot be recomputed exactly.",
    'results: {factor_set: "2031.01"}',
    "Upgrade greenalgo, or run greenalgo fill again.",
)
RULES = (STALE, UNKNOWN_SET)
#: Relative difference that the 12 written digits allow.
NOISE = 1e-9
_COMPARED = ("runs", "totals", "per_functional_unit")


def check(case: Case) -> Iterator[Finding]:
    """Recompute the results block where there is one."""
    stored = case.statement.data.get("results")
    if stored is None:
        return
    if (
        stored["factor_set"] != case.factors.name
        or stored["factor_set_sha256"] != case.factors.sha256
    ):
        yield finding(
            UNKNOWN_SET,
            f"the results were made with factor set {stored['factor_set']} "
            f"({stored['factor_set_sha256'][:12]}), here is {case.factors.name} "
            f"({case.factors.sha256[:12]})",
            "/results/factor_set",
            expected=case.factors.name,
            found=stored["factor_set"],
        )
        return
    again = to_results(case.footprint, case.factors, case.policy, stored["level"])
    wrong = [
        difference
        for key in _COMPARED
        for difference in _differences(stored.get(key), again.get(key), f"/results/{key}")
    ]
    if wrong:
        at, message, expected, found = wrong[0]
        more = f"; {len(wrong) - 1} more differ" if len(wrong) > 1 else ""
        yield finding(STALE, message + more, at, expected=expected, found=found)


def _differences(stored: Any, again: Any, at: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (pointer, message, expected, found) for each difference; traces are not compared."""
    if isinstance(stored, dict) and isinstance(again, dict):
        for key in sorted(stored.keys() | again.keys(), key=str):
            if key in ("trace", "model", "reason"):
                continue
            place = f"{at}/{escape(key)}"
            if key not in stored:
                yield at, f"{key} is missing from the results", key, "nothing"
            elif key not in again:
                yield place, f"nothing in the statement gives {key}", "nothing", key
            else:
                yield from _differences(stored[key], again[key], place)
    elif isinstance(stored, list) and isinstance(again, list):
        if len(stored) != len(again):
            yield (
                at,
                "the results have another number of entries",
                str(len(again)),
                str(len(stored)),
            )
        for index, (one, other) in enumerate(zip(stored, again, strict=False)):
            yield from _differences(one, other, f"{at}/{index}")
    elif _is_number(stored) and _is_number(again):
        if abs(stored - again) > NOISE * max(abs(stored), abs(again)):
            name = "/".join(at.split("/")[2:])
            message = f"{name} is {number(stored)}, recomputation gives {number(again)}"
            yield at, f"{message} ({size(stored, again)})", number(again), number(stored)
    elif stored != again:
        yield at, f"the results say {stored}, recomputation says {again}", str(again), str(stored)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
