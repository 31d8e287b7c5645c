"""Measure how many changed numbers the validator notices: the kill rate by field.

Every number under ``runs`` that level L1 needs is changed, one at a time, in every statement of the
corpus; a change is noticed if the verdict gains a finding (code, place and severity), but for notes.
Statements that are invalid to begin with (the paper contradicts itself) are left out: there is no
verdict to change. Four tables:

* with results (``greenalgo fill``), the inputs that a result rests on: what level L1 needs;
* with results, every input: one that is declared beside a firmer one (hours beside a metered energy,
  a count beside device-hours) enters no result, so that only plausibility can tell;
* without results, the inputs that a printed figure rests on: the figure can tell, as far as its digits go;
* without results, every input: where no figure is printed that rests on it, only plausibility can tell.

    python scripts/mutation_rate.py [--survivors] [DIR]
"""

from __future__ import annotations

import argparse
import copy
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo import api
from greenalgo.errors import GreenalgoError
from greenalgo.validate.explain import make_case
from greenalgo.validate.follow import follows
from greenalgo.validate.rules.figures import stated_figures
from greenalgo.validate.rules.units import given_rates

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Fields of a run and of a component that level L1 rests on.
RUN_FIELDS = (
    "hours", "device_hours", "pue", "carbon_intensity_g_per_kwh", "energy_it_kwh",
    "energy_facility_kwh", "repetitions", "multiplier",
)  # fmt: skip
COMPONENT_FIELDS = (
    "count", "devices_per_node", "power_w", "utilisation", "hours", "device_hours", "share",
    "memory_gb", "energy_it_kwh",
)  # fmt: skip
WORK_FIELDS = ("flops", "model_flops_utilisation")
#: Fields that the schema keeps whole, and those that it keeps below one.
WHOLE = frozenset({"count", "devices_per_node", "repetitions"})
FRACTIONS = frozenset({"utilisation", "share", "model_flops_utilisation"})
FACTORS = {"x10": 10.0, "/10": 0.1, "x1000": 1000.0, "/1000": 0.001, "x1.1": 1.1}


class Mutant(NamedTuple):
    """One changed number: its field, where it stands, and what it was multiplied by."""

    field: str
    at: tuple[str | int, ...]
    factor: str

    @property
    def pointer(self) -> str:
        """JSON pointer to the number."""
        return "/" + "/".join(str(part) for part in self.at)


class Outcome(NamedTuple):
    """What became of a mutant: in which form of the statement, of use there, and noticed or not.

    Of use is what a result rests on; without results, what a printed figure rests on.
    """

    name: str
    mutant: Mutant
    filled: bool
    used: bool
    noticed: bool


def places(data: dict[str, Any]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield the field and the path of every number that L1 rests on and that is above zero."""
    for index, run in enumerate(data["runs"]):
        nodes: list[tuple[tuple[str | int, ...], dict[str, Any], tuple[str, ...]]] = [
            (("runs", index), run, RUN_FIELDS),
            (("runs", index, "work"), run.get("work", {}), WORK_FIELDS),
        ]
        nodes += [
            (("runs", index, "hardware", line), part, COMPONENT_FIELDS)
            for line, part in enumerate(run.get("hardware", ()))
        ]
        for at, node, fields in nodes:
            for field in fields:
                value = node.get(field)
                if isinstance(value, dict):
                    if value.get("value"):
                        yield field, (*at, field, "value")
                elif value:
                    yield field, (*at, field)


def mutate(data: dict[str, Any], mutant: Mutant) -> dict[str, Any] | None:
    """Return the document with one number changed; None where the change is not a number there.

    The declared interval of the number is scaled with it: a slip moves all three.
    """
    changed: dict[str, Any] = copy.deepcopy(data)
    node: Any = changed
    for key in mutant.at[:-1]:
        node = node[key]
    last = mutant.at[-1]
    before, factor = node[last], FACTORS[mutant.factor]
    after = before * factor
    if mutant.field in WHOLE:
        after = round(after)
        if after < 1 or after == before:
            return None
    if mutant.field in FRACTIONS and after > 1:
        return None
    node[last] = after
    if last == "value":
        for end in ("lower", "upper"):
            if end in node:
                node[end] *= factor
    return changed


def said(data: dict[str, Any]) -> set[tuple[str, str, int]]:
    """Return code, place and severity of what the judge says of a document, without its notes."""
    return {
        (found.code, found.pointer, found.severity)
        for found in api.judge(data).findings
        if found.severity > api.Severity.NOTE
    }


def inputs_of(node: Any) -> Iterator[str]:
    """Yield the pointer of every input of every trace."""
    if isinstance(node, dict):
        if isinstance(node.get("at"), str):
            yield node["at"]
        for child in node.values():
            yield from inputs_of(child)
    elif isinstance(node, list):
        for child in node:
            yield from inputs_of(child)


def following(data: dict[str, Any]) -> list[list[float]]:
    """Return what follows from the inputs for every printed figure and every printed rate."""
    case = make_case(data)
    found = [
        [one.value for one in follows(case.footprint, figure.block, figure.field, figure.run_id)]
        for figure in stated_figures(case)
    ]
    for block in case.statement.reported.per_unit:
        units = [one for one in case.footprint.per_unit if one.unit.unit == block.unit]
        found += [
            given_rates(case, unit, block, quantity)
            for unit in units
            for quantity in ("energy", "co2e", "water")
        ]
    return found


def measure(folder: Path) -> Iterator[Outcome]:
    """Yield the outcome of every mutant of every valid statement of a folder."""
    for path in sorted(folder.glob("*.yaml")):
        author = api.without_results(api.load(str(path)).data)
        if not api.Report("", api.judge(author).findings).valid:
            continue
        forms = [author]
        with suppress(GreenalgoError):  # an input is missing: the paper does not print it
            forms.append(api.fill(author))
        for data in forms:
            before, rests_on = said(data), set(inputs_of(data.get("results")))
            printed = following(data)
            for field, at in places(data):
                for factor in FACTORS:
                    mutant = Mutant(field, at, factor)
                    changed = mutate(data, mutant)
                    if changed is not None:
                        used = mutant.pointer.removesuffix("/value") in rests_on
                        if "results" not in data:
                            used = following(changed) != printed
                        noticed = bool(said(changed) - before)
                        yield Outcome(path.stem, mutant, "results" in data, used, noticed)


def table(outcomes: list[Outcome]) -> str:
    """Write the kill rate by field and factor as a Markdown table."""
    tried: Counter[tuple[str, str]] = Counter()
    noticed: Counter[tuple[str, str]] = Counter()
    for outcome in outcomes:
        for field in (outcome.mutant.field, "all"):
            tried[field, outcome.mutant.factor] += 1
            noticed[field, outcome.mutant.factor] += outcome.noticed
    fields = sorted({field for field, _ in tried} - {"all"})
    lines = [
        f"| field | mutants | {' | '.join(FACTORS)} | all |",
        "|---|---|" + "---|" * (len(FACTORS) + 1),
    ]
    for field in [*fields, "all"]:
        counts = [(noticed[field, factor], tried[field, factor]) for factor in FACTORS]
        whole = (sum(n for n, _ in counts), sum(t for _, t in counts))
        cells = [f"{100 * n / t:.1f} %" if t else "-" for n, t in [*counts, whole]]
        lines.append(f"| {field} | {whole[1]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def summary(tables: dict[str, list[Outcome]]) -> str:
    """Write the last line of every table as one table."""
    lines: list[str] = []
    for title, chosen in tables.items():
        head, rule, *_, whole = table(chosen).splitlines()
        lines = lines or [head.replace("| field |", "| all fields |"), rule]
        lines.append(whole.replace("| all |", f"| {title[0].lower()}{title[1:]} |", 1))
    return "\n".join(lines)


def main() -> int:
    """Print all tables, and the survivors if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default="registry/statements", type=Path)
    parser.add_argument("--survivors", action="store_true", help="list what was not noticed")
    arguments = parser.parse_args()
    outcomes = list(measure(arguments.folder))
    tables = {
        "With results, inputs that a result rests on": [o for o in outcomes if o.filled and o.used],
        "With results, every input": [o for o in outcomes if o.filled],
        "Without results, inputs that a printed figure rests on": [
            o for o in outcomes if not o.filled and o.used
        ],
        "Without results, every input": [o for o in outcomes if not o.filled],
    }
    print(f"{summary(tables)}\n")
    for title, chosen in tables.items():
        print(f"## {title}\n\n{table(chosen)}\n")
    if arguments.survivors:
        for outcome in outcomes:
            if not outcome.noticed:
                form = "with results" if outcome.filled else "without results"
                print(outcome.name, outcome.mutant.pointer, outcome.mutant.factor, form)
    return 0


if __name__ == "__main__":
    sys.exit(main())
