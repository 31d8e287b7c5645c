"""The rules on what a paper prints, said as what must hold so that none of them speaks.

The rules themselves, with their words, are in :mod:`greenalgo.validate.rules` (``figures``, ``totals``, ``units``,
``siblings``, ``disclosure``). What is asked here may be stricter than they are, never laxer.
"""

from __future__ import annotations

from greenalgo.glance.bounds import (
    ADDED,
    ENERGIES,
    MAX_INTENSITY,
    PER_UNIT,
    ROOM,
    TOLERANCE,
)
from greenalgo.glance.doubt import Doubt
from greenalgo.glance.energy import INTENSITIES, added, declared
from greenalgo.glance.inputs import draws
from greenalgo.units import G_PER_KG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from greenalgo.glance.blocks import Block, Reported
    from greenalgo.glance.energy import Run
    from greenalgo.glance.known import Spread

    Node = dict[str, Any]

#: How far apart siblings may be: 100 times from the median is an outlier.
_APART = 100.0
#: Quantities that a rate is computed of.
_RATES = {
    "energy": ("energy_facility_kwh", "energy_it_kwh"),
    "co2e": ("co2e_operational_kg",),
    "water": ("water_l",),
}


def check(
    reported: Reported,
    runs: dict[str, Run],
    rounded: Callable[[], list[Run]],
    units: list[Node],
) -> None:
    """Check what is printed against what follows.

    Args:
        reported: What is printed.
        runs: The runs by id, as declared.
        rounded: Computes them as far as the digits of their inputs go.
        units: The functional units.

    Raises:
        Doubt: A rule may have something to say.
    """
    every = list(runs.values())
    for run_id, block in reported.runs.items():
        if run_id not in runs:
            raise Doubt
        _count(block, runs[run_id])
        _implied(block, [runs[run_id]])
        for field in block.figures:
            _figure(block, field, [runs[run_id]], rounded, at=every.index(runs[run_id]))
            _precision(block, field, [runs[run_id]])
        _among(block, [runs[run_id]])
        _drawn(block, runs[run_id])
    whole = reported.whole
    if len(every) == 1:
        _count(whole, every[0])
        if not reported.runs:
            _drawn(whole, every[0])
    _implied(whole, every)
    _among(whole, every)
    for field in whole.figures:
        parts = [block for block in reported.runs.values() if field in block.figures]
        if len(every) > 1 and len(parts) == len(every) and field.startswith(ADDED):
            _sum(whole, field, parts)
        elif len(every) > 1 and parts and field.startswith(ADDED):
            raise Doubt
        else:
            _figure(whole, field, every, rounded)
        _precision(whole, field, every)
    for node, block in reported.per_unit:
        _rate(node, block, runs, units, printed=bool(whole.figures or reported.runs))
        _alone(node, block, runs)
    _market(reported, every)
    _siblings(reported, every)


def _among(block: Block, runs: list[Run]) -> None:
    """Doubt figures of one block that may contradict each other where the inputs give nothing."""
    figures = block.figures
    pue, by = figures.get("pue"), figures.get("carbon_intensity_g_per_kwh")
    if (pue is not None and not 1 <= pue[0] <= 3) or (
        by is not None and (by[0] > MAX_INTENSITY or 0 < by[0] < 1)
    ):
        raise Doubt

    def is_open(field: str) -> bool:
        return field in figures and not follows(runs, field, block.boundary)

    hours = "device_hours" in figures
    if (
        ("co2e_embodied_kg" in figures and is_open("co2e_total_kg"))
        or ("water_onsite_l" in figures and "water_offsite_l" in figures and is_open("water_l"))
        or ("energy_it_kwh" in figures and is_open("energy_facility_kwh"))
        or ("hours" in figures and block.count and is_open("device_hours"))
        or (hours and "average_power_w" in figures and any(map(is_open, ENERGIES)))
    ):
        raise Doubt
    if by is None and is_open("co2e_operational_kg"):
        _possible(figures, runs)


def _possible(figures: dict[str, Spread], runs: list[Run]) -> None:
    """Doubt CO2e over energy, printed or computed, that no grid has, where no intensity is stated."""
    name = next((name for name in ENERGIES if name in figures and figures[name][0]), "")
    energy = figures[name] if name else complete(runs, "energy_it_kwh")
    stated = any(run.quantity("carbon_intensity_g_per_kwh") is not None for run in runs)
    if energy is None or not energy[0] or stated:
        return
    implied = G_PER_KG * figures["co2e_operational_kg"][0] / energy[0]
    if not 1 <= implied <= MAX_INTENSITY * (1.0 if name == "energy_facility_kwh" else ROOM):
        raise Doubt


def _drawn(block: Block, run: Run) -> None:
    """Hold a printed energy against the hardware where the inputs give none."""
    energy = next((block.figures[name] for name in ENERGIES if name in block.figures), None)
    stated = "energy_it_kwh" in run.outcomes or "energy_facility_kwh" in run.outcomes
    if energy is None or stated:
        return
    hours = run.outcomes.get("device_hours") or block.figures.get("device_hours")
    if hours is not None and hours[0]:
        draws(run, energy[0], hours[0])


def _count(block: Block, run: Run) -> None:
    """Hold a printed number of devices against the components, where they say how many there are."""
    if block.count is None:
        return
    primary = run.primary
    if any(
        part.get("power_scope", "device") != "device" or "count" not in part for part in primary
    ):
        return
    if primary and sum(int(part["count"]) for part in primary) != block.count:
        raise Doubt


def _figure(
    block: Block,
    field: str,
    runs: list[Run],
    rounded: Callable[[], list[Run]],
    at: int | None = None,
) -> None:
    """Doubt a figure that does not follow from the inputs, to its digits or to theirs and to 1 %."""
    options = follows(runs, field, block.boundary)
    if not options:
        return
    value, half = block.figures[field][0], block.half(field)
    if any(agrees(value, half, option) for option in options):
        return
    if not any(abs(value - option[0]) <= TOLERANCE * abs(option[0]) for option in options):
        raise Doubt
    wide = rounded() if at is None else [rounded()[at]]
    if not any(agrees(value, half, one) for one in follows(wide, field, block.boundary)):
        raise Doubt


def agrees(stated: float, half: float, follow: Spread) -> bool:
    """Whether a stated figure rounds to a number of the interval that follows from the inputs."""
    value, lower, upper = follow
    noise = 1e-9 * max(abs(stated), abs(value))
    return bool(lower - half - noise <= stated <= upper + half + noise)


def follows(runs: list[Run], field: str, boundary: str) -> list[Spread]:
    """Return what a figure may be: one interval for each reading that its boundary leaves open.

    The same as :func:`greenalgo.validate.follow.follows`.
    """
    if field in INTENSITIES:
        bare, whole = _without_pue(runs, field), complete(runs, field)
    elif field == "energy_kwh":
        bare, whole = complete(runs, "energy_it_kwh"), complete(runs, "energy_facility_kwh")
    elif field in ("hours", "pue", "average_power_w", "carbon_intensity_g_per_kwh"):
        bare, whole = None, _stated(runs, field)
    elif field == "co2e_total_kg":
        embodied = complete(runs, "co2e_embodied_kg")
        if embodied is None:
            return []
        operational = follows(runs, "co2e_operational_kg", boundary)
        return [added([one, embodied]) for one in operational]
    else:
        whole = complete(runs, field)
        return [] if whole is None else [whole]
    if field in INTENSITIES or field == "energy_kwh":
        if boundary in ("it", "device"):
            whole = None
        elif boundary == "facility":
            bare = None
    return [reading for reading in (whole, bare) if reading is not None]


def complete(runs: list[Run], name: str) -> Spread | None:
    """Return the sum of a quantity over runs, None where one of them lacks it."""
    if len(runs) == 1:
        return runs[0].outcomes.get(name)
    found = [run.outcomes[name] for run in runs if name in run.outcomes]
    return added(found) if found and len(found) == len(runs) else None


def _without_pue(runs: list[Run], field: str) -> Spread | None:
    """Return emissions without PUE, summed over runs; None where one is missing."""
    parts = []
    for run in runs:
        energy, by = run.outcomes.get("energy_it_kwh"), run.intensities.get(field)
        if energy is None or by is None:
            return None
        parts.append((energy[0] * by[0] / 1e3, energy[1] * by[1] / 1e3, energy[2] * by[2] / 1e3))
    return added(parts)


def _stated(runs: list[Run], field: str) -> Spread | None:
    """Return an input that is printed again, where all runs agree on it."""
    found = set()
    for run in runs:
        if field == "average_power_w":
            single = [part for part in run.primary if part.get("power_scope", "device") == "device"]
            if len(single) != 1 or "utilisation" in single[0] or "power_w" not in single[0]:
                return None
            quantity = run.read(single[0]["power_w"])
        else:
            quantity = run.quantity(field)
        if quantity is None:
            return None
        found.add(quantity)
    return found.pop() if len(found) == 1 else None


def _sum(whole: Block, field: str, parts: list[Block]) -> None:
    """Doubt a total that the printed figures of the runs do not add up to."""
    total = sum(block.figures[field][0] for block in parts)
    half = whole.half(field) + sum(block.half(field) for block in parts)
    if abs(total - whole.figures[field][0]) > half:
        raise Doubt


def _precision(whole: Block, field: str, runs: list[Run]) -> None:
    """Doubt a figure of many digits where the interval that follows is wide."""
    printed = whole.printed.get(field)
    if printed is None or printed[0][1] >= 5.0001e-4 * printed[0][0]:
        return
    found = [run.outcomes[field] for run in runs if field in run.outcomes]
    if found:
        value, lower, upper = added(found)
        if upper - lower >= 0.2 * value:
            raise Doubt


def _implied(block: Block, runs: list[Run]) -> None:
    """Hold CO2e over energy against the stated intensity where the runs give no energy of their own."""
    emitted = block.figures.get("co2e_operational_kg")
    energies = [name for name in ENERGIES if name in block.figures]
    if emitted is None or not energies or any("energy_it_kwh" in run.outcomes for run in runs):
        return
    stated = block.figures.get("carbon_intensity_g_per_kwh")
    if stated is None:
        by = [run.intensities.get("co2e_operational_kg") for run in runs]
        if all(one is None for one in by):
            return
        if None in by or len(set(by)) > 1:
            raise Doubt
        stated = by[0]
    if stated is None or not stated[0]:
        return
    for name in energies:
        energy = block.figures[name][0]
        implied = G_PER_KG * emitted[0] / energy if energy else 0.0
        if abs(implied - stated[0]) <= TOLERANCE * stated[0]:
            return
    raise Doubt


def _rate(
    node: Node, block: Block, runs: dict[str, Run], units: list[Node], *, printed: bool
) -> None:
    """Doubt a figure for one functional unit that does not follow within 1 %, or to its digits.

    Where nothing follows, doubt it beside printed totals.
    """
    same = [unit for unit in units if unit["unit"] == node["unit"]]
    same = [unit for unit in same if unit.get("run", "") == node.get("run", "")] or (
        same if len(same) == 1 else []
    )
    if units and node["unit"] not in [unit["unit"] for unit in units]:
        raise Doubt  # it may be one of them, spelled otherwise
    each = declared(node["quantity"]) if "quantity" in node else None
    for field, (value, _, _) in block.figures.items():
        quantity, factor = PER_UNIT[field]
        names: Iterable[str] = _RATES[quantity]
        if quantity == "energy" and block.boundary in ("it", "device"):
            names = ("energy_it_kwh",)
        elif quantity == "energy" and block.boundary == "facility":
            names = ("energy_facility_kwh",)
        found = []
        for unit in same:
            over = declared(unit["quantity"])
            of = [runs[unit["run"]]] if "run" in unit else list(runs.values())
            for name in names:
                if over is None:
                    continue
                if quantity == "co2e":
                    readings = follows(of, name, block.boundary)
                    found += [
                        r[0] / over[0] * (each[0] if each else 1.0) / factor for r in readings
                    ]
                elif any(name in run.outcomes for run in of):
                    whole = added([run.outcomes[name] for run in of if name in run.outcomes])
                    found.append(whole[0] / over[0] * (each[0] if each else 1.0) / factor)
        if same and not found and printed:
            raise Doubt
        if found and all(
            abs(value - one) > max(block.half(field), TOLERANCE * one) for one in found
        ):
            raise Doubt


def _alone(node: Node, block: Block, runs: dict[str, Run]) -> None:
    """Doubt two figures of one quantity, and CO2e beside energy, where the inputs do not judge them."""
    quantities = [PER_UNIT[field][0] for field in block.figures]
    if len(set(quantities)) < len(quantities):
        raise Doubt
    of = [runs[node["run"]]] if "run" in node else list(runs.values())
    computed = any("energy_it_kwh" in run.outcomes for run in of)
    if "co2e" in quantities and "energy" in quantities and not computed:
        raise Doubt


def _market(reported: Reported, runs: list[Run]) -> None:
    """Doubt a market-based figure that stands alone."""
    if any("co2e_operational_kg" in run.outcomes for run in runs):
        return
    for block in (reported.whole, *reported.runs.values()):
        figures = block.figures
        beside = "co2e_market_kg" in figures or "co2e_net_kg" in figures
        if beside and "co2e_operational_kg" not in figures:
            raise Doubt


def _siblings(reported: Reported, runs: list[Run]) -> None:
    """Doubt runs and rates of one kind that are far apart, and runs that hold what others hold."""
    if len(runs) > 1:
        _once(runs)
    if len(runs) > 2:
        _together(
            run.outcomes["energy_it_kwh"][0] / run.outcomes["device_hours"][0]
            for run in runs
            if run.outcomes.get("energy_it_kwh", (0,))[0]
            and run.outcomes.get("device_hours", (0,))[0]
        )
    if len(reported.runs) > 2:
        _together(_intensities(reported.runs.values()))
    if len(reported.per_unit) > 2:
        _together(_unit_intensities(block for _, block in reported.per_unit))


def _once(runs: list[Run]) -> None:
    """Doubt two runs of the same energy, and a run of the energy or hours of all others."""
    for name in ("energy_it_kwh", "energy_facility_kwh"):
        given = [one[0] for run in runs if (one := run.quantity(name)) is not None]
        if len(set(given)) < len(given):
            raise Doubt
    for name in ("energy_it_kwh", "device_hours"):
        values = [run.outcomes[name][0] for run in runs if name in run.outcomes]
        if len(values) > 2 and abs(2 * max(values) - sum(values)) <= 1e-6 * sum(values):
            raise Doubt


def _intensities(blocks: Iterable[Block]) -> Iterable[float]:
    for block in blocks:
        figures = block.figures
        emitted = figures.get("co2e_operational_kg") or figures.get("co2e_market_kg")
        for name in ENERGIES:
            energy = figures.get(name)
            if emitted and energy and energy[0] and emitted[0]:
                yield emitted[0] / energy[0]
                break


def _unit_intensities(blocks: Iterable[Block]) -> Iterable[float]:
    for block in blocks:
        energies = [
            spread[0] * PER_UNIT[field][1]
            for field, spread in block.figures.items()
            if field.startswith("energy")
        ]
        emitted = [
            spread[0] * PER_UNIT[field][1]
            for field, spread in block.figures.items()
            if field.startswith("co2e")
        ]
        if energies and emitted and energies[0] and emitted[0]:
            yield emitted[0] / energies[0]


def _together(rates: Iterable[float]) -> None:
    found = list(rates)
    if len(found) > 2 and max(found) >= _APART * min(found) * (1 - TOLERANCE):
        raise Doubt
