"""Charts: drawn here as SVG in the colours of the page, and as a Vega-Lite specification for scripts."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.registry.service.pages.views import shorten
from greenalgo.render.numbers import show

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Width of a chart and of its labels, and the height of a row, in its own units.
WIDTH, LABELS, ROW = 1000, 400, 30
_TOP, _BOTTOM, _MARGIN = 12, 44, 26
#: Characters of a label that its room holds in a wide font.
_LONGEST = 50
#: The most ticks of an axis.
_MOST_TICKS = 6


class Mark(NamedTuple):
    """A row of a chart: as reported and harmonised, with its interval, in one unit."""

    label: str
    reported: float | None = None
    value: float | None = None
    lower: float | None = None
    upper: float | None = None


class Placed(NamedTuple):
    """A row with its places on the page; None where there is nothing to draw."""

    label: str
    y: float
    square: float | None
    dot: float | None
    start: float | None
    end: float | None


class Tick(NamedTuple):
    """A tick of the axis."""

    x: float
    text: str


class Chart(NamedTuple):
    """A chart to be drawn by a template."""

    width: int
    height: float
    left: int
    rows: tuple[Placed, ...]
    ticks: tuple[Tick, ...]
    title: str


def log_chart(marks: Sequence[Mark], title: str) -> Chart | None:
    """Place rows on a log scale; None where no row has a number above 0.

    Args:
        marks: The rows, first to last.
        title: Of the axis, with its unit.
    """
    found = [end for mark in marks for end in mark[1:] if end is not None and end > 0]
    if not found:
        return None
    low, high = floor(log10(min(found))), ceil(log10(max(found)))
    high = max(high, low + 1)

    def x(value: float | None) -> float | None:
        if value is None or value <= 0:
            return None
        share = (log10(value) - low) / (high - low)
        return round(LABELS + _MARGIN + share * (WIDTH - LABELS - 2 * _MARGIN), 1)

    rows = tuple(
        Placed(
            shorten(mark.label, _LONGEST), _TOP + ROW * (number + 0.5), x(mark.reported), x(mark.value),
            x(mark.lower), x(mark.upper),
        )
        for number, mark in enumerate(marks)
    )  # fmt: skip
    step = ceil((high - low) / _MOST_TICKS)
    ticks = tuple(
        Tick(x(10.0**power) or 0, show(10.0**power)) for power in range(low, high + 1, step)
    )
    return Chart(WIDTH, _TOP + ROW * len(marks) + _BOTTOM, LABELS, rows, ticks, title)


def vega(marks: Sequence[Mark], title: str) -> dict[str, Any]:
    """Return the same chart as a Vega-Lite specification with its data in it.

    What a statement says is data there, never an expression.
    """
    rows = [
        {"at": number, "statement": shorten(mark.label, 60), "series": series, "value": value,
         "lower": mark.lower if series == "harmonised" else None,
         "upper": mark.upper if series == "harmonised" else None}
        for number, mark in enumerate(marks)
        for series, value in (("harmonised", mark.value), ("as reported", mark.reported))
        if value is not None and value > 0
    ]  # fmt: skip
    order = list(dict.fromkeys(shorten(mark.label, 60) for mark in marks))
    y = {"field": "statement", "type": "nominal", "sort": order, "title": None}
    scale = {"type": "log", "nice": True}
    x = {
        "field": "value",
        "type": "quantitative",
        "scale": scale,
        "title": title,
        "axis": {"labelSeparation": 6},
    }
    kinds = {"domain": ["harmonised", "as reported"]}
    tooltip = [{"field": name} for name in ("statement", "series", "value", "lower", "upper")]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": f"{title}, as reported and harmonised, on a log scale",
        "width": "container",
        "height": {"step": ROW},
        "data": {"values": rows},
        "encoding": {"y": y},
        "layer": [
            {
                "transform": [{"filter": {"field": "lower", "gt": 0}}],
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {
                    "x": {"field": "lower", "type": "quantitative", "scale": scale, "title": title},
                    "x2": {"field": "upper"},
                    "color": {"field": "series", "type": "nominal", "scale": kinds, "title": None},
                },
            },
            {
                "mark": {"type": "point", "size": 80, "filled": False, "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "color": {"field": "series", "type": "nominal", "scale": kinds, "title": None},
                    "shape": {
                        "field": "series", "type": "nominal", "title": None,
                        "scale": {**kinds, "range": ["circle", "square"]},
                    },
                    "tooltip": tooltip,
                },
            },
        ],
    }  # fmt: skip
