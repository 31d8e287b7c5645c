"""GA2, GA4: declared inputs among themselves and against what is physically possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.findings import Severity, escape
from greenalgo.glance.bounds import IN_KG, MAX_INTENSITY, MAX_PUE, TOLERANCE, WIDE
from greenalgo.glance.plain import is_wide
from greenalgo.glance.printed import half_unit_of
from greenalgo.statement import Quantity
from greenalgo.units import SECONDS_PER_HOUR
from greenalgo.validate.case import finding
from greenalgo.validate.compare import how_far, number, within
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.statement import Component, Run
    from greenalgo.statement.records import Declared
    from greenalgo.validate.case import Case

INTERVAL = Rule(
    "GA207",
    Severity.ERROR,
    "An interval does not contain its value",
    "lower is above value, or upper below it.",
    "Every interval that follows from it would be wrong.",
    "pue: {value: 1.2, lower: 1.3, upper: 1.4}",
    "Correct the ends: lower <= value <= upper.",
)
WIDE_INTERVAL = Rule(
    "GA229",
    Severity.WARNING,
    "An interval so wide that nothing can be held against it",
    "The interval of a number reaches below a tenth, or above ten times, of its value. (At most 2 W may be said: "
    "value 2, lower 0, upper 2.)",
    "Whatever follows from the number lies inside: a figure that is ten times off is never found.",
    "power_w: {value: 300, lower: 1, upper: 90000}",
    "Give the range in which the number really lies, or say status: not_assessed.",
)
DEVICE_HOURS = Rule(
    "GA221",
    Severity.ERROR,
    "Device-hours are not count times hours",
    "A run (or a component) declares device_hours, hours and the count of its devices, and the first is not the "
    "product of the others, or those of its components together, within 1 % and their digits.",
    "GPU-hours and hours are mixed up in many papers, by the number of GPUs.",
    "hours: 100\ndevice_hours: 100\nhardware: [{kind: gpu, count: 8, power_w: 300}]",
    "device_hours are summed over all devices; hours is the wall clock.",
)
FACILITY = Rule(
    "GA222",
    Severity.ERROR,
    "Declared IT and facility energy do not differ by the PUE",
    "A run declares energy_it_kwh (or every component its own), energy_facility_kwh and pue, and facility is not "
    "IT x PUE within 1 %; or no pue, and facility is less than IT.",
    "One of them is of another boundary.",
    "energy_it_kwh: 100\nenergy_facility_kwh: 100\npue: 1.2",
    "Say which meter each energy comes from; leave out what was not metered.",
)
COMPONENT_ENERGIES = Rule(
    "GA224",
    Severity.ERROR,
    "The energies of the components are not that of the run",
    "A run declares energy_it_kwh, every component declares its own, and they do not add up to it within "
    "1 % and their digits.",
    "Trackers log each component: a line is missing, or stands in another unit.",
    "energy_it_kwh: 100\nhardware: [{kind: gpu, energy_it_kwh: 60}, {kind: cpu, energy_it_kwh: 20}]",
    "Correct the line that is off, add the one that is missing, or leave the run's energy out.",
)
METERED_FACILITY = Rule(
    "GA226",
    Severity.ERROR,
    "IT energy that contains the PUE already",
    "measurement.pue_included says that the instrument's figure contains the PUE, and the run declares it as "
    "energy_it_kwh, which is multiplied by the PUE.",
    "The PUE is counted twice.",
    "energy_it_kwh: 120\npue: 1.2\nmeasurement: {method: provider_report, pue_included: true}",
    "Declare it as energy_facility_kwh.",
)
PUE_BELOW_ONE = Rule(
    "GA401",
    Severity.ERROR,
    "PUE below 1",
    "A PUE is below 1.",
    "PUE is facility energy over IT energy; a facility cannot use less than its computers.",
    "pue: 0.9",
    "Correct it. Heat reuse is not subtracted from PUE (that is ERE).",
)
PUE_HIGH = Rule(
    "GA402",
    Severity.WARNING,
    "PUE above 3",
    "A PUE is above 3, or the facility energy of a run more than 3 times its IT energy.",
    "Surveys find data centres between 1.05 and 2.5.",
    "pue: 12",
    "Check the decimal point.",
)
INTENSITY_HIGH = Rule(
    "GA403",
    Severity.ERROR,
    "Carbon intensity outside 0 to 1500 g/kWh",
    "A carbon intensity is above 1500 gCO2e/kWh.",
    "Lignite, the worst fuel in use, emits about 1200 g/kWh.",
    "carbon_intensity_g_per_kwh: 57000",
    "The field is in grams of CO2e per kilowatt-hour.",
)
INTENSITY_LOW = Rule(
    "GA404",
    Severity.WARNING,
    "Carbon intensity between 0 and 1 g/kWh",
    "A location-based carbon intensity lies above 0 and below 1 gCO2e/kWh.",
    "It is probably in kg/kWh: no grid is that clean over its life cycle.",
    "carbon_intensity_g_per_kwh: 0.057",
    "The field is in grams: 0.057 kg/kWh is 57.",
)
TOO_LONG = Rule(
    "GA409",
    Severity.ERROR,
    "The run is longer than its period",
    "The wall-clock hours of a run, or its device-hours over its devices, are more than its period has.",
    "Device-hours stand in the field for wall-clock hours, or a date is wrong.",
    "period: {start: 2022-03-11, end: 2022-03-12}\nhours: 1000",
    "hours is the wall clock; hours summed over devices are device_hours.",
)
NODE_HOURS = Rule(
    "GA223",
    Severity.WARNING,
    "Node power with device-hours",
    "A component has the power of a whole node and device-hours, and does not say how many devices a node "
    "has, so that device-hours are counted as node-hours.",
    "Whole-server power times GPU-hours overstates energy by the number of GPUs in a server.",
    "device_hours: 80\nhardware: [{kind: gpu, count: 1, power_w: 3000, power_scope: node}]",
    "Declare devices_per_node, or hours and the count of nodes in place of device_hours.",
)
BASIS = Rule(
    "GA305",
    Severity.ERROR,
    "A market-based intensity stands in for the location-based one",
    "carbon_intensity_g_per_kwh has the basis market or net (or the other two fields have another basis "
    "than theirs).",
    "The headline is location-based, so that statements can be compared; contracts are shown beside it.",
    "carbon_intensity_g_per_kwh: {value: 0, basis: market}",
    "Move it to carbon_intensity_market_g_per_kwh (or _net_), and declare the grid's own intensity.",
)
RULES = (
    INTERVAL, WIDE_INTERVAL, DEVICE_HOURS, FACILITY,
    PUE_BELOW_ONE, PUE_HIGH, INTENSITY_HIGH, INTENSITY_LOW,
    TOO_LONG, NODE_HOURS, COMPONENT_ENERGIES, BASIS,
    METERED_FACILITY,
)  # fmt: skip


def check(case: Case) -> Iterator[Finding]:
    """Check the declared inputs of every run."""
    yield from _intervals(case.statement.data, "")
    reported = case.statement.reported
    for block in filter(None, (reported.whole, *reported.runs.values())):
        yield from _pue(block.figures.get("pue"))
        yield from _intensity_size(block.figures.get("carbon_intensity_g_per_kwh"), "location")
    for run in case.statement.runs:
        yield from _pue(run.pue)
        yield from _intensities(run)
        yield from _time(run)
        yield from _facility(run)
        yield from _metered(case, run)
        yield from _components(run)
        for part in run.hardware:
            yield from _component_time(run, part)


def _intervals(node: Any, at: str) -> Iterator[Finding]:
    """Find every object with a value and an interval, wherever it stands."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _intervals(item, f"{at}/{index}")
    elif isinstance(node, dict):
        value = node.get("value")
        if isinstance(value, (int, float)):
            lower, upper = node.get("lower", value), node.get("upper", value)
            if not lower <= value <= upper:
                yield finding(
                    INTERVAL,
                    f"the interval {number(lower)} to {number(upper)} does not contain "
                    f"the value {number(value)}",
                    at,
                    expected=f"lower <= {number(value)} <= upper",
                    found=f"{number(lower)} to {number(upper)}",
                )
            elif is_wide(lower, value, upper):
                yield finding(
                    WIDE_INTERVAL,
                    f"the interval {number(lower)} to {number(upper)} reaches from {number(value)} "
                    + (
                        f"up to {number(upper)}"
                        if upper > value * WIDE
                        else f"down to {number(lower)}"
                    ),
                    at,
                    expected=f"within {number(value / WIDE)} to {number(value * WIDE)}",
                    found=f"{number(lower)} to {number(upper)}",
                )
        for key, item in node.items():
            if key not in ("extensions", "results") and isinstance(item, (dict, list)):
                yield from _intervals(item, f"{at}/{escape(key)}")


def _pue(pue: Declared) -> Iterator[Finding]:
    if not isinstance(pue, Quantity):
        return
    if pue.value < 1:
        yield finding(
            PUE_BELOW_ONE,
            f"the PUE is {number(pue.value)}",
            pue.at,
            expected="1 or more",
            found=number(pue.value),
        )
    elif pue.value > MAX_PUE:
        percent = f" ({number(pue.value / 100)} in per cent?)" if 100 <= pue.value <= 300 else ""
        yield finding(
            PUE_HIGH,
            f"the PUE is {number(pue.value)}{percent}",
            pue.at,
            expected=f"1 to {number(MAX_PUE)}",
            found=number(pue.value),
        )


def _intensities(run: Run) -> Iterator[Finding]:
    for intensity, basis in (
        (run.carbon_intensity, "location"),
        (run.carbon_intensity_market, "market"),
        (run.carbon_intensity_net, "net"),
    ):
        if intensity is None or not isinstance(intensity.quantity, Quantity):
            continue
        quantity = intensity.quantity
        if intensity.basis != basis:
            yield finding(
                BASIS,
                f"the basis of {quantity.at.rpartition('/')[2]} is {intensity.basis}",
                quantity.at,
                expected=basis,
                found=intensity.basis,
            )
        yield from _intensity_size(quantity, basis)


def _intensity_size(quantity: Quantity | None, basis: str) -> Iterator[Finding]:
    if quantity is None:
        return
    if quantity.value > MAX_INTENSITY:
        kilo = " (grams and kilograms mixed: divide by 1000?)" if quantity.value > 2e4 else ""
        yield finding(
            INTENSITY_HIGH,
            f"the carbon intensity is {number(quantity.value)} g/kWh{kilo}",
            quantity.at,
            expected=f"0 to {MAX_INTENSITY:g} g/kWh",
            found=number(quantity.value),
        )
    elif basis == "location" and 0 < quantity.value < IN_KG:
        yield finding(
            INTENSITY_LOW,
            f"the carbon intensity is {number(quantity.value)} g/kWh: "
            f"{number(1000 * quantity.value)} if it is in kg/kWh",
            quantity.at,
            expected="g/kWh",
            found=number(quantity.value),
        )


def _time(run: Run) -> Iterator[Finding]:
    hours, total = run.hours, run.device_hours
    counts = [_counted(part) for part in run.primary]
    devices = sum(counts) if all(counts) else 0
    if isinstance(total, Quantity):
        yield from _added_hours(run, devices, total)
    span = _span_hours(run.start, run.end)
    if span is None or span < 0:
        return
    if isinstance(hours, Quantity) and hours.lower > span * (1 + TOLERANCE):
        yield finding(
            TOO_LONG,
            f"the run took {number(hours.value)} h, its period has {number(span)} h",
            hours.at,
            expected=f"at most {number(span)}",
            found=number(hours.value),
        )
    elif isinstance(total, Quantity) and devices and total.lower > devices * span * (1 + TOLERANCE):
        yield finding(
            TOO_LONG,
            f"{number(total.value)} device-hours on {number(devices)} devices take "
            f"{number(total.value / devices)} h, the period has {number(span)} h",
            total.at,
            expected=f"at most {number(devices * span)}",
            found=number(total.value),
        )


def _span_hours(start: str, end: str) -> float | None:
    """Hours from the start of a period to the end of its last day or moment."""
    span = span_of(start, end)
    return None if span is None else span[1] - span[0]


def span_of(start: str, end: str) -> tuple[float, float] | None:
    """Return the start of a period and the end of its last day or moment, in hours since a fixed day.

    None where either is missing, is no day (a year, a month) or is no date. Of two moments with and
    without an offset the offset is left out.
    """
    if not (start and end):
        return None
    # Imported here: few runs declare both ends, and datetime costs every validation 1 ms.
    from datetime import UTC, datetime

    try:
        first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    except ValueError:
        return None
    if (first.tzinfo is None) != (last.tzinfo is None):
        first, last = first.replace(tzinfo=None), last.replace(tzinfo=None)
    zero = datetime(2000, 1, 1, tzinfo=None if first.tzinfo is None else UTC)
    whole_day = 24.0 if len(end) == len("2022-03-11") else 0.0
    begins, ends = ((moment - zero).total_seconds() / SECONDS_PER_HOUR for moment in (first, last))
    return begins, ends + whole_day


def _component_time(run: Run, part: Component) -> Iterator[Finding]:
    """Check the hours of one component among themselves, and against what its power is of."""
    hours, total, devices = part.hours or run.hours, part.device_hours, _counted(part)
    if isinstance(hours, Quantity) and isinstance(total, Quantity) and devices:
        yield from _count_times_hours(devices, hours, total)
    summed = total if total is not None or (part,) != run.primary else run.device_hours
    if (
        part.kind not in ("node", "other")
        and part.power_scope == "node"
        and isinstance(summed, Quantity)
        and not part.devices_per_node
    ):
        yield finding(
            NODE_HOURS,
            f"the power of {part.model or part.kind} is a whole node's, and "
            f"{number(summed.value)} device-hours are declared without devices_per_node: they are "
            "read as node-hours",
            f"{part.at}/power_scope",
            expected="devices_per_node",
            found="nothing",
        )


def _counted(part: Component) -> int:
    """Return how many devices a component's hours are summed over, 0 where it does not say."""
    known = part.power_scope != "job" and part.per_unit is not None
    return (part.devices or 0) if known else 0


def _added_hours(run: Run, devices: int, total: Quantity) -> Iterator[Finding]:
    """Hold the device-hours of a run against those of its devices, each with hours of its own or the run's."""
    if not any(part.hours or part.device_hours for part in run.primary):
        if isinstance(run.hours, Quantity) and devices:
            yield from _count_times_hours(devices, run.hours, total)
        return
    added = slack = 0.0
    for part in run.primary:
        count, hours = 1, part.device_hours
        if hours is None:
            count, hours = _counted(part), part.hours or run.hours
        if not isinstance(hours, Quantity) or not count or part.per_unit is None:
            return
        added += count * hours.value
        slack += count * _room(hours)
    words = f"the hours of the devices of run '{run.id}' add up to"
    yield from _adds_up(DEVICE_HOURS, words, added, total, _room(total) + slack, "device-hours")


def _count_times_hours(devices: int, hours: Quantity, total: Quantity) -> Iterator[Finding]:
    words = f"{devices} devices x {number(hours.value)} h are"
    own = "the wall clock stands in device_hours" if total.value == hours.value else ""
    slack = _room(total) + devices * _room(hours)
    yield from _adds_up(
        DEVICE_HOURS, words, devices * hours.value, total, slack, "device-hours", own
    )


def _facility(run: Run) -> Iterator[Finding]:
    declared, facility, pue = run.energy_it_kwh, run.energy_facility_kwh, run.pue
    of_run = (declared.value, _room(declared)) if isinstance(declared, Quantity) else None
    found = of_run or (declared is None and _of_components(run))
    if not found or not isinstance(facility, Quantity):
        return
    it, room = found
    if isinstance(pue, Quantity):
        words = f"{number(it)} kWh x PUE {number(pue.value)} are"
        slack = _room(facility) + pue.value * room + it * _room(pue)
        yield from _adds_up(FACILITY, words, it * pue.value, facility, slack, "kWh")
    elif facility.value < it:
        words = f"{number(it)} kWh x PUE 1, the least that there is, are"
        yield from _adds_up(FACILITY, words, it, facility, _room(facility) + room, "kWh")
    elif facility.value > MAX_PUE * it:
        yield finding(
            PUE_HIGH,
            f"{number(facility.value)} kWh over {number(it)} kWh of IT energy are a PUE of "
            f"{number(facility.value / it) if it else 'infinity'}",
            facility.at,
            expected=f"at most {number(MAX_PUE * it)}",
            found=number(facility.value),
        )


def _metered(case: Case, run: Run) -> Iterator[Finding]:
    """Find the energy of a meter that saw the facility, in the field for IT energy."""
    it, pue = run.energy_it_kwh, run.pue
    included = [one.get("pue_included", False) for one in case.instruments(run)]
    if not isinstance(it, Quantity) or not included or not all(included):
        return
    if isinstance(pue, Quantity) and pue.value <= 1:
        return
    if isinstance(run.energy_facility_kwh, Quantity):
        return  # no PUE is applied
    factor = f"the PUE ({number(pue.value)})" if isinstance(pue, Quantity) else "a PUE"
    yield finding(
        METERED_FACILITY,
        f"the measurement of run '{run.id}' contains the PUE, and its energy is declared as IT energy: "
        f"{factor} is applied to it again",
        it.at,
        expected="energy_facility_kwh",
        found="energy_it_kwh",
    )


def _components(run: Run) -> Iterator[Finding]:
    """Hold the energies of the components against that of the run."""
    total, found = run.energy_it_kwh, _of_components(run)
    if isinstance(total, Quantity) and found:
        words = f"the {len(run.hardware)} components of run '{run.id}' add up to"
        added, slack = found
        yield from _adds_up(COMPONENT_ENERGIES, words, added, total, _room(total) + slack, "kWh")


def _of_components(run: Run) -> tuple[float, float] | None:
    """Add up the energies (kWh) of the components where every one has its own, and how far they may be off."""
    parts = [
        part.energy_it_kwh for part in run.hardware if isinstance(part.energy_it_kwh, Quantity)
    ]
    if not parts or len(parts) < len(run.hardware):
        return None
    return sum(part.value for part in parts), sum(map(_room, parts))


def _room(quantity: Quantity) -> float:
    """How far a declared number may be off: half a unit of its last digit, and its interval."""
    return half_unit_of(quantity.value) + quantity.upper - quantity.lower


def _adds_up(
    rule: Rule, words: str, gives: float, total: Quantity, slack: float, unit: str, why: str = ""
) -> Iterator[Finding]:
    """Hold a declared number against what others give: within 1 %, or what their digits allow.

    Args:
        rule: The rule that speaks where it is not so.
        words: How the other number comes about.
        gives: The other number.
        total: The declared number.
        slack: What the digits of all of them allow, in their unit.
        unit: Their unit.
        why: What explains the difference, where that is known.
    """
    if within(total.value, gives, slack):
        return
    yield finding(
        rule,
        f"{words} {number(gives)} {unit}, declared are {number(total.value)} "
        f"{how_far(total.value, gives, why)}",
        total.at,
        expected=number(gives),
        found=number(total.value),
    )
