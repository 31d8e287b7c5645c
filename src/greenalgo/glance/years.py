"""From several rows of one fact to the row of a year."""

from __future__ import annotations

from math import sqrt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: How far a value carried to a year k years away moves: 9.3 % x sqrt(k) covers 80 % of the changes in the
#: Ember series since 2012 (214 countries; measured k = 1: 9.3 %, 2: 13.3 %, 4: 18.6 %, 7: 25.2 %).
CARRIED_PER_ROOT_YEAR: Final = 0.093


def pick_year(rows: list[dict[str, str]], year: int | None) -> tuple[dict[str, str], str]:
    """Return the row of a year and how it was chosen.

    Args:
        rows: Rows that differ in year; at least one.
        year: The year; None takes the latest that is not provisional.

    Returns:
        The row, and ``""``, ``latest complete year (2024)``, ``latest year (2025 for 2026)`` or ``nearest year
        (2023 for 2024)``.
    """
    by_year = {int(row["year"]): row for row in rows}
    if year is None:
        complete = [y for y, row in by_year.items() if row["status"] != "provisional"]
        chosen = max(complete or by_year)
        return by_year[chosen], f"latest complete year ({chosen})"
    if year in by_year:
        return by_year[year], ""
    chosen = min(by_year, key=lambda y: (abs(y - year), y))
    word = "latest" if chosen == max(by_year) and chosen < year else "nearest"
    return by_year[chosen], f"{word} year ({chosen} for {year})"


def widen(value: float, lower: float, upper: float, share: float) -> tuple[float, float]:
    """Return the bounds with a further relative uncertainty added in quadrature.

    Args:
        value: The value, above 0.
        lower: Its lower bound.
        upper: Its upper bound.
        share: The further uncertainty as a share of the value.
    """
    down = sqrt(((value - lower) / value) ** 2 + share**2)
    up = sqrt(((upper - value) / value) ** 2 + share**2)
    return max(0.0, value * (1 - down)), value * (1 + up)


def carried(value: float, lower: float, upper: float, years: int) -> tuple[float, float]:
    """Return the bounds of a value that is carried to a year some years away.

    Args:
        value: The value, above 0.
        lower: Its lower bound.
        upper: Its upper bound.
        years: How many years away, at least 1.
    """
    return widen(value, lower, upper, CARRIED_PER_ROOT_YEAR * sqrt(years))
