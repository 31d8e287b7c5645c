"""What a statement prints, as one number each for energy, CO2e and water, with what they cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenalgo.statement import Quantity, Statement
    from greenalgo.statement.records import Figures, UnitFigures

#: Field -> boundary that it has by itself.
_ENERGY = (("energy_facility_kwh", "facility"), ("energy_it_kwh", "it"), ("energy_kwh", ""))
#: Field -> carbon basis.
_CO2E = (
    ("co2e_operational_kg", "location"),
    ("co2e_market_kg", "market"),
    ("co2e_net_kg", "net"),
    ("co2e_total_kg", "location, with embodied"),
    ("co2e_embodied_kg", "embodied alone"),
)
_WATER = (
    ("water_l", "on-site and off-site"), ("water_onsite_l", "on-site"), ("water_offsite_l", "off-site"),
)  # fmt: skip
#: Field of a figure for one unit -> factor to kWh, kg or L.
_UNIT_ENERGY = {"energy_kwh": 1.0, "energy_wh": 1e-3, "energy_j": 1 / 3.6e6}
_UNIT_CO2E = {"co2e_kg": 1.0, "co2e_g": 1e-3}
_UNIT_WATER = {"water_l": 1.0, "water_ml": 1e-3}


class Printed(NamedTuple):
    """Printed figures: kWh, kg, L; None where nothing is printed.

    ``unit`` is empty for the whole, and the functional unit for a rate.
    """

    energy_kwh: float | None = None
    co2e_kg: float | None = None
    water_l: float | None = None
    boundary: str = ""
    basis: str = ""
    water_scope: str = ""
    unit: str = ""

    @property
    def some(self) -> bool:
        """Anything is printed."""
        return any(value is not None for value in self[:3])

    def divided(self, by: float) -> Printed:
        """Return the figures over a number of units."""
        energy, co2e, water = (None if value is None else value / by for value in self[:3])
        return self._replace(energy_kwh=energy, co2e_kg=co2e, water_l=water)


def printed(statement: Statement, run_id: str = "") -> Printed:
    """Return the printed totals of a statement, or of one of its runs.

    Where a statement prints figures for its runs only, they are added up over the runs that are not
    part of another, if all of them have one.
    """
    reported = statement.reported
    if run_id:
        block = reported.runs.get(run_id)
        return _block(block) if block else Printed()
    if reported.whole and reported.whole.figures:
        found = _block(reported.whole)
        if found.some:
            return found
    counted = [run.id for run in statement.runs if not run.part_of]
    blocks = [_block(reported.runs[name]) for name in counted if name in reported.runs]
    if not blocks or len(blocks) < len(counted):
        return Printed()
    same = len({(block.boundary, block.basis) for block in blocks}) == 1
    if not same:
        return Printed()
    return blocks[0]._replace(
        energy_kwh=_sum([block.energy_kwh for block in blocks]),
        co2e_kg=_sum([block.co2e_kg for block in blocks]),
        water_l=_sum([block.water_l for block in blocks]),
    )


def printed_rates(statement: Statement) -> tuple[tuple[str, Printed], ...]:
    """Return the printed figures for one functional unit, each with its run."""
    return tuple((block.run, _rate(block)) for block in statement.reported.per_unit)


def _block(block: Figures) -> Printed:
    energy, boundary = _first(block.figures, _ENERGY)
    co2e, basis = _first(block.figures, _CO2E)
    water, scope = _first(block.figures, _WATER)
    return Printed(energy, co2e, water, block.boundary or boundary, basis, scope)


def _rate(block: UnitFigures) -> Printed:
    quantity = getattr(block.quantity, "value", 1.0) or 1.0
    values = []
    for factors in (_UNIT_ENERGY, _UNIT_CO2E, _UNIT_WATER):
        found = [
            block.figures[name].value * factor / quantity
            for name, factor in factors.items()
            if name in block.figures
        ]
        values.append(found[0] if found else None)
    energy, co2e, water = values
    return Printed(
        energy,
        co2e,
        water,
        boundary=block.boundary,
        basis=block.co2e_basis if co2e is not None else "",
        water_scope="as printed" if water is not None else "",
        unit=unit_name(block.unit),
    )


def unit_name(unit: str) -> str:
    """Return a functional unit so that two spellings of one are one."""
    return " ".join(unit.lower().split())


def _first(
    figures: dict[str, Quantity], fields: Sequence[tuple[str, str]]
) -> tuple[float | None, str]:
    for name, meaning in fields:
        if name in figures:
            return figures[name].value, meaning
    return None, ""


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
