"""The same work elsewhere: a statement under another place, PUE or carbon intensity.

Hours, hardware, power and metered IT energy stay as the author declared them; what belongs to the old
place (its carbon intensities, its supplier) goes with it. The accounting is that of every footprint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import CalculationError, UnknownNameError
from greenalgo.factors.intensity import cloud_region
from greenalgo.factors.names import place_key
from greenalgo.footprint.energy import it_energy_kwh
from greenalgo.footprint.resolve import NotAssessedError, Resolver, declared
from greenalgo.footprint.uncertainty import propagate
from greenalgo.statement import CarbonIntensity, Location, Quantity

if TYPE_CHECKING:
    from collections.abc import Collection

    from greenalgo.factors import FactorSet, Policy
    from greenalgo.statement import Run, Statement

#: The kinds of place that a name is looked up as, in this order, and the field that each is declared in; a
#: provider's region is declared in two.
_FIELDS = {"country": "country", "region": "region", "zone": "grid_zone", "cloud-region": ""}


class Change(NamedTuple):
    """What is changed; None leaves it as it is.

    Attributes:
        place: Where the computers stand instead.
        pue: Power usage effectiveness (a ratio, 1 or more).
        carbon_intensity_g_per_kwh: Location-based carbon intensity (gCO2e/kWh).
    """

    place: Location | None = None
    pue: float | None = None
    carbon_intensity_g_per_kwh: float | None = None


def location_of(factors: FactorSet, name: str) -> Location:
    """Return the location that a name stands for.

    Args:
        factors: The factor set whose names count.
        name: A country's code or name, a state, province or region, a grid zone, or a provider's region, for
            certain with the provider before a slash (``aws/eu-west-1``). A country goes before a region of the
            same name.

    Raises:
        UnknownNameError: No place is called so; carries suggestions.
        AmbiguousNameError: Several are.
    """
    names = factors.names()
    provider, slash, region = name.partition("/")
    if slash:
        return _rented(cloud_region(names, provider, region))
    key = place_key(name)
    for kind, field in _FIELDS.items():
        found = names.find(kind, key)
        if len(found) == 1:
            return Location()._replace(**{field: found[0]}) if field else _rented(found[0])
        if found:
            raise names.failure((kind,), name, key, "place", found)
    raise names.failure(tuple(_FIELDS), name, key, "place")


def _rented(region: str) -> Location:
    """Return the location of a provider's region, from its id in the factor set."""
    _, provider, own = region.split(":", 2)
    return Location(provider=provider, provider_region=own)


def altered(
    statement: Statement,
    change: Change,
    factors: FactorSet,
    policy: Policy,
    only: Collection[str] = (),
) -> Statement:
    """Return a statement with a change made to its runs.

    Args:
        statement: The statement.
        change: What to change.
        factors: The factor set, for the PUE behind a metered facility energy where none is declared.
        policy: The defaults, for the same.
        only: Ids of the runs to change; all if empty.

    Raises:
        UnknownNameError: There is no run of an id; carries those that there are.
        CalculationError: The PUE behind a metered facility energy is not known, so that nobody can say what
            another PUE would change.
    """
    known = {run.id for run in statement.runs}
    for run_id in only:
        if run_id not in known:
            raise UnknownNameError(
                f"no run has the id '{run_id}'", name=run_id, candidates=sorted(known)
            )
    resolver = Resolver(factors, policy)
    runs = (
        _altered(run, change, resolver) if not only or run.id in only else run
        for run in statement.runs
    )
    return statement._replace(runs=tuple(runs))


def _altered(run: Run, change: Change, resolver: Resolver) -> Run:
    if change.pue is not None:
        run = _under_pue(run, change.pue, resolver)
    if change.place is not None:
        place = change.place._replace(facility=run.location.facility, at=run.location.at)
        run = run._replace(
            location=place,
            carbon_intensity=None,
            carbon_intensity_market=None,
            carbon_intensity_net=None,
        )
    if change.carbon_intensity_g_per_kwh is not None:
        intensity = _exactly(change.carbon_intensity_g_per_kwh)
        run = run._replace(carbon_intensity=CarbonIntensity(intensity, "location", 0, ""))
    return run


def _under_pue(run: Run, pue: float, resolver: Resolver) -> Run:
    """Change the PUE; where facility energy was metered, the IT energy behind it stays."""
    metered = run.energy_facility_kwh
    if isinstance(metered, Quantity) and not isinstance(run.energy_it_kwh, Quantity):
        try:
            before = resolver.pue(run)
        except NotAssessedError as absence:
            raise CalculationError(
                f"run '{run.id}' cannot have another PUE: {absence}",
                pointer=run.at,
                hint="only its facility energy is declared: declare its PUE, or energy_it_kwh",
            ) from absence
        spread = propagate(
            it_energy_kwh,
            {"energy_facility_kwh": declared("energy_facility_kwh", metered)},
            {"pue": before},
        )
        run = run._replace(energy_it_kwh=Quantity(*spread, before.status))
    return run._replace(energy_facility_kwh=None, pue=_exactly(pue))


def _exactly(value: float) -> Quantity:
    return Quantity(value, value, value)
