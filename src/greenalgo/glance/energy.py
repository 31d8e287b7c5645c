"""The arithmetic of one run on plain numbers: value, lower, upper, and nothing else.

The formulas and their order are those of :mod:`greenalgo.footprint`, which gives sources and traces and takes
every way; here the usual ways only, the others are a doubt. The results are equal to the last bit (tested).
"""

from __future__ import annotations

from math import inf

from greenalgo.glance.doubt import Doubt
from greenalgo.glance.known import NARROWER
from greenalgo.glance.printed import half_unit_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from greenalgo.glance.known import Known, Spread

    Node = dict[str, Any]
    Read = Callable[[Any], Spread | None]

_ACCELERATORS = ("gpu", "accelerator")
_PROCESSORS = ("gpu", "cpu", "accelerator")
#: Kinds that are one where no count is given.
_SINGLE = ("memory", "storage", "network", "other")
#: Kinds whose hours are device-hours.
_DEVICES = ("gpu", "accelerator", "cpu", "node")
#: The fields of emissions, and the fields of the intensities that give them.
INTENSITIES = {
    "co2e_operational_kg": "carbon_intensity_g_per_kwh",
    "co2e_market_kg": "carbon_intensity_market_g_per_kwh",
    "co2e_net_kg": "carbon_intensity_net_g_per_kwh",
}


class _NotAssessedError(Exception):
    """The author says that an input was not assessed."""


def declared(node: Any) -> Spread | None:
    """Return a declared quantity with its interval; None where it is explicitly absent."""
    if type(node) is not dict:
        return node, node, node
    value: Any = node.get("value")
    if value is None or node.get("status") == "not_assessed":
        return None
    return value, node.get("lower", value), node.get("upper", value)


def rounded(node: Any) -> Spread | None:
    """Return a declared quantity, widened by half a unit of its last digit (a stated zero is exact)."""
    found = declared(node)
    if found is None:
        return None
    value, lower, upper = found
    half = half_unit_of(value) if value else 0.0
    return value, min(lower, max(value - half, 0.0)), max(upper, value + half)


class Run:
    """A run and what follows from its inputs.

    Args:
        node: The run as the document has it.
        read: :func:`declared` or :func:`rounded`.
        known: The factor set.
        factor_year: The year for looking factors up; 0 for none.

    Attributes:
        node: As given.
        hardware: Its components.
        primary: The components that its device-hours are hours of.
        outcomes: What follows, by the field of the results.
        intensities: The carbon intensity behind each field of emissions, or that would be behind it.
        power_put: A power was looked up.
        intensity_put: The carbon intensity was looked up.

    Raises:
        Doubt: Something is missing, or unusual.
    """

    __slots__ = (
        "factor_year", "hardware", "intensities", "intensity_put", "known", "node", "outcomes", "power_put",
        "primary", "read",
    )  # fmt: skip

    def __init__(self, node: Node, read: Read, known: Known, factor_year: int) -> None:
        self.node = node
        self.read = read
        self.known = known
        self.factor_year = factor_year
        self.hardware: list[Node] = node.get("hardware", [])
        self.primary = _primary(self.hardware)
        self.power_put = self.intensity_put = False
        self.outcomes: dict[str, Spread] = {}
        self.intensities: dict[str, Spread] = {}
        self._energy()
        self._emissions()
        if "water" in node:
            self._water(node["water"])
        if type(node.get("embodied")) is list:
            parts = [self._embodied(item) for item in node["embodied"]]
            self.outcomes["co2e_embodied_kg"] = self._scaled(added(parts))
        hours = self._device_hours()
        if hours is not None:
            self.outcomes["device_hours"] = self._scaled(hours)
        for value, lower, upper in self.outcomes.values():
            if not value + lower + upper < inf:
                raise Doubt

    def quantity(self, name: str) -> Spread | None:
        """Return an input of the run; None where it is not declared, or explicitly absent."""
        node = self.node.get(name)
        return None if node is None else self.read(node)

    def _scaled(self, spread: Spread) -> Spread:
        node = self.node
        if "repetitions" in node and node["repetitions"] != 1:
            times = int(node["repetitions"])
            spread = spread[0] * times, spread[1] * times, spread[2] * times
        if "multiplier" in node and (by := self.read(node["multiplier"])) is not None:
            spread = spread[0] * by[0], spread[1] * by[1], spread[2] * by[2]
        return spread

    def _energy(self) -> None:
        """Find IT energy and facility energy."""
        node, outcomes = self.node, self.outcomes
        it, whole, pue = (
            self.quantity("energy_it_kwh"),
            self.quantity("energy_facility_kwh"),
            self.quantity("pue"),
        )
        if it is None and whole is not None:
            outcomes["energy_facility_kwh"] = self._scaled(whole)
            if pue is not None:
                it = whole[0] / pue[0], whole[1] / pue[2], whole[2] / pue[1]
                outcomes["energy_it_kwh"] = self._scaled(it)
            elif "pue" not in node:
                raise Doubt
            return
        if it is not None:
            it = self._scaled(it)
        elif self.hardware:
            it = self._components()
        if it is None:
            return
        outcomes["energy_it_kwh"] = it
        if pue is not None:
            outcomes["energy_facility_kwh"] = it[0] * pue[0], it[1] * pue[1], it[2] * pue[2]
        elif "pue" not in node:
            raise Doubt

    def _emissions(self) -> None:
        """Find operational emissions by every carbon intensity that is declared, or looked up."""
        node, energy = self.node, self.outcomes.get("energy_facility_kwh")
        for field, name in INTENSITIES.items():
            if name in node:
                by = self.read(node[name])
            elif field == "co2e_operational_kg" and energy is not None:
                by = self._looked_up()
            else:
                continue
            if by is None:
                continue
            self.intensities[field] = by
            if energy is not None:
                self.outcomes[field] = (
                    energy[0] * by[0] / 1e3,
                    energy[1] * by[1] / 1e3,
                    energy[2] * by[2] / 1e3,
                )

    def _looked_up(self) -> Spread:
        place = self.node.get("location", {})
        if "country" not in place and not any(name in place for name in NARROWER):
            raise Doubt
        found = self.known.intensity(place, self.factor_year)
        if found is None:
            raise Doubt
        self.intensity_put = True
        return found[0]

    def _water(self, node: Node) -> None:
        if node.get("status") == "not_assessed":
            return
        for name, rate, energy in (
            ("onsite_l", "wue_l_per_kwh", "energy_it_kwh"),
            ("offsite_l", "ewif_l_per_kwh", "energy_facility_kwh"),
        ):
            if name in node and (given := self.read(node[name])) is not None:
                self.outcomes[f"water_{name}"] = self._scaled(given)
            elif name not in node and rate in node and energy in self.outcomes:
                by = self.read(node[rate])
                if by is not None:
                    kwh = self.outcomes[energy]
                    self.outcomes[f"water_{name}"] = (
                        kwh[0] * by[0],
                        kwh[1] * by[1],
                        kwh[2] * by[2],
                    )
        onsite, offsite = self.outcomes.get("water_onsite_l"), self.outcomes.get("water_offsite_l")
        if onsite is not None and offsite is not None:
            self.outcomes["water_l"] = (
                onsite[0] + offsite[0],
                onsite[1] + offsite[1],
                onsite[2] + offsite[2],
            )

    def _embodied(self, item: Node) -> Spread:
        """Return the share of an item's emissions that is the run's."""
        emitted = self.read(item["co2e_kg"])
        if emitted is None:
            raise Doubt
        if "time_share" in item:
            time = self.read(item["time_share"])
        elif "lifetime_hours" in item and (life := self.read(item["lifetime_hours"])) is not None:
            hours = self._reserved_hours(item)
            time = hours[0] / life[0], hours[1] / life[2], hours[2] / life[1]
        else:
            time = None
        share = self.read(item["resource_share"]) if "resource_share" in item else (1.0, 1.0, 1.0)
        if time is None or share is None:
            raise Doubt
        count = int(item.get("count", 1))
        return (
            emitted[0] * count * time[0] * share[0],
            emitted[1] * count * time[1] * share[1],
            emitted[2] * count * time[2] * share[2],
        )

    def _reserved_hours(self, item: Node) -> Spread:
        """Return the hours for which an item was reserved: its own, else the run's wall clock."""
        hours = self.read(item["hours"]) if "hours" in item else None
        if hours is None and not self.hardware:
            hours = self.quantity("hours")
        if hours is not None:
            return hours
        if not self.hardware:
            raise Doubt
        try:
            return self._wall_hours(self.primary[0])
        except _NotAssessedError:
            raise Doubt from None

    def _components(self) -> Spread | None:
        """Add up the components; None where all of them are explicitly absent."""
        found = []
        for part in self.hardware:
            try:
                found.append(self._scaled(self._component(part)))
            except _NotAssessedError:
                continue
        return added(found) if found else None

    def _component(self, part: Node) -> Spread:
        if "energy_it_kwh" in part:
            own = self.read(part["energy_it_kwh"])
            if own is None:
                raise Doubt
            return own
        kind, scope = part["kind"], part.get("power_scope", "device")
        share = self.read(part["share"]) if "share" in part else None
        if "power_w" not in part and kind == "memory":
            return self._memory(part, share)
        used = self.read(part["utilisation"]) if "utilisation" in part else None
        if "power_w" in part:
            power = self.read(part["power_w"])
            if power is None:
                raise Doubt
        else:
            power = self._power(part, scope)
            if used is None:
                raise Doubt
        hours = self._unit_hours(part, scope)
        value, lower, upper = hours[0] * power[0], hours[1] * power[1], hours[2] * power[2]
        if used is not None:
            value, lower, upper = value * used[0], lower * used[1], upper * used[2]
        if share is not None:
            value, lower, upper = value * share[0], lower * share[1], upper * share[2]
        value, lower, upper = value / 1e3, lower / 1e3, upper / 1e3
        if kind == "cpu" and "memory_gb" in part and scope in ("device", "core"):
            more = self._memory(part, share)
            value, lower, upper = value + more[0], lower + more[1], upper + more[2]
        return value, lower, upper

    def _memory(self, part: Node, share: Spread | None) -> Spread:
        size = self.read(part["memory_gb"]) if "memory_gb" in part else None
        if size is None:
            raise Doubt
        power, hours = self.known.memory_power(), self._wall_hours(part)
        value = size[0] * power[0] * hours[0]
        lower = size[1] * power[1] * hours[1]
        upper = size[2] * power[2] * hours[2]
        if share is not None:
            value, lower, upper = value * share[0], lower * share[1], upper * share[2]
        return value / 1e3, lower / 1e3, upper / 1e3

    def _power(self, part: Node, scope: str) -> Spread:
        """Look the power of a component up."""
        if part["kind"] not in _PROCESSORS or scope not in ("device", "core"):
            raise Doubt
        device = self.known.device(part["kind"], part.get("model", ""))
        if device is None:
            raise Doubt
        self.power_put = True
        power = device.power
        if scope == "core" and part["kind"] == "cpu":
            if not device.cores:
                raise Doubt
            each = 1 / device.cores
            power = power[0] * each, power[1] * each, power[2] * each
        return power

    def _unit_hours(self, part: Node, scope: str) -> Spread:
        """Return the hours summed over the units of a component that each draw its power."""
        if scope == "job":
            return self._wall_hours(part)
        if scope == "node" and part["kind"] != "node":
            raise Doubt
        total = None
        if "device_hours" in part:
            total = self.read(part["device_hours"])
        alone = len(self.primary) == 1 and self.primary[0] is part
        if total is None and alone and "hours" not in part:
            total = self._run_device_hours()
        if total is not None:
            return total
        count = part.get("count")
        if count is None:
            if part["kind"] not in _SINGLE:
                raise Doubt
            count = 1
        wall, count = self._wall_hours(part), int(count)
        return count * wall[0], count * wall[1], count * wall[2]

    def _wall_hours(self, part: Node) -> Spread:
        """Return the wall-clock hours of a component."""
        hours = self.read(part["hours"]) if "hours" in part else None
        if hours is None:
            hours = self.quantity("hours")
        if hours is not None:
            return hours
        if "device_hours" in part and "count" in part:
            own = self.read(part["device_hours"])
            if own is not None:
                return _shared(own, int(part["count"]))
        total = self._run_device_hours()
        devices = sum(int(one.get("count", 0)) for one in self.primary)
        if total is not None and devices:
            return _shared(total, devices)
        if len(self.primary) == 1 and self.primary[0] is not part:
            return self._wall_hours(self.primary[0])
        stated = (
            part.get("hours"), part.get("device_hours"), self.node.get("hours"), self.node.get("device_hours")
        )  # fmt: skip
        if any(one is not None and self.read(one) is None for one in stated):
            raise _NotAssessedError
        raise Doubt

    def _run_device_hours(self) -> Spread | None:
        hours = self.quantity("device_hours")
        if hours is None and self.hardware and "flops" in self.node.get("work", ()):
            self._refuse_flops()
        return hours

    def _refuse_flops(self) -> None:
        """Doubt a run whose hours follow from its FLOP, because it declares none."""
        given = [self.node.get("hours"), self.node.get("device_hours")]
        given += [
            part[name]
            for part in self.hardware
            for name in ("hours", "device_hours")
            if name in part
        ]
        if all(one is None or self.read(one) is None for one in given):
            raise Doubt

    def _device_hours(self) -> Spread | None:
        """Return the device-hours of the run, None where it has none or does not say."""
        total = self._run_device_hours()
        if total is not None:
            return total
        found = []
        for part in self.primary:
            one = self.read(part["device_hours"]) if "device_hours" in part else None
            if one is None and part["kind"] in _DEVICES:
                try:
                    wall = self._wall_hours(part)
                except (Doubt, _NotAssessedError):
                    return None  # the energy says so if it matters
                if "count" not in part:
                    return None
                count = int(part["count"])
                one = count * wall[0], count * wall[1], count * wall[2]
            if one is not None:
                found.append(one)
        return added(found) if found else None


def added(parts: list[Spread]) -> Spread:
    """Return the sum of intervals, at least one."""
    if len(parts) == 1:
        return parts[0]
    value, lower, upper = zip(*parts, strict=True)
    return sum(value), sum(lower), sum(upper)


def _shared(hours: Spread, devices: int) -> Spread:
    return hours[0] / devices, hours[1] / devices, hours[2] / devices


def _primary(hardware: list[Node]) -> list[Node]:
    """Return the accelerators; without any the CPUs; without any the nodes; without any, all."""
    for kinds in (_ACCELERATORS, ("cpu",), ("node",)):
        found = [part for part in hardware if part["kind"] in kinds]
        if found:
            return found
    return hardware
