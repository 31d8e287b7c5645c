"""Statements and stores for the tests of the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_postgres import database_url

from greenalgo.registry.door import draft_of, look
from greenalgo.registry.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from greenalgo.registry.record import Draft
    from greenalgo.registry.store import Store

KINDS = ("directory", "sqlite", "postgresql")
DATABASES = KINDS[1:]


def statement(name: str = "Chess-7B", hours: int = 100, extra: str = "") -> bytes:
    """Return a statement of level L1."""
    return f"""\
# A comment that leaves no trace in the digest.
spec_version: "1.0"
title: Training of {name}
subject: {{name: "{name}", kind: model}}
runs:
  - id: training
    phase: training
    hardware:
      - {{kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 8, power_w: 400}}
    hours: {hours}
    location: {{country: FRA}}
    pue: 1.2
    carbon_intensity_g_per_kwh: 57
{extra}""".encode()


def url_of(kind: str, folder: Path) -> str:
    if kind == "directory":
        return str(folder / "registry")
    return f"sqlite:///{folder}/registry.db" if kind == "sqlite" else database_url(str(folder))


def make_store(kind: str, folder: Path) -> Store:
    return open_store(url_of(kind, folder), create=True)


def draft(hours: int = 100, *, supersedes: str = "", name: str = "Chess-7B") -> Draft:
    raw = statement(name, hours)
    return draft_of(look(raw, "footprint.yaml"), raw, "footprint.yaml", supersedes=supersedes)
