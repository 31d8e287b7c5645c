"""``greenalgo compare``: statements side by side, like with like."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

import click

from greenalgo.cli.output import emit, hush_matplotlib, utf8
from greenalgo.cli.report.style import columns, safe
from greenalgo.cli.report.text import findings_text
from greenalgo.cli.stores import is_remote, open_registry, refuse_unknown
from greenalgo.cli.write import deliver_all, keep_apart
from greenalgo.errors import CannotCheckError, FactorError, RegistryError
from greenalgo.findings import Finding
from greenalgo.registry.store import scheme_of
from greenalgo.sources import read_bytes

if TYPE_CHECKING:
    from greenalgo.registry.comparison.compare import Comparison
    from greenalgo.registry.comparison.rows import Source, Unusable
    from greenalgo.registry.store import Store

FORMATS = ("text", "json", "csv", "markdown", "latex", "bibtex", "parquet")
#: Statements that are fetched one by one from a registry behind a URL.
MOST_FETCHED = 2000
_DIGEST = re.compile(r"[0-9a-fA-F]{8,64}")


@click.command()
@click.argument("what", metavar="[FILE|DIR|DIGEST...]", nargs=-1)
@click.option(
    "--to", "store_url", metavar="DIR|sqlite:///FILE|URL",
    help="The registry that DIGESTs are in; alone, everything in it is compared.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(FORMATS),
    default="text", show_default=True, help="How to print.",
)  # fmt: skip
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of printing.")
@click.option(
    "--figure", metavar="FILE", help="Draw it as well, to FILE.pdf, FILE.svg or FILE.png."
)
@click.option(
    "--metric", type=click.Choice(["co2e", "energy", "water"]), default="co2e", show_default=True,
    help="What to rank.",
)  # fmt: skip
@click.option(
    "--per", type=click.Choice(["total", "run", "accelerator-hour", "unit"]), default="total",
    show_default=True, help="What to divide by; unit is the functional unit.",
)  # fmt: skip
@click.option("--runs", "by_run", is_flag=True, help="A row for each run, not for each statement.")
@click.option(
    "--where", metavar="FIELD=TEXT", multiple=True,
    help="Only rows whose FIELD contains TEXT: phase, subject, hardware, country, year, level and so on; "
    "year>=2022 and year<=2024 bound the year.",
)  # fmt: skip
@click.option(
    "--factors", "set_name", metavar="SET", help="The factor set; the newest if not given."
)
@click.option("--policy", metavar="P", help="The policy; the factor set's own if not given.")
@click.pass_context
def compare(
    ctx: click.Context,
    what: tuple[str, ...],
    store_url: str | None,
    form: str,
    output: str | None,
    figure: str | None,
    metric: str,
    per: str,
    by_run: bool,  # noqa: FBT001 - a flag of the command line
    where: tuple[str, ...],
    set_name: str | None,
    policy: str | None,
) -> None:
    """Compare statements: as reported, and harmonised under one factor set and policy.

    Rows are ranked only where functional unit, scope, boundary, level, carbon basis, factor set and
    (for water) its scope are the same. The rest stands side by side, with what differs. Statements about
    one artefact are shown together, with by how much they differ and in which inputs.

    A DIGEST may be cut after 8 digits. Statements that were withdrawn, retracted, quarantined or
    superseded are left out unless they are named by digest.

    \b
    Example:
      greenalgo compare mine.yaml theirs.yaml
      greenalgo compare registry/statements/ --where phase=training \\
        --per accelerator-hour
      greenalgo compare registry/statements/ --where subject=BLOOM --format latex
      greenalgo compare registry/statements/ --where subject=GPT-3 \\
        --figure gpt3.pdf
      greenalgo compare 9f86d081 0a1b2c3d --to sqlite:///registry.db
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    if not what and not store_url:
        raise click.UsageError("name what to compare: files, directories, or --to a registry")
    keep_apart(what, output, figure)
    chosen = _where(where)
    kind = _kind(figure)
    if form == "parquet" and not output and sys.stdout.isatty():
        raise click.UsageError("Parquet is no text for a terminal: write it with -o FILE")
    sources = _gather(what, store_url, every="status" in chosen)
    # Imported here: the arguments are right, and only now pandas is worth its half second.
    from greenalgo.factors import open_set
    from greenalgo.registry.comparison import compare as comparing
    from greenalgo.registry.comparison.gather import stem
    from greenalgo.render.columns import WIDTH

    try:
        factors = open_set(set_name)
        rules = factors.policy(policy)
    except FactorError as error:
        raise click.BadParameter(str(error), param_hint="--factors or --policy") from error
    found = comparing.compare(
        sources, factors, rules, metric=metric, per=per, by_run=by_run, where=chosen
    )
    _complain(found.unusable)
    if form in ("latex", "bibtex"):
        _tell_code_points(found, form)
    if found.frame.empty and (not where or figure):
        emit("Error: nothing is left to compare\n", sys.stderr)
        ctx.exit(1)
    if found.frame.empty:
        emit(f"No row fits {' and '.join(where)}\n", sys.stderr)
    shown = form == "text" and output in (None, "-")
    width = min(columns(sys.stdout), WIDTH) if shown else 0
    content = _written(found, form, (*what, store_url or ""), width)
    made: list[tuple[bytes, str | None]] = []
    if figure:
        hush_matplotlib()
        from greenalgo.registry.comparison.figure import to_figure

        made.append((to_figure(found, kind), figure))
    if shown:
        emit(content.decode())
    else:
        made.append((content, output))
    deliver_all(made)
    named = {stem(path) for path in what if os.path.isfile(path)}
    ctx.exit(1 if named & {item.name for item in found.unusable} else 0)


def _gather(what: tuple[str, ...], store_url: str | None, *, every: bool) -> list[Source]:
    """Read what is named: files, directories, and digests of a registry; of any status if asked."""
    from greenalgo.registry.comparison import gather

    found: list[Source] = []
    digests: list[str] = []
    for name in what:
        if scheme_of(name):
            refuse_unknown(name)
            with open_registry(name, remote=True) as store:
                found += _all(store, name, every=every)
        elif os.path.isdir(name):
            with open_registry(name) as store:
                inside = gather.from_store(store, every=every)
            if not inside:
                raise CannotCheckError(f"there is no statement in '{name}'")
            found += inside
        elif not os.path.exists(name) and _DIGEST.fullmatch(name):
            digests.append(name.lower())
        else:
            found.append(_file(name))
    if digests and not store_url:
        raise click.UsageError(f"say with --to in which registry {digests[0]} is")
    if store_url:
        with open_registry(store_url, remote=True) as store:
            found += [gather.from_digest(store, digest) for digest in digests]
            if not what:
                found += _all(store, store_url, every=every)
    return found


def _all(store: Store, url: str, *, every: bool) -> list[Source]:
    """Read everything in a registry; from one behind a URL, where that is not too much to fetch.

    Raises:
        RegistryError: It is.
    """
    from greenalgo.registry.comparison import gather

    if is_remote(url):
        states = store.states().values()
        shown = sum(every or state.status not in gather.HIDDEN for state in states)
        if shown > MOST_FETCHED:
            raise RegistryError(
                f"{url} has {shown} statements; at most {MOST_FETCHED} are fetched to be compared",
                hint=f"name digests, open {url}/compare, or compare a snapshot of it",
            )
    return gather.from_store(store, every=every)


def _file(path: str) -> Source:
    from greenalgo.api import load
    from greenalgo.registry.comparison import gather

    return gather.from_data(load(path).data, path)


def _where(pairs: tuple[str, ...]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for pair in pairs:
        name, mark, text = pair.partition("=")
        if not mark or not name:
            raise click.BadParameter(f"'{pair}' is not FIELD=TEXT", param_hint="--where")
        bound = name.strip().endswith((">", "<"))
        field = name.replace(" ", "") + "=" if bound else name.strip()
        if field in chosen:
            raise click.BadParameter(f"'{field}' is given twice", param_hint="--where")
        chosen[field] = text.strip()
    return chosen


def _kind(figure: str | None) -> str:
    """Return the kind of a figure, by the ending of its file."""
    kind = (figure or "").rpartition(".")[2].lower()
    if figure and kind not in ("pdf", "svg", "png"):
        raise click.BadParameter(
            f"'{figure}' ends in none of .pdf, .svg, .png", param_hint="--figure"
        )
    return kind


def _complain(unusable: tuple[Unusable, ...]) -> None:
    for item in unusable:
        errors = item.verdict.errors
        emit(f"{item.name}: no valid statement, left out\n", sys.stderr)
        emit(findings_text([errors[0]._replace(file=item.name)], b""), sys.stderr)


def _tell_code_points(found: Comparison, form: str) -> None:
    from greenalgo.registry.comparison.formats import unprintable

    for text in unprintable(found, form):
        emit(
            f"'{safe(text)}': LaTeX cannot print it in every engine, so code points stand for it\n",
            sys.stderr,
        )


def _written(found: Comparison, form: str, places: tuple[str, ...], width: int) -> bytes:
    """Return a comparison in a format; text for a terminal is wrapped to its width."""
    from greenalgo.registry.comparison import bibtex, formats, parquet

    if form == "parquet":
        return parquet.to_parquet(found.frame)
    if form == "bibtex":
        return utf8(bibtex.to_bibtex(found, _library(places)))
    if form == "text":
        return utf8(formats.to_text(found, width))
    write = {
        "json": formats.to_json,
        "csv": formats.to_comparison_csv,
        "markdown": formats.to_markdown,
        "latex": formats.to_latex,
    }[form]
    return utf8(write(found))


def _library(places: tuple[str, ...]) -> dict[str, str]:
    """Read the .bib files beside the statements: they describe the documents that these cite."""
    from greenalgo.render.bibliography import entries

    found: dict[str, str] = {}
    folders = [place if os.path.isdir(place) else os.path.dirname(place) or "." for place in places]
    for folder in dict.fromkeys(folder for folder in folders if os.path.isdir(folder)):
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            raw = read_bytes(path) if name.endswith(".bib") else b""
            if raw and not isinstance(raw, Finding):
                found = entries(raw.decode("utf-8", "replace"), path) | found
    return found
