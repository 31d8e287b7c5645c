"""How each number of a statement follows, as records: the command line and the pages write them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.render.references import reference
from greenalgo.render.symbols import amount, digits, interval, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from greenalgo.factors import FactorSet
    from greenalgo.footprint.resolve import Substitution
    from greenalgo.validate.case import Case

#: Quantities in the order in which they follow from each other, and what they are called.
WORDS: Mapping[str, str] = {
    "energy_it_kwh": "IT energy",
    "energy_facility_kwh": "Facility energy",
    "co2e_operational_kg": "Operational CO2e",
    "co2e_market_kg": "Operational CO2e, market-based",
    "co2e_net_kg": "Operational CO2e, net of matched supply",
    "co2e_embodied_kg": "Embodied CO2e",
    "water_onsite_l": "Water on site",
    "water_offsite_l": "Water off site",
    "water_l": "Water",
    "device_hours": "Device-hours",
}
#: How the ends of an interval come about.
ENDS = (
    "The lower end of an interval takes every input at its lower end and divisors at their upper end;",
    "the upper end the other way round.",
)


class Given(NamedTuple):
    """An input of a formula.

    Attributes:
        name: The field.
        amount: Its value with unit, and its interval in brackets where it has one.
        status: Where it came from: ``declared``, ``metered``, ``default`` and so on.
        at: JSON pointer to where it is declared, or to the result that it is; may be empty.
        source: The source that the author names; may be empty.
        factor: Id of the factor row that it is; may be empty.
    """

    name: str
    amount: str
    status: str
    at: str
    source: str
    factor: str

    @property
    def result(self) -> str:
        """The name of the result that it is, in words; empty for an input."""
        return _name_of(self.at) if self.at.startswith("/results/") else ""


class Step(NamedTuple):
    """How one quantity follows.

    Attributes:
        words: What it is.
        name: Its field.
        lines: The formula, and the same with numbers put in.
        result: The value with its unit; empty where there is none.
        said: The last of the lines ends in the result already.
        interval: Its interval; empty for a point.
        note: What else is to be known.
        inputs: What went in, each once.
        reason: Why there is no value.
    """

    words: str
    name: str
    lines: tuple[str, ...] = ()
    result: str = ""
    said: bool = False
    interval: str = ""
    note: str = ""
    inputs: tuple[Given, ...] = ()
    reason: str = ""


class Part(NamedTuple):
    """A run, the totals or a rate: a title, its steps, and whether they name their inputs."""

    title: str
    steps: tuple[Step, ...]
    with_inputs: bool = True


class PutIn(NamedTuple):
    """A value that the author did not declare.

    Attributes:
        at: Where the author would have declared it.
        amount: The value with its unit, and its interval in brackets.
        status: ``looked_up`` or ``default``.
        name: What the factor is the value of, with its year.
        how: How it was chosen.
        factor: Id of its row.
        source: Key of its source.
        licence: Licence of its row.
        note: What else is to be known.
    """

    at: str
    amount: str
    status: str
    name: str
    how: str
    factor: str
    source: str
    licence: str
    note: str


def parts_of(results: Mapping[str, Any], case: Case) -> Iterator[Part]:
    """Yield how the numbers of each run, the totals and the rates follow.

    Args:
        results: The ``results`` of the filled statement.
        case: The statement and its footprint.
    """
    names = {
        run.id: ", ".join(word for word in (run.name, run.phase, run.outcome) if word)
        for run in case.statement.runs
    }
    return parts_of_results(results, names)


def parts_of_results(results: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Part]:
    """Yield how the numbers follow, from the results alone; as :func:`parts_of`.

    Args:
        results: The ``results`` of a filled statement.
        names: Words for each run by its id; nothing is added where they are empty.
    """
    for run, words in names.items():
        title = f"Run {run} ({words})" if words else f"Run {run}"
        yield Part(title, tuple(_run_steps(results["runs"][run])))
    yield Part("Totals", tuple(_known(results["totals"])), with_inputs=False)
    for rate in results.get("per_functional_unit", ()):
        of = f" (run {rate['run']})" if "run" in rate else ""
        yield Part(f"For one {rate['unit']}{of}", tuple(_known(rate)))


def put_in(substitutions: tuple[Substitution, ...]) -> Iterator[PutIn]:
    """Yield the values that the author did not declare, with their factor rows."""
    for put in substitutions:
        factor = put.factor
        unit = "" if factor.unit in ("", "1") else f" {factor.unit}"
        span = (
            ""
            if factor.lower == factor.upper
            else f" ({digits(factor.lower)} to {digits(factor.upper)}{unit})"
        )
        yield PutIn(
            put.at, f"{digits(factor.value)}{unit}{span}", put.status,
            _dated(factor.name, factor.year),
            factor.how, factor.id, factor.source, factor.licence, factor.note,
        )  # fmt: skip


def _dated(name: str, year: int) -> str:
    """Return a name with its year, which many names have already."""
    return f"{name}, {year}" if year and str(year) not in name else name


def citations(results: Mapping[str, Any], factors: FactorSet) -> Iterator[tuple[str, str]]:
    """Yield key and reference of each source of the methods and factors."""
    for key in results.get("citations", ()):
        yield key, reference(key, factors)


def _run_steps(block: Mapping[str, Any]) -> Iterator[Step]:
    for number, part in enumerate(block.get("components", ()), 1):
        label = ", ".join(text for text in (part["kind"], part.get("model", "")) if text)
        yield _step(f"Component {number}: {label}", "energy_it_kwh", part["energy_it_kwh"])
    yield from _known(block)


def _known(block: Mapping[str, Any]) -> Iterator[Step]:
    for name, words in WORDS.items():
        if name in block:
            yield _step(words, name, block[name])


def _step(words: str, name: str, found: dict[str, Any]) -> Step:
    if "value" not in found:
        return Step(words, name, reason=found.get("reason", ""))
    trace = found["trace"]
    lines = tuple(steps(trace["formula"], trace["inputs"]))
    result = amount(name, found["value"])
    return Step(
        words, name, lines, result, lines[-1].endswith(f" = {result}"), interval(name, found),
        trace.get("note", ""), tuple(_inputs(trace["inputs"])),
    )  # fmt: skip


def _inputs(inputs: list[dict[str, Any]]) -> Iterator[Given]:
    """Yield each input once."""
    for given in {_key(given): given for given in inputs}.values():
        span = interval(given["name"], given)
        yield Given(
            given["name"],
            amount(given["name"], given["value"]) + (f" ({span})" if span else ""),
            given["status"],
            given.get("at", ""),
            given.get("source", ""),
            given.get("factor", ""),
        )


def _key(given: dict[str, Any]) -> tuple[str, str, float]:
    return given["name"], given.get("at", "") or given.get("factor", ""), given["value"]


def _name_of(pointer: str) -> str:
    """Name a result in words: ``/results/runs/a/energy_it_kwh`` is the IT energy of run a."""
    parts = pointer.split("/")
    words = WORDS.get(parts[-1], parts[-1])
    if "components" in parts:
        return f"component {int(parts[parts.index('components') + 1]) + 1} of run {parts[3]}"
    return f"{words} of run {parts[3]}" if parts[2] == "runs" else f"{words} in total"
