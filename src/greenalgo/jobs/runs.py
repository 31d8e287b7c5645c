"""Runs of a statement from what jobs had: core-hours, GPU-hours, memory, or what a counter read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.units import J_PER_KWH, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.jobs.cluster import Site
    from greenalgo.jobs.tally import Cell


class Resource(NamedTuple):
    """Something that a job has, and that uses energy in proportion to its amount.

    Attributes:
        kind: ``cpu`` (core-hours that were used), ``cpu-full`` (core-hours whose use is not known), ``gpu``
            (GPU-hours), ``memory`` (GB-hours) or ``counter`` (kWh).
        type: Slurm's name of a GPU's type; else empty.
    """

    kind: str
    type: str = ""


USED, FULL, MEMORY, COUNTER = map(Resource, ("cpu", "cpu-full", "memory", "counter"))


def amounts(cell: Cell, site: Site, *, counted: bool) -> dict[Resource, float]:
    """Return how much jobs had of everything.

    Args:
        cell: Their sums.
        site: What stands behind their partition.
        counted: Take what their energy counters read, and nothing else.

    Returns:
        Core-hours, GPU-hours, GB-hours or kWh by resource; none that are 0.
    """
    if counted:
        return {COUNTER: cell.joules / J_PER_KWH}
    per_core = SECONDS_PER_HOUR * site.threads_per_core
    found = {
        USED: cell.used_s / per_core,
        FULL: cell.unmeasured_s / per_core,
        **{Resource("gpu", kind): time / SECONDS_PER_HOUR for kind, time in cell.gpu_s.items()},
        MEMORY: cell.memory_gbs / SECONDS_PER_HOUR,
    }
    return {resource: amount for resource, amount in found.items() if amount}


def unit(resource: Resource, site: Site) -> dict[str, Any]:
    """Return the fields of a run that had one unit of a resource."""
    if resource == COUNTER:
        return {"energy_it_kwh": 1}
    if resource == MEMORY:
        return {"hardware": [memory_line(1, 1)]}
    if resource.kind == "gpu":
        return {"hardware": [gpu_line(site, resource.type, 1)]}
    return {"hardware": [cpu_line(site, 1, 1 if resource == USED else None)]}


def cpu_line(site: Site, core_hours: Any, utilisation: Any) -> dict[str, Any]:
    """Return cores as a component.

    Args:
        site: What stands behind the partition.
        core_hours: Core-hours that jobs had (h).
        utilisation: The part of them that was used, 0 to 1; None where not known.
    """
    device = site.cpu
    return _given(
        kind="cpu", model=device.model, power_scope="core", power_w=_power(device.power_w, site),
        device_hours=core_hours, utilisation=utilisation,
    )  # fmt: skip


def gpu_line(site: Site, kind: str, gpu_hours: Any) -> dict[str, Any]:
    """Return GPUs of one of Slurm's types as a component; their hours in h."""
    device = site.gpu(kind)
    return _given(
        kind="gpu", model=device.model, power_w=_power(device.power_w, site), device_hours=gpu_hours,
        share=None if device.share == 1 else {"value": device.share, "source": site.source},
    )  # fmt: skip


def memory_line(memory_gb: Any, hours: Any) -> dict[str, Any]:
    """Return memory as a component: its mean size (GB) over some hours (h)."""
    return {"kind": "memory", "memory_gb": memory_gb, "hours": hours}


def place_of(site: Site) -> dict[str, Any]:
    """Return where jobs ran: location, PUE and carbon intensity as far as they are told."""
    intensity = site.carbon_intensity_g_per_kwh
    return _given(
        location={**site.location, "facility": "hpc"},
        pue=None if site.pue is None else {"value": site.pue, "source": site.source},
        carbon_intensity_g_per_kwh=None
        if intensity is None
        else {"value": intensity, "basis": "location", "source": site.source},
    )


def _power(power_w: float | None, site: Site) -> dict[str, Any] | None:
    return None if power_w is None else {"value": power_w, "source": site.source}


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "")}
