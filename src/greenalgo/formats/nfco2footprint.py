"""Files of the Nextflow plugin nf-co2footprint: the trace of tasks (TSV), or the tree of them (YAML, JSON-LD).

``energy_consumption`` contains the PUE; ``raw_energy_processor`` and ``raw_energy_memory`` do not. In the trace each
cell has a unit of its own (``17.85 mWh``, ``620.83 uWh``, ``1.04 mg``, ``12 GB`` of 1024^3 bytes, ``1s 500ms``).
Tasks of one process are one run. Cached tasks were not computed again. The JSON-LD (its provenance file) calls
its fields as the trace does; its ``time`` is the limit that was asked for, and its head job is Nextflow itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.formats import codes
from greenalgo.formats.nextflow_words import CACHED, MEMORY, TIME, amount_of, process_of
from greenalgo.formats.records import Entry, Fate, Format, Measured, Part, Reading
from greenalgo.formats.rows import whole_rows
from greenalgo.formats.source import looks_like_json, read_json, refusal, warn
from greenalgo.formats.sums import sum_of_all
from greenalgo.formats.table import peek_header, read_table, to_number
from greenalgo.formats.yaml_text import read_yaml
from greenalgo.units import ENERGY_KWH, G_PER_KG, MASS_KG, SECONDS_PER_HOUR, WH_PER_KWH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.errors import FormatError
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Source

_COLUMNS = ("energy_consumption", "CO2e", "carbon_intensity")
_TREE = re.compile(r"^metaData: \{?\s*level: workflow", re.MULTILINE)
_LINKED = '"urn:co2footprint:'
_DURATION = re.compile(r"PT(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?", re.ASCII)
_SUMMARY = "nf-co2footprint plugin version:"
#: gCO2e/kWh that the plugin takes where no place is given.
_DEFAULT = 480.0
_INTENSITY = {"gCO₂e/kWh": 1.0, "gCO2e/kWh": 1.0}
#: The plugin rounds to four digits: a PUE is told from 1 when it is this far from it.
_ROUNDED = 0.01
#: The tree is no deeper than session, workflow, process, task.
_DEEPEST = 6
_MOST_TASKS = 1_000_000


class _Task(NamedTuple):
    """A task: energies in kWh (the first with the PUE), CO2e in kg, time in h, memory in GB, intensity in g/kWh.

    None is what the file does not say.
    """

    line: int
    process: str
    status: str
    energy: float | None
    processor: float | None
    memory: float | None
    co2e: float | None
    intensity: float | None
    hours: float | None
    cpus: float | None
    gb: float | None
    model: str


def recognise(source: Source) -> str:
    """Say by which marks a file is of nf-co2footprint."""
    names = peek_header(source)
    if set(_COLUMNS) <= set(names):
        return f"its columns are {', '.join(_COLUMNS)} and others"
    if _TREE.search(source.text[:5000]) and "co2e:" in source.text:
        return "it is a tree of level workflow with co2e"
    if _is_linked(source):
        return "its @id begins with urn:co2footprint:"
    return f"it says '{_SUMMARY}'" if _SUMMARY in source.text else ""


def read(sources: list[Source]) -> Reading:
    """Read traces and trees; a summary beside them gives version and place.

    Raises:
        FormatError: A file is not what the plugin writes, with line and column; or there is only a summary.
    """
    summaries = [source for source in sources if _SUMMARY in source.text]
    said = _options("\n".join(source.text for source in summaries))
    version = said.get("version", "")
    runs: list[Measured] = []
    entries: list[Entry] = []
    findings: list[Finding] = []
    for source in sources:
        if source in summaries:
            continue
        trace = set(_COLUMNS) <= set(peek_header(source))
        linked = not trace and _is_linked(source)
        tasks = list(
            _rows(source, findings) if trace else _linked(source) if linked else _leaves(source)
        )
        groups: dict[tuple[str, str], list[_Task]] = {}
        for task in tasks:
            if task.status != CACHED:
                groups.setdefault(
                    (task.process, "failed" if task.status == "FAILED" else ""), []
                ).append(task)
        if cached := sum(task.status == CACHED for task in tasks):
            findings.append(
                warn(
                    codes.LEFT_OUT, f"{cached} cached tasks are left out: they were not computed again", source.name,
                    hint="import the trace of the run that computed them as well",
                )
            )  # fmt: skip
        runs += [
            _run(source, name, outcome, those, said, findings)
            for (name, outcome), those in groups.items()
        ]
        entries += [
            Entry(*entry, source.name) for entry in (_TRACE if trace or linked else _OF_TREE)
        ]
    if not runs:
        raise refusal(
            codes.NOTHING, "there is no task that was computed", sources[0].name, expected="a trace, or a tree",
            found="a summary" if summaries else "cached tasks", hint="import the trace of the tasks as well",
        )  # fmt: skip
    if any(run.intensity and not run.intensity_source for run in runs):
        findings.append(
            warn(
                codes.FALLBACK, f"no place was given, and nf-co2footprint took {_DEFAULT:g} g/kWh", sources[0].name,
                hint="declare the country: fill looks its factor up",
            )
        )  # fmt: skip
    return Reading(
        runs, entries, findings, {source.name: ("nf-co2footprint", version) for source in sources}
    )


def _run(
    source: Source, name: str, outcome: str, tasks: list[_Task], said: dict[str, str],
    findings: list[Finding],
) -> Measured:  # fmt: skip
    def total(what: str, values: list[float | None]) -> float | None:
        lacking = [task.line for task, value in zip(tasks, values, strict=True) if value is None]
        return sum_of_all(
            values, f"tasks of '{name}' have no {what}", findings, source.name,
            (lacking[0], 1) if any(lacking) else (0, 0), expected=what,
            hint="complete them, or delete them; a task that never ran has none",
        )  # fmt: skip

    energy = total("energy", [task.energy for task in tasks])
    co2e = total("CO2e", [task.co2e for task in tasks])
    processor = total("raw energy of the processor", [task.processor for task in tasks])
    memory = total("raw energy of the memory", [task.memory for task in tasks])
    core_hours = total(
        "time or cpus",
        [None if t.hours is None or t.cpus is None else t.hours * t.cpus for t in tasks],
    )
    raw = None if processor is None or memory is None else processor + memory
    pue = energy / raw if energy and raw else 0.0
    # Parts that are more than the whole are no parts of it.
    apart = raw is not None and (energy is None or pue > 1 - _ROUNDED)
    sizes = [task.gb for task in tasks if task.gb]
    parts = [
        Part("cpu", tasks[0].model, int(tasks[0].cpus or 0) or None if len(tasks) == 1 else None,
             energy_kwh=processor if apart else None, device_hours=core_hours, power_scope="core"),
        Part("memory", memory_gb=max(sizes, default=None), energy_kwh=memory if apart else None),
    ]  # fmt: skip
    applied = pue > 1 + _ROUNDED
    of_facility = applied or not apart
    intensities = {task.intensity for task in tasks}
    intensity = G_PER_KG * co2e / energy if energy and co2e else None
    if len(intensities) == 1 and None not in intensities:
        intensity = tasks[0].intensity
    printed: dict[str, Any] = {}
    if energy is not None:
        printed["boundary"] = "facility" if of_facility else "it"
        printed["energy_facility_kwh" if of_facility else "energy_it_kwh"] = energy
        if intensity and co2e is not None:
            printed["co2e_operational_kg"] = co2e
        if intensity:
            printed["carbon_intensity_g_per_kwh"] = intensity
    known = intensity is not None and abs(intensity - _DEFAULT) > 0.01
    stated = float(f"{pue:.4g}")
    return Measured(
        name=name, source=source, line=tasks[0].line, phase="analysis", outcome=outcome,
        hours=tasks[0].hours if len(tasks) == 1 else None, parts=tuple(parts),
        place={"country": said.get("location", "")},
        pue=(stated, "set in nf-co2footprint") if apart and applied else None, intensity=intensity,
        intensity_source="nf-co2footprint: carbon_intensity" if known else "", printed=printed,
        measurement={
            "method": "tracker", "instrument": "nf-co2footprint", "pue_included": False,
            "version": said.get("version", ""), "covers": ["cpu", "memory"],
        },
        more={} if apart or energy is None else
        {"energy_facility_kwh": {"value": float(f"{energy:.12g}"), "status": "modelled"}},
        note=f"{len(tasks):,} tasks." if len(tasks) > 1 else "",
    )  # fmt: skip


def _rows(source: Source, findings: list[Finding]) -> Iterator[_Task]:
    """Yield the tasks of a trace."""
    table = read_table(source, needed=_COLUMNS)
    for row in whole_rows(table, "nf-co2footprint", findings):

        def amount(column: str, units: dict[str, float], row: Any = row) -> float | None:
            text = table.cell(row, column)
            found = amount_of(text, units) if text else None
            if text and found is None:
                raise refusal(
                    codes.VALUE, f"'{column}' has no amount that is known", source.name, table.at(row, column),
                    expected="a number and " + ", ".join(units), found=text, hint="correct the cell, or delete the row",
                )  # fmt: skip
            return found

        name = table.cell(row, "name") or table.cell(row, "process") or "task"
        yield _Task(
            row.line, process_of(name), table.cell(row, "status"), amount("energy_consumption", ENERGY_KWH),
            amount("raw_energy_processor", ENERGY_KWH), amount("raw_energy_memory", ENERGY_KWH),
            amount("CO2e", MASS_KG), amount("carbon_intensity", _INTENSITY),
            _per(SECONDS_PER_HOUR, amount("realtime", TIME)), table.number(row, "cpus"),
            amount("memory", MEMORY), table.cell(row, "cpu_model"),
        )  # fmt: skip


def _leaves(source: Source) -> Iterator[_Task]:
    """Yield the tasks of a tree."""
    tree = read_yaml(source, "the tree that the plugin wrote")
    waiting, seen = [(tree, 0, "")], 0
    while waiting:
        node, depth, process = waiting.pop()
        if not isinstance(node, dict) or depth > _DEEPEST:
            continue
        level = _mapping(node.get("metaData")).get("level", "")
        process = str(node.get("name", "")) if level == "process" else process
        if level == "task" and (seen := seen + 1) <= _MOST_TASKS:
            yield _of_tree(source, _mapping(node.get("values")), process)
        children = node.get("children")
        waiting += [
            (child, depth + 1, process)
            for child in reversed(children if isinstance(children, list) else [])
        ]


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _of_tree(source: Source, values: dict[str, Any], process: str) -> _Task:
    def raw(key: str) -> str:
        value = values.get(key)
        inner = value.get("raw") if isinstance(value, dict) else None
        return str(inner.get("value", "")) if isinstance(inner, dict) else ""

    def number(key: str) -> float | None:
        text = raw(key)
        found = to_number(text) if text not in ("", "null") else None
        if text not in ("", "null") and (found is None or found < 0):
            raise refusal(
                codes.VALUE, f"'{key}' of a task in {process} is no number of 0 or more", source.name,
                expected="a number, 0 or more", found=text[:40], hint="import the file as the tool wrote it",
            )  # fmt: skip
        return found

    return _Task(
        0, process_of(process or "task"), raw("status"), _per(WH_PER_KWH, number("energy")),
        _per(WH_PER_KWH, number("rawEnergyProcessor")), _per(WH_PER_KWH, number("rawEnergyMemory")),
        _per(G_PER_KG, number("co2e")), number("ci"), _per(1000 * SECONDS_PER_HOUR, number("time")),
        number("cpus"), _per(2.0**30, number("memory")), raw("cpu_model").replace("Unknown model", ""),
    )  # fmt: skip


def _per(units: float, value: float | None) -> float | None:
    return None if value is None else value / units


def _is_linked(source: Source) -> bool:
    return looks_like_json(source) and _LINKED in source.text[:5000]


def _linked(source: Source) -> Iterator[_Task]:
    """Yield the tasks of a tree in JSON-LD: what has no parts, and the head job is one."""
    waiting: list[tuple[Any, int]] = [(read_json(source), 0)]
    seen = 0
    while waiting:
        node, depth = waiting.pop()
        if not isinstance(node, dict) or depth > _DEEPEST:
            continue
        parts = node.get("hasPart")
        if isinstance(parts, list) and parts:
            waiting += [(part, depth + 1) for part in reversed(parts)]
        elif "energy_consumption" in node and (seen := seen + 1) <= _MOST_TASKS:
            yield _of_linked(source, node)


def _of_linked(source: Source, node: dict[str, Any]) -> _Task:
    def text(key: str) -> str:
        value = _mapping(node.get(key)).get("value")
        return str(value) if isinstance(value, (str, int, float)) else ""

    name = text("process") or text("name") or "task"

    def refused(key: str, expected: str) -> FormatError:
        return refusal(
            codes.VALUE, f"'{key}' of {name} has no amount that is known", source.name, expected=expected,
            found=f"{text(key)} {_mapping(node.get(key)).get('unitText', '')}"[:60],
            hint="import the file as the tool wrote it",
        )  # fmt: skip

    def amount(key: str, units: dict[str, float]) -> float | None:
        if not text(key):
            return None
        number, unit = to_number(text(key)), str(_mapping(node.get(key)).get("unitText", ""))
        if number is None or number < 0 or unit not in units:
            raise refused(key, "0 or more, in " + ", ".join(units))
        return number * units[unit]

    lasted = _DURATION.fullmatch(text("realtime") or "PT")
    if lasted is None:
        raise refused("realtime", "a duration such as PT1M2.5S")
    hours, minutes, seconds = (float(part or 0) for part in lasted.groups())
    time = hours + minutes / 60 + seconds / SECONDS_PER_HOUR if text("realtime") else None
    return _Task(
        0, process_of(name), text("status"), amount("energy_consumption", ENERGY_KWH),
        amount("raw_energy_processor", ENERGY_KWH), amount("raw_energy_memory", ENERGY_KWH),
        amount("CO2e", MASS_KG), amount("carbon_intensity", _INTENSITY), time, amount("cpus", {"": 1.0}),
        amount("memory", {"B": 2.0**-30}), text("cpu_model"),
    )  # fmt: skip


def _options(text: str) -> dict[str, str]:
    """Return what a summary says: version, and place."""
    found = {}
    for key, pattern in (
        ("version", rf"{_SUMMARY}\s*(\S+)"),
        ("location", r"^\s*location:\s*(\S+)"),
    ):
        match = re.search(pattern, text, re.MULTILINE)
        if match and match[1] != "null":
            found[key] = match[1][:50]
    return found


_TRACE = (
    ("name", Fate.KEPT, "runs[].name", "tasks of one process are one run"),
    ("energy_consumption", Fate.CONVERTED, "reported.runs[]", "any unit -> kWh; with the PUE"),
    (
        "raw_energy_processor, raw_energy_memory",
        Fate.CONVERTED,
        "runs[].hardware[].energy_it_kwh",
        "any unit -> kWh",
    ),
    ("CO2e", Fate.CONVERTED, "reported.runs[].co2e_operational_kg", "any unit -> kg"),
    ("carbon_intensity", Fate.KEPT, "runs[].carbon_intensity_g_per_kwh", ""),
    ("realtime, cpus", Fate.CONVERTED, "runs[].hardware[].device_hours", "core-hours, added up"),
    (
        "memory",
        Fate.CONVERTED,
        "runs[].hardware[].memory_gb",
        "GB of 1024^3 bytes, the largest of a process",
    ),
    ("cpu_model", Fate.KEPT, "runs[].hardware[].model", ""),
    (
        "status",
        Fate.CONVERTED,
        "runs[].outcome",
        "failed tasks are runs of their own, cached ones are left out",
    ),
    (
        "task_id, %cpu, powerdraw_cpu, CO2e_market",
        Fate.DROPPED,
        "",
        "the energy says it, or no place",
    ),
    ("wall-clock hours", Fate.MISSING, "runs[].hours", "tasks run beside each other"),
    ("number of processors", Fate.MISSING, "runs[].hardware[].count", "cores of each task"),
)
#: The same fields as the tree calls them.
_OF_TREE: tuple[tuple[str, Fate, str, str], ...] = tuple(
    (field.replace("_consumption", "").replace("raw_energy_", "rawEnergy_"), fate, to, note)
    for field, fate, to, note in _TRACE
)

FORMAT = Format(
    name="nf-co2footprint",
    title="nf-co2footprint (Nextflow): trace, data, provenance and summary",
    tried="1.2.1 and 1.4.0, files of its own tests",
    marks="columns energy_consumption, CO2e and carbon_intensity; a tree of level workflow; JSON of urn:co2footprint:",
    measures="modelled: Green Algorithms' formula over what Nextflow recorded",
    lost_reading="each task of its own, equivalents, market-based CO2e",
    recognise=recognise,
    read=read,
)
