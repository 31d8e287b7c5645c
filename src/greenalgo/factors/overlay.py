"""A user's own factors on top of a set: rows that replace or add, marked as the user's in every result.

The document is a mapping, read from YAML or JSON by the caller (``factors`` knows no files but its sets). Its
format is described by ``user-factors.schema.json`` beside this module, and checked against it here.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from greenalgo.errors import FactorError, FactorFileError
from greenalgo.factors.names import place_key, processor_key
from greenalgo.factors.userfile import problems_of
from greenalgo.findings import to_pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from greenalgo.factors.sets import FactorSet
    from greenalgo.factors.table import Table

#: What marks a user's row in a result.
STATUS = "user"
#: The licence of a file that names none. A pack of others' data, such as one under ODbL-1.0, names
#: its own: results then carry it, and nothing of it enters the set.
LICENCE = "LicenseRef-User"
_SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "user-factors.schema.json")
_SECTIONS = ("carbon_intensity", "processors", "pue", "wue", "constants")


def overlay(base: FactorSet, document: Any) -> FactorSet:
    """Return a set in which a user's rows come first.

    The new set is named ``<base>+<name>``; its hash covers the base's hash and the user's document.

    Args:
        base: The set to lay the rows on; it is not changed.
        document: The user's document, as read.

    Raises:
        FactorFileError: The document does not have the format, or a row cannot be; it carries everything that
            is wrong, each with a JSON pointer.
    """
    problems = problems_of(document, _SCHEMA, "the factor file")
    if problems:
        raise FactorFileError(problems)
    changed: dict[str, str] = {}
    names: dict[str, str] = {}
    source = document["source"]
    key, licence = source["key"].strip(), document.get("licence", LICENCE).strip()
    for section in _SECTIONS:
        built = []
        for index, row in enumerate(document.get(section, ())):
            try:
                built.append(_ROWS[section](base, row, names))
            except FactorError as error:
                problems.append((to_pointer((section, index)), str(error)))
        if built:
            table = base.table(section.replace("_", "-"))
            changed[base.manifest["tables"][table.name]["file"]] = _merge(
                table, built, key, licence
            )
    if problems:
        raise FactorFileError(problems)
    if names:
        changed["names.tsv"] = _index(base.read("names.tsv"), names)
    changed["sources.bib"] = base.read("sources.bib") + "\n" + _entry(source, key)
    digest = hashlib.sha256(
        (base.sha256 + json.dumps(document, sort_keys=True, default=str)).encode()
    )
    name = document["name"].strip()
    return base.with_files(changed, f"{base.name}+{name}", digest.hexdigest())


def _interval(row: Mapping[str, Any], value_key: str = "value") -> dict[str, str]:
    value = float(row[value_key])
    lower, upper = float(row.get("lower", value)), float(row.get("upper", value))
    if not lower <= value <= upper:
        raise FactorError(f"the interval {lower:g} to {upper:g} excludes the value {value:g}")
    return {value_key: f"{value:.12g}", "lower": f"{lower:.12g}", "upper": f"{upper:.12g}"}


def _slug(key: str) -> str:
    """Return a name as a part of a row's id: a table finds ids of ASCII without spaces and commas."""
    return quote(key.strip().replace(" ", "-"))


def _intensity(base: FactorSet, row: Mapping[str, Any], _names: dict[str, str]) -> dict[str, str]:
    place, year = row["location"], row["year"]
    if base.table("locations").row(place) is None:
        raise FactorError(
            f"'location' is '{place}', which is not the id of a place "
            f"(try: greenalgo factors search '{place}')",
            name=place,
        )
    boundary, basis = row.get("boundary", "lifecycle"), row.get("basis", "production")
    return {
        "id": f"ci:{place}:{boundary}:{basis}:{year}", "location": place, "name": f"{place} {year}",
        "year": str(year), **_interval(row), "unit": "g/kWh", "boundary": boundary, "basis": basis,
        "method": "location", "note": row.get("note", ""),
    }  # fmt: skip


def _processor(base: FactorSet, row: Mapping[str, Any], names: dict[str, str]) -> dict[str, str]:
    name, kind = row["name"].strip(), row["kind"]
    space = "processor-cpu" if kind == "cpu" else "processor-accelerator"
    key = processor_key(name)
    known_ids = base.names().find(space, key)
    row_id = known_ids[0] if known_ids else f"{kind}:user:{_slug(key)}"
    for alias in (name, *row.get("aliases", ())):
        names[f"{space}:{processor_key(alias)}"] = row_id
    return {
        "id": row_id, "name": name, "kind": kind, "vendor": row.get("vendor", ""),
        **_interval(row, "power_w"), "unit": "W", "power_kind": "user", "grade": "U",
        "cores": f"{row.get('cores', 0):g}", "memory_gb": f"{row.get('memory_gb', 0):g}",
        "year": str(row.get("year", "")), "note": row.get("note", ""),
    }  # fmt: skip


def _facility(
    table: str, unit: str
) -> Callable[[FactorSet, Mapping[str, Any], dict[str, str]], dict[str, str]]:
    def build(base: FactorSet, row: Mapping[str, Any], names: dict[str, str]) -> dict[str, str]:
        provider, year = row["provider"].strip(), row["year"]
        found = base.names().find("provider", place_key(provider))
        owner = found[0] if found else _slug(place_key(provider))
        names[f"provider:{place_key(provider)}"] = owner
        region = _slug(row.get("region", "fleet"))
        if region != "fleet":
            names[f"cloud-region-{owner}:{place_key(row['region'])}"] = f"region:{owner}:{region}"
        numbers = _interval(row)
        if table == "pue" and float(numbers["lower"]) < 1:
            raise FactorError(f"a PUE is at least 1; found {numbers['lower']}")
        return {
            "id": f"{table}:{owner}:{region}:{year}", "name": f"{table.upper()} of {provider} {region} {year}",
            "provider": owner, "region": region, "year": str(year), **numbers, "unit": unit, "kind": "user",
            "note": row.get("note", ""),
        }  # fmt: skip

    return build


def _constant(base: FactorSet, row: Mapping[str, Any], _names: dict[str, str]) -> dict[str, str]:
    known = base.constant(row["id"])
    return {
        "id": row["id"], "name": known.name, **_interval(row), "unit": known.unit, "year": str(known.year),
        "note": row.get("note", ""),
    }  # fmt: skip


_ROWS: dict[str, Callable[[FactorSet, Mapping[str, Any], dict[str, str]], dict[str, str]]] = {
    "carbon_intensity": _intensity,
    "processors": _processor,
    "pue": _facility("pue", "1"),
    "wue": _facility("wue", "L/kWh"),
    "constants": _constant,
}


def _merge(table: Table, rows: list[dict[str, str]], source: str, licence: str) -> str:
    """Return a table's text with a user's rows in it."""
    by_id = {row["id"]: row for row in table.rows()}
    for row in rows:
        marked = {**row, "source": source, "licence": licence, "status": STATUS}
        by_id[row["id"]] = {column: marked.get(column, "") for column in table.header}
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, table.header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(by_id[row_id] for row_id in sorted(by_id))
    return buffer.getvalue()


def _index(text: str, names: Mapping[str, str]) -> str:
    """Return the index of names with a user's names in place of what they stood for."""
    lines = [line for line in text.splitlines() if line and line.partition("\t")[0] not in names]
    lines += [f"{key}\t{row_id}" for key, row_id in names.items()]
    return "\n" + "\n".join(sorted(lines)) + "\n"


def _entry(source: Mapping[str, Any], key: str) -> str:
    fields = {
        "author": source.get("author"),
        "title": source.get("title"),
        "year": source.get("year"),
    }
    if source.get("url"):
        fields["howpublished"] = rf"\url{{{source['url']}}}"
    body = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{key}{body}\n}}\n"
