"""The rules on what a paper prints, said as what must hold so that none of them speaks.

The rules themselves, with their words, are in :mod:`greenalgo.validate.rules` (``figures``, ``totals``, ``units``,
``siblings``, ``disclosure``). What is asked here may be stricter than they are, never laxer.
"""

from __future__ import annotations

from greenalgo.glance.bounds import (
    ADDED,
    APART,
    ENERGIES,
    IN_KG,
    MAX_INTENSITY,
    MAX_PUE,
    MIN_INTENSITY,
    PER_UNIT,
    TOLERANCE,
)
from greenalgo.glance.doubt import Doubt
from greenalgo.glance.energy import Run
from greenalgo.glance.follow import agrees, complete, follows, outcomes
from greenalgo.glance.inputs import draws
from greenalgo.glance.spread import absent, added, declared
from greenalgo.units import G_PER_KG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from greenalgo.glance.blocks import Block, Figure, Reported
    from greenalgo.glance.spread import Spread

    Node = dict[str, Any]


def check(reported: Reported, runs: dict[str, Run], units: list[Node]) -> None:
    """Check what is printed against what follows.

    Args:
        reported: What is printed.
        runs: The runs by id, as declared.
        units: The functional units.

    Raises:
        Doubt: A rule may have something to say.
    """
    every = list(runs.values())
    for run_id, block in reported.runs.items():
        own = [runs[run_id]]
        _count(block, own[0])
        _implied(block, own)
        for field, figure in block.figures.items():
            _figure(block, field, figure, own)
            _precision(figure, field, own)
        _among(block, own)
        _drawn(block, own[0])
    whole = reported.whole
    if len(every) == 1:
        _count(whole, every[0])
        if not reported.runs:
            _drawn(whole, every[0])
    _implied(whole, every)
    _among(whole, every)
    for field, figure in whole.figures.items():
        if len(every) == 1 or not _summed(field, figure, reported, every):
            _figure(whole, field, figure, every)
        _precision(figure, field, every)
    for node, block in reported.per_unit:
        _rate(node, block, runs, units, printed=bool(whole.figures or reported.runs))
        _alone(node, block, runs)
    _market(reported, every)
    _siblings(reported, every)


def _among(block: Block, runs: list[Run]) -> None:
    """Doubt figures of one block that may contradict each other where the inputs give nothing."""
    figures = block.figures
    if not figures:
        return
    pue, by = figures.get("pue"), figures.get("carbon_intensity_g_per_kwh")
    if pue is not None and not 1 <= pue.value <= MAX_PUE:
        raise Doubt
    if by is not None and (by.value > MAX_INTENSITY or 0 < by.value < IN_KG):
        raise Doubt
    if by is None and _is_open("co2e_operational_kg", block, runs):
        _possible(figures, runs)
    if len(figures) == 1 and not block.count:
        return
    hours = "device_hours" in figures
    if (
        ("co2e_embodied_kg" in figures and _is_open("co2e_total_kg", block, runs))
        or (
            "water_onsite_l" in figures
            and "water_offsite_l" in figures
            and _is_open("water_l", block, runs)
        )
        or ("energy_it_kwh" in figures and _is_open("energy_facility_kwh", block, runs))
        or ("hours" in figures and block.count and _is_open("device_hours", block, runs))
    ):
        raise Doubt
    if hours and "average_power_w" in figures:
        for name in ENERGIES:
            if _is_open(name, block, runs):
                raise Doubt


def _is_open(field: str, block: Block, runs: list[Run]) -> bool:
    """Say whether a figure is printed that does not follow from the inputs."""
    if field not in block.figures:
        return False
    whole, bare = follows(runs, field, block.boundary)
    return whole[0] < 0 and bare[0] < 0


def _possible(figures: dict[str, Figure], runs: list[Run]) -> None:
    """Doubt CO2e over energy, printed or computed, that no grid has, where no intensity is stated."""
    energy, room = complete(runs, "energy_it_kwh")[0], MAX_PUE
    for name in ENERGIES:
        if name in figures and figures[name].value:
            energy = figures[name].value
            room = 1.0 if name == "energy_facility_kwh" else MAX_PUE
            break
    if energy <= 0 or any(run.by_place[0] >= 0 for run in runs):
        return
    implied = G_PER_KG * figures["co2e_operational_kg"].value / energy
    if not MIN_INTENSITY <= implied <= MAX_INTENSITY * room:
        raise Doubt


def _drawn(block: Block, run: Run) -> None:
    """Hold a printed energy against the hardware where the inputs give none."""
    if run.energy_it[0] >= 0 or run.energy_facility[0] >= 0:
        return
    for name in ENERGIES:
        energy = block.figures.get(name)
        if energy is not None:
            hours, printed = run.device_hours[0], block.figures.get("device_hours")
            if hours < 0 and printed is not None:
                hours = printed.value
            if hours > 0:
                draws(run, energy.value, hours)
            return


def _count(block: Block, run: Run) -> None:
    """Hold a printed number of devices against the components, where they say how many there are."""
    if not block.count:
        return
    for part in run.primary:
        if part.scope != "device" or not part.count:
            return
    if run.primary and run.devices != block.count:
        raise Doubt


def _figure(block: Block, field: str, figure: Figure, runs: list[Run]) -> None:
    """Doubt a figure that does not follow from the inputs, to its digits or to theirs and to 1 %."""
    whole, bare = follows(runs, field, block.boundary)
    if whole[0] < 0 and bare[0] < 0:
        return
    value, half = figure.value, figure.half
    if agrees(value, half, whole) or agrees(value, half, bare):
        return
    if not (_is_close(value, whole) or _is_close(value, bare)):
        raise Doubt
    wide = [Run(run.node, run.known, run.factor_year, wide=True) for run in runs]
    whole, bare = follows(wide, field, block.boundary)
    if not (agrees(value, half, whole) or agrees(value, half, bare)):
        raise Doubt


def _is_close(value: float, follow: Spread) -> bool:
    return follow[0] >= 0 and abs(value - follow[0]) <= TOLERANCE * follow[0]


def _summed(field: str, figure: Figure, reported: Reported, runs: list[Run]) -> bool:
    """Say whether a total is one that the runs print parts of.

    Raises:
        Doubt: They do not add up to it, or some of them print none.
    """
    if not field.startswith(ADDED):
        return False
    parts = [block.figures[field] for block in reported.runs.values() if field in block.figures]
    if not parts:
        return False
    total = sum([part.value for part in parts])
    half = figure.half + sum([part.half for part in parts])
    if len(parts) < len(runs) or abs(total - figure.value) > half:
        raise Doubt
    return True


def _precision(figure: Figure, field: str, runs: list[Run]) -> None:
    """Doubt a figure of many digits where the interval that follows is wide."""
    value, half = figure.text
    if not half or half >= 5.0001e-4 * value:
        return
    follow = runs[0].outcome(field) if len(runs) == 1 else added(outcomes(runs, field))
    if follow[0] >= 0 and follow[2] - follow[1] >= 0.2 * follow[0]:
        raise Doubt


def _implied(block: Block, runs: list[Run]) -> None:
    """Hold CO2e over energy against the stated intensity where the runs give no energy of their own."""
    emitted = block.figures.get("co2e_operational_kg")
    if emitted is None:
        return
    for run in runs:
        if run.energy_it[0] >= 0:
            return
    energies = [block.figures[name].value for name in ENERGIES if name in block.figures]
    if not energies:
        return
    by = block.figures.get("carbon_intensity_g_per_kwh")
    stated = by.value if by is not None else _common_intensity(runs)
    if stated <= 0:
        return
    for energy in energies:
        implied = G_PER_KG * emitted.value / energy if energy else 0.0
        if abs(implied - stated) <= TOLERANCE * stated:
            return
    raise Doubt


def _common_intensity(runs: list[Run]) -> float:
    """Return the carbon intensity that all runs have; less than 0 where none has one.

    Raises:
        Doubt: They differ.
    """
    common = runs[0].by_operational
    for run in runs:
        if (run.by_operational[0] >= 0 or common[0] >= 0) and run.by_operational != common:
            raise Doubt
    return common[0]


def _rate(
    node: Node, block: Block, runs: dict[str, Run], units: list[Node], *, printed: bool
) -> None:
    """Doubt a figure for one functional unit that does not follow within 1 %, or to its digits.

    Where nothing follows, doubt it beside printed totals.
    """
    same = [unit for unit in units if unit["unit"] == node["unit"]]
    if units and not same:
        raise Doubt  # it may be one of them, spelled otherwise
    if len(same) != 1:
        same = [unit for unit in same if unit.get("run", "") == node.get("run", "")]
    each = declared(node["quantity"])[0] if "quantity" in node else 1.0
    if each < 0:
        each = 1.0
    for field, figure in block.figures.items():
        found: list[float] = []
        for unit in same:
            over = declared(unit["quantity"])[0]
            if over >= 0:
                of = [runs[unit["run"]]] if "run" in unit else list(runs.values())
                quantity, factor = PER_UNIT[field]
                wholes = _wholes(quantity, block.boundary, of)
                found += [whole[0] / over * each / factor for whole in wholes]
        if same and not found and printed:
            raise Doubt
        far = [one for one in found if abs(figure.value - one) > max(figure.half, TOLERANCE * one)]
        if found and len(far) == len(found):
            raise Doubt


def _wholes(quantity: str, boundary: str, runs: list[Run]) -> list[Spread]:
    """Return what a rate may be computed of."""
    if quantity == "co2e":
        whole, bare = follows(runs, "co2e_operational_kg", boundary)
    elif quantity == "water":
        whole, bare = added(outcomes(runs, "water_l")), absent()
    else:
        whole = bare = absent()
        if boundary != "it" and boundary != "device":
            whole = added(outcomes(runs, "energy_facility_kwh"))
        if boundary != "facility":
            bare = added(outcomes(runs, "energy_it_kwh"))
    return [one for one in (whole, bare) if one[0] >= 0]


def _alone(node: Node, block: Block, runs: dict[str, Run]) -> None:
    """Doubt two figures of one quantity, and CO2e beside energy, where the inputs do not judge them."""
    quantities = [PER_UNIT[field][0] for field in block.figures]
    if len(set(quantities)) < len(quantities):
        raise Doubt
    if "co2e" in quantities and "energy" in quantities:
        of = [runs[node["run"]]] if "run" in node else list(runs.values())
        if not any(run.energy_it[0] >= 0 for run in of):
            raise Doubt


def _market(reported: Reported, runs: list[Run]) -> None:
    """Doubt a market-based figure that stands alone."""
    for run in runs:
        if run.operational[0] >= 0:
            return
    _market_of(reported.whole)
    for block in reported.runs.values():
        _market_of(block)


def _market_of(block: Block) -> None:
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
            [
                run.energy_it[0] / run.device_hours[0]
                for run in runs
                if run.energy_it[0] > 0 and run.device_hours[0] > 0
            ]
        )
    if len(reported.runs) > 2:
        _together(_intensities(reported.runs.values()))
    if len(reported.per_unit) > 2:
        _together(_unit_intensities([block for _, block in reported.per_unit]))


def _once(runs: list[Run]) -> None:
    """Doubt two runs of the same energy, and a run of the energy or hours of all others."""
    _differ([run.it[0] for run in runs if run.it[0] >= 0])
    _differ([run.facility[0] for run in runs if run.facility[0] >= 0])
    if len(runs) > 2:
        _none_is_all([run.energy_it[0] for run in runs if run.energy_it[0] >= 0])
        _none_is_all([run.device_hours[0] for run in runs if run.device_hours[0] >= 0])


def _differ(given: list[float]) -> None:
    if len(given) > 1 and len(set(given)) < len(given):
        raise Doubt


def _none_is_all(values: list[float]) -> None:
    """Doubt a number that all others add up to."""
    if len(values) > 2 and abs(2 * max(values) - sum(values)) <= 1e-6 * sum(values):
        raise Doubt


def _intensities(blocks: Iterable[Block]) -> list[float]:
    found = []
    for block in blocks:
        figures = block.figures
        emitted = figures.get("co2e_operational_kg") or figures.get("co2e_market_kg")
        for name in ENERGIES:
            energy = figures.get(name)
            if emitted is not None and energy is not None and energy.value and emitted.value:
                found.append(emitted.value / energy.value)
                break
    return found


def _unit_intensities(blocks: Iterable[Block]) -> list[float]:
    found = []
    for block in blocks:
        energies, emitted = _in_units(block, "energy"), _in_units(block, "co2e")
        if energies and emitted and energies[0] and emitted[0]:
            found.append(emitted[0] / energies[0])
    return found


def _in_units(block: Block, quantity: str) -> list[float]:
    return [
        figure.value * PER_UNIT[field][1]
        for field, figure in block.figures.items()
        if PER_UNIT[field][0] == quantity
    ]


def _together(rates: list[float]) -> None:
    if len(rates) > 2 and max(rates) >= APART * min(rates) * (1 - TOLERANCE):
        raise Doubt
