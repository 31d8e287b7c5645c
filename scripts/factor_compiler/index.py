"""The index of names: every key that a lookup finds, each standing for one id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from factor_compiler.common import CompileError, Row, curated
from greenalgo.factors.names import place_key, processor_key

if TYPE_CHECKING:
    from collections.abc import Iterable


class Index:
    """Keys by namespace; a key that stands for two ids stops the release."""

    def __init__(self) -> None:
        self.keys: dict[tuple[str, str], set[str]] = {}

    def add(self, namespace: str, key: str, row_id: str) -> None:
        """Add a key."""
        if not key or "\t" in key:
            raise CompileError(f"{row_id}: a name has an empty key")
        self.keys.setdefault((namespace, key), set()).add(row_id)

    def text(self, ambiguous: frozenset[str] = frozenset()) -> str:
        """Return the index file's text.

        Args:
            ambiguous: Namespaces in which a key may stand for several ids (the lookup then refuses it).

        Raises:
            CompileError: A key stands for several ids elsewhere.
        """
        lines = []
        for (namespace, key), ids in sorted(self.keys.items()):
            if len(ids) > 1 and namespace not in ambiguous:
                raise CompileError(f"'{key}' ({namespace}) names {' and '.join(sorted(ids))}")
            lines.append(f"{namespace}:{key}\t{' '.join(sorted(ids))}\n")
        return "\n" + "".join(lines)


def names(row: Row) -> list[str]:
    """Return a row's name and aliases."""
    return [row["name"], *(alias for alias in row["aliases"].split("|") if alias)]


def build(
    processors: Iterable[Row],
    locations: Iterable[Row],
    regions: Iterable[Row],
    instances: Iterable[Row],
) -> str:
    """Return the index of a set."""
    index = Index()
    for row in processors:
        space = "processor-cpu" if row["kind"] == "cpu" else "processor-accelerator"
        for name in names(row):
            index.add(space, processor_key(name), row["id"])
    for row in processors:
        key = processor_key(row["name"])
        sized = f"{key} {float(row['memory_gb'] or 0):g}gb"
        if row["kind"] != "cpu" and row["memory_gb"] and "gb" not in key and "." not in sized:
            index.keys.setdefault(("processor-accelerator", sized), {row["id"]})
    for row in locations:
        space = {"country": "country", "aggregate": "country", "zone": "zone"}.get(
            row["level"], "region"
        )
        for name in [*names(row), row["id"], *([row["alpha2"]] if row["alpha2"] else [])]:
            index.add(space, place_key(name), row["id"])
        if space == "zone":
            index.add("region", place_key(row["id"]), row["id"])
        if space == "region":
            index.add("zone", place_key(row["id"]), row["id"])
    for row in curated("providers"):
        for name in [*names(row), row["id"]]:
            index.add("provider", place_key(name), row["id"])
    for row in regions:
        for name in [*names(row), row["region_code"]]:
            key = place_key(name)
            index.add(f"cloud-region-{row['provider']}", key, row["id"])
            index.add(f"cloud-region-{row['provider']}", key.replace(" ", ""), row["id"])
            index.add("cloud-region", key, row["id"])
    for row in instances:
        for name in names(row):
            index.add("instance", place_key(name), row["id"])
            index.add(f"instance-{row['provider']}", place_key(name), row["id"])
    return index.text(ambiguous=frozenset({"cloud-region", "region", "instance"}))
