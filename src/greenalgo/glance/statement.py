"""A whole statement at a glance: does every rule keep silent, and which level is it?"""

from __future__ import annotations

from math import inf

from greenalgo.glance import inputs, plain, reported
from greenalgo.glance.blocks import Reported
from greenalgo.glance.bounds import MAKING, NOT_FIGURES, OUTCOMES
from greenalgo.glance.doubt import Doubt
from greenalgo.glance.energy import Run
from greenalgo.glance.follow import complete
from greenalgo.glance.known import is_placed
from greenalgo.glance.needs import FOLLOWING, HEADLINES, run_needs, whole_needs
from greenalgo.glance.spread import declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from greenalgo.glance.known import Known

    Node = dict[str, Any]

#: Blocks of a document whose quantities are read nowhere else.
_BLOCKS: Final = ("subject", "offsets")
#: What a block of printed figures may hold that is no figure for the whole.
_OF_PARTS: Final = NOT_FIGURES - {"as_printed", "device_count"}


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
    # Results have to be recomputed with their traces, profiles are read from files.
    if "results" in data or "conforms_to" in data:
        raise Doubt
    plain.check(data, raw)
    for name in _BLOCKS:
        if name in data:
            plain.intervals(data[name])
    issued: str = data.get("issued", "")
    if not plain.is_day(issued):
        raise Doubt
    year = _period(data, issued)
    factor_year = year or _year_of(issued)
    nodes: list[Node] = data["runs"]
    runs: dict[str, Run] = {}
    for node in nodes:
        if "part_of" in node or node["id"] in runs or ("host" in node and len(nodes) > 1):
            raise Doubt
        own = _period(node, issued)
        run = Run(node, known, own or factor_year)
        inputs.check(run, own or year)
        runs[node["id"]] = run
    every = list(runs.values())
    units: list[Node] = data.get("functional_units", [])
    _sizes(every, units)
    boundary, shown = data.get("boundary", {}), data.get("reported", {})
    _boundary(boundary, nodes, shown)
    printed = Reported(shown)
    _references(data, printed, runs, units)
    reported.check(printed, runs, units)
    return _level(boundary, every, functional=bool(units or printed.per_unit))


def _period(node: Node, issued: str) -> int:
    """Return the year that a period ends, else begins in; 0 where there is none.

    Raises:
        Doubt: It ends before it begins, or after the statement was issued, or on no day of the calendar.
    """
    if "period" not in node:
        return 0
    start: str = node["period"].get("start", "")
    end: str = node["period"].get("end", "")
    if end and (plain.is_before(end, start) or plain.is_before(issued, end)):
        raise Doubt
    if not plain.is_day(start) or not plain.is_day(end):
        raise Doubt
    return _year_of(end) or _year_of(start)


def _sizes(runs: list[Run], units: list[Node]) -> None:
    """Doubt totals and rates that may be larger than a number can be."""
    largest, least = 0.0, 1.0
    for run in runs:
        largest += run.largest
    for unit in units:
        quantity = declared(unit["quantity"])
        if quantity[0] > 0:
            least = min(least, quantity[1])
    if not largest / least < inf:
        raise Doubt


def _year_of(moment: str) -> int:
    return int(moment[:4]) if moment else 0


def _boundary(boundary: Node, runs: list[Node], reported: Node) -> None:
    """Doubt a boundary that says something else of failed and exploratory runs than the runs do.

    Doubt its silence on them beside several runs, some of making, and a figure for the whole.
    """
    failed = explored = making = False
    for run in runs:
        outcome: str = run.get("outcome", "reported")
        if outcome != "reported":
            failed = failed or outcome in OUTCOMES["failed_runs"]
            explored = explored or outcome in OUTCOMES["exploratory_runs"]
        making = making or (len(runs) > 1 and run["phase"] in MAKING)
    asked = making and not reported.keys() <= _OF_PARTS
    _said(boundary.get("failed_runs"), listed=failed, asked=asked)
    _said(boundary.get("exploratory_runs"), listed=explored, asked=asked)


def _said(word: str | None, *, listed: bool, asked: bool) -> None:
    """Doubt what a boundary says of some runs, or that it says nothing."""
    if (asked and not listed) if word is None else listed != (word == "included"):
        raise Doubt


def _references(data: Node, printed: Reported, runs: dict[str, Run], units: list[Node]) -> None:
    """Doubt a name that no run has, and comparisons: with a run they are computed, else they need a unit."""
    for unit in units:
        _named(unit, "run", runs)
    for node, _ in printed.per_unit:
        _named(node, "run", runs)
    for name in printed.runs:
        if name not in runs:
            raise Doubt
    without_unit = not units and not printed.per_unit
    for claim in printed.claims:
        _named(claim, "run", runs)
        _named(claim, "against_run", runs)
        if "run" in claim and "against_run" in claim:
            raise Doubt
        if without_unit and "against" in claim:
            raise Doubt
    if without_unit:
        for relation in data.get("relations", ()):
            if relation["kind"] == "compares_with":
                raise Doubt


def _named(node: Node, key: str, runs: dict[str, Run]) -> None:
    if key in node and node[key] not in runs:
        raise Doubt


def _level(boundary: Node, runs: list[Run], *, functional: bool) -> tuple[str, tuple[str, ...]]:
    needs: list[str] = []
    for run in runs:
        needs += _run_needs(run)
    if needs:
        return "L0", tuple(needs)
    without, bare = [], []
    for name in HEADLINES:
        total = complete(runs, name)
        if total[0] >= 0 and not total[1] < total[2]:
            without.append(name)
    for at, run in enumerate(runs):
        bare += _bare(run, f"/runs/{at}")
    needs = whole_needs(
        boundary, pinned=False, functional=functional, without_interval=without, bare=bare
    )
    if not needs:
        raise Doubt  # the traces say what was measured
    return "L1", tuple(needs)


def _run_needs(run: Run) -> list[str]:
    node, primary = run.node, run.primary
    summed = run.total_hours[0] >= 0
    if not summed and "work" in node:
        summed = run.read(node["work"].get("flops"))[0] >= 0
    # Each of its parts, if not the run itself, says for how long and how many.
    timed, own_hours, every_count, every_job = False, False, True, True
    for part in primary:
        own_hours = own_hours or part.device_hours[0] >= 0
        timed = timed or part.hours[0] >= 0
        every_count = every_count and part.count > 0
        every_job = every_job and part.scope == "job"
    timed = timed or own_hours or summed or run.hours[0] >= 0
    counted = summed or own_hours or every_count or every_job
    placed = is_placed(run.place)
    follows = run.energy_it[0] >= 0 and run.operational[0] >= 0
    put = run.power_put or run.intensity_put
    if primary and timed and counted and placed and follows and not put:
        return []
    return run_needs(
        node["id"],
        hardware=bool(primary),
        timed=timed,
        counted=counted,
        placed=placed,
        put=["carbon_intensity_g_per_kwh"] if run.intensity_put else [],
        power_put=run.power_put,
        without=[name for name in FOLLOWING if run.outcome(name)[0] < 0],
    )


def _bare(run: Run, at: str) -> list[str]:
    """Return pointers to the numbers that drive a run's result and state no source."""
    node = run.node
    names = ("pue", "energy_it_kwh", "energy_facility_kwh", "carbon_intensity_g_per_kwh")
    found = [f"{at}/{name}" for name in names if _sourceless(node, name)]
    for kind in ("power_w", "energy_it_kwh"):
        for index, part in enumerate(run.hardware):
            if "source" not in part.node and _sourceless(part.node, kind):
                found.append(f"{at}/hardware/{index}/{kind}")
    return found


def _sourceless(node: Node, name: str) -> bool:
    given = node.get(name)
    if given is None or (type(given) is dict and "source" in given):
        return False
    return declared(given)[0] >= 0
