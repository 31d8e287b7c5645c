"""The frozen view of a filled statement that tables, figures, prose and templates read.

Nothing outside this module looks into the filled document. The view's fields are documented in
``docs/reference/templates.md`` and versioned by :data:`CONTEXT_VERSION`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo import __version__
from greenalgo.errors import RenderError
from greenalgo.footprint.compute import WITHOUT
from greenalgo.render.amounts import MISSING, Amount, amount, declared, used_input
from greenalgo.render.reported import Quoted, quoted
from greenalgo.render.types import Name
from greenalgo.statement import devices_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

#: Version of the keys that a template sees: a key is only taken away with a new one.
CONTEXT_VERSION = "1"

#: Phases and outcomes as people write them.
WORDS: Mapping[str, str] = {
    "data_preparation": "data preparation", "fine_tuning": "fine-tuning", "search": "hyper-parameter search",
    "gpu": "GPU", "cpu": "CPU",
}  # fmt: skip


class Part(NamedTuple):
    """A hardware line of a run.

    Attributes:
        kind: ``gpu``, ``cpu``, ``memory``…
        model: Its name; the kind where no model is given.
        number: How many; 0 where not declared.
        memory_gb: Gigabytes of a memory line.
        power_w: Power of one, in watts.
        energy: IT energy of the line.
        power_scope: What it is the power of: ``device``, ``core``, ``node`` or ``job``.
    """

    kind: str
    model: Name
    number: int
    memory_gb: Amount
    power_w: Amount
    energy: Amount
    power_scope: str = "device"


class Run(NamedTuple):
    """A run, with what was declared, what was used and what follows."""

    id: str
    name: Name
    phase: str
    outcome: str
    parts: tuple[Part, ...]
    location: str
    device_hours: Amount
    pue: Amount
    carbon_intensity: Amount
    energy_it: Amount
    energy: Amount
    co2e: Amount
    co2e_market: Amount
    co2e_net: Amount
    embodied: Amount
    water: Amount
    method: str
    repetitions: int = 1

    @property
    def hardware(self) -> tuple[Part, ...]:
        """The lines that name a device: all but memory, storage and network, or all if there is no other."""
        return (
            tuple(p for p in self.parts if p.kind not in {"memory", "storage", "network"})
            or self.parts
        )


class Totals(NamedTuple):
    """The sums over runs."""

    device_hours: Amount
    energy_it: Amount
    energy: Amount
    co2e: Amount
    co2e_market: Amount
    co2e_net: Amount
    embodied: Amount
    water: Amount


class Partial(NamedTuple):
    """A total that some runs are missing from."""

    quantity: str
    covered: int
    runs: int


class PerUnit(NamedTuple):
    """A result for one functional unit."""

    unit: Name
    run: str
    energy_it: Amount
    energy: Amount
    co2e: Amount
    water: Amount


class Factor(NamedTuple):
    """A row of the factor set that a number rests on."""

    id: str
    name: str
    value: Amount
    unit: str
    year: int
    source: str
    how: str


class View(NamedTuple):
    """A filled statement as a paper shows it."""

    version: str
    tool: str
    digest: str
    factor_set: str
    factor_set_sha256: str
    policy: str
    level: str
    title: Name
    subject: Name
    subject_kind: str
    runs: tuple[Run, ...]
    totals: Totals
    partial: tuple[Partial, ...]
    per_unit: tuple[PerUnit, ...]
    quoted: Quoted
    factors: tuple[Factor, ...]
    citations: tuple[str, ...]
    boundary: Mapping[str, Any]
    offsets: tuple[Amount, ...]
    defaults: tuple[tuple[str, Amount], ...]
    parameters: Amount
    issued: str

    @property
    def sources(self) -> tuple[str, ...]:
        """BibTeX keys of the sources that factors were taken from, each once."""
        return tuple(dict.fromkeys(factor.source for factor in self.factors if factor.source))

    @property
    def places(self) -> tuple[str, ...]:
        """Where the runs took place, each once."""
        return tuple(dict.fromkeys(run.location for run in self.runs if run.location))

    @property
    def run_count(self) -> int:
        """How many runs there are, repetitions counted."""
        return sum(run.repetitions for run in self.runs)

    @property
    def intervals(self) -> bool:
        """Some figure has an interval."""
        groups: tuple[tuple[object, ...], ...] = (self.totals, *self.runs, *self.per_unit)
        return any(one.range() for group in groups for one in group if isinstance(one, Amount))

    @property
    def assessed(self) -> bool:
        """At least one run has an energy or a footprint."""
        return any(
            run.energy_it.assessed or run.energy.assessed or run.co2e.assessed for run in self.runs
        )


#: Fields of a result: name in the view, name in the document, kind of quantity.
FIELDS = (
    ("device_hours", "device_hours", "time"), ("energy_it", "energy_it_kwh", "energy"),
    ("energy", "energy_facility_kwh", "energy"), ("co2e", "co2e_operational_kg", "co2e"),
    ("co2e_market", "co2e_market_kg", "co2e"), ("co2e_net", "co2e_net_kg", "co2e"),
    ("embodied", "co2e_embodied_kg", "co2e"), ("water", "water_l", "water"),
)  # fmt: skip


def view(filled: Mapping[str, Any], digest: str, places: Iterable[tuple[str, str]] = ()) -> View:
    """Read a filled statement.

    Args:
        filled: The author's document with ``results``, as ``greenalgo fill`` writes it.
        digest: The statement's digest, 64 hex digits; empty in an anonymous rendering.
        places: Names of countries by code (``FRA``); one that is not among them shows its code.

    Raises:
        RenderError: The document is not filled.
    """
    results = filled.get("results")
    if not isinstance(results, dict):
        raise RenderError(
            "the statement has no results", pointer="/results", hint="run `greenalgo fill` first"
        )
    subject = filled.get("subject", {})
    countries = dict(places)
    runs = tuple(
        _run(run, results.get("runs", {}).get(run["id"], {}), f"/runs/{index}", countries)
        for index, run in enumerate(filled.get("runs", ()))
    )
    return View(
        version=CONTEXT_VERSION,
        tool=f"greenalgo {__version__}",
        digest=digest,
        factor_set=results.get("factor_set", ""),
        factor_set_sha256=results.get("factor_set_sha256", ""),
        policy=results.get("policy", ""),
        level=results.get("level", "L0"),
        title=Name(filled.get("title", ""), pointer="/title"),
        subject=Name(subject.get("name", ""), subject.get("latex_label", ""), "/subject/name"),
        subject_kind=subject.get("kind", ""),
        runs=runs,
        totals=Totals(**_amounts(results.get("totals", {}))),
        partial=tuple(_partial(results.get("totals", {}), filled.get("runs", ()))),
        per_unit=tuple(_per_unit(row) for row in results.get("per_functional_unit", ())),
        quoted=quoted(filled),
        factors=tuple(_factor(row) for row in results.get("factors", ())),
        citations=tuple(dict.fromkeys(results.get("citations", ()))),
        boundary=filled.get("boundary", {}),
        offsets=tuple(declared(row.get("co2e_kg"), "co2e") for row in filled.get("offsets", ())),
        defaults=_defaults(results),
        parameters=declared(subject.get("parameters"), "count"),
        issued=filled.get("issued", ""),
    )


def _partial(totals: Mapping[str, Any], runs: Sequence[Mapping[str, Any]]) -> Iterator[Partial]:
    """Find the totals that some runs are missing from: their traces name these."""
    counts = {run["id"]: _repetitions(run) for run in runs if "part_of" not in run}
    for name, field, _ in FIELDS:
        trace = (totals.get(field) or {}).get("trace", {})
        without = trace.get("note", "").removeprefix(WITHOUT)
        if without and without != trace["note"]:
            missing = sum(counts[run_id] for run_id in without.split(", "))
            total = sum(counts.values())
            yield Partial(name, total - missing, total)


def _repetitions(run: Mapping[str, Any]) -> int:
    return int(run.get("repetitions", 1))


def words(value: str) -> str:
    """Return a vocabulary term as people write it: ``fine_tuning`` is ``fine-tuning``."""
    return WORDS.get(value, value.replace("_", " "))


def _name(run: Mapping[str, Any], at: str) -> Name:
    """Return the name to print for a run: its own, or its id."""
    key = "name" if run.get("name") else "id"
    return Name(run[key], run.get("latex_label", ""), f"{at}/{key}")


def _run(
    run: Mapping[str, Any], result: Mapping[str, Any], at: str, countries: Mapping[str, str]
) -> Run:
    amounts = _amounts(result)
    energies = [row.get("energy_it_kwh") for row in result.get("components", ())]
    place = run.get("location", {})
    return Run(
        id=run["id"],
        name=_name(run, at),
        phase=run.get("phase", ""),
        outcome=run.get("outcome", "reported"),
        parts=_parts(run.get("hardware", ()), energies, f"{at}/hardware"),
        location=", ".join(
            countries.get(place[key], place[key]) if key == "country" else place[key]
            for key in ("site", "provider", "provider_region", "region", "country")
            if place.get(key)
        ),
        pue=used_input(result.get("energy_facility_kwh"), "pue", "ratio")
        or declared(run.get("pue"), "ratio"),
        carbon_intensity=used_input(
            result.get("co2e_operational_kg"), "carbon_intensity_g_per_kwh", "intensity"
        )
        or declared(run.get("carbon_intensity_g_per_kwh"), "intensity"),
        method=_method(result),
        repetitions=_repetitions(run),
        **amounts,
    )


def _method(result: Mapping[str, Any]) -> str:
    """Name how the IT energy of a run follows; of a sum over components, whether their energy is declared."""
    method = str((result.get("energy_it_kwh") or {}).get("trace", {}).get("method", ""))
    parts = [row.get("energy_it_kwh") or {} for row in result.get("components", ())]
    how = {part.get("trace", {}).get("method", "") for part in parts if "value" in part}
    if method != "components" or "declared" not in how:
        return method
    return "declared_components" if len(how) == 1 else "mixed_components"


def _parts(
    hardware: Sequence[Mapping[str, Any]], energies: Sequence[Any], at: str
) -> tuple[Part, ...]:
    padded = [*energies, *([None] * (len(hardware) - len(energies)))]
    return tuple(
        Part(
            kind=row.get("kind", "other"),
            model=Name(
                row.get("model") or words(row.get("kind", "other")),
                row.get("latex_label", ""),
                f"{at}/{index}/model",
            ),
            number=devices_of(dict(row)),
            memory_gb=declared(row.get("memory_gb"), "count"),
            power_w=declared(row.get("power_w"), "power"),
            energy=amount(energy, "energy"),
            power_scope=row.get("power_scope", "device"),
        )
        for index, (row, energy) in enumerate(zip(hardware, padded, strict=False))
    )


def _amounts(result: Mapping[str, Any]) -> dict[str, Amount]:
    return {field: amount(result.get(key), quantity) for field, key, quantity in FIELDS}


#: Inputs that can be a default: what they are in words, kind of quantity.
_INPUTS: Mapping[str, tuple[str, str]] = {
    "pue": ("PUE", "ratio"),
    "carbon_intensity_g_per_kwh": ("carbon intensity", "intensity"),
    "power_w": ("power", "power"),
    "utilisation": ("utilisation", "ratio"),
    "wue_l_per_kwh": ("on-site water in L/kWh", "ratio"),
    "ewif_l_per_kwh": ("off-site water in L/kWh", "ratio"),
}


def _defaults(results: Mapping[str, Any]) -> tuple[tuple[str, Amount], ...]:
    """Collect the inputs that nobody declared, each once, in the order of the runs."""
    found: dict[tuple[str, float], tuple[str, Amount]] = {}
    for run in results.get("runs", {}).values():
        parts = [row.get("energy_it_kwh") or {} for row in run.get("components", ())]
        for result in [*(value for value in run.values() if isinstance(value, dict)), *parts]:
            for given in result.get("trace", {}).get("inputs", ()):
                name = given.get("name", "")
                if given.get("status") in {"default", "imputed"}:
                    what, quantity = _INPUTS.get(name, ("", ""))
                    if what:
                        found.setdefault((name, given["value"]), (what, amount(given, quantity)))
    return tuple(found.values())


def _per_unit(row: Mapping[str, Any]) -> PerUnit:
    return PerUnit(
        unit=Name(row.get("unit", "unit"), pointer="/functional_units"),
        run=row.get("run", ""),
        energy_it=amount(row.get("energy_it_kwh"), "energy"),
        energy=amount(row.get("energy_facility_kwh"), "energy"),
        co2e=amount(row.get("co2e_operational_kg"), "co2e"),
        water=amount(row.get("water_l"), "water"),
    )


def _factor(row: Mapping[str, Any]) -> Factor:
    value = row.get("value")
    return Factor(
        id=row.get("id", ""),
        name=row.get("name", ""),
        value=MISSING
        if value is None
        else Amount("ratio", value, row.get("lower", value), row.get("upper", value), "looked_up"),
        unit=row.get("unit", ""),
        year=row.get("year", 0),
        source=row.get("source", ""),
        how=row.get("how", ""),
    )
