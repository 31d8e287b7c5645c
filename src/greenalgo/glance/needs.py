"""What a level needs, in sentences: the one place that words them (DESIGN section 7).

L0 parsed; L1 recomputable; L2 transparent; L3 measured. L4 (verified) rests on more than the document:
``greenalgo.evidence``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Final

#: The levels, lowest first.
LEVELS: Final = ("L0", "L1", "L2", "L3", "L4")
#: What follows from the inputs of a recomputable run.
FOLLOWING: Final = ("energy_it_kwh", "co2e_operational_kg")
#: What has an interval in a transparent statement.
HEADLINES: Final = ("energy_it_kwh", "energy_facility_kwh", "co2e_operational_kg")
#: The share of the IT energy that an instrument has to have read, for L3.
MEASURED_SHARE: Final = 0.95


def run_needs(
    run_id: str,
    *,
    hardware: bool,
    timed: bool,
    counted: bool,
    placed: bool,
    put: Sequence[str],
    power_put: bool,
    without: Sequence[str],
) -> list[str]:
    """Return what a run still needs for L1.

    Args:
        run_id: Its id.
        hardware: It has any.
        timed: It says how long its devices worked.
        counted: It says how many there are.
        placed: It says where.
        put: Inputs of the run that were put in for the author.
        power_put: A power was looked up.
        without: What does not follow, of :data:`FOLLOWING`.
    """
    needs = []
    if not hardware:
        needs.append("hardware is not declared")
    elif not timed:
        needs.append("hours are not declared (hours or device_hours)")
    if hardware and not counted:
        needs.append("the count of devices is not declared")
    if not placed:
        needs.append("location is not declared (country, or a provider's region)")
    needs += [f"{name} is not declared (greenalgo fill pins one)" for name in put]
    if power_put:
        needs.append("power_w is looked up, not declared (greenalgo fill pins it)")
    needs += [f"{name} does not follow from the inputs" for name in without]
    return [f"run '{run_id}': {need}" for need in needs]


def whole_needs(
    boundary: Mapping[str, object],
    *,
    pinned: bool,
    functional: bool,
    without_interval: Sequence[str],
    bare: Sequence[str],
) -> list[str]:
    """Return what a statement still needs for L2, beyond L1.

    Args:
        boundary: Its boundary.
        pinned: Its results pin the factor set that is at hand.
        functional: It declares a functional unit.
        without_interval: Which of :data:`HEADLINES` have no interval.
        bare: Pointers to inputs that state no source.
    """
    outcomes = ("failed_runs", "exploratory_runs")
    needs = [
        f"boundary.{name} is not declared (included, none or excluded)"
        for name in outcomes
        if name not in boundary
    ]
    needs += [
        f"boundary.{name} are excluded" for name in outcomes if boundary.get(name) == "excluded"
    ]
    if not boundary.get("includes"):
        needs.append("boundary.includes does not say what is counted")
    if not pinned:
        needs.append("no factor set is pinned (run greenalgo fill)")
    if not functional:
        needs.append("no functional unit is declared (functional_units)")
    needs += [
        f"{name} has no interval: declare lower and upper of its inputs"
        for name in without_interval
    ]
    if bare:
        words = "1 input states" if len(bare) == 1 else f"{len(bare)} inputs state"
        needs.append(f"{words} no source, the first is {bare[0]}")
    return needs


def measured_needs(
    share: float, *, unnamed: Sequence[str], silent: Sequence[tuple[str, str]]
) -> list[str]:
    """Return what a statement still needs for L3, beyond L2.

    Args:
        share: The share of its IT energy that is metered or counted, 0 to 1.
        unnamed: Ids of runs whose energy is said to be measured, and not with what.
        silent: Id of a run and name of a field that it neither gives nor argues away.
    """
    needs = []
    if share < MEASURED_SHARE:
        needs.append(
            f"{100 * share:.3g} % of the IT energy is metered or counted "
            f"(status: metered or counter), {100 * MEASURED_SHARE:g} % is asked for"
        )
    needs += [f"run '{run}': measurement does not say with what" for run in unnamed]
    needs += [
        f"run '{run}': {field} is neither given nor argued away (status: not_assessed, reason: ...)"
        for run, field in silent
    ]
    return needs
