"""The footprint as far as the digits of its inputs go.

An input that is stated as 1.1 may have been 1.05 or 1.149. Before a figure is called wrong it is
held against the interval that these digits allow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.footprint import compute
from greenalgo.glance.printed import half_unit_of
from greenalgo.statement import Quantity

if TYPE_CHECKING:
    from greenalgo.footprint import Footprint
    from greenalgo.validate.case import Case


def rounded_footprint(case: Case) -> Footprint:
    """Recompute a statement with every declared number widened by half a unit of its last digit."""
    statement = case.statement
    runs = tuple(_widen(run) for run in statement.runs)
    return compute(statement._replace(runs=runs), case.factors, case.policy)


def _widen(node: Any) -> Any:
    if isinstance(node, Quantity):
        half = half_unit_of(node.value) if node.value else 0.0  # a stated zero is exact
        return node._replace(
            lower=min(node.lower, max(node.value - half, 0.0)),
            upper=max(node.upper, node.value + half),
        )
    if hasattr(node, "_fields"):
        return node._replace(**{name: _widen(getattr(node, name)) for name in node._fields})
    if isinstance(node, tuple):
        return tuple(_widen(part) for part in node)
    return node
