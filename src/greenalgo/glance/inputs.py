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
    LEAST_LIFETIME,
    LEAST_MFU,
    LEAST_SHARE,
    LIMITS,
    MAX_INTENSITY,
    MOST_HOURS,
    MOST_LIFETIME,
    MOST_POWER,
    MOST_WATER,
    READ,
    TOLERANCE,
    YEARS_APART,
)
from greenalgo.glance.doubt import Doubt
from greenalgo.glance.energy import INTENSITIES
from greenalgo.glance.known import NARROWER
from greenalgo.units import SECONDS_PER_HOUR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from greenalgo.glance.energy import Run
    from greenalgo.glance.known import Known, Limits, Spread

    Node = dict[str, Any]

_PROCESSORS = ("gpu", "cpu", "accelerator")
_BASES = {"co2e_operational_kg": "location", "co2e_market_kg": "market", "co2e_net_kg": "net"}


def check(run: Run, year: int) -> None:
    """Check the inputs of a run.

    Args:
        run: The run, as declared.
        year: The year of its period, 0 where none is declared.

    Raises:
        Doubt: A rule may have something to say.
    """
    node, known = run.node, run.known
    pue = run.quantity("pue")
    if pue is not None:
        _sourced(node["pue"])
        if not 1 <= pue[0] <= 3:
            raise Doubt
    by = run.quantity("multiplier")
    if by is not None and by[0] < 1:
        raise Doubt
    _place(node.get("location", {}), known)
    _intensities(run, year)
    _times(run)
    _energies(run)
    for part in run.hardware:
        _component(part, run)
    if "work" in node:
        _operations(run)
    if "water" in node:
        for name, most in MOST_WATER:
            rate = run.read(node["water"][name]) if name in node["water"] else None
            if rate is not None and rate[0] > most:
                raise Doubt
    if "co2e_embodied_kg" in run.outcomes:
        _embodied(run, node["embodied"])


def _embodied(run: Run, items: list[Node]) -> None:
    """Doubt a life or a share that no hardware has, and emissions that are most of the run's and have no source."""
    lives = [run.read(item["lifetime_hours"]) for item in items if "lifetime_hours" in item]
    if any(life is not None and not LEAST_LIFETIME <= life[0] <= MOST_LIFETIME for life in lives):
        raise Doubt
    shares = [run.read(item["resource_share"]) for item in items if "resource_share" in item]
    if any(share is not None and share[0] < LEAST_SHARE for share in shares):
        raise Doubt
    embodied, operational = (
        run.outcomes["co2e_embodied_kg"],
        run.outcomes.get("co2e_operational_kg"),
    )
    if operational is None or embodied[0] <= operational[0]:
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
    if type(node) is not dict or not ("source" in node or "status" in node):
        raise Doubt


def _place(place: Node, known: Known) -> None:
    """Doubt a country that is not known, and names of one place that do not lie together."""
    if "country" in place and not known.home(place["country"]):
        raise Doubt
    if any(name in place for name in NARROWER) and not known.agrees(place):
        raise Doubt


def _intensities(run: Run, year: int) -> None:
    node = run.node
    for field, name in INTENSITIES.items():
        if name not in node:
            continue
        given = run.quantity(name)
        if given is None:
            continue
        inner, basis = node[name], _BASES[field]
        said = inner if type(inner) is dict else {}
        if said.get("basis", basis) != basis or given[0] > MAX_INTENSITY:
            raise Doubt
        if basis == "location":
            _sourced(inner)
            own = said.get("year", 0)
            if own and year and abs(own - year) >= YEARS_APART:
                raise Doubt
            _against_place(given[0], int(own) or run.factor_year, node.get("location", {}), run)


def _against_place(value: float, year: int, place: Node, run: Run) -> None:
    """Hold a location-based intensity against its place's."""
    if value < 1:
        raise Doubt
    found = run.known.intensity(place, year)
    if found is None or not found[0][0]:
        return
    ratio, of_country = value / found[0][0], found[1]
    if value in DEFAULTS and abs(ratio - 1) > 0.15:
        raise Doubt
    if not of_country and not 1 / 3 <= ratio <= 3:
        raise Doubt


def _times(run: Run) -> None:
    """Hold wall-clock hours, device-hours, devices and period against each other."""
    hours, total = run.quantity("hours"), run.quantity("device_hours")
    if hours is None and total is None:
        return
    _not_for_ever(run, hours, total)
    devices = sum(
        int(part.get("count", 0))
        for part in run.primary
        if part.get("power_scope", "device") in ("device", "core")
    )
    if hours is not None and total is not None and devices:
        product = devices * hours[0]
        if abs(product - total[0]) > TOLERANCE * product:
            raise Doubt
    period = run.node.get("period", {})
    if "start" not in period or "end" not in period:
        return
    span = _span_hours(period["start"], period["end"])
    if hours is not None and hours[1] > span:
        raise Doubt
    if total is not None and devices and total[1] > devices * span:
        raise Doubt


def _not_for_ever(run: Run, hours: Spread | None, total: Spread | None) -> None:
    """Doubt a run of several devices that took longer than any."""
    devices = sum(int(part.get("count", 0)) for part in run.primary)
    if devices != 1:
        wall = hours[0] if hours else total[0] / devices if total and devices else 0.0
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
    node = run.node
    it, whole = run.quantity("energy_it_kwh"), run.quantity("energy_facility_kwh")
    if it is None and whole is None:
        return
    if it is not None:
        _sourced(node["energy_it_kwh"])
        pue = run.quantity("pue")
        if "measurement" in node and (pue is None or pue[0] > 1):
            given = node["measurement"]
            meters = given if type(given) is list else [given]
            if all(one.get("pue_included", False) for one in meters):
                raise Doubt
        if whole is not None and pue is not None:
            product = it[0] * pue[0]
            if abs(product - whole[0]) > TOLERANCE * product:
                raise Doubt
        own = [
            one
            for part in run.hardware
            if "energy_it_kwh" in part and (one := run.read(part["energy_it_kwh"])) is not None
        ]
        if own and len(own) == len(run.hardware):
            total = sum(one[0] for one in own)
            if abs(total - it[0]) > TOLERANCE * total:
                raise Doubt
    if whole is not None:
        _sourced(node["energy_facility_kwh"])
    hours = run.outcomes.get("device_hours")
    if hours is not None and hours[0]:
        by = run.quantity("multiplier")
        times = int(node.get("repetitions", 1)) * (by[0] if by is not None else 1)
        energy = it if it is not None else whole
        if energy is not None:
            draws(run, energy[0] * times, hours[0])


def draws(run: Run, energy: float, hours: float) -> None:
    """Doubt an energy (kWh) that the one kind of device of a run cannot draw in its device-hours."""
    if len(run.primary) != 1 or run.primary[0].get("power_scope", "device") == "core":
        return
    limits = _limits(run.primary[0], run)
    implied = 1000 * energy / hours
    if limits is not None and (0 < implied < IDLE * limits.least or implied > 3 * limits.most):
        raise Doubt


def _drawn(part: Node, run: Run, energy: float) -> None:
    """Doubt an energy (kWh) of a component that its devices cannot draw in the hours."""
    limits = _limits(part, run) if part.get("power_scope", "device") == "device" else None
    if limits is None or run.quantity("energy_it_kwh") is not None:
        return
    total = run.read(part["device_hours"]) if "device_hours" in part else None
    each = run.read(part["hours"]) if "hours" in part else run.quantity("hours")
    hours = total[0] if total is not None else int(part.get("count", 0)) * each[0] if each else 0
    implied = 1000 * energy / hours if hours else 0.0
    if 0 < implied < IDLE * limits.least or implied > 3 * limits.most:
        raise Doubt


def _operations(run: Run) -> None:
    """Hold declared operations against device-hours and peak rate."""
    flops = run.node["work"].get("flops")
    hours = run.outcomes.get("device_hours")
    given = None if flops is None else run.read(flops)
    if given is None or len(run.primary) != 1 or hours is None or not hours[0]:
        return
    part = run.primary[0]
    own = run.read(part["peak_flops_per_s"]) if "peak_flops_per_s" in part else None
    limits = _limits(part, run)
    least, most = (own[0], own[0]) if own is not None else limits.peaks if limits else (0.0, 0.0)
    if not most:
        return
    rate = given[0] / (hours[0] * SECONDS_PER_HOUR)
    low = rate < LEAST_MFU * least and run.node["phase"] in ("training", "fine_tuning")
    if rate > most or low:
        raise Doubt


def _limits(part: Node, run: Run) -> Limits | None:
    if part["kind"] in _PROCESSORS and "model" in part:
        return run.known.limits(part["kind"], part["model"])
    return None


def _together(part: Node, run: Run, scope: str, power: float) -> None:
    """Doubt a power (W) of a whole node or job that its devices cannot have."""
    devices = int(part.get("count" if scope == "job" else "devices_per_node", 0))
    limits = _limits(part, run)
    if devices and limits is not None and power:
        least, most = devices * IDLE * limits.least, devices * (HOST * limits.most + HOST_W)
        if not least <= power <= most:
            raise Doubt


def _component(part: Node, run: Run) -> None:
    """Check the kind, the power and the hours of a component."""
    scope, bare = part.get("power_scope", "device"), "source" not in part
    power = None
    if part["kind"] in _PROCESSORS and "model" in part and _limits(part, run) is None:
        other = "gpu" if part["kind"] == "cpu" else "cpu"
        if run.known.device(other, part["model"]) is not None:
            raise Doubt
    if "utilisation" in part:
        given, share = part.get("power_w"), run.read(part["utilisation"])
        if type(given) is dict and given.get("status") in READ:
            raise Doubt
        if share is not None and share[0] < IDLE and part["kind"] in _PROCESSORS:
            raise Doubt
    if "share" in part:
        share = run.read(part["share"])
        if share is not None and share[0] < LEAST_SHARE:
            raise Doubt
    if "power_w" in part:
        power = run.read(part["power_w"])
        if power is None:
            raise Doubt
        if bare:
            _sourced(part["power_w"])
    if "energy_it_kwh" in part:
        energy = run.read(part["energy_it_kwh"])
        if energy is None:
            raise Doubt
        _drawn(part, run, energy[0])
        if bare:
            _sourced(part["energy_it_kwh"])
    if power is not None and scope in ("device", "core"):
        limits = _limits(part, run)
        least = most = 0.0
        if limits is not None and scope == "device":
            least, most = limits.least, limits.most
        elif limits is not None:
            least, most = limits.least_core, limits.most_core
        if most and (power[0] > 1.25 * most or 0 < power[0] < IDLE * least):
            raise Doubt
        if not most and power[0] > LIMITS.get(part["kind"], MOST_POWER):
            raise Doubt
    elif power is not None:
        _together(part, run, scope, power[0])
    if power is not None and scope != "job" and power[0] * int(part.get("count", 1)) > MOST_POWER:
        raise Doubt
    if scope == "node" and part["kind"] not in ("node", "other") and "devices_per_node" not in part:
        raise Doubt
    if "device_hours" in part and "count" in part and scope in ("device", "core"):
        total = run.read(part["device_hours"])
        hours = run.read(part["hours"]) if "hours" in part else run.quantity("hours")
        if total is not None and hours is not None:
            product = int(part["count"]) * hours[0]
            if abs(product - total[0]) > TOLERANCE * product:
                raise Doubt
