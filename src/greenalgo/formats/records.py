"""What a reader makes of a file: runs as a tool measured them, and what became of each field."""

# No `from __future__ import annotations` here, as in statement/records.py: NamedTuple would compile it.

from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

from greenalgo.findings import Finding


class Fate(Enum):
    """What became of a field of the file, or of the statement on its way out."""

    KEPT = "kept"
    CONVERTED = "converted"
    DROPPED = "dropped"
    MISSING = "missing"


#: The note on what the other side has no field for.
NO_PLACE = "no place"


#: What became of a field: its fate, where it stands now, and a note.
Outcome = tuple[Fate, str, str]
#: What a file does not say: what it would have said, where that would stand, and why.
Lack = tuple[str, str, str]


def placed(to: str, note: str) -> Outcome:
    """Return what became of a field by its place: without one it was dropped, with a note it was converted."""
    return (Fate.CONVERTED if to and note else Fate.KEPT if to else Fate.DROPPED), to, note


class Entry(NamedTuple):
    """One line of a loss report.

    Attributes:
        field: The field as the file calls it; of a missing one, what it would have said.
        fate: What became of it.
        to: Where it stands now, as a path such as ``runs[].hours``.
        note: Units, and why.
        file: The file that has it.
        line: The line where it is named, from 1; 0 where it is in no one place.
        column: The column in characters, from 1; 0 where it is in no one place.
    """

    field: str
    fate: Fate
    to: str = ""
    note: str = ""
    file: str = ""
    line: int = 0
    column: int = 0


class Source(NamedTuple):
    """A file of another tool.

    Attributes:
        name: Its name as the caller gave it (``-`` for standard input).
        raw: Its bytes.
        text: Its text, without a byte order mark.
    """

    name: str
    raw: bytes
    text: str


class Part(NamedTuple):
    """A component of a run as the tool knows it.

    Attributes:
        kind: The schema's kind of component.
        model: Its model as the tool writes it.
        number: How many there were; None where the tool does not know.
        memory_gb: Memory in GB.
        energy_kwh: Its IT energy in kWh.
        power_w: Its power in W, where energy is not known; see ``power_scope``.
        power_scope: What the power is of.
        utilisation: Mean utilisation, 0 to 1.
        device_hours: Device-hours (h), where hours and number do not give them.
        share: What the run had of it, 0 to 1; None for all of it.
        status: Where energy or power came from.
        note: What a reader should know.
    """

    kind: str
    model: str = ""
    number: int | None = None
    memory_gb: float | None = None
    energy_kwh: float | None = None
    power_w: float | None = None
    power_scope: str = ""
    utilisation: float | None = None
    device_hours: float | None = None
    share: float | None = None
    status: str = "modelled"
    note: str = ""


class Measured(NamedTuple):
    """One run as a tool measured it.

    Attributes:
        name: Its name; an id is made of it.
        source: The file that it is in.
        line: The line, from 1; 0 where it has none of its own.
        label: What the tool calls the run, such as its run_id.
        phase: The schema's phase, where the tool knows it.
        outcome: The schema's outcome, where the tool knows it.
        start: First moment, ISO 8601.
        end: Last moment.
        hours: Wall-clock hours (h).
        parts: The components.
        energy_it_kwh: IT energy of the whole run (kWh), where the parts do not give it.
        energy_status: Where it came from.
        energy_level: Lower and upper end of the interval, where the tool gives one.
        place: Fields of the schema's location; empty ones are left out.
        pue: The PUE that the tool was told, with where it comes from; it multiplied with it.
        intensity: The carbon intensity that the tool applied, gCO2e/kWh.
        intensity_source: Where it comes from; empty where the tool fell back on a default of its own.
        intensity_status: looked_up where it follows exactly, imputed where it does so only nearly.
        printed: Figures of the tool: fields of the schema's block of reported figures.
        measurement: Fields of the schema's measurement; empty ones are left out.
        more: Fields of the run that are taken as they are.
        part_of: The label of the run that contains this one.
        note: What a reader should know.
    """

    name: str
    source: Source
    line: int = 0
    label: str = ""
    phase: str = ""
    outcome: str = ""
    start: str = ""
    end: str = ""
    hours: float | None = None
    parts: tuple[Part, ...] = ()
    energy_it_kwh: float | None = None
    energy_status: str = "modelled"
    energy_level: tuple[float, float] | None = None
    place: dict[str, str] = {}  # noqa: RUF012 - an empty default that nobody writes to
    pue: tuple[float, str] | None = None
    intensity: float | None = None
    intensity_source: str = ""
    intensity_status: str = "looked_up"
    printed: dict[str, Any] = {}  # noqa: RUF012 - as above
    measurement: dict[str, Any] = {}  # noqa: RUF012 - as above
    more: dict[str, Any] = {}  # noqa: RUF012 - as above
    part_of: str = ""
    note: str = ""


class Reading(NamedTuple):
    """What a reader got out of the files of one format.

    Attributes:
        runs: The runs, in the order of the files.
        entries: What became of each field.
        findings: What a person should look at: nothing that stops the import.
        tools: File name to the tool and the version that wrote it (empty where it does not say).
        title: What the statement is about; empty where the files do not say.
        more: Fields of the statement that are taken as they are.
    """

    runs: list[Measured]
    entries: list[Entry]
    findings: list[Finding]
    tools: dict[str, tuple[str, str]]
    title: str = ""
    more: dict[str, Any] = {}  # noqa: RUF012 - an empty default that nobody writes to


class Written(NamedTuple):
    """A statement in another format.

    Attributes:
        content: The bytes.
        entries: What became of each field of the statement.
        findings: What a person should look at.
    """

    content: bytes
    entries: list[Entry]
    findings: list[Finding]


class Format(NamedTuple):
    """One format: what it is, how it is told from others, how it is read and written.

    Attributes:
        name: Its name on the command line.
        title: Its name for people.
        tried: The versions of the tool that it was tried with, or of the standard.
        marks: What a file is told by, in words.
        measures: How the tool comes by its figures, and which status they get.
        lost_reading: What of a file has no place in a statement.
        lost_writing: What of a statement has no place in the format.
        recognise: Says by which marks a file is of this format; nothing where it is not.
        read: Reads files of this format.
        write: Writes a filled statement.
    """

    name: str
    title: str
    tried: str
    marks: str
    measures: str = ""
    lost_reading: str = ""
    lost_writing: str = ""
    recognise: Callable[[Source], str] | None = None
    read: Callable[[list[Source]], Reading] | None = None
    write: Callable[[dict[str, Any]], Written] | None = None
