"""Intervals through formulas.

Every formula of greenalgo rises or falls steadily in each of its inputs (all are products,
quotients and sums of numbers that are not negative), so the ends of its interval are its values at
the ends of the inputs' intervals. That is interval arithmetic (Moore, Kearfott and Cloud 2009,
doi:10.1137/1.9780898717716): the ends hold whatever the dependence between the inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol

    # Only annotations need it, and making a protocol costs every validation 1 ms.
    class Spread(Protocol):
        """Anything with a value and an interval: scalars, arrays or columns of one length."""

        @property
        def value(self) -> Any:
            """The value."""

        @property
        def lower(self) -> Any:
            """Lower end."""

        @property
        def upper(self) -> Any:
            """Upper end."""


class Interval(NamedTuple):
    """A value and the ends of its interval, in one unit; scalars, arrays or columns."""

    value: Any
    lower: Any
    upper: Any


def propagate(
    formula: Callable[..., Any],
    rising: Mapping[str, Spread],
    falling: Mapping[str, Spread] | None = None,
) -> Interval:
    """Carry intervals through a formula.

    Args:
        formula: A function of keyword arguments that takes scalars or arrays.
        rising: Inputs in which the formula does not fall, by argument name.
        falling: Inputs in which it does not rise (divisors), by argument name.

    Returns:
        The formula at the values, and at the ends that give its least and its greatest result.
    """
    falling = falling or {}
    return Interval(
        formula(
            **{name: x.value for name, x in rising.items()},
            **{name: x.value for name, x in falling.items()},
        ),
        formula(
            **{name: x.lower for name, x in rising.items()},
            **{name: x.upper for name, x in falling.items()},
        ),
        formula(
            **{name: x.upper for name, x in rising.items()},
            **{name: x.lower for name, x in falling.items()},
        ),
    )
