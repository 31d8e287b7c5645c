"""GA4: power and declared energy against what the hardware can draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.findings import Severity
from greenalgo.statement import Quantity
from greenalgo.validate.case import finding, value_of
from greenalgo.validate.compare import UNIT_SLIPS, number, size, slip
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.statement import Component, Run
    from greenalgo.validate.case import Case

POWER_HIGH = Rule(
    "GA405",
    Severity.ERROR,
    "Power is above what the hardware can draw",
    "The declared power of a device is more than twice the most that the factor set knows for the model.",
    "It is the power of a whole server or of several devices, and will be multiplied by the count.",
    "hardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 8, power_w: 3200}]",
    "power_w is of one device; for a whole server set power_scope: node, for the whole job power_scope: job.",
)
POWER_HIGH_WARNING = Rule(
    "GA406",
    Severity.WARNING,
    "Power is well above the device's own limit",
    "The declared power of a device is 1.25 to 2 times the most that the factor set knows for the model.",
    "Often it is a system average that includes host CPU, memory and fans; then say so.",
    "hardware: [{kind: gpu, model: NVIDIA V100-SXM2-16GB, count: 8, power_w: 400}]",
    "If the power includes the host, say so in the component's note.",
)
IMPLIED_POWER = Rule(
    "GA407",
    Severity.ERROR,
    "The declared energy is more than the hardware can draw",
    "Declared IT energy over device-hours is more than three times the most that the factor set knows "
    "for the model.",
    "Energy, hours or the number of devices is wrong, or energy is in another unit.",
    "energy_it_kwh: 433196000\ndevice_hours: 1082990\nhardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB}]",
    "Check the unit of the energy and the device-hours.",
)
IMPLIED_LOW = Rule(
    "GA415",
    Severity.WARNING,
    "The declared energy is less than idle hardware draws",
    "Declared IT energy over device-hours is less than a fiftieth of the most that the factor set knows for "
    "the model.",
    "An idle processor draws more: energy, hours or the number of devices is wrong, or the energy is in "
    "another unit.",
    "energy_it_kwh: 433\ndevice_hours: 1082990\nhardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB}]",
    "Check the unit of the energy and the device-hours.",
)
RULES = (POWER_HIGH, POWER_HIGH_WARNING, IMPLIED_POWER, IMPLIED_LOW)
#: Least power of a processor that is switched on, as a fraction of its most: data-centre GPUs idle at a
#: tenth to a fifth (NVIDIA A100: 50 of 400 W), phone and edge chips at a few hundredths.
IDLE = 0.02


def check(case: Case) -> Iterator[Finding]:
    """Hold the power of every component, and the energy of every run, against the hardware."""
    for run in case.statement.runs:
        for part in run.hardware:
            yield from _power(case, part)
        yield from _implied_power(case, run)


def _limit(case: Case, part: Component) -> tuple[float, str] | None:
    """The most that a device of this model draws (W) and its name, where the factor set knows it."""
    processor = case.processor(part)
    if processor is None:
        return None
    most = max(processor.power_w, processor.upper)
    if part.power_scope == "core":
        return (most / processor.cores, processor.name) if processor.cores else None
    return most, processor.name


def _power(case: Case, part: Component) -> Iterator[Finding]:
    if not isinstance(part.power_w, Quantity) or part.power_scope not in ("device", "core"):
        return
    limit = _limit(case, part)
    if limit is None or part.power_w.value <= 1.25 * limit[0]:
        return
    most, name = limit
    rule = POWER_HIGH if part.power_w.value > 2 * most else POWER_HIGH_WARNING
    whole = part.number and abs(part.power_w.value / part.number / most - 1) < 0.3
    yield finding(
        rule,
        f"{number(part.power_w.value)} W for one {part.power_scope} of {part.model}; {name} draws at "
        f"most {number(most)} W ({size(part.power_w.value, most)})"
        + (f": it looks like the power of all {part.number}" if whole else ""),
        part.power_w.at,
        expected=f"at most {number(most)}",
        found=number(part.power_w.value),
    )


def _implied_power(case: Case, run: Run) -> Iterator[Finding]:
    """Hold a declared energy against what the hardware could draw in the declared hours."""
    declared = (
        run.energy_it_kwh if isinstance(run.energy_it_kwh, Quantity) else run.energy_facility_kwh
    )
    footprint = case.run(run.id)
    if not isinstance(declared, Quantity) or footprint is None or len(run.primary) != 1:
        return
    hours = value_of(footprint.outcomes, "device_hours")
    limit = _limit(case, run.primary[0]._replace(power_scope="device"))
    if hours is None or limit is None or not hours.value or run.primary[0].power_scope == "core":
        return
    scale = run.repetitions * (run.multiplier.value if isinstance(run.multiplier, Quantity) else 1)
    implied = 1000 * declared.value * scale / hours.value
    most, name = limit
    if 0 < implied < IDLE * most:
        yield finding(
            IMPLIED_LOW,
            f"{number(declared.value)} kWh in {number(hours.value / scale)} device-hours are "
            f"{number(implied)} W a device; {name} draws up to {number(most)} W and seldom less than "
            f"{number(IDLE * most)} W",
            declared.at,
            expected=f"at least {number(IDLE * most * hours.value / scale / 1000)} kWh",
            found=number(declared.value),
        )
    if implied > 3 * most:
        known = slip(implied / most, UNIT_SLIPS, 0.6)
        yield finding(
            IMPLIED_POWER,
            f"{number(declared.value)} kWh in {number(hours.value / scale)} device-hours are "
            f"{number(implied)} W a device; {name} draws at most {number(most)} W "
            f"({size(implied, most)})" + (f": perhaps {known.words}" if known else ""),
            declared.at,
            expected=f"at most {number(3 * most * hours.value / scale / 1000)} kWh",
            found=number(declared.value),
        )
