"""What a printed figure should be: the quantity that follows from the inputs at the boundary that the figure has."""

from __future__ import annotations

from greenalgo.glance.bounds import NOISE
from greenalgo.glance.spread import ABSENT, absent, added, divided, times

TYPE_CHECKING = False
if TYPE_CHECKING:
    from greenalgo.glance.energy import Run
    from greenalgo.glance.spread import Spread

    #: What a figure may be by two readings of it: with the data centre's overhead, and without.
    Readings = tuple[Spread, Spread]


def follows(runs: list[Run], field: str, boundary: str) -> Readings:
    """Return what a figure may be: one interval for each reading that its boundary leaves open.

    The same as :func:`greenalgo.validate.follow.follows`.
    """
    if field == "co2e_operational_kg" or field == "co2e_market_kg" or field == "co2e_net_kg":
        whole, bare = complete(runs, field), _without_pue(runs, field)
    elif field == "energy_kwh":
        whole, bare = complete(runs, "energy_facility_kwh"), complete(runs, "energy_it_kwh")
    elif field == "co2e_total_kg":
        whole, bare = follows(runs, "co2e_operational_kg", boundary)
        embodied = complete(runs, "co2e_embodied_kg")
        return _both(whole, embodied), _both(bare, embodied)
    elif field in ("hours", "pue", "average_power_w", "carbon_intensity_g_per_kwh"):
        return _stated(runs, field), absent()
    else:
        return complete(runs, field), absent()
    if boundary == "it" or boundary == "device":
        return absent(), bare
    return whole, (absent() if boundary == "facility" else bare)


def agrees(stated: float, half: float, follow: Spread) -> bool:
    """Whether a stated figure rounds to a number of the interval that follows from the inputs."""
    value, lower, upper = follow
    if value < 0:
        return False
    noise = NOISE * max(stated, value)
    return lower - half - noise <= stated <= upper + half + noise


def _both(one: Spread, other: Spread) -> Spread:
    return added([one, other]) if one[0] >= 0 and other[0] >= 0 else absent()


def complete(runs: list[Run], name: str) -> Spread:
    """Return the sum of a quantity over runs, absent where one of them lacks it."""
    if len(runs) == 1:
        return runs[0].outcome(name)
    found = outcomes(runs, name)
    return added(found) if len(found) == len(runs) else absent()


def outcomes(runs: list[Run], name: str) -> list[Spread]:
    """Return a quantity of those runs that have it."""
    found = []
    for run in runs:
        one = run.outcome(name)
        if one[0] >= 0:
            found.append(one)
    return found


def _without_pue(runs: list[Run], field: str) -> Spread:
    """Return emissions without PUE, summed over runs; absent where one is missing."""
    parts = []
    for run in runs:
        by = _intensity(run, field)
        if run.energy_it[0] < 0 or by[0] < 0:
            return absent()
        emitted = divided(times(run.energy_it, by), 1e3)
        if len(runs) == 1:
            return emitted
        parts.append(emitted)
    return added(parts)


def _intensity(run: Run, field: str) -> Spread:
    """Return the carbon intensity behind a field of emissions."""
    if field == "co2e_operational_kg":
        return run.by_operational
    return run.by_market if field == "co2e_market_kg" else run.by_net


def _stated(runs: list[Run], field: str) -> Spread:
    """Return an input that is printed again, where all runs agree on it."""
    found = absent()
    for run in runs:
        if field == "average_power_w":
            one = _power(run)
        elif field == "hours":
            one = run.hours
        else:
            one = run.pue if field == "pue" else run.by_place
        if one[0] < 0 or (found[0] >= 0 and found != one):
            return absent()
        found = one
    return found


def _power(run: Run) -> Spread:
    """Return the power of the one kind of device of a run, as it is stated."""
    single = [part for part in run.primary if part.scope == "device"]
    return single[0].power if len(single) == 1 and single[0].utilisation[0] == ABSENT else absent()
