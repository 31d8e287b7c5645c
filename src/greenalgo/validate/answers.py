"""What a statement answers to the questions of a profile: plain sentences, with its numbers.

A question of ``schema/vocab/profiles`` names the answers that it is made of. An answer is empty where the
statement says nothing; nothing is made up.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from greenalgo.footprint import Result
from greenalgo.statement import Quantity
from greenalgo.statement.quantity import Absent
from greenalgo.units import G_PER_KG, HOURS_PER_DAY
from greenalgo.validate.case import value_of
from greenalgo.validate.compare import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from greenalgo.footprint import RunFootprint
    from greenalgo.statement import CarbonIntensity, Component
    from greenalgo.validate.case import Case

#: Kinds of runs that a question may be about.
PHASES = {"training": ("training", "fine_tuning"), "inference": ("inference",)}
#: From here on a count is written as a power of ten.
_LARGE = 1e12


def answer(case: Case, names: Iterable[str]) -> str:
    """Return the sentences of some answers, one after the other.

    Args:
        case: The statement and what follows from it.
        names: Keys of :data:`ANSWERS`.
    """
    return " ".join(text for name in names if (text := ANSWERS[name](case)))


def counted(case: Case, kind: str = "") -> list[RunFootprint]:
    """Return the runs that are not part of another one.

    Args:
        case: The statement and what follows from it.
        kind: A key of :data:`PHASES`; empty for all runs.
    """
    phases = PHASES.get(kind, ())
    return [found for found in case.footprint.counted if not kind or found.run.phase in phases]


def _several(words: Iterable[str]) -> str:
    """Join words, each once: ``a, b and c``."""
    *most, last = list(dict.fromkeys(word for word in words if word)) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def _sentence(start: str, words: str, end: str = ".") -> str:
    return f"{start}{words}{end}" if words else ""


def _each(runs: list[RunFootprint], said: Callable[[RunFootprint], str]) -> str:
    """Say something of every run: once where all have the same, else with their ids."""
    names: dict[str, list[str]] = {}
    for found in runs:
        names.setdefault(said(found), []).append(found.run.id)
    if len(names) == 1:
        return _sentence("", *names)
    rows = (f"{_several(ids)}: {text}" for text, ids in names.items() if text)
    return _sentence("", "; ".join(rows))


def _count(value: float) -> str:
    """Write a count: a power of ten where it is large."""
    if value < _LARGE:
        return number(value)
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')} x 10^{int(exponent)}"


def _amount(outcomes: object, name: str, unit: str, by: float = 1.0) -> str:
    found = value_of(outcomes, name)
    return f"{number(found.value * by)} {unit}" if found else ""


def _total(name: str, words: str, unit: str, by: float = 1.0) -> Callable[[Case], str]:
    def said(case: Case) -> str:
        return _sentence("", _amount(case.footprint.totals, name, unit, by), f"{words}.")

    return said


def _device(part: Component) -> str:
    name = part.model or part.kind
    times = "cores of" if part.power_scope == "core" else "x"
    return f"{part.devices} {times} {name}" if part.devices else name


def _hardware(case: Case) -> str:
    return _each(counted(case), lambda found: _several(map(_device, found.run.hardware)))


def _inference(case: Case) -> str:
    runs = counted(case, "inference")
    return _each(runs, lambda found: _several(map(_device, found.run.hardware)))


def _place(case: Case) -> str:
    def said(found: RunFootprint) -> str:
        place = case.node(found.run).get("location", {})
        keys = ("site", "provider", "provider_region", "region", "grid_zone", "country")
        named = place | {"country": _country(case, place.get("country", ""))}
        words = ", ".join(named[key] for key in keys if named.get(key))
        kind = place.get("facility", "").replace("_", " ")
        return f"{words} ({kind})" if words and kind else words or kind

    return _sentence("", _several(map(said, counted(case))))


def _country(case: Case, code: str) -> str:
    row = case.factors.table("locations").row(code) if code else None
    return row["name"] if row else code


def _memory(case: Case) -> str:
    def said(part: Component) -> str:
        if not isinstance(part.memory_gb, Quantity):
            return ""
        whole = part.kind in ("memory", "cpu") or part.devices in (None, 1)
        each = "" if whole else " each"
        return f"{part.model or part.kind} {number(part.memory_gb.value)} GB{each}"

    return _each(counted(case), lambda found: _several(map(said, found.run.hardware)))


def _hours(found: RunFootprint) -> tuple[str, str]:
    wall = f"{number(found.run.hours.value)} h" if isinstance(found.run.hours, Quantity) else ""
    return wall, _amount(found.outcomes, "device_hours", "device-hours")


def _compute(case: Case) -> str:
    return _each(
        counted(case),
        lambda found: _several((*_hours(found), _amount(found.outcomes, "energy_it_kwh", "kWh"))),
    )


def _all(case: Case) -> str:
    totals = case.footprint.totals
    return _sentence(
        "All runs together: ",
        _several(
            (
                _amount(totals, "device_hours", "device-hours"),
                _amount(totals, "energy_it_kwh", "kWh of IT energy"),
            )
        ),
    )


def _beyond(case: Case) -> str:
    boundary = case.statement.data.get("boundary", {})
    words = {
        "none": "there were none",
        "included": "they are included",
        "excluded": "there were such runs, and they are not included",
    }
    kinds = (("failed_runs", "Failed runs"), ("exploratory_runs", "Exploratory runs"))
    return " ".join(f"{name}: {words[boundary[key]]}." for key, name in kinds if key in boundary)


def _parameters(case: Case) -> str:
    given = case.statement.data["subject"].get("parameters")
    value = given.get("value") if isinstance(given, dict) else given
    return f"{_count(value)} parameters." if value else ""


def _training_energy(case: Case) -> str:
    found = [value_of(one.outcomes, "energy_it_kwh") for one in counted(case, "training")]
    if not found or None in found:
        return ""
    return f"{number(sum(one.value for one in found if one) / 1000)} MWh of IT energy."


def _covers(case: Case) -> str:
    boundary = case.statement.data.get("boundary", {})
    printed = case.statement.data.get("reported", {}).get("boundary", "")
    texts = (
        _sentence("Included: ", ", ".join(boundary.get("includes", ()))),
        _sentence("Excluded: ", ", ".join(boundary.get("excludes", ()))),
        _sentence("The printed figures are at the boundary: ", printed),
    )
    return " ".join(text for text in texts if text)


def _method(case: Case) -> str:
    def said(found: RunFootprint) -> str:
        words = _several(
            " ".join(filter(None, (one["method"].replace("_", " "), one.get("instrument", ""))))
            for one in case.instruments(found.run)
            if "method" in one
        )
        results = [found.outcomes.get("energy_it_kwh")]
        parts = [one for one in found.components if isinstance(one, Result)]
        how = _several(
            f"{one.trace.formula.removeprefix('energy_it_kwh = ')} ({one.status.replace('_', ' ')})"
            for one in (parts or results)
            if isinstance(one, Result)
        )
        return "; ".join(filter(None, (words, how)))

    return _each(counted(case), said)


def _flops(case: Case) -> str:
    def said(found: RunFootprint) -> str:
        work = found.run.work
        flops = work.flops if work else None
        return f"{_count(flops.value)} FLOP" if isinstance(flops, Quantity) else ""

    return _each(counted(case, "training"), said)


def _training_time(case: Case) -> str:
    def said(found: RunFootprint) -> str:
        days = _amount(found.outcomes, "device_hours", "hardware-days", 1 / HOURS_PER_DAY)
        return _several((*_hours(found), days))

    return _each(counted(case, "training"), said)


def _phases(case: Case) -> str:
    return _each(counted(case), lambda found: found.run.phase.replace("_", " "))


def _training_type(case: Case) -> str:
    words = {"training": "pre-training", "fine_tuning": "fine-tuning"}
    return _several(words.get(found.run.phase, "") for found in counted(case))


def _units(case: Case) -> str:
    rows = []
    for rate in case.footprint.per_unit:
        values = _several(
            (
                _amount(rate.outcomes, "energy_it_kwh", "kWh"),
                _amount(rate.outcomes, "co2e_operational_kg", "kg CO2e"),
            )
        )
        rows.append(rate.unit.unit + (f" ({values} each)" if values else ""))
    printed = case.statement.reported.per_unit
    return _sentence("One ", _several((*rows, *(block.unit for block in printed if not rows))))


def _period(case: Case) -> str:
    data = case.statement.data
    spans = [node["period"] for node in (data, *data["runs"]) if "period" in node]
    ends = [one[key] for one in spans for key in ("start", "end") if key in one]
    return _sentence("", " to ".join(dict.fromkeys((min(ends), max(ends))))) if ends else ""


def _intensity_words(given: CarbonIntensity | None) -> str:
    if given is None or not isinstance(given.quantity, Quantity):
        return ""
    year = f" ({given.year})" if given.year else ""
    return f"{number(given.quantity.value)} g/kWh{year}"


def _intensity(case: Case) -> str:
    def said(found: RunFootprint) -> str:
        words = _intensity_words(found.run.carbon_intensity)
        result = found.outcomes.get("co2e_operational_kg")
        if not words and isinstance(result, Result):
            (used,) = [i for i in result.trace.inputs if i.name == "carbon_intensity_g_per_kwh"]
            words = f"{number(used.value)} g/kWh ({used.status.replace('_', ' ')})"
        return words

    return _sentence("At ", _several(map(said, counted(case))))


def _market(case: Case) -> str:
    return _sentence(
        "At ", _several(_intensity_words(f.run.carbon_intensity_market) for f in counted(case))
    )


def _embodied(case: Case) -> str:
    total = _amount(case.footprint.totals, "co2e_embodied_kg", "kg CO2e of hardware")
    why = [f.run.embodied.reason for f in counted(case) if isinstance(f.run.embodied, Absent)]
    return " ".join(
        filter(None, (_sentence("", total), _sentence("Not assessed: ", _several(why))))
    )


def _grams(case: Case) -> str:
    """Grams as the Hub reads them: one plain decimal number."""
    found = [value_of(one.outcomes, "co2e_operational_kg") for one in counted(case, "training")]
    if not found or None in found:
        return ""
    total = sum(one.value for one in found if one)
    return f"{Decimal(f'{total * G_PER_KG:.4g}'):f}"


def _subject(case: Case) -> str:
    return f"{case.statement.data['subject']['name']}."


#: What a profile's question may be answered with.
ANSWERS: dict[str, Callable[[Case], str]] = {
    "hardware": _hardware,
    "inference": _inference,
    "place": _place,
    "memory": _memory,
    "compute": _compute,
    "all": _all,
    "beyond": _beyond,
    "parameters": _parameters,
    "device_hours": _total("device_hours", " in total", "device-hours"),
    "training_energy": _training_energy,
    "covers": _covers,
    "method": _method,
    "flops": _flops,
    "training_time": _training_time,
    "phases": _phases,
    "training_type": _training_type,
    "units": _units,
    "period": _period,
    "energy_it": _total("energy_it_kwh", " of IT energy", "kWh"),
    "energy_facility": _total("energy_facility_kwh", " of facility energy", "kWh"),
    "co2e": _total("co2e_operational_kg", ", location-based", "kg CO2e"),
    "intensity": _intensity,
    "co2e_market": _total("co2e_market_kg", ", market-based", "kg CO2e"),
    "market": _market,
    "embodied": _embodied,
    "grams": _grams,
    "subject": _subject,
}
