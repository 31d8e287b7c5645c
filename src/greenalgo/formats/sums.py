"""Sums: of the values of one run, and of rows of one kind, which ``greenalgo import --sum`` makes one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.formats import codes
from greenalgo.formats.source import warn
from greenalgo.formats.times import hours_between
from greenalgo.formats.words import short, tidy
from greenalgo.units import G_PER_KG

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from greenalgo.findings import Finding
    from greenalgo.formats.records import Measured

#: Printed figures that are added up; the rest of a group is the same, or follows.
_ADDED = (
    "energy_kwh", "energy_it_kwh", "energy_facility_kwh", "co2e_operational_kg", "water_onsite_l", "hours",
)  # fmt: skip


def sum_of_all(
    values: Sequence[float | None],
    lacking: str,
    findings: list[Finding],
    file: str,
    at: tuple[int, int] = (0, 0),
    *,
    expected: str = "",
    gone: str = "their sum is left out",
    hint: str = "complete them from the tool's log, or delete them",
) -> float | None:
    """Add up values of one run.

    Args:
        values: The values; None is not known.
        lacking: What those are and have not, for the warning that only some are known.
        findings: That warning is added to these.
        file: The file that they are of.
        at: Line and column of the first that is not known.
        expected: What should stand there.
        gone: What is left out.
        hint: What to do.

    Returns:
        The sum; None where a value is not known: a sum of some is none of all.
    """
    missing = sum(value is None for value in values)
    if 0 < missing < len(values):
        findings.append(
            warn(
                codes.LEFT_OUT, f"{missing:,} of {len(values):,} {lacking}: {gone}", file, at,
                expected=expected, found="nothing", hint=hint,
            )
        )  # fmt: skip
    return _sum(values) if values else None


def add_up(runs: list[Measured], findings: list[Finding]) -> list[Measured]:
    """Return runs in which those of one name, hardware, place and tool are one: energy and hours are sums.

    Runs that are part of another are in it, and go.

    Args:
        runs: The runs.
        findings: A warning for each sum of runs that went on side by side is added to these.
    """
    groups: dict[Any, list[Measured]] = {}
    for run in runs:
        if run.part_of:
            continue
        groups.setdefault(_kind_of(run), []).append(run)
    return [group[0] if len(group) == 1 else _one(group, findings) for group in groups.values()]


def _kind_of(run: Measured) -> tuple[Any, ...]:
    same = tuple(part._replace(energy_kwh=None, device_hours=None) for part in run.parts)
    fields = tuple(sorted(key for key in run.printed if key in _ADDED))
    more = repr({**run.more, "water": "", "host": ""})
    return (
        run.name, run.source.name, run.phase, run.outcome, same, tuple(sorted(run.place.items())), run.pue,
        run.intensity_source, repr(run.measurement), more, run.energy_it_kwh is None,
        fields, run.printed.get("boundary"),
    )  # fmt: skip


def _one(group: list[Measured], findings: list[Finding]) -> Measured:
    first = group[0]
    parts = tuple(
        part._replace(
            energy_kwh=_sum(run.parts[number].energy_kwh for run in group),
            device_hours=_sum(run.parts[number].device_hours for run in group),
        )
        for number, part in enumerate(first.parts)
    )
    printed = dict(first.printed)
    for field in _ADDED:
        if field in printed:
            printed[field] = _sum(run.printed[field] for run in group) or 0.0
    energy = next((printed[field] for field in _ADDED[:3] if printed.get(field)), 0.0)
    intensity, of_which = _mean_intensity(group)
    if energy and "carbon_intensity_g_per_kwh" in printed and "co2e_operational_kg" in printed:
        intensity, of_which = G_PER_KG * printed["co2e_operational_kg"] / energy, ""
        printed["carbon_intensity_g_per_kwh"] = intensity
    elif of_which:
        printed.pop("carbon_intensity_g_per_kwh", None)
    more = dict(first.more)
    if len({run.more.get("host") for run in group}) > 1:
        more.pop("host", None)
    note = first.note if len({run.note for run in group}) == 1 else ""
    # A row without water has none: its tool counted 0 L.
    water = [run.more["water"]["onsite_l"] for run in group if "water" in run.more]
    if water:
        liters = short(sum(one["value"] for one in water))
        more["water"] = {"onsite_l": {**water[0], "value": liters}}
    hours = _sum(run.hours for run in group)
    start = min((run.start for run in group if run.start), default="")
    end = max((run.end for run in group if run.end), default="")
    span = hours_between(start, end)
    if hours is not None and span is not None and hours > span * (1 + 1e-9):
        note = f"Side by side from {start} to {end}: hours are their sum. {note}"
        findings.append(
            warn(
                codes.LEFT_OUT, f"{len(group):,} rows of '{tidy(first.name, 100)}' ran side by side: the period of "
                "their sum is left out", first.source.name, (first.line, 1), expected=f"at most {span:.6g} h",
                found=f"{hours:.6g} h", hint="import the rows one by one, without --sum, if the wall clock matters",
            )
        )  # fmt: skip
        start = end = ""
    return first._replace(
        line=0, label="", parts=parts, printed=printed, intensity=intensity, more=more, hours=hours,
        start=start, end=end,
        energy_it_kwh=_sum(run.energy_it_kwh for run in group),
        energy_level=_ends(group),
        note=" ".join(f"{len(group):,} rows of the file, added up. {of_which} {note}".split()),
    )  # fmt: skip


def _mean_intensity(group: list[Measured]) -> tuple[float | None, str]:
    """Return the carbon intensity of some runs, and where theirs differ how that came about; None if it is unknown."""
    first = group[0].intensity
    if all(run.intensity == first for run in group):
        return first, ""
    energies = [
        run.energy_it_kwh if run.energy_it_kwh is not None else _sum(part.energy_kwh for part in run.parts)
        for run in group
    ]  # fmt: skip
    energy = _sum(energies)
    emitted = _sum(
        None if run.intensity is None or weight is None else run.intensity * weight
        for run, weight in zip(group, energies, strict=True)
    )
    if emitted is None or not energy:
        return None, "Their carbon intensities differ, and are left out."
    return emitted / energy, "Their carbon intensity is the mean, weighted by energy."


def _ends(group: list[Measured]) -> tuple[float, float] | None:
    """Return the ends of an interval that is added up as if all runs erred alike."""
    known = [run.energy_level for run in group if run.energy_level]
    if len(known) < len(group):
        return None
    return sum(low for low, _ in known), sum(high for _, high in known)


def _sum(values: Iterable[float | None]) -> float | None:
    """Return a sum; None where one of the values is not known."""
    known = list(values)
    return sum(value for value in known if value is not None) if None not in known else None
