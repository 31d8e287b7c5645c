"""``greenalgo init``: write a starter statement."""

from __future__ import annotations

import shlex
import sys

import click

from greenalgo import resources
from greenalgo.cli.output import emit, emit_bytes
from greenalgo.cli.write import keep_what_is_there, write_atomic
from greenalgo.sources.dump import to_yaml
from greenalgo.validate.engine import check_bytes

#: Values of the starter that an option replaces; each stands in it once.
PLACEHOLDERS = {
    "title": "title: My experiment",
    "country": "country: FRA",
    "gpu": "model: NVIDIA A100-SXM4-80GB",
}


@click.command()
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="footprint.yaml",
    show_default=True,
    help="Where to write; - is standard output.",
)
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@click.option("--title", help="Title of the statement.")
@click.option("--country", metavar="CODE", help="Where it ran, ISO 3166-1 alpha-3, such as DEU.")
@click.option("--gpu", metavar="MODEL", help="Model of the GPUs, such as 'NVIDIA H100-SXM5-80GB'.")
def init(
    output: str,
    force: bool,  # noqa: FBT001 - a flag of the command line
    title: str | None,
    country: str | None,
    gpu: str | None,
) -> None:
    """Write a starter statement: a YAML file with a comment on every field.

    Its first line tells editors where the schema is, so that they complete and check as you type.

    \b
    Example:
      greenalgo init
      greenalgo init --country DEU --gpu 'NVIDIA H100-SXM5-80GB' -o run42.yaml
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    keep_what_is_there(output, force=force)
    text = _starter({"title": title, "country": country, "gpu": gpu})
    if output == "-":
        emit_bytes(text.encode())
        return
    write_atomic(output, text.encode())
    emit(
        f"{output}: written. Edit it, then: greenalgo validate {shlex.quote(output)}\n", sys.stderr
    )


def _starter(values: dict[str, str | None]) -> str:
    """Return the starter with values put in.

    Raises:
        click.BadParameter: A value makes the statement invalid.
    """
    text = resources.read_text("templates", "statement", "footprint.yaml")
    for option, value in values.items():
        if value is None:
            continue
        key = PLACEHOLDERS[option].partition(":")[0]
        try:
            line = to_yaml({key: value}).rstrip("\n")
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint=f"--{option}") from error
        text = text.replace(PLACEHOLDERS[option], line)
        report = check_bytes(text.encode(), "footprint.yaml")
        if not report.valid:
            found = report.findings[0]
            words = f"{found.message}; {found.hint}" if found.hint else found.message
            raise click.BadParameter(words, param_hint=f"--{option}")
    return text
