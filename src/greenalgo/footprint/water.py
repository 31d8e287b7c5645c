"""Water: on-site at the data centre, off-site at the power stations.

Source: Li, Yang, Islam, Ren 2023, "Making AI Less Thirsty", arXiv:2304.03271, section 3: on-site =
IT energy x WUE, off-site = facility energy (IT energy x PUE) x EWIF.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.footprint.energy import scaled
from greenalgo.footprint.resolve import as_declared, declared
from greenalgo.footprint.trace import Missing, Result, Trace, total, weakest
from greenalgo.footprint.uncertainty import propagate
from greenalgo.statement import Quantity
from greenalgo.statement.quantity import Absent

if TYPE_CHECKING:
    from greenalgo.footprint.trace import Input, Outcome
    from greenalgo.statement import Run
    from greenalgo.statement.records import Declared

LI = "li2023thirsty"


def water_l(energy_kwh: Any, water_l_per_kwh: Any) -> Any:
    """Water in L: energy_kwh x water_l_per_kwh.

    Args:
        energy_kwh: IT energy for on-site water, facility energy for off-site water (kWh).
        water_l_per_kwh: WUE for on-site water, EWIF for off-site water (L/kWh).

    Returns:
        Water (L), of the inputs' shape (scalars, NumPy arrays, pandas columns).
    """
    return energy_kwh * water_l_per_kwh


def water(
    run: Run, energy_it: Outcome, energy_facility: Outcome, scale: tuple[Input, ...], at: str
) -> dict[str, Outcome]:
    """Water of a run (L): on-site, off-site and their sum, as far as the inputs go.

    Args:
        run: The run.
        energy_it: Its IT energy (kWh).
        energy_facility: Its facility energy (kWh).
        scale: Its repetitions and multiplier, for water that is declared directly.
        at: JSON pointer to the run's results.

    Returns:
        Results by field name; empty where the author says nothing of water.
    """
    if run.water is None:
        return {}
    if isinstance(run.water, Absent):
        return {"water_l": Missing(run.water.reason)}
    given = run.water
    parts = (
        ("water_onsite_l", given.onsite_l, _Rate("wue_l_per_kwh", given.wue_l_per_kwh), energy_it),
        (
            "water_offsite_l",
            given.offsite_l,
            _Rate("ewif_l_per_kwh", given.ewif_l_per_kwh),
            energy_facility,
        ),
    )
    found: dict[str, Outcome] = {}
    for name, direct, rate, energy in parts:
        outcome = _part(name, direct, rate, energy, scale, at)
        if outcome is not None:
            found[name] = outcome
    known = {name: part for name, part in found.items() if isinstance(part, Result)}
    if len(known) == 2:
        trace = Trace(
            "sum",
            "water_l = water_onsite_l + water_offsite_l",
            tuple(part.as_input(name, f"{at}/{name}") for name, part in known.items()),
            (LI,),
        )
        found["water_l"] = total(list(known.values()), trace)
    return found


class _Rate(NamedTuple):
    """A declared water rate (L/kWh) with the name of its field."""

    name: str
    declared: Declared


def _part(
    name: str, direct: Declared, rate: _Rate, energy: Outcome, scale: tuple[Input, ...], at: str
) -> Outcome | None:
    if isinstance(direct, Quantity):
        return scaled(as_declared(name, direct), scale)
    for absence in (direct, rate.declared):
        if isinstance(absence, Absent):
            return Missing(absence.reason)
    if not isinstance(rate.declared, Quantity):
        return None
    energy_name = "energy_it_kwh" if name == "water_onsite_l" else "energy_facility_kwh"
    if isinstance(energy, Missing):
        return Missing(f"needs {energy_name}: {energy.reason}")
    kwh = energy.as_input(energy_name, f"{at}/{energy_name}")
    per_kwh = declared(rate.name, rate.declared)
    spread = propagate(water_l, {"energy_kwh": kwh, "water_l_per_kwh": per_kwh})
    trace = Trace("water_rate", f"{name} = {energy_name} x {rate.name}", (kwh, per_kwh), (LI,))
    return Result(*spread, weakest([kwh.status, per_kwh.status], "modelled"), trace)
