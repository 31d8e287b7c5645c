"""GA2: figures as printed against what follows from the declared inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.findings import Severity
from greenalgo.glance.bounds import ADDED, TOLERANCE
from greenalgo.units import G_PER_KG
from greenalgo.validate.case import finding, value_of
from greenalgo.validate.compare import (
    CARBON_SLIP,
    UNIT_SLIPS,
    Slip,
    agrees,
    number,
    numbers,
    size,
    slip,
    within,
)
from greenalgo.validate.follow import CO2E, follows, half_of, label
from greenalgo.validate.rounding import rounded_footprint
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.footprint import Footprint
    from greenalgo.footprint.uncertainty import Spread
    from greenalgo.statement import Figures, Quantity
    from greenalgo.validate.case import Case

#: A ratio of facility to IT energy below it, or above its inverse, is no PUE.
_LEAST_PUE = 1e-3

DOES_NOT_FOLLOW = Rule(
    "GA201",
    Severity.ERROR,
    "A reported figure does not follow from the inputs",
    "A figure under `reported` differs from what the declared inputs give by more than 1 %, by more "
    "than its printed digits and the digits of the inputs allow, and lies outside the interval. Where one input "
    "explains several figures, or is doubted by another rule and explains one, the only error is at that input.",
    "A reader who redoes the sum gets another number. Either an input or the figure is wrong.",
    "runs: [{id: a, phase: training, hours: 10, hardware: [{kind: gpu, count: 8, power_w: 300}]}]\n"
    "reported: {energy_it_kwh: 31}   # 8 x 10 h x 300 W = 24 kWh",
    "Correct the input or the figure; if the paper itself is wrong, keep what it prints in "
    "as_printed and say so in a note.",
)
UNIT_SLIP = Rule(
    "GA202",
    Severity.ERROR,
    "A reported figure is off by a factor of units",
    "A figure differs from what follows by a factor that a slip of units makes: 1000, a million, "
    "lb for kg, MJ for kWh, days for hours.",
    "Most gross errors in published footprints are of this kind.",
    "reported: {co2e_operational_kg: 0.06, as_printed: {co2e_operational_kg: 0.06 kg}}   # 60 kg",
    "Convert the figure to the unit in the field's name.",
)
PUE_SLIP = Rule(
    "GA203",
    Severity.ERROR,
    "PUE is counted twice or left out",
    "A figure differs from what follows by the PUE: it was applied to energy that already contained "
    "it, or not applied although the boundary says facility.",
    "IT energy and facility energy are mixed in many papers, because few say which one they print.",
    "runs: [{id: a, phase: training, energy_it_kwh: 100, pue: 1.2, carbon_intensity_g_per_kwh: 500}]"
    "\nreported: {boundary: facility, co2e_operational_kg: 50}   # 100 x 1.2 x 500 g = 60 kg",
    "Say what the figure covers with reported.boundary (it or facility), or correct the figure.",
)
COUNT_SLIP = Rule(
    "GA206",
    Severity.ERROR,
    "A reported figure is off by the number of devices",
    "A figure differs from what follows by the number of devices: a whole server's power was "
    "multiplied by its devices, or one device's energy was printed for all.",
    "Whole-server power times GPU-hours overstates energy by the number of GPUs in a server.",
    "runs: [{id: a, phase: training, hours: 12, hardware: [{kind: gpu, count: 8, power_w: 1416}]}]\n"
    "reported: {energy_it_kwh: 17}   # power_w is the whole server's: power_scope: job",
    "Check count, device_hours and power_scope.",
)
LOOSE = Rule(
    "GA213",
    Severity.NOTE,
    "A reported figure follows, but not to its printed digits",
    "A figure agrees with the inputs within 1 %, or within the rounding of the inputs, but not to "
    "the digits in which it is printed.",
    "Usually an input was rounded before it was printed: with one more digit the figure would "
    "follow exactly.",
    "reported: {energy_it_kwh: 24.1}   # the inputs give 24.0",
    "State the inputs with more digits, or with an interval.",
)
OFFSETS_NETTED = Rule(
    "GA501",
    Severity.ERROR,
    "Offsets are subtracted from emissions",
    "A reported figure equals what follows from the inputs minus the declared offsets.",
    "Carbon credits do not change what the computation emitted; they are stated beside it.",
    "offsets: [{co2e_kg: 1000}]\nreported: {co2e_operational_kg: 0}   # 1000 kg were emitted",
    "Report the emissions before offsets; keep the credits under offsets.",
)
RULES = (DOES_NOT_FOLLOW, UNIT_SLIP, PUE_SLIP, COUNT_SLIP, LOOSE, OFFSETS_NETTED)


class Stated(NamedTuple):
    """A figure with the block that it stands in; ``run_id`` is empty for the whole statement."""

    field: str
    quantity: Quantity
    block: Figures
    run_id: str

    @property
    def half(self) -> float:
        """Half a unit of its last printed digit."""
        return half_of(self.block, self.field, self.quantity)


def check(case: Case) -> Iterator[Finding]:
    """Compare every reported figure with what follows."""
    rounded: Footprint | None = None
    yield from _device_counts(case)
    for stated in stated_figures(case):
        options = follows(case.footprint, stated.block, stated.field, stated.run_id)
        if not options or any(agrees(stated.quantity.value, stated.half, o) for o in options):
            continue
        if rounded is None:
            rounded = rounded_footprint(case)
        wide = follows(rounded, stated.block, stated.field, stated.run_id)
        by_rounding = any(agrees(stated.quantity.value, stated.half, option) for option in wide)
        close = any(within(stated.quantity.value, option.value) for option in options)
        if by_rounding and close:
            continue
        if by_rounding or close:
            yield _loose(stated, options[0], by_rounding=by_rounding)
        else:
            yield _wrong(case, stated, options[0])


def stated_figures(case: Case) -> Iterator[Stated]:
    """Yield every printed figure that is held against the inputs."""
    reported = case.statement.reported
    for run_id, block in reported.runs.items():
        if case.run(run_id) is not None:
            for field, quantity in block.figures.items():
                yield Stated(field, quantity, block, run_id)
    whole = reported.whole
    if whole is None:
        return
    counted = [run.id for run in case.statement.counted]
    for field, quantity in whole.figures.items():
        # Where every run prints the figure, the total is held against their sum (GA204) alone.
        if not (
            len(counted) > 1
            and field.startswith(ADDED)
            and all(r in reported.runs and field in reported.runs[r].figures for r in counted)
        ):
            yield Stated(field, quantity, whole, "")


def _loose(stated: Stated, follow: Spread, *, by_rounding: bool) -> Finding:
    name, unit = label(stated.field)
    why = "only the rounding of the inputs explains it" if by_rounding else "less than 1 %"
    found, expected = numbers(stated.quantity.value, follow.value)
    return finding(
        LOOSE,
        f"reported {name} {_verb(name)} {f'{found} {unit}'.rstrip()}, the inputs give "
        f"{f'{expected} {unit}'.rstrip()} ({size(stated.quantity.value, follow.value)}): {why}",
        stated.quantity.at,
        expected=expected,
        found=found,
    )


def _wrong(case: Case, stated: Stated, follow: Spread) -> Finding:
    value, base = stated.quantity.value, follow.value
    name, unit = label(stated.field)
    rule, words = DOES_NOT_FOLLOW, ""
    if base:
        tolerance = max(0.015, stated.half / abs(value) if value else 0.0)
        offsets = _offsets(case)
        known = slip(value / base, _slips(case, stated), min(tolerance, 0.05))
        netted, beside = max(base - offsets, 0.0), _beside(case, stated)
        left_out = _left_out(case, stated, base)
        if (
            offsets
            and stated.field in CO2E
            and abs(value - netted) <= max(TOLERANCE * base, stated.half)
        ):
            rule, words = OFFSETS_NETTED, "the declared offsets were subtracted"
        elif left_out:
            words = left_out
        elif beside:
            words = f"it is the {beside} figure, which belongs beside the location-based one"
        elif known is not None:
            rule = {"unit": UNIT_SLIP, "pue": PUE_SLIP, "count": COUNT_SLIP}[known.code]
            words = known.words
        else:
            words = _implied(stated)
    where = f" of run '{stated.run_id}'" if stated.run_id else ""
    return finding(
        rule,
        f"reported {name}{where} {_verb(name)} {_with(value, unit)}, the declared inputs give "
        f"{_with(base, unit)} ({size(value, base)})" + (f": {words}" if words else ""),
        stated.quantity.at,
        expected=number(base),
        found=number(value),
    )


def _left_out(case: Case, stated: Stated, base: float) -> str:
    """Say that a figure for the whole is that of one of its runs, or of all but one; else nothing."""
    counted = [run.id for run in case.statement.counted]
    value, half = stated.quantity.value, stated.half
    if stated.run_id or not value or not stated.field.startswith(ADDED) or len(counted) < 2:
        return ""
    for run_id in counted:
        own = follows(case.footprint, stated.block, stated.field, run_id)
        if own and agrees(value, half, own[0]):
            return f"it is that of run '{run_id}' alone"
        if own and abs(base - own[0].value - value) <= max(half, TOLERANCE * value):
            return f"run '{run_id}' is left out"
    return ""


def _with(value: float, unit: str) -> str:
    return f"{number(value)} {unit}".rstrip()


def _verb(name: str) -> str:
    return "are" if name.endswith("hours") else "is"


def _beside(case: Case, stated: Stated) -> str:
    """Name the market-based or net figure that a location-based one repeats, or return nothing."""
    if stated.field != "co2e_operational_kg":
        return ""
    for field in CO2E[1:]:
        for option in follows(case.footprint, stated.block, field, stated.run_id):
            if agrees(stated.quantity.value, stated.half, option):
                return label(field)[0]
    return ""


def _device_counts(case: Case) -> Iterator[Finding]:
    """Hold a printed number of devices against the components, where they say how many there are."""
    reported = case.statement.reported
    blocks = [(case.run(run_id), block) for run_id, block in reported.runs.items()]
    if len(case.footprint.runs) == 1 and reported.whole is not None:
        blocks.append((case.footprint.runs[0], reported.whole))
    for found, block in blocks:
        if found is None or block.device_count is None:
            continue
        primary = found.run.primary
        if any(part.power_scope != "device" or part.number is None for part in primary):
            continue
        devices = sum(part.number or 0 for part in primary)
        if primary and devices != block.device_count:
            yield finding(
                DOES_NOT_FOLLOW,
                f"reported are {number(block.device_count)} devices, the hardware of run "
                f"'{found.run.id}' has {number(devices)} ({size(block.device_count, devices)})",
                f"{block.at}/device_count",
                expected=number(devices),
                found=number(block.device_count),
            )


def _implied(stated: Stated) -> str:
    """Say which carbon intensity the printed CO2e means, where energy is printed beside it."""
    if stated.field != "co2e_operational_kg":
        return ""
    for name in ("energy_kwh", "energy_facility_kwh", "energy_it_kwh"):
        energy = stated.block.figures.get(name)
        if energy is not None and energy.value:
            implied = G_PER_KG * stated.quantity.value / energy.value
            return f"with the reported energy it means {number(implied)} g/kWh"
    return ""


def _slips(case: Case, stated: Stated) -> tuple[Slip, ...]:
    """The slips that a figure's own runs make possible, the likeliest first."""
    footprints = [f for f in case.footprint.runs if stated.run_id in ("", f.run.id)]
    found: list[Slip] = []
    for footprint in footprints:
        it = value_of(footprint.outcomes, "energy_it_kwh")
        facility = value_of(footprint.outcomes, "energy_facility_kwh")
        if it and facility and it.value and facility.value != it.value:
            pue = facility.value / it.value
            if not _LEAST_PUE < pue < 1 / _LEAST_PUE:
                continue  # it explains nothing, and its square may be infinite
            text = f"the PUE ({number(pue)})"
            found.append(
                Slip("pue", pue, f"{text} is counted where the boundary leaves it out, or twice")
            )
            if stated.field == "energy_it_kwh":
                continue  # IT energy has no PUE that could be left out
            found += [
                Slip("pue", 1 / pue, f"{text} is left out"),
                Slip("pue", pue * pue, f"{text} is counted two times too often"),
            ]
    found += (CARBON_SLIP, *UNIT_SLIPS) if stated.field.startswith("co2e") else UNIT_SLIPS
    for footprint in footprints:
        for part in footprint.run.hardware:
            for count in {part.number or 1, part.devices_per_node or 1} - {1}:
                text = f"the number of devices ({count})"
                found += [
                    Slip("count", float(count), f"{text} is counted twice"),
                    Slip("count", 1 / count, f"{text} is left out, or power_w is a whole server's"),
                ]
    return tuple(found)


def _offsets(case: Case) -> float:
    total = 0.0
    for offset in case.statement.data.get("offsets", ()):
        amount = offset["co2e_kg"]
        total += amount.get("value", 0.0) if isinstance(amount, dict) else amount
    return total
