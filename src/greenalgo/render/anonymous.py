"""Double-blind: a filled statement without what says who, and an account of what was taken out.

What stays is what a reviewer needs to recompute: hardware, hours, PUE, carbon intensity, country, results.
What goes is named in :data:`Blinded.dropped`. Free text that stays (a unit, a hardware model, a list of
what is excluded) is withheld too where it repeats something that was taken out.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.footprint.compute import WITHOUT
from greenalgo.render.context import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: What stands for a text that would identify.
WITHHELD = "(withheld)"
_TOP = (
    "authors", "relations", "provenance", "extensions", "licence", "note", "issued", "period", "conforms_to",
)  # fmt: skip
_SUBJECT = ("name", "version", "doi", "arxiv", "url", "commit", "description", "latex_label")
_RUN = ("name", "latex_label", "host", "command", "note", "same_run_as", "period", "measurement")
_PLACE = ("region", "grid_zone", "provider", "provider_region", "site", "note")
#: Ids of factors that say no more than what stays: a country, a processor, a constant, a world average.
_PUBLIC = re.compile(
    r"(ci|water):[A-Z]{3}(:.*)?|(pue|wue):world-average(:.*)?|(gpu|cpu|accelerator|embodied):.*|[^:]*"
)
#: Keys of a trace that point to places, rows and texts; the numbers stay.
_TRACE = ("factor", "at", "source", "note")
_SHORTEST = 3
#: Names of runs that say what every paper says.
_COMMON = frozenset({
    "datapreparation", "training", "train", "finetuning", "search", "evaluation", "eval", "inference",
    "simulation", "analysis", "development", "run", "main", "final", "test", "baseline", "pretraining", "model",
})  # fmt: skip


class Blinded(NamedTuple):
    """A statement for review.

    Attributes:
        filled: The filled statement without what identifies.
        dropped: What was taken out, a line each.
        withheld: The texts that were taken out, to test other text against.
    """

    filled: dict[str, Any]
    dropped: tuple[str, ...]
    withheld: frozenset[str]


def anonymise(filled: Mapping[str, Any]) -> Blinded:
    """Take out of a filled statement what identifies its authors, their machines or the work.

    Args:
        filled: A filled statement; it is not changed.
    """
    blind: dict[str, Any] = copy.deepcopy(dict(filled))
    dropped: list[str] = ["the statement's digest and its own citation"]
    secret: set[str] = set()

    def drop(block: dict[str, Any], keys: Iterable[str], where: str) -> None:
        gone = [key for key in keys if key in block]
        for key in gone:
            secret.update(_texts(block.pop(key)))
        if gone:
            dropped.append(f"{where}: {', '.join(gone)}")

    drop(blind, ("title", *_TOP), "statement")
    drop(blind.get("subject", {}), _SUBJECT, "subject")
    blind["title"] = "Anonymous statement"
    names = _names(blind.get("runs", ()))
    for run in blind.get("runs", ()):
        old = run["id"]
        secret.update(_texts(old))
        run["id"] = names[old]
        drop(run, _RUN, f"run '{names[old]}' (was '{old}')")
        drop(run.get("location", {}), _PLACE, f"location of '{names[old]}'")
        for part in run.get("hardware", ()):
            drop(part, ("source", "note"), f"hardware of '{names[old]}'")
    for row in blind.get("functional_units", ()):
        if "run" in row:
            row["run"] = names.get(row["run"], WITHHELD)
    _reported(blind.get("reported", {}), names, drop)
    _results(blind.get("results", {}), names, dropped)
    withheld = frozenset(text for text in secret - _COMMON if len(text) >= _SHORTEST)
    kept = {"results", "runs", "functional_units", "boundary", "reported", "offsets", "subject"}
    hidden = 0
    for key in kept & blind.keys():
        blind[key], count = _scrub(blind[key], withheld, key)
        hidden += count
    if hidden:
        texts = (
            "one other text that repeats" if hidden == 1 else f"{hidden} other texts that repeat"
        )
        dropped.append(f"{texts} one of these")
    return Blinded(blind, tuple(dropped), withheld)


def identifies(text: str, withheld: frozenset[str]) -> bool:
    """Say whether a text repeats something that was taken out."""
    folded = _fold(text)
    return any(secret in folded for secret in withheld)


def _names(runs: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Give every run a name that says its phase and nothing else: ``training``, ``evaluation 2``."""
    rows = list(runs)
    phases = [words(run.get("phase", "run")) for run in rows]
    seen: dict[str, int] = {}
    names: dict[str, str] = {}
    for run, phase in zip(rows, phases, strict=True):
        seen[phase] = seen.get(phase, 0) + 1
        names[run["id"]] = f"{phase} {seen[phase]}" if phases.count(phase) > 1 else phase
    return names


def _reported(block: dict[str, Any], names: Mapping[str, str], drop: Any) -> None:
    drop(block, ("source", "note"), "reported")
    if "runs" in block:
        block["runs"] = {names.get(run, WITHHELD): row for run, row in block["runs"].items()}
    for row in [*block.get("runs", {}).values(), *block.get("per_functional_unit", ())]:
        drop(row, ("source", "note"), "reported")
    for row in [*block.get("per_functional_unit", ()), *block.get("claims", ())]:
        for key in ("run", "against_run"):
            if key in row:
                row[key] = names.get(row[key], WITHHELD)
    for claim in block.get("claims", ()):
        drop(claim, ("source", "note"), "claim")
        if "against" in claim:
            claim["against"] = "another statement"


def _results(results: dict[str, Any], names: Mapping[str, str], dropped: list[str]) -> None:
    results["runs"] = {names.get(run, run): row for run, row in results.get("runs", {}).items()}
    for row in results.get("per_functional_unit", ()):
        if "run" in row:
            row["run"] = names.get(row["run"], WITHHELD)
    rows = results.get("factors", [])
    telling = [row for row in rows if not _PUBLIC.fullmatch(row.get("id", ""))]
    kept = [row for row in rows if row not in telling]
    results["factors"] = kept
    lost = {row.get("source") for row in telling} - {row.get("source") for row in kept}
    results["citations"] = [key for key in results.get("citations", ()) if key not in lost]
    if telling:
        dropped.append(f"factors of a provider or a region: {len(telling)}")
    rates = results.get("per_functional_unit", ())
    for block in (*results["runs"].values(), results.get("totals", {}), *rates):
        _strip(block)


def _strip(value: object) -> None:
    """Take the pointers out of every trace inside a value; of runs that a total lacks, keep how many."""
    if isinstance(value, dict):
        note = value.get("note")
        if isinstance(note, str) and note.startswith(WITHOUT):
            value["note"] = WITHOUT + ", ".join("run" for _ in note.split(", "))
        for given in value.get("inputs", ()):
            for key in _TRACE:
                given.pop(key, None)
        for item in value.values():
            _strip(item)
    elif isinstance(value, list):
        for item in value:
            _strip(item)


def _fold(text: str) -> str:
    """Keep letters and digits: ``Jean Zay`` and ``jean-zay`` are one name."""
    return "".join(char for char in text.casefold() if char.isalnum())


def _texts(value: object) -> Iterator[str]:
    """Yield the strings inside a value, folded for comparison."""
    if isinstance(value, str):
        yield _fold(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


#: Keys whose values are vocabulary or references, never free text.
_CLOSED = frozenset({
    "id", "phase", "outcome", "kind", "status", "basis", "country", "run", "against_run", "method", "formula",
    "at", "factor", "table", "unit_kind", "boundary", "metric", "level", "policy", "tool", "factor_set",
    "factor_set_sha256", "sha256", "power_scope", "licence", "how", "citations", "facility", "as_printed",
})  # fmt: skip


def _scrub(value: Any, withheld: frozenset[str], key: str) -> tuple[Any, int]:
    """Withhold strings that repeat a secret; vocabulary and keys stay."""
    if isinstance(value, str):
        if key not in _CLOSED and identifies(value, withheld):
            return WITHHELD, 1
        return value, 0
    if isinstance(value, dict):
        pairs = {name: _scrub(item, withheld, name) for name, item in value.items()}
        return {name: pair[0] for name, pair in pairs.items()}, sum(p[1] for p in pairs.values())
    if isinstance(value, list):
        items = [_scrub(item, withheld, key) for item in value]
        return [item[0] for item in items], sum(item[1] for item in items)
    return value, 0
