"""The footprint of one core-hour, GPU-hour and GB-hour: everything else is so many times it.

Energy and CO2e grow in proportion to the hours, so that a log of any length needs a handful of these; each
is computed as a run of a statement is, with factors, intervals and traces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import CalculationError
from greenalgo.footprint import Result, compute
from greenalgo.jobs.runs import place_of, unit
from greenalgo.schemas.versions import NEWEST
from greenalgo.statement import from_document

if TYPE_CHECKING:
    from collections.abc import Collection

    from greenalgo.factors import FactorSet, Policy
    from greenalgo.footprint import Footprint, Substitution
    from greenalgo.jobs.cluster import Cluster
    from greenalgo.jobs.runs import Resource

QUANTITIES = ("energy_it_kwh", "energy_facility_kwh", "co2e_operational_kg")


class Need(NamedTuple):
    """One unit of something.

    Attributes:
        site: Name of the site in the cluster.
        year: The year; empty where not known.
        resource: What it is.
    """

    site: str
    year: str
    resource: Resource


class Prices(NamedTuple):
    """The footprint of one unit of everything that is needed.

    Attributes:
        by_need: IT energy (kWh), facility energy (kWh) and operational CO2e (kg) of one unit, in this order.
        substitutions: What was looked up or put in, each once.
    """

    by_need: dict[Need, tuple[Result, ...]]
    substitutions: tuple[Substitution, ...]


def prices(needs: Collection[Need], cluster: Cluster, factors: FactorSet, policy: Policy) -> Prices:
    """Return the footprint of one unit of everything that is needed.

    Args:
        needs: What is needed.
        cluster: The hardware and where it stands.
        factors: The factor set.
        policy: The defaults.

    Raises:
        CalculationError: Something is not told that a footprint follows from; says what to tell.
    """
    runs = [
        {
            "id": f"unit-{number}",
            "phase": "other",
            **({"period": {"end": need.year}} if need.year else {}),
            **unit(need.resource, cluster.sites[need.site]),
            **place_of(cluster.sites[need.site]),
        }
        for number, need in enumerate(needs)
    ]
    document = {
        "spec_version": NEWEST,
        "title": "Prices",
        "subject": {"name": "Prices"},
        "runs": runs,
    }
    footprint = compute(from_document(document), factors, policy)
    _refuse_gaps(footprint, list(needs), several=len(cluster.sites) > 1)
    found: dict[Need, tuple[Result, ...]] = {}
    for need, run in zip(needs, footprint.runs, strict=True):
        results = (run.outcomes[name] for name in QUANTITIES)
        found[need] = tuple(result for result in results if isinstance(result, Result))
    distinct = {(one.name, one.factor.id, one.factor.unit): one for one in footprint.substitutions}
    return Prices(found, tuple(distinct.values()))


def _refuse_gaps(footprint: Footprint, needs: list[Need], *, several: bool) -> None:
    """Say what is missing, and for which partitions.

    Raises:
        CalculationError: Something is.
    """
    lines: dict[str, dict[str, None]] = {}
    for gap in footprint.gaps:
        site = needs[int(gap.at.split("/")[2])].site
        lines.setdefault(gap.message, {})[
            f"partition {site}" if site else "every partition that is not named"
        ] = None
    if lines:
        told = (
            f"{message} ({', '.join(sites)})" if several else message
            for message, sites in lines.items()
        )
        raise CalculationError("\n".join(told))
