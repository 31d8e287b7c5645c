"""A whole statement at a glance: does every rule keep silent, and which level is it?"""

from __future__ import annotations

from math import inf

from greenalgo.glance import inputs, plain, reported
from greenalgo.glance.blocks import Reported
from greenalgo.glance.bounds import MAKING, NOT_FIGURES, OUTCOMES
from greenalgo.glance.doubt import Doubt
from greenalgo.glance.energy import Run, declared, rounded
from greenalgo.glance.needs import FOLLOWING, HEADLINES, run_needs, whole_needs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from greenalgo.glance.known import Known

    Node = dict[str, Any]

#: What only the validator can judge: results have to be recomputed with their traces, profiles are read
#: from files, parts lie inside other runs.
_LEFT = ("results", "conforms_to")
#: What a block of printed figures may hold that is no figure for the whole.
_OF_PARTS = NOT_FIGURES - {"as_printed", "device_count"}


def glance(data: Node, known: Known, raw: bytes = b"") -> tuple[str, tuple[str, ...]] | None:
    """Judge a document that the schema accepts, where that is easy.

    Args:
        data: The document as plain JSON values; the compiled check of its version has accepted it.
        known: The newest factor set.
        raw: The text that it was read from, if it is at hand; saves looking at every value.

    Returns:
        The level and what the next one needs, where surely no rule has anything to say; else None.
    """
    try:
        return _glance(data, known, raw)
    except (Doubt, OverflowError, ZeroDivisionError):
        return None


def _glance(data: Node, known: Known, raw: bytes) -> tuple[str, tuple[str, ...]]:
    for name in _LEFT:
        if name in data:
            raise Doubt
    plain.check(data, raw)
    period, issued = data.get("period", {}), data.get("issued", "")
    if not plain.is_day(issued):
        raise Doubt
    for node in (data, *data["runs"]):
        if "period" in node:
            end = node["period"].get("end", "")
            backwards = end and plain.is_before(end, node["period"].get("start", ""))
            known_days = all(map(plain.is_day, node["period"].values()))
            if backwards or not known_days or plain.is_before(issued, end):
                raise Doubt
    year = _year(period)
    factor_year = year or _year_of(data.get("issued", ""))
    nodes: list[Node] = data["runs"]
    runs: dict[str, Run] = {}
    for node in nodes:
        if "part_of" in node or node["id"] in runs or ("host" in node and len(nodes) > 1):
            raise Doubt
        own = _year(node["period"]) if "period" in node else 0
        run = Run(node, declared, known, own or factor_year)
        inputs.check(run, own or year)
        runs[node["id"]] = run
    units: list[Node] = data.get("functional_units", [])
    _sizes(runs.values(), units)
    boundary = data.get("boundary", {})
    _boundary(boundary, nodes, data.get("reported", {}))
    printed = Reported(data.get("reported", {}))
    _references(data, printed, runs, units)
    wide: list[Run] = []

    def rounded_runs() -> list[Run]:
        if not wide:
            wide.extend(Run(run.node, rounded, known, run.factor_year) for run in runs.values())
        return wide

    reported.check(printed, runs, rounded_runs, units)
    return _level(data, list(runs.values()), functional=bool(units or printed.per_unit))


def _sizes(runs: Iterable[Run], units: list[Node]) -> None:
    """Doubt totals and rates that may be larger than a number can be."""
    largest = sum(upper for run in runs for _, _, upper in run.outcomes.values())
    quantities = [declared(unit["quantity"]) for unit in units]
    if not largest / min([1.0, *(each[1] for each in quantities if each)]) < inf:
        raise Doubt


def _year_of(moment: str) -> int:
    return int(moment[:4]) if moment[:4].isdigit() else 0


def _year(period: Node) -> int:
    """Return the year of a period's end, else of its start, else 0."""
    return _year_of(period.get("end", "")) or _year_of(period.get("start", ""))


def _boundary(boundary: Node, runs: list[Node], reported: Node) -> None:
    """Doubt a boundary that says something else of failed and exploratory runs than the runs do.

    Doubt its silence on them beside several runs, some of making, and a figure for the whole.
    """
    asked = (
        len(runs) > 1
        and not reported.keys() <= _OF_PARTS
        and any(run["phase"] in MAKING for run in runs)
    )
    found = {run.get("outcome", "reported") for run in runs}
    for key, outcomes in OUTCOMES.items():
        listed, said = not found.isdisjoint(outcomes), boundary.get(key)
        if (asked and not listed) if said is None else listed != (said == "included"):
            raise Doubt


def _references(data: Node, printed: Reported, runs: dict[str, Run], units: list[Node]) -> None:
    """Doubt a name that no run has, and comparisons: with a run they are computed, else they need a unit."""
    named = [unit["run"] for unit in units if "run" in unit]
    named += [node["run"] for node, _ in printed.per_unit if "run" in node]
    named += printed.runs
    for claim in printed.claims:
        if "run" in claim and "against_run" in claim:
            raise Doubt
        named += [claim[key] for key in ("run", "against_run") if key in claim]
    if any(name not in runs for name in named):
        raise Doubt
    if units or printed.per_unit:
        return
    relations = data.get("relations", ())
    if any("against" in claim for claim in printed.claims) or any(
        relation["kind"] == "compares_with" for relation in relations
    ):
        raise Doubt


def _level(data: Node, runs: list[Run], *, functional: bool) -> tuple[str, tuple[str, ...]]:
    needs: list[str] = []
    for run in runs:
        needs += _run_needs(run)
    if needs:
        return "L0", tuple(dict.fromkeys(needs))
    boundary = data.get("boundary", {})
    without = []
    for name in HEADLINES:
        total = reported.complete(runs, name)
        if total is not None and not total[1] < total[2]:
            without.append(name)
    bare = [pointer for at, run in enumerate(runs) for pointer in _bare(run, f"/runs/{at}")]
    needs = whole_needs(
        boundary, pinned=False, functional=functional, without_interval=without, bare=bare
    )
    if not needs:
        raise Doubt  # the traces say what was measured
    return "L1", tuple(needs)


def _run_needs(run: Run) -> list[str]:
    node, primary = run.node, run.primary
    flops = node["work"].get("flops") if "work" in node else None
    from_flops = flops is not None and declared(flops) is not None
    summed = run.quantity("device_hours") is not None
    timed = summed or from_flops or run.quantity("hours") is not None
    counted = summed or from_flops
    if not timed:
        timed = any(_has(part, "hours") or _has(part, "device_hours") for part in primary)
    if not counted:
        counted = (
            all("count" in part for part in primary)
            or any(_has(part, "device_hours") for part in primary)
            or all(part.get("power_scope") == "job" for part in primary)
        )
    place = node.get("location", {})
    without = [name for name in FOLLOWING if name not in run.outcomes]
    placed = (
        "country" in place
        or "region" in place
        or "grid_zone" in place
        or "provider_region" in place
    )
    put = run.power_put or run.intensity_put
    if primary and timed and counted and placed and not without and not put:
        return []
    return run_needs(
        node["id"],
        hardware=bool(run.hardware),
        timed=timed,
        counted=counted,
        placed=placed,
        put=["carbon_intensity_g_per_kwh"] if run.intensity_put else [],
        power_put=run.power_put,
        without=without,
    )


def _has(part: Node, name: str) -> bool:
    return name in part and declared(part[name]) is not None


def _bare(run: Run, at: str) -> list[str]:
    """Return pointers to the numbers that drive a run's result and state no source."""
    node = run.node
    names = ("pue", "energy_it_kwh", "energy_facility_kwh", "carbon_intensity_g_per_kwh")
    found = [f"{at}/{name}" for name in names if name in node and _sourceless(node[name])]
    for kind in ("power_w", "energy_it_kwh"):
        found += [
            f"{at}/hardware/{index}/{kind}"
            for index, part in enumerate(run.hardware)
            if "source" not in part and kind in part and _sourceless(part[kind])
        ]
    return found


def _sourceless(node: Any) -> bool:
    return declared(node) is not None and not (type(node) is dict and "source" in node)
