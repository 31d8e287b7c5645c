"""The footprint of jobs: sums of what they had, times the footprint of one unit of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.footprint.uncertainty import Interval
from greenalgo.formats.slurm_states import WORDS
from greenalgo.jobs.prices import Need, Prices, prices
from greenalgo.jobs.runs import MEMORY, Resource, amounts
from greenalgo.units import J_PER_KWH, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from greenalgo.factors import FactorSet, Policy
    from greenalgo.jobs.cluster import Cluster
    from greenalgo.jobs.tally import Cell, Kind, Tally

_NOTHING = Interval(0.0, 0.0, 0.0)


class Cost(NamedTuple):
    """Energy and CO2e, each with its interval."""

    energy_it_kwh: Interval = _NOTHING
    energy_facility_kwh: Interval = _NOTHING
    co2e_operational_kg: Interval = _NOTHING


class Row(NamedTuple):
    """What some jobs had, and their footprint.

    Attributes:
        jobs: How many jobs.
        core_hours: Core-hours that they had (h).
        gpu_hours: GPU-hours that they had (h).
        memory_gb_hours: Memory that they had reserved, times hours (GB h).
        cost: Their energy and CO2e.
    """

    jobs: int
    core_hours: float
    gpu_hours: float
    memory_gb_hours: float
    cost: Cost


class Counters(NamedTuple):
    """What energy counters read.

    Attributes:
        jobs: How many jobs have one.
        energy_kwh: What they read (kWh).
        modelled: IT energy of the same jobs as it is modelled (kWh); None where the counters are used.
    """

    jobs: int
    energy_kwh: float
    modelled: Interval | None


class Account(NamedTuple):
    """The footprint of the jobs of some logs.

    Attributes:
        by: What jobs are grouped by.
        groups: The groups, that with the most CO2e first.
        outcomes: The jobs by the statement's outcome.
        total: All jobs.
        parts: Facility energy (kWh) of ``cpu``, ``gpu`` and ``memory``, and what ``counter`` read.
        unused_memory: The cost of memory above the peak, over the jobs whose peak is known.
        peaked_share: The share of memory (GB h) whose peak is known, 0 to 1.
        full_share: The share of core-hours whose use is not known, 0 to 1.
        counters: What energy counters read.
        start: When the first job started; empty where not known.
        end: When the last ended.
        prices: The footprint of one unit of everything.
    """

    by: tuple[str, ...]
    groups: dict[tuple[str, ...], Row]
    outcomes: dict[str, Row]
    total: Row
    parts: dict[str, Interval]
    unused_memory: Cost
    peaked_share: float
    full_share: float
    counters: Counters
    start: str
    end: str
    prices: Prices


def account(
    tally: Tally, cluster: Cluster, factors: FactorSet, policy: Policy, *, counters: bool = False
) -> Account:
    """Return the footprint of jobs.

    Args:
        tally: The jobs, added up.
        cluster: The hardware and where it stands.
        factors: The factor set.
        policy: The defaults.
        counters: Take what an energy counter read, for jobs that have one.

    Raises:
        CalculationError: The cluster does not tell enough.
    """
    return _Accountant(tally, cluster, factors, policy, counters=counters).account()


class _Accountant:
    def __init__(
        self, tally: Tally, cluster: Cluster, factors: FactorSet, policy: Policy, *, counters: bool
    ) -> None:
        self._tally, self._cluster, self._counters = tally, cluster, counters
        self._whole = tally.total()
        needs = {
            Need(kind.site, kind.year, resource): None
            for kind, cell in self._whole.items()
            for resource in self._amounts(kind, cell)
        }
        self._prices = prices(needs, cluster, factors, policy)

    def account(self) -> Account:
        groups = {group: self._row(kinds.items()) for group, kinds in self._tally.cells.items()}
        whole = self._whole.items()
        outcomes: dict[str, list[tuple[Kind, Cell]]] = {}
        for kind, cell in sorted(whole, key=lambda pair: list(WORDS).index(pair[0].outcome)):
            outcomes.setdefault(kind.outcome, []).append((kind, cell))
        cells = self._whole.values()
        return Account(
            by=self._tally.by,
            groups=dict(sorted(groups.items(), key=lambda pair: (-pair[1].cost.co2e_operational_kg.value, pair[0]))),
            outcomes={outcome: self._row(pairs) for outcome, pairs in outcomes.items()},
            total=self._row(whole),
            parts=self._parts(),
            unused_memory=self._sum(
                (kind, {MEMORY: cell.unused_gbs / SECONDS_PER_HOUR}) for kind, cell in whole if cell.unused_gbs
                and not self._takes_counter(kind)
            ),
            peaked_share=_share(sum(cell.peaked_gbs for cell in cells), sum(cell.memory_gbs for cell in cells)),
            full_share=_share(
                sum(cell.unmeasured_s for cell in cells), sum(cell.unmeasured_s + cell.measured_s for cell in cells)
            ),
            counters=self._counted(),
            start=min((cell.start for cell in cells if cell.start), default=""),
            end=max((cell.end for cell in cells), default=""),
            prices=self._prices,
        )  # fmt: skip

    def _takes_counter(self, kind: Kind) -> bool:
        return self._counters and kind.counted

    def _amounts(self, kind: Kind, cell: Cell) -> dict[Resource, float]:
        return amounts(cell, self._cluster.sites[kind.site], counted=self._takes_counter(kind))

    def _row(self, pairs: Iterable[tuple[Kind, Cell]]) -> Row:
        pairs = list(pairs)
        return Row(
            sum(cell.jobs for _, cell in pairs),
            sum(
                (cell.measured_s + cell.unmeasured_s)
                / SECONDS_PER_HOUR
                / self._cluster.sites[kind.site].threads_per_core
                for kind, cell in pairs
            ),
            sum(sum(cell.gpu_s.values()) for _, cell in pairs) / SECONDS_PER_HOUR,
            sum(cell.memory_gbs for _, cell in pairs) / SECONDS_PER_HOUR,
            self._sum((kind, self._amounts(kind, cell)) for kind, cell in pairs),
        )

    def _sum(self, parts: Iterable[tuple[Kind, Mapping[Resource, float]]]) -> Cost:
        """Return so many times the footprint of one unit; the ends of the sum are the sums of the ends."""
        ends = [0.0] * 9
        for kind, had in parts:
            for resource, amount in had.items():
                price = self._prices.by_need[Need(kind.site, kind.year, resource)]
                ends = [
                    so_far + amount * end
                    for so_far, end in zip(
                        ends, (end for one in price for end in one[:3]), strict=True
                    )
                ]
        return Cost(Interval(*ends[:3]), Interval(*ends[3:6]), Interval(*ends[6:]))

    def _parts(self) -> dict[str, Interval]:
        had: dict[str, list[tuple[Kind, dict[Resource, float]]]] = {}
        for kind, cell in self._whole.items():
            for resource, amount in self._amounts(kind, cell).items():
                part = resource.kind.removesuffix("-full")
                had.setdefault(part, []).append((kind, {resource: amount}))
        return {part: self._sum(parts).energy_facility_kwh for part, parts in sorted(had.items())}

    def _counted(self) -> Counters:
        counted = [(kind, cell) for kind, cell in self._whole.items() if kind.counted]
        modelled = None if self._counters else self._row(counted).cost.energy_it_kwh
        joules = sum(cell.joules for _, cell in counted)
        return Counters(sum(cell.jobs for _, cell in counted), joules / J_PER_KWH, modelled)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
