"""Which hardware stands behind the partitions of a cluster, and where: told by a person, never guessed.

The format is described by ``cluster.schema.json`` beside this module. What stands at the top holds for every
partition that says nothing else.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from greenalgo.errors import ClusterFileError, FactorError
from greenalgo.factors.userfile import problems_of
from greenalgo.findings import to_pointer
from greenalgo.footprint.scenario import location_of
from greenalgo.formats.words import tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from greenalgo.factors import FactorSet
    from greenalgo.statement import Location

_Found = TypeVar("_Found")
_SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cluster.schema.json")
_PLACE = ("country", "region", "grid_zone", "provider", "provider_region")


class Device(NamedTuple):
    """A processor.

    Attributes:
        model: The factor set's name of it; the user's where the power is given; empty where nothing is said.
        power_w: Power of a GPU, or of one core of a CPU (W); None looks it up.
        share: The part of a GPU that Slurm counts as one, 0 to 1.
    """

    model: str = ""
    power_w: float | None = None
    share: float = 1.0


class Site(NamedTuple):
    """The hardware of a partition, and where it stands.

    Attributes:
        name: The partition; empty for all that are not named.
        cpu: Its CPU.
        gpus: Its GPUs by Slurm's name of their type; the one without a type stands for all others.
        threads_per_core: How many CPUs of Slurm are one core.
        place: Where it stands.
        pue: Power usage effectiveness; None looks it up.
        carbon_intensity_g_per_kwh: Carbon intensity (gCO2e/kWh); None looks it up.
        source: Where the numbers come from.
    """

    name: str
    cpu: Device
    gpus: dict[str, Device]
    threads_per_core: int
    place: Location | None
    pue: float | None
    carbon_intensity_g_per_kwh: float | None
    source: str

    def gpu(self, kind: str) -> Device:
        """Return a GPU by Slurm's name of its type."""
        return self.gpus.get(kind) or self.gpus.get("") or Device()

    @property
    def location(self) -> dict[str, str]:
        """The place as a statement has it."""
        if self.place is None:
            return {}
        found = {name: getattr(self.place, name) for name in _PLACE}
        return {name: text for name, text in found.items() if text}


class Cluster(NamedTuple):
    """A cluster.

    Attributes:
        name: Its name; empty where nobody says.
        sites: Its partitions by name, that of all others under an empty one.
    """

    name: str
    sites: dict[str, Site]

    def site(self, partition: str) -> Site:
        """Return what stands behind a partition."""
        return self.sites.get(partition) or self.sites[""]


def check_cluster(document: Any) -> None:
    """Hold a document against the format.

    Args:
        document: The document, as read.

    Raises:
        ClusterFileError: It does not have the format; carries everything that is wrong.
    """
    problems = problems_of(document, _SCHEMA, "the cluster file")
    if problems:
        raise ClusterFileError(problems)


def read_cluster(document: Mapping[str, Any], factors: FactorSet, source: str) -> Cluster:
    """Return a cluster.

    Args:
        document: The document in its format; or what options of a command say, in the same shape.
        factors: The factor set whose names of processors and places count.
        source: Where its numbers come from, if it does not say itself.

    Raises:
        ClusterFileError: It names a processor or a place that is not known; carries everything that is wrong.
    """
    reader = _Reader(factors)
    above = {"source": tidy(source, 1000), **document}
    sites = {"": reader.site("", above, (), ())}
    for name, own in document.get("partitions", {}).items():
        sites[name] = reader.site(name, {**above, **own}, ("partitions", name), own)
    if reader.problems:
        raise ClusterFileError(list(dict.fromkeys(reader.problems)))
    return Cluster(document.get("name", ""), sites)


class _Reader:
    def __init__(self, factors: FactorSet) -> None:
        self._factors = factors
        self.problems: list[tuple[str, str]] = []

    def site(
        self, name: str, node: Mapping[str, Any], at: tuple[str, ...], own: Collection[str]
    ) -> Site:
        def where(*keys: str) -> str:
            return to_pointer((*at, *keys) if keys[0] in own else keys)

        gpus = {
            kind: self._device(value, "gpu", where("gpus", kind))
            for kind, value in node.get("gpus", {}).items()
        }
        if "gpu" in node:
            gpus[""] = self._device(node["gpu"], "gpu", where("gpu"))
        place = None
        if "place" in node:
            place = self._known(lambda: location_of(self._factors, node["place"]), where("place"))
        return Site(
            name, self._device(node.get("cpu", {}), "cpu", where("cpu")), gpus, node.get("threads_per_core", 1), place,
            node.get("pue"), node.get("carbon_intensity_g_per_kwh"), node["source"],
        )  # fmt: skip

    def _device(self, value: str | Mapping[str, Any], kind: str, at: str) -> Device:
        given: Mapping[str, Any] = {"model": value} if isinstance(value, str) else value
        model, power = given.get("model", ""), given.get("power_w")
        if model and power is None:
            found = self._known(lambda: self._factors.processor(model, kind), at)
            model = found.name if found else model
        return Device(tidy(model, 200), power, given.get("share", 1.0))

    def _known(self, look_up: Callable[[], _Found], at: str) -> _Found | None:
        try:
            return look_up()
        except FactorError as error:
            near = ", ".join(error.candidates[:5])
            self.problems.append((at, f"{error}; the nearest are {near}" if near else str(error)))
            return None
