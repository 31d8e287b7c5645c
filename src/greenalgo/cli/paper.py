"""``greenalgo paper``: from a statement to the files of a paper."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenalgo import api
from greenalgo.cli.given import not_empty
from greenalgo.cli.output import emit, hush_matplotlib
from greenalgo.cli.write import deliver_all, is_no_file, keep_apart, write_atomic
from greenalgo.errors import CannotCheckError, InvalidStatementError, RenderError
from greenalgo.factors import open_set
from greenalgo.render.anonymous import anonymise, identifies
from greenalgo.render.bibliography import merge
from greenalgo.render.pieces import CHECKLISTS, PIECES
from greenalgo.render.styles import STYLES
from greenalgo.render.tex import compile_tex
from greenalgo.sources import find
from greenalgo.sources.discover import files_below
from greenalgo.statement.digest import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from greenalgo.sources import Document

_EPILOG = """\b
Examples:
  greenalgo paper footprint.yaml -o paper/
  greenalgo paper footprint.yaml -o paper/ --style acm --pdf
  greenalgo paper footprint.yaml -o paper/ --check   # exit 1: a file is stale
  greenalgo paper footprint.yaml -o review/ --anonymous --checklist neurips
  greenalgo paper footprint.yaml -o paper/ --beside a.yaml --beside others/
"""


@click.command(epilog=_EPILOG)
@click.argument("file", metavar="FILE")
@click.option("-o", "--output", "output", metavar="DIR", required=True, help="Folder to write to.")
@click.option(
    "--style", type=click.Choice(list(STYLES)), default="article", show_default=True, help="Venue."
)
@click.option("--pdf", is_flag=True, help="Compile a preview.pdf (needs a TeX Live).")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not up to date.")
@click.option(
    "--anonymous", is_flag=True, help="For double-blind review: leave out what identifies."
)
@click.option("--columns", metavar="KEYS", default="", help="Columns of the table, with commas.")
@click.option(
    "--width",
    type=click.Choice(["column", "page"]),
    default="column",
    show_default=True,
    help="Width of tables and figure.",
)
@click.option(
    "--layout",
    type=click.Choice(["auto", "rows", "record"]),
    default="auto",
    show_default=True,
    help="A row for a run, or for a quantity.",
)
@click.option(
    "--checklist",
    "checklists",
    type=click.Choice(list(CHECKLISTS)),
    multiple=True,
    help="Also write answers to a venue's checklist.",
)
@click.option(
    "--also",
    type=click.Choice(list(PIECES)),
    multiple=True,
    help="Also write this form of the text.",
)
@click.option(
    "--figure",
    "figures",
    type=click.Choice(["svg", "png", "pgf"]),
    multiple=True,
    help="Also write the figure in this format.",
)
@click.option(
    "--beside",
    metavar="PATH",
    multiple=True,
    help="Compare with other statements, files or folders: comparison.tex and comparison.pdf.",
)
@click.option(
    "--siunitx", is_flag=True, help="Write numbers with siunitx (the paper must load it)."
)
@click.option("--biblatex", is_flag=True, help="Use @software and @dataset, which biblatex knows.")
@click.option("--bib", metavar="FILE", help="Add missing references to your own .bib file.")
@click.option(
    "--templates",
    metavar="DIR",
    default="",
    callback=not_empty,
    help="Your templates; they win over ours.",
)
@click.option(
    "--policy", metavar="P", default=None, help="Policy for a statement that is not filled."
)
@click.pass_context
def paper(context: click.Context, /, file: str, output: str, **given: Any) -> None:
    r"""Write LaTeX tables, figure, macros, text and bibliography of a statement.

    FILE is a statement; one without results is filled in memory first. The folder gets table.tex,
    figure.pdf, macros.tex, paragraph.tex, footprint.bib and appendix.tex, which a paper can \input.
    """
    keep_apart([file], output, given["bib"])
    keep_apart([], os.path.join(output, "footprint.bib"), given["bib"])
    if given["templates"] and not os.path.isdir(given["templates"]):
        raise click.BadParameter(
            f"there is no directory '{given['templates']}'", param_hint="--templates"
        )
    files, notes = _files(file, output, given)
    folder = Path(output)
    if given["check"]:
        context.exit(_check(files, folder))
    written = {str(folder / name): content for name, content in files.items()}
    if own := given["bib"]:
        written[own] = merge(_references(own), files["footprint.bib"].decode(), own).encode()
    with _folder(folder):
        deliver_all((content, name) for name, content in written.items())
    emit("".join(f"{name}\n" for name in written))
    if given["pdf"]:
        from greenalgo.render.bundle import preview

        document = {**files, "preview.tex": preview(given["style"], given["templates"])}
        compiled = compile_tex(document, "preview.tex")
        write_atomic(str(folder / "preview.pdf"), compiled.pdf)
        emit(f"{folder / 'preview.pdf'}\n")
    for note in notes:
        emit(f"{note}\n", sys.stderr)


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """Make a folder to write to; where nothing can be written, what was made goes again.

    Raises:
        CannotCheckError: There is a file of that name, or one in its path.
    """
    made = [path for path in (folder, *folder.parents) if not os.path.lexists(path)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        file = next(path for path in (folder, *folder.parents) if path not in made)
        raise CannotCheckError(
            f"'{file}' is a file, and the pieces of a paper go to a folder",
            hint="name a folder with -o, or a new one",
        ) from error
    try:
        yield
    except OSError:
        for path in made:
            with suppress(OSError):
                path.rmdir()
        raise


def _references(path: str) -> str:
    """Return what stands in an author's own .bib file; nothing where there is none yet.

    Raises:
        CannotCheckError: It is no file, or no text in UTF-8.
        OSError: It cannot be read.
    """
    if is_no_file(path):  # a pipe would be waited for
        raise CannotCheckError(f"'{path}' is not a file", hint="name a .bib file, or a new one")
    try:
        return Path(path).read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CannotCheckError(
            f"{path}:{line}: byte 0x{error.object[error.start]:02X} is not UTF-8",
            hint="save the file as UTF-8 text",
        ) from error


def _files(file: str, output: str, given: Mapping[str, Any]) -> tuple[dict[str, bytes], list[str]]:
    """Render everything that was asked for, and say what was left out."""
    hush_matplotlib()
    from greenalgo.render.bundle import Options, render_paper

    document = api.load(file)
    filled = api.with_results(document, policy=given["policy"])
    folder = Path(output).name if not Path(output).is_absolute() else ""
    notes: list[str] = []
    identity = digest(document.data)
    if given["anonymous"]:
        blind = anonymise(filled)
        filled, identity = blind.filled, ""
        folder = "" if identifies(folder, blind.withheld) else folder
        notes = ["Left out for double-blind review:", *(f"  {line}" for line in blind.dropped)]
    options = Options(
        style=given["style"],
        columns=tuple(key.strip() for key in given["columns"].split(",") if key.strip()),
        width=given["width"],
        layout=given["layout"],
        folder=folder,
        templates=given["templates"],
        sources=_sources(filled["results"]),
        biblatex=given["biblatex"],
        siunitx=given["siunitx"],
        checklists=given["checklists"],
        pieces=given["also"],
        figures=given["figures"],
        places=_places(filled),
        beside=tuple(_beside(given["beside"], filled["results"], notes)),
    )
    try:
        return render_paper(filled, identity, options), notes
    except RenderError as error:
        raise _placed(error, document) from error


def _beside(
    paths: tuple[str, ...], results: Mapping[str, Any], notes: list[str]
) -> Iterator[dict[str, Any]]:
    """Fill other statements with the factor set of this one, so that the columns are harmonised."""
    factors, policy = open_set(results["factor_set"]), results.get("policy")
    for path in paths:
        for file in files_below(path) if os.path.isdir(path) else (path,):
            try:
                yield api.fill_document(api.load(file), factors=factors, policy=policy)
            except InvalidStatementError as error:
                if file == path:
                    raise
                notes.append(f"Not compared: {error.findings[0]}")


def _places(filled: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return code and name of every country that a run is in."""
    codes = {run.get("location", {}).get("country") for run in filled.get("runs", ())}
    rows = open_set(filled["results"]["factor_set"]).rows("locations")
    return tuple((row["id"], row["name"]) for row in rows if row["id"] in codes)


def _placed(error: RenderError, document: Document) -> RenderError:
    """Say in which line of the file the value stands that cannot be set."""
    line, column = find(document, error.pointer) if error.pointer else (0, 0)
    place = f"{document.name}:{line}:{column}: " if line else ""
    return RenderError(f"{place}{error}", pointer=error.pointer, hint=error.hint)


def _sources(results: Mapping[str, Any]) -> str:
    """Return the BibTeX of the sources of every factor that the results used."""
    keys = {row["source"] for row in results.get("factors", ()) if row.get("source")}
    return open_set(results["factor_set"]).bibtex(keys) if keys else ""


def _check(files: Mapping[str, bytes], folder: Path) -> int:
    """Compare what would be written with what is there; return the exit code."""
    stale = []
    for name, content in files.items():
        path = folder / name
        if not path.is_file():
            stale.append(f"{path}: missing")
        elif path.read_bytes() != content:
            stale.append(f"{path}: differs from the statement")
    if stale:
        stale.append("Run the same command without --check to write them anew.")
    emit("".join(f"{line}\n" for line in stale), sys.stderr)
    return 1 if stale else 0
