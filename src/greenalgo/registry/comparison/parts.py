"""From statements to rows: what is printed beside what follows, with everything that a key is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.footprint import Missing, Result, compute
from greenalgo.registry.comparison.reported import Printed, printed, printed_rates, unit_of
from greenalgo.registry.comparison.rows import Parts, Row, Span, Unusable
from greenalgo.statement import Quantity, Water, from_document
from greenalgo.validate.engine import judge
from greenalgo.validate.structure import known_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from greenalgo.factors import FactorSet, Policy
    from greenalgo.footprint import Footprint, Outcome, RunFootprint
    from greenalgo.footprint.compute import UnitFootprint
    from greenalgo.registry.comparison.rows import Source
    from greenalgo.statement import Component, Run, Statement

#: Phases and outcomes in the schema's order, so that the order of runs makes no difference.
PHASES = (
    "data_preparation", "training", "fine_tuning", "search", "evaluation", "inference", "simulation",
    "analysis", "development", "other",
)  # fmt: skip
OUTCOMES = ("reported", "failed", "exploratory", "aborted")


def rows_of(
    sources: Iterable[Source], factors: FactorSet, policy: Policy, *, by_run: bool = False
) -> Iterator[Row | Unusable]:
    """Turn statements into rows.

    Args:
        sources: The statements.
        factors: The one factor set that all are recomputed with; a set that a statement pins, and the
            results that it carries, are left aside.
        policy: The one policy for what is not declared.
        by_run: A row for each run instead of one for each statement.

    Yields:
        A row for each statement or run with totals; one for each rate of it; or an
        :class:`Unusable` for a document that is no valid statement. A statement whose printed figures
        do not follow is compared all the same: its level is ``none``.
    """
    for source in sources:
        parts = parts_of(source, factors, policy)
        if isinstance(parts, Unusable):
            yield parts
        else:
            yield from parts.runs if by_run else (parts.whole,)
            yield from parts.rates


def parts_of(source: Source, factors: FactorSet, policy: Policy) -> Parts | Unusable:
    """Turn a statement into rows: its totals, its runs and its rates; as :func:`rows_of` does."""
    verdict = judge(source.data)
    if verdict.fatal:
        return Unusable(source.name, verdict)
    data = {key: value for key, value in source.data.items() if key != "results"}
    statement = from_document(known_part(data))
    footprint = compute(statement, factors, policy)
    level, name = verdict.level or "none", factors.name
    return Parts(
        _whole_row(source, statement, footprint, level, name),
        tuple(_run_row(source, statement, footprint, run, level, name) for run in footprint.runs),
        tuple(_rate_rows(source, statement, footprint, level, name)),
    )


def _whole_row(
    source: Source, statement: Statement, footprint: Footprint, level: str, set_name: str
) -> Row:
    outcomes = _of_all(footprint.totals, footprint.counted)
    return _row(
        source, statement, footprint.counted, outcomes, printed(statement), level, set_name, run=""
    )


def _run_row(
    source: Source,
    statement: Statement,
    footprint: Footprint,
    found: RunFootprint,
    level: str,
    set_name: str,
) -> Row:
    figures = printed(statement, found.run.id)
    if len(footprint.runs) == 1 and not figures.some:
        figures = printed(statement)
    return _row(
        source, statement, [found], found.outcomes, figures, level, set_name, run=found.run.id
    )


def _rate_rows(
    source: Source, statement: Statement, footprint: Footprint, level: str, set_name: str
) -> Iterator[Row]:
    """Pair printed and computed rates by unit and run; those without a partner stand alone."""
    computed = {(rate.unit.run, unit_of(rate.unit.unit)[0]): rate for rate in footprint.per_unit}
    said: dict[tuple[str, str], list[Printed]] = {}
    for run_id, figures in printed_rates(statement):
        said.setdefault((run_id, figures.unit), []).append(figures)
    for run_id, unit in dict.fromkeys((*said, *computed)):
        runs = [found for found in footprint.runs if found.run.id == run_id] or footprint.counted
        rate = computed.get((run_id, unit))
        outcomes = _per_unit(rate, run_id, footprint) if rate else {}
        for figures in said.get((run_id, unit)) or [_shared(statement, footprint, run_id, rate)]:
            row = _row(source, statement, runs, outcomes, figures, level, set_name, run=run_id)
            why = row.why or ("" if rate else f"how many of '{unit}' there were is not declared")
            yield row._replace(unit=unit, why=why)


def _per_unit(rate: UnitFootprint, run_id: str, footprint: Footprint) -> dict[str, Outcome]:
    """Return what a rate is for one of its unit, without what not all runs have."""
    _, size = unit_of(rate.unit.unit)
    found: dict[str, Outcome] = {
        name: outcome._replace(
            value=outcome.value / size, lower=outcome.lower / size, upper=outcome.upper / size
        )
        for name, outcome in rate.outcomes.items()
        if isinstance(outcome, Result)
    }
    return found if run_id else _of_all(found, footprint.counted)


def _shared(
    statement: Statement, footprint: Footprint, run_id: str, rate: UnitFootprint | None
) -> Printed:
    """Divide printed totals by the declared quantity, where no rate is printed."""
    figures = printed(statement, run_id)
    if not figures.some and (not run_id or len(footprint.runs) == 1):
        figures = printed(statement)
    if rate is None or not isinstance(rate.unit.quantity, Quantity):
        return Printed()
    return figures.divided(rate.unit.quantity.value * unit_of(rate.unit.unit)[1])


def _of_all(totals: Mapping[str, Outcome], counted: Sequence[RunFootprint]) -> dict[str, Outcome]:
    """Return totals without those that lack a run: what leaves its largest run out is not the smallest."""
    found: dict[str, Outcome] = {}
    for name, outcome in totals.items():
        without = [one for one in counted if not isinstance(one.outcomes.get(name), Result)]
        found[name] = outcome
        if without and isinstance(outcome, Result):
            first = without[0].outcomes.get(name)
            reason = first.reason if isinstance(first, Missing) else f"{name} is not known"
            named = ", ".join(one.run.id for one in without)
            found[name] = Missing(f"not all runs can be recomputed: {named} ({reason})")
    return found


def _row(
    source: Source,
    statement: Statement,
    of: Sequence[RunFootprint],
    outcomes: Mapping[str, Outcome],
    figures: Printed,
    level: str,
    set_name: str,
    *,
    run: str,
) -> Row:
    data, runs = statement.data, [found.run for found in of]
    subject, boundary = data["subject"], data.get("boundary", {})
    first = next((part for one in runs for part in one.primary), None)
    intensities = {
        (one.carbon_intensity and one.carbon_intensity.boundary) or "lifecycle" for one in runs
    }
    return Row(
        name=source.name, run=run, unit="", digest=source.digest, status=source.status,
        title=statement.title, subject=subject["name"], kind=subject.get("kind", ""),
        field=subject.get("field", ""), task=subject.get("task", ""), arxiv=subject.get("arxiv", ""),
        doi=subject.get("doi", ""), citation=data.get("provenance", {}).get("citation", ""),
        year=max((one.year for one in runs), default=0), issued=_issued(data), level=level,
        phase=_in_order(PHASES, (one.phase for one in runs)),
        outcome=_in_order(OUTCOMES, (one.outcome for one in runs)),
        failed_runs=boundary.get("failed_runs", ""),
        exploratory_runs=boundary.get("exploratory_runs", ""),
        includes=", ".join(boundary.get("includes", ())), counted=_joined(_counted(of)),
        energy_from=getattr(outcomes.get("energy_it_kwh"), "status", ""),
        hardware=_joined(part.model or part.kind for one in runs for part in one.primary),
        devices=first.devices if first else None,
        power_w=_common(getattr(part.power_w, "value", None) for one in runs for part in one.primary),
        power_scope=_joined(part.power_scope for one in runs for part in one.primary),
        device_hours=_span(outcomes.get("device_hours")).value,
        hours_of=_joined(sorted({_device(part) for one in runs for part in one.primary})),
        pue=_common(_declared(one.pue) for one in runs),
        carbon_intensity=_common(
            _declared(one.carbon_intensity.quantity if one.carbon_intensity else None) for one in runs
        ),
        intensity_of=_joined(sorted(intensities)),
        wue=_common(_water(one, "wue_l_per_kwh") for one in runs),
        ewif=_common(_water(one, "ewif_l_per_kwh") for one in runs),
        water_kind=_joined(
            one.get("water", {}).get("kind", "") for one in data["runs"] if one["id"] in {r.id for r in runs}
        ),
        country=_joined(one.location.country for one in runs),
        region=_joined(one.location.region for one in runs),
        provider=_joined(one.location.provider for one in runs),
        runs=sum(one.repetitions for one in runs), printed=figures,
        energy=_span(outcomes.get("energy_facility_kwh")),
        co2e=_span(outcomes.get("co2e_operational_kg")), water=_span(outcomes.get("water_l")),
        embodied=_span(outcomes.get("co2e_embodied_kg")), factor_set=set_name,
        why=_why(outcomes, "energy_facility_kwh", "co2e_operational_kg"),
        why_no_water=_why(outcomes, "water_l", "water_onsite_l", "water_offsite_l"),
    )  # fmt: skip


def _why(outcomes: Mapping[str, Outcome], *names: str) -> str:
    """Return the reason of the first of some quantities that is missing."""
    found = (outcomes.get(name) for name in names)
    return next((one.reason for one in found if isinstance(one, Missing) and one.reason), "")


def _counted(of: Iterable[RunFootprint]) -> Iterator[str]:
    """Name the kinds of hardware whose energy was added up; none where that of a run is declared."""
    for found in of:
        for part, outcome in zip(found.run.hardware, found.components, strict=False):
            if isinstance(outcome, Result):
                yield "node" if part.power_scope == "node" else part.kind


def _device(part: Component) -> str:
    """Name the device that device-hours are hours of."""
    if part.kind in ("gpu", "accelerator"):
        return "accelerator"
    if part.kind == "cpu":
        return "core" if part.power_scope == "core" else "CPU"
    return part.kind


def _issued(data: dict[str, Any]) -> int:
    """Return the year of a statement that nobody compiled from somebody else's publication."""
    year = str(data.get("issued", ""))[:4]
    return int(year) if year.isdigit() and "compiled_by" not in data.get("provenance", {}) else 0


def _span(outcome: Outcome | None) -> Span:
    return Span(*outcome[:3]) if isinstance(outcome, Result) else Span()


def _declared(quantity: object) -> float | None:
    return quantity.value if isinstance(quantity, Quantity) else None


def _water(run: Run, name: str) -> float | None:
    return _declared(getattr(run.water, name)) if isinstance(run.water, Water) else None


def _common(values: Iterable[float | None]) -> float | None:
    """Return the value that all share; None where they differ or one has none."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _in_order(order: Sequence[str], words: Iterable[str]) -> str:
    return _joined(sorted(words, key=order.index))


def _joined(words: Iterable[str]) -> str:
    return " + ".join(dict.fromkeys(word for word in words if word))
