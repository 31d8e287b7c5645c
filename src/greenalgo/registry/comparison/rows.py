"""From statements to rows: what is printed beside what follows, with everything that a key is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.findings import Severity
from greenalgo.footprint import Missing, Result, compute
from greenalgo.registry.comparison.reported import Printed, printed, printed_rates, unit_name
from greenalgo.statement import Quantity, Water, from_document
from greenalgo.validate.engine import Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from greenalgo.factors import FactorSet, Policy
    from greenalgo.footprint import Footprint, Outcome, RunFootprint
    from greenalgo.footprint.compute import UnitFootprint
    from greenalgo.statement import Run, Statement


class Source(NamedTuple):
    """A statement to compare.

    Attributes:
        name: What it is called in the table: its file without folder and suffix, or a short digest.
        digest: Its digest.
        data: The document.
        status: Its status in the registry; empty where no log speaks of it.
    """

    name: str
    digest: str
    data: dict[str, Any]
    status: str = ""


class Span(NamedTuple):
    """A computed value with its interval; three times None where there is none."""

    value: float | None = None
    lower: float | None = None
    upper: float | None = None


class Row(NamedTuple):
    """A statement, a run of it, or a rate of it. Energy in kWh, CO2e in kg, water in L.

    ``unit`` is empty for totals. ``runs`` counts repetitions. ``why`` says why nothing could be
    recomputed. ``year`` is that of the runs, ``issued`` that of the statement, where its authors are
    those of the work; 0 where it is not known.
    """

    name: str
    run: str
    unit: str
    digest: str
    status: str
    title: str
    subject: str
    kind: str
    field: str
    task: str
    arxiv: str
    doi: str
    citation: str
    year: int
    issued: int
    level: str
    phase: str
    outcome: str
    failed_runs: str
    exploratory_runs: str
    includes: str
    hardware: str
    devices: int | None
    power_w: float | None
    power_scope: str
    device_hours: float | None
    pue: float | None
    carbon_intensity: float | None
    wue: float | None
    ewif: float | None
    country: str
    region: str
    provider: str
    runs: int
    printed: Printed
    energy: Span
    co2e: Span
    water: Span
    embodied: Span
    factor_set: str
    why: str

    @property
    def harmonised(self) -> bool:
        """Something was recomputed."""
        return self.energy.value is not None or self.co2e.value is not None

    @property
    def work_year(self) -> int:
        """The year of the runs, else of the arXiv identifier, else of the statement; 0 for none."""
        return self.year or _arxiv_year(self.arxiv) or self.issued


class Parts(NamedTuple):
    """Everything that a statement gives to compare.

    Attributes:
        whole: The row of its totals.
        runs: A row for each run.
        rates: A row for each rate.
    """

    whole: Row
    runs: tuple[Row, ...]
    rates: tuple[Row, ...]


class Unusable(NamedTuple):
    """A document that cannot be compared, and why."""

    name: str
    verdict: Verdict


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
    wrong = [found for found in verdict.findings if found.severity == Severity.ERROR]
    if any(not found.pointer.startswith("/reported") for found in wrong) or any(
        found.code[:3] in ("GA0", "GA1") for found in wrong
    ):
        return Unusable(source.name, verdict)
    data = {key: value for key, value in source.data.items() if key != "results"}
    statement = from_document(data)
    footprint = compute(statement, factors, policy)
    level, name = verdict.level or "none", factors.name
    return Parts(
        _whole_row(source, statement, footprint, level, name),
        tuple(_run_row(source, statement, footprint, run, level, name) for run in footprint.runs),
        tuple(_rate_rows(source, statement, footprint, level, name)),
    )


def select(rows: Iterable[Row], per: str) -> list[Row]:
    """Choose the rows of a comparison: rates for ``per="unit"``, else totals.

    A statement that has rates only, such as a provider's figure for one prompt, is shown by its rates.
    """
    rows = list(rows)
    if per == "unit":
        return [row for row in rows if row.unit]
    whole = {row.digest for row in rows if not row.unit and (row.harmonised or row.printed.some)}
    rated = {row.digest for row in rows if row.unit} - whole
    return [row for row in rows if bool(row.unit) == (row.digest in rated)]


def _whole_row(
    source: Source, statement: Statement, footprint: Footprint, level: str, set_name: str
) -> Row:
    counted = [found.run for found in footprint.runs if not found.run.part_of]
    return _row(
        source, statement, counted, footprint.totals, printed(statement), level, set_name, run=""
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
        source, statement, [found.run], found.outcomes, figures, level, set_name, run=found.run.id
    )


def _rate_rows(
    source: Source, statement: Statement, footprint: Footprint, level: str, set_name: str
) -> Iterator[Row]:
    """Pair printed and computed rates by unit and run; those without a partner stand alone."""
    computed = {(rate.unit.run, unit_name(rate.unit.unit)): rate for rate in footprint.per_unit}
    said: dict[tuple[str, str], Printed] = {}
    for run_id, figures in printed_rates(statement):
        said.setdefault((run_id, figures.unit), figures)
    for run_id, unit in dict.fromkeys((*said, *computed)):
        runs = [run for run in statement.runs if run.id == run_id] or list(statement.runs)
        rate = computed.get((run_id, unit))
        figures = said.get((run_id, unit)) or _shared(statement, footprint, run_id, rate)
        outcomes = rate.outcomes if rate else {}
        row = _row(source, statement, runs, outcomes, figures, level, set_name, run=run_id)
        why = row.why or ("" if rate else f"how many of '{unit}' there were is not declared")
        yield row._replace(unit=unit, why=why)


def _shared(
    statement: Statement, footprint: Footprint, run_id: str, rate: UnitFootprint | None
) -> Printed:
    """Divide printed totals by the declared quantity, where no rate is printed."""
    quantity = rate.unit.quantity if rate else None
    figures = printed(statement, run_id)
    if not figures.some and (not run_id or len(footprint.runs) == 1):
        figures = printed(statement)
    if not isinstance(quantity, Quantity) or not quantity.value:
        return Printed()
    return figures.divided(quantity.value)


def _row(
    source: Source,
    statement: Statement,
    runs: list[Run],
    outcomes: dict[str, Outcome],
    figures: Printed,
    level: str,
    set_name: str,
    *,
    run: str,
) -> Row:
    data = statement.data
    subject, boundary = data["subject"], data.get("boundary", {})
    first = next((part for one in runs for part in one.primary), None)
    hours = _span(outcomes.get("device_hours"))
    missing = outcomes.get("energy_facility_kwh") or outcomes.get("co2e_operational_kg")
    return Row(
        name=source.name, run=run, unit="", digest=source.digest, status=source.status,
        title=statement.title, subject=subject["name"], kind=subject.get("kind", ""),
        field=subject.get("field", ""), task=subject.get("task", ""), arxiv=subject.get("arxiv", ""),
        doi=subject.get("doi", ""), citation=data.get("provenance", {}).get("citation", ""),
        year=max((one.year for one in runs), default=0), issued=_issued(data), level=level,
        phase=_joined(one.phase for one in runs), outcome=_joined(one.outcome for one in runs),
        failed_runs=boundary.get("failed_runs", ""),
        exploratory_runs=boundary.get("exploratory_runs", ""),
        includes=", ".join(boundary.get("includes", ())),
        hardware=_joined(part.model or part.kind for one in runs for part in one.primary),
        devices=first.number if first else None,
        power_w=_common(getattr(part.power_w, "value", None) for one in runs for part in one.primary),
        power_scope=_joined(part.power_scope for one in runs for part in one.primary),
        device_hours=hours.value,
        pue=_common(_declared(one.pue) for one in runs),
        carbon_intensity=_common(
            _declared(one.carbon_intensity.quantity if one.carbon_intensity else None) for one in runs
        ),
        wue=_common(_water(one, "wue_l_per_kwh") for one in runs),
        ewif=_common(_water(one, "ewif_l_per_kwh") for one in runs),
        country=_joined(one.location.country for one in runs),
        region=_joined(one.location.region for one in runs),
        provider=_joined(one.location.provider for one in runs),
        runs=sum(one.repetitions for one in runs), printed=figures,
        energy=_span(outcomes.get("energy_facility_kwh")),
        co2e=_span(outcomes.get("co2e_operational_kg")), water=_span(outcomes.get("water_l")),
        embodied=_span(outcomes.get("co2e_embodied_kg")), factor_set=set_name,
        why=missing.reason if isinstance(missing, Missing) else "",
    )  # fmt: skip


def _issued(data: dict[str, Any]) -> int:
    """Return the year of a statement that nobody compiled from somebody else's publication."""
    year = str(data.get("issued", ""))[:4]
    return int(year) if year.isdigit() and "compiled_by" not in data.get("provenance", {}) else 0


def _arxiv_year(arxiv: str) -> int:
    """Return the year in an arXiv identifier: 2211.02001 is of 2022, hep-th/9711200 of 1997."""
    digits = arxiv.rpartition("/")[2][:2]
    if not digits.isdigit():
        return 0
    return int(digits) + (1900 if int(digits) > 90 else 2000)


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


def _joined(words: Iterable[str]) -> str:
    return " + ".join(dict.fromkeys(word for word in words if word))
