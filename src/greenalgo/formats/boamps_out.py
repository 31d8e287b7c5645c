"""A run of a statement as a BoAmps report, release 1.1.0 of its schemas."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from greenalgo.formats.leaving import country_name, lacking, leaving, report, value_of
from greenalgo.formats.records import Entry, Fate, Written
from greenalgo.statement import devices_of
from greenalgo.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.formats.leaving import Leaving

_STAGES = {"data_preparation": "preprocessing", "fine_tuning": "finetuning"}
_TYPES = {"memory": "ram", "accelerator": "accelerator", "node": "server"}
_INFRASTRUCTURE = {
    "cloud": "publicCloud",
    "hpc": "onPremise",
    "on_premises": "onPremise",
    "colocation": "onPremise",
}
_BILLION = 1e9
_SPECIFICATION = "https://github.com/Boavizta/BoAmps/tree/main/model"


def write(filled: dict[str, Any]) -> Written:
    """Write the report of a statement's one run.

    Args:
        filled: A statement with results.

    Raises:
        FormatError: There are several runs, or what BoAmps requires is not declared.
    """
    runs = leaving(filled)
    if len(runs) > 1:
        raise lacking(
            f"a BoAmps report is of one task, the statement has {len(runs)} runs", "/runs", "one run",
            "choose one: --run " + str(runs[0].run["id"]),
        )  # fmt: skip
    [one] = runs
    family = filled["subject"].get("task") or filled["subject"].get("field")
    if not family:
        raise lacking(
            "BoAmps requires the family of the task", "/subject", "subject.task",
            "declare it, such as: task: text classification",
        )  # fmt: skip
    made: dict[str, Any] = {
        **_header(filled),
        "task": {
            "taskStage": _STAGES.get(one.run["phase"], one.run["phase"]), "taskFamily": family, **_requests(one),
            "algorithms": [_algorithm(filled, one)], "dataset": _dataset(one),
        },
        "measures": [_measure(one, filled)],
        "infrastructure": _infrastructure(one),
    }  # fmt: skip
    place = one.run.get("location", {})
    if place.get("country"):
        where = {"country": country_name(place["country"])}
        if place.get("region") or place.get("site"):
            where["location"] = place.get("region") or place["site"]
        made["environment"] = where | (
            {"powerSourceCarbonIntensity": one.intensity} if one.intensity else {}
        )
    return Written(
        (json.dumps(made, indent=2, ensure_ascii=False) + "\n").encode(), _losses(filled, one), []
    )


def _header(filled: dict[str, Any]) -> dict[str, Any]:
    """Return the header; BoAmps wants a date in it, and a statement need not have one."""
    if not filled.get("issued"):
        return {}
    header = {"formatVersion": "1.1.0", "formatVersionSpecificationUri": _SPECIFICATION}
    if filled.get("licence"):
        header["licensing"] = filled["licence"]
    return {"header": {**header, "reportDatetime": filled["issued"]}}


def _requests(one: Leaving) -> dict[str, float]:
    requests = value_of(one.run.get("work", {}).get("requests"))
    return {"nbRequest": requests} if requests else {}


def _algorithm(filled: dict[str, Any], one: Leaving) -> dict[str, Any]:
    subject, work = filled["subject"], one.run.get("work", {})
    algorithm: dict[str, Any] = {"algorithmName": subject["name"]}
    if subject.get("url"):
        algorithm["algorithmUri"] = subject["url"]
    if parameters := value_of(subject.get("parameters")):
        algorithm["parametersNumber"] = parameters / _BILLION
    if epochs := value_of(work.get("epochs")):
        algorithm["epochsNumber"] = epochs
    if work.get("precision"):
        algorithm["quantization"] = work["precision"]
    return algorithm


def _dataset(one: Leaving) -> list[dict[str, Any]]:
    work = one.run.get("work", {})
    for unit, kind in (("tokens", "token"), ("samples", "other")):
        if quantity := value_of(work.get(unit)):
            return [{"dataUsage": "input", "dataType": kind, "dataQuantity": quantity}]
    return [{"dataUsage": "input", "dataType": "other"}]


def _measure(one: Leaving, filled: dict[str, Any]) -> dict[str, Any]:
    energy = one.value("energy_it_kwh")
    if energy is None:
        raise lacking(
            f"the energy of run '{one.run['id']}' does not follow", one.at, "energy_it_kwh",
            "greenalgo validate names what is missing",
        )  # fmt: skip
    meter = one.run.get("measurement", {})
    meter = meter[0] if isinstance(meter, list) else meter
    tool = filled["results"]["tool"].split(" ")
    measure: dict[str, Any] = {
        "measurementMethod": meter.get("instrument") or meter.get("method") or tool[0]
    }
    version = meter.get("version") or ("" if meter else tool[-1])
    measure |= {"version": version} if version else {}
    measure["powerConsumption"] = energy
    if one.hours:
        measure["measurementDuration"] = one.hours * SECONDS_PER_HOUR
    if start := one.run.get("period", {}).get("start"):
        measure["measurementDateTime"] = start.replace("T", " ")
    return measure


def _infrastructure(one: Leaving) -> dict[str, Any]:
    place = one.run.get("location", {})
    made: dict[str, Any] = {"infraType": _INFRASTRUCTURE.get(place.get("facility", ""), "other")}
    if place.get("provider"):
        made["cloudProvider"] = place["provider"]
    parts = enumerate(one.run.get("hardware", ()))
    made["components"] = [_component(part, f"{one.at}/hardware/{number}") for number, part in parts]
    if not made["components"]:
        raise lacking(
            "BoAmps requires the hardware",
            one.at,
            "runs[].hardware",
            "declare at least one component with its count",
        )
    return made


def _component(part: dict[str, Any], at: str) -> dict[str, Any]:
    count = devices_of(part) or (1 if part["kind"] == "memory" else 0)
    if not count:
        raise lacking(
            f"BoAmps requires the number of each component: that of the {part['kind']} is not declared", at, "count",
            "declare count",
        )  # fmt: skip
    made: dict[str, Any] = {"componentName": part["model"]} if part.get("model") else {}
    made |= {"componentType": _TYPES.get(part["kind"], part["kind"]), "nbComponent": count}
    if memory := value_of(part.get("memory_gb")):
        made["memorySize"] = memory
    if (share := value_of(part.get("share"))) is not None:
        made["share"] = share
    return made


def _losses(filled: dict[str, Any], one: Leaving) -> list[Entry]:
    places = {
        "licence": ("header.licensing", ""),
        "issued": ("header.reportDatetime", ""),
        "subject.task": ("task.taskFamily", ""),
        "subject.url": ("task.algorithms[].algorithmUri", ""),
        "subject.parameters": ("task.algorithms[].parametersNumber", "a count -> billions"),
        "runs[].work": ("task", "requests, tokens or samples, epochs, precision"),
        "runs[].period": ("measures[].measurementDateTime", "the start"),
        "runs[].hardware": ("infrastructure.components", "models, numbers, memory and shares"),
        "runs[].hours": ("measures[].measurementDuration", "h -> s"),
        "runs[].device_hours": (
            "measures[].measurementDuration",
            "divided by the number of devices, h -> s",
        ),
        "runs[].location": ("environment", "country by its name"),
        "runs[].carbon_intensity_g_per_kwh": ("environment.powerSourceCarbonIntensity", ""),
        "runs[].measurement": ("measures[].measurementMethod", "the instrument"),
        "results.totals.energy_it_kwh": ("measures[].powerConsumption", ""),
    }
    more = []
    if not {"tokens", "samples"} & set(one.run.get("work", {})):
        why = "BoAmps requires one: it is written as 'other', without a quantity"
        more.append(Entry("dataset", Fate.MISSING, "task.dataset", why))
    return report(filled, places, more)
