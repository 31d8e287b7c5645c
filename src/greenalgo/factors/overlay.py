"""A user's own factors on top of a set: rows that replace or add, marked as the user's in every result.

The document is a mapping, read from YAML or JSON by the caller (``factors`` knows no files but its sets). Its
format is described by ``user-factors.schema.json`` beside this module.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

from greenalgo.errors import FactorError
from greenalgo.factors.names import place_key, processor_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from greenalgo.factors.sets import FactorSet
    from greenalgo.factors.table import Table

#: The format that this release reads.
FORMAT = 1
#: What marks a user's row in a result.
STATUS = "user"
#: The licence of a file that names none. A pack of others' data, such as one under ODbL-1.0, names
#: its own: results then carry it, and nothing of it enters the set.
LICENCE = "LicenseRef-User"
_SECTIONS = ("carbon_intensity", "processors", "pue", "wue", "constants")
_TOP = ("format", "name", "licence", "source", *_SECTIONS)


def overlay(base: FactorSet, document: Any) -> FactorSet:
    """Return a set in which a user's rows come first.

    The new set is named ``<base>+<name>``; its hash covers the base's hash and the user's document.

    Args:
        base: The set to lay the rows on; it is not changed.
        document: The user's document, as read.

    Raises:
        FactorError: The document does not have the format; the message says where.
    """
    _check_keys(document, _TOP, "the factor file")
    if document.get("format") != FORMAT:
        raise FactorError(
            f"the factor file must say 'format: {FORMAT}'; it says {document.get('format')!r}"
        )
    name, source = _text(document, "name", "the factor file"), document.get("source")
    if not isinstance(source, dict):
        raise FactorError("the factor file has no 'source': a mapping with 'key' and 'title'")
    _check_keys(source, ("key", "title", "author", "year", "url"), "source")
    key = _text(source, "key", "source")
    licence = _text(document, "licence", "the factor file") if "licence" in document else LICENCE
    changed: dict[str, str] = {}
    names: dict[str, str] = {}
    for section in _SECTIONS:
        rows = document.get(section) or []
        if not isinstance(rows, list):
            raise FactorError(f"'{section}' of the factor file is not a list")
        if rows:
            table = base.table(section.replace("_", "-"))
            built = [
                _ROWS[section](base, row, f"{section}[{i}]", names) for i, row in enumerate(rows)
            ]
            changed[base.manifest["tables"][table.name]["file"]] = _merge(
                table, built, key, licence
            )
    if names:
        changed["names.tsv"] = _index(base.read("names.tsv"), names)
    changed["sources.bib"] = base.read("sources.bib") + "\n" + _entry(source, key)
    digest = hashlib.sha256(
        (base.sha256 + json.dumps(document, sort_keys=True, default=str)).encode()
    )
    return base.with_files(changed, f"{base.name}+{name}", digest.hexdigest())


def _check_keys(row: Any, known: tuple[str, ...], where: str) -> None:
    if not isinstance(row, dict):
        raise FactorError(f"{where} is not a mapping of keys to values")
    for key in row:
        if key not in known:
            raise FactorError(f"{where} has an unknown key '{key}'; known are {', '.join(known)}")


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip() or any(char in value for char in '\n\t,"'):
        raise FactorError(f"'{key}' of {where} must be a text without comma, quote or line break")
    return value.strip()


def _number(row: Mapping[str, Any], key: str, where: str, default: float | None = None) -> float:
    value = row.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise FactorError(f"'{key}' of {where} must be a number of at least 0")
    return float(value)


def _interval(row: Mapping[str, Any], where: str, value_key: str = "value") -> dict[str, str]:
    value = _number(row, value_key, where)
    lower, upper = _number(row, "lower", where, value), _number(row, "upper", where, value)
    if not lower <= value <= upper:
        raise FactorError(f"the interval {lower:g} to {upper:g} of {where} excludes {value:g}")
    return {value_key: f"{value:.12g}", "lower": f"{lower:.12g}", "upper": f"{upper:.12g}"}


def _year(row: Mapping[str, Any], where: str) -> str:
    year = row.get("year")
    if isinstance(year, bool) or not isinstance(year, int) or not 1900 <= year <= 2100:
        raise FactorError(f"'year' of {where} must be a year")
    return str(year)


def _intensity(base: FactorSet, row: Any, where: str, _names: dict[str, str]) -> dict[str, str]:
    known = ("location", "year", "value", "lower", "upper", "boundary", "basis", "note")
    _check_keys(row, known, where)
    place = _text(row, "location", where)
    if base.table("locations").row(place) is None:
        raise FactorError(
            f"'location' of {where} is '{place}', which is not the id of a place", name=place
        )
    boundary, basis = row.get("boundary", "lifecycle"), row.get("basis", "production")
    if boundary not in ("lifecycle", "direct") or basis not in ("production", "consumption"):
        raise FactorError(
            f"{where}: boundary is lifecycle or direct, basis is production or consumption"
        )
    year = _year(row, where)
    return {
        "id": f"ci:{place}:{boundary}:{basis}:{year}", "location": place, "name": f"{place} {year}", "year": year,
        **_interval(row, where), "unit": "g/kWh", "boundary": boundary, "basis": basis, "method": "location",
        "note": str(row.get("note", "")),
    }  # fmt: skip


def _processor(base: FactorSet, row: Any, where: str, names: dict[str, str]) -> dict[str, str]:
    known = (
        "name",
        "aliases",
        "kind",
        "vendor",
        "power_w",
        "lower",
        "upper",
        "cores",
        "memory_gb",
        "year",
        "note",
    )
    _check_keys(row, known, where)
    name = _text(row, "name", where)
    kind = row.get("kind")
    if kind not in ("cpu", "gpu", "accelerator"):
        raise FactorError(f"'kind' of {where} must be cpu, gpu or accelerator")
    space = "processor-cpu" if kind == "cpu" else "processor-accelerator"
    key = processor_key(name)
    known_ids = base.names().find(space, key)
    row_id = known_ids[0] if known_ids else f"{kind}:user:{key.replace(' ', '-')}"
    for alias in (name, *row.get("aliases", ())):
        names[f"{space}:{processor_key(str(alias))}"] = row_id
    return {
        "id": row_id, "name": name, "kind": kind, "vendor": str(row.get("vendor", "")),
        **_interval(row, where, "power_w"), "unit": "W", "power_kind": "user", "grade": "U",
        "cores": f"{_number(row, 'cores', where, 0):g}", "memory_gb": f"{_number(row, 'memory_gb', where, 0):g}",
        "year": str(row.get("year", "")), "note": str(row.get("note", "")),
    }  # fmt: skip


def _facility(
    table: str, unit: str
) -> Callable[[FactorSet, Any, str, dict[str, str]], dict[str, str]]:
    def build(_base: FactorSet, row: Any, where: str, names: dict[str, str]) -> dict[str, str]:
        _check_keys(row, ("provider", "region", "year", "value", "lower", "upper", "note"), where)
        provider, year = _text(row, "provider", where), _year(row, where)
        owner = place_key(provider).replace(" ", "-")
        found = _base.names().find("provider", place_key(provider))
        owner = found[0] if found else owner
        names[f"provider:{place_key(provider)}"] = owner
        region = str(row.get("region", "")) or "fleet"
        if region != "fleet":
            names[f"cloud-region-{owner}:{place_key(region)}"] = f"region:{owner}:{region}"
        numbers = _interval(row, where)
        if table == "pue" and float(numbers["lower"]) < 1:
            raise FactorError(f"the PUE of {where} is below 1")
        return {
            "id": f"{table}:{owner}:{region}:{year}", "name": f"{table.upper()} of {provider} {region} {year}",
            "provider": owner, "region": region, "year": year, **numbers, "unit": unit, "kind": "user",
            "note": str(row.get("note", "")),
        }  # fmt: skip

    return build


def _constant(base: FactorSet, row: Any, where: str, _names: dict[str, str]) -> dict[str, str]:
    _check_keys(row, ("id", "value", "lower", "upper", "note"), where)
    row_id = _text(row, "id", where)
    known = base.constant(row_id)
    return {
        "id": row_id, "name": known.name, **_interval(row, where), "unit": known.unit, "year": str(known.year),
        "note": str(row.get("note", "")),
    }  # fmt: skip


_ROWS: dict[str, Callable[[FactorSet, Any, str, dict[str, str]], dict[str, str]]] = {
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
