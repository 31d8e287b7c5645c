"""How Nextflow writes amounts and names, in its own trace and in that of nf-co2footprint."""

from __future__ import annotations

import re

from greenalgo.formats.table import to_number

#: The status of a task whose result was there already: it was not computed again.
CACHED = "CACHED"
#: Unit -> s.
TIME = {"ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
#: Unit -> GB of 1024^3 bytes.
MEMORY = {"B": 2.0**-30, "KB": 2.0**-20, "MB": 2.0**-10, "GB": 1.0, "TB": 2.0**10}
#: Commas are between thousands: "1,5 s" is none.
_AMOUNT = re.compile(
    r"(\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d*\.?\d+(?:[eE][+-]?\d+)?|\d+\.)\s*([^\d\s,.]\S*)?"
)


def amount_of(text: str, units: dict[str, float]) -> float | None:
    """Return an amount in its base unit; several are added (``1s 500ms``). None where it is none that is known."""
    if _AMOUNT.sub("", text).strip():
        return None
    total, seen = 0.0, False
    for digits, unit in _AMOUNT.findall(text):
        number = to_number(digits.replace(",", ""))
        if number is None or (unit not in units and unit):
            return None
        total, seen = total + number * units.get(unit, 1.0 if not number else float("nan")), True
    return total if seen and total == total else None


def process_of(name: str) -> str:
    """Return the name of a process: without the sample in brackets, and without the workflows around it."""
    return re.sub(r"\s*\([^)]*\)$", "", name).rsplit(":", 1)[-1]
