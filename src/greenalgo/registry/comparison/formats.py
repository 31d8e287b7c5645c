"""A comparison as text, Markdown, LaTeX, CSV or JSON."""

from __future__ import annotations

import json
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING, Any

import pandas as pd

from greenalgo.registry.comparison.cautions import cautions
from greenalgo.registry.comparison.family import family_record
from greenalgo.registry.comparison.key import Key
from greenalgo.registry.comparison.reasons import MOST_VALUES, headline, reasons, said
from greenalgo.registry.comparison.table import labels, to_csv
from greenalgo.render import escape, numbers
from greenalgo.render.columns import plain, wrapped
from greenalgo.render.layout import LINE, PAGE, Column, Lines, Row, Table, fit, text_width, wrap
from greenalgo.render.types import Number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenalgo.registry.comparison.compare import Comparison

#: Metric -> its unit, and its name; ``per`` -> the words for it.
UNITS = {"co2e": "kg", "energy": "kWh", "water": "L"}
NAMES = {"co2e": "CO2e", "energy": "Energy", "water": "Water"}
PER = {
    "total": "",
    "run": " per run",
    "accelerator-hour": " per accelerator-hour",
    "unit": " per unit",
}
#: Carbon basis -> how it is said of figures that are printed, and of such that were recomputed.
_BASES = {
    "location": "location-based",
    "market": "market-based",
    "net": "net of matched supply",
    "location, with embodied": "location-based and embodied together",
    "unknown": "basis not stated",
    "not stated": "basis not stated",
}
#: Of LaTeX: em that there are in every ``article``; for the titles of groups, where the table is narrower; and for
#: what a figure covers; the widest interval on one line.
_TEXT, _TITLE, _ASIDE, _INTERVAL = 32.8, 26.0, 7.0, 10.0
#: Of the width of the columns, what a line over all of them takes: in LNCS columns are closer and small type is larger.
_OVER = 0.96
_KINDS, _END, _SMALL = ("tabular", "longtable"), r"\\", r"\footnotesize "
_NEEDS = (
    r"% Needs \usepackage{booktabs}. A bare tabular: float (table* in two columns), caption and label are yours.",
    r"% Needs \usepackage{booktabs,longtable}. Too long for a float; \onecolumn (REVTeX: \onecolumngrid) before it.",
)
_CLOSE = r"% In llncs and REVTeX, whose columns are very close, \setlength{\tabcolsep}{6pt} before it sets them apart."
#: Devices in the head of a column.
_SHORT = {"accelerator": "acc."}


def to_text(found: Comparison, width: int = 0) -> str:
    """Return a comparison as text for people.

    Args:
        found: The comparison.
        width: Cells of a line, in which all but the tables is wrapped; 0 for lines of any length.
    """
    lines: list[str] = []

    def tell(*texts: str) -> None:
        told = map(visible, texts)
        lines.extend((wrapped(line, width) for line in told) if width else told)

    tell(_title(found))
    for group in found.groups:
        tell("", group_title(group.key, len(group.rows)))
        lines += map(visible, _aligned([_heads(group.rows), *_cells(group.rows)]))
        tell(*(f"  Note: {text}" for text in cautions(group)))
    without = _without(found)
    if without:
        tell("", f"Without {_metric(found)} to compare", *without)
    if found.differing:
        tell("", "Not ranked against each other, because they differ in")
        for name, values in found.differing.items():
            tell(f"  {name.replace('_', ' ')}: {_list(values)}")
    apart = [family for family in found.families if family.spreads]
    if apart:
        tell("", "Several statements about one artefact")
        for family in apart:
            tell(f"  {headline(family)}", *(f"    {reason}" for reason in reasons(family)))
    return "".join(f"{line}\n" for line in lines)


def visible(line: str) -> str:
    """Drop control and format characters: a name must not colour a terminal or hide a word."""
    if line.isascii() and line.isprintable():
        return line
    return "".join(char for char in line if unicodedata.category(char) not in {"Cc", "Cf"})


def to_markdown(found: Comparison) -> str:
    """Return a comparison as Markdown tables."""
    lines = [f"**{_title(found)}**"]
    for group in found.groups:
        lines += ["", f"{_md(group_title(group.key, len(group.rows)))}", ""]
        heads = _heads(group.rows)
        lines += [f"| {' | '.join(heads)} |", "|---:|---" + "|---:" * (len(heads) - 2) + "|"]
        lines += [f"| {' | '.join(_md(cell) for cell in cells)} |" for cells in _cells(group.rows)]
        notes = cautions(group)
        lines += ["", *(f"- {_md(text)}" for text in notes)] if notes else []
    families = [family for family in found.families if family.spreads]
    lines += ["", *(f"- {_md(text)}" for text in _method(found))]
    for family in families:
        lines.append(f"- {_md(headline(family))}")
        lines += [f"    - {_md(reason)}" for reason in reasons(family)]
    return "\n".join(lines) + "\n"


def to_latex(found: Comparison) -> str:
    """Return a comparison as a bare ``tabular`` that needs booktabs only, or a ``longtable`` where it is long.

    It fits the text of an article in 10 to 12 pt, and of every wider one. What the groups differ in, and how
    many rows have no figure, is printed below: who shows figures side by side has to name it. The other notes are
    comments.

    What LaTeX cannot print in every engine is written as code points, which a line below says.

    Raises:
        RenderError: The figures have too many digits.
    """
    table = _tex_table(found)
    width = max(_TITLE, table.width * _OVER)
    blocks = iter(table.blocks)
    groups = [
        (
            wrap(escape.printable(group_title(group.key, len(group.rows))), width),
            list(islice(blocks, len(group.rows))),
        )
        for group in found.groups
    ]
    note = [
        line
        for text in (*_limits(found), *_code_points(found))
        for line in wrap(escape.printable(text), width)
    ]
    titles = sum(len(title) for title, _ in groups)
    long = table.height + LINE * (titles + len(note)) > PAGE
    # No page break here: a title stays with its rows, a row in one piece.
    kept = "*" if long else ""
    lines = [f"% {_one_line(text)}" for text in (_title(found), *footnotes(found))]
    lines += [_NEEDS[long], _CLOSE]
    lines += [rf"{table.opening}\begin{{{_KINDS[long]}}}{{{table.spec}}}", r"\toprule"]
    lines += [f"{_tex(head)} {_END}" for head in table.header]
    count = len(table.columns)
    below = [
        r"\bottomrule",
        *([r"\addlinespace"] if note else []),
        *(f"{_tex_spanned(line, count, _SMALL)} {_END}" for line in note),
    ]
    if long:
        lines += [r"\midrule", r"\endhead", r"\bottomrule", r"\endfoot", *below, r"\endlastfoot"]
    # A rule would double that of the head or foot where a page ends at it; a space disappears there.
    between, style = (r"\addlinespace", r"\itshape ") if long else (r"\midrule", "")
    for at, (title, rows) in enumerate(groups):
        if at or not long:
            lines.append(between)
        lines += [f"{_tex_spanned(line, count, style)} {_END}{kept}" for line in title]
        for row in rows:
            *first, last = map(_tex, row.lines)
            lines += [*(f"{line} {_END}{kept}" for line in first), f"{last} {_END}"]
    if not long:
        lines += below
    return "\n".join((*lines, rf"\end{{{_KINDS[long]}}}{table.closing}")) + "\n"


def _tex_table(found: Comparison) -> Table:
    """Lay the rows out, a block each: a name breaks into lines, and what is in brackets goes below its figure."""
    unit, heads = UNITS[found.metric], _heads(found.frame)
    columns = [
        Column("rank", ("",)),
        Column("statement", ("Statement",), "l", shortest=8),
        Column("reported", ("As reported", f"({unit})"), shortest=5),
        Column("harmonised", ("Harmonised", f"({unit})")),
        Column("hourly", (f"{unit} per", heads[-1].removeprefix("per "))),
    ]
    count = len(heads)
    rows = [Row(cells[:count]) for group in found.groups for cells in _tex_cells(group.rows)]
    return fit(columns[:count], rows, _TEXT)


def _tex_cells(rows: pd.DataFrame) -> Iterator[tuple[Lines, ...]]:
    for rank, name, reported, harmonised, hourly in _lines(rows):
        shown = escape.printable(name)
        yield (rank,), (shown,), _narrow(reported), _halved(harmonised), (hourly,)


def _narrow(lines: Lines) -> Lines:
    """Break what a figure covers, which leaves the room to the names."""
    return tuple(piece for line in lines for piece in wrap(line, _ASIDE))


def _halved(lines: Lines) -> Lines:
    """Break a wide interval after its dash."""
    pieces: list[str] = []
    for line in lines:
        lower, dash, upper = line.partition("–")
        wide = text_width(line) > _INTERVAL
        pieces += (Number(lower + dash), Number(upper)) if wide and dash else (line,)
    return tuple(pieces)


def unprintable(found: Comparison, form: str = "latex") -> list[str]:
    """Return the names and units, or for ``bibtex`` the titles, that LaTeX cannot print in every engine."""
    frame = found.frame
    texts = frame["title"] if form == "bibtex" else (*labels(frame), *frame["unit"])
    return [text for text in dict.fromkeys(texts) if escape.printable(text) != text]


def _code_points(found: Comparison) -> list[str]:
    if not unprintable(found):
        return []
    return ["U+ and digits: characters that LaTeX cannot print in every engine."]


def _tex(cells: tuple[str, ...]) -> str:
    written = (
        escape.number(cell) if isinstance(cell, Number) else escape.text(cell) for cell in cells
    )
    return " & ".join(written)


def _tex_spanned(text: str, count: int, size: str = "") -> str:
    return rf"\multicolumn{{{count}}}{{@{{}}l@{{}}}}{{{size}{escape.text(text)}}}"


def to_comparison_csv(found: Comparison) -> str:
    """Return the rows as CSV, with everything that is known of them; safe for spreadsheets."""
    return to_csv(found.frame)


def to_json(found: Comparison) -> str:
    """Return a comparison as JSON."""
    # pandas' own JSON rounds to 15 decimals, which leaves nothing of a femtojoule in kWh.
    cells = found.frame.astype(object).where(found.frame.notna(), None)
    records = cells.to_dict("records")
    for record in records:
        record["key"] = {name: record.pop(f"key_{name}") for name in Key._fields}
    document = {
        "format_version": "1.0",
        "metric": found.metric,
        "unit": UNITS[found.metric],
        "per": found.per,
        "factor_set": found.factor_set,
        "policy": found.policy,
        "rows": records,
        "keys": [
            {
                "key": group.key._asdict(),
                "rows": len(group.rows),
                "ranked": int(group.rows["rank"].count()),
                "cautions": cautions(group),
            }
            for group in found.groups
        ],
        "differing": dict(found.differing),
        "families": [family_record(family) for family in found.families],
        "unusable": [item.name for item in found.unusable],
        "footnotes": footnotes(found),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def footnotes(found: Comparison) -> list[str]:
    """Return what has to be said under a table, wherever it is printed."""
    notes = _method(found)
    for group in found.groups:
        title = group_title(group.key, len(group.rows))
        notes += [f"{title}: {text}" for text in cautions(group)]
    notes += [headline(family) for family in found.families if family.spreads]
    return notes


def _method(found: Comparison) -> list[str]:
    """Say what the columns are, and why groups are not ranked against each other."""
    # Carbon alone has a basis.
    based = ", location-based" if found.metric == "co2e" else ""
    kept = {"co2e": "PUE and carbon intensity are", "energy": "PUE is"}.get(
        found.metric, "inputs are"
    )
    method = (
        "As reported: as the document prints it, in brackets what it covers where that is not the "
        f"facility{based}. Harmonised: recomputed from the declared inputs with factor set "
        f"{found.factor_set} and policy {found.policy}, facility boundary{based}; declared "
        f"{kept} kept; in brackets the interval."
    )
    return [method, *_limits(found)]


def _limits(found: Comparison) -> list[str]:
    """Say what ranks do not tell, and how many rows are in no group."""
    metric, without = _metric(found), int(found.frame["value"].isna().sum())
    rows = "1 row" if without == 1 else f"{without} rows"
    left_out = [f"Left out: {rows} without {metric} to compare."] if without else []
    return ([_apart(found)] if found.differing else []) + left_out


def _metric(found: Comparison) -> str:
    return "CO2e" if found.metric == "co2e" else found.metric


def _apart(found: Comparison) -> str:
    parts = "; ".join(
        f"{name.replace('_', ' ')} ({_list(values)})" for name, values in found.differing.items()
    )
    return f"Ranks count inside one group only; the groups differ in {parts}."


def _without(found: Comparison) -> list[str]:
    """Return the rows that have no value of the metric, by the reason why."""
    names: dict[str, list[str]] = {}
    rows = found.frame[found.frame["value"].isna()]
    for name, why in zip(labels(rows), rows["why"], strict=True):
        names.setdefault(str(why), []).append(name)
    return [f"  {', '.join(dict.fromkeys(named))}: {why}" for why, named in names.items()]


def _title(found: Comparison) -> str:
    what = f"{NAMES[found.metric]} in {UNITS[found.metric]}{PER[found.per]}"
    count = len(found.frame)
    rows = "1 row" if count == 1 else f"{count} rows"
    return (
        f"{what}: {rows}, harmonised under factor set {found.factor_set} and policy {found.policy}"
    )


def group_title(key: Key, count: int) -> str:
    """Say in a line what the rows of a group share, and how many there are."""
    unit = key.functional_unit
    words = [key.scope or "no phase", unit if unit == "the whole" else f"per {unit}"]
    words.append(_level(key.level))
    printed = key.factor_set == "as printed"
    if printed:
        words.append("cannot be recomputed, as printed")
    words.append(f"boundary {said(key.boundary)}")
    return f"{', '.join((*words, *accounted(key)))} ({count})"


def accounted(key: Key) -> list[str]:
    """Say how carbon and water are counted, where that is not how recomputed figures count them."""
    printed, words = key.factor_set == "as printed", []
    if key.carbon_basis != "any" and (printed or key.carbon_basis != "location"):
        words.append(_BASES.get(key.carbon_basis, key.carbon_basis))
    if key.water_scope != "any" and (printed or key.water_scope != "on-site and off-site"):
        words.append(f"water {key.water_scope}")
    return words


def _level(level: str) -> str:
    return "figures that do not follow" if level == "none" else level


def _heads(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the heads of columns; the last, where there are hours, says of which devices they are."""
    of = device_of(rows)
    hourly = (f"per {_SHORT.get(of, of)}-hour",) if of else ()
    return ("rank", "statement", "as reported", "harmonised", *hourly)


def device_of(rows: pd.DataFrame) -> str:
    """Name the device whose hours a last column divides by; empty where none is, or where every figure is by them."""
    repeated = rows["key_functional_unit"] == rows["hours_of"].replace("", "device") + "-hour"
    kinds = set(rows.loc[rows["per_accelerator_hour"].notna() & ~repeated, "hours_of"])
    return str(kinds.pop()) if len(kinds) == 1 else "device" if kinds else ""


def names_of(rows: pd.DataFrame) -> list[str]:
    """Return what each row is called in a table, with its status where that is not the usual one."""
    named = zip(labels(rows), rows["status"], strict=True)
    return [name if status in ("", "published") else f"{name} ({status})" for name, status in named]


def _cells(rows: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    count = len(_heads(rows))
    for rank, name, reported, harmonised, hourly in _lines(rows):
        figures = (" ".join(reported), " ".join(harmonised), hourly)
        yield (rank, name, *map(plain, figures))[:count]


def _lines(rows: pd.DataFrame) -> Iterator[tuple[str, str, Lines, Lines, str]]:
    """Yield the cells of each row; a figure and what stands in brackets behind it are two lines of one."""
    names = (
        "rank", "reported", "reported_boundary", "reported_basis", "key_carbon_basis", "harmonised", "lower",
        "upper", "per_accelerator_hour",
    )  # fmt: skip
    columns = (rows[name] for name in names)
    for name, rank, printed, boundary, basis, counted, value, lower, upper, hourly in zip(
        names_of(rows), *columns, strict=True
    ):
        harmonised: Lines = ("-",)
        if not _empty(value):
            ends = numbers.interval(value, lower, upper)
            harmonised = (numbers.show(value, lower, upper),)
            harmonised += (Number(f"({ends})"),) if ends else ()
        aside = ", ".join(_covers(boundary, basis if counted != "any" else ""))
        reported: Lines = (_shown(printed),)
        reported += (f"({aside})",) if aside and not _empty(printed) else ()
        yield "" if _empty(rank) else str(rank), name, reported, harmonised, _shown(hourly)


def _covers(boundary: str, basis: str) -> Iterator[str]:
    """Yield what a printed figure covers, where that is not the facility, location-based."""
    if boundary == "unknown":
        yield "boundary unknown"
    elif boundary and boundary != "facility":
        yield said(boundary)
    if basis and basis != "location":
        yield basis


def _shown(value: Any) -> str:
    return "-" if _empty(value) else numbers.show(float(value))


def _empty(value: Any) -> bool:
    return bool(pd.isna(value))


def _aligned(cells: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    for line in cells:
        padded = (
            cell.ljust(width) if i == 1 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        )  # fmt: skip
        yield ("  " + "  ".join(padded)).rstrip()


def _list(values: Sequence[str]) -> str:
    shown = [said(value) or "not stated" for value in values[:MOST_VALUES]]
    rest = len(values) - len(shown)
    between = "; " if any("," in value for value in shown) else ", "
    return between.join(shown) + (f" and {rest} more" if rest else "")


def _md(text: str) -> str:
    """Escape what Markdown would read as markup."""
    marked = escape.clean(text).replace("\\", "\\\\").replace("|", "\\|")
    for char in "*_`<[":
        marked = marked.replace(char, f"\\{char}")
    return marked


def _one_line(text: str) -> str:
    return escape.clean(text).encode("ascii", "backslashreplace").decode()
