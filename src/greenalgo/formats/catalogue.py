"""The formats, and which of them a file is: by its content, never by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.errors import UnknownNameError
from greenalgo.formats import (
    boamps,
    carbontracker,
    codecarbon,
    codes,
    eco2ai,
    ecologits,
    huggingface,
    impact_framework,
    nextflow,
    nfco2footprint,
    nvidia_smi,
    perun,
    slurm,
    snakemake,
    tracarbon,
    wandb,
    zeus,
)
from greenalgo.formats.source import refusal

if TYPE_CHECKING:
    from greenalgo.formats.records import Format, Source

#: Every format, in the order in which people are shown them.
FORMATS: tuple[Format, ...] = (
    codecarbon.FORMAT,
    carbontracker.FORMAT,
    eco2ai.FORMAT,
    zeus.FORMAT,
    nvidia_smi.FORMAT,
    perun.FORMAT,
    tracarbon.FORMAT,
    wandb.FORMAT,
    ecologits.FORMAT,
    nextflow.FORMAT,
    nfco2footprint.FORMAT,
    slurm.FORMAT,
    snakemake.FORMAT,
    impact_framework.FORMAT,
    boamps.FORMAT,
    huggingface.FORMAT,
)


def named(name: str) -> Format:
    """Return a format by its name.

    Raises:
        UnknownNameError: There is no such format.
    """
    for form in FORMATS:
        if form.name == name.lower():
            return form
    names = [form.name for form in FORMATS]
    raise UnknownNameError(
        f"there is no format '{name}'; there are {', '.join(names)}", name=name, candidates=names
    )


def detect(source: Source) -> tuple[Format, str]:
    """Return the format of a file, and by which marks it is told.

    Raises:
        FormatError: The file has the marks of no format, or of several.
    """
    found = [
        (form, marks)
        for form in FORMATS
        if form.recognise and form.read and (marks := form.recognise(source))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise refusal(
            codes.AMBIGUOUS_FORMAT, "the file may be of several formats: "
            + "; ".join(f"{form.name} ({marks})" for form, marks in found), source.name, (1, 1),
            expected="the marks of one format", found=", ".join(form.name for form, _ in found),
            hint=f"say which it is: --from {found[0][0].name}",
        )  # fmt: skip
    first = " ".join(source.text.lstrip()[:120].split())
    raise refusal(
        codes.UNKNOWN_FORMAT, "the format of the file is not known", source.name, (1, 1),
        expected="the marks of a format, such as columns by their names", found=first,
        hint="greenalgo formats lists the formats and their marks; --from NAME reads the file as one of them",
    )  # fmt: skip
