"""Facts as a template prints them: text, already rounded, in units that people choose."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.registry.service.pages import words
from greenalgo.render.amounts import Amount

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenalgo.registry.catalogue import Entry
    from greenalgo.registry.comparison.rows import Row, Span
    from greenalgo.render.numbers import Unit


class Shown(NamedTuple):
    """A number on a page.

    Attributes:
        text: With its unit; empty where there is none.
        interval: Its ends with the unit; empty for a point.
        reason: Why there is none.
        status: Where it came from, in words.
        printed: It is what the publication prints, because nothing could be recomputed.
    """

    text: str = ""
    interval: str = ""
    reason: str = ""
    status: str = ""
    printed: bool = False


class Listed(NamedTuple):
    """A statement in a list."""

    digest: str
    title: str
    meta: str
    year: str
    level: str
    status: str
    energy: Shown
    co2e: Shown


def shown(found: Amount, unit: Unit | None = None) -> Shown:
    """Return an amount as it is printed.

    Args:
        found: The amount.
        unit: The unit of its column; the one that suits it if None.
    """
    if not found.assessed:
        return Shown(reason=found.reason)
    chosen = unit or found.unit()
    name = f"\u00a0{chosen.name}" if chosen.name else ""
    ends = found.range(chosen)
    interval = f"{ends}{name}" if ends else ""
    return Shown(f"{found.digits(chosen)}{name}", interval, "", found.status_words)


def span(found: Span, quantity: str) -> Amount:
    """Return a recomputed value of a row as an amount: kWh, kg or L."""
    if found.value is None:
        return Amount(quantity)
    lower = found.value if found.lower is None else found.lower
    upper = found.value if found.upper is None else found.upper
    return Amount(quantity, found.value, lower, upper, "modelled")


def point(value: float | None, quantity: str) -> Amount:
    """Return a printed value as an amount."""
    return Amount(quantity) if value is None else Amount(quantity, value, value, value, "declared")


@lru_cache(4096)
def best(recomputed: Span, printed: float | None, quantity: str) -> Shown:
    """Return what was recomputed; else what is printed, marked as such."""
    if recomputed.value is None and printed is not None:
        return shown(point(printed, quantity))._replace(printed=True)
    return shown(span(recomputed, quantity))


def listed(entries: Iterable[Entry]) -> list[Listed]:
    """Return statements as a list shows them."""
    return [
        Listed(entry.digest, title_of(entry), "", "–", "–", entry.state.status, Shown(), Shown())
        if entry.withheld
        else Listed(
            entry.digest, title_of(entry), meta(entry.row),
            str(entry.row.work_year or "–"),
            entry.row.level if entry.row.level != "none" else "–", entry.state.status,
            best(entry.row.energy, entry.row.printed.energy_kwh, "energy"),
            best(entry.row.co2e, entry.row.printed.co2e_kg, "co2e"),
        )
        for entry in entries
    ]  # fmt: skip


def title_of(entry: Entry) -> str:
    """Return the title of a statement; not of one that moderators keep back."""
    return "Withheld by moderators" if entry.withheld else entry.title


def meta(row: Row) -> str:
    """Return in a line what a statement is about: phase, hardware, place."""
    hardware = shorten(row.hardware, 60)
    parts = (
        words.phase(row.phase),
        hardware,
        " + ".join(words.places(row.country)[:3]),
        row.provider,
    )
    return " · ".join(part for part in parts if part)


def shorten(text: str, most: int) -> str:
    """Return a text of at most so many characters, cut at a word."""
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0].rstrip(" +,") + "…"
