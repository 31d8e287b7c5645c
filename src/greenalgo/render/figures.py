"""The breakdown figure: what the energy went into, by phase and component, with its interval.

Drawn with :class:`matplotlib.figure.Figure` (never pyplot, which keeps global state) and faces that
matplotlib brings along, so that the bytes depend on nothing but the statement and matplotlib's version.
"""

from __future__ import annotations

import io
from functools import cache
from math import fsum
from typing import TYPE_CHECKING, Any, NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font

from greenalgo.render import numbers
from greenalgo.render.amounts import Amount, unit_of
from greenalgo.render.context import words
from greenalgo.render.escape import readable, with_code_points
from greenalgo.render.layout import text_width, wrap
from greenalgo.render.styles import POINTS_PER_INCH, Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.axes import Axes

    from greenalgo.render.context import Run, View
    from greenalgo.render.numbers import Unit
    from greenalgo.render.types import Name

#: Colour, hatch and words of a segment. Colours are Okabe and Ito's (jfly.uni-koeln.de/color, 2008), told
#: apart with any colour vision; lightness and hatch tell them apart in greyscale.
_SEGMENTS: Mapping[str, tuple[str, str, str]] = {
    "gpu": ("#0072B2", "", "GPU"),
    "accelerator": ("#0072B2", "..", "accelerator"),
    "node": ("#0072B2", "xx", "node"),
    "cpu": ("#E69F00", "", "CPU"),
    "memory": ("#F0E442", "//", "memory"),
    "storage": ("#CC79A7", "\\\\", "storage"),
    "network": ("#009E73", "--", "network"),
    "other": ("#999999", "++", "other"),
    "it": ("#56B4E9", "", "IT, not divided"),
    "overhead": ("#FFFFFF", "////", "cooling and power supply"),
}
_MOST_BARS = 14
_LABEL_EM = 11.0
_BAR_INCH = 0.26
# What ticks and margins take beside the labels, and how much of the axis a number may.
_MARGIN_PT = 16.0
_LARGEST_SHARE = 0.45


class Bar(NamedTuple):
    """A bar: a label, its segments from the left (kind and kWh), the interval of the whole, its CO2e."""

    label: str
    segments: tuple[tuple[str, float], ...]
    total: Amount
    co2e: Amount


def breakdown(view: View, style: Style, *, where: str = "column", kind: str = "pdf") -> bytes:
    """Draw the breakdown.

    Args:
        view: The statement.
        style: The venue, for width, size and face of the type.
        where: ``column`` or ``page``.
        kind: ``pdf``, ``svg``, ``png`` or ``pgf``.

    Returns:
        The file's bytes: the same for the same statement.
    """
    given: Any = settings(style)
    with mpl.rc_context(given):
        figure = _draw(view, style.width(where) / POINTS_PER_INCH, style.font_pt)
        return save(figure, kind)


def alt_text(view: View) -> str:
    """Describe the breakdown to somebody who cannot see it."""
    if not view.assessed:
        return "No energy was assessed, so there is nothing to draw."
    shown = bars(view)
    parts = "; ".join(f"{' '.join(bar.label.split())}: {bar.total.text()}" for bar in shown)
    return f"Horizontal bars of {what_is_drawn(view)}. {parts}."


def what_is_drawn(view: View) -> str:
    """Say which energy the bars show: the facility's, or the computers' where no PUE is known."""
    return "Facility energy" if any(run.energy.assessed for run in view.runs) else "IT energy"


def bars(view: View) -> tuple[Bar, ...]:
    """Return the bars: the components of a single run, every run of a few, every phase of many."""
    runs = [run for run in view.runs if run.energy.assessed or run.energy_it.assessed]
    if len(runs) == 1:
        return _component_bars(runs[0])
    if len(runs) <= _MOST_BARS:
        return tuple(_run_bar(_run_label(run), [run]) for run in runs)
    groups: dict[str, list[Run]] = {}
    for run in runs:
        outcome = "" if run.outcome == "reported" else f" ({words(run.outcome)})"
        groups.setdefault(f"{words(run.phase)}{outcome}", []).append(run)
    return tuple(_run_bar(_group_label(name, runs), runs) for name, runs in groups.items())


def _group_label(name: str, runs: Sequence[Run]) -> str:
    count = sum(run.repetitions for run in runs)
    return f"{name}, {''.join(numbers.counted(count, 'run'))}"


def _run_label(run: Run) -> str:
    name = readable(run.name)
    return name if run.outcome == "reported" else f"{name} ({words(run.outcome)})"


def _component_bars(run: Run) -> tuple[Bar, ...]:
    missing = Amount("co2e")
    found = [
        Bar(
            _part_label(part.kind, part.model),
            ((part.kind, part.energy.number),),
            part.energy,
            missing,
        )
        for part in run.parts
        if part.energy.assessed
    ]
    if not found:
        found = [Bar("IT energy", (("it", run.energy_it.number),), run.energy_it, missing)]
    overhead = run.energy.number - run.energy_it.number
    if run.energy.assessed and overhead > 0:
        ends = (run.energy.lower - run.energy_it.lower, run.energy.upper - run.energy_it.upper)
        amount = Amount("energy", overhead, max(min(ends), 0.0), max(ends), run.energy.status)
        found.append(Bar("Cooling and power supply", (("overhead", overhead),), amount, missing))
    total = _run_bar("Total", [run])
    return (*found, total) if len(found) > 1 else (total,)


def _part_label(kind: str, part_model: Name) -> str:
    model = readable(part_model)
    name = _SEGMENTS.get(kind, _SEGMENTS["other"])[2]
    return (
        f"{model[:1].upper()}{model[1:]}"
        if model.lower() == name.lower()
        else f"{name[:1].upper()}{name[1:]}: {model}"
    )


def _run_bar(label: str, runs: Sequence[Run]) -> Bar:
    segments: dict[str, float] = {}
    for run in runs:
        parts = [part for part in run.parts if part.energy.assessed]
        for part in parts:
            kind = part.kind if part.kind in _SEGMENTS else "other"
            segments[kind] = segments.get(kind, 0.0) + part.energy.number
        if not parts:
            segments["it"] = (
                segments.get("it", 0.0)
                + (run.energy_it if run.energy_it.assessed else run.energy).number
            )
        if run.energy.assessed and run.energy_it.assessed:
            overhead = run.energy.number - run.energy_it.number
            if overhead > 0:
                segments["overhead"] = segments.get("overhead", 0.0) + overhead
    ordered = tuple((kind, segments[kind]) for kind in _SEGMENTS if segments.get(kind))
    best = [run.energy if run.energy.assessed else run.energy_it for run in runs]
    return Bar(label, ordered, _sum(best, "energy"), _sum([run.co2e for run in runs], "co2e"))


def _sum(amounts: Sequence[Amount], quantity: str) -> Amount:
    known = [a for a in amounts if a.assessed]
    if not known:
        return Amount(quantity)
    return Amount(
        quantity,
        sum(a.number for a in known),
        sum(a.lower for a in known),
        sum(a.upper for a in known),
        "modelled",
    )


def settings(style: Style) -> dict[str, Any]:
    """Return matplotlib's settings for a venue: faces, sizes, embedding."""
    size = max(style.font_pt - 2, 7.0)
    face = ["STIXGeneral", "DejaVu Sans"] if style.serif else ["DejaVu Sans"]
    return {
        "font.family": face,
        "font.size": size,
        # Only for the 2 of CO2e: labels of the author's are never parsed as mathematics.
        "mathtext.fontset": "stix" if style.serif else "dejavusans",
        "axes.linewidth": 0.6,
        "hatch.linewidth": 0.5,
        "pdf.fonttype": 42,
        # PGF takes the paper's own fonts; matplotlib asks pdfLaTeX how wide they are.
        "pgf.texsystem": "pdflatex",
        "pgf.rcfonts": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "greenalgo",
        "path.simplify": False,
        "text.usetex": False,
        "axes.formatter.use_locale": False,
    }


def _draw(view: View, width: float, font_pt: float) -> Figure:
    shown = bars(view)
    if not shown:
        return _plate("No energy was assessed:\nthere is nothing to draw.", width)
    labels = [_lines(bar.label, width, font_pt) for bar in shown]
    rows = fsum(max(1.0, 0.72 * (label.count("\n") + 1)) for label in labels)
    kinds = [
        kind for kind in _SEGMENTS if any(kind == name for bar in shown for name, _ in bar.segments)
    ]
    columns = max(1, int(width / 1.15))
    legend_rows = -(-len(kinds) // columns) if len(kinds) > 1 else 0
    height = 0.55 + _BAR_INCH * max(rows, 1.5) + 0.17 * legend_rows
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    unit = unit_of((bar.total for bar in shown), "energy")
    _bars(axes, shown, unit)
    size = max(font_pt - 2, 7.0)
    taken = max(text_width(line) for label in labels for line in label.split("\n")) * size
    _annotate(axes, shown, unit, room=(width * POINTS_PER_INCH - taken - _MARGIN_PT) / size)
    axes.set_yticks(range(len(shown)), labels=labels)
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
        label.set_linespacing(1.0)
    axes.set_xlabel(f"{what_is_drawn(view)} ({unit.name})")
    if legend_rows:
        figure.legend(
            handles=_handles(axes, kinds), loc="outside upper center", ncols=min(columns, len(kinds)),
            frameon=False, handlelength=1.3, columnspacing=1.2, borderaxespad=0.1,
        )  # fmt: skip
    return figure


def _bars(axes: Axes, shown: Sequence[Bar], unit: Unit) -> None:
    for row, bar in enumerate(shown):
        left = 0.0
        for kind, size in bar.segments:
            colour, hatch, _ = _SEGMENTS.get(kind, _SEGMENTS["other"])
            axes.barh(
                row, size / unit.size, left=left, height=0.62, color=colour, hatch=hatch,
                edgecolor="black", linewidth=0.5,
            )  # fmt: skip
            left += size / unit.size
        value, lower, upper = bar.total.bounds(unit.size)
        if upper > lower:
            ends = [[max(value - lower, 0.0)], [max(upper - value, 0.0)]]
            axes.errorbar(
                value,
                row,
                xerr=ends,
                fmt="none",
                ecolor="black",
                elinewidth=0.9,
                capsize=2.2,
                capthick=0.9,
            )
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_axisbelow(True)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.5)


def _annotate(axes: Axes, shown: Sequence[Bar], unit: Unit, *, room: float) -> None:
    """Write each bar's energy (and CO2e) at its end, and make the axis long enough for it.

    Args:
        axes: Where.
        shown: The bars.
        unit: The unit of the axis.
        room: Length of the axis in em.
    """
    mass = unit_of((bar.co2e for bar in shown), "co2e")
    ends = [max(bar.total.bounds(unit.size)) for bar in shown]
    texts = [_value(bar, unit, mass) for bar in shown]
    if max(map(text_width, texts)) > room * _LARGEST_SHARE:
        texts = [text.replace(" (", "\n(", 1) for text in texts]
    widths = [max(map(text_width, text.split("\n"))) + 1.2 for text in texts]
    axes.set_xlim(
        0,
        max(end / max(1 - width / room, 0.1) for end, width in zip(ends, widths, strict=True)),
    )
    for row, (end, text) in enumerate(zip(ends, texts, strict=True)):
        # Only our own text is parsed; matplotlib's mathematics face has no thin space of its own.
        shown_text = text.replace("\u2009", r"$\,$").replace("CO₂e", "CO$_2$e")
        axes.annotate(
            shown_text, (end, row), xytext=(4, 0), textcoords="offset points", va="center", ha="left",
            linespacing=1.0, bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "linewidth": 0},
        )  # fmt: skip


def _value(bar: Bar, unit: Unit, mass: Unit) -> str:
    energy = f"{bar.total.digits(unit)}"
    return f"{energy} ({bar.co2e.digits(mass)} {mass.name} CO₂e)" if bar.co2e.assessed else energy


def _handles(axes: Axes, kinds: Iterable[str]) -> list[Any]:
    # An empty bar draws nothing and has the right patch for a legend.
    return [
        axes.barh(0, 0, color=_SEGMENTS[kind][0], hatch=_SEGMENTS[kind][1], edgecolor="black", linewidth=0.5,
                  label=_SEGMENTS[kind][2])
        for kind in kinds
    ]  # fmt: skip


def _lines(label: str, width: float, font_pt: float) -> str:
    room = min(_LABEL_EM * 1.6, width * POINTS_PER_INCH * 0.3 / max(font_pt - 2, 7.0))
    pieces = wrap(label, room)
    return "\n".join(pieces if len(pieces) < 4 else (*pieces[:2], f"{pieces[2]}…"))


def _plate(text: str, width: float) -> Figure:
    figure = Figure(figsize=(width, 0.8))
    figure.text(0.5, 0.5, text, ha="center", va="center")
    return figure


def drawable(text: str) -> str:
    """Write what the widest of the figures' faces has no glyph for as code points: ``[U+65E5]``."""
    return with_code_points(text, lambda char: ord(char) in _glyphs())


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())


def save(figure: Figure, kind: str) -> bytes:
    """Return a figure as bytes, without dates or versions in it."""
    stream = io.BytesIO()
    metadata: dict[str, Mapping[str, None]] = {
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
        "svg": {"Date": None, "Creator": None},
        "png": {"Software": None},
    }
    options: dict[str, Any] = {"metadata": metadata[kind]} if kind in metadata else {}
    figure.savefig(stream, format=kind, dpi=300, **options)
    return stream.getvalue()
