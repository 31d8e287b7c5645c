"""GA4: power and declared energy against what the hardware can draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.findings import Severity
from greenalgo.footprint.hours import has_hours
from greenalgo.glance.bounds import (
    ENERGIES,
    HOST,
    HOST_W,
    IDLE,
    LEAST_MEMORY,
    LEAST_MFU,
    LIMITS,
    MOST_DRAW,
    MOST_DRAW_OF_GPU,
    MOST_MEMORY,
    READ,
)  # fmt: skip
from greenalgo.statement import Quantity
from greenalgo.units import SECONDS_PER_HOUR, WH_PER_KWH
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
    "The declared power of a device is more than twice the most that the factor set knows for the model (here, "
    "and in the rules like it: for the largest, or smallest, of all models that a vague name may stand for).",
    "It is the power of a whole server or of several devices, and will be multiplied by the count.",
    "hardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 8, power_w: 3200}]",
    "power_w is of one device; for a whole server set power_scope: node, for the whole job power_scope: job.",
)
POWER_HIGH_WARNING = Rule(
    "GA406",
    Severity.WARNING,
    "Power is well above the device's own limit",
    "The declared power of a device is 1.25 to 2 times the most that the factor set knows for the model; or, "
    "for a model that it does not know, above 2000 W for a GPU and 1000 W for a CPU. Of a whole node or job: above "
    "four times what its devices draw and 3 kW for each.",
    "Often it is a system average that includes host CPU, memory and fans; then say so.",
    "hardware: [{kind: gpu, model: NVIDIA V100-SXM2-16GB, count: 8, power_w: 400}]",
    "If the power includes the host, say so in the component's note.",
)
UTILISED_TWICE = Rule(
    "GA431",
    Severity.WARNING,
    "Utilisation is applied to a power that was measured",
    "A component has a utilisation below 1 beside a power whose status says that an instrument has read it.",
    "A measured mean holds the idle hours already: the energy is too low by the utilisation.",
    "hardware: [{kind: gpu, count: 8, power_w: {value: 300, status: metered}, utilisation: 0.6}]",
    "Leave utilisation out beside a measured mean; if it is the power at full load, say so in a note.",
)
OTHER_KIND = Rule(
    "GA432",
    Severity.WARNING,
    "The model is another kind of hardware",
    "The factor set knows the model of a component as another kind: a CPU that is called a GPU, for example.",
    "Power, devices and device-hours are of the kind: a reader counts the wrong thing.",
    "hardware: [{kind: gpu, model: AMD EPYC 7742, count: 8}]",
    "Write kind: cpu, gpu or accelerator, as the model is, or correct the model.",
)
IMPLIED_POWER = Rule(
    "GA407",
    Severity.ERROR,
    "The declared energy is more than the hardware can draw",
    "Declared energy of a run or of a component, or a printed one that nothing gives, over device-hours is "
    "more than three times the most that the factor set knows for the model. Of a GPU alone, more than one and a half "
    "times is a warning: its firmware caps it.",
    "Energy, hours or the number of devices is wrong, or energy is in another unit.",
    "energy_it_kwh: 433196000\ndevice_hours: 1082990\nhardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB}]",
    "Check the unit of the energy and the device-hours.",
)
IMPLIED_LOW = Rule(
    "GA415",
    Severity.WARNING,
    "The declared energy is less than idle hardware draws",
    "Declared energy, or a printed one that nothing gives, over device-hours is less than a fiftieth of the "
    "most that the factor set knows for the model.",
    "An idle processor draws more: energy, hours or the number of devices is wrong, or the energy is in "
    "another unit.",
    "energy_it_kwh: 433\ndevice_hours: 1082990\nhardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB}]",
    "Check the unit of the energy and the device-hours.",
)
POWER_LOW = Rule(
    "GA418",
    Severity.WARNING,
    "Power is below what idle hardware draws",
    "The declared power of a device (or of the devices of a whole node or job), or the utilisation, is less than a "
    "fiftieth of the most that the factor set knows for the model.",
    "An idle processor draws more: the power is in kW, or of something else.",
    "hardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 8, power_w: 0.4}]",
    "power_w is in watts, of one device, while it works.",
)
TOO_MANY_FLOPS = Rule(
    "GA417",
    Severity.ERROR,
    "The operations do not fit into the device-hours",
    "work.flops over device-hours is more than the peak rate of the hardware (a warning up to twice, which "
    "sparsity may explain); or, in a training, less than a thousandth of it (a warning).",
    "One of the two is off by a power of ten, and energy is often worked out from either.",
    "device_hours: 100\nhardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB}]\nwork: {flops: 3.14e23}",
    "Check flops (a count, not a rate), device_hours, and peak_flops_per_s if it is declared.",
)
MEMORY_POWER = Rule(
    "GA437",
    Severity.WARNING,
    "Memory draws another power than its size allows",
    "The declared power of a memory component over its memory_gb is below 0.02 or above 2 W/GB: a quarter of the least "
    "and five times the most that the factor set knows for memory. A power of 0 (not counted) is left alone.",
    "Power or size is off by a power of ten; beside processors it moves a total too little for another rule to see.",
    "hardware: [{kind: memory, memory_gb: 64, power_w: 0.0238}]",
    "power_w is in watts, of all memory_gb; leave it out to take the policy's power of memory.",
)
RULES = (
    POWER_HIGH, POWER_HIGH_WARNING, IMPLIED_POWER, IMPLIED_LOW, POWER_LOW, TOO_MANY_FLOPS, UTILISED_TWICE,
    OTHER_KIND, MEMORY_POWER,
)  # fmt: skip
#: Slips of unit that a ratio to a limit can tell: what a device really draws may be half of its limit.
LARGE_SLIPS = tuple(one for one in UNIT_SLIPS if one.factor > 10)


def check(case: Case) -> Iterator[Finding]:
    """Hold the power of every component, and the energy of every run, against the hardware."""
    for run in case.statement.runs:
        for part in run.hardware:
            yield from _kind(case, part)
            yield from _utilised(part)
            yield from _power(case, part)
            yield from _own_energy(case, run, part)
        yield from _implied_power(case, run)
        yield from _operations(case, run)


def _kind(case: Case, part: Component) -> Iterator[Finding]:
    """Find a model that is known, but not as the kind of component that it is said to be."""
    other = "gpu" if part.kind == "cpu" else "cpu"
    if case.fitting(part) or part.kind not in ("cpu", "gpu", "accelerator"):
        return
    found = case.processor(part._replace(kind=other))
    if found is not None:
        yield finding(
            OTHER_KIND,
            f"{part.model} is a {'CPU' if other == 'cpu' else 'GPU or accelerator'}, the component says "
            f"{part.kind}",
            f"{part.at}/kind",
            expected="cpu" if other == "cpu" else "gpu or accelerator",
            found=part.kind,
        )


def _utilised(part: Component) -> Iterator[Finding]:
    power, share = part.power_w, part.utilisation
    if not isinstance(power, Quantity) or not isinstance(share, Quantity) or share.value >= 1:
        return
    if power.status in READ:
        yield finding(
            UTILISED_TWICE,
            f"the power is {power.status}, and is multiplied by a utilisation of {number(share.value)}",
            share.at,
            expected="no utilisation",
            found=number(share.value),
        )


class _Limits(NamedTuple):
    """The most that a device draws (W), and whose that is: of the smallest and of the largest that it may be."""

    least: float
    smallest: str
    most: float
    largest: str


def _limits(case: Case, part: Component) -> _Limits | None:
    """What the factor set knows of a component's model, or of all that a vague name may stand for."""
    found = []
    for processor in case.fitting(part):
        most = max(processor.power_w, processor.upper)
        if part.power_scope != "core":
            found.append((most, processor.name))
        elif processor.cores:
            found.append((most / processor.cores, processor.name))
    if not found:
        return None
    (least, smallest), (most, largest) = min(found), max(found)
    if len(found) > 1:
        smallest += f", the smallest of the {len(found)} that it may be,"
        largest += f", the largest of the {len(found)} that it may be,"
    return _Limits(least, smallest, most, largest)


def _power(case: Case, part: Component) -> Iterator[Finding]:
    yield from _idle(part)
    if not isinstance(part.power_w, Quantity):
        return
    if part.power_scope not in ("device", "core"):
        yield from _together(case, part, part.power_w)
        return
    if part.kind == "memory":
        yield from _memory(part, part.power_w)
        return
    limits = _limits(case, part)
    if limits is None:
        yield from _unknown(part, part.power_w)
        return
    least, smallest, most, largest = limits
    if 0 < part.power_w.value < IDLE * least:
        kilo = 0.3 * least < 1000 * part.power_w.value < 1.5 * most
        yield finding(
            POWER_LOW,
            f"{number(part.power_w.value)} W for one {part.power_scope} of {part.model}; {smallest} draws up to "
            f"{number(least)} W and seldom less than {number(IDLE * least)} W"
            + (f": {number(1000 * part.power_w.value)} if it is in kW" if kilo else ""),
            part.power_w.at,
            expected=f"{number(IDLE * least)} to {number(most)}",
            found=number(part.power_w.value),
        )
    if part.power_w.value <= 1.25 * most:
        return
    rule = POWER_HIGH if part.power_w.value > 2 * most else POWER_HIGH_WARNING
    whole = part.number and abs(part.power_w.value / part.number / most - 1) < 0.3
    yield finding(
        rule,
        f"{number(part.power_w.value)} W for one {part.power_scope} of {part.model}; {largest} draws at "
        f"most {number(most)} W ({size(part.power_w.value, most)})"
        + (f": it looks like the power of all {part.number}" if whole else ""),
        part.power_w.at,
        expected=f"at most {number(most)}",
        found=number(part.power_w.value),
    )


def _memory(part: Component, power: Quantity) -> Iterator[Finding]:
    """Hold the power of memory against its size, where both are of the same memory."""
    memory = part.memory_gb
    if (
        not isinstance(memory, Quantity)
        or not memory.value
        or power.value <= 0
        or (part.number or 1) > 1
    ):
        return
    each = power.value / memory.value
    if LEAST_MEMORY <= each <= MOST_MEMORY:
        return
    kilo = LEAST_MEMORY <= 1000 * each <= MOST_MEMORY
    yield finding(
        MEMORY_POWER,
        f"{number(power.value)} W for {number(memory.value)} GB of memory are {number(each)} W/GB; memory draws "
        f"{number(LEAST_MEMORY)} to {number(MOST_MEMORY)} W/GB"
        + (f": {number(1000 * power.value)} if it is in kW" if kilo else ""),
        power.at,
        expected=f"{number(LEAST_MEMORY * memory.value)} to {number(MOST_MEMORY * memory.value)}",
        found=number(power.value),
    )


def _idle(part: Component) -> Iterator[Finding]:
    """Find a utilisation that takes the power of a processor below what it draws when it is idle."""
    share = part.utilisation
    if not isinstance(share, Quantity) or part.kind not in ("gpu", "cpu", "accelerator"):
        return
    if share.value < IDLE and not (
        isinstance(part.power_w, Quantity) and part.power_w.status in READ
    ):
        yield finding(
            POWER_LOW,
            f"a utilisation of {number(share.value)} takes the power below what idle hardware draws",
            share.at,
            expected=f"{number(IDLE)} to 1",
            found=number(share.value),
            hint="Utilisation is a fraction of the power, from 0 to 1; leave it out where it is not known.",
        )


def _together(case: Case, part: Component, power: Quantity) -> Iterator[Finding]:
    """Hold the power of a whole node or job against its devices, and room for what is around them."""
    devices = part.number if part.power_scope == "job" else part.devices_per_node
    limits = _limits(case, part)
    if not devices or limits is None:
        return
    least, most = devices * IDLE * limits.least, devices * (HOST * limits.most + HOST_W)
    if least <= power.value <= most or not power.value:
        return
    low = power.value < least
    most_words = f"draw at most {number(devices * limits.most)} W, and with all around them seldom {number(most)} W"
    yield finding(
        POWER_LOW if low else POWER_HIGH_WARNING,
        f"{number(power.value)} W for a {part.power_scope} with {devices} x {part.model}: they "
        + (f"seldom draw less than {number(least)} W" if low else most_words),
        power.at,
        expected=f"{number(least)} to {number(most)}",
        found=number(power.value),
        hint="power_w is in watts; for one device leave power_scope out.",
    )


def _unknown(part: Component, power: Quantity) -> Iterator[Finding]:
    """Hold the power of a model that the factor set does not know against what any device draws."""
    most = LIMITS.get(part.kind)
    if most is None or part.power_scope != "device" or power.value <= most:
        return
    yield finding(
        POWER_HIGH_WARNING,
        f"{number(power.value)} W for one {part.model or part.kind}; no {part.kind.upper()} draws more than "
        f"{number(most)} W so far",
        power.at,
        expected=f"at most {number(most)}",
        found=number(power.value),
        hint=POWER_HIGH.fix,
    )


def _implied_power(case: Case, run: Run) -> Iterator[Finding]:
    """Hold a declared or printed energy against what the hardware could draw in the hours."""
    footprint = case.run(run.id)
    if footprint is None or len(run.primary) != 1 or run.primary[0].power_scope == "core":
        return
    limits = _limits(case, run.primary[0]._replace(power_scope="device"))
    if limits is None:
        return
    declared = (
        run.energy_it_kwh if isinstance(run.energy_it_kwh, Quantity) else run.energy_facility_kwh
    )
    hours = value_of(footprint.outcomes, "device_hours")
    if isinstance(declared, Quantity):
        if hours is not None and hours.value:
            yield from _draw(run, declared, hours.value, limits)
        return
    reported = case.statement.reported
    block = reported.runs.get(run.id)
    if block is None and len(case.statement.runs) == 1:
        block = reported.whole
    if block is None or value_of(footprint.outcomes, "energy_it_kwh"):
        return
    energy = next((q for name in ENERGIES if (q := block.figures.get(name))), None)
    printed = block.figures.get("device_hours")
    total = hours.value if hours is not None else printed.value if printed else 0.0
    if energy is not None and total:
        yield from _draw(run._replace(repetitions=1, multiplier=None), energy, total, limits)


def _own_energy(case: Case, run: Run, part: Component) -> Iterator[Finding]:
    """Hold the energy that a component declares against what it could draw in the hours."""
    energy, hours = part.energy_it_kwh, part.device_hours
    each = part.hours if isinstance(part.hours, Quantity) else run.hours
    if not isinstance(energy, Quantity) or isinstance(run.energy_it_kwh, Quantity):
        return
    total = hours.value if isinstance(hours, Quantity) else 0.0
    if not total and part.number and isinstance(each, Quantity):
        total = part.number * each.value
    limits = _limits(case, part) if part.power_scope == "device" else None
    if limits is not None and total:
        room = MOST_DRAW_OF_GPU if part.kind == "gpu" else MOST_DRAW
        yield from _drawn(energy, WH_PER_KWH * energy.value / total, total, limits, room)


def _draw(run: Run, declared: Quantity, hours: float, limits: _Limits) -> Iterator[Finding]:
    scale = run.repetitions * (run.multiplier.value if isinstance(run.multiplier, Quantity) else 1)
    yield from _drawn(declared, WH_PER_KWH * declared.value * scale / hours, hours / scale, limits)


def _drawn(
    declared: Quantity, implied: float, hours: float, limits: _Limits, room: float = MOST_DRAW
) -> Iterator[Finding]:
    """Report an energy (kWh) in so many device-hours whose power (W a device) no such device has."""
    least, smallest, most, largest = limits
    words = f"{number(declared.value)} kWh in {number(hours)} device-hours are {number(implied)} W a device"
    if 0 < implied < IDLE * least:
        yield finding(
            IMPLIED_LOW,
            f"{words}; {smallest} draws up to {number(least)} W and seldom less than {number(IDLE * least)} W",
            declared.at,
            expected=f"at least {number(IDLE * least * hours / WH_PER_KWH)} kWh",
            found=number(declared.value),
        )
    if implied > room * most:
        known = slip(implied / most, LARGE_SLIPS, 0.6)
        yield finding(
            IMPLIED_POWER,
            f"{words}; {largest} draws at most {number(most)} W ({size(implied, most)})"
            + (f": perhaps {known.words}" if known else ""),
            declared.at,
            expected=f"at most {number(room * most * hours / WH_PER_KWH)} kWh",
            found=number(declared.value),
            severity=Severity.WARNING if implied <= MOST_DRAW * most else None,
        )


def _operations(case: Case, run: Run) -> Iterator[Finding]:
    """Hold declared operations against device-hours x peak rate, where both are declared."""
    footprint = case.run(run.id)
    if (
        run.work is None
        or not isinstance(run.work.flops, Quantity)
        or footprint is None
        or len(run.primary) != 1
        or not has_hours(run)
    ):
        return
    part = run.primary[0]
    hours = value_of(footprint.outcomes, "device_hours")
    flops, peaks = run.work.flops, _peaks(case, part)
    if not peaks or hours is None or not hours.value:
        return
    rate = flops.value / (hours.value * SECONDS_PER_HOUR)
    low = rate < LEAST_MFU * min(peaks) and run.phase in ("training", "fine_tuning")
    peak = min(peaks) if low else max(peaks)
    share = rate / peak
    if share > 1 or low:
        yield finding(
            TOO_MANY_FLOPS,
            f"{flops.value:.3g} FLOP in {number(hours.value)} device-hours are {number(100 * share)} % of the "
            f"peak rate of {part.model or part.kind} ({peak:.3g} FLOP/s)",
            flops.at,
            expected="0.1 to 100 % of the peak rate",
            found=f"{number(100 * share)} %",
            severity=None if share > 2 else Severity.WARNING,
        )


def _peaks(case: Case, part: Component) -> list[float]:
    """The peak rate of a component (FLOP/s), or those of all that a vague name may stand for."""
    if isinstance(part.peak_flops_per_s, Quantity):
        return [part.peak_flops_per_s.value] if part.peak_flops_per_s.value else []
    found = []
    for processor in case.fitting(part):
        # At whatever precision: the number that is declared may be of another than precision says.
        rates = processor.peak_flops.items()
        found += (
            [max(own)]
            if (own := [rate for name, rate in rates if not name.startswith("int")])
            else []
        )
    return [peak for peak in found if peak]
