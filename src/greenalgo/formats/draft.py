"""From runs as a tool measured them to a statement: ids, names, places, figures, provenance.

Nothing is put in that the file does not say. A tool's own CO2e stands under ``reported`` with the factor that the
tool applied; energy that contains a PUE is divided by it, so that no run has one inside.
"""

from __future__ import annotations

import hashlib
import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.formats import codes
from greenalgo.formats.source import refusal, warn
from greenalgo.formats.sums import add_up
from greenalgo.formats.words import country, model, short, slug, tidy
from greenalgo.schemas.versions import NEWEST
from greenalgo.sources.document import MAX_INTEGER

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Measured, Part, Reading, Source

#: The schema's limit.
MOST_RUNS = 10_000
#: Where the carbon intensity of the runs comes from: what the tool applied, or left to ``greenalgo fill``.
INTENSITIES = ("tracker", "lookup")


class Wanted(NamedTuple):
    """What a person asks of an import.

    Attributes:
        title: The statement's title; empty takes what the files say.
        phase: The phase of runs whose tool does not say.
        intensity: One of :data:`INTENSITIES`.
        added_up: Rows of one kind become one run.
    """

    title: str = ""
    phase: str = "other"
    intensity: str = "tracker"
    added_up: bool = False


def statement_of(
    sources: list[Source], readings: list[Reading], wanted: Wanted
) -> tuple[dict[str, Any], list[Finding]]:
    """Return a statement of everything that was read.

    Args:
        sources: The files, in the order in which they were given.
        readings: What the readers got out of them.
        wanted: What was asked for.

    Returns:
        The statement as plain JSON values, and what a person should look at.

    Raises:
        FormatError: There is no run, or there are more than a statement can hold.
    """
    runs = [run for reading in readings for run in reading.runs]
    doubts: list[Finding] = []
    if wanted.added_up:
        runs = add_up(runs, doubts)
    if not runs:
        raise refusal(
            codes.NOTHING, "there is no run in the file", sources[0].name, expected="a row with energy or hours",
            found="none", hint="import a file in which the tool has recorded a run",
        )  # fmt: skip
    if len(runs) > MOST_RUNS:
        raise refusal(
            codes.TOO_MANY, f"the statement would have {len(runs):,} runs", sources[0].name,
            expected=f"at most {MOST_RUNS:,} runs", found=f"{len(runs):,}",
            hint="--sum adds up the rows of one project, hardware and place; or divide the file",
        )  # fmt: skip
    drafter = _Drafter(wanted)
    drafted = [drafter.run(run) for run in runs]
    names = list(
        dict.fromkeys(tidy(run.name, 200) for run in runs if run.name.strip() and not run.part_of)
    )
    said = next((reading.title for reading in readings if reading.title), "")
    subject = tidy(said, 200) or (names[0] if len(names) == 1 else _stem(sources[0].name))
    statement: dict[str, Any] = {
        "spec_version": NEWEST,
        "title": "",
        "subject": {"name": subject},
        "runs": drafted,
    }
    for reading in readings:
        for key, value in _held(reading.more, sources[0]).items():
            old = statement.get(key)
            statement[key] = {**old, **value} if isinstance(old, dict) else value
    statement["title"] = tidy(wanted.title, 300) or f"Footprint of {statement['subject']['name']}"
    if drafter.reported:
        whole = statement.pop("reported", {})
        statement["reported"] = {**whole, "runs": drafter.reported}
    tools = {file: tool for reading in readings for file, tool in reading.tools.items()}
    statement["provenance"] = {"files": [_file(source, tools) for source in sources]}
    return statement, doubts + drafter.findings()


class _Drafter:
    """Gives runs their ids, and remembers what it could not name."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.reported: dict[str, dict[str, Any]] = {}
        self._ids: dict[str, int] = {}
        self._of_label: dict[str, str] = {}
        self._troubles: dict[str, tuple[Measured, int]] = {}

    def run(self, run: Measured) -> dict[str, Any]:
        run_id = self._id(slug(run.name or run.label))
        if run.label:  # a part has its own, or that of the whole, which comes first
            self._of_label.setdefault(run.label, run_id)
        drafted: dict[str, Any] = {"id": run_id}
        if name := tidy(run.name, 200):
            drafted["name"] = name
        drafted["phase"] = run.phase or self.wanted.phase
        if run.outcome:
            drafted["outcome"] = run.outcome
        if period := {k: v for k, v in (("start", run.start), ("end", run.end)) if v}:
            drafted["period"] = period
        if run.parts:
            drafted["hardware"] = [self._component(run, part) for part in run.parts]
        if run.hours:
            drafted["hours"] = short(run.hours)
        if place := self._place(run):
            drafted["location"] = place
        if run.pue:
            drafted["pue"] = {"value": run.pue[0], "status": "declared", "source": run.pue[1]}
        if (
            run.intensity is not None
            and run.intensity_source
            and self.wanted.intensity == "tracker"
        ):
            drafted["carbon_intensity_g_per_kwh"] = {
                "value": short(run.intensity), "status": run.intensity_status, "source": run.intensity_source,
                "basis": "location",
            }  # fmt: skip
        if run.energy_it_kwh is not None:
            drafted["energy_it_kwh"] = _energy(run)
        drafted |= run.more
        if run.measurement:
            drafted["measurement"] = run.measurement
        if run.part_of and run.part_of in self._of_label:
            drafted["part_of"] = self._of_label[run.part_of]
        if note := tidy(run.note, 4000):
            drafted["note"] = note
        if run.printed:
            self.reported[run_id] = _held(self._printed(run), run.source, run.line)
        held: dict[str, Any] = _held(drafted, run.source, run.line)
        return held

    def findings(self) -> list[Finding]:
        """Return a warning for each name that is not known, once for all runs that have it."""
        found = []
        for words, (run, times) in self._troubles.items():
            more = f" ({times} runs)" if times > 1 else ""
            found.append(
                warn(
                    codes.NAME, words + more, run.source.name, (run.line, 1 if run.line else 0),
                    hint="put in the exact name: greenalgo factors search finds it",
                )
            )  # fmt: skip
        return found

    def _id(self, wanted: str) -> str:
        self._ids[wanted] = times = self._ids.get(wanted, 0) + 1
        return wanted if times == 1 else self._id(f"{wanted}-{times}")

    def _component(self, run: Measured, part: Part) -> dict[str, Any]:
        line: dict[str, Any] = {"kind": part.kind}
        if part.model:
            known = model(part.model, part.kind)
            if known.trouble and part.kind in ("cpu", "gpu", "accelerator"):
                self._wonder(known.trouble, run)
            line["model"] = known.name
        if part.number:
            line["count"] = part.number
        if part.memory_gb:
            line["memory_gb"] = short(part.memory_gb)
        if part.power_w is not None:
            line["power_w"] = _stated(run, part.power_w, part.status)
        if part.power_scope:
            line["power_scope"] = part.power_scope
        if part.utilisation is not None:
            line["utilisation"] = short(part.utilisation)
        if part.device_hours:
            line["device_hours"] = short(part.device_hours)
        if part.share is not None:
            line["share"] = short(part.share)
        if part.energy_kwh is not None:
            line["energy_it_kwh"] = _stated(run, part.energy_kwh, part.status)
        if part.note:
            line["note"] = tidy(part.note, 4000)
        return line

    def _place(self, run: Measured) -> dict[str, str]:
        place = {key: text for key, value in run.place.items() if (text := tidy(value, 100))}
        if "country" in place:
            code = country(place["country"])
            if not code:
                self._wonder(f"no country is called '{place['country']}'", run)
                del place["country"]
            else:
                place["country"] = code
        return place

    def _printed(self, run: Measured) -> dict[str, Any]:
        printed = {
            key: short(value) if isinstance(value, float) else value
            for key, value in run.printed.items()
        }
        place = f", line {run.line}" if run.line else ""
        label = f" ({tidy(run.label, 100)})" if run.label and run.label != run.name else ""
        return {
            **printed,
            "source": tidy(f"{os.path.basename(run.source.name)}{place}{label}", 1000),
        }

    def _wonder(self, words: str, run: Measured) -> None:
        first, times = self._troubles.get(words, (run, 0))
        self._troubles[words] = (first, times + 1)


def _energy(run: Measured) -> dict[str, Any]:
    energy = _stated(run, run.energy_it_kwh or 0.0, run.energy_status)
    if run.energy_level:
        energy |= {"lower": short(run.energy_level[0]), "upper": short(run.energy_level[1])}
    return energy


def _stated(run: Measured, value: float, status: str) -> dict[str, Any]:
    """Return a quantity with its status and the tool that it comes from."""
    stated: dict[str, Any] = {"value": short(value), "status": status}
    tool = f"{run.measurement.get('instrument', '')} {run.measurement.get('version', '')}".strip()
    return {**stated, "source": tidy(tool, 1000)} if tool else stated


def _held(value: Any, source: Source, line: int = 0) -> Any:
    """Return a value as a statement can hold it: texts without control characters, mappings without what is empty.

    Raises:
        FormatError: A number is not finite, or a whole one beyond 2^53: what it was made of cannot be.
    """
    if isinstance(value, dict):
        held = {key: _held(inner, source, line) for key, inner in value.items()}
        return {key: inner for key, inner in held.items() if inner not in ("", [], {})}
    if isinstance(value, (list, tuple)):
        return [_held(inner, source, line) for inner in value]
    if isinstance(value, str):
        return tidy(value, 4000)
    if isinstance(value, (int, float)) and not abs(value) <= (
        sys.float_info.max if isinstance(value, float) else MAX_INTEGER
    ):
        raise refusal(
            codes.VALUE, "a figure that follows from the values here is no number that a statement can hold",
            source.name, (line, 1 if line else 0), expected="values that can be",
            found=f"{float(value):g}", hint="look for a value that is far too small or too large, and correct it",
        )  # fmt: skip
    return value


def _stem(name: str) -> str:
    return (
        tidy(os.path.splitext(os.path.basename(name))[0], 200) if name not in ("", "-") else "a run"
    )


def _file(source: Source, tools: dict[str, tuple[str, str]]) -> dict[str, Any]:
    name = "standard input" if source.name == "-" else os.path.basename(source.name)
    entry = {"path": tidy(name, 500), "sha256": hashlib.sha256(source.raw).hexdigest()}
    tool, version = tools.get(source.name, ("", ""))
    if tool:
        entry["tool"] = tool
    if version:
        entry["tool_version"] = tidy(version, 50)
    return entry
