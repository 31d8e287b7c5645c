"""Statements about one artefact, beside each other: by how much they differ, and in what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.registry.comparison.family import label_of
from greenalgo.registry.comparison.reasons import heading, scope_of
from greenalgo.registry.service.pages import words
from greenalgo.registry.service.pages.views import Shown, point, shorten, shown, span
from greenalgo.render.amounts import unit_of
from greenalgo.render.numbers import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from greenalgo.registry.comparison.family import Family, Spread
    from greenalgo.registry.comparison.rows import Row
    from greenalgo.registry.service.library import Library

#: Members that are listed; more of them are counted.
MOST_MEMBERS = 12
#: Quantity -> the field of what is printed, and how a page heads its column.
_PRINTED = {"co2e": "co2e_kg", "energy": "energy_kwh", "water": "water_l"}
METRICS = {"co2e": "CO₂e", "energy": "Energy", "water": "Water"}

#: Input -> how its values are written.
_WORDED: Mapping[str, Callable[[str], str]] = {
    "boundary": lambda value: words.BOUNDARIES.get(value, value),
    "basis": words.based,
    "phase": words.phase,
    "country": lambda value: " + ".join(words.places(value)),
}


class Member(NamedTuple):
    """A statement of a family."""

    digest: str
    title: str
    reported: Shown
    harmonised: Shown
    covers: str


class Difference(NamedTuple):
    """An input in which members differ."""

    name: str
    values: tuple[str, ...]


class Kin(NamedTuple):
    """A family, as a page shows it; its members are shown with the quantity that differs most.

    Attributes:
        subject: The artefact.
        phase: The phases that all members have, and the unit where the figures are rates.
        ratio: The largest figure over the smallest; empty where no figure is given twice.
        what: Which figure that is.
        metric: The heading of that quantity.
        alike: The two figures share boundary and basis.
        digests: The first members.
        statements: How many members there are.
        members: The first members, with figures; none in a list of families.
        differing: Inputs in which they differ; none in a list of families.
    """

    subject: str
    phase: str
    ratio: str
    what: str
    metric: str
    alike: bool
    digests: tuple[str, ...]
    statements: int
    members: tuple[Member, ...] = ()
    differing: tuple[Difference, ...] = ()


def of(library: Library, digest: str) -> list[Kin]:
    """Return the families of a statement."""
    return [shown_family(family) for family in library.family(digest)]


def differing(families: Iterable[Family]) -> list[Kin]:
    """Return for a list those families whose figures differ by more than rounding does."""
    return [_in_a_line(family, _widest(family)) for family in families if family.differs]


def shown_family(family: Family) -> Kin:
    """Return a family as a page shows it."""
    widest = _widest(family)
    rows = _by_digest(family)
    metric = widest.metric if widest else "co2e"
    printed = [point(getattr(row.printed, _PRINTED[metric]), metric) for row in rows]
    computed = [span(getattr(row, metric), metric) for row in rows]
    unit = unit_of((*printed, *computed), metric)
    members = tuple(
        Member(
            row.digest, row.title, shown(said, unit), shown(found, unit),
            words.covers(row.printed.boundary, row.printed.basis),
        )
        for row, said, found in list(zip(rows, printed, computed, strict=True))[:MOST_MEMBERS]
    )  # fmt: skip
    apart = tuple(Difference(heading(name), _values(name, family)) for name in family.differing)
    return _in_a_line(family, widest)._replace(members=members, differing=apart)


def _in_a_line(family: Family, widest: Spread | None) -> Kin:
    digests = tuple(row.digest for row in _by_digest(family))
    return Kin(
        family.subject,
        ", per ".join(part for part in (words.phase(family.phase), family.rows[0].unit) if part),
        show(float(f"{widest.ratio:.3g}")) if widest else "",
        widest.what if widest else "",
        METRICS[widest.metric if widest else "co2e"],
        widest.alike if widest else True,
        digests[:MOST_MEMBERS],
        len(digests),
    )


def _widest(family: Family) -> Spread | None:
    return max(family.spreads, key=lambda one: one.ratio, default=None)


def _by_digest(family: Family) -> list[Row]:
    """Return one row of each statement: the last."""
    return list({row.digest: row for row in family.rows}.values())


def _values(name: str, family: Family) -> tuple[str, ...]:
    values = family.differing[name]
    said = tuple(dict.fromkeys(_said(name, values[label_of(row)], row) for row in family.rows))
    return said[:6] + ((f"and {len(said) - 6} more",) if len(said) > 6 else ())


def _said(name: str, value: Any, row: Row) -> str:
    if value is None:
        return "not given"
    if name == "year":  # it is written without groups
        return str(value)
    if isinstance(value, (int, float)):
        scope = scope_of(row) if name == "power_w" else ""
        return show(float(f"{value:.6g}")) + (f" for {scope}" if scope else "")
    return shorten(_WORDED.get(name, str)(str(value)), 60)
