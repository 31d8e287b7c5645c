"""What a statement prints, as one number each for energy, CO2e and water, with what they cover."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.glance.bounds import PER_UNIT

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
    counted = [run.id for run in statement.counted]
    blocks = [_block(reported.runs[name]) for name in counted if name in reported.runs]
    if not blocks or len(blocks) < len(counted):
        return Printed()
    if len({block.boundary for block in blocks}) > 1:
        return Printed()
    first = blocks[0]
    same_basis = len({block.basis for block in blocks}) == 1
    same_water = len({block.water_scope for block in blocks}) == 1
    return Printed(
        _sum([block.energy_kwh for block in blocks]),
        _sum([block.co2e_kg for block in blocks]) if same_basis else None,
        _sum([block.water_l for block in blocks]) if same_water else None,
        boundary=first.boundary,
        basis=first.basis if same_basis else "",
        water_scope=first.water_scope if same_water else "",
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
    unit, size = unit_of(block.unit)
    quantity = (getattr(block.quantity, "value", 1.0) or 1.0) * size
    values: dict[str, float] = {}
    for name, (kind, factor) in PER_UNIT.items():
        if name in block.figures:
            values.setdefault(kind, block.figures[name].value * factor / quantity)
    energy, co2e, water = map(values.get, ("energy", "co2e", "water"))
    return Printed(
        energy,
        co2e,
        water,
        boundary=block.boundary,
        basis=block.co2e_basis if co2e is not None else "",
        water_scope="as printed" if water is not None else "",
        unit=unit,
    )


#: What stands for a power of ten before what is counted: "1k tokens", "million steps".
_TENS = (
    (re.compile(r"(?:1[ ,]?000|1k|1e3|thousand) (?=\D)"), 1e3),
    (re.compile(r"(?:1[ ,]?000[ ,]?000|1e6|(?:1 )?million) (?=\D)"), 1e6),
    (re.compile(r"(?:1[ ,]?000[ ,]?000[ ,]?000|1e9|(?:1 )?billion) (?=\D)"), 1e9),
    (re.compile(r"(?:1|one|an?|per) (?=\D)"), 1.0),
)
#: The word that is counted: the last before a comma or one of these.
_COUNTED = re.compile(r"\w+(?=$|,| (?:of|for|from|in|on|per|by|with|without|reached|to|at) )")


def unit_of(unit: str) -> tuple[str, float]:
    """Return a functional unit so that two spellings of one are one, and how many of it the words mean.

    "Token", "tokens" and "1k tokens" are tokens, the last a thousand of them. "prompt" and "query" stay
    two: what is counted is for the author to say.
    """
    words, size = " ".join(unit.lower().split()), 1.0
    for beginning, of in _TENS:
        found = beginning.match(words)
        if found:
            words, size = words[found.end() :], of
            break
    if words[:1].isdigit():  # "20 minutes of listening" is one thing
        return words, size
    return _COUNTED.sub(lambda word: _singular(word[0]), words, count=1), size


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4 and word not in ("series", "species"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    plural = (
        word.endswith("s") and not word.endswith(("as", "ies", "is", "ss", "us")) and len(word) > 3
    )
    return word[:-1] if plural else word


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
