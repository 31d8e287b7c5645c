"""The records of a statement. Field names, units and meaning are the schema's."""

# No `from __future__ import annotations` here: NamedTuple compiles every annotation that is a string, which
# costs `greenalgo validate` 3 ms.

from typing import Any, NamedTuple

from greenalgo.statement.quantity import Absent, Quantity

#: A declared quantity, an explicit absence, or nothing.
Declared = Quantity | Absent | None


class Location(NamedTuple):
    """Where a computer stands; empty strings where nothing is declared."""

    country: str = ""
    region: str = ""
    grid_zone: str = ""
    provider: str = ""
    provider_region: str = ""
    facility: str = ""
    at: str = ""


class CarbonIntensity(NamedTuple):
    """A carbon intensity (gCO2e/kWh) with what it is of."""

    quantity: Quantity | Absent
    basis: str
    year: int
    boundary: str


class Component(NamedTuple):
    """One line of hardware of a run; ``number`` is the schema's ``count`` (a tuple has one already)."""

    kind: str
    at: str
    model: str = ""
    number: int | None = None
    devices_per_node: int | None = None
    memory_gb: Declared = None
    power_w: Declared = None
    power_scope: str = "device"
    utilisation: Declared = None
    hours: Declared = None
    device_hours: Declared = None
    share: Declared = None
    energy_it_kwh: Declared = None
    peak_flops_per_s: Declared = None
    source: str = ""

    @property
    def per_unit(self) -> int | None:
        """How many devices each of the ``number`` has: those of a node where it counts nodes, if that is said."""
        return self.devices_per_node if self.power_scope == "node" and self.kind != "node" else 1

    @property
    def devices(self) -> int | None:
        """How many devices there are; nodes, where their devices are not said."""
        return self.number and self.number * (self.per_unit or 1)


class Water(NamedTuple):
    """Water of a run, or the factors that give it."""

    at: str
    wue_l_per_kwh: Declared = None
    ewif_l_per_kwh: Declared = None
    onsite_l: Declared = None
    offsite_l: Declared = None


class EmbodiedItem(NamedTuple):
    """Hardware whose embodied emissions are shared out to a run; ``number`` is the ``count``."""

    item: str
    at: str
    co2e_kg: Declared
    number: int = 1
    lifetime_hours: Declared = None
    time_share: Declared = None
    hours: Declared = None
    resource_share: Declared = None


class Work(NamedTuple):
    """The work of a machine-learning run."""

    at: str
    flops: Declared = None
    model_flops_utilisation: Declared = None
    precision: str = ""


class Run(NamedTuple):
    """One run, or many like it.

    ``year`` is the year of its period, 0 where none is declared; ``factor_year`` falls back on the
    statement's date, which is good enough to choose a factor and not to judge one.
    """

    id: str
    phase: str
    at: str
    name: str = ""
    outcome: str = "reported"
    hardware: tuple[Component, ...] = ()
    hours: Declared = None
    device_hours: Declared = None
    location: Location = Location()
    pue: Declared = None
    carbon_intensity: CarbonIntensity | None = None
    carbon_intensity_market: CarbonIntensity | None = None
    carbon_intensity_net: CarbonIntensity | None = None
    energy_it_kwh: Declared = None
    energy_facility_kwh: Declared = None
    repetitions: int = 1
    multiplier: Declared = None
    water: Water | Absent | None = None
    embodied: tuple[EmbodiedItem, ...] | Absent = ()
    work: Work | None = None
    part_of: str = ""
    host: str = ""
    start: str = ""
    end: str = ""
    year: int = 0
    factor_year: int = 0

    @property
    def primary(self) -> tuple[Component, ...]:
        """The components that the run's device-hours are hours of.

        The accelerators; without any the CPUs; without any the nodes; without any, all of them.
        """
        for kinds in (("gpu", "accelerator"), ("cpu",), ("node",)):
            found = tuple(part for part in self.hardware if part.kind in kinds)
            if found:
                return found
        return self.hardware


class FunctionalUnit(NamedTuple):
    """What was produced."""

    unit: str
    quantity: Declared
    run: str
    at: str


class Figures(NamedTuple):
    """Printed figures of the whole or of a run: field name to quantity."""

    at: str
    boundary: str
    figures: dict[str, Quantity]
    as_printed: dict[str, tuple[str, ...]]
    device_count: int | None = None


class UnitFigures(NamedTuple):
    """Printed figures for one functional unit: field name to quantity."""

    at: str
    unit: str
    quantity: Declared
    run: str
    boundary: str
    co2e_basis: str
    figures: dict[str, Quantity]
    as_printed: dict[str, tuple[str, ...]]


class Reported(NamedTuple):
    """Everything that the document prints."""

    whole: Figures | None = None
    runs: dict[str, Figures] = {}  # noqa: RUF012 - an empty default that nobody writes to
    per_unit: tuple[UnitFigures, ...] = ()
    claims: tuple[dict[str, Any], ...] = ()


class Statement(NamedTuple):
    """A statement.

    Attributes:
        title: Its title.
        runs: Its runs, in its order.
        functional_units: What the runs produced.
        reported: The figures that it quotes as printed.
        data: The document that it was read from, as plain JSON values.
    """

    title: str
    runs: tuple[Run, ...]
    functional_units: tuple[FunctionalUnit, ...]
    reported: Reported
    data: dict[str, Any]

    @property
    def counted(self) -> tuple[Run, ...]:
        """The runs that are not part of another: what totals are of."""
        return tuple(run for run in self.runs if not run.part_of)

    def run(self, run_id: str) -> Run | None:
        """Return the run with this id, or None."""
        return next((run for run in self.runs if run.id == run_id), None)
