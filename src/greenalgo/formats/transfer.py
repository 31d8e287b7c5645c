"""From files to a statement, and from a statement to a file: which format, which reader, which writer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import UnknownNameError
from greenalgo.formats import codes
from greenalgo.formats.catalogue import FORMATS, detect, named
from greenalgo.formats.draft import Wanted, statement_of
from greenalgo.formats.source import refusal, warn
from greenalgo.formats.words import tidy
from greenalgo.sources.document import LIMIT
from greenalgo.sources.dump import to_yaml

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Entry, Source, Written

#: Where editors find the schema.
_SCHEMA = "https://w3id.org/greenalgo/statement/{version}/draft-07"


class Imported(NamedTuple):
    """A statement that was made of other tools' files.

    Attributes:
        data: The statement as plain JSON values.
        content: Its text, YAML in UTF-8.
        read: Of each file: its name, its format, by which marks it was told, and the tool with its version.
        entries: What became of each field.
        findings: What a person should look at.
    """

    data: dict[str, Any]
    content: bytes
    read: list[tuple[str, str, str, str]]
    entries: list[Entry]
    findings: list[Finding]


def import_sources(
    sources: list[Source], form: str | None = None, wanted: Wanted | None = None
) -> Imported:
    """Make a statement of files that other tools wrote.

    Args:
        sources: The files; those of one format are read together.
        form: The name of the format of all of them; None tells it by the content of each.
        wanted: What is asked for.

    Raises:
        FormatError: A file cannot be read as its format, with line and column; or there is nothing in it; or the
            statement would be larger than what greenalgo reads.
        UnknownNameError: There is no such format.
    """
    told = [
        (source, *(detect(source) if form is None else (named(form), "as asked for")))
        for source in sources
    ]
    groups: dict[str, list[Source]] = {}
    for source, found, _ in told:
        if found.read is None:
            names = [other.name for other in FORMATS if other.read]
            raise UnknownNameError(
                f"{found.title} is written, not read; read are {', '.join(names)}",
                name=found.name,
                candidates=names,
            )
        groups.setdefault(found.name, []).append(source)
    twice = _given_twice(sources)
    readings = [reader(those) for name, those in groups.items() if (reader := named(name).read)]
    data, doubts = statement_of(sources, readings, wanted or Wanted())
    tools = {file: tool for reading in readings for file, tool in reading.tools.items()}
    read = [
        (
            source.name,
            found.name,
            marks,
            tidy(" ".join(tools.get(source.name, (found.title, ""))), 100),
        )
        for source, found, marks in told
    ]
    entries = [entry for reading in readings for entry in reading.entries]
    findings = [finding for reading in readings for finding in reading.findings] + twice + doubts
    return Imported(data, _text(data, read), read, entries, findings)


def export_statement(filled: dict[str, Any], form: str, run: str | None = None) -> Written:
    """Write a statement in another format.

    Args:
        filled: A statement with results, as :func:`greenalgo.api.fill` returns it.
        form: The name of the format.
        run: The id of the one run to write; None writes all that are counted.

    Raises:
        FormatError: The statement lacks what the format requires; the findings have JSON pointers into it.
        UnknownNameError: There is no such format, it is not written, or there is no such run.
    """
    target = named(form)
    if target.write is None:
        names = [other.name for other in FORMATS if other.write]
        raise UnknownNameError(
            f"{target.title} is read, not written; written are {', '.join(names)}",
            name=form,
            candidates=names,
        )
    if run is not None:
        ids = [one["id"] for one in filled["runs"]]
        if run not in ids:
            raise UnknownNameError(
                f"there is no run '{run}'; there are {', '.join(ids[:20])}",
                name=run,
                candidates=ids,
            )
        one = {
            key: value for key, value in filled["runs"][ids.index(run)].items() if key != "part_of"
        }
        filled = {**filled, "runs": [one]}
    return target.write(filled)


def _given_twice(sources: list[Source]) -> list[Finding]:
    """Warn of files with the same content: what one of them measured is counted once for each."""
    first: dict[bytes, str] = {}
    findings = []
    for source in sources:
        if source.raw in first:
            findings.append(
                warn(
                    codes.TWICE, f"the file has the same content as {first[source.raw]}", source.name,
                    found="the same bytes",
                    hint="give it once, if it is a copy: runs without an id of their own are counted again",
                )
            )  # fmt: skip
        first.setdefault(source.raw, source.name)
    return findings


def _text(data: dict[str, Any], read: list[tuple[str, str, str, str]]) -> bytes:
    head = [f"# yaml-language-server: $schema={_SCHEMA.format(version=data['spec_version'])}"]
    for name, _, _, tool in read[:20]:
        file = "standard input" if name == "-" else tidy(os.path.basename(name), 200)
        head.append(f"# From '{file}' by greenalgo import ({tool}).")
    content = ("\n".join(head) + "\n\n" + to_yaml(data)).encode()
    if len(content) > LIMIT:
        raise refusal(
            codes.TOO_MANY, f"the statement would have {len(data['runs']):,} runs and {len(content) // 1024:,} KiB",
            read[0][0], expected=f"at most {LIMIT // 1024} KiB", found=f"{len(content) // 1024:,} KiB",
            hint="--sum adds up the rows of one project, hardware and place; or divide the file",
        )  # fmt: skip
    return content
