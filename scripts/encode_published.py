"""Write statements of published footprints from a table of facts.

    python scripts/encode_published.py --from published.csv -o registry/statements

The table has one published footprint a row (columns: ``COLUMNS``). What a table cannot hold, such
as notes, sources and wording, is in ``scripts/corpus/*.yaml``. The output depends on these files
alone: the same input gives the same bytes. A file that a person wrote, which is one without this
script's line at its head, is never overwritten.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent / "corpus"
MODELINE = "# yaml-language-server: $schema=https://w3id.org/greenalgo/statement/1.0\n"
MARK = "# Written by scripts/"
ISSUED = "2026-11-23"

PHASES = {
    "training": ("training", "model", "training"),
    "fine-tuning": ("fine_tuning", "model", "fine-tuning"),
    "experiments": ("development", "study", "development"),
    "inference": ("inference", "model", "inference"),
    "evaluation": ("evaluation", "study", "evaluation"),
    "simulation/analysis": ("analysis", "software", "analysis"),
}
FIELDS = {
    "NLP": "natural language processing",
    "NLP/biomedical": "biomedical language processing",
    "NLP/vision": "language processing and computer vision",
    "vision": "computer vision",
    "tables": "table understanding",
    "ML benchmarking": "machine learning",
}
#: Printed units, as exact factors to kWh, kg and L.
UNITS = {
    "GWh": Decimal(10) ** 6, "MWh": Decimal(1000), "kWh": Decimal(1), "Wh": Decimal("0.001"),
    "kt": Decimal(10) ** 6, "t": Decimal(1000), "kg": Decimal(1), "g": Decimal("0.001"),
    "lb": Decimal("0.45359237"), "kL": Decimal(1000), "L": Decimal(1), "mL": Decimal("0.001"),
}  # fmt: skip


class Printed(NamedTuple):
    """A printed figure: its text, its value in kWh, kg or L, and half a unit of its last digit."""

    text: str
    value: Decimal
    half: Decimal


def printed(text: str) -> Printed | None:
    """Read a figure such as ``85.7MWh``; nothing where nothing is printed."""
    match = re.fullmatch(r"([0-9.,]+)\s*([A-Za-z]+)", text)
    if match is None:
        return None
    digits, unit = match[1].replace(",", ""), match[2]
    places = len(digits.partition(".")[2])
    factor = UNITS[unit]
    half = Decimal(5).scaleb(-places - 1)
    return Printed(f"{match[1]} {unit}", Decimal(digits) * factor, half * factor)


def number(value: str | Decimal) -> int | float:
    """The shortest number that YAML prints for a decimal."""
    exact = Decimal(value)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def merge(base: Any, patch: Any) -> Any:
    """Merge ``patch`` into ``base``: mappings by key, lists of mappings by position; null deletes."""
    if isinstance(base, dict) and isinstance(patch, dict):
        merged = {key: value for key, value in base.items() if patch.get(key, value) is not None}
        for key, value in patch.items():
            if value is not None:
                merged[key] = merge(merged.get(key), value)
        if patch.get("status") == "not_assessed":
            return {"status": "not_assessed", "reason": patch["reason"]}
        return merged
    mappings = isinstance(patch, list) and all(isinstance(item, dict) for item in patch)
    if isinstance(base, list) and mappings:
        pairs = [merge(old, new) for old, new in zip(base, patch, strict=False)]
        return pairs + base[len(patch) :] + patch[len(base) :]
    if isinstance(patch, dict):
        return merge({}, patch)
    return patch


def facts(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))
    return data


class Recipe(NamedTuple):
    """What the YAML files say about one row."""

    settings: dict[str, Any]
    columns: dict[str, str]
    patch: dict[str, Any]


def recipe(key: str, rows: dict[str, Any]) -> Recipe:
    settings: dict[str, Any] = {}
    columns: dict[str, str] = {}
    patch: dict[str, Any] = {}
    patterns = [name for name in rows if name != key and fnmatchcase(key, name)]
    for name in [*patterns, *([key] if key in rows else [])]:
        entry = rows[name]
        settings.update({k: v for k, v in entry.items() if k not in ("set", "patch")})
        columns.update(entry.get("set", {}))
        patch = merge_patches(patch, entry.get("patch", {}))
    return Recipe(settings, columns, patch)


def merge_patches(first: Any, second: Any) -> Any:
    """Merge two patches, keeping the nulls that delete."""
    if isinstance(first, dict) and isinstance(second, dict):
        merged = dict(first)
        for key, value in second.items():
            merged[key] = merge_patches(first[key], value) if key in first else value
        return merged
    if (
        isinstance(first, list)
        and isinstance(second, list)
        and all(isinstance(item, dict) for item in [*first, *second])
    ):
        pairs = [merge_patches(a, b) for a, b in zip(first, second, strict=False)]
        return pairs + first[len(second) :] + second[len(first) :]
    return second


def paper_of(row: dict[str, str], papers: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in papers if row["paper"].startswith(name)]
    found: dict[str, Any] = papers[max(names, key=len)]
    return found


def source_of(row: dict[str, str]) -> str:
    """Where in the document the row was read, from the table's column ``evidence``."""
    evidence = row["evidence"].split("; ")[0]
    match = re.search(r"(Tables? [^;]*|[Ff]ootnote \d+|[Ss]ection [\d.]+)", row["evidence"])
    if match:
        text = re.sub(r"(\d)-(\d)", r"\1 and \2", match[1].replace(" + ", " and ").strip(" )"))
        text = text.replace("eqs ", "equations ")
        return text[:1].upper() + text[1:]
    if evidence.startswith("github:"):
        repository, _, path = evidence.removeprefix("github:").partition(" ")
        path = re.sub(r"^(?:.*/)?\.\./| L\d+-\d+$", "", path)
        return f"{path} of {repository.partition('@')[0]}"
    if "card" in row["paper"] or "README" in row["paper"]:
        return "Model card" if "card" in row["paper"] else "README"
    return "Quoted in other texts" if second_hand(row) else "Text of the document"


def second_hand(row: dict[str, str]) -> bool:
    """Whether the row was read in texts that quote the document."""
    return row["evidence_type"] == "secondary" and row["evidence"].startswith("secondary")


def hours_of(row: dict[str, str]) -> dict[str, Any]:
    where = {"status": "declared", "source": row["source"]}
    if row["wall_hours"] and row["n_devices"]:
        return {"hours": {"value": number(row["wall_hours"]), **where}}
    if row["device_hours"]:
        return {"device_hours": {"value": number(row["device_hours"]), **where}}
    if row["wall_hours"]:
        return {"hours": {"value": number(row["wall_hours"]), **where}}
    return {}


def power_status(row: dict[str, str]) -> str:
    if "avg_power" in row["imputed_fields"]:
        return "imputed"
    if "category average" in row["power_basis"]:
        return "looked_up"
    return "metered" if "measured" in row["power_basis"] else "vendor_reported"


#: What a power is of, by its status.
POWER_NOTES = {
    "vendor_reported": "Thermal design power, not a measurement.",
    "looked_up": "Mean of this kind of accelerator in Patterson et al. 2021, not a measurement.",
    "metered": "Mean system power per accelerator, with memory, network interface and host CPU.",
}


def hardware_of(row: dict[str, str], hardware: dict[str, Any]) -> list[dict[str, Any]]:
    components = [dict(item) for item in hardware.get(row["hardware"], [])]
    if components and row["n_devices"]:
        components[0]["count"] = int(row["n_devices"])
    if components and row["avg_power_W_per_device"]:
        power = {"value": number(row["avg_power_W_per_device"]), "status": power_status(row)}
        power["source"] = row["source"]
        if power["status"] in POWER_NOTES:
            power["note"] = POWER_NOTES[power["status"]]
        components[0]["power_w"] = power
    return components


#: What a power is of, where it is the accelerators' alone.
ALONE = ("measured GPU only", "TDP", "implied", "average per chip")


def boundary_of(row: dict[str, str]) -> str:
    if row["energy_includes_PUE"] == "n":
        return "device" if row["power_basis"].startswith(ALONE) else "it"
    return "facility" if row["energy_includes_PUE"] == "y" else "unknown"


def declared_energy(row: dict[str, str], boundary: str) -> dict[str, Any]:
    """The printed energy as an input, where it was measured and no product of inputs gives it."""
    figure = printed(row["reported_energy"])
    asked = row.get("declare_energy") == "yes"
    product = row["avg_power_W_per_device"] and row["device_hours"]
    if figure is None or boundary == "unknown" or (product and not asked):
        return {}
    tracked = row["power_basis"].startswith(("CodeCarbon", "measured"))
    if not tracked and not asked:
        return {}
    mixed = "RAM" in row["power_basis"]
    status = row.get("energy_status") or ("modelled" if mixed else "counter")
    quantity: dict[str, Any] = {"value": number(figure.value)}
    if row.get("energy_rounding") != "no":
        quantity["lower"] = number(figure.value - figure.half)
        quantity["upper"] = number(figure.value + figure.half)
    quantity |= {"status": status, "source": row["source"]}
    if "lower" in quantity:
        quantity["note"] = "The interval is the rounding of the printed figure."
    return quantity


def reported_of(row: dict[str, str], boundary: str) -> dict[str, Any]:
    reported: dict[str, Any] = {"boundary": row.get("boundary") or boundary}
    as_printed: dict[str, str] = {}
    energy = {"it": "energy_it_kwh", "facility": "energy_facility_kwh"}.get(boundary, "energy_kwh")
    carbon = "co2e_net_kg" if row.get("net_only") else "co2e_operational_kg"
    columns = (
        (energy, "reported_energy"),
        (carbon, "reported_co2e"),
        ("water_l", "reported_water"),
    )
    for field, column in columns:
        figure = printed(row[column])
        if figure is not None:
            reported[field] = number(figure.value)
            as_printed[field] = figure.text
    if "Market-based 0." in row["notes"]:
        reported["co2e_market_kg"] = 0
        as_printed["co2e_market_kg"] = "0 t"
    if as_printed:
        reported["as_printed"] = as_printed
    if len(reported) == 1:
        device_hours = number(row["device_hours"])
        reported = {"device_hours": device_hours}
    reported["source"] = row["source"]
    if "co2e_market_kg" in reported:
        reported["note"] = "Meta says that it matches its electricity use with renewable energy."
    return reported


def run_of(
    row: dict[str, str], boundary: str, hardware: dict[str, Any], places: dict[str, Any]
) -> dict[str, Any]:
    phase = PHASES[row["phase"]][0]
    run: dict[str, Any] = {"id": phase.replace("_", "-"), "phase": phase}
    run["outcome"] = "exploratory" if phase == "development" else "reported"
    components = hardware_of(row, hardware)
    energy = declared_energy(row, boundary)
    if energy and boundary == "device" and components:
        components[0]["energy_it_kwh"] = energy
    if components:
        run["hardware"] = components
    run |= hours_of(row)
    if places.get(row["location"]):
        run["location"] = places[row["location"]]
    if row["PUE"] and not (row["PUE"] == "1" and "PUE" in row["imputed_fields"]):
        status = "imputed" if "PUE" in row["imputed_fields"] else "declared"
        run["pue"] = {"value": number(row["PUE"]), "status": status, "source": row["source"]}
    if row["carbon_intensity_g_per_kWh"]:
        imputed = "carbon_intensity" in row["imputed_fields"]
        run["carbon_intensity_g_per_kwh"] = {
            "value": number(row["carbon_intensity_g_per_kWh"]),
            "basis": "location",
            "status": "imputed" if imputed else "declared",
            "source": row["source"],
        }
    if energy and boundary != "device":
        run["energy_it_kwh" if boundary == "it" else "energy_facility_kwh"] = energy
    return run


def functional_unit(row: dict[str, str], run: str) -> list[dict[str, Any]]:
    text = row["functional_unit"].removeprefix("per ")
    if text == "whole job":
        return []
    match = re.match(r"(\d+) (\w+)s$", text)
    if match:
        return [{"unit": match[2], "quantity": int(match[1]), "run": run}]
    match = re.match(r"prompt (\w+) in-([\w.]+) out", text)
    unit = f"prompt of {match[1]} tokens, answered in {match[2]}" if match else text
    return [{"unit": unit, "quantity": 1, "run": run}]


def title_of(row: dict[str, str], by: str) -> str:
    name, word = row["model"], PHASES[row["phase"]][2]
    units = functional_unit(row, "")
    if units:
        many = "" if units[0]["quantity"] == 1 else "s"
        name += f", {units[0]['quantity'] if many else 'one'} {units[0]['unit']}{many}"
    if word in name or row["phase"] in ("inference", "simulation/analysis", "evaluation"):
        return f"{name}, as {by}"
    return f"{name} {word}, as {by}"


def encode(row: dict[str, str], entry: Recipe, paper: dict[str, Any]) -> dict[str, Any]:
    """Return the statement of one row."""
    row = {**row, "source": source_of(row), **entry.columns}
    for name in ("boundary", "net_only"):
        if name in entry.settings:
            row[name] = str(entry.settings[name])
    boundary = boundary_of(row)
    run = run_of(row, boundary, facts("hardware"), facts("places"))
    name = row["model"].removesuffix(" (CodeCarbon csv)")
    name = re.sub(r" (training|fine-tuning)$", "", name)
    task = name.removeprefix("mean over 8 models: ")
    if task != name:
        row["model"] = name = f"{task[:1].upper()}{task[1:]}, mean over 8 models"
    else:
        row["model"], task = name, ""
    subject = {"name": name, "kind": PHASES[row["phase"]][1], **paper.get("subject", {})}
    size = re.findall(r"(?<![\d+])(\d+(?:\.\d+)?)B\b", name)
    if len(size) == 1 and row["phase"] in ("training", "fine-tuning", "inference"):
        subject["parameters"] = number(Decimal(size[0]) * 10**9)
    if task:
        subject["task"] = task
    else:
        subject["field"] = FIELDS.get(row["field"], row["field"])
    document: dict[str, Any] = {
        "spec_version": "1.0",
        "title": entry.settings.get("title") or title_of(row, paper["by"]),
        "subject": subject,
        "issued": ISSUED,
        "licence": "CC-BY-4.0",
        "boundary": {},
        "runs": [run],
        "functional_units": functional_unit(row, run["id"]),
        "reported": reported_of(row, boundary),
        "relations": [],
        "provenance": {
            "citation": entry.settings.get("cite") or paper["cite"],
            "compiled_by": "greenalgo maintainers, from the document",
        },
        "note": "",
    }
    if second_hand(row):
        document["provenance"]["compiled_by"] = (
            "greenalgo maintainers, from texts that quote the document"
        )
    document = merge(merge(document, paper.get("patch", {})), entry.patch)
    for each in document["runs"]:
        state_gaps(each)
    return {key: value for key, value in document.items() if value not in ({}, [], "")}


def state_gaps(run: dict[str, Any]) -> None:
    """Say of an input that a computation would need and the document lacks, that it is not there."""
    absent = {"status": "not_assessed", "reason": "Not given."}
    components = run.get("hardware", [])
    whole = "energy_it_kwh" in run or "energy_facility_kwh" in run
    if not components and not whole:
        return
    for component in components:
        if not whole and "energy_it_kwh" not in component:
            component.setdefault("power_w", absent)
    timed = "hours" in run or "device_hours" in run
    if not whole and not timed and not any("energy_it_kwh" in part for part in components):
        run["hours"] = absent
    run.setdefault("pue", absent)
    if "country" not in run.get("location", {}):
        run.setdefault("carbon_intensity_g_per_kwh", absent)


class Dumper(yaml.SafeDumper):
    """Block style, lists indented, lists of plain values on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, False)  # noqa: FBT003

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def represent_items(self, items: list[Any]) -> yaml.Node:
        plain = not any(isinstance(item, (dict, list)) for item in items)
        return self.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=plain)


Dumper.add_representer(list, Dumper.represent_items)

#: The order of keys in a run and in what it holds, as the schema describes them.
RUN = [
    "id", "name", "phase", "outcome", "hardware", "hours", "device_hours", "location", "pue",
    "carbon_intensity_g_per_kwh", "energy_it_kwh", "energy_facility_kwh", "water", "work",
    "measurement", "note",
]  # fmt: skip
PART = [
    "kind", "model", "count", "memory_gb", "power_scope", "power_w", "energy_it_kwh",
    "value", "lower", "upper", "basis", "status", "reason", "source", "note",
]  # fmt: skip


def ordered(value: Any, order: list[str]) -> Any:
    """Put the keys of a run, its components and quantities in order; a note comes last."""
    if isinstance(value, list):
        return [ordered(item, order) for item in value]
    if isinstance(value, dict):
        before_note = len(order) - 1.5
        places = {k: order.index(k) if k in order else before_note for k in value}
        return {key: ordered(value[key], PART) for key in sorted(value, key=places.__getitem__)}
    return value


def dump(document: dict[str, Any], key: str, top: str) -> str:
    """Return the file's text: double quotes where YAML needs quotes, as people write them."""
    document = {**document, "runs": ordered(document["runs"], RUN)}
    text = yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)
    text = re.sub(r"(?m)(?<=[\[ ])'([^'\"\\\n]*)'(?=[,\]]|$)", r'"\1"', text)
    comment = "".join(f"# {line}\n" for line in top.splitlines())
    return (
        f"{MODELINE}{MARK}encode_published.py from a table of facts (row {key}).\n{comment}{text}"
    )


def write(path: Path, text: str) -> str:
    """Write a statement unless a person wrote it; return what happened."""
    if path.exists():
        old = path.read_text("utf-8")
        if MARK not in old:
            return "kept, written by hand"
        if old == text:
            return "unchanged"
    path.write_text(text, "utf-8")
    return "written"


def statements(table: Path) -> Iterator[tuple[str, str, str]]:
    """Yield ``(key, file stem, text)`` of every row; the text is empty where a person wrote it."""
    papers, rows = facts("papers"), facts("rows")
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = row["key"]
            entry = recipe(key, rows)
            if "skip" in entry.settings:
                yield key, "", str(entry.settings["skip"])
            elif "by_hand" in entry.settings:
                yield key, str(entry.settings["by_hand"]), ""
            else:
                document = encode(row, entry, paper_of(row, papers))
                yield key, key, dump(document, key, str(entry.settings.get("top", "")))


def main(arguments: list[str]) -> int:
    """Write the statements; say what was left out and why."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--from", dest="table", type=Path, required=True, help="the table of facts")
    parser.add_argument(
        "-o", dest="output", type=Path, required=True, help="the folder to write to"
    )
    options = parser.parse_args(arguments)
    counts: dict[str, int] = {}
    for key, stem, text in statements(options.table):
        if not stem:
            outcome = f"left out: {text}"
            print(f"{key}: {outcome}")
        elif text:
            outcome = write(options.output / f"{stem}.yaml", text)
        else:
            outcome = "by hand"
            if not (options.output / f"{stem}.yaml").exists():
                print(f"{key}: {stem}.yaml is not there", file=sys.stderr)
                outcome = "missing"
        counts[outcome] = counts.get(outcome, 0) + 1
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))
    return 1 if "missing" in counts else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
