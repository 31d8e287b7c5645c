"""A filled statement on its way out: each run with what follows for it, and what of it found a place."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import FormatError
from greenalgo.findings import Finding, Severity, to_pointer
from greenalgo.formats import codes
from greenalgo.formats.records import NO_PLACE, Entry, placed
from greenalgo.formats.words import factors
from greenalgo.statement import devices_of
from greenalgo.units import G_PER_KG

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Fields of a statement that the report of an export names where they are given: as people write them.
_FIELDS = (
    "authors", "licence", "period", "boundary", "functional_units", "reported", "offsets", "relations", "provenance",
    "conforms_to", "extensions", "note", "issued", "subject.doi", "subject.arxiv", "subject.url", "subject.parameters",
    "subject.task", "runs[].outcome", "runs[].period", "runs[].hardware", "runs[].hours", "runs[].device_hours",
    "runs[].location", "runs[].pue", "runs[].carbon_intensity_g_per_kwh", "runs[].carbon_intensity_market_g_per_kwh",
    "runs[].water", "runs[].embodied", "runs[].work", "runs[].measurement", "runs[].repetitions", "runs[].multiplier",
    "results.totals.co2e_operational_kg", "results.totals.energy_it_kwh", "results.totals.energy_facility_kwh",
    "results.totals.water_l", "results.totals.co2e_embodied_kg",
)  # fmt: skip


class Leaving(NamedTuple):
    """A run, and what follows for it.

    Attributes:
        run: The run as it is declared.
        results: What follows.
        at: JSON pointer to the run.
    """

    run: dict[str, Any]
    results: dict[str, Any]
    at: str

    def value(self, name: str) -> float | None:
        """Return a result's value; None where it does not follow."""
        return value_of(self.results.get(name))

    @property
    def name(self) -> str:
        """The run's name for people."""
        return str(self.run.get("name") or self.run["id"])

    @property
    def hours(self) -> float | None:
        """Wall-clock hours (h) of all repetitions; None where they do not follow."""
        hours = value_of(self.run.get("hours"))
        if hours is not None:
            multiplier = value_of(self.run.get("multiplier"))
            times = 1.0 if multiplier is None else multiplier
            return hours * int(self.run.get("repetitions", 1)) * times
        device_hours, devices = self.value("device_hours"), self.devices
        return device_hours / devices if device_hours and devices else None

    @property
    def devices(self) -> int:
        """The number of accelerators; without any, of CPUs, then of nodes; 0 where it is not given."""
        for kinds in (("gpu", "accelerator"), ("cpu",), ("node",)):
            those = [part for part in self.run.get("hardware", ()) if part["kind"] in kinds]
            if those:
                return sum(map(devices_of, those))
        return 0

    @property
    def pue(self) -> float | None:
        """Facility energy over IT energy."""
        it, facility = self.value("energy_it_kwh"), self.value("energy_facility_kwh")
        return facility / it if it and facility else None

    @property
    def intensity(self) -> float | None:
        """The carbon intensity that was applied, gCO2e/kWh."""
        co2e, facility = self.value("co2e_operational_kg"), self.value("energy_facility_kwh")
        return G_PER_KG * co2e / facility if co2e is not None and facility else None


def value_of(quantity: Any) -> float | None:
    """Return the value of a quantity or of a result; None where there is none."""
    if isinstance(quantity, dict):
        quantity = quantity.get("value")
    return float(quantity) if isinstance(quantity, (int, float)) else None


def leaving(filled: dict[str, Any]) -> list[Leaving]:
    """Return the runs that are counted: those that are part of another are in it."""
    results = filled["results"]["runs"]
    return [
        Leaving(run, results.get(run["id"], {}), to_pointer(("runs", number)))
        for number, run in enumerate(filled["runs"])
        if not run.get("part_of")
    ]


def lacking(message: str, pointer: str, expected: str = "", hint: str = "") -> FormatError:
    """Return what refuses an export: the target requires what the statement does not have."""
    return FormatError(
        [
            Finding(
                codes.NO_PLACE,
                Severity.ERROR,
                message,
                pointer,
                expected=expected,
                found="nothing",
                hint=hint,
            )
        ]
    )


def country_name(code: str) -> str:
    """Return the English name of a country; the code where the factor set has none."""
    row = factors().table("locations").row(code) if code else None
    return row["name"] if row else code


def report(
    filled: dict[str, Any], places: dict[str, tuple[str, str]], more: Iterable[Entry] = ()
) -> list[Entry]:
    """Return what became of the fields of a statement.

    Args:
        filled: The statement.
        places: Field to where it stands now, and a note; what is given and not here was dropped.
        more: Entries beside these.
    """
    entries = []
    for field in _FIELDS:
        if not _given(filled, field.split(".")):
            continue
        entries.append(Entry(field, *placed(*places.get(field, ("", NO_PLACE)))))
    return [*entries, *more]


def _given(value: Any, path: list[str]) -> bool:
    if not path:
        return value not in (None, {}, [])
    key = path[0].removesuffix("[]")
    inner = value.get(key) if isinstance(value, dict) else None
    if path[0].endswith("[]"):
        return any(_given(item, path[1:]) for item in inner or ())
    return inner is not None and _given(inner, path[1:])


def plain(number: float) -> str:
    """Return a number as a plain decimal with at most 12 significant digits, never in scientific notation."""
    return format(Decimal(f"{number:.12g}"), "f")
