"""GA4: orders of magnitude of inputs that no table of factors bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.findings import Severity
from greenalgo.glance.bounds import (
    LEAST_LIFETIME,
    LEAST_SHARE,
    MOST_HOURS,
    MOST_LIFETIME,
    MOST_POWER,
    MOST_WATER,
)
from greenalgo.statement import Quantity
from greenalgo.statement.quantity import Absent
from greenalgo.validate.case import finding
from greenalgo.validate.compare import number
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.statement import Run
    from greenalgo.statement.records import Declared
    from greenalgo.validate.case import Case

WATER_HIGH = Rule(
    "GA419",
    Severity.WARNING,
    "More water per kWh than cooling or power stations take",
    "WUE is above 15 L/kWh, or EWIF above 100 L/kWh.",
    "Evaporating one litre takes away 0.68 kWh of heat: cooling towers use 1 to 3 L/kWh, and reservoirs, the "
    "thirstiest power stations, tens. More is millilitres in a field of litres, or withdrawal.",
    "water: {wue_l_per_kwh: 1800}",
    "The fields are in litres per kilowatt-hour, of water that is consumed.",
)
LIFETIME = Rule(
    "GA424",
    Severity.WARNING,
    "A lifetime that no hardware has",
    "lifetime_hours of an embodied item is below 1000 hours (six weeks) or above 50 years.",
    "Computers are written off over three to eight years, 26,000 to 70,000 hours; years or months in this field "
    "make the embodied share thousands of times too large, and centuries make it vanish.",
    "embodied: [{item: server, co2e_kg: 1500, lifetime_hours: 4, hours: 100}]",
    "Write the lifetime in hours: four years are 35064.",
)
TOO_LARGE = Rule(
    "GA425",
    Severity.WARNING,
    "The run is larger than any computer so far",
    "The wall-clock time of a run of several devices, declared or from device-hours over devices, is more "
    "than ten years, or its devices draw more than 2 GW together.",
    "The largest sites draw about one gigawatt: a unit, or a digit too many.",
    "hours: 1082990   # the device-hours of 384 GPUs",
    "hours is the wall clock in hours; power_w is watts of one device.",
)
LESS_THAN_ONCE = Rule(
    "GA433",
    Severity.WARNING,
    "A multiplier below 1",
    "multiplier says how often the computation was repeated in practice, and is below 1.",
    "What ran less than once made less of everything: the whole footprint shrinks by it.",
    "multiplier: 0.1",
    "Leave it out where the run took place once; for a part of a machine use share.",
)
NO_SHARE = Rule(
    "GA434",
    Severity.WARNING,
    "A share that leaves nothing of the hardware",
    "The share of a component, or the resource_share of an embodied item, is below a millionth.",
    "A job on a shared node has a core or more of it. The energy, or the embodied CO2e, is multiplied by the share.",
    "hardware: [{kind: gpu, count: 8, power_w: 300, share: 0.000000001}]",
    "Write the part of the component that the run had, from 0 to 1, or leave share out where it had all of it.",
)
RULES = (WATER_HIGH, LIFETIME, TOO_LARGE, LESS_THAN_ONCE, NO_SHARE)


def check(case: Case) -> Iterator[Finding]:
    """Check the sizes of every run's water, lifetimes, time and power."""
    for run in case.statement.runs:
        yield from _water(run)
        yield from _lifetimes(run)
        yield from _shares(run)
        yield from _time(run)
        yield from _power(run)
        if isinstance(run.multiplier, Quantity) and run.multiplier.value < 1:
            yield finding(
                LESS_THAN_ONCE,
                f"the multiplier is {number(run.multiplier.value)}",
                run.multiplier.at,
                expected="1 or more",
                found=number(run.multiplier.value),
            )


def _water(run: Run) -> Iterator[Finding]:
    for name, most in MOST_WATER:
        rate: Declared = getattr(run.water, name, None)
        if isinstance(rate, Quantity) and rate.value > most:
            milli = f": {number(rate.value / 1000)} if it is in mL" if rate.value > 100 else ""
            yield finding(
                WATER_HIGH,
                f"{name} is {number(rate.value)}{milli}",
                rate.at,
                expected=f"at most {number(most)}",
                found=number(rate.value),
            )


def _lifetimes(run: Run) -> Iterator[Finding]:
    if isinstance(run.embodied, Absent):
        return
    for item in run.embodied:
        life = item.lifetime_hours
        if isinstance(life, Quantity) and not LEAST_LIFETIME <= life.value <= MOST_LIFETIME:
            years = f": {number(life.value * 8766)} if it is in years" if life.value <= 20 else ""
            if life.value > MOST_LIFETIME:
                years = f", {number(life.value / 8766)} years"
            yield finding(
                LIFETIME,
                f"'{item.item}' lasts {number(life.value)} h{years}",
                life.at,
                expected="about 26,000 to 70,000",
                found=number(life.value),
            )


def _shares(run: Run) -> Iterator[Finding]:
    items = () if isinstance(run.embodied, Absent) else run.embodied
    for share in (*(part.share for part in run.hardware), *(item.resource_share for item in items)):
        if isinstance(share, Quantity) and share.value < LEAST_SHARE:
            yield finding(
                NO_SHARE,
                f"the share is {number(share.value)}",
                share.at,
                expected="0.000001 to 1",
                found=number(share.value),
            )


def _time(run: Run) -> Iterator[Finding]:
    hours, total = run.hours, run.device_hours
    devices = sum(part.devices or 0 for part in run.primary)
    if devices == 1:
        return  # its hours may be those of many machines, added up
    if isinstance(hours, Quantity):
        wall, at = hours.value, hours.at
    elif isinstance(total, Quantity) and devices:
        wall, at = total.value / devices, total.at
    else:
        return
    if wall > MOST_HOURS:
        yield finding(
            TOO_LARGE,
            f"the run took {number(wall)} h, {number(wall / 8766)} years",
            at,
            expected=f"at most {number(MOST_HOURS)}",
            found=number(wall),
        )


def _power(run: Run) -> Iterator[Finding]:
    for part in run.hardware:
        if not isinstance(part.power_w, Quantity) or part.power_scope == "job":
            continue
        watts = part.power_w.value * (part.number or 1)
        if watts > MOST_POWER:
            yield finding(
                TOO_LARGE,
                f"{number(part.number or 1)} x {number(part.power_w.value)} W are {number(watts / 1e9)} GW",
                part.at,
                expected="at most 2 GW",
                found=f"{number(watts / 1e9)} GW",
            )
