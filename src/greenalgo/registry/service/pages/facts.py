"""The numbers of a statement, as its page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.footprint import Result
from greenalgo.glance.bounds import PER_UNIT
from greenalgo.registry.service.pages import words
from greenalgo.registry.service.pages.views import Shown, shown
from greenalgo.render import derivation
from greenalgo.render.amounts import Amount
from greenalgo.render.context import view as make_view
from greenalgo.render.context import words as phase_words
from greenalgo.render.tables import hardware_name, power_of
from greenalgo.validate.follow import follows, label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from greenalgo import api
    from greenalgo.findings import Finding
    from greenalgo.footprint.compute import UnitFootprint
    from greenalgo.render.context import Part, Run, Totals, View
    from greenalgo.statement import Figures, Quantity, UnitFigures

#: Totals: field of the view -> what it is called.
_TOTALS = {
    "energy_it": "IT energy", "energy": "Facility energy", "co2e": "Operational CO₂e",
    "co2e_market": "CO₂e, market-based", "co2e_net": "CO₂e, net of matched supply",
    "embodied": "Embodied CO₂e", "water": "Water", "device_hours": "Device-hours",
}  # fmt: skip
_HEADLINE = ("co2e", "embodied", "water")
_QUANTITIES = {
    "_kwh": "energy",
    "_kg": "co2e",
    "_l": "water",
    "hours": "time",
    "_w": "power",
    "_per_kwh": "intensity",
}
#: Quantity of a printed rate -> what it is called, and fields of the computed rate, the likeliest first.
_RATES = {
    "energy": ("energy", ("energy_facility_kwh", "energy_it_kwh")),
    "co2e": ("CO₂e", ("co2e_operational_kg",)),
    "water": ("water", ("water_l",)),
}


class Told(NamedTuple):
    """A finding as a page shows it."""

    code: str
    severity: str
    place: str
    message: str
    frame: str = ""
    hint: str = ""


class Pair(NamedTuple):
    """A printed figure beside what follows."""

    what: str
    of: str
    printed: str
    value: Shown
    follows: Shown
    covers: str


class RunFacts(NamedTuple):
    """A run: what it is, and its inputs."""

    id: str
    name: str
    kind: str
    place: str
    parts: tuple[str, ...]
    inputs: tuple[tuple[str, Shown], ...]
    totals: tuple[tuple[str, Shown], ...]


class Rate(NamedTuple):
    """What one unit of work takes; all rates of a statement have the same quantities."""

    unit: str
    totals: tuple[tuple[str, Shown], ...]


class Numbers(NamedTuple):
    """Everything that is computed, and what it follows from."""

    headline: tuple[tuple[str, Shown], ...]
    partial: tuple[str, ...]
    rates: tuple[Rate, ...]
    pairs: tuple[Pair, ...]
    claims: tuple[str, ...]
    runs: tuple[RunFacts, ...]
    parts: tuple[derivation.Part, ...]
    put_in: tuple[derivation.PutIn, ...]
    gaps: tuple[tuple[str, str, str], ...]
    citations: tuple[tuple[str, str], ...]
    factor_set: str
    policy: str
    tool: str
    boundary: Mapping[str, Any]


def findings(found: tuple[Finding, ...]) -> list[Told]:
    """Return findings, the most severe first."""
    ordered = sorted(found, key=lambda one: -one.severity)
    return [
        Told(one.code, one.severity.label, place(one.pointer), one.message, "", one.hint)
        for one in ordered
    ]


def place(pointer: str) -> str:
    """Return a JSON pointer as people read it: ``runs, 1, pue``."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    return ", ".join(str(int(part) + 1) if part.isdigit() else part for part in parts)


def numbers(
    filled: dict[str, Any], case: api.Case, digest: str, names: Mapping[str, str]
) -> Numbers:
    """Return the numbers of a filled statement.

    Args:
        filled: The statement with its results.
        case: What they follow from.
        digest: Its digest.
        names: Names of countries by code.
    """
    view = make_view(filled, digest, names.items())
    results = filled["results"]
    return Numbers(
        headline=headline_of(view),
        partial=partial_of(view),
        rates=rates_of(view),
        pairs=tuple(_pairs(case)),
        claims=tuple("".join(claim.text) for claim in view.quoted.claims),
        runs=runs_of(view),
        parts=tuple(derivation.parts_of(results, case)),
        put_in=tuple(derivation.put_in(case.footprint.substitutions)),
        gaps=tuple((place(gap.at), gap.message, gap.hint) for gap in case.footprint.gaps),
        citations=tuple(derivation.citations(results, case.factors)),
        factor_set=results["factor_set"],
        policy=results["policy"],
        tool=results["tool"],
        boundary=view.boundary,
    )  # fmt: skip


def headline_of(view: View) -> tuple[tuple[str, Shown], ...]:
    """Return the totals that stand above everything, those that there are."""
    totals = [(_TOTALS[name], shown(getattr(view.totals, name))) for name in _HEADLINE]
    return tuple((what, found) for what, found in (_energy(view.totals), *totals) if found.text)


def _energy(of: Totals | Run) -> tuple[str, Shown]:
    """Return the energy of the facility; that of the computers where no other is known."""
    name = "energy" if of.energy.assessed or not of.energy_it.assessed else "energy_it"
    return _TOTALS[name], shown(getattr(of, name))


def partial_of(view: View) -> tuple[str, ...]:
    """Say which totals do not cover every run."""
    return tuple(
        f"{_TOTALS[part.quantity]} {'cover' if part.quantity == 'device_hours' else 'covers'} "
        f"{part.covered} of {part.runs} runs."
        for part in view.partial
    )


def rates_of(view: View) -> tuple[Rate, ...]:
    """Return energy, CO2e and water for one unit of work: of these, what some unit has."""
    rates = view.per_unit
    bare = any(rate.energy_it.assessed and not rate.energy.assessed for rate in rates)
    names = [
        name
        for name in ("energy_it", "energy", "co2e", "water")
        if any(getattr(rate, name).assessed for rate in rates) and (bare or name != "energy_it")
    ]
    return tuple(
        Rate(str(rate.unit), tuple((_TOTALS[name], shown(getattr(rate, name))) for name in names))
        for rate in rates
        if names
    )


def runs_of(view: View) -> tuple[RunFacts, ...]:
    """Return the runs with their inputs."""
    return tuple(_run(run) for run in view.runs)


def _run(run: Run) -> RunFacts:
    inputs = (
        ("Device-hours", run.device_hours), ("PUE", run.pue), ("Carbon intensity", run.carbon_intensity),
    )  # fmt: skip
    return RunFacts(
        run.id, str(run.name), ", ".join((phase_words(run.phase), run.outcome)), run.location,
        tuple(_part(part) for part in run.parts),
        tuple((what, shown(found)) for what, found in inputs if found.assessed),
        (_energy(run), (_TOTALS["co2e"], shown(run.co2e))),
    )  # fmt: skip


def _part(part: Part) -> str:
    power = f", {power_of(part)} ({part.power_w.status_words})" if part.power_w.assessed else ""
    return f"{hardware_name(part)}{power}"


def _pairs(case: api.Case) -> Iterator[Pair]:
    """Put printed figures beside what follows at the boundary that they have."""
    reported = case.statement.reported
    if reported.whole:
        yield from _block_pairs(case, reported.whole, "", "")
    names = {run.id: run.name or run.id for run in case.statement.runs}
    for run_id, block in reported.runs.items():
        yield from _block_pairs(case, block, run_id, names.get(run_id, run_id))
    for unit in reported.per_unit:
        yield from _rate_pairs(case, unit)


def _block_pairs(case: api.Case, block: Figures, run_id: str, of: str) -> Iterator[Pair]:
    for field, quantity in block.figures.items():
        kind = _kind(field)
        found = next(iter(follows(case.footprint, block, field, run_id)), None)
        computed = Amount(kind) if found is None else Amount(kind, *found[:3], "modelled")
        yield Pair(
            label(field)[0], of, ", ".join(block.as_printed.get(field, ())),
            shown(_amount(quantity, kind)), shown(computed),
            "" if kind == "time" else words.BOUNDARIES.get(block.boundary, block.boundary),
        )  # fmt: skip


def _rate_pairs(case: api.Case, unit: UnitFigures) -> Iterator[Pair]:
    same = (
        rate for rate in case.footprint.per_unit
        if rate.unit.run == unit.run and rate.unit.unit.lower().split() == unit.unit.lower().split()
    )  # fmt: skip
    rate = next(same, None)
    for field, quantity in unit.figures.items():
        kind, size = PER_UNIT[field]
        what, fields = _RATES[kind]
        found = _at_boundary(rate, unit, kind, fields) if rate else None
        computed = Amount(kind, *found[:3], "modelled") if found else Amount(kind)
        printed = _amount(quantity, kind, size / (getattr(unit.quantity, "value", 1.0) or 1.0))
        yield Pair(
            f"{what} per {unit.unit}", "", ", ".join(unit.as_printed.get(field, ())), shown(printed), shown(computed),
            words.covers(unit.boundary, unit.co2e_basis if kind == "co2e" else ""),
        )  # fmt: skip


def _at_boundary(
    rate: UnitFootprint, unit: UnitFigures, kind: str, fields: tuple[str, ...]
) -> Result | None:
    """Return the computed rate at the boundary and on the basis of a printed one."""
    bare = unit.boundary in ("it", "device")
    if kind == "co2e" and (bare or unit.co2e_basis in ("market", "net")):
        return None
    if kind == "energy" and (bare or unit.boundary == "facility"):
        fields = fields[1:] if bare else fields[:1]
    found = (rate.outcomes.get(field) for field in fields)
    return next((one for one in found if isinstance(one, Result)), None)


def _amount(quantity: Quantity, kind: str, size: float = 1.0) -> Amount:
    value, lower, upper = (end * size for end in quantity[:3])
    return Amount(kind, value, lower, upper, quantity.status)


def _kind(field: str) -> str:
    """Return the kind of quantity of a field by the longest ending that fits."""
    fitting = [ending for ending in _QUANTITIES if field.endswith(ending)]
    return _QUANTITIES[max(fitting, key=len)] if fitting else "ratio"
