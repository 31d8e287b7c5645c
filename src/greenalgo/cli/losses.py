"""What an import or an export kept, converted and lost: as text for people, and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from greenalgo.cli.report.style import safe
from greenalgo.findings import finding_record
from greenalgo.formats import Imported
from greenalgo.formats.records import NO_PLACE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenalgo.formats import Entry, Written

#: The words for what became of a field, in the order of the report.
_ORDER = ("kept", "converted", "dropped", "missing")
#: So many fields of one fate are named one by one.
_MOST = 60


def report_text(told: Iterable[str], entries: list[Entry]) -> str:
    """Return a loss report for people: one line for what was kept, and one for each field that was not.

    Args:
        told: What stands above it, a line each.
        entries: What became of each field.
    """
    lines = [safe(line) for line in told]
    for fate in _ORDER:
        those = list(
            dict.fromkeys((e.field, e.to, e.note) for e in entries if e.fate.value == fate)
        )
        # What was kept needs no words, and neither does what has no place at all.
        plain = [
            field for field, to, note in those if fate == "kept" or (not to and note == NO_PLACE)
        ]
        if plain:
            words = ", ".join(map(safe, plain)) + ("" if fate == "kept" else f": {NO_PLACE}")
            lines.append(f"  {fate:<10} {words}")
        those = [entry for entry in those if entry[0] not in plain]
        for field, to, note in those[:_MOST]:
            said = "; ".join(part for part in (f"-> {to}" if to else "", note) if part)
            lines.append(f"  {fate:<10} {safe(field)}" + (f": {safe(said)}" if said else ""))
        if len(those) > _MOST:
            lines.append(f"  {fate:<10} and {len(those) - _MOST} more (--report FILE has them)")
    return "".join(f"{line}\n" for line in lines)


def report_json(done: Imported | Written) -> str:
    """Return a loss report as JSON: files with their formats, fields, findings."""
    record: dict[str, Any] = {}
    if isinstance(done, Imported):
        record["files"] = [
            {"file": name, "format": form, "told_by": marks, "tool": tool}
            for name, form, marks, tool in done.read
        ]
    record["fields"] = [
        {
            "field": entry.field, "fate": entry.fate.value, "to": entry.to or None, "note": entry.note or None,
            "file": entry.file or None, "line": entry.line or None, "column": entry.column or None,
        }
        for entry in done.entries
    ]  # fmt: skip
    record["findings"] = [finding_record(finding) for finding in done.findings]
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"
