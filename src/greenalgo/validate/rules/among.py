"""GA2, GA4: printed figures among themselves, where the declared inputs give nothing to hold them against."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.findings import Severity
from greenalgo.glance.bounds import (
    ENERGIES,
    HOST,
    IN_KG,
    MAX_INTENSITY,
    MAX_PUE,
    MIN_INTENSITY,
    TOLERANCE,
)
from greenalgo.glance.printed import half_unit_of
from greenalgo.statement import Quantity
from greenalgo.units import G_PER_KG, WH_PER_KWH
from greenalgo.validate.case import finding
from greenalgo.validate.compare import UNIT_SLIPS, how_far, number, size, slip, within
from greenalgo.validate.follow import follows, half_of, label
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.statement import Figures, Run
    from greenalgo.validate.case import Case

CONTRADICT = Rule(
    "GA225",
    Severity.ERROR,
    "The printed figures contradict each other",
    "Figures of one block do not go together, and no declared input gives them: total CO2e is not "
    "operational and embodied, water not on-site and off-site, facility energy not IT energy x PUE, "
    "device-hours not devices x hours; or the energy is not what device-hours and power give. Where a "
    "total is more than its parts it is a warning.",
    "One of the figures is of something else, or a part of the total is hidden.",
    "reported: {co2e_operational_kg: 24690, co2e_embodied_kg: 11200, co2e_total_kg: 30000}",
    "Correct the figure, or report the part that is missing.",
)
IMPOSSIBLE = Rule(
    "GA416",
    Severity.ERROR,
    "The printed figures imply an impossible carbon intensity",
    "Reported CO2e over reported energy (or, without one, over that of the inputs) is 0, below 15 or above 1500 "
    "gCO2e/kWh (with room for the PUE), and neither carbon intensity nor place is stated. Below 15 it is a warning: "
    "a grid of hydropower can be that clean where only what is emitted at the stack is counted.",
    "No grid emits nothing, and none emits more than the worst lignite: one of the figures is in another "
    "unit, of other work, market-based, or net of offsets.",
    "reported: {energy_kwh: 100, co2e_operational_kg: 1700}   # 17,000 g/kWh",
    "Check both units; a market-based figure belongs in co2e_market_kg.",
)
RULES = (CONTRADICT, IMPOSSIBLE)
#: A total, and the parts that it may be made of.
_SUMS = (
    (
        "co2e_total_kg",
        (
            ("co2e_operational_kg", "co2e_embodied_kg"),
            ("co2e_market_kg", "co2e_embodied_kg"),
            ("co2e_net_kg", "co2e_embodied_kg"),
        ),
    ),
    ("water_l", (("water_onsite_l", "water_offsite_l"),)),
)


class _Block(NamedTuple):
    """A block of figures with the runs that it is of; ``run_id`` is empty for the whole."""

    figures: Figures
    runs: tuple[Run, ...]
    run_id: str

    def get(self, field: str) -> Quantity | None:
        return self.figures.figures.get(field)

    def slack(self, *fields: str) -> float:
        """Return what the digits of some figures allow, relative to each, added up."""
        found = 0.0
        for field in fields:
            quantity = self.get(field)
            if quantity is not None and quantity.value:
                found += half_of(self.figures, field, quantity) / quantity.value
        return found


def check(case: Case) -> Iterator[Finding]:
    """Hold the figures of every block against each other."""
    statement = case.statement
    blocks = [
        _Block(figures, (run,), run_id)
        for run_id, figures in statement.reported.runs.items()
        if (run := statement.run(run_id)) is not None
    ]
    if statement.reported.whole is not None:
        blocks.append(_Block(statement.reported.whole, statement.runs, ""))
    for block in blocks:
        yield from _sums(case, block)
        yield from _facility(case, block)
        yield from _device_hours(case, block)
        yield from _power(case, block)
        yield from _intensity(case, block)


def _open(case: Case, block: _Block, field: str) -> bool:
    """Whether no declared input gives a figure: otherwise GA201 has judged it."""
    return not follows(case.footprint, block.figures, field, block.run_id)


def _sums(case: Case, block: _Block) -> Iterator[Finding]:
    for name, ways in _SUMS:
        total = block.get(name)
        if total is None or not _open(case, block, name):
            continue
        wrong = []
        for fields in ways:
            parts = [part for field in fields if (part := block.get(field)) is not None]
            if len(parts) < len(fields):
                continue
            added = sum(part.value for part in parts)
            slack = half_of(block.figures, name, total)
            slack += sum(half_of(block.figures, f, p) for f, p in zip(fields, parts, strict=True))
            if within(total.value, added, slack):
                break
            wrong.append((fields, added))
        else:
            if wrong:
                yield _sum_off(name, total, *wrong[0])


def _sum_off(name: str, total: Quantity, fields: tuple[str, ...], added: float) -> Finding:
    words, unit = label(name)
    more = total.value > added
    return finding(
        CONTRADICT,
        f"{' and '.join(label(field)[0] for field in fields)} are {number(added)} {unit}, reported "
        f"{words} is {number(total.value)} {unit} ({size(total.value, added)})"
        + (": a part of it is not reported" if more else ""),
        total.at,
        expected=number(added),
        found=number(total.value),
        severity=Severity.WARNING if more else None,
    )


def _facility(case: Case, block: _Block) -> Iterator[Finding]:
    it, facility = block.get("energy_it_kwh"), block.get("energy_facility_kwh")
    if not it or not facility or not it.value or not _open(case, block, "energy_facility_kwh"):
        return
    pues = {run.pue.value: run.pue for run in block.runs if isinstance(run.pue, Quantity)}
    pue = block.get("pue") or (next(iter(pues.values())) if len(pues) == 1 else None)
    slack = max(TOLERANCE, block.slack("energy_it_kwh", "energy_facility_kwh"))
    ratio = facility.value / it.value
    if pue is not None and pue.value:
        slack += half_unit_of(pue.value) / pue.value
        if abs(ratio / pue.value - 1) <= slack:
            return
        text = f"the reported IT energy x PUE {number(pue.value)} is {number(it.value * pue.value)} kWh"
        expected = number(it.value * pue.value)
    elif ratio >= 1 - slack:
        return
    else:
        text = f"the reported IT energy is {number(it.value)} kWh"
        expected = f"at least {number(it.value)}"
    yield finding(
        CONTRADICT,
        f"{text}, the facility energy {number(facility.value)} kWh: a PUE of {number(ratio)}",
        facility.at,
        expected=expected,
        found=number(facility.value),
    )


def _device_hours(case: Case, block: _Block) -> Iterator[Finding]:
    total, hours, devices = (
        block.get("device_hours"),
        block.get("hours"),
        block.figures.device_count,
    )
    if not total or not hours or not devices or not hours.value:
        return
    if not _open(case, block, "device_hours"):
        return
    gives = devices * hours.value
    if within(total.value, gives, gives * block.slack("device_hours", "hours")):
        return
    why = "the wall clock stands in device_hours" if total.value == hours.value else ""
    yield finding(
        CONTRADICT,
        f"{number(devices)} devices x {number(hours.value)} h are {number(gives)} device-hours, reported "
        f"are {number(total.value)} {how_far(total.value, gives, why)}",
        total.at,
        expected=number(gives),
        found=number(total.value),
    )


def _power(case: Case, block: _Block) -> Iterator[Finding]:
    """Hold energy against device-hours x power: of the devices alone, or of what is around them too."""
    hours, power = block.get("device_hours"), block.get("average_power_w")
    if not hours or not power or not hours.value or not power.value:
        return
    for name in ENERGIES:
        energy = block.get(name)
        if not energy or not energy.value or not _open(case, block, name):
            continue
        gives = hours.value * power.value / WH_PER_KWH
        ratio = energy.value / gives
        slack = max(TOLERANCE, block.slack(name, "device_hours", "average_power_w"))
        most = 1.0 if block.figures.boundary == "device" else HOST * MAX_PUE
        if 1 - slack <= ratio <= most * (1 + slack):
            continue
        yield finding(
            CONTRADICT,
            f"{number(hours.value)} device-hours x {number(power.value)} W are {number(gives)} kWh, reported "
            f"{label(name)[0]} is {number(energy.value)} kWh {how_far(energy.value, gives)}",
            energy.at,
            expected=number(gives),
            found=number(energy.value),
        )
        return


def _intensity(case: Case, block: _Block) -> Iterator[Finding]:
    """Hold CO2e over energy, printed or computed, against what any grid can be, where no intensity is stated."""
    emitted = block.get("co2e_operational_kg")
    name, energy = next(
        ((n, q.value) for n in ENERGIES if (q := block.get(n)) and q.value), ("", 0.0)
    )
    if not energy:
        computed = follows(case.footprint, block.figures, "energy_it_kwh", block.run_id)
        energy = computed[0].value if computed else 0.0
    stated = (run.carbon_intensity.quantity for run in block.runs if run.carbon_intensity)
    if (
        emitted is None
        or not energy
        or block.get("carbon_intensity_g_per_kwh")
        or any(isinstance(quantity, Quantity) for quantity in stated)
        or not _open(case, block, "co2e_operational_kg")
    ):
        return
    implied = G_PER_KG * emitted.value / energy
    most = MAX_INTENSITY * (1.0 if name == "energy_facility_kwh" else MAX_PUE)
    if MIN_INTENSITY <= implied <= most:
        return
    known = slip(implied / most, UNIT_SLIPS, 1.0) if implied > most else None
    if known or 0 < implied < IN_KG:
        why = " (grams and kilograms mixed?)"
    elif implied:
        why = ": no grid is that clean over its life cycle" if implied < MIN_INTENSITY else ""
    else:
        why = ": no grid emits nothing; a zero comes from certificates, contracts or offsets"
    over = f"reported {label(name)[0]}" if name else "the IT energy of the inputs"
    yield finding(
        IMPOSSIBLE,
        f"reported CO2e over {over} is {number(implied)} g/kWh{why}",
        emitted.at,
        expected=f"{number(MIN_INTENSITY)} to {number(MAX_INTENSITY)} g/kWh",
        found=f"{number(emitted.value)} kg / {number(energy)} kWh",
        severity=Severity.WARNING if 0 < implied < MIN_INTENSITY else None,
    )
