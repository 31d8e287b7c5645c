"""A comparison as text, Markdown, LaTeX, CSV or JSON."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

import pandas as pd

from greenalgo.registry.comparison.cautions import cautions
from greenalgo.registry.comparison.family import family_record
from greenalgo.registry.comparison.key import Key
from greenalgo.registry.comparison.reasons import MOST_VALUES, headline, reasons, said
from greenalgo.registry.comparison.table import labels, to_csv
from greenalgo.render import escape, numbers
from greenalgo.render.columns import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from greenalgo.registry.comparison.compare import Comparison
    from greenalgo.render.types import Number

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
#: Characters of a title from which on it may not fit into one line, and the column that breaks it.
_LONG, _PARAGRAPH = 75, r"p{0.95\linewidth}"
#: Devices in the head of a column.
_SHORT = {"accelerator": "acc."}


def to_text(found: Comparison) -> str:
    """Return a comparison as text for people."""
    lines = [_title(found)]
    for group in found.groups:
        lines += ["", group_title(group.key, len(group.rows))]
        lines += _aligned([_heads(group.rows), *_cells(group.rows)])
        lines += [f"  Note: {text}" for text in cautions(group)]
    without = _without(found)
    if without:
        metric = "CO2e" if found.metric == "co2e" else found.metric
        lines += ["", f"Without {metric} to compare", *without]
    if found.differing:
        lines += ["", "Not ranked against each other, because they differ in"]
        lines += [
            f"  {name.replace('_', ' ')}: {_list(values)}"
            for name, values in found.differing.items()
        ]
    apart = [family for family in found.families if family.spreads]
    if apart:
        lines += ["", "Several statements about one artefact"]
        for family in apart:
            lines.append(f"  {headline(family)}")
            lines += [f"    {reason}" for reason in reasons(family)]
    return "".join(f"{visible(line)}\n" for line in lines)


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
        lines += [f"| {' | '.join(_heads(group.rows))} |", "|---:|---|---:|---:|---:|"]
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
    """Return a comparison as a bare ``tabular`` that needs booktabs only.

    What the groups differ in is printed below: who shows figures side by side has to name it. The other
    notes are comments.

    Raises:
        RenderError: A name holds characters that LaTeX cannot set.
    """
    unit = UNITS[found.metric]
    hourly = _heads(found.frame)[-1].capitalize()
    heads = ("", "Statement", f"As reported ({unit})", f"Harmonised ({unit})", hourly)
    lines = [f"% {_one_line(text)}" for text in (_title(found), *footnotes(found))]
    lines += [r"\begin{tabular}{rlrrr}", r"\toprule"]
    lines.append(" & ".join(str(escape.text(head)) for head in heads) + r" \\")
    for group in found.groups:
        title = group_title(group.key, len(group.rows))
        kind = "l" if len(title) < _LONG else _PARAGRAPH
        lines += [r"\midrule", rf"\multicolumn{{5}}{{{kind}}}{{{escape.text(title)}}} \\"]
        for rank, name, *figures in _cells(group.rows, lambda text: str(escape.number(text))):
            lines.append(" & ".join((rank, str(escape.text(name)), *figures)) + r" \\")
    lines.append(r"\bottomrule")
    if found.differing:
        note = escape.text(_apart(found))
        lines.append(rf"\multicolumn{{5}}{{{_PARAGRAPH}}}{{\footnotesize {note}}} \\")
    return "\n".join((*lines, r"\end{tabular}")) + "\n"


def to_comparison_csv(found: Comparison) -> str:
    """Return the rows as CSV, with everything that is known of them; safe for spreadsheets."""
    return to_csv(found.frame)


def to_json(found: Comparison) -> str:
    """Return a comparison as JSON."""
    records: list[dict[str, Any]] = json.loads(
        found.frame.to_json(orient="records", double_precision=15)
    )
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
    method = (
        "As reported: as the document prints it, in brackets what it covers where that is not the "
        "facility, location-based. Harmonised: recomputed from the declared inputs with factor set "
        f"{found.factor_set} and policy {found.policy}, facility boundary, location-based; declared "
        "PUE and carbon intensity are kept; in brackets the interval."
    )
    return [method, _apart(found)] if found.differing else [method]


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


def _heads(rows: pd.DataFrame) -> tuple[str, str, str, str, str]:
    """Return the heads of columns; the last says of which devices the hours are."""
    of = device_of(rows) or "accelerator"
    return "rank", "statement", "as reported", "harmonised", f"per {_SHORT.get(of, of)}-hour"


def device_of(rows: pd.DataFrame) -> str:
    """Name the device whose hours rows are divided by; empty where none is."""
    kinds = set(rows.loc[rows["per_accelerator_hour"].notna(), "hours_of"])
    return str(kinds.pop()) if len(kinds) == 1 else "device" if kinds else ""


def names_of(rows: pd.DataFrame) -> list[str]:
    """Return what each row is called in a table, with its status where that is not the usual one."""
    named = zip(labels(rows), rows["status"], strict=True)
    return [name if status in ("", "published") else f"{name} ({status})" for name, status in named]


def _cells(
    rows: pd.DataFrame, number: Callable[[Number], str] = plain
) -> Iterator[tuple[str, str, str, str, str]]:
    for name, (_, row) in zip(names_of(rows), rows.iterrows(), strict=True):
        yield _row_cells(row, name, number)


def _row_cells(
    row: pd.Series[Any], name: str, number: Callable[[Number], str]
) -> tuple[str, str, str, str, str]:
    def shown(name: str) -> str:
        return "" if _empty(row[name]) else number(numbers.show(float(row[name])))

    harmonised = "-"
    if not _empty(row["harmonised"]):
        value, lower, upper = (float(row[name]) for name in ("harmonised", "lower", "upper"))
        harmonised = number(numbers.with_interval(value, lower, upper))
    rank = "" if _empty(row["rank"]) else str(int(row["rank"]))
    reported = shown("reported")
    covers = [row["reported_boundary"] if row["reported_boundary"] != "facility" else ""]
    covers += [row["reported_basis"] if row["reported_basis"] != "location" else ""]
    aside = ", ".join(said(str(word)) for word in covers if word)
    reported = f"{reported} ({aside})" if reported and aside else reported or "-"
    return rank, name, reported, harmonised, shown("per_accelerator_hour") or "-"


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
    return escape.clean(text).encode("ascii", "replace").decode()
