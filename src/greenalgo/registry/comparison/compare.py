"""Compare statements: gather rows, choose, rank, find families."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.registry.comparison.family import Family, families_of
from greenalgo.registry.comparison.filters import check_values, fits, settled
from greenalgo.registry.comparison.gather import relations_of
from greenalgo.registry.comparison.key import differing
from greenalgo.registry.comparison.parts import rows_of
from greenalgo.registry.comparison.rows import Row, Source, Unusable, select, told_apart
from greenalgo.registry.comparison.table import Group, frame_of, groups_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from greenalgo.factors import FactorSet, Policy


class Comparison(NamedTuple):
    """A comparison, ready to be printed.

    Attributes:
        frame: A row for each statement, run or rate (:func:`.table.frame_of`).
        groups: The rows by key, ranked.
        differing: The parts of the key in which groups differ, each with its values.
        families: Statements about one artefact.
        unusable: Documents that are no valid statements.
        metric: ``co2e``, ``energy`` or ``water``.
        per: ``total``, ``run``, ``accelerator-hour`` or ``unit``.
        factor_set: Name of the set that all rows are recomputed with.
        policy: Name of the policy.
    """

    frame: pd.DataFrame
    groups: tuple[Group, ...]
    differing: Mapping[str, Sequence[str]]
    families: tuple[Family, ...]
    unusable: tuple[Unusable, ...]
    metric: str
    per: str
    factor_set: str
    policy: str


def compare(
    sources: Sequence[Source],
    factors: FactorSet,
    policy: Policy,
    *,
    metric: str = "co2e",
    per: str = "total",
    by_run: bool = False,
    where: Mapping[str, str] | None = None,
) -> Comparison:
    """Compare statements.

    Args:
        sources: The statements; one that is named twice counts once.
        factors: The factor set that all are recomputed with.
        policy: The policy for what they do not declare.
        metric: What is ranked: ``co2e``, ``energy`` or ``water``.
        per: What values are divided by.
        by_run: A row for each run instead of one for each statement.
        where: Field of :data:`.filters.FILTERS` -> text that it has to contain, in any case; for ``year``
            the year, for ``year>=`` and ``year<=`` the first and last, for ``status`` those to show.

    Raises:
        RegistryError: There is no such field to choose by, or no row fits one of the filters.
    """
    chosen = settled(where or {}, factors)
    unique = list({source.digest: source for source in reversed(sources)}.values())[::-1]
    found = list(rows_of(unique, factors, policy, by_run=by_run))
    rows = [row for row in found if isinstance(row, Row)]
    check_values(rows, chosen)
    usable = [row for row in rows if fits(row, chosen)]
    unusable = tuple(item for item in found if isinstance(item, Unusable))
    return compare_rows(
        usable, relations_of(unique), unusable,
        metric=metric, per=per, factor_set=factors.name, policy=policy.id,
    )  # fmt: skip


def compare_rows(
    rows: Sequence[Row],
    relations: Mapping[str, Sequence[tuple[str, str]]],
    unusable: tuple[Unusable, ...] = (),
    *,
    metric: str,
    per: str,
    factor_set: str,
    policy: str,
) -> Comparison:
    """Compare rows that are made already; arguments as :func:`compare` and :class:`Comparison` have them.

    Args:
        rows: Rows of totals and rates, or of runs and rates.
        relations: For each digest its relations.
        unusable: What could not be made a row.
        metric: What is ranked.
        per: What values are divided by.
        factor_set: Name of the set that the rows are recomputed with.
        policy: Name of the policy.
    """
    rows = select(rows, per)
    frame = frame_of(told_apart(rows), per=per, metric=metric)
    groups = tuple(groups_of(frame))
    return Comparison(
        frame, groups, differing([group.key for group in groups]),
        tuple(families_of(rows, relations)), unusable, metric, per, factor_set, policy,
    )  # fmt: skip
