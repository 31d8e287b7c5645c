"""A small registry for the tests of the pages: some of the corpus, and statements made to be told apart."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from greenalgo.registry.service.desk import Desk
from greenalgo.registry.service.settings import Settings
from greenalgo.registry.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "registry" / "statements"
#: Statements of the corpus that are copied: families, figures of all kinds, a relative claim, totals of some runs.
CHOSEN = (
    "luccioni2022-*",
    "patterson2021-*",
    "jegham2025-deepseekr1-*",
    "spyra2025-*",
    "morrison2025-training-total",
    "lannelongue2021-g*",
)
VALID = """\
spec_version: "1.0"
title: A statement of the tests
subject: {name: Tested, kind: model}
runs:
  - id: main
    phase: training
    outcome: reported
    hardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 8, power_w: {value: 350, status: metered}}]
    hours: 10
    location: {country: FRA}
    pue: {value: 1.2, source: the operator}
    carbon_intensity_g_per_kwh: {value: 57, year: 2024, source: the grid operator}
"""


def copy_corpus(folder: Path) -> Path:
    """Copy some of the corpus into a folder."""
    folder.mkdir(parents=True)
    for pattern in CHOSEN:
        for path in CORPUS.glob(f"{pattern}.yaml"):
            shutil.copy(path, folder / path.name)
    return folder


def open_desk(folder: Path, *, open_door: bool = True) -> Desk:
    """Open a desk on a directory."""
    store = open_store(str(folder), create=True)
    return Desk(store, Settings("http://testserver", open_door))


def digests(html: str) -> list[str]:
    """Return the digests that a page links to, each once, in order."""
    parts = html.split('href="/statements/')[1:]
    return list(dict.fromkeys(part[:64] for part in parts if part[64:65] == '"'))


def links(html: str, attribute: str = "href") -> Iterator[str]:
    """Yield the values of an attribute."""
    for part in html.split(f'{attribute}="')[1:]:
        yield part.partition('"')[0]
