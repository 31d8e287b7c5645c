"""How a number follows: inputs, formula, result."""

# No `from __future__ import annotations` here: NamedTuple compiles every annotation that is a string, which
# costs `greenalgo validate` 3 ms.

from collections.abc import Iterable, Sequence
from typing import NamedTuple

#: Statuses from the firmest to the weakest: a result has the weakest status of its inputs.
FIRMNESS = (
    "metered",
    "counter",
    "vendor_reported",
    "declared",
    "modelled",
    "looked_up",
    "imputed",
    "default",
)


class Input(NamedTuple):
    """One input of a formula.

    Attributes:
        name: The symbol in the formula.
        value: The number, in the unit of the field that it is.
        lower: Lower end of its interval.
        upper: Upper end of its interval.
        status: Where it came from.
        at: JSON pointer to the declared input, or to the result that it is.
        factor: Id of the factor row, if it was looked up.
        source: Source that the author gave.
    """

    name: str
    value: float
    lower: float
    upper: float
    status: str
    at: str = ""
    factor: str = ""
    source: str = ""


class Trace(NamedTuple):
    """How a result follows from its inputs.

    Attributes:
        method: The way that was taken, in a word.
        formula: The formula, in field names.
        inputs: What went in, in the formula's order.
        cite: BibTeX keys of the method.
        note: What a reader should know besides.
    """

    method: str
    formula: str
    inputs: tuple[Input, ...]
    cite: tuple[str, ...] = ()
    note: str = ""


class Result(NamedTuple):
    """A computed number.

    Attributes:
        value: The number, in the unit that the quantity's name states (kWh, kg of CO2e, L, h).
        lower: Lower end of its interval, in the same unit; the value itself for a point.
        upper: Upper end.
        status: The weakest status of its inputs.
        trace: How it follows.
    """

    value: float
    lower: float
    upper: float
    status: str
    trace: Trace

    def as_input(self, name: str, at: str) -> Input:
        """Return this result as an input of the next formula."""
        return Input(name, self.value, self.lower, self.upper, self.status, at)


class Missing(NamedTuple):
    """No number.

    Attributes:
        reason: Why, in a sentence.
    """

    reason: str


#: What a computation leaves behind.
Outcome = Result | Missing


def reasons(outcomes: Iterable[Outcome]) -> str:
    """Return why there are no numbers, each reason once."""
    return "; ".join(dict.fromkeys(one.reason for one in outcomes if isinstance(one, Missing)))


def total(parts: Sequence[Result], trace: Trace, floor: str = "metered") -> Result:
    """Add up results of one unit; the ends of the sum are the sums of the ends.

    Args:
        parts: The results; at least one.
        trace: How the sum follows from them.
        floor: The firmest status that the sum may have.
    """
    return Result(
        sum(part.value for part in parts),
        sum(part.lower for part in parts),
        sum(part.upper for part in parts),
        weakest([part.status for part in parts], floor),
        trace,
    )


def weakest(statuses: list[str], floor: str = "metered") -> str:
    """Return the weakest of some statuses.

    Args:
        statuses: Statuses of the inputs.
        floor: The firmest that the result may be.
    """
    return max([floor, *statuses], key=FIRMNESS.index)
