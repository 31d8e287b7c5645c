"""Answers to the checklists of venues, with the numbers and a list of what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.render.context import words
from greenalgo.render.macros import common
from greenalgo.render.prose import in_sentence, joined
from greenalgo.render.tables import hardware_names
from greenalgo.render.types import Name, Prose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from greenalgo.render.context import View


class Answer(NamedTuple):
    """One item of a checklist.

    Attributes:
        item: What the checklist asks, in our words.
        text: The answer, as sentences; empty where the statement has none.
        missing: What the statement would have to declare for a full answer.
    """

    item: str
    text: tuple[Prose, ...]
    missing: tuple[str, ...] = ()


class Checklist(NamedTuple):
    """A venue's checklist: where it asks, and the answers."""

    name: str
    source: str
    answers: tuple[Answer, ...]


def checklist(name: str, view: View) -> Checklist:
    """Answer a checklist.

    Args:
        name: A key of :data:`CHECKLISTS`.
        view: The statement.
    """
    source, items = CHECKLISTS[name]
    return Checklist(name, source, tuple(item(view) for item in items))


def _workers(view: View) -> Answer:
    unique = hardware_names(view)
    missing = () if unique else ("the hardware of a run",)
    text: tuple[Prose, ...] = (
        (("The runs used ", *joined([(name,) for name in unique]), "."),) if unique else ()
    )
    return Answer("Type of compute workers", text, missing)


def _where(view: View) -> Answer:
    places = view.places
    missing = () if places else ("where a run took place",)
    text: tuple[Prose, ...] = (
        (("They ran in ", *joined([(Name(in_sentence(place)),) for place in places]), "."),)
        if places
        else ()
    )
    return Answer("Internal cluster or cloud provider", text, missing)


def _memory(view: View) -> Answer:
    sizes = [part.memory_gb for run in view.runs for part in run.parts if part.memory_gb.assessed]
    if not sizes:
        return Answer("Memory and storage", (), ("memory_gb of a run",))
    largest = max(sizes, key=lambda size: size.number)
    text: Prose = ("The largest run had ", largest.digits_only(), "\u00a0GB of memory.")
    return Answer("Memory and storage", (text,))


def _each(view: View) -> Answer:
    rows: list[Prose] = []
    missing: list[str] = []
    for run in view.runs:
        if run.device_hours.assessed or run.energy.assessed:
            parts: list[Prose] = []
            if run.device_hours.assessed:
                parts.append((run.device_hours.digits_only(), " device-hours"))
            if run.energy.assessed:
                parts.append((run.energy.text(ends=False),))
            rows.append((run.name, ": ", *joined(parts), "."))
        else:
            missing.append(f"hours of '{run.name}'")
    return Answer("Compute of each experimental run", tuple(rows), tuple(missing))


def _total(view: View) -> Answer:
    parts: list[Prose] = []
    totals = view.totals
    if totals.device_hours.assessed:
        parts.append((totals.device_hours.digits_only(), " device-hours"))
    if totals.energy.assessed:
        parts.append((totals.energy.text(), " of facility energy"))
    if totals.co2e.assessed:
        parts.append((totals.co2e.text(), " of operational CO₂e"))
    text: tuple[Prose, ...] = (("In total: ", *joined(parts), "."),) if parts else ()
    missing = () if len(parts) == 3 else ("what is needed for energy and CO2e",)
    return Answer("Total compute", text, missing)


def _failed(view: View) -> Answer:
    others = [run for run in view.runs if run.outcome != "reported"]
    item = "Preliminary or failed experiments"
    if others:
        listed = joined([(run.name, f" ({words(run.outcome)})") for run in others])
        return Answer(
            item, (("The total includes runs that are not in the paper: ", *listed, "."),)
        )
    if {view.boundary.get("failed_runs"), view.boundary.get("exploratory_runs")} == {"none"}:
        return Answer(item, (("There were none.",),))
    if "excluded" in {view.boundary.get("failed_runs"), view.boundary.get("exploratory_runs")}:
        return Answer(item, (("There were such runs; they are not in the total.",),))
    return Answer(item, (), ("whether there were failed or exploratory runs",))


def _parameters(view: View) -> Answer:
    item = "Number of parameters"
    if not view.parameters.assessed:
        return Answer(item, (), ("subject.parameters",))
    return Answer(item, ((view.subject, " has ", view.parameters.digits_only(), " parameters."),))


def _infrastructure(view: View) -> Answer:
    found = [*_workers(view).text, *_where(view).text]
    missing = (*_workers(view).missing, *_where(view).missing)
    return Answer("Computing infrastructure", tuple(found), missing)


def _emissions(view: View) -> Answer:
    if not view.totals.co2e.assessed:
        return Answer("Carbon footprint", (), ("location or carbon intensity, and PUE",))
    text: Prose = (
        "Operational emissions are ", view.totals.co2e.text(), " CO₂e, at ",
        common(run.carbon_intensity for run in view.runs), "\u00a0g CO₂e/kWh and a PUE of ",
        common(run.pue for run in view.runs), ".",
    )  # fmt: skip
    return Answer("Carbon footprint", (text,))


def _training_energy(view: View) -> Answer:
    training = [
        run
        for run in view.runs
        if run.phase in {"training", "fine_tuning"} and run.energy_it.assessed
    ]
    item = "Energy used to train the model, in MWh"
    if not training:
        return Answer(item, (), ("energy of a training run",))
    # Annex XI asks for MWh whatever the size.
    from_runs: list[Prose] = [
        (
            run.name,
            ": ",
            run.energy.in_unit("MWh") if run.energy.assessed else run.energy_it.in_unit("MWh"),
        )
        for run in training
    ]
    how = {run.energy_it.status_words for run in training}
    return Answer(
        item, (("Training energy: ", *joined(from_runs), " (", ", ".join(sorted(how)), ")."),)
    )


def _resources(view: View) -> Answer:
    hours = view.totals.device_hours
    work = _each(view)
    text: list[Prose] = []
    if hours.assessed:
        text.append(("Computational resources: ", hours.digits_only(), " device-hours."))
    return Answer("Computational resources used", tuple(text), work.missing)


#: Checklists by name: who asks where, and what gives the answers.
CHECKLISTS: Mapping[str, tuple[str, tuple[Callable[[View], Answer], ...]]] = {
    "neurips": (
        "NeurIPS paper checklist, question 8: experiments compute resources",
        (_workers, _where, _memory, _each, _total, _failed),
    ),
    "arr": (
        "ACL Rolling Review responsible NLP checklist, C1",
        (_parameters, _total, _infrastructure),
    ),
    "icml": (
        "ICML: compute needed to reproduce the experiments (no fixed wording)",
        (_workers, _where, _total, _failed),
    ),
    "acm": (
        "ACM artifact appendix: hardware, time and resources needed (no fixed wording)",
        (_workers, _memory, _each, _total),
    ),
    "eu-gpai": (
        "EU AI Act, Annex XI, section 1: computational resources and energy of a general-purpose model",
        (_parameters, _resources, _training_energy, _emissions),
    ),
}
