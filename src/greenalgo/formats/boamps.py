"""A BoAmps report (Boavizta): one task, the measures of its energy, and the hardware.

``powerConsumption`` is an energy in kWh; whether it contains a PUE the format does not say. ``parametersNumber`` is
in billions. There is no field for CO2e.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from greenalgo.formats import codes
from greenalgo.formats.boamps_out import write
from greenalgo.formats.fields import Fields
from greenalgo.formats.records import Entry, Format, Measured, Part, Reading
from greenalgo.formats.source import looks_like_json, peek_json, read_json, refusal, warn
from greenalgo.formats.times import started
from greenalgo.formats.words import counted, short
from greenalgo.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Source

_MARKS = ("measures", "infrastructure")
_BILLION = 1e9
#: Stage of a task, in lower case without punctuation -> phase of a run.
PHASES = {
    "datacreation": "data_preparation", "preprocessing": "data_preparation", "training": "training",
    "retraining": "training", "finetuning": "fine_tuning", "inference": "inference", "evaluation": "evaluation",
    "test": "evaluation", "validation": "evaluation",
}  # fmt: skip
_COMPONENTS = {"cpu": "cpu", "gpu": "gpu", "ram": "memory", "tpu": "accelerator", "npu": "accelerator",
               "hdd": "storage", "sdd": "storage", "ssd": "storage", "server": "node"}  # fmt: skip
_FACILITIES = {"publicCloud": "cloud", "privateCloud": "cloud", "onPremise": "on_premises"}
_METERS = ("wattmeter", "powermeter", "wallmeter")
_WORK = {
    "token": "tokens",
    "image": "samples",
    "text": "samples",
    "audio": "samples",
    "tabular": "samples",
}


def recognise(source: Source) -> str:
    """Say by which keys a file is a BoAmps report."""
    value = peek_json(source.text) if looks_like_json(source) else None
    if not isinstance(value, dict) or not isinstance(value.get("measures"), list):
        return ""
    named = [key for key in ("header", "task", *_MARKS) if key in value]
    first = value["measures"][0] if value["measures"] else {}
    return (
        f"it has {', '.join(named)}"
        if set(_MARKS) <= set(named) or "powerConsumption" in first
        else ""
    )


def read(sources: list[Source]) -> Reading:
    """Read BoAmps reports: each measure is a run.

    Raises:
        FormatError: A file is no report, or has no measures.
    """
    runs: list[Measured] = []
    entries: list[Entry] = []
    findings: list[Finding] = []
    more: dict[str, Any] = {}
    tools = {}
    for source in sources:
        report = Fields(source, read_json(source))
        measures = report.items("measures")
        if not measures:
            raise refusal(
                codes.NOTHING, "the report has no measures", source.name, (1, 1), expected="measures",
                found="none", hint="import a report in which energy was measured",
            )  # fmt: skip
        found = [run for measure in measures if (run := _run(source, report, measure))]
        if without := len(measures) - len(found):
            findings.append(
                warn(
                    codes.LEFT_OUT, f"measures without an energy are left out: {without}", source.name,
                    expected="powerConsumption", hint="put the energy in, in kWh, if it was measured",
                )
            )  # fmt: skip
        runs += found
        entries += report.entries(_KEPT, _MISSING)
        tools[source.name] = ("BoAmps", report.text("header", "formatVersion"))
        more = more or _subject(report)
    return Reading(runs, entries, findings, tools, more=more)


def _run(source: Source, report: Fields, measure: Fields) -> Measured | None:
    energy = measure.number("powerConsumption", most=1e10)
    if energy is None:
        return None
    method, version = measure.text("measurementMethod"), measure.text("version")
    seconds = measure.number("measurementDuration", most=1e10)
    start, end = started(measure.text("measurementDateTime"), seconds)
    metered = method.lower().replace(" ", "") in _METERS
    modes = [
        f"{kind}: {mode}"
        for kind in ("cpu", "gpu")
        if (mode := measure.text(f"{kind}TrackingMode"))
    ]
    measurement = {
        "method": "wall_meter" if metered else "tracker",
        "instrument": method[:200] or "not said",
        "version": version[:50],
        "note": "BoAmps does not say whether a PUE is inside."
        + (f" Tracking: {', '.join(modes)}." if modes else ""),
    }
    stage = "".join(char for char in report.text("task", "taskStage").lower() if char.isalnum())
    more: dict[str, Any] = {"work": work} if (work := _work(report)) else {}
    return Measured(
        name=report.text("task", "taskStage") or "measure", source=source, label=report.text("header", "reportId"),
        phase=PHASES.get(stage, ""), start=start, end=end, hours=seconds / SECONDS_PER_HOUR if seconds else None,
        parts=tuple(_part(component) for component in report.items("infrastructure", "components")),
        energy_it_kwh=energy, energy_status="metered" if metered else "modelled", place=_place(report),
        intensity=report.number("environment", "powerSourceCarbonIntensity", most=5000),
        intensity_source="BoAmps: environment.powerSourceCarbonIntensity", measurement=measurement, more=more,
    )  # fmt: skip


def _part(component: Fields) -> Part:
    kind = _COMPONENTS.get(component.text("componentType").lower(), "other")
    number, name = counted(component.text("componentName"))
    items = int(component.number("nbComponent", most=1e6) or 0) or None
    size, share = component.number("memorySize", most=1e9), component.number("share", most=1)
    if kind == "memory":
        return Part(kind, memory_gb=size * (items or 1) if size else None, share=share)
    # Of a CPU people write processors, cores or threads.
    items = number or (None if kind == "cpu" else items)
    return Part(kind, name, items, memory_gb=size, share=share)


def _place(report: Fields) -> dict[str, str]:
    return {
        "country": report.text("environment", "country"),
        "region": report.text("environment", "location"),
        "provider": report.text("infrastructure", "cloudProvider").lower(),
        "facility": _FACILITIES.get(report.text("infrastructure", "infraType"), ""),
    }


def _work(report: Fields) -> dict[str, Any]:
    work: dict[str, Any] = {}
    if requests := report.number("task", "nbRequest"):
        work["requests"] = short(requests)
    for algorithm in report.items("task", "algorithms"):
        if epochs := algorithm.number("epochsNumber"):
            work["epochs"] = short(epochs)
        if precision := algorithm.text("quantization"):
            work["precision"] = precision[:50]
    for dataset in report.items("task", "dataset"):
        unit, quantity = _WORK.get(dataset.text("dataType"), ""), dataset.number("dataQuantity")
        if unit and quantity:
            work[unit] = short(work.get(unit, 0.0) + quantity)
    return work


def _subject(report: Fields) -> dict[str, Any]:
    algorithms = report.items("task", "algorithms")
    subject: dict[str, Any] = {}
    if task := report.text("task", "taskFamily"):
        subject["task"] = task[:200]
    for algorithm in algorithms[:1]:
        name = algorithm.text("foundationModelName") or algorithm.text("algorithmName")
        if name:
            subject |= {"name": name[:200], "kind": "model"}
        if billions := algorithm.number("parametersNumber", most=1e6):
            subject["parameters"] = short(billions * _BILLION)
        for key in ("algorithmUri", "foundationModelUri"):
            if re.fullmatch(r"https?://\S{1,900}", algorithm.text(key)) and "url" not in subject:
                subject["url"] = algorithm.text(key)
    return {"subject": subject} if subject else {}


#: Field (lists without their numbers) -> where it stands now, and a note.
_KEPT = {
    "header.reportId": ("reported.runs[].source", ""),
    "task.taskStage": ("runs[].phase", "by its name"),
    "task.taskFamily": ("subject.task", ""),
    "task.nbRequest": ("runs[].work.requests", ""),
    "task.algorithms.foundationModelName": ("subject.name", ""),
    "task.algorithms.algorithmName": ("subject.name", "where there is no foundation model"),
    "task.algorithms.foundationModelUri": ("subject.url", ""),
    "task.algorithms.algorithmUri": ("subject.url", ""),
    "task.algorithms.parametersNumber": ("subject.parameters", "billions -> a count"),
    "task.algorithms.epochsNumber": ("runs[].work.epochs", ""),
    "task.algorithms.quantization": ("runs[].work.precision", ""),
    "task.dataset.dataQuantity": ("runs[].work", "tokens, or samples"),
    "task.dataset.dataType": ("runs[].work", "tokens, or samples"),
    "measures.measurementMethod": ("runs[].measurement.instrument", ""),
    "measures.version": ("runs[].measurement.version", ""),
    "measures.cpuTrackingMode": ("runs[].measurement.note", ""),
    "measures.gpuTrackingMode": ("runs[].measurement.note", ""),
    "measures.powerConsumption": ("runs[].energy_it_kwh", "kWh, in spite of its name"),
    "measures.measurementDuration": ("runs[].hours", "s -> h"),
    "measures.measurementDateTime": ("runs[].period", "when the measurement began"),
    "infrastructure.infraType": ("runs[].location.facility", ""),
    "infrastructure.cloudProvider": ("runs[].location.provider", ""),
    "infrastructure.components.componentName": ("runs[].hardware[].model", ""),
    "infrastructure.components.componentType": ("runs[].hardware[].kind", ""),
    "infrastructure.components.nbComponent": (
        "runs[].hardware[].count",
        "not of CPUs: processors, cores or threads",
    ),
    "infrastructure.components.memorySize": ("runs[].hardware[].memory_gb", ""),
    "infrastructure.components.share": ("runs[].hardware[].share", ""),
    "environment.country": ("runs[].location.country", "name -> code"),
    "environment.location": ("runs[].location.region", ""),
    "environment.powerSourceCarbonIntensity": ("runs[].carbon_intensity_g_per_kwh", ""),
}
_MISSING = (
    (
        "PUE",
        "runs[].pue",
        "no field for it: where a tracker multiplied with one, the energy contains it",
    ),
    ("CO2e", "reported", "no field for it"),
)


FORMAT = Format(
    name="boamps",
    title="BoAmps report (JSON)",
    tried="1.1.0, reports that CodeCarbon 3.3.2 and the tools of BoAmps wrote",
    marks="keys measures and infrastructure",
    measures="metered where the method is a wattmeter, else modelled",
    lost_reading="utilisation, publisher, accuracy, operating system, coordinates, quality",
    lost_writing="CO2e, PUE, embodied emissions, water, market-based figures, intervals, all runs but one",
    recognise=recognise,
    read=read,
    write=write,
)
