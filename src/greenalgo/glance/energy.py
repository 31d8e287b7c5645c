"""The arithmetic of one run on plain numbers: value, lower, upper, and nothing else.

The formulas and their order are those of :mod:`greenalgo.footprint`, which gives sources and traces and takes
every way; here the usual ways only, the others are a doubt. The results are equal to the last bit (tested).
"""

from __future__ import annotations

from math import inf

from greenalgo.glance import plain
from greenalgo.glance.doubt import Doubt
from greenalgo.glance.known import is_placed
from greenalgo.glance.part import Part
from greenalgo.glance.spread import (
    ABSENT,
    NOT_ASSESSED,
    absent,
    added,
    divided,
    multiple,
    not_assessed,
    over,
    read,
    times,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from greenalgo.glance.known import Known
    from greenalgo.glance.spread import Spread

    Node = dict[str, Any]

#: Blocks of a run whose quantities are not all read here.
_BLOCKS: Final = ("work", "water", "embodied", "measurement")


class Run:
    """A run and what follows from its inputs.

    Args:
        node: The run as the document has it.
        known: The factor set.
        factor_year: The year for looking factors up; 0 for none.
        wide: Its inputs are taken as far as their digits go.

    Attributes:
        node: As given.
        hardware: Its components.
        primary: The components that its device-hours are hours of.
        devices: How many those are; 0 where they do not say.
        place: Its location.
        hours: Inputs, as read: the others are ``total_hours``, ``it``, ``facility``, ``pue``, ``multiplier``
            and the intensities ``by_place``, ``by_market`` and ``by_net``.
        by_operational: The location-based intensity, declared or looked up.
        energy_it: What follows, as :meth:`outcome` gives it by the field of the results.
        largest: The sum of the upper ends of what follows, or less.
        power_put: A power was looked up.
        intensity_put: The carbon intensity was looked up.

    Raises:
        Doubt: Something is missing, or unusual.
    """

    __slots__ = (
        "by_market", "by_net", "by_operational", "by_place", "device_hours", "devices", "embodied", "energy_facility",
        "energy_it", "facility", "factor_year", "hardware", "hours", "intensity_put", "it", "known", "largest",
        "market", "multiplier", "net", "node", "offsite", "onsite", "operational", "place", "power_put", "primary",
        "pue", "repetitions", "total_hours", "water", "wide",
    )  # fmt: skip

    def __init__(self, node: Node, known: Known, factor_year: int, *, wide: bool = False) -> None:
        self.node = node
        self.wide = wide
        self.known = known
        self.factor_year = factor_year
        self.hours = read(node.get("hours"), wide=wide)
        self.total_hours = read(node.get("device_hours"), wide=wide)
        self.it = read(node.get("energy_it_kwh"), wide=wide)
        self.facility = read(node.get("energy_facility_kwh"), wide=wide)
        self.pue = read(node.get("pue"), wide=wide)
        self.multiplier = read(node.get("multiplier"), wide=wide)
        self.by_place = read(node.get("carbon_intensity_g_per_kwh"), wide=wide)
        self.by_market = read(node.get("carbon_intensity_market_g_per_kwh"), wide=wide)
        self.by_net = read(node.get("carbon_intensity_net_g_per_kwh"), wide=wide)
        self.by_operational = self.by_place
        self.energy_it = self.energy_facility = absent()
        self.operational = self.market = self.net = self.embodied = absent()
        self.onsite = self.offsite = self.water = self.device_hours = absent()
        self.repetitions = int(node.get("repetitions", 1))
        self.power_put = self.intensity_put = False
        self.place: dict[str, str] = node.get("location", {})
        self.hardware = [Part(part, wide=wide) for part in node.get("hardware", ())]
        rank = 3
        for part in self.hardware:
            if part.scope == "node" and part.kind != "node":
                raise Doubt
            rank = min(rank, part.rank)
        self.primary = [part for part in self.hardware if part.rank == rank]
        self.devices = sum(part.count for part in self.primary)
        for name in _BLOCKS:
            if name in node:
                plain.intervals(node[name])
        self._energy()
        self._emissions()
        if "water" in node:
            self._water(node["water"])
        embodied = node.get("embodied")
        if isinstance(embodied, list):
            self.embodied = self._scaled(added([self._share(item) for item in embodied]))
        hours = self._device_hours()
        if hours[0] >= 0:
            self.device_hours = self._scaled(hours)
        self.largest = (
            self.energy_it[2] + self.energy_facility[2] + self.operational[2] + self.market[2] + self.net[2]
            + self.embodied[2] + self.onsite[2] + self.offsite[2] + self.water[2] + self.device_hours[2]
        )  # fmt: skip
        # The lower ends and the values are no larger.
        if not 3 * self.largest < inf:
            raise Doubt

    def outcome(self, name: str) -> Spread:
        """Return what follows from the inputs, by the field of the results."""
        if name == "energy_it_kwh":
            return self.energy_it
        if name == "energy_facility_kwh":
            return self.energy_facility
        if name == "co2e_operational_kg":
            return self.operational
        if name == "device_hours":
            return self.device_hours
        if name == "co2e_market_kg":
            return self.market
        if name == "co2e_net_kg":
            return self.net
        if name == "co2e_embodied_kg":
            return self.embodied
        return self._of_water(name)

    def _of_water(self, name: str) -> Spread:
        if name == "water_onsite_l":
            return self.onsite
        if name == "water_offsite_l":
            return self.offsite
        return self.water if name == "water_l" else absent()

    def read(self, node: Any) -> Spread:
        """Return a quantity of the run, or of a part of it."""
        return read(node, wide=self.wide)

    def _scaled(self, spread: Spread) -> Spread:
        if self.repetitions != 1:
            spread = multiple(self.repetitions, spread)
        return times(spread, self.multiplier) if self.multiplier[0] >= 0 else spread

    def _energy(self) -> None:
        """Find IT energy and facility energy."""
        it, pue = self.it, self.pue
        if self.facility[0] >= 0:
            self.energy_facility = self._scaled(self.facility)
            if it[0] >= 0:
                self.energy_it = self._scaled(it)
            elif pue[0] >= 0:
                self.energy_it = self._scaled(over(self.facility, pue))
            elif pue[0] == ABSENT:
                raise Doubt
            return
        it = self._scaled(it) if it[0] >= 0 else self._components()
        if it[0] < 0:
            return
        self.energy_it = it
        if pue[0] >= 0:
            self.energy_facility = times(it, pue)
        elif pue[0] == ABSENT:
            raise Doubt

    def _emissions(self) -> None:
        """Find operational emissions by every carbon intensity that is declared, or looked up."""
        if self.by_place[0] == ABSENT and self.energy_facility[0] >= 0:
            self.by_operational = self._looked_up()
        self.operational = self._emitted(self.by_operational)
        self.market = self._emitted(self.by_market)
        self.net = self._emitted(self.by_net)

    def _emitted(self, by: Spread) -> Spread:
        energy = self.energy_facility
        return divided(times(energy, by), 1e3) if energy[0] >= 0 and by[0] >= 0 else absent()

    def _looked_up(self) -> Spread:
        if not is_placed(self.place):
            raise Doubt
        found = self.known.intensity(self.place, self.factor_year)
        if found is None:
            raise Doubt
        self.intensity_put = True
        return found[0]

    def _water(self, node: Node) -> None:
        if node.get("status") == "not_assessed":
            return
        self.onsite = self._used(node, "onsite_l", "wue_l_per_kwh", self.energy_it)
        self.offsite = self._used(node, "offsite_l", "ewif_l_per_kwh", self.energy_facility)
        if self.onsite[0] >= 0 and self.offsite[0] >= 0:
            self.water = added([self.onsite, self.offsite])

    def _used(self, node: Node, name: str, rate: str, energy: Spread) -> Spread:
        """Return water as it is declared, else by its rate."""
        if name in node:
            given = self.read(node[name])
            return self._scaled(given) if given[0] >= 0 else absent()
        by = self.read(node.get(rate))
        return times(energy, by) if energy[0] >= 0 and by[0] >= 0 else absent()

    def _share(self, item: Node) -> Spread:
        """Return the share of an item's emissions that is the run's."""
        emitted = self.read(item["co2e_kg"])
        time = self.read(item.get("time_share"))
        if time[0] == ABSENT:
            life = self.read(item.get("lifetime_hours"))
            if life[0] >= 0:
                time = over(self._reserved_hours(item), life)
        share = self.read(item["resource_share"]) if "resource_share" in item else (1.0, 1.0, 1.0)
        if emitted[0] < 0 or time[0] < 0 or share[0] < 0:
            raise Doubt
        return times(times(multiple(int(item.get("count", 1)), emitted), time), share)

    def _reserved_hours(self, item: Node) -> Spread:
        """Return the hours for which an item was reserved: its own, else the run's wall clock."""
        hours = self.read(item.get("hours"))
        if hours[0] < 0:
            hours = self.hours
        if hours[0] < 0 and self.hardware:
            hours = self._wall_hours(self.primary[0])
        if hours[0] < 0:
            raise Doubt
        return hours

    def _components(self) -> Spread:
        """Add up the components; absent where all of them are explicitly so."""
        found = []
        for part in self.hardware:
            energy = self._component(part)
            if energy[0] >= 0:
                found.append(self._scaled(energy))
        return added(found)

    def _component(self, part: Part) -> Spread:
        """Return the energy of a component; not assessed where its hours are not."""
        if part.energy[0] != ABSENT:
            if part.energy[0] < 0:
                raise Doubt
            return part.energy
        if part.power[0] == ABSENT and part.kind == "memory":
            return self._memory(part)
        power = part.power
        if power[0] == ABSENT:
            power = self._power(part)
            if part.utilisation[0] < 0:
                raise Doubt
        hours = self._unit_hours(part)
        if power[0] < 0:
            raise Doubt
        if hours[0] < 0:
            return not_assessed()
        energy = times(hours, power)
        if part.utilisation[0] >= 0:
            energy = times(energy, part.utilisation)
        if part.share[0] >= 0:
            energy = times(energy, part.share)
        energy = divided(energy, 1e3)
        if part.kind == "cpu" and part.memory[0] != ABSENT and part.is_unit:
            more = self._memory(part)
            if more[0] < 0:
                return not_assessed()
            energy = energy[0] + more[0], energy[1] + more[1], energy[2] + more[2]
        return energy

    def _memory(self, part: Part) -> Spread:
        if part.memory[0] < 0:
            raise Doubt
        hours = self._stated_hours(part)
        if hours[0] < 0:
            return not_assessed()
        energy = times(times(part.memory, self.known.memory_power()), hours)
        if part.share[0] >= 0:
            energy = times(energy, part.share)
        return divided(energy, 1e3)

    def _power(self, part: Part) -> Spread:
        """Look the power of a component up."""
        if not part.is_processor or not part.is_unit:
            raise Doubt
        device = self.known.device(part.kind, part.model)
        if device is None:
            raise Doubt
        self.power_put = True
        if part.scope == "core" and part.kind == "cpu":
            if not device.cores:
                raise Doubt
            return multiple(1 / device.cores, device.power)
        return device.power

    def _unit_hours(self, part: Part) -> Spread:
        """Return the hours summed over the units of a component that each draw its power."""
        if part.scope == "job":
            return self._stated_hours(part)
        total = part.device_hours
        alone = len(self.primary) == 1 and self.primary[0] is part
        if total[0] < 0 and alone and part.hours[0] == ABSENT:
            total = self._run_device_hours()
        if total[0] >= 0:
            return total
        # Kinds that are one where no count is given, and those that are not.
        if not part.count and part.rank < 3:
            raise Doubt
        wall = self._stated_hours(part)
        return multiple(part.count or 1, wall) if wall[0] >= 0 else wall

    def _stated_hours(self, part: Part) -> Spread:
        """Return the wall-clock hours of a component; not assessed where the author says so."""
        hours = self._wall_hours(part)
        if hours[0] == ABSENT:
            raise Doubt
        return hours

    def _wall_hours(self, part: Part) -> Spread:
        """Return the wall-clock hours of a component; absent or not assessed where nothing gives them."""
        if part.hours[0] >= 0:
            return part.hours
        own = part.device_hours[0] >= 0 and (part.count or part.rank == 3)
        if self.hours[0] >= 0 and (part.scope == "job" or not own):
            return self.hours
        if own:
            return divided(part.device_hours, part.count or 1)
        total = self._run_device_hours()
        if total[0] >= 0 and self.devices:
            return divided(total, self.devices)
        if len(self.primary) == 1 and self.primary[0] is not part:
            return self._wall_hours(self.primary[0])
        argued = NOT_ASSESSED in (
            part.hours[0],
            part.device_hours[0],
            self.hours[0],
            self.total_hours[0],
        )
        return not_assessed() if argued else absent()

    def _run_device_hours(self) -> Spread:
        if self.total_hours[0] < 0 and self.hardware and "flops" in self.node.get("work", ()):
            self._refuse_flops()
        return self.total_hours

    def _refuse_flops(self) -> None:
        """Doubt a run whose hours follow from its FLOP, because it declares none."""
        for part in self.hardware:
            if part.hours[0] >= 0 or part.device_hours[0] >= 0:
                return
        if self.hours[0] < 0:
            raise Doubt

    def _device_hours(self) -> Spread:
        """Return the device-hours of the run, absent where it has none or does not say."""
        total = self._run_device_hours()
        if total[0] >= 0:
            return total
        found = []
        for part in self.primary:
            one = part.device_hours
            if one[0] < 0 and part.rank < 3:
                wall = self._wall_hours(part)
                if wall[0] < 0 or not part.count:
                    return absent()  # the energy says so if it matters
                one = multiple(part.count, wall)
            if one[0] >= 0:
                found.append(one)
        return added(found)
