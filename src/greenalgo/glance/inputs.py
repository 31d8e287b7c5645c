"""The rules on a run's inputs, said as what must hold so that none of them speaks.

The rules themselves, with their words, are in :mod:`greenalgo.validate.rules` (``inputs``, ``places``,
``provenance``, ``disclosure``). What is asked here may be stricter than they are, never laxer.
"""

from __future__ import annotations

from math import inf

from greenalgo.glance.bounds import (
    DEFAULTS,
    HOST,
    HOST_W,
    IDLE,
    IN_KG,
    LEAST_LIFETIME,
    LEAST_MEMORY,
    LEAST_MFU,
    LEAST_SHARE,
    LIMITS,
    MAX_INTENSITY,
    MAX_PUE,
    MOST_DRAW,
    MOST_DRAW_OF_GPU,
    MOST_HOURS,
    MOST_LIFETIME,
    MOST_MEMORY,
    MOST_POWER,
    MOST_WATER,
    READ,
    TOLERANCE,
    YEARS_APART,
)
from greenalgo.glance.doubt import Doubt
from greenalgo.glance.known import is_inside
from greenalgo.glance.spread import ABSENT, NOT_ASSESSED
from greenalgo.units import SECONDS_PER_HOUR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from greenalgo.glance.energy import Run
    from greenalgo.glance.known import Known, Limits
    from greenalgo.glance.part import Part

    Node = dict[str, Any]


def check(run: Run, year: int) -> None:
    """Check the inputs of a run.

    Args:
        run: The run, as declared.
        year: The year of its period, 0 where none is declared.

    Raises:
        Doubt: A rule may have something to say.
    """
    node = run.node
    pue = run.pue[0]
    if pue >= 0:
        _sourced(node["pue"])
        if not 1 <= pue <= MAX_PUE:
            raise Doubt
    if 0 <= run.multiplier[0] < 1:
        raise Doubt
    _place(run.place, run.known)
    _intensities(run, year)
    _times(run)
    _energies(run)
    for part in run.hardware:
        _component(part, run)
    if "work" in node:
        _operations(run)
    if "water" in node:
        for name, most in MOST_WATER:
            if run.read(node["water"].get(name))[0] > most:
                raise Doubt
    if run.embodied[0] >= 0:
        _embodied(run, node["embodied"])


def _embodied(run: Run, items: list[Node]) -> None:
    """Doubt a life or a share that no hardware has, and emissions that are most of the run's and have no source."""
    for item in items:
        life = run.read(item.get("lifetime_hours"))[0]
        share = run.read(item.get("resource_share"))[0]
        if (life >= 0 and not LEAST_LIFETIME <= life <= MOST_LIFETIME) or 0 <= share < LEAST_SHARE:
            raise Doubt
    if run.operational[0] < 0 or run.embodied[0] <= run.operational[0]:
        return
    for item in items:
        given = item["co2e_kg"]
        inner = given if type(given) is dict else {}
        if inner.get("status") in ("default", "imputed") or not (
            "source" in item or "source" in inner
        ):
            raise Doubt


def _sourced(node: Any) -> None:
    """Doubt a number that neither states a source nor a status."""
    if not isinstance(node, dict) or not ("source" in node or "status" in node):
        raise Doubt


def _place(place: dict[str, str], known: Known) -> None:
    """Doubt a country that is not known, and names of one place that do not lie together."""
    if "country" in place and not known.home(place["country"]):
        raise Doubt
    if is_inside(place) and not known.agrees(place):
        raise Doubt


def _intensities(run: Run, year: int) -> None:
    node, value = run.node, run.by_place[0]
    if value >= 0:
        inner = node["carbon_intensity_g_per_kwh"]
        _sourced(inner)
        _intensity(inner, value, "location")
        own = inner.get("year", 0)
        if own and year and abs(own - year) >= YEARS_APART:
            raise Doubt
        _against_place(value, int(own) or run.factor_year, run)
    if run.by_market[0] >= 0:
        _intensity(node["carbon_intensity_market_g_per_kwh"], run.by_market[0], "market")
    if run.by_net[0] >= 0:
        _intensity(node["carbon_intensity_net_g_per_kwh"], run.by_net[0], "net")


def _intensity(node: Any, value: float, basis: str) -> None:
    """Doubt an intensity on another basis than its field's, or that no grid has."""
    if value > MAX_INTENSITY or (isinstance(node, dict) and node.get("basis", basis) != basis):
        raise Doubt


def _against_place(value: float, year: int, run: Run) -> None:
    """Hold a location-based intensity against its place's."""
    if value < IN_KG:
        raise Doubt
    found = run.known.intensity(run.place, year)
    if found is None or not found[0][0]:
        return
    ratio, of_country = value / found[0][0], found[1]
    if value in DEFAULTS and abs(ratio - 1) > 0.15:
        raise Doubt
    if not of_country and not 1 / 3 <= ratio <= 3:
        raise Doubt


def _times(run: Run) -> None:
    """Hold wall-clock hours, device-hours, devices and period against each other."""
    hours, total = run.hours, run.total_hours
    if hours[0] < 0 and total[0] < 0:
        return
    _not_for_ever(run)
    for part in run.primary:
        if total[0] >= 0 and (part.hours[0] != ABSENT or part.device_hours[0] != ABSENT):
            raise Doubt
    devices = sum(part.count for part in run.primary if part.scope != "job")
    if hours[0] >= 0 and total[0] >= 0 and devices:
        _close(total[0], devices * hours[0])
    period = run.node.get("period", {})
    if "start" not in period or "end" not in period:
        return
    span = _span_hours(period["start"], period["end"])
    if hours[1] > span or (devices and total[1] > devices * span):
        raise Doubt


def _close(value: float, wanted: float) -> None:
    """Doubt a number that is not within 1 % of what it should be."""
    if abs(wanted - value) > TOLERANCE * wanted:
        raise Doubt


def _not_for_ever(run: Run) -> None:
    """Doubt a run of several devices that took longer than any."""
    if run.devices == 1:
        return
    wall = run.hours[0]
    if wall < 0:
        wall = run.total_hours[0] / run.devices if run.devices else 0.0
    if wall > MOST_HOURS:
        raise Doubt


def _span_hours(start: str, end: str) -> float:
    """Return the hours from the start of a day to the end of another one; infinite for months and years.

    Raises:
        Doubt: They are moments, or there is no such day.
    """
    if min(len(start), len(end)) <= len("2022-03"):
        return inf
    if len(start) != len("2022-03-11") or len(end) != len(start):
        raise Doubt
    # Imported here: few runs declare both ends.
    from datetime import date

    try:
        days = date.fromisoformat(end).toordinal() - date.fromisoformat(start).toordinal()
    except ValueError:
        raise Doubt from None
    return 24.0 * (days + 1)


def _energies(run: Run) -> None:
    """Hold declared energies against each other and against what the hardware can draw."""
    node, it, whole = run.node, run.it[0], run.facility[0]
    if it < 0 and whole < 0:
        return
    if it >= 0:
        _sourced(node["energy_it_kwh"])
        pue = run.pue[0]
        if "measurement" in node and (pue < 0 or pue > 1):
            given = node["measurement"]
            meters = given if type(given) is list else [given]
            if all(one.get("pue_included", False) for one in meters):
                raise Doubt
        if whole >= 0:
            _with_pue(run, it, whole)
    own = [part.energy[0] for part in run.hardware if part.energy[0] >= 0]
    if own and len(own) == len(run.hardware):
        if it >= 0:
            _close(it, sum(own))
        else:
            _with_pue(run, sum(own), whole)
    if whole >= 0:
        _sourced(node["energy_facility_kwh"])
    hours = run.device_hours[0]
    if hours > 0:
        times = run.repetitions * (run.multiplier[0] if run.multiplier[0] >= 0 else 1.0)
        draws(run, (it if it >= 0 else whole) * times, hours)


def _with_pue(run: Run, it: float, whole: float) -> None:
    """Doubt a facility energy (kWh) that is not the IT energy with the PUE."""
    pue = run.pue[0]
    if pue >= 0:
        _close(whole, it * pue)
    elif not it <= whole <= MAX_PUE * it:
        raise Doubt


def draws(run: Run, energy: float, hours: float) -> None:
    """Doubt an energy (kWh) that the one kind of device of a run cannot draw in its device-hours."""
    if len(run.primary) == 1 and run.primary[0].scope != "core":
        _draws(_limits(run.primary[0], run), energy, hours)


def _draws(limits: Limits | None, energy: float, hours: float, room: float = MOST_DRAW) -> None:
    implied = 1000 * energy / hours
    if limits is not None and (0 < implied < IDLE * limits.least or implied > room * limits.most):
        raise Doubt


def _drawn(part: Part, run: Run, limits: Limits | None) -> None:
    """Doubt an energy (kWh) of a component that its devices cannot draw in the hours."""
    if limits is None or part.scope != "device" or run.it[0] >= 0:
        return
    hours = part.device_hours[0]
    if hours < 0:
        # An hour that the component argues away is not the run's.
        hours = part.count * (run.hours[0] if part.hours[0] == ABSENT else part.hours[0])
    if hours > 0:
        _draws(limits, part.energy[0], hours, MOST_DRAW_OF_GPU if part.kind == "gpu" else MOST_DRAW)


def _operations(run: Run) -> None:
    """Hold declared operations against device-hours and peak rate."""
    given, hours = run.read(run.node["work"].get("flops"))[0], run.device_hours[0]
    if given < 0 or len(run.primary) != 1 or hours <= 0:
        return
    part = run.primary[0]
    limits = _limits(part, run)
    least = most = part.peak[0]
    if most < 0:
        least, most = limits.peaks if limits is not None else (0.0, 0.0)
    if not most:
        return
    rate = given / (hours * SECONDS_PER_HOUR)
    low = rate < LEAST_MFU * least and run.node["phase"] in ("training", "fine_tuning")
    if rate > most or low:
        raise Doubt


def _limits(part: Part, run: Run) -> Limits | None:
    return run.known.limits(part.kind, part.model) if part.is_processor and part.model else None


def _together(part: Part, limits: Limits | None) -> None:
    """Doubt a power (W) of a whole node or job that its devices cannot have."""
    devices = part.count if part.scope == "job" else int(part.node.get("devices_per_node", 0))
    power = part.power[0]
    if devices and limits is not None and power:
        least, most = devices * IDLE * limits.least, devices * (HOST * limits.most + HOST_W)
        if not least <= power <= most:
            raise Doubt


def _component(part: Part, run: Run) -> None:
    """Check the kind, the power and the hours of a component."""
    node, scope, power = part.node, part.scope, part.power[0]
    bare = "source" not in node
    limits = _limits(part, run)
    if limits is None and part.is_processor and part.model:
        other = "gpu" if part.kind == "cpu" else "cpu"
        if run.known.device(other, part.model) is not None:
            raise Doubt
    if part.utilisation[0] != ABSENT:
        given = node.get("power_w")
        if type(given) is dict and given.get("status") in READ:
            raise Doubt
        if 0 <= part.utilisation[0] < IDLE and part.is_processor:
            raise Doubt
    if 0 <= part.share[0] < LEAST_SHARE:
        raise Doubt
    if part.power[0] == NOT_ASSESSED or part.energy[0] == NOT_ASSESSED:
        raise Doubt
    if part.energy[0] >= 0:
        _drawn(part, run, limits)
        if bare:
            _sourced(node["energy_it_kwh"])
    if power >= 0:
        if bare:
            _sourced(node["power_w"])
        _power(part, limits)
        if scope != "job" and power * (part.count or 1) > MOST_POWER:
            raise Doubt
    if part.device_hours[0] >= 0 and part.count and scope != "job":
        hours = run.hours[0] if part.hours[0] == ABSENT else part.hours[0]
        if hours >= 0:
            _close(part.device_hours[0], part.count * hours)


def _power(part: Part, limits: Limits | None) -> None:
    """Doubt a power (W) that such a component cannot have."""
    if not part.is_unit:
        _together(part, limits)
        return
    power, least, most = part.power[0], 0.0, 0.0
    if limits is not None and part.scope == "device":
        least, most = limits.least, limits.most
    elif limits is not None:
        least, most = limits.least_core, limits.most_core
    if most and (power > 1.25 * most or 0 < power < IDLE * least):
        raise Doubt
    if not most and power > LIMITS.get(part.kind, MOST_POWER):
        raise Doubt
    if part.kind == "memory" and part.memory[0] > 0 and power > 0 and part.count <= 1:
        each = power / part.memory[0]
        if each < LEAST_MEMORY or each > MOST_MEMORY:
            raise Doubt
