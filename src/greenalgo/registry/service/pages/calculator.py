"""The calculator: from a form to a statement, computed as ``greenalgo fill`` does; nothing is stored."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import Response

from greenalgo import api
from greenalgo.errors import InvalidStatementError
from greenalgo.factors import open_set
from greenalgo.registry.service.pages import facts, words
from greenalgo.registry.service.pages.listing import Choice
from greenalgo.registry.service.pages.room import room_of
from greenalgo.registry.service.pages.shell import is_fragment
from greenalgo.registry.service.pages.statement import fill
from greenalgo.registry.service.pages.views import Shown, shown
from greenalgo.registry.service.wire.work import work
from greenalgo.render.amounts import amount
from greenalgo.render.context import words as phase_words
from greenalgo.render.numbers import with_interval
from greenalgo.render.table_alone import render_table
from greenalgo.sources.dump import to_yaml
from greenalgo.statement.digest import digest as digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from greenalgo.render.derivation import PutIn

PHASES = (
    "training", "fine_tuning", "inference", "simulation", "analysis", "data_preparation", "search",
    "evaluation", "development", "other",
)  # fmt: skip
FACILITIES = {
    "": "not said", "hpc": "computing centre", "cloud": "cloud", "on_premises": "own server room",
    "colocation": "colocation", "personal_computer": "personal computer (PUE 1)", "edge": "edge device",
}  # fmt: skip
#: Fields with a number: what it is, the least and the most that are taken.
NUMBERS = {
    "gpus": ("number of GPUs", 0, 1e7), "gpu_usage": ("usage of the GPUs", 0, 100),
    "gpu_power": ("power of a GPU", 0, 1e6), "cores": ("number of cores", 0, 1e8),
    "cpu_usage": ("usage of the cores", 0, 100), "core_power": ("power of a core", 0, 1e6),
    "memory": ("memory", 0, 1e9), "hours": ("hours", 0, 1e8), "intensity": ("carbon intensity", 0, 3000),
    "pue": ("PUE", 1, 5), "multiplier": ("multiplier", 0, 1e6),
}  # fmt: skip
_TEXTS = ("title", "gpu", "cpu", "place", "facility", "phase")
_LONGEST = 200
#: What the form shows first: a job that gives a result.
EXAMPLE = {
    "title": "My computation", "gpu": "NVIDIA A100-SXM4-80GB", "gpus": "8", "memory": "512", "hours": "100",
    "place": "France", "phase": "training", "facility": "hpc",
}  # fmt: skip
#: Key of a statement -> field of the form: of a run, and of GPUs and of processors.
_OF_RUNS = {
    "location": "place", "pue": "pue", "hours": "hours", "carbon_intensity_g_per_kwh": "intensity",
    "multiplier": "multiplier",
}  # fmt: skip
_OF_PARTS = {
    "count": ("gpus", "cores"), "power_w": ("gpu_power", "core_power"), "utilisation": ("gpu_usage", "cpu_usage"),
}  # fmt: skip
#: Equivalents on the page: row of the factor set, and the words around the number.
_EQUIVALENTS = (
    ("car-km-eu", "km in an average passenger car in Europe"),
    ("train-km", "passenger-km on a train"),
    ("flight-km-economy", "passenger-km in economy class of a plane"),
    ("tree-month", "tree-months: what a mature tree takes up in so many months"),
)


class Form(NamedTuple):
    """What was filled in, and what is wrong with it.

    Attributes:
        values: Field -> text.
        errors: Field -> what is wrong.
    """

    values: dict[str, str]
    errors: dict[str, str]


class Worked(NamedTuple):
    """A result."""

    data: dict[str, Any]
    digest: str
    numbers: facts.Numbers
    level: str
    missing: tuple[str, ...]
    defaults: tuple[PutIn, ...]
    equivalents: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, Shown], ...]


async def show(request: Request) -> Response:
    """Show the form, and what follows from it."""
    room = room_of(request)
    context = await work(request, _context, request.query_params)
    part = is_fragment(request)
    template = "calculator-part.html.j2" if part else "calculator.html.j2"
    return room.shell.page(request, template, context)


async def file(request: Request) -> Response:
    """Answer with the statement as YAML, or its LaTeX table."""
    name = request.path_params["file"]
    if name not in ("footprint.yaml", "table.tex"):
        raise HTTPException(404, "the calculator makes no such file")
    form = read(request.query_params)
    worked = None if form.errors else await work(request, follow, form)
    if worked is None:
        said = "; ".join(form.errors.values())
        raise HTTPException(422, f"nothing can be computed: {said}")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if name == "footprint.yaml":
        return Response(_yaml(worked.data), headers=headers, media_type="application/yaml")
    table = await work(request, _table, worked)
    return Response(table, headers=headers, media_type="application/x-tex")


def read(given: Mapping[str, str]) -> Form:
    """Read the form; an empty one is the example."""
    known = (*_TEXTS, *NUMBERS)
    values = {name: given.get(name, "").strip()[:_LONGEST] for name in known}
    if not any(values.values()):
        values |= EXAMPLE
    errors: dict[str, str] = {}
    for name, (what, least, most) in NUMBERS.items():
        text = values[name]
        number = _number(text)
        if text and (number is None or not least <= number <= most):
            hint = ", with a point before its decimals" if "," in text else ""
            errors[name] = f"{what}: a number from {least:g} to {most:,.15g} is needed{hint}"
    if not errors:
        _check(values, errors)
    return Form(values, errors)


def _check(values: dict[str, str], errors: dict[str, str]) -> None:
    if not _number(values["hours"]):
        errors["hours"] = "hours: say for how long it ran"
    if not any(_number(values[name]) for name in ("gpus", "cores", "memory")):
        errors["gpus"] = "hardware: give GPUs, cores or memory"
    for number, model, power in (("gpus", "gpu", "gpu_power"), ("cores", "cpu", "core_power")):
        count, what = _number(values[number]), NUMBERS[number][0]
        if count and not count.is_integer():
            errors[number] = f"{what}: a whole number is needed; less than the whole is its usage"
        elif count is None and (values[model] or values[power]):
            errors[number] = f"{what}: say how many, or leave model and power empty"
        elif count and not values[model] and not values[power]:
            errors[model] = f"model behind the {what}: name it, or give its power"
    if values["place"] and not _places().get(values["place"].casefold()):
        near = [name for name in place_names() if values["place"].casefold() in name.casefold()][:4]
        errors["place"] = "place: not known" + (f"; is it {', '.join(near)}?" if near else "")
    elif not values["place"] and not values["intensity"]:
        errors["place"] = "place: name a country or a cloud region, or give the carbon intensity"
    if values["intensity"] and not _number(values["intensity"]):
        errors["intensity"] = (
            "carbon intensity: no grid has 0; leave it empty for that of the place"
        )
    if values["facility"] not in FACILITIES or values["phase"] not in ("", *PHASES):
        errors["facility"] = "facility and phase are chosen from their lists"


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def document(values: Mapping[str, str]) -> dict[str, Any]:
    """Make the statement of a form that has no errors."""
    hardware: list[dict[str, Any]] = []
    if count := _whole(values["gpus"]):
        gpu: dict[str, Any] = {"kind": "gpu", "count": count}
        if values["gpu"]:
            gpu["model"] = values["gpu"]
            gpu["kind"] = _kinds().get(values["gpu"].casefold(), "gpu")
        hardware.append(gpu | _drawn(values["gpu_power"], values["gpu_usage"]))
    if count := _whole(values["cores"]):
        cpu = {"kind": "cpu", "count": count, "power_scope": "core"}
        named = {"model": values["cpu"]} if values["cpu"] else {}
        hardware.append(cpu | named | _drawn(values["core_power"], values["cpu_usage"]))
    if memory := _number(values["memory"]):
        hardware.append({"kind": "memory", "memory_gb": _plain(memory)})
    phase = values["phase"] or "other"
    run: dict[str, Any] = {
        "id": "main", "phase": phase, "outcome": "reported", "hardware": hardware,
        "hours": _plain(_number(values["hours"]) or 0),
    }  # fmt: skip
    place = dict(_places().get(values["place"].casefold(), {}))
    if values["facility"]:
        place["facility"] = values["facility"]
    if place:
        run["location"] = place
    for field, name in (("pue", "pue"), ("carbon_intensity_g_per_kwh", "intensity")):
        if (number := _number(values[name])) is not None:
            run[field] = {"value": _plain(number), "status": "declared"}
    multiplier = _number(values["multiplier"])
    if multiplier and multiplier != 1:
        run["multiplier"] = _plain(multiplier)
    title = values["title"] or EXAMPLE["title"]
    return {
        "spec_version": "1.0",
        "title": title,
        "subject": {"name": title, "kind": "model" if phase in ("training", "fine_tuning") else "other"},
        "runs": [run],
    }  # fmt: skip


def _drawn(power: str, usage: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if (number := _number(power)) is not None:
        found["power_w"] = {"value": _plain(number), "status": "declared"}
    if (number := _number(usage)) is not None:
        found["utilisation"] = {"value": _plain(number / 100), "status": "declared"}
    return found


def _plain(number: float) -> float | int:
    return int(number) if number.is_integer() else number


def _whole(text: str) -> int:
    return int(_number(text) or 0)


def follow(form: Form) -> Worked | None:
    """Compute what follows; None where nothing does, with the reason among the errors."""
    data = document(form.values)
    try:
        filled = api.fill(data)
    except InvalidStatementError as error:
        for found in error.findings:
            if isinstance(found, api.Finding):
                said = found.message + (f" ({found.hint})" if found.hint else "")
                form.errors.setdefault(_field(found.pointer, data), said)
        return None
    verdict = api.judge(filled)
    shown_filled, case = fill(data, verdict.level)
    numbers = facts.numbers(shown_filled, case, "", words.countries())
    total = filled["results"]["totals"].get("co2e_operational_kg", {})
    components = filled["results"]["runs"]["main"].get("components", ())
    parts = tuple(
        (part.get("model") or part["kind"], shown(amount(part["energy_it_kwh"], "energy")))
        for part in components
    )
    return Worked(
        filled, digest_of(filled), numbers, verdict.level, verdict.missing, numbers.put_in,
        tuple(_equivalents(total)), parts,
    )  # fmt: skip


def _field(pointer: str, data: Mapping[str, Any]) -> str:
    """Return the field of the form that a finding is about."""
    parts = pointer.split("/")
    if "hardware" in parts and parts[-1] != "hardware":
        kind = data["runs"][0]["hardware"][int(parts[parts.index("hardware") + 1])]["kind"]
        of_it = next(
            (fields for name, fields in _OF_PARTS.items() if name in parts), ("gpu", "cpu")
        )
        return "memory" if kind == "memory" else of_it[kind == "cpu"]
    return next((field for name, field in _OF_RUNS.items() if name in parts), "title")


def _equivalents(total: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the emissions are as much as, from the factor set's table; intervals divide crosswise."""
    if "value" not in total:
        return []
    rows = {row["id"]: row for row in open_set().rows("equivalents")}
    found: list[tuple[str, str]] = []
    for row_id, text in _EQUIVALENTS:
        if row_id in rows:
            value, lower, upper = (float(rows[row_id][end]) for end in ("value", "lower", "upper"))
            number = with_interval(
                total["value"] / value, total["lower"] / upper, total["upper"] / lower
            )
            found.append((number, text))
    return found


def _context(given: Mapping[str, str]) -> dict[str, Any]:
    form = read(given)
    worked = None if form.errors else follow(form)
    query = urlencode({name: value for name, value in form.values.items() if value})
    return {
        "form": form,
        "worked": worked,
        "query": query,
        "yaml": _yaml(worked.data) if worked else "",
        "example": not any(given.get(name) for name in form.values),
        "phases": [
            Choice(name, phase_words(name), name == (form.values["phase"] or "other"))
            for name in PHASES
        ],
        "facilities": [
            Choice(name, text, name == form.values["facility"]) for name, text in FACILITIES.items()
        ],
        "accelerators": model_names("gpu", "accelerator"),
        "processors": model_names("cpu"),
        "places": place_names(),
        "levels": words.LEVELS,
        "factor_set": open_set().name,
    }


def _yaml(data: dict[str, Any]) -> str:
    head = (
        "# yaml-language-server: $schema=https://w3id.org/greenalgo/statement/1.0/draft-07\n"
        "# Made with the calculator of a greenalgo registry. Check it: greenalgo validate footprint.yaml\n"
    )
    return head + to_yaml(data)


def _table(worked: Worked) -> bytes:
    return render_table(worked.data, worked.digest, words.countries().items())


#: A processor of an earlier year is found by its name as well; the list would be three times as long.
_FIRST_YEAR = 2017


@cache
def model_names(*kinds: str) -> tuple[str, ...]:
    """Return the names of processors that the form suggests."""
    rows = open_set().rows("processors")
    return tuple(
        row["name"]
        for row in rows
        if row["kind"] in kinds and ("cpu" not in kinds or float(row["year"] or 0) >= _FIRST_YEAR)
    )


@cache
def _kinds() -> dict[str, str]:
    return {row["name"].casefold(): row["kind"] for row in open_set().rows("processors")}


@cache
def _places() -> dict[str, dict[str, str]]:
    """Return what a place's name stands for, in the words of a statement."""
    found: dict[str, dict[str, str]] = {}
    for row in open_set().rows("cloud-regions"):
        place = {"provider": row["provider"], "provider_region": row["region_code"]}
        found[f"{row['provider']} {row['region_code']}".casefold()] = place
    for row in open_set().rows("locations"):
        if row["level"] == "country":
            found[row["name"].casefold()] = found[row["id"].casefold()] = {"country": row["id"]}
    return found


@cache
def place_names() -> tuple[str, ...]:
    """Return the places that the form suggests: countries, then regions of clouds."""
    countries = [row["name"] for row in open_set().rows("locations") if row["level"] == "country"]
    regions = [
        f"{row['provider']} {row['region_code']}" for row in open_set().rows("cloud-regions")
    ]
    return (*countries, *regions)
