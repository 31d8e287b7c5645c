"""What the newest factor set knows, as plain numbers, each looked up once.

The same answers as :class:`greenalgo.factors.FactorSet` gives, without its records (a test holds them together);
where a name is not clear, no answer.
"""

from __future__ import annotations

import os

from greenalgo.glance.doubt import Doubt
from greenalgo.glance.names import (
    MOST_FITTING,
    ids_holding,
    ids_of,
    plain_key,
    processor_key,
)
from greenalgo.glance.table import Table
from greenalgo.glance.years import carried, pick_year

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final, TypeVar

    Key = TypeVar("Key")
    Answer = TypeVar("Answer")

    #: A value and the ends of its interval.
    Spread = tuple[float, float, float]
    #: A carbon intensity, and whether it is the country's though a narrower place was named.
    Intensity = tuple[Spread, bool]
    Narrower = Callable[[dict[str, str], int], Intensity | None]
    Agrees = Callable[[dict[str, str]], bool]

SETS: Final = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "factors", "sets"
)
#: So many answers of one kind are kept; then it begins anew. A directory names a few dozen models and places.
MOST: Final = 4096
#: The keys of a location that choose its carbon intensity.
PLACES: Final = ("country", "region", "grid_zone", "provider", "provider_region")
#: The namespaces of the index of names: of CPUs, and of accelerators.
_SPACES: Final = ("processor-cpu", "processor-accelerator")


class Device:
    """What the set knows of a processor.

    Attributes:
        power: Its power (W) with the interval.
        most: The most that it draws (W).
        cores: Physical cores; 0 where not known.
        peak: The highest peak rate of floating-point operations (FLOP/s); 0 where not known.
    """

    __slots__ = ("cores", "most", "peak", "power")

    def __init__(self, row: dict[str, str]) -> None:
        self.power = (float(row["power_w"]), float(row["lower"]), float(row["upper"]))
        self.most = max(self.power[0], self.power[2])
        self.cores = int(float(row["cores"] or 0))
        pairs = [pair.split("=") for pair in row["peak_flops"].split(";") if pair]
        rates = [float(rate) for precision, rate in pairs if not precision.startswith("int")]
        self.peak = max(rates, default=0.0)


class Limits:
    """What devices draw and do that a name, perhaps a vague one, may stand for.

    Attributes:
        least: The most that the smallest of them draws (W).
        most: The most that the largest of them draws (W).
        least_core: As ``least``, for one core of those whose cores are known; 0 where there is none.
        most_core: As ``most``, for one core.
        peaks: The peak rate of the slowest and of the fastest (FLOP/s); 0 where not known.
    """

    __slots__ = ("least", "least_core", "most", "most_core", "peaks")

    def __init__(self, devices: list[Device]) -> None:
        watts = [device.most for device in devices]
        cores = [device.most / device.cores for device in devices if device.cores]
        peaks = [device.peak for device in devices if device.peak]
        self.least, self.most = min(watts), max(watts)
        self.least_core, self.most_core = min(cores, default=0.0), max(cores, default=0.0)
        self.peaks = min(peaks, default=0.0), max(peaks, default=0.0)


class Known:
    """The newest factor set of this installation, and the answers it has given.

    Args:
        narrower: Looks up the carbon intensity of a place inside a country, with what the factor set
            itself offers; see :meth:`intensity`.
        agrees: Judges the names of such a place, with the rules; see :meth:`agrees`.
    """

    __slots__ = (
        "_accelerators", "_agrees", "_cpu_limits", "_devices", "_files", "_folder", "_homes", "_intensities", "_limits",
        "_memory", "_narrow", "_narrower", "_places",
    )  # fmt: skip

    def __init__(self, narrower: Narrower, agrees: Agrees) -> None:
        newest = max(name for name in os.listdir(SETS) if name[:1].isdigit())
        self._folder = os.path.join(SETS, newest)
        self._narrower = narrower
        self._agrees = agrees
        self._files: dict[str, bytes] = {}
        self._devices: dict[str, Device | None] = {}
        self._accelerators: dict[str, Device | None] = {}
        self._limits: dict[str, Limits | None] = {}
        self._cpu_limits: dict[str, Limits | None] = {}
        self._homes: dict[str, str] = {}
        self._intensities: dict[tuple[str, int], Intensity | None] = {}
        self._narrow: dict[tuple[str, ...], Intensity | None] = {}
        self._places: dict[tuple[str, ...], bool] = {}
        self._memory: Spread | None = None

    def _read(self, name: str) -> bytes:
        if name not in self._files:
            with open(os.path.join(self._folder, name), "rb") as file:
                self._files[name] = file.read()
        return self._files[name]

    def _table(self, name: str) -> Table:
        return Table(name, self._read(f"{name}.csv"))

    def device(self, kind: str, model: str) -> Device | None:
        """Return what the set knows of a model of a CPU, GPU or accelerator, or None."""
        devices = self._devices if kind == "cpu" else self._accelerators
        if model not in devices:
            found = self._called(model, kind != "cpu")
            _kept(devices, model, found[0] if len(found) == 1 else None)
        return devices[model]

    def limits(self, kind: str, model: str) -> Limits | None:
        """Return what a model of a CPU, GPU or accelerator can do, or all that a vague name may stand for."""
        limits = self._cpu_limits if kind == "cpu" else self._limits
        found = limits.get(model)
        if found is None and model not in limits:
            is_accelerator = kind != "cpu"
            devices = self._called(model, is_accelerator) or self._holding(model, is_accelerator)
            found = _kept(limits, model, Limits(devices) if devices else None)
        return found

    def _called(self, model: str, is_accelerator: bool) -> list[Device]:  # noqa: FBT001
        row = self._table("processors").row(model)
        if row is not None:
            return [Device(row)]
        names, space = self._read("names.tsv"), _SPACES[is_accelerator]
        ids = ids_of(names, space, plain_key(model)) or ids_of(names, space, processor_key(model))
        return self._devices_of(ids)

    def _holding(self, model: str, is_accelerator: bool) -> list[Device]:  # noqa: FBT001
        key = processor_key(model)
        names = self._read("names.tsv")
        return self._devices_of(ids_holding(names, (_SPACES[is_accelerator],), key) if key else ())

    def _devices_of(self, ids: tuple[str, ...]) -> list[Device]:
        table = self._table("processors")
        rows = map(table.row, ids if len(ids) <= MOST_FITTING else ())
        return [Device(row) for row in rows if row is not None]

    def home(self, country: str) -> str:
        """Return the id of a country by its alpha-3 or alpha-2 code; empty where there is none."""
        if country not in self._homes:
            ids = ids_of(self._read("names.tsv"), "country", country.lower())
            _kept(self._homes, country, ids[0] if len(ids) == 1 else "")
        return self._homes[country]

    def intensity(self, place: dict[str, str], year: int) -> Intensity | None:
        """Return the carbon intensity of a place (g/kWh), life-cycle where there is one.

        Args:
            place: The location of a run.
            year: The year; 0 takes the latest complete one.

        Returns:
            The value with its interval, and whether it is the country's though a narrower place was
            named; None where the set has none, or a name is not clear.
        """
        if is_inside(place):
            names = (*_names(place), str(year))
            if names not in self._narrow:
                _kept(self._narrow, names, self._narrower(place, year))
            return self._narrow[names]
        country = place.get("country", "")
        key = country, year
        if key not in self._intensities:
            _kept(self._intensities, key, self._intensity(self.home(country), year))
        return self._intensities[key]

    def _intensity(self, home: str, year: int) -> Intensity | None:
        table = self._table("carbon_intensity")
        for side in ("lifecycle", "direct") if home else ():
            for basis in ("production", "consumption"):
                found = table.prefixed(f"ci:{home}:{side}:{basis}:")
                rows = [row for row in found if row["status"] != "alternate"]
                if rows:
                    row, _ = pick_year(rows, year or None)
                    value, lower, upper = (float(row[key]) for key in ("value", "lower", "upper"))
                    away = abs(int(row["year"]) - year) if year else 0
                    if away and value > 0:
                        lower, upper = carried(value, lower, upper, away)
                    return (value, lower, upper), False
        return None

    def agrees(self, place: dict[str, str]) -> bool:
        """Say of a place inside a country whether all its names are clear and lie together."""
        key = _names(place)
        if key not in self._places:
            _kept(self._places, key, self._agrees(place))
        return self._places[key]

    def memory_power(self) -> Spread:
        """Return the default policy's power of memory (W/GB).

        Raises:
            Doubt: It has none.
        """
        if self._memory is None:
            # Imported here: few statements have memory without power.
            import json

            policy = json.loads(self._read("manifest.json"))["default_policy"]
            row = json.loads(self._read(os.path.join("policies", f"{policy}.json")))["values"].get(
                "memory-w-per-gb"
            )
            if row is None:
                raise Doubt
            value = float(row["value"])
            self._memory = (
                value,
                float(row.get("lower", value)),
                float(row.get("upper", value)),
            )
        return self._memory


def is_inside(place: dict[str, str]) -> bool:
    """Say whether a location names a place inside a country."""
    return "region" in place or "grid_zone" in place or "provider_region" in place


def is_placed(place: dict[str, str]) -> bool:
    """Say whether a location names a country, or a place inside one."""
    return "country" in place or is_inside(place)


def _names(place: dict[str, str]) -> tuple[str, ...]:
    return tuple([place.get(name, "") for name in PLACES])


def _kept(answers: dict[Key, Answer], key: Key, answer: Answer) -> Answer:
    if len(answers) >= MOST:
        answers.clear()
    answers[key] = answer
    return answer
