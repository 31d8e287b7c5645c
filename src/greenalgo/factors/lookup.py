"""Look-ups in the small tables: processors, PUE and WUE, constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.errors import MissingFactorError, UnknownNameError
from greenalgo.factors.intensity import Place, cloud_region
from greenalgo.factors.names import place_key, plain_key, processor_key, shown
from greenalgo.factors.records import Factor, Instance, Policy, Processor
from greenalgo.factors.table import number, row_hash, said
from greenalgo.glance.names import MOST_FITTING
from greenalgo.glance.years import pick_year

if TYPE_CHECKING:
    from greenalgo.factors.names import Names
    from greenalgo.factors.table import Table


def processor(names: Names, table: Table, name: str, kind: str | None) -> Processor:
    """Return one processor; see :meth:`greenalgo.factors.FactorSet.processor`."""
    row = table.row(name)
    if row is None:
        spaces = _namespaces(kind)
        key, ids = _called(names, spaces, name)
        if len(ids) != 1:
            raise names.failure(spaces, name, key, "processor", ids)
        row = table.row(ids[0])
    if row is None:
        raise MissingFactorError(f"the index names '{name}', but the table lacks it", name=name)
    return _processor(row, "exact" if name in (row["id"], row["name"]) else "alias")


def processors_fitting(
    names: Names, table: Table, name: str, kind: str | None
) -> tuple[Processor, ...]:
    """Return every processor that a name fits; see :meth:`greenalgo.factors.FactorSet.processors_fitting`."""
    row = table.row(name)
    if row is not None:
        return (_processor(row, "exact"),)
    spaces = _namespaces(kind)
    key, ids = _called(names, spaces, name)
    ids = ids or (names.holding(spaces, key) if key else ())
    rows = map(table.row, ids if len(ids) <= MOST_FITTING else ())
    return tuple(_processor(row, "alias") for row in rows if row is not None)


def _called(names: Names, spaces: tuple[str, ...], name: str) -> tuple[str, tuple[str, ...]]:
    """Return the key that a processor's name is looked up by, and the ids that it stands for."""
    # Most names need no rewriting: the plain key saves compiling a dozen patterns. It finds what the full key
    # finds, because every key of the index is its own full key (tested).
    key = plain_key(name)
    ids = names.find_all(spaces, key)
    if not ids:
        key = processor_key(name)
        ids = names.find_all(spaces, key)
    return key, ids


def _processor(row: dict[str, str], how: str) -> Processor:
    return Processor(
        id=row["id"], kind=row["kind"], vendor=row["vendor"], name=row["name"], power_w=float(row["power_w"]),
        lower=float(row["lower"]), upper=float(row["upper"]), power_kind=row["power_kind"],
        cores=int(number(row["cores"])), memory_gb=number(row["memory_gb"]), peak_flops=_flops(row["peak_flops"]),
        year=int(number(row["year"])), source=row["source"], licence=row["licence"],
        how=said(row, how), note=row["note"], sha256=row_hash(row),
        grade=row["grade"], idle_w=number(row["idle_w"]), die_mm2=number(row["die_mm2"]),
    )  # fmt: skip


def _namespaces(kind: str | None) -> tuple[str, ...]:
    """Return the namespaces of the index for a component's kind; GPUs and accelerators are not told apart."""
    if kind == "cpu":
        return ("processor-cpu",)
    if kind in ("gpu", "accelerator"):
        return ("processor-accelerator",)
    return ("processor-accelerator", "processor-cpu")


def _flops(text: str) -> dict[str, float]:
    pairs = (pair.split("=") for pair in text.split(";") if pair)
    return {precision: float(value) for precision, value in pairs}


def facility(
    names: Names,
    table: Table,
    prefix: str,
    provider: str | None,
    provider_region: str | None,
    year: int | None,
) -> Factor:
    """Return a PUE or WUE; see :meth:`greenalgo.factors.FactorSet.pue`."""
    if not provider and not provider_region:
        provider = "world-average"
    if provider and place_key(provider) == "world average":
        return _facility(table, f"{prefix}:world-average:", year, "world average")
    region = cloud_region(names, provider, provider_region) if provider_region else ""
    owner = (
        region.split(":")[1]
        if region
        else names.one("provider", provider or "", place_key(provider or ""), "provider")
    )
    if region and table.prefixed(f"{prefix}:{region.partition(':')[2]}:"):
        return _facility(table, f"{prefix}:{region.partition(':')[2]}:", year, "exact")
    how = "fleet of the provider" if region else "exact"
    return _facility(table, f"{prefix}:{owner}:fleet:", year, how)


def _facility(table: Table, prefix: str, year: int | None, how: str) -> Factor:
    rows = table.prefixed(prefix)
    if not rows:
        raise MissingFactorError(
            f"the set has no {table.name} for '{prefix.split(':')[1]}'", name=prefix
        )
    row, chosen = pick_year(rows, year)
    return factor(table.name, row, "; ".join(word for word in (how, chosen) if word))


def instance(names: Names, table: Table, name: str, provider: str | None) -> Instance:
    """Return one instance type; see :meth:`greenalgo.factors.FactorSet.instance`."""
    row = table.row(name)
    if row is None:
        space = "instance"
        if provider:
            space += "-" + names.one("provider", provider, place_key(provider), "provider")
        row = table.row(names.one(space, name, place_key(name), "instance type"))
    if row is None:
        raise MissingFactorError(f"the index names '{name}', but the table lacks it", name=name)
    return Instance(
        id=row["id"], provider=row["provider"], name=row["name"], vcpus=number(row["vcpus"]),
        memory_gb=number(row["memory_gb"]), cpu=row["cpu"], cpu_name=row["cpu_name"],
        accelerator=row["accelerator"], accelerators=number(row["accelerators"]), share=number(row["share"]),
        host_embodied_kg=number(row["host_embodied_kg"]), source=row["source"], licence=row["licence"],
        how="exact" if name in (row["id"], row["name"]) else "alias", note=row["note"], sha256=row_hash(row),
    )  # fmt: skip


def water(table: Table, candidates: list[Place]) -> Factor:
    """Return water per kWh for the narrowest place that has a row."""
    for place in candidates:
        row = table.row(f"water:{place.id}")
        if row is not None:
            return factor("water", row, place.how)
    wanted = ", ".join(place.id for place in candidates)
    raise MissingFactorError(f"the set has no water per kWh for {wanted}", name=wanted)


def by_id(table: Table, row_id: str, what: str) -> Factor:
    """Return a row by its id, or by its id without the table's prefix."""
    row = table.row(row_id) or table.row(f"{table.name}:{row_id}")
    if row is None:
        ids = tuple(row["id"] for row in table.rows())
        raise UnknownNameError(f"there is no {what} '{shown(row_id)}'", name=row_id, candidates=ids)
    return factor(table.name, row, "exact")


#: Which constant of a user's own file takes the place of which default of a policy.
OWN_DEFAULTS = {
    "memory-w-per-gb": "memory-power-w-per-gb",
    "utilisation-cpu": "usage-cpu-unknown",
    "utilisation-gpu": "usage-gpu-unknown",
    "pue-personal-computer": "pue-personal-computer",
}


def with_own_constants(policy: Policy, table: Table) -> Policy:
    """Return a policy with the constants of a user's own file in place of its defaults."""
    values = dict(policy.values)
    for key, constant_id in OWN_DEFAULTS.items():
        row = table.row(constant_id)
        if row is not None and row["status"] == "user":
            values[key] = factor("constants", row, "exact")
    return policy._replace(values=values)


def factor(table: str, row: dict[str, str], how: str) -> Factor:
    """Return a row of a table with ``value``, ``lower`` and ``upper`` as a record."""
    return Factor(
        id=row["id"], table=table, name=row["name"], value=float(row["value"]), lower=float(row["lower"]),
        upper=float(row["upper"]), unit=row["unit"], year=int(number(row["year"])), source=row["source"],
        licence=row["licence"], how=said(row, how), note=row["note"], sha256=row_hash(row), status=row["status"],
    )  # fmt: skip
