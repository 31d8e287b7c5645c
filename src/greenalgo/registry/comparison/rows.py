"""The rows of a comparison: flat facts of a statement, a run or a rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenalgo.registry.comparison.reported import Printed
    from greenalgo.validate.engine import Verdict

#: Statuses of what has no rank.
UNRANKED = ("withdrawn", "retracted", "quarantined", "superseded")


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

    ``unit`` is empty for totals. ``runs`` counts repetitions. ``counted`` are the kinds of hardware whose
    energy was added up, ``energy_from`` is the status of the IT energy, ``hours_of`` names the devices
    that ``device_hours`` are hours of, ``intensity_of`` says whether carbon intensities are of the life
    cycle, as those of factor sets are, or declared as of direct emissions. ``why`` says why energy or CO2e
    could not be recomputed. ``year`` is that of the runs, ``issued`` that of the statement, where its
    authors are those of the work; 0 where it is not known.
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
    counted: str
    energy_from: str
    hardware: str
    devices: int | None
    power_w: float | None
    power_scope: str
    device_hours: float | None
    hours_of: str
    pue: float | None
    carbon_intensity: float | None
    intensity_of: str
    wue: float | None
    ewif: float | None
    water_kind: str
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
    why_no_water: str

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


def told_apart(rows: Iterable[Row]) -> list[Row]:
    """Add digits of the digest to a name that several statements have; the run, where several have a unit."""
    rows = list(rows)
    bearers: dict[str, set[str]] = {}
    runs: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        bearers.setdefault(row.name, set()).add(row.digest)
        runs.setdefault((row.digest, row.unit), set()).add(row.run)
    found = []
    for row in rows:
        digits = f" {row.digest[:8]}" if len(bearers[row.name]) > 1 else ""
        run = f":{row.run}" if row.unit and row.run and len(runs[row.digest, row.unit]) > 1 else ""
        found.append(row._replace(name=row.name + digits + run))
    return found


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


def _arxiv_year(arxiv: str) -> int:
    """Return the year in an arXiv identifier: 2211.02001 is of 2022, hep-th/9711200 of 1997."""
    digits = arxiv.rpartition("/")[2][:2]
    if not digits.isdigit():
        return 0
    return int(digits) + (1900 if int(digits) > 90 else 2000)
