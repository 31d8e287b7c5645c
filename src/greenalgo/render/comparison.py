"""Your statement beside others: a table with what is not comparable named, and a figure on a log scale.

Two columns always stand side by side: as reported, and harmonised (recomputed under one factor set). What
keeps a row from being ranked with the first is a note, not a footnote to be missed.
"""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any, NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure

from greenalgo.errors import RenderError
from greenalgo.render.amounts import Amount, unit_of
from greenalgo.render.context import words
from greenalgo.render.escape import printable, readable
from greenalgo.render.figures import save, settings
from greenalgo.render.layout import LINE, PAGE, Column, Row, Table, fit, wrap
from greenalgo.render.prose import joined
from greenalgo.render.styles import POINTS_PER_INCH
from greenalgo.render.types import Name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenalgo.render.context import View
    from greenalgo.render.styles import Style

_MARKS = "abcdefghijklmnopqrstuvwxyz"
_ROW_INCH = 0.24
#: Size of the notes' type, of the text's.
_NOTE = 0.84


class Compared(NamedTuple):
    """One statement in a comparison.

    Attributes:
        name: What was computed.
        level: Level of the statement.
        reported: Operational CO2e as printed.
        energy: Facility energy, harmonised.
        co2e: Operational, location-based CO2e, harmonised.
        differs: What keeps it from being ranked with the first, a phrase each; empty if nothing does.
    """

    name: Name
    level: str
    reported: Amount
    energy: Amount
    co2e: Amount
    differs: tuple[str, ...] = ()


def compare(views: Sequence[View]) -> tuple[Compared, ...]:
    """Put statements beside the first of them.

    Args:
        views: The statements, yours first.

    Returns:
        A record for each, with what differs from the first: phases, functional unit, level, factor set, and
        what was not assessed. A name of somebody else that LaTeX cannot print is written as code points.
    """
    first, *others = (_compared(view, views[0]) for view in views)
    return (first, *(row._replace(name=_printable(row.name)) for row in others))


def _printable(name: Name) -> Name:
    return name if name.latex else Name(printable(name), "", name.pointer)


def _compared(view: View, first: View) -> Compared:
    reported = next(
        (
            figure.amount
            for figure in view.quoted.figures
            if not figure.of and figure.what in {"Operational CO₂e", "CO₂e", "Total CO₂e"}
        ),
        Amount("co2e"),
    )
    name = view.subject or view.title
    return Compared(
        name, view.level, reported, view.totals.energy, view.totals.co2e, _differs(view, first)
    )


def _differs(view: View, first: View) -> tuple[str, ...]:
    found: list[str] = []
    phases, ours = _phases(view), _phases(first)
    if phases != ours:
        found.append(f"covers {_listed(phases)}, not {_listed(ours)}")
    if [str(unit.unit) for unit in view.per_unit] != [str(unit.unit) for unit in first.per_unit]:
        found.append("another functional unit")
    if view.level != first.level:
        found.append(f"level {view.level}, not {first.level}")
    if view.factor_set != first.factor_set:
        found.append(f"factor set {view.factor_set or 'unknown'}")
    boundaries = {view.quoted.boundary, first.quoted.boundary}
    if "facility" in boundaries and boundaries & {"it", "device"}:
        found.append("only one of them reports with the PUE")
    if not view.totals.co2e.assessed:
        found.append("no emissions can be computed from what it declares")
    if any(run.outcome != "reported" for run in view.runs) != any(
        run.outcome != "reported" for run in first.runs
    ):
        found.append("only one of them counts failed or exploratory runs")
    return tuple(found)


def _listed(phases: Sequence[str]) -> str:
    return "".join(map(str, joined([(phase,) for phase in phases or ("nothing",)])))


def _phases(view: View) -> list[str]:
    return sorted({words(run.phase) for run in view.runs})


def comparison_table(rows: Sequence[Compared], width: float) -> Table:
    """Make the table; rows that may not be ranked with the first carry a letter, explained in its notes.

    Args:
        rows: What :func:`compare` returns, or records of your own.
        width: Room in em.

    Raises:
        RenderError: It does not fit, or is longer than a page.
    """
    if len(rows) > len(_MARKS):
        raise _too_long(len(rows))
    energy = unit_of((row.energy for row in rows), "energy")
    co2e = unit_of((amount for row in rows for amount in (row.reported, row.co2e)), "co2e")
    notes: dict[tuple[str, ...], str] = {}
    lines: list[Row] = []
    for row in rows:
        name = row.name
        if row.differs:
            mark = notes.setdefault(row.differs, _MARKS[len(notes)])
            latex = f"{name.latex} ({mark})" if name.latex else ""
            name = Name(f"{name} ({mark})", latex, name.pointer)
        lines.append(
            Row(
                (
                    (name,), (row.level,), (row.reported.digits(co2e),), row.co2e.cell(co2e),
                    row.energy.cell(energy),
                )
            )
        )  # fmt: skip
    columns = [
        Column("name", ("Computation",), "l", 0, 7.0),
        Column("level", ("Level",), "l", 2),
        Column("reported", ("CO₂e as", "reported", f"({co2e.name})")),
        Column("co2e", ("CO₂e", "harmonised", f"({co2e.name})")),
        Column("energy", ("Energy", "harmonised", f"({energy.name})"), "r", 1),
    ]
    table = fit(columns, lines, width)
    told = tuple((f"({mark}) ", "; ".join(differs), ".") for differs, mark in notes.items())
    below = sum(len(wrap("".join(note), width / _NOTE)) for note in told)
    if table.height + _NOTE * LINE * below > PAGE:
        raise _too_long(len(rows))
    return table._replace(notes=told)


def _too_long(count: int) -> RenderError:
    return RenderError(
        f"{count - 1} statements beside yours are longer than a page",
        hint="name fewer with --beside; greenalgo compare --format latex sets any number of them",
    )


def comparison_figure(
    rows: Sequence[Compared], style: Style, *, where: str = "column", kind: str = "pdf"
) -> bytes:
    """Draw CO2e of every row on a log scale, with interval bars: filled harmonised, hollow as reported.

    Rows that may not be ranked with the first are grey. A row without a number has no mark.

    Args:
        rows: What :func:`compare` returns.
        style: The venue.
        where: ``column`` or ``page``.
        kind: ``pdf``, ``svg``, ``png`` or ``pgf``.
    """
    given: Any = settings(style)
    with mpl.rc_context(given):
        return save(_draw(rows, style, style.width(where) / POINTS_PER_INCH), kind)


def _draw(rows: Sequence[Compared], style: Style, width: float) -> Figure:
    unit = unit_of((amount for row in rows for amount in (row.reported, row.co2e)), "co2e")
    room = width * POINTS_PER_INCH * 0.32 / max(style.font_pt - 2, 7.0)
    labels = ["\n".join(wrap(readable(row.name), room)[:2]) for row in rows]
    height = 0.75 + _ROW_INCH * fsum(max(1.0, 0.75 * (label.count("\n") + 1)) for label in labels)
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    for at, row in enumerate(rows):
        colour = "#777777" if row.differs else "#0072B2"
        if row.co2e.number > 0:
            value, lower, upper = row.co2e.bounds(unit.size)
            ends = [[value - max(lower, value / 1e3)], [upper - value]] if upper > lower else None
            axes.errorbar(
                value, at, xerr=ends, fmt="o", color=colour, markersize=4, elinewidth=0.9, capsize=2.2,
                label="harmonised" if not axes.get_legend_handles_labels()[0] else None,
            )  # fmt: skip
        if row.reported.number > 0:
            named = "as reported" not in axes.get_legend_handles_labels()[1]
            axes.plot(
                row.reported.number / unit.size, at, "s", markerfacecolor="none", markeredgecolor=colour,
                markersize=5.5, markeredgewidth=0.9, label="as reported" if named else None,
            )  # fmt: skip
    axes.set_xscale("log")
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), labels=labels)
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
        label.set_linespacing(1.0)
    axes.set_xlabel(f"Operational CO$_2$e ({unit.name})")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.5)
    handles, names = axes.get_legend_handles_labels()
    if handles:
        figure.legend(
            handles, names, loc="outside upper center", ncols=2, frameon=False, borderaxespad=0.1
        )
    return figure
