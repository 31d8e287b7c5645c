"""GA2: the stored results against the recomputation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.findings import Severity, escape
from greenalgo.footprint import to_results
from greenalgo.validate.case import finding
from greenalgo.validate.compare import number, size
from greenalgo.validate.levels import level_of, pinned
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.validate.case import Case

STALE = Rule(
    "GA211",
    Severity.ERROR,
    "The results are not what the inputs give",
    "A number in results, in a trace or among the factors differs from the recomputation with the factor "
    "set that the results name, or the level is higher than what the statement reaches.",
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
_COMPARED = ("policy", "runs", "totals", "per_functional_unit", "factors")
#: Texts that may be worded otherwise by another version of the program.
_TEXTS = frozenset({"formula", "note", "model", "reason", "cite", "how", "name", "licence"})


def check(case: Case) -> Iterator[Finding]:
    """Recompute the results block where there is one."""
    stored = case.statement.data.get("results")
    if stored is None:
        return
    known = pinned(case)
    if not known:
        yield finding(
            UNKNOWN_SET,
            f"the results were made with factor set {stored['factor_set']} "
            f"({stored['factor_set_sha256'][:12]}), here is {case.factors.name} "
            f"({case.factors.sha256[:12]})",
            "/results/factor_set",
            expected=case.factors.name,
            found=stored["factor_set"],
        )
        # Without a factor in it the footprint is the same with every set.
        if case.footprint.used:
            return
    again = to_results(case.footprint, case.factors, case.policy, stored["level"])
    wrong = [
        difference
        for key in _COMPARED
        for difference in _differences(
            _keyed(key, stored.get(key)), _keyed(key, again.get(key)), f"/results/{key}"
        )
        if known or difference.is_number
    ]
    if wrong:
        first = wrong[0]
        more = f"; {len(wrong) - 1} more differ" if len(wrong) > 1 else ""
        yield finding(
            STALE, first.message + more, first.at, expected=first.expected, found=first.found
        )
    level = level_of(case)[0]
    if known and stored["level"] > level:
        yield finding(
            STALE,
            f"the results say level {stored['level']}, the statement reaches {level}",
            "/results/level",
            expected=level,
            found=stored["level"],
        )


class _Difference(NamedTuple):
    """One difference, where it stands, and whether two numbers differ there."""

    at: str
    message: str
    expected: str
    found: str
    is_number: bool = False


def _keyed(key: str, node: Any) -> Any:
    """Return the list of factors by id: another version may look them up in another order."""
    if key != "factors" or not isinstance(node, list):
        return node
    return {f"{factor['id']} {factor['unit']}": factor for factor in node}


def _differences(stored: Any, again: Any, at: str) -> Iterator[_Difference]:
    """Yield each difference that is not one of wording."""
    if isinstance(stored, dict) and isinstance(again, dict):
        # The order of the recomputation: energy before what follows from it, values before ends.
        for key in {**again, **stored}:
            place = f"{at}/{escape(key)}"
            if key in _TEXTS:
                continue
            if key == "trace":
                yield from _trace_differences(stored.get(key), again.get(key), place)
            elif key not in stored:
                yield _Difference(at, f"{key} is missing from the results", key, "nothing")
            elif key not in again:
                yield _Difference(place, f"nothing in the statement gives {key}", "nothing", key)
            else:
                yield from _differences(stored[key], again[key], place)
    elif isinstance(stored, list) and isinstance(again, list):
        if len(stored) != len(again):
            message = "the results have another number of entries"
            yield _Difference(at, message, str(len(again)), str(len(stored)))
        for index, (one, other) in enumerate(zip(stored, again, strict=False)):
            yield from _differences(one, other, f"{at}/{index}")
    elif _is_number(stored) and _is_number(again):
        if abs(stored - again) > NOISE * max(abs(stored), abs(again)):
            name = "/".join(at.split("/")[2:])
            message = f"{name} is {number(stored)}, recomputation gives {number(again)}"
            message = f"{message} ({size(stored, again)})"
            yield _Difference(at, message, number(again), number(stored), is_number=True)
    elif stored != again:
        message = f"the results say {stored}, recomputation says {again}"
        yield _Difference(at, message, str(again), str(stored))


def _trace_differences(stored: Any, again: Any, at: str) -> Iterator[_Difference]:
    """Compare the numbers of two traces that take the same way; another version may take another."""
    one, other = (_dict(trace).get("inputs", []) for trace in (stored, again))
    if [given["name"] for given in one] == [given["name"] for given in other]:
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            for key in ("value", "lower", "upper"):
                ends = left.get(key, left["value"]), right.get(key, right["value"])
                yield from _differences(*ends, f"{at}/inputs/{index}/{key}")


def _dict(node: Any) -> dict[str, Any]:
    return node if isinstance(node, dict) else {}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
