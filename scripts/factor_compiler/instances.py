"""Instance types of AWS and Azure: what hardware, and which share of a host, a rented machine is."""

from __future__ import annotations

import functools
import re

from factor_compiler.common import CompileError, Row, Upstream, check_range, curated, figure

COLUMNS = (
    "id", "name", "aliases", "provider", "family", "vcpus", "memory_gb", "cpu", "cpu_name", "accelerator",
    "accelerators", "host_vcpus", "host_memory_gb", "share", "host_embodied_kg", "status", "source", "licence",
    "note",
)  # fmt: skip
_MANAGED = re.compile(r"^(db|cache|ml|dax)\.|\.(elasticsearch|search)$")


def instances(upstream: Upstream, processors: set[str]) -> list[Row]:
    """Return all instance types; refuses a CPU or accelerator that the table of processors lacks."""
    rows = aws(upstream) + azure(upstream) + by_hand()
    for row in rows:
        for key in ("cpu", "accelerator"):
            if row[key] and row[key] not in processors:
                raise CompileError(f"{row['id']}: {key} '{row[key]}' is not a processor")
        if row["share"]:
            check_range({**row, "low": row["share"]}, 0.0001, 1, "share", "low", "low")
    return rows


def aws(upstream: Upstream) -> list[Row]:
    """Return AWS's types, and its managed services as the machine that they run on."""
    accelerators = {
        row["pattern"]: row for row in curated("instance_accelerators") if row["provider"] == "aws"
    }
    listed = {
        row["Instance Type"]: row for row in upstream.csv("ccf/aws-instances-latest-2026.csv")
    }
    embodied = {
        row["type"]: row["total"] for row in upstream.csv("ccf/coefficients-aws-embodied.csv")
    }
    hosts: dict[str, tuple[float, float]] = {}
    for name, cells in listed.items():
        family = name.partition(".")[0]
        largest = hosts.get(family, (0.0, 0.0))
        size = (float(cells["vCPUs"]), float(cells["Memory (GiB)"]))
        hosts[family] = max(largest, size)
    rows = []
    for name in sorted({*listed, *embodied}):
        base = _MANAGED.sub("", name)
        found = listed.get(base, {})
        tonnes = found.get("Platform Embedded Emissions (mtCo2eq)", "")
        kilograms = figure(float(tonnes) * 1000) if tonnes else embodied.get(name, "")
        card = accelerators.get(base)
        vcpus, memory = hosts.get(base.partition(".")[0], (0.0, 0.0))
        rows.append(instance(
            "aws", name, base.partition(".")[0], found.get("vCPUs", ""), found.get("Memory (GiB)", ""),
            found.get("Platform CPU Name", ""), card, vcpus, memory, kilograms,
            note="Runs on the hardware of the type without prefix and suffix" if base != name and found else "",
        ))  # fmt: skip
    return rows


def azure(upstream: Upstream) -> list[Row]:
    """Return Azure's types; of several platforms the first is named and all are listed."""
    series = {
        row["pattern"]: row
        for row in curated("instance_accelerators")
        if row["provider"] == "azure"
    }
    embodied = {
        row["type"]: row["total"] for row in upstream.csv("ccf/coefficients-azure-embodied.csv")
    }
    by_name: dict[str, list[Row]] = {}
    for cells in upstream.csv("ccf/azure-instances.csv"):
        by_name.setdefault(cells["Virtual Machine"], []).append(cells)
    rows = []
    for name, found in by_name.items():
        cells = found[0]
        platforms = [
            row["Microarchitecture"] for row in found if row["Microarchitecture"] != "Unknown"
        ]
        card = series.get(cells["Series"]) if cells["Instance GPUs"] else None
        if card:
            card = {**card, "count": figure(float(card["count"]) * float(cells["Instance GPUs"]))}
        rows.append(instance(
            "azure", name, cells["Series"].replace("–", "-"), cells["Instance vCPUs"], cells["Instance Memory"],
            platforms[0] if platforms else "", card, float(cells["Platform vCPUs (highest vCPU possible)"]),
            float(cells["Platform Memory"]), embodied.get(name, ""),
            note=f"Runs on {', '.join(platforms)}" if len(platforms) > 1 else "",
            aliases=f"Standard_{name.replace(' ', '_')}",
        ))  # fmt: skip
    return rows


@functools.cache
def _cpus() -> dict[tuple[str, str], str]:
    return {(row["provider"], row["published"]): row["cpu"] for row in curated("instance_cpus")}


def by_hand() -> list[Row]:
    """Return types entered by hand from the providers' documentation."""
    return [
        instance(
            row["provider"], row["name"], row["family"], row["vcpus"], row["memory_gb"], row["cpu_name"],
            {"accelerator": row["accelerator"], "count": row["count"], "note": row["note"]}, float(row["host_vcpus"]),
            float(row["host_memory_gb"]), "", aliases=row["aliases"], source="cloudregions2026", licence="CC-BY-4.0",
        ) for row in curated("instances")
    ]  # fmt: skip


def instance(
    provider: str, name: str, family: str, vcpus: str, memory: str, cpu_name: str, card: Row | None,
    host_vcpus: float, host_memory: float, embodied: str, *, note: str = "", aliases: str = "",
    source: str = "ccf2024", licence: str = "Apache-2.0",
) -> Row:  # fmt: skip
    """Return one row of the table."""
    share = float(vcpus) / host_vcpus if vcpus and host_vcpus else 0.0
    slug = re.sub(r"[^a-z0-9.+-]+", "-", name.casefold()).strip("-")
    return {
        "id": f"instance:{provider}:{slug}", "name": name, "aliases": aliases, "provider": provider, "family": family,
        "vcpus": vcpus, "memory_gb": memory, "cpu": _cpus().get((provider, cpu_name), ""), "cpu_name": cpu_name,
        "accelerator": card["accelerator"] if card else "", "accelerators": card["count"] if card else "",
        "host_vcpus": figure(host_vcpus) if host_vcpus else "",
        "host_memory_gb": figure(host_memory) if host_memory else "", "share": figure(min(share, 1.0)) if share else "",
        "host_embodied_kg": embodied, "status": "second-hand" if vcpus else "partial", "source": source,
        "licence": licence, "note": "; ".join(part for part in (note, card["note"] if card else "") if part),
    }  # fmt: skip
