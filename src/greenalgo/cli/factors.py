"""``greenalgo factors``: look up the reference data. Facts come from ``greenalgo.factors``; here they are printed."""

from __future__ import annotations

import csv
import io
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from greenalgo.cli.codes import COULD_NOT_CHECK
from greenalgo.cli.output import emit, emit_bytes, emit_json, utf8
from greenalgo.cli.report.style import safe
from greenalgo.errors import FactorError, GreenalgoError
from greenalgo.factors import open_set
from greenalgo.factors.diff import compare_sets
from greenalgo.factors.show import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from greenalgo.factors import FactorSet
    from greenalgo.factors.show import Shown

#: Width of the widest cell of a printed table.
WIDEST = 48
_SUMMARY = ("table", "id", "name", "value", "unit", "year", "source")
_COLUMNS = {
    "carbon-intensity": ("id", "value", "lower", "upper", "unit", "status", "source"),
    "processors": ("id", "name", "power_w", "power_kind", "cores", "memory_gb", "grade", "source"),
    "instances": ("id", "vcpus", "memory_gb", "cpu", "accelerator", "accelerators", "share"),
    "locations": ("id", "name", "aliases", "level", "parent"),
    "cloud-regions": ("id", "name", "country", "region", "zone", "water_stress"),
    "sources": ("id", "name", "year", "licence", "status"),
}
_DEFAULT = ("id", "name", "value", "lower", "upper", "unit", "year", "source")


_FORMAT = click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True,
    help="How to print.",
)  # fmt: skip


def _open(_ctx: click.Context, _parameter: click.Parameter, name: str | None) -> FactorSet:
    """Open the set that an argument names.

    Raises:
        BadParameter: There is no such set.
    """
    try:
        return open_set(name)
    except FactorError as error:
        raise click.BadParameter(str(error)) from error


_SET = click.option(
    "--set", "factor_set", metavar="SET", callback=_open,
    help="A factor set, or the directory of one; the newest by default.",
)  # fmt: skip


@click.group()
def factors() -> None:
    """Look up the reference data: carbon intensity, processors, PUE and so on.

    A name is found exactly, through aliases, or not at all: nothing is guessed.

    \b
    Example:
      greenalgo factors show "NVIDIA A100-SXM4-80GB"
      greenalgo factors show France --year 2022
      greenalgo factors search epyc 7763
      greenalgo factors list pue --format csv
    """  # noqa: D301 - \b is click's mark for text that is not wrapped


@factors.command()
@click.argument("text", nargs=-1, required=True)
@_SET
@_FORMAT
def search(text: tuple[str, ...], form: str, factor_set: FactorSet) -> None:
    """Print the rows whose id, name or aliases hold every word of TEXT.

    \b
    Example:
      greenalgo factors search a100
      greenalgo factors search us-east --format json
    """  # noqa: D301
    hits = [{"table": table, **row} for table, row in factor_set.search(" ".join(text))]
    if not hits:
        emit(f"Error: nothing matches '{' '.join(text)}'\n", sys.stderr)
        raise SystemExit(1)
    _print_rows(hits, form, _SUMMARY)


@factors.command(short_help="Print what is known under a name.")
@click.argument("name", nargs=-1, required=True)
@click.option(
    "--year", type=click.IntRange(1900, 2100), help="The year; the latest complete one by default."
)
@click.option(
    "--boundary", type=click.Choice(["lifecycle", "direct"]), default="lifecycle", show_default=True,
    help="The boundary of carbon intensity.",
)  # fmt: skip
@_SET
@_FORMAT
def show(
    name: tuple[str, ...], year: int | None, boundary: str, form: str, factor_set: FactorSet
) -> None:
    """Print what is known under NAME: a processor, a place, a provider or its region, an instance type, a row's id.

    Exits with 1 where the name is unknown or fits several; the candidates go to standard error.

    \b
    Example:
      greenalgo factors show "Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz"
      greenalgo factors show us-west-2 --year 2025 --format json
      greenalgo factors show Quebec --boundary direct
    """  # noqa: D301
    try:
        found = resolve(factor_set, " ".join(name), year=year, boundary=boundary)
    except FactorError as error:
        emit(_explain(factor_set, error), sys.stderr)
        raise SystemExit(1) from error
    if form == "json":
        main, *rest = [_plain(shown) for shown in found]
        emit_json({**main, "related": rest} if rest else main)
    elif form == "csv":
        _print_rows([_plain(shown) for shown in found], form, ())
    else:
        emit("\n".join(_card(shown) for shown in found))


@factors.command("list", short_help="Print every row of a table.")
@click.argument("table")
@_SET
@_FORMAT
def list_rows(table: str, form: str, factor_set: FactorSet) -> None:
    """Print every row of TABLE: carbon-intensity, processors, pue, wue, water, embodied, instances and so on.

    The table on screen shows the main columns; CSV and JSON have all.

    \b
    Example:
      greenalgo factors list pue
      greenalgo factors list carbon-intensity --format csv > ci.csv
    """  # noqa: D301
    try:
        rows = list(factor_set.rows(table))
    except FactorError as error:
        raise click.BadParameter(str(error), param_hint="TABLE") from error
    _print_rows(rows, form, _COLUMNS.get(table, _DEFAULT))


@factors.command()
@click.option("--bibtex", is_flag=True, help="Print the bibliography entries instead.")
@_SET
@_FORMAT
def sources(form: str, factor_set: FactorSet, *, bibtex: bool) -> None:
    """Print where the numbers come from, with licences.

    \b
    Example:
      greenalgo factors sources
      greenalgo factors sources --bibtex > factors.bib
    """  # noqa: D301
    rows = list(factor_set.rows("sources"))
    if bibtex:
        emit_bytes(utf8(factor_set.bibtex(row["id"] for row in rows)))
    else:
        _print_rows(rows, form, _COLUMNS["sources"])


@factors.command(short_help="Print the rows that differ between two sets.")
@click.argument("before", metavar="A", callback=_open)
@click.argument("after", metavar="B", callback=_open)
@click.option(
    "--statements", multiple=True, metavar="PATH",
    help="Statements, or a directory of them: say how far each one's totals would move.",
)  # fmt: skip
@_FORMAT
@click.pass_context
def diff(
    ctx: click.Context, before: FactorSet, after: FactorSet, statements: tuple[str, ...], form: str
) -> None:
    """Print the rows that differ between the sets A and B, and by how much. A set is a name or a directory.

    With --statements, the totals that move follow, each with the statement's file. A file that is named and
    cannot be computed gives the exit code 1, one that is not there 4.

    \b
    Example:
      greenalgo factors diff 2026.11 ./build/2027.02
      greenalgo factors diff 2026.11 build/2027.02 --statements statements/
    """  # noqa: D301
    changes = [change._asdict() for change in compare_sets(before, after)]
    code = 0
    for file in _files(statements):
        moved = _moved(file, before, after)
        changes += moved or ()
        if moved is None and file in statements:
            code = COULD_NOT_CHECK if not os.path.exists(file) else code or 1
    for change in changes:
        change["columns"] = " ".join(change["columns"])
    if form == "table":
        for change in changes:
            change["relative"] = f"{change['relative']:+.1%}" if change["kind"] == "value" else ""
    if form == "table" and not changes:
        emit("nothing differs\n")
    else:
        _print_rows(changes, form, ("table", "id", "kind", "before", "after", "unit", "relative"))
    ctx.exit(code)


def _files(paths: tuple[str, ...]) -> list[str]:
    """Return the statements among some paths; a directory stands for the YAML and JSON files in it."""
    found: list[str] = []
    for path in paths:
        if os.path.isdir(path):
            names = sorted(
                name for name in os.listdir(path) if name.endswith((".yaml", ".yml", ".json"))
            )
            found += [os.path.join(path, name) for name in names]
        else:
            found.append(path)
    return found


def _moved(file: str, before: FactorSet, after: FactorSet) -> list[dict[str, Any]] | None:
    """Return the totals of a statement that differ between two sets; None where it cannot be computed."""
    # Imported here: only this option computes.
    from greenalgo import api

    try:
        data = api.load(file).data
        old, new = (
            api.fill(data, factors=factors)["results"]["totals"] for factors in (before, after)
        )
    except GreenalgoError as error:
        emit(f"{safe(file)}: not computed: {str(error).partition(chr(10))[0]}\n", sys.stderr)
        return None
    moved = []
    for quantity in old:
        was, now = (totals.get(quantity, {}).get("value") for totals in (old, new))
        if was is None or now is None or was == now:
            continue
        moved.append({
            "table": "statements", "id": f"{file}#{quantity}", "kind": "value", "before": f"{was:.6g}",
            "after": f"{now:.6g}", "unit": quantity.rpartition("_")[2], "relative": now / was - 1 if was else 0.0,
            "columns": ("value",),
        })  # fmt: skip
    return moved


def _explain(factor_set: FactorSet, error: FactorError) -> str:
    lines = [f"Error: {error}"]
    named = (
        row for table in ("processors", "locations", "instances") for row in factor_set.rows(table)
    )
    names = {row["id"]: row["name"] for row in named}
    lines += [
        f"  {candidate}  {names.get(candidate, '')}".rstrip() for candidate in error.candidates
    ]
    if not error.candidates:
        lines.append("  greenalgo factors search TEXT looks for words in all tables")
    return "\n".join(lines) + "\n"


def _plain(shown: Shown) -> dict[str, Any]:
    record = shown.record if isinstance(shown.record, dict) else shown.record._asdict()
    return {
        "table": shown.table,
        **{key: _typed(key, value) for key, value in record.items() if key != "table"},
    }


_TEXT = frozenset({"id", "name", "note", "locator", "doi", "region", "provider"})


def _typed(key: str, value: Any) -> Any:
    """Return a cell as a number where it is one."""
    if not isinstance(value, str) or key in _TEXT:
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    return int(number) if number.is_integer() and "." not in value else number


def _card(shown: Shown) -> str:
    """Return one fact as lines of ``key  value``, without what is empty."""
    fields = [(key, value) for key, value in _plain(shown).items() if value not in ("", 0, 0.0, {})]
    width = max(len(key) for key, _ in fields)
    return "".join(f"{key:{width}}  {_cell(value)}\n" for key, value in fields)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {number:.4g}" for key, number in value.items())
    return str(value)


def _print_rows(rows: Sequence[dict[str, Any]], form: str, columns: Iterable[str]) -> None:
    if form == "json":
        emit_json([{key: _typed(key, value) for key, value in row.items()} for row in rows])
    elif form == "csv":
        header = list(dict.fromkeys(key for row in rows for key in row))
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        emit_bytes(utf8(buffer.getvalue()))
    else:
        emit(_aligned(rows, tuple(columns)))


def _aligned(rows: Sequence[dict[str, Any]], columns: tuple[str, ...]) -> str:
    cells = [columns, *(tuple(_short(row, column) for column in columns) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in cells
    )
    return "".join(line.rstrip() + "\n" for line in lines)


def _short(row: dict[str, Any], column: str) -> str:
    value = row.get(column)
    text = _cell(
        row.get("power_w", "")
        if value is None and column == "value"
        else ""
        if value is None
        else value
    )
    return text if len(text) <= WIDEST else text[: WIDEST - 3] + "..."
