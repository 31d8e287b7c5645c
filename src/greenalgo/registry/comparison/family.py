"""Families: statements about one artefact, by how much they differ and in which inputs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.registry.comparison.rows import told_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from greenalgo.registry.comparison.rows import Row

#: Relations that say that two statements are about one artefact.
BINDING = frozenset({"same_subject_as", "quotes"})
#: From this ratio on figures are said to differ: by more than rounding does.
DIFFERS = 1.05
#: A size in a name: "175b", "1.1B", "670k". "GPT-3" and "GPT-3 175B" are one, two sizes are two.
_SIZE = re.compile(r"\d+(?:\.\d+)?[kmbt]")
#: Facts that are shown where members differ.
_INPUTS = (
    "phase", "boundary", "basis", "unit", "includes", "hardware", "devices", "power_w", "device_hours",
    "pue", "carbon_intensity", "wue", "ewif", "country", "region", "provider", "failed_runs",
    "exploratory_runs", "year",
)  # fmt: skip


class Spread(NamedTuple):
    """How far members differ in a figure: the largest over the smallest.

    Attributes:
        what: ``co2e as reported``, ``energy harmonised`` and so on.
        ratio: Largest over smallest.
        smallest: The row that has the smallest, and the value.
        largest: The row that has the largest, and the value.
        compared: How many rows have the figure.
        alike: The rows share boundary and basis, so that the ratio is one of like with like.
    """

    what: str
    ratio: float
    smallest: tuple[str, float]
    largest: tuple[str, float]
    compared: int
    alike: bool

    @property
    def metric(self) -> str:
        """The quantity: ``co2e``, ``energy`` or ``water``, as a row names it."""
        return self.what.partition(" ")[0].lower()


class Family(NamedTuple):
    """Statements about one artefact, in one phase; its rates are a family for each unit of work.

    Attributes:
        subject: The artefact.
        phase: The phases that all members have.
        rows: The members.
        spreads: By how much they differ; none where no figure is given twice.
        differing: Input -> value by row, for inputs in which members differ.
    """

    subject: str
    phase: str
    rows: tuple[Row, ...]
    spreads: tuple[Spread, ...]
    differing: Mapping[str, Mapping[str, Any]]

    @property
    def scope(self) -> str:
        """Its phases, and the unit of its rates: ``inference, per prompt``."""
        unit = self.rows[0].unit
        return f"{self.phase.replace('_', '-')}{f', per {unit}' if unit else ''}"

    @property
    def ratio(self) -> float:
        """The widest spread; 1 where there is none."""
        return max((spread.ratio for spread in self.spreads), default=1.0)

    @property
    def differs(self) -> bool:
        """Its figures differ by more than rounding does."""
        return self.ratio >= DIFFERS


def families_of(
    rows: Iterable[Row], relations: Mapping[str, Sequence[tuple[str, str]]]
) -> list[Family]:
    """Find families with at least two statements.

    Statements are of one artefact where their subjects have one name (letters and digits count, and a
    size may be left out), or where one says that it quotes the other or has the same subject. An arXiv
    identifier alone does not make a family: it names the paper, which may be about many models.

    Args:
        rows: Rows of totals and rates.
        relations: For each digest the relations of its statement, each a kind and what it names.

    Returns:
        The families, the widest spread first.
    """
    rows = list(rows)
    group = _groups(rows, relations)
    members: dict[tuple[int, str, str], list[Row]] = {}
    for row in rows:
        members.setdefault((group[row.digest], row.phase, row.unit), []).append(row)
    found = []
    for (_, phase, _unit), kin in members.items():
        if len({row.digest for row in kin}) > 1:
            # Sorted, so that of equal values the same is named whatever the order of statements.
            kin = sorted(told_apart(kin), key=lambda row: (row.name, row.digest, row.run))
            spreads = tuple(spread for spread in _spreads(kin) if spread)
            name = max((row.subject for row in kin), key=len)
            found.append(Family(name, phase, tuple(kin), spreads, _differing(kin)))
    return sorted(found, key=lambda family: (-family.ratio, family.subject, family.phase))


def family_record(family: Family) -> dict[str, Any]:
    """Return a family as plain JSON values."""
    return {
        "subject": family.subject,
        "phase": family.phase,
        "ratio": family.ratio,
        "statements": [{"name": row.name, "digest": row.digest} for row in family.rows],
        "spreads": [spread._asdict() for spread in family.spreads],
        "differing": {name: dict(values) for name, values in family.differing.items()},
    }


def _groups(
    rows: Sequence[Row], relations: Mapping[str, Sequence[tuple[str, str]]]
) -> dict[str, int]:
    """Give each digest the number of its family."""
    parent = {row.digest: row.digest for row in rows}

    def top(digest: str) -> str:
        while parent[digest] != digest:
            parent[digest] = parent[parent[digest]]  # halves the way for the next who asks
            digest = parent[digest]
        return digest

    names: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for row in rows:
        base, sizes = base_of(row.subject)
        names.setdefault(base, []).append((row.digest, sizes))
    for bearers in names.values():
        # One size in all: a name without it means the same.
        alike = len({sizes for _, sizes in bearers if sizes}) <= 1
        first: dict[frozenset[str], str] = {}
        for digest, sizes in bearers:
            like = first.setdefault(frozenset() if alike else sizes, digest)
            parent[top(digest)] = top(like)
    known = {row.digest: row for row in rows}
    by_name = {row.name: row.digest for row in rows}
    for digest, named in relations.items():
        for kind, other in named:
            target = other if other in known else by_name.get(stem_of(other), "")
            if kind in BINDING and digest in parent and target:
                parent[top(digest)] = top(target)
    numbers: dict[str, int] = {}
    return {digest: numbers.setdefault(top(digest), len(numbers)) for digest in parent}


def base_of(subject: str) -> tuple[str, frozenset[str]]:
    """Return the name of an artefact without its sizes, as families are found by, and the sizes."""
    words = re.findall(r"(?:[^\W_]|\.)+", subject.lower())
    sizes = frozenset(word for word in words if _SIZE.fullmatch(word))
    return "".join(word for word in words if word not in sizes) or subject.lower(), sizes


def stem_of(name: str) -> str:
    """Return the name of a statement that a relation names by its file."""
    return re.sub(r"\.(ya?ml|json)$", "", name.rpartition("/")[2])


def _spreads(rows: Sequence[Row]) -> list[Spread | None]:
    def printed(row: Row) -> object:
        return row.printed.boundary, row.printed.basis

    return [
        _spread("CO2e as reported", [(r, r.printed.co2e_kg) for r in rows], printed),
        _spread("energy as reported", [(r, r.printed.energy_kwh) for r in rows], printed),
        _spread(
            "water as reported",
            [(r, r.printed.water_l) for r in rows],
            lambda row: (row.printed.water_scope, row.water_kind),
        ),
        _spread("CO2e harmonised", [(r, r.co2e.value) for r in rows], lambda row: row.intensity_of),
        _spread("energy harmonised", [(r, r.energy.value) for r in rows], lambda _: ""),
    ]


def _spread(
    what: str, values: Sequence[tuple[Row, float | None]], covers: Callable[[Row], object]
) -> Spread | None:
    """Return how far apart values are; alike where what they cover is the same."""
    known = [(value, row) for row, value in values if value is not None and value > 0]
    if len({row.digest for _, row in known}) < 2:
        return None
    low, high = min(known, key=lambda k: k[0]), max(known, key=lambda k: k[0])
    alike = len({covers(row) for _, row in known}) == 1
    return Spread(
        what, high[0] / low[0], (low[1].name, low[0]), (high[1].name, high[0]), len(known), alike
    )


def _differing(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    found = {}
    for name in _INPUTS:
        values = {label_of(row): _input(row, name) for row in rows}
        if len({str(value) for value in values.values()}) > 1:
            found[name] = values
    return found


def label_of(row: Row) -> str:
    """Return what a member is called among the values that differ."""
    return f"{row.name}:{row.run}" if row.run and not row.unit else row.name


def _input(row: Row, name: str) -> Any:
    if name in ("boundary", "basis"):
        return getattr(row.printed, name) or None
    value = getattr(row, name)
    return None if value in ("", 0) else value
