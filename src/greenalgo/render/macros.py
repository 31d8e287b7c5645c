r"""Macros for the running text, so that no number in it can drift: ``\gaEnergyKWh``, ``\gaCOtwoKg``.

Names are letters only (TeX allows no other). A quantity that was not assessed says so: a macro is never
missing, so that prose compiles whatever the statement holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.render import numbers
from greenalgo.render.numbers import Unit
from greenalgo.render.types import Number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenalgo.render.amounts import Amount
    from greenalgo.render.context import View

_BASE = Unit("", 1.0)


class Macro(NamedTuple):
    """A macro: its name without the backslash, what it prints, and what that is."""

    name: str
    value: str
    meaning: str


def macros(view: View) -> tuple[Macro, ...]:
    """Return every macro, in a fixed order."""
    totals = view.totals
    found = [
        Macro("gaTool", view.tool, "the tool that made this"),
        Macro("gaLevel", view.level, "level of the statement, L0 to L4"),
        Macro("gaFactorSet", view.factor_set or "none", "factor set"),
        Macro("gaRunCount", numbers.show(view.run_count), "number of runs"),
        Macro("gaDeviceHours", _base(totals.device_hours), "device-hours"),
        Macro("gaPUE", common(run.pue for run in view.runs), "PUE; smallest to largest"),
        Macro(
            "gaCarbonIntensity",
            common(run.carbon_intensity for run in view.runs),
            "carbon intensity, g/kWh; smallest to largest",
        ),
    ]
    for name, kwh, amount, meaning in (
        ("gaEnergyIT", "gaEnergyITKWh", totals.energy_it, "IT energy"),
        ("gaEnergy", "gaEnergyKWh", totals.energy, "facility energy"),
    ):
        found += [
            Macro(kwh, _base(amount), f"{meaning}, kWh"),
            Macro(name, amount.text(ends=False), f"{meaning} with its unit"),
            Macro(f"{name}Interval", _interval(amount), f"interval of the {meaning}"),
        ]
    for name, amount, meaning in (
        ("gaCOtwo", totals.co2e, "operational CO2e, location-based"),
        ("gaCOtwoMarket", totals.co2e_market, "operational CO2e, market-based"),
        ("gaCOtwoNet", totals.co2e_net, "operational CO2e, net of hourly matching"),
        ("gaCOtwoEmbodied", totals.embodied, "embodied CO2e"),
    ):
        found += [
            Macro(f"{name}Kg", _base(amount), f"{meaning}, kg"),
            Macro(name, amount.text(ends=False), f"{meaning} with its unit"),
            Macro(f"{name}Interval", _interval(amount), f"interval of the {meaning}"),
        ]
    return (
        *found,
        Macro("gaWaterL", _base(totals.water), "water, L"),
        Macro("gaWater", totals.water.text(ends=False), "water with its unit"),
    )


def common(amounts: Iterable[Amount]) -> Number:
    """Write what all runs share, or the range from the smallest to the largest."""
    known = sorted((a for a in amounts if a.assessed), key=lambda a: a.number)
    if not known:
        return Number(numbers.NOT_ASSESSED)
    first, last = known[0], known[-1]
    if first.number == last.number:
        return Number(first.digits())
    return Number(f"{numbers.show(first.number)}–{numbers.show(last.number)}")


def _base(amount: Amount) -> Number:
    return Number(amount.digits(_BASE) if amount.assessed else numbers.NOT_ASSESSED)


def _interval(amount: Amount) -> Number:
    if not amount.assessed:
        return Number(numbers.NOT_ASSESSED)
    unit = amount.unit()
    ends = amount.range(unit)
    # A point is its own interval.
    return Number(f"{ends}\u00a0{unit.name}") if ends else amount.text(unit)
