"""Operational CO2e: location-based (the headline); market-based and net of matched supply.

Source: Lannelongue, Grealey, Inouye 2021, eq. 1-3, doi:10.1002/advs.202100707 (energy x carbon
intensity); Patterson et al. 2021, arXiv:2104.10350, section 2 (gross and net).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.footprint.trace import Result, Trace, weakest
from greenalgo.footprint.uncertainty import propagate
from greenalgo.units import G_PER_KG

if TYPE_CHECKING:
    from greenalgo.footprint.trace import Input


def operational_co2e_kg(energy_facility_kwh: Any, carbon_intensity_g_per_kwh: Any) -> Any:
    """Operational emissions in kgCO2e: energy_facility_kwh x carbon_intensity_g_per_kwh / 1000.

    Args:
        energy_facility_kwh: Facility energy (kWh).
        carbon_intensity_g_per_kwh: Carbon intensity of the electricity (gCO2e/kWh).

    Returns:
        Emissions (kgCO2e), of the inputs' shape (scalars, NumPy arrays, pandas columns).
    """
    return energy_facility_kwh * carbon_intensity_g_per_kwh / G_PER_KG


def operational(energy: Result, intensity: Input, field: str, at: str) -> Result:
    """Operational emissions of a run (kgCO2e).

    Args:
        energy: Facility energy (kWh).
        intensity: Carbon intensity (gCO2e/kWh).
        field: The result's name, for the trace.
        at: JSON pointer to the energy's result.
    """
    given = energy.as_input("energy_facility_kwh", at)
    spread = propagate(
        operational_co2e_kg,
        {"energy_facility_kwh": given, "carbon_intensity_g_per_kwh": intensity},
    )
    trace = Trace(
        "carbon_intensity",
        f"{field} = energy_facility_kwh x carbon_intensity_g_per_kwh / 1000",
        (given, intensity),
        ("lannelongue2021",),
    )
    return Result(*spread, weakest([given.status, intensity.status], "modelled"), trace)
