"""Statistics of a registry: levels, omissions by phase, hardware and country, families."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from greenalgo.factors import open_set
from greenalgo.registry.comparison.family import Family, families_of, family_record
from greenalgo.registry.comparison.formats import visible
from greenalgo.registry.comparison.gather import from_store, relations_of
from greenalgo.registry.comparison.omissions import (
    SPLITS,
    facts_of,
    fields_of,
    omissions,
    shares,
)
from greenalgo.registry.comparison.parts import rows_of
from greenalgo.registry.comparison.reasons import name_of, short
from greenalgo.registry.comparison.rows import Row, Unusable, select

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenalgo.registry.store import Store

#: Groups of a split that are shown as text; the JSON has all.
MOST_GROUPS = 6
#: From this ratio on members of a family are said to be far apart.
FAR = 2


class Statistics(NamedTuple):
    """What a registry's statements have in common.

    Attributes:
        statements: How many were counted.
        documents: How many documents they are of; a statement that its authors wrote is one.
        unusable: Names of files that are no valid statements.
        levels: How many of each level; ``none`` where printed figures do not follow.
        omitted: Share of statements that leave a field out, for all together.
        splits: The same by phase, hardware and country.
        families: Statements about one artefact.
    """

    statements: int
    documents: int
    unusable: tuple[str, ...]
    levels: dict[str, int]
    omitted: pd.DataFrame
    splits: dict[str, pd.DataFrame]
    families: tuple[Family, ...]


def statistics(store: Store) -> Statistics:
    """Count the statements of a registry, without those that were withdrawn, retracted or superseded."""
    sources = from_store(store)
    factors = open_set()
    found = list(rows_of(sources, factors, factors.policy()))
    rows = [row for row in found if isinstance(row, Row)]
    unusable = [row.name for row in found if isinstance(row, Unusable)]
    good = {row.digest for row in rows}
    sources = [source for source in sources if source.digest in good]
    given = pd.DataFrame([facts_of(source) for source in sources])
    return statistics_of(select(rows, "total"), given, relations_of(sources), unusable)


def statistics_of(
    rows: Sequence[Row],
    given: pd.DataFrame,
    relations: Mapping[str, Sequence[tuple[str, str]]],
    unusable: Sequence[str],
) -> Statistics:
    """Count what is known of statements already.

    Args:
        rows: Their rows, chosen for totals.
        given: A row for each, as :func:`.omissions.facts_of` makes it.
        relations: For each digest its relations.
        unusable: Names of files that are no valid statements.
    """
    frame = omissions(given)
    levels = Counter({row.digest: row.level for row in rows}.values())
    return Statistics(
        len(frame),
        len({row.citation or row.digest for row in rows}),
        tuple(unusable),
        dict(sorted(levels.items())),
        shares(frame) if len(frame) else frame,
        {by: shares(frame, by) for by in SPLITS} if len(frame) else {},
        tuple(families_of(rows, relations)),
    )


def to_record(found: Statistics) -> dict[str, Any]:
    """Return statistics as plain JSON values; shares are fractions of 1."""
    return {
        "format_version": "1.0",
        "statements": found.statements,
        "documents": found.documents,
        "unusable": list(found.unusable),
        "levels": found.levels,
        "omitted": _shares(found.omitted).get("all", {}),
        **{f"omitted_by_{by}": _shares(frame) for by, frame in found.splits.items()},
        "families": [family_record(family) for family in found.families],
    }


def to_text(found: Statistics) -> str:
    """Return statistics as text."""
    words = {"none": "with printed figures that do not follow"}
    levels = ", ".join(f"{n} {words.get(level, level)}" for level, n in found.levels.items())
    of = f" of {found.documents} documents" if found.documents < found.statements else ""
    noun = "statement" if found.statements == 1 else "statements"
    lines = [f"{found.statements} {noun}{of}{': ' if levels else ''}{levels}"]
    if found.unusable:
        lines.append(f"passed over, not valid: {', '.join(found.unusable)}")
    if found.statements:
        lines += ["", "What they leave out", *_table(found)]
    apart = [family for family in found.families if family.differs]
    far = sum(family.ratio >= FAR for family in apart)
    several = f"Artefacts with several statements: {len(found.families)}"
    if apart:
        several += f", of which {len(apart)} differ, {far} of them {FAR} times or more:"
    lines += ["", several]
    for family in apart:
        spread = max(family.spreads, key=lambda one: one.ratio)
        like = "" if spread.alike else " (not like with like)"
        lines.append(
            f"  {spread.ratio:8.3g} x  {family.subject}, {family.scope}: {spread.what}, "
            f"{short(spread.smallest[0], family)} to {short(spread.largest[0], family)}{like}"
        )
        differing = ", ".join(map(name_of, family.differing))
        lines.append(f"              differ in: {differing or 'no input'}")
    return "".join(f"{visible(line)}\n" for line in lines)


def _table(found: Statistics) -> list[str]:
    fields = fields_of(found.omitted.drop(columns="statements").reset_index(drop=True))
    ordered = sorted(fields, key=lambda field: -found.omitted[field].iloc[0])
    lines = []
    for title, frame in (("all", found.omitted), *found.splits.items()):
        shown = frame.head(MOST_GROUPS)
        heads = [
            f"{str(name)[:12].replace('_', '-')} ({row['statements']:.0f})"
            for name, row in shown.iterrows()
        ]
        widths = [max(len(head), 5) for head in heads]
        label = "" if title == "all" else f"by {title}"
        lines.append("")
        lines.append(
            f"  {label:26}" + "  ".join(h.rjust(w) for h, w in zip(heads, widths, strict=True))
        )
        for field in ordered:
            cells = [
                f"{row[field]:.0%}".rjust(w)
                for (_, row), w in zip(shown.iterrows(), widths, strict=True)
            ]
            lines.append(f"  {field:26}" + "  ".join(cells))
    return lines[1:]


def _shares(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    if frame.empty:
        return {}
    return {
        str(name): {
            str(field): int(value) if field == "statements" else round(float(value), 6)
            for field, value in row.items()
        }
        for name, row in frame.iterrows()
    }
