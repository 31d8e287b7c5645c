"""A comparison as a figure: as reported beside harmonised, with intervals, one block for each key.

Blocks are set apart and titled, and ranks are counted inside a block only, as in the table. Colours are
Okabe and Ito's; shape tells the two kinds of marks apart as well.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from greenalgo.errors import RegistryError
from greenalgo.registry.comparison.formats import (
    NAMES,
    PER,
    UNITS,
    group_title,
    names_of,
    visible,
)
from greenalgo.render import numbers
from greenalgo.render.figures import drawable, save, settings
from greenalgo.render.styles import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greenalgo.registry.comparison.compare import Comparison

#: Endings of files that a figure can have.
KINDS = ("pdf", "svg", "png")
#: The most rows that can be read on a page.
MOST = 60
_STYLE = "article"
_WIDTH_INCH = 6.5
_ROW_INCH = 0.19
_LABEL, _TITLE = 38, 104
#: From this ratio of largest to smallest on, the axis is logarithmic.
_WIDE = 10.0
_HARMONISED, _REPORTED, _LINE = "#0072B2", "#D55E00", "#BBBBBB"


def to_figure(found: Comparison, kind: str) -> bytes:
    """Draw a comparison; the same one gives the same bytes.

    Args:
        found: The comparison.
        kind: One of :data:`KINDS`.

    Raises:
        RegistryError: It has no value to draw, or too many rows.
    """
    count = sum(len(group.rows) for group in found.groups)
    if not count:
        raise RegistryError("no row has a value to draw")
    if count > MOST:
        raise RegistryError(
            f"{count} rows are too many for a figure, which holds {MOST}",
            hint="choose with --where",
        )
    given: Any = settings(style(_STYLE)._replace(serif=False))
    with mpl.rc_context(given):
        return save(_draw(found, count), kind)


def _draw(found: Comparison, count: int) -> Figure:
    titles = [wrap(_shown(group_title(one.key, len(one.rows))), _TITLE) for one in found.groups]
    lines = count + sum(0.6 + len(title) for title in titles)
    height = 0.95 + _ROW_INCH * lines
    figure = Figure(figsize=(_WIDTH_INCH, height), layout="constrained")
    axes = figure.add_subplot()
    values = np.concatenate(
        [group.rows[["reported", "harmonised"]].to_numpy(float).ravel() for group in found.groups]
    )
    known = values[values > 0]
    if known.size and known.max() > _WIDE * known.min():
        axes.set_xscale("log")
    place = blended_transform_factory(figure.transFigure, axes.transData)
    ticks: list[tuple[float, str]] = []
    at = 0.0
    for group, title in zip(found.groups, titles, strict=True):
        at += (len(title) - 1) / 2  # the middle of its lines
        heading = axes.text(
            0.01, at, "\n".join(title), transform=place, weight="bold", va="center", ha="left",
            parse_math=False, size="small", zorder=5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
        heading.set_in_layout(False)  # it has the width of the figure, not of the axes
        at += (len(title) + 1) / 2
        for name, (_, row) in zip(names_of(group.rows), group.rows.iterrows(), strict=True):
            ticks.append((at, _label(name, row["rank"], ranked=len(group.rows) > 1)))
            _row(axes, row, at)
            at += 1.0
        at += 0.6
    _finish(axes, found, ticks, at)
    handles, names = axes.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper center", ncols=2, frameon=False)
    return figure


def _row(axes: Axes, row: pd.Series[Any], at: float) -> None:
    log = axes.get_xscale() == "log"
    value, lower, upper, said = (
        float("nan") if pd.isna(row[name]) else float(row[name])
        for name in ("harmonised", "lower", "upper", "reported")
    )
    if not log or min(said, value) > 0:
        axes.plot([said, value], [at, at], color=_LINE, linewidth=1.0, zorder=1)
    if upper > lower and (not log or lower > 0):
        axes.plot(
            [lower, upper], [at, at], color=_HARMONISED, linewidth=2.6, alpha=0.35,
            solid_capstyle="butt", zorder=2,
        )  # fmt: skip
    if not log or said > 0:
        axes.plot(
            said, at, "D", markerfacecolor="white", markeredgecolor=_REPORTED, markersize=4.6,
            markeredgewidth=1.1, zorder=3,
        )  # fmt: skip
    if not log or value > 0:
        axes.plot(value, at, "o", color=_HARMONISED, markersize=3.8, zorder=4)
    nothing = [
        name for name, one in (("as reported", said), ("harmonised", value)) if log and one == 0
    ]
    if nothing:  # a logarithmic axis has no place for it
        axes.text(
            0.01, at, f"0 {' and '.join(nothing)}", transform=axes.get_yaxis_transform(), va="center",
            ha="left", size="small", zorder=5,
        )  # fmt: skip


def _finish(axes: Axes, found: Comparison, ticks: list[tuple[float, str]], end: float) -> None:
    axes.plot([], [], "o", color=_HARMONISED, markersize=3.8, label="harmonised, with its interval")
    axes.plot(
        [], [], "D", markerfacecolor="white", markeredgecolor=_REPORTED, markersize=4.6,
        markeredgewidth=1.1, linestyle="none", label="as reported",
    )  # fmt: skip
    axes.set_ylim(end - 0.4, -0.8)
    axes.set_yticks([at for at, _ in ticks], labels=[label for _, label in ticks])
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
    name = "CO$_2$e" if found.metric == "co2e" else NAMES[found.metric]
    axes.set_xlabel(
        f"{name} ({UNITS[found.metric]}{PER[found.per]}), factor set {found.factor_set}"
    )
    axes.margins(x=0.04)
    if axes.get_xscale() == "linear":
        axes.set_xlim(left=0)
        axes.xaxis.set_major_formatter(lambda value, _: str(numbers.show(value)))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#E5E5E5", linewidth=0.5, zorder=0)
    axes.set_axisbelow(True)


def _label(name: str, rank: Any, *, ranked: bool) -> str:
    place = f"{int(rank)}  " if ranked and not pd.isna(rank) else ""
    return place + _cut(_shown(name), _LABEL)


def _shown(text: str) -> str:
    return drawable(visible(text))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
