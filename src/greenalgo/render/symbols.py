"""Formulas with numbers put in: units by field name, digits for a pocket calculator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

#: End of a field's name -> unit; the longest that fits counts.
_UNITS = {
    "_kwh": "kWh", "_wh": "Wh", "_j": "J", "_kg": "kg", "_g": "g", "_l": "L", "_ml": "mL", "_w": "W",
    "_w_per_gb": "W/GB", "_g_per_kwh": "g/kWh", "_l_per_kwh": "L/kWh", "_gb": "GB", "hours": "h",
    "flops": "FLOP", "_flops_per_s": "FLOP/s",
}  # fmt: skip
_NAME = re.compile(r"[A-Za-z_]\w*")
#: Digits that are shown: what pocket calculators show.
DIGITS = 10
_WIDTH = 96


def unit_of(name: str) -> str:
    """Return the unit that a field's name states; empty for ratios and counts."""
    fitting = [ending for ending in _UNITS if name.endswith(ending)]
    return _UNITS[max(fitting, key=len)] if fitting else ""


def digits(value: float) -> str:
    """Return a number with :data:`DIGITS` significant digits, without needless zeros.

    Whole numbers are written out up to 10^15; beyond it, and below 10^-4, as 4.5e20.
    """
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    mantissa, exponent, power = f"{value:.{DIGITS}g}".partition("e")
    return f"{mantissa}e{int(power)}" if exponent else mantissa


def amount(name: str, value: float) -> str:
    """Return a number with the unit of its field: ``400 W``."""
    unit = unit_of(name)
    return f"{digits(value)} {unit}" if unit else digits(value)


def interval(name: str, quantity: dict[str, Any]) -> str:
    """Return ``380 to 410 W``; empty where there is no interval."""
    value = quantity["value"]
    lower, upper = quantity.get("lower", value), quantity.get("upper", value)
    return "" if lower == upper else f"{digits(lower)} to {amount(name, upper)}"


def steps(formula: str, inputs: Sequence[dict[str, Any]]) -> list[str]:
    """Return a formula, and the same with its inputs put in.

    Args:
        formula: ``energy_it_kwh = count x hours x power_w / 1000``; the inputs come in it in their order.
        inputs: Inputs of a trace.

    Returns:
        Lines; those after the first begin with ``=`` below the first one's.
    """
    name, _, right = formula.partition(" = ")
    if right.startswith("sum of"):
        put = " + ".join(amount(given["name"], given["value"]) for given in inputs)
    else:
        put = _put(right, list(inputs))
    margin = " " * len(name)
    lines = [*_broken(f"{name} = {right}", margin), *_broken(f"{margin} = {put}", margin)]
    return lines if put != right else lines[: len(lines) // 2]


def _put(right: str, inputs: list[dict[str, Any]]) -> str:
    """Replace each name by the next input of that name."""

    def value(match: re.Match[str]) -> str:
        for index, given in enumerate(inputs):
            if given["name"] == match[0]:
                return amount(match[0], inputs.pop(index)["value"])
        return match[0]

    return _NAME.sub(value, right.removeprefix("declared "))


def _broken(line: str, margin: str) -> list[str]:
    """Break a long sum before its plus signs."""
    lines = [""]
    for index, term in enumerate(line.split(" + ")):
        piece = term if not index else f" + {term}"
        if lines[-1] and len(lines[-1]) + len(piece) > _WIDTH:
            lines.append(f"{margin}  {piece}")
        else:
            lines[-1] += piece
    return lines
