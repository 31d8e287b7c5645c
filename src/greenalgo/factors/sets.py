"""Factor sets: open one, look something up.

A set is a directory of tables, an index of names, policies, sources and a manifest with the SHA-256 of every
file. Sets are never changed once released, and every one stays loadable.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from greenalgo.errors import FactorError, MissingFactorError, UnknownNameError
from greenalgo.factors import intensity, lookup
from greenalgo.factors.digest import sha256_of
from greenalgo.factors.names import Names, place_key
from greenalgo.factors.policies import read_policy
from greenalgo.factors.search import search_rows
from greenalgo.factors.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from greenalgo.factors.records import Factor, Instance, Policy, Processor

#: The format of sets that this release reads.
FORMAT = 1
_SETS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sets")


def list_sets() -> tuple[str, ...]:
    """Return the names of the sets of this installation, oldest first."""
    return tuple(sorted(name for name in os.listdir(_SETS) if name[:1].isdigit()))


def open_set(name: str | None = None) -> FactorSet:
    """Open a factor set.

    Args:
        name: Its name, such as ``2026.11``; None opens the newest. The path of a directory with a
            ``manifest.json`` opens that set.

    Raises:
        FactorError: There is no such set; carries the names of those that exist.
    """
    if name and os.path.isfile(os.path.join(name, "manifest.json")):
        return FactorSet(name)
    sets = list_sets()
    chosen = sets[-1] if name is None and sets else name
    if chosen is None or chosen not in sets:
        raise FactorError(
            f"there is no factor set '{name}'; this installation has {', '.join(sets)}",
            name=name or "", candidates=sets,
        )  # fmt: skip
    return FactorSet(os.path.join(_SETS, chosen))


class FactorSet:
    """A dated, hashed release of all factor tables.

    Args:
        path: The set's directory.

    Attributes:
        name: The set's name, such as ``2026.11``.
        sha256: SHA-256 over the manifest; it covers every byte of the set.
    """

    __slots__ = ("_files", "_names", "_path", "manifest", "name", "sha256")

    def __init__(self, path: str) -> None:
        self._path = path
        self._files: dict[str, bytes] = {}
        self._names: Names | None = None
        self.manifest: dict[str, Any] = json.loads(self.read("manifest.json"))
        if self.manifest["format"] != FORMAT:
            raise FactorError(
                f"the factor set has format {self.manifest['format']}; this greenalgo reads format {FORMAT}"
            )
        self.name: str = self.manifest["name"]
        self.sha256: str = self.manifest["sha256"]

    def with_files(self, files: dict[str, str], name: str, sha256: str) -> FactorSet:
        """Return a set in which some files have another text; see :func:`greenalgo.factors.overlay.overlay`."""
        copy = FactorSet(self._path)
        changed = {file: text.encode() for file, text in files.items()}
        copy._files |= {**self._files, **changed}
        copy.name, copy.sha256 = name, sha256
        return copy

    def read(self, file: str) -> str:
        """Return the text of one of the set's files.

        Raises:
            FactorError: There is no such file in the set.
        """
        return self.read_bytes(file).decode()

    def read_bytes(self, file: str) -> bytes:
        """Return one of the set's files; see :meth:`read`."""
        if file not in self._files:
            try:
                with open(os.path.join(self._path, *file.split("/")), "rb") as handle:
                    self._files[file] = handle.read()
            except FileNotFoundError as error:
                raise FactorError(
                    f"'{file}' is missing from the factor set: reinstall greenalgo"
                ) from error
        return self._files[file]

    def table(self, name: str) -> Table:
        """Return a table.

        Args:
            name: Its name, such as ``carbon-intensity``.

        Raises:
            UnknownNameError: There is no such table; carries the names of those that exist.
        """
        if name not in self.manifest["tables"]:
            tables = self.tables()
            raise UnknownNameError(
                f"there is no table '{name}'; there are {', '.join(tables)}",
                name=name,
                candidates=tables,
            )
        return Table(name, self.read_bytes(self.manifest["tables"][name]["file"]))

    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables."""
        return tuple(self.manifest["tables"])

    def rows(self, table: str) -> Iterator[dict[str, str]]:
        """Yield the rows of a table as text by column, in order of id."""
        return self.table(table).rows()

    def names(self) -> Names:
        """Return the index of names."""
        if self._names is None:
            self._names = Names(self.read_bytes("names.tsv"))
        return self._names

    def carbon_intensity(
        self,
        country: str | None = None,
        region: str | None = None,
        grid_zone: str | None = None,
        provider: str | None = None,
        provider_region: str | None = None,
        year: int | None = None,
        *,
        boundary: str = "lifecycle",
        basis: str | None = None,
    ) -> Factor:
        """Return the location-based carbon intensity of electricity, in g CO2e/kWh.

        Args:
            country: ISO 3166-1 alpha-3 or alpha-2 code, or English name; ``WORLD`` for the world average.
            region: ISO 3166-2 code or name of a state or province.
            grid_zone: Name of a bidding zone or eGRID subregion.
            provider: Name of a cloud provider.
            provider_region: The provider's name of its region.
            year: Year of the run. None takes the latest complete year; a year that the table lacks is carried
                from the nearest with a wider interval.
            boundary: ``lifecycle`` or ``direct``.
            basis: ``production`` or ``consumption``; None prefers production.

        Raises:
            UnknownNameError: A name is not known; carries suggestions.
            AmbiguousNameError: A name fits several places; carries them.
            MissingFactorError: No place is given, or the set has no row for it.
        """
        candidates = self._places(country, region, grid_zone, provider, provider_region)
        table = self.table("carbon-intensity")
        return intensity.choose(table, candidates, year=year, boundary=boundary, basis=basis)

    def _places(
        self,
        country: str | None,
        region: str | None,
        grid_zone: str | None,
        provider: str | None,
        provider_region: str | None,
    ) -> list[intensity.Place]:
        return intensity.places(
            self.names(), self.table("cloud-regions"), self.table("locations"), country=country, region=region,
            grid_zone=grid_zone, provider=provider, provider_region=provider_region,
        )  # fmt: skip

    def processor(self, name: str, kind: str | None = None) -> Processor:
        """Return a processor.

        Args:
            name: Its id, name or an alias, spelled as trackers and people do (``8x NVIDIA A100-SXM4-80GB``).
            kind: ``cpu``, or ``gpu`` or ``accelerator`` (the two are not told apart); None takes any.

        Raises:
            UnknownNameError: There is no such processor; carries suggestions.
            AmbiguousNameError: The name fits several (``A100``); carries them.
        """
        return lookup.processor(self.names(), self.table("processors"), name, kind)

    def processors_fitting(self, name: str, kind: str | None = None) -> tuple[Processor, ...]:
        """Return every processor that a name may stand for: "NVIDIA H100" is one of five.

        Args:
            name: Its name, id or alias; or words that several names have.
            kind: As for :meth:`processor`.

        Returns:
            The one of that name; else all whose names have every word of it; none where there are no
            such, or so many that the name says nothing.
        """
        return lookup.processors_fitting(self.names(), self.table("processors"), name, kind)

    def provider(self, name: str) -> str:
        """Return the id of a provider, such as ``gcp`` of Google Cloud.

        Raises:
            UnknownNameError: There is no such provider; carries suggestions.
        """
        return self.names().one("provider", name, place_key(name), "provider")

    def pue(
        self,
        provider: str | None = None,
        provider_region: str | None = None,
        year: int | None = None,
    ) -> Factor:
        """Return a provider's power usage effectiveness: of the region, else of the provider's fleet.

        Args:
            provider: Name of the provider. Without provider and region it is the survey's world average of the
                year, and ``how`` says so; a named provider never falls back to it.
            provider_region: The provider's name of its region.
            year: Year of the run; None takes the latest.

        Raises:
            UnknownNameError: A name is not known.
            MissingFactorError: The provider publishes no PUE.
        """
        return lookup.facility(
            self.names(), self.table("pue"), "pue", provider, provider_region, year
        )

    def wue(
        self,
        provider: str | None = None,
        provider_region: str | None = None,
        year: int | None = None,
    ) -> Factor:
        """Return a provider's on-site water usage effectiveness in L/kWh of IT energy; see :meth:`pue`."""
        return lookup.facility(
            self.names(), self.table("wue"), "wue", provider, provider_region, year
        )

    def water(
        self,
        country: str | None = None,
        region: str | None = None,
        grid_zone: str | None = None,
        provider: str | None = None,
        provider_region: str | None = None,
    ) -> Factor:
        """Return the water consumed off site per kWh of electricity, in L/kWh; see :meth:`carbon_intensity`."""
        candidates = self._places(country, region, grid_zone, provider, provider_region)
        return lookup.water(self.table("water"), candidates)

    def embodied(self, item: str) -> Factor:
        """Return embodied emissions in the unit of the row (kg CO2e, or kg per unit of size).

        Args:
            item: An item's id, such as ``server-rack-base``, or the name of an accelerator.

        Raises:
            UnknownNameError: There is neither such an item nor such an accelerator.
            MissingFactorError: The accelerator's die or memory is not known.
        """
        table = self.table("embodied")
        row = table.row(f"embodied:{item}") or table.row(item)
        if row is None:
            device = self.processor(item)
            row = table.row(f"embodied:{device.id}")
            if row is None:
                raise MissingFactorError(
                    f"the set has no embodied emissions for {device.name}", name=item
                )
        return lookup.factor("embodied", row, "exact")

    def instance(self, name: str, provider: str | None = None) -> Instance:
        """Return an instance type of a cloud provider.

        Args:
            name: The provider's name of it, such as ``p4d.24xlarge`` or ``Standard_NC6s_v3``.
            provider: The provider, where the name alone is not clear.

        Raises:
            UnknownNameError: There is no such type or provider; carries suggestions.
            AmbiguousNameError: Several providers have a type of this name.
        """
        return lookup.instance(self.names(), self.table("instances"), name, provider)

    def constant(self, constant_id: str, year: int | None = None) -> Factor:
        """Return a constant.

        Args:
            constant_id: Its id, such as ``memory-power-w-per-gb``; ``pue-world-average`` for the survey's average
                PUE of a year.
            year: The year, where the constant has one.

        Raises:
            UnknownNameError: There is no such constant; carries suggestions.
        """
        if constant_id == "pue-world-average":
            return self.pue("world-average", year=year)
        return lookup.by_id(self.table("constants"), constant_id, "constant")

    def policy(self, name: str | None = None) -> Policy:
        """Return a policy.

        Args:
            name: Its id, such as ``green-algorithms-1.1``; None takes the set's default.

        Raises:
            UnknownNameError: There is no such policy; carries the names of those that exist.
        """
        policies: list[str] = self.manifest["policies"]
        chosen = self.manifest["default_policy"] if name is None else name
        if chosen not in policies:
            raise UnknownNameError(
                f"there is no policy '{name}'; there are {', '.join(policies)}",
                name=str(name), candidates=policies,
            )  # fmt: skip
        policy = read_policy(self.read(f"policies/{chosen}.json"))
        return (
            lookup.with_own_constants(policy, self.table("constants"))
            if "+" in self.name
            else policy
        )

    def search(self, text: str) -> list[tuple[str, dict[str, str]]]:
        """Return the rows whose id, name or aliases hold every word of the text, with their tables."""
        searchable = (name for name in self.tables() if name != "sources")
        return [hit for name in searchable for hit in search_rows(self.table(name), text)]

    def bibtex(self, keys: Iterable[str]) -> str:
        """Return the BibTeX entries of sources, in order of key, each once.

        Raises:
            MissingFactorError: A key is not in the set's bibliography.
        """
        text = "\n" + self.read("sources.bib")
        found = []
        for key in sorted(set(keys)):
            at = text.find("{" + key + ",")
            if at < 0:
                raise MissingFactorError(f"the set has no bibliography entry '{key}'", name=key)
            start = text.rfind("\n@", 0, at) + 1
            end = text.find("\n}\n", at) + 3
            found.append(text[start:end])
        return "\n".join(found)

    def verify(self) -> list[str]:
        """Return what differs from the manifest, a sentence each; empty when the set is intact."""
        problems = []
        for file, entry in self.manifest["files"].items():
            if sha256_of(self.read(file)) != entry["sha256"]:
                problems.append(f"{file} is not the file that was released")
        if manifest_hash(self.manifest) != self.sha256:
            problems.append("manifest.json does not match its own hash")
        return problems


def manifest_hash(manifest: dict[str, Any]) -> str:
    """Return the SHA-256 of a manifest as canonical JSON, without its own ``sha256``."""
    rest = {key: value for key, value in manifest.items() if key != "sha256"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256_of(text)
