"""The methods paragraph and the limitations, as sentences whose parts know what they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from greenalgo.render import numbers
from greenalgo.render.amounts import MEASURED, Amount
from greenalgo.render.context import words
from greenalgo.render.macros import common
from greenalgo.render.tables import hardware_name
from greenalgo.render.types import Cite, Name, Number, Prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from greenalgo.render.context import Run, View

#: BibTeX key of the tool itself.
TOOL_KEY = "greenalgo"
_MANY = 4
#: Between the things that an author leaves out in one breath: "host CPUs and memory".
_LISTED = re.compile(r"^host | and (?:host )?|, (?:host )?")
#: Countries that English gives an article, as the factor sets and people write them.
_WITH_ARTICLE = re.compile(
    r"Bahamas|(Republic of the |Democratic Republic of (the )?)?Congo|Comoros|Gambia|Isle of Man|Maldives|Netherlands"
    r"|Philippines|Seychelles|United (Arab Emirates|Kingdom|States.*)|(Central African|Czech|Dominican) Republic"
    r"|(?!.* and Mc|South Georgia).+ (Islands|Territory|Territories)"
)


def methods(view: View) -> tuple[Prose, ...]:
    """Return the sentences that say how the figures came about."""
    if not view.assessed:
        return (_quotes(view), *_claims(view), _tool(view))
    found = [
        _what(view),
        *_energy(view),
        *_facility(view),
        *_carbon(view),
        *_beside(view),
        *_units(view),
    ]
    return (*found, *_claims(view), _tool(view))


def limitations(view: View) -> tuple[Prose, ...]:
    """Return the sentences that say what is assumed and what is not counted."""
    found: list[Prose] = []
    if view.defaults:
        listed = joined([(name, " of ", amount.text()) for name, amount in view.defaults])
        found.append(("Not declared by us, and replaced by defaults: ", *listed, "."))
    found += _partial(view)
    uncounted = _uncounted(view)
    if uncounted:
        found.append(("Not counted: ", *joined([(name,) for name in uncounted]), "."))
    if view.assessed:
        found += _outcomes(view)
    for offset in view.offsets:
        found.append(("Offsets of ", offset.text(), " CO₂e were bought; they are not subtracted."))
    if view.assessed and not view.intervals:
        found.append(("No input has an interval, so the figures show none; they are not exact.",))
    return tuple(found)


_QUANTITIES = {
    "device_hours": "device-hours",
    "energy_it": "IT energy",
    "energy": "facility energy",
    "co2e": "operational emissions",
    "co2e_market": "market-based emissions",
    "co2e_net": "net emissions",
    "embodied": "embodied emissions",
    "water": "water",
}


def _partial(view: View) -> list[Prose]:
    """Name the totals that do not cover every run, together where they cover as many."""
    found: list[Prose] = []
    for cover in dict.fromkeys((partial.covered, partial.runs) for partial in view.partial):
        same = [p for p in view.partial if (p.covered, p.runs) == cover]
        names = joined([(_QUANTITIES[partial.quantity],) for partial in same])
        found.append(("The figures for ", *names, f" cover {cover[0]} of the {cover[1]} runs."))
    return found


def _what(view: View) -> Prose:
    subject: Prose = (" of ", view.subject) if view.subject else ()
    hours = view.totals.device_hours
    hardware = _hardware(view)
    used: Prose = (" used ", Number(hours.digits()), " device-hours") if hours.assessed else ()
    place: Prose = (" on " if used else " ran on ", *hardware) if hardware else ()
    many: Prose = ("The ", numbers.show(view.run_count), " ")
    if view.run_count == 1:
        start: Prose = ("The ", words(view.runs[0].phase), " run", *subject)
    elif len(view.runs) == 1:
        start = (*many, words(view.runs[0].phase), " runs", *subject)
    else:
        start = (*many, "runs", *subject, " (", *_phases(view.runs), ")")
    verb = " is reported here" if view.run_count == 1 else " are reported here"
    return (*start, *(used + place or (verb,)), ".")


def _hardware(view: View) -> Prose:
    models: dict[str, Name] = {}
    single = len(view.runs) == 1
    for run in view.runs:
        for part in run.hardware:
            if part.model == words(part.kind):
                continue  # "a GPU" says nothing
            name = hardware_name(part) if single else part.model
            models.setdefault(name, name)
    if not models or len(models) > _MANY:
        return (Number(str(len(models))), " kinds of hardware") if models else ()
    return joined([(name,) for name in models.values()])


def _energy(view: View) -> list[Prose]:
    total = view.totals.energy_it
    if not total.assessed:
        return []
    amount = total.text()
    share = _measured(view.runs, total)
    if share == 1:
        return [("IT energy, read from meters or hardware counters, is ", amount, ".")]
    methods_used = {
        run.method for run in view.runs if run.energy_it.status not in MEASURED and run.method
    }
    how = joined([_METHODS[m] for m in sorted(methods_used) if m in _METHODS])
    if not share:
        return [("IT energy", *((", ", *how, ",") if how else ()), " is ", amount, ".")]
    rest: Prose = ("; the rest was ", *how) if how else ()
    return [
        (
            "IT energy is ",
            amount,
            "; ",
            numbers.percent(share),
            " of it was read from meters or hardware counters",
            *rest,
            ".",
        )
    ]


_METHODS: dict[str, Prose] = {
    "components": (
        "computed as the sum over components of count, hours, power and utilisation multiplied",
        Cite(("lannelongue2021",)),
    ),
    "declared_components": ("added up from what is declared for each component",),
    "mixed_components": (
        "added up over components, from count, hours, power and utilisation multiplied or as declared",
        Cite(("lannelongue2021",)),
    ),
    "flops": ("computed from operations, peak speed and utilisation",),
    "declared": ("declared as a total",),
    "facility_over_pue": ("computed as facility energy divided by PUE",),
}


#: Methods that count the parts that are listed and no others.
_BY_PARTS = frozenset({"components", "declared_components", "mixed_components", "flops"})


def _measured(runs: Sequence[Run], total: Amount) -> float:
    read = sum(run.energy_it.number for run in runs if run.energy_it.status in MEASURED)
    return 1.0 if read == total.number else read / total.number if total.number else 0.0


def _facility(view: View) -> list[Prose]:
    if not view.totals.energy.assessed:
        return []
    pue = common(run.pue for run in view.runs)
    known = any(run.pue.assessed for run in view.runs)
    start: Prose = ("With a PUE of ", pue, ", facility") if known else ("Facility",)
    return [(*start, " energy is ", view.totals.energy.text(), ".")]


def _carbon(view: View) -> list[Prose]:
    if not view.totals.co2e.assessed:
        return []
    intensity = common(run.carbon_intensity for run in view.runs)
    known = any(run.carbon_intensity.assessed for run in view.runs)
    start: Prose = (
        ("At a location-based carbon intensity of ", intensity, "\u00a0g CO₂e/kWh, operational")
        if known
        else ("Operational",)
    )
    cite: Prose = (Cite(("patterson2021",)),) if "patterson2021" in view.citations else ()
    return [(*start, " emissions are ", view.totals.co2e.text(), " CO₂e", *cite, ".")]


def _beside(view: View) -> list[Prose]:
    found: list[Prose] = []
    known = view.totals.co2e.assessed
    for amount, start in (
        (view.totals.co2e_market, "Market-based"),
        (view.totals.co2e_net, "Net of carbon-free energy matched by the hour"),
    ):
        if amount.assessed:
            they = "they" if known else "operational emissions"
            found.append((f"{start}, {they} are ", amount.text(), " CO₂e."))
            known = True
    extra: list[Prose] = []
    if view.totals.embodied.assessed:
        extra.append(("embodied emissions of ", view.totals.embodied.text(), " CO₂e"))
    if view.totals.water.assessed:
        extra.append(("a water use of ", view.totals.water.text()))
    if extra:
        start = "We report beside this figure, not inside it, " if known else "We also report "
        found.append((start, *joined(extra), "."))
    return found


def _units(view: View) -> list[Prose]:
    found: list[Prose] = []
    for unit in view.per_unit:
        parts: list[Prose] = []
        if unit.energy.assessed:
            parts.append((unit.energy.text(),))
        elif unit.energy_it.assessed:
            parts.append((unit.energy_it.text(), " of IT energy"))
        if unit.co2e.assessed:
            parts.append((unit.co2e.text(), " CO₂e"))
        if parts:
            found.append(("Per ", unit.unit, ", this is ", *joined(parts), "."))
    return found


def _quotes(view: View) -> Prose:
    count = len(view.quoted.figures)
    if not count:
        return ("No energy of ", view.subject or "this work", " was assessed.")
    verb, them = (" is", "it") if count == 1 else (" are", "they")
    return (
        *numbers.counted(count, "figure"), *((" of ", view.subject) if view.subject else ()),
        f"{verb} quoted as printed; ",
        f"the statement declares no inputs that {them} could be recomputed from.",
    )  # fmt: skip


def _claims(view: View) -> tuple[Prose, ...]:
    if not view.quoted.claims:
        return ()
    listed = joined([claim.text for claim in view.quoted.claims])
    return (("Printed as relative claims, and not recomputed: ", *listed, "."),)


def _tool(view: View) -> Prose:
    which: Prose = (
        (", factor set ", view.factor_set, ",") if view.factor_set and view.assessed else ()
    )
    if not view.assessed:
        return (
            "The statement was rendered with ",
            view.tool,
            Cite((TOOL_KEY,)),
            ", level ",
            view.level,
            ".",
        )
    level = " at level " if which else ", level "
    return (
        "All figures were computed with ",
        view.tool,
        Cite((TOOL_KEY,)),
        *which,
        level,
        view.level,
        ".",
    )


def _uncounted(view: View) -> list[str | Name]:
    excluded = [
        Name(item, pointer="/boundary/excludes") for item in view.boundary.get("excludes", ())
    ]
    told = " ".join(excluded).casefold()
    totals = view.totals
    found: list[str | Name] = []
    if view.assessed:
        computed = [run for run in view.runs if run.method in _BY_PARTS]
        parts = [part for run in computed for part in run.parts]
        kinds = {part.kind for part in parts}
        if any(part.memory_gb.assessed for part in parts):
            kinds.add("memory")
        names = {"cpu": "CPUs", "memory": "memory", "storage": "storage", "network": "network"}
        if kinds and "node" not in kinds:
            missing = (name for kind, name in names.items() if kind not in kinds)
            named = {part for item in excluded for part in _LISTED.split(item.casefold())}
            found += [name for name in missing if name.casefold() not in named]
        if not totals.co2e.assessed:
            found.append("operational emissions")
    for amount, what in ((totals.embodied, "embodied emissions"), (totals.water, "water")):
        if not amount.assessed and what not in told:
            found.append(what)
    return [*found, *excluded]


def _outcomes(view: View) -> list[Prose]:
    failed = sum(run.repetitions for run in view.runs if run.outcome in {"failed", "aborted"})
    explored = sum(run.repetitions for run in view.runs if run.outcome == "exploratory")
    if failed or explored:
        listed: list[Prose] = [
            numbers.counted(count, f"{word} run")
            for count, word in ((failed, "failed or aborted"), (explored, "exploratory"))
            if count
        ]
        verb = " are included." if failed + explored > 1 else " is included."
        return [(*joined(listed), verb)]
    told = {view.boundary.get("failed_runs"), view.boundary.get("exploratory_runs")}
    if told == {"none"}:
        return [("There were no failed or exploratory runs.",)]
    if "excluded" in told:
        return [("Failed or exploratory runs took place and are not included.",)]
    return [("Failed and exploratory runs are not declared, so the total may be larger.",)]


def _phases(runs: Iterable[Run]) -> Prose:
    counts: dict[str, int] = {}
    for run in runs:
        counts[words(run.phase)] = counts.get(words(run.phase), 0) + run.repetitions
    return joined([(numbers.show(count), f" {phase}") for phase, count in counts.items()])


def in_sentence(place: str) -> str:
    """Return a place as a sentence names it: its country with the article that some have."""
    before, comma, country = place.rpartition(", ")
    return f"{before}{comma}the {country}" if _WITH_ARTICLE.fullmatch(country) else place


def joined(items: Sequence[Prose]) -> Prose:
    """Join as English does: ``a``, ``a and b``, ``a, b and c``."""
    parts: list[str | Cite] = []
    for index, item in enumerate(items):
        if index:
            parts.append(" and " if index == len(items) - 1 else ", ")
        parts.extend(item)
    return tuple(parts)
