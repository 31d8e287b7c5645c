"""The footprint of jobs for people and programs: text, JSON, CSV."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.findings import finding_record
from greenalgo.formats.slurm_states import WORDS
from greenalgo.jobs.records import how_many
from greenalgo.jobs.statement import COUNTER_CAVEAT
from greenalgo.render import numbers
from greenalgo.render.columns import aligned, plain, wrapped
from greenalgo.sources.text import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from greenalgo.footprint import Substitution
    from greenalgo.footprint.uncertainty import Interval
    from greenalgo.jobs.account import Account, Row
    from greenalgo.jobs.cluster import Cluster, Site
    from greenalgo.jobs.records import Reading

#: Groups that the text shows; JSON and CSV have all.
MOST_GROUPS = 20
_HEADS = ("jobs", "core h", "GPU h", "GB h")
_PARTS = {"cpu": "CPU", "gpu": "GPU", "memory": "memory", "counter": "energy counters"}
#: What is looked up of something with a name of its own; a default of a policy says itself what it is.
_INPUTS = {
    "power_w": "power of ", "pue": "PUE of ", "carbon_intensity_g_per_kwh": "carbon intensity of ",
    "utilisation": "", "power_w_per_gb": "",
}  # fmt: skip


class Told(NamedTuple):
    """What a report is made of.

    Attributes:
        account: The footprint.
        reading: What is known of the logs.
        cluster: What stands behind the partitions.
        others: How many jobs the filters left out.
        factor_set: Name of the factor set.
        policy: Name of the policy.
    """

    account: Account
    reading: Reading
    cluster: Cluster
    others: int
    factor_set: str
    policy: str


def to_text(told: Told) -> str:
    """Return tables for people, what is assumed and what is left out."""
    account = told.account
    lines = [
        f"{log.name}: {how_many(log.rows, 'rows')}, SHA-256 {log.sha256[:12]}…"
        for log in told.reading.logs
    ]
    lines += [
        f"Jobs that ended from {account.start[:10] or 'an unknown day'} to {account.end[:10] or 'an unknown day'}",
        f"Factor set {told.factor_set}, policy {told.policy}",
        "",
        *_tables(account),
    ]
    for title, found in (
        ("Where it goes", _shares(account)),
        ("Told", _told(told.cluster, account)),
        ("Looked up", map(_looked_up, account.prices.substitutions)),
        ("Counted so", _rules(account)),
        ("Energy counters", _counters(account)),
        ("Left out, and read with care", _care(told)),
    ):
        body = list(dict.fromkeys(found))
        if body:
            lines += ["", title, *(wrapped(f"  {line}") for line in body)]
    return "\n".join(lines) + "\n"


def to_json(told: Told) -> str:
    """Return everything as JSON: energy in kWh, CO2e in kg, hours in h, memory in GB h."""
    account = told.account
    document = {
        "format_version": "1.0",
        "factor_set": told.factor_set,
        "policy": told.policy,
        "logs": [log._asdict() for log in told.reading.logs],
        "start": account.start or None,
        "end": account.end or None,
        "total": _record(account.total),
        "outcomes": {WORDS[outcome]: _record(row) for outcome, row in account.outcomes.items()},
        "by": list(account.by),
        "groups": [
            {"group": dict(zip(account.by, group, strict=True)), **_record(row)}
            for group, row in account.groups.items()
        ]
        if account.by
        else [],
        "energy_facility_kwh_parts": {part: found._asdict() for part, found in account.parts.items()},
        "unused_memory": {
            "known_share": account.peaked_share,
            **{name: found._asdict() for name, found in account.unused_memory._asdict().items()},
        },
        "core_hours_without_usage_share": account.full_share,
        "counters": {
            "jobs": account.counters.jobs,
            "energy_kwh": account.counters.energy_kwh,
            "modelled_energy_it_kwh": account.counters.modelled and account.counters.modelled._asdict(),
            "used": account.counters.modelled is None,
            "note": COUNTER_CAVEAT,
        },
        "factors": [
            {"input": one.name, "status": one.status, **one.factor._asdict()} for one in account.prices.substitutions
        ],
        "told": list(_told(told.cluster, account)),
        "rules": list(_rules(account)),
        "filtered_jobs": told.others,
        "notes": told.reading.counts,
        "broken_rows": told.reading.broken_rows,
        "broken": [finding_record(finding) for finding in told.reading.broken],
    }  # fmt: skip
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def to_csv(told: Told) -> str:
    """Return a row for each group; energy in kWh, CO2e in kg, hours in h, memory in GB h."""
    account = told.account
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    sizes = ("jobs", "core_hours", "gpu_hours", "memory_gb_hours")
    ends = [
        f"{name}_{end}"
        for name in account.total.cost._fields
        for end in ("value", "lower", "upper")
    ]
    table.writerow((*account.by, *sizes, *ends, "factor_set", "policy"))
    for group, row in account.groups.items():
        figures = [end for found in row.cost for end in found]
        table.writerow((*group, *row[:4], *figures, told.factor_set, told.policy))
    return written.getvalue()


FORMATS: dict[str, Callable[[Told], str]] = {"text": to_text, "json": to_json, "csv": to_csv}


def _record(row: Row) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in row._fields[:4]},
        **{name: found._asdict() for name, found in row.cost._asdict().items()},
    }


def _tables(account: Account) -> Iterator[str]:
    shown = list(account.groups.items())[:MOST_GROUPS] if account.by else []
    rows = [row for _, row in shown] + [*account.outcomes.values(), account.total]
    energy = numbers.scale("energy", (row.cost.energy_facility_kwh.value for row in rows))
    carbon = numbers.scale("co2e", (row.cost.co2e_operational_kg.value for row in rows))
    cells: list[tuple[str, ...]] = [
        ("", *_HEADS, f"energy ({energy.name})", f"CO2e ({carbon.name})")
    ]
    named = [
        (" ".join(show(word, 40)[1:-1] or "(none)" for word in group), row) for group, row in shown
    ]
    named += [(WORDS[outcome], row) for outcome, row in account.outcomes.items()]
    for name, row in [*named, ("all jobs", account.total)]:
        cells.append((
            name, *(plain(numbers.show(size)) for size in row[:4]),
            _amount(row.cost.energy_facility_kwh, energy.size), _amount(row.cost.co2e_operational_kg, carbon.size),
        ))  # fmt: skip
    lines = aligned(cells)
    more = len(account.groups) - len(shown) if account.by else 0
    yield lines[0]
    if account.by:
        yield from lines[1 : len(shown) + 1]
        if more:
            yield f"  and {more} more (--format csv has all)"
        yield ""
    yield from lines[len(shown) + 1 :]


def _amount(found: Interval, size: float) -> str:
    return plain(numbers.with_interval(*(end / size for end in found)))


def _mass(found: Interval) -> str:
    unit = numbers.scale("co2e", [found.value])
    return f"{_amount(found, unit.size)} {unit.name} CO2e"


def _energy(found: Interval) -> str:
    unit = numbers.scale("energy", [found.value])
    return f"{_amount(found, unit.size)} {unit.name}"


def _percent(part: float, whole: float) -> str:
    return plain(numbers.percent(part / whole if whole else 0.0))


def _shares(account: Account) -> Iterator[str]:
    whole, total = (
        account.total.cost.energy_facility_kwh.value,
        account.total.cost.co2e_operational_kg.value,
    )
    parts = [
        f"{_percent(found.value, whole)} {_PARTS[part]}" for part, found in account.parts.items()
    ]
    if parts:
        yield f"Energy: {', '.join(parts)}"
    for outcome, words in (("failed", "failed"), ("aborted", "were cancelled")):
        if outcome in account.outcomes:
            lost = account.outcomes[outcome].cost.co2e_operational_kg
            yield f"Jobs that {words}: {_percent(lost.value, total)} of the CO2e, {_mass(lost)}"
    if account.peaked_share:
        lost = account.unused_memory.co2e_operational_kg
        known = "" if account.peaked_share > 0.995 else (
            f" (the peak is known of {_percent(account.peaked_share, 1)} of the memory)"
        )  # fmt: skip
        share = _percent(lost.value, total)
        yield f"Memory that was reserved and never used: {share} of the CO2e, {_mass(lost)}{known}"


def _told(cluster: Cluster, account: Account) -> Iterator[str]:
    for name in sorted({need.site for need in account.prices.by_need}):
        site = cluster.sites[name]
        words = list(_site(site))
        if words:
            label = (
                f"{site.name}: "
                if site.name
                else "all other partitions: "
                if len(cluster.sites) > 1
                else ""
            )
            yield f"{label}{', '.join(words)} ({site.source})"


def _site(site: Site) -> Iterator[str]:
    if site.cpu.model or site.cpu.power_w is not None:
        yield site.cpu.model or "CPU"
    if site.cpu.power_w is not None:
        yield f"{site.cpu.power_w:g} W a core"
    for kind, device in sorted(site.gpus.items()):
        power = "" if device.power_w is None else f" {device.power_w:g} W"
        share = "" if device.share == 1 else f" x {device.share:g}"
        yield f"{kind + ' = ' if kind else ''}{device.model or 'GPU'}{power}{share}"
    if site.location:
        yield " ".join(site.location.values())
    if site.pue is not None:
        yield f"PUE {site.pue:g}"
    if site.carbon_intensity_g_per_kwh is not None:
        yield f"{site.carbon_intensity_g_per_kwh:g} g/kWh"
    if site.threads_per_core > 1:
        yield f"{site.threads_per_core} CPUs of Slurm are a core"


def _looked_up(one: Substitution) -> str:
    factor = one.factor
    unit = "" if factor.unit == "1" else f" {factor.unit}"
    value = plain(numbers.with_interval(factor.value, factor.lower, factor.upper))
    return (
        f"{_INPUTS.get(one.name, '')}{factor.name}: {value}{unit}, {factor.source} ({factor.how})"
    )


def _rules(account: Account) -> Iterator[str]:
    kinds = {need.resource.kind for need in account.prices.by_need}
    if {"cpu", "cpu-full"} & kinds:
        full = ""
        if account.full_share:
            full = f"; {_percent(account.full_share, 1)} of the core-hours have none, and count as fully used"
        yield f"Cores by the CPU time that they used (TotalCPU){full}"
    if "gpu" in kinds:
        yield "GPUs at full power for as long as a job had them: Slurm does not record their use"
    if "memory" in kinds:
        yield "GB h: memory that was reserved, used or not; 1 GB is 1024^3 bytes"


def _counters(account: Account) -> Iterator[str]:
    counters = account.counters
    if not counters.jobs:
        return
    jobs = f"{counters.jobs} of {how_many(account.total.jobs, 'jobs')}"
    read = f"{jobs} with a counter: {counters.energy_kwh:.4g} kWh of IT energy"
    if counters.modelled is None:
        yield f"{read}, used instead of a model"
    else:
        yield f"{read}, {_energy(counters.modelled)} by the model; not used (--energy counters uses it)"
    yield COUNTER_CAVEAT


def _care(told: Told) -> Iterator[str]:
    if told.reading.broken_rows:
        yield how_many(
            told.reading.broken_rows, "rows that cannot be read: named on standard error"
        )
    for words, times in told.reading.counts.items():
        yield how_many(times, words)
    if told.others:
        yield how_many(told.others, "jobs that the filters take out")
    for log in told.reading.logs:
        yield from log.lost
    if any(site.threads_per_core == 1 and not site.name for site in told.cluster.sites.values()):
        yield "A CPU of Slurm counts as a core: where it is one of two hardware threads, say --threads-per-core 2"
