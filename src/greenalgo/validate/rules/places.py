"""GA4: places that contradict each other, and intensities that are of another place or time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.errors import FactorError
from greenalgo.factors.names import shown
from greenalgo.findings import Severity
from greenalgo.glance.bounds import DEFAULTS, IN_KG, MAX_INTENSITY, OF_COUNTRY, YEARS_APART
from greenalgo.statement import Quantity
from greenalgo.validate.case import finding
from greenalgo.validate.compare import number, size
from greenalgo.validate.rules.base import Rule
from greenalgo.validate.whereabouts import clash_of, home_of, region_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.factors import Factor, FactorSet
    from greenalgo.findings import Finding
    from greenalgo.statement import CarbonIntensity, Location, Run
    from greenalgo.validate.case import Case
    from greenalgo.validate.whereabouts import Clash

UNKNOWN_COUNTRY = Rule(
    "GA410",
    Severity.ERROR,
    "No such country",
    "location.country is not an ISO 3166-1 alpha-3 code that the factor set knows.",
    "Nothing can be compared or looked up by it.",
    "location: {country: FRE}",
    "Write the ISO 3166-1 alpha-3 code: FRA, DEU, GBR, USA.",
)
CONFLICT = Rule(
    "GA411",
    Severity.ERROR,
    "Country, region and provider's region contradict each other",
    "The provider's region, the region or the grid zone lies in another country than the one declared, or "
    "than each other. It is a warning where the region is given by its name, which two countries may have, "
    "and where two of them lie in different states or zones of one country.",
    "One of them chose the carbon intensity, and the reader sees the other.",
    "location: {country: FRA, provider: aws, provider_region: us-east-1}",
    "Declare the place where the computer stands; leave the others out.",
)
CALCULATOR_DEFAULT = Rule(
    "GA412",
    Severity.WARNING,
    "A calculator's world average stands for a named place",
    "The declared carbon intensity is one of the averages that calculators put in when they are told "
    "nothing (432, 436, 445, 475, 480 g/kWh), although a country is declared whose own value differs.",
    "The number says nothing about the place.",
    "location: {country: NOR}\ncarbon_intensity_g_per_kwh: 475",
    "Look the place up: greenalgo factors list carbon-intensity, or leave the field out and run fill.",
)
INTENSITY_PLACE = Rule(
    "GA408",
    Severity.WARNING,
    "Carbon intensity is far from the place's",
    "A location-based carbon intensity differs by more than three times from the factor set's value for "
    "the declared place and year: the grid zone, state or provider's region where the set has it, else the "
    "country where nothing narrower is declared.",
    "The country, the unit or the basis may be wrong, or the value is for a part of the country.",
    "location: {country: POL}\ncarbon_intensity_g_per_kwh: {value: 40, year: 2022}",
    "Check the country; declare region or grid_zone if the value is regional.",
)
FACTOR_YEAR = Rule(
    "GA413",
    Severity.WARNING,
    "The carbon intensity is of another time than the run",
    "The year of the carbon intensity is three years or more from the year of the run.",
    "Grids change by a tenth in a year.",
    "period: {start: 2024-01-01, end: 2024-02-01}\ncarbon_intensity_g_per_kwh: {value: 475, year: 2018}",
    "Use the value of the run's year.",
)
ZERO = Rule(
    "GA414",
    Severity.ERROR,
    "A location-based carbon intensity of zero",
    "carbon_intensity_g_per_kwh is 0.",
    "No grid emits nothing over its life cycle: a zero comes from certificates, contracts or offsets, "
    "which are market-based.",
    "carbon_intensity_g_per_kwh: 0",
    "Put the zero into carbon_intensity_market_g_per_kwh and declare the grid's own intensity.",
)
UNKNOWN_REGION = Rule(
    "GA428",
    Severity.WARNING,
    "No such region of the provider",
    "provider_region is not a region of the provider that the factor set knows: of AWS, Azure, Google Cloud and "
    "Oracle it lists them all; of other providers nothing is said.",
    "A reader cannot tell where the computer stands, and the country's intensity, or a declared one, takes the "
    "region's place in silence.",
    "location: {country: USA, provider: aws, provider_region: us-est-1}",
    "Write the region as the provider's console does, such as us-east-1; declare the country beside a new one.",
)
RULES = (
    UNKNOWN_COUNTRY,
    CONFLICT,
    INTENSITY_PLACE,
    CALCULATOR_DEFAULT,
    FACTOR_YEAR,
    ZERO,
    UNKNOWN_REGION,
)


def check(case: Case) -> Iterator[Finding]:
    """Check the place of every run, and its intensity against place and time."""
    gaps = {gap.at for gap in case.footprint.gaps}
    for run in case.statement.runs:
        conflict = list(conflicts(case.factors, run.location))
        yield from conflict
        if run.location.at not in gaps:  # else the gap has said so
            yield from unknown(case.factors, run.location)
        intensity = run.carbon_intensity
        if intensity is not None and isinstance(intensity.quantity, Quantity):
            yield from _intensity(case, run, intensity, intensity.quantity, sure=not conflict)


def conflicts(factors: FactorSet, place: Location) -> Iterator[Finding]:
    """Hold the country, the provider's region, the grid zone and the region of a run against each other."""
    try:
        home = home_of(factors, place._asdict())
    except FactorError as error:
        near = f"did you mean {', '.join(error.candidates[:3])}?" if error.candidates else ""
        yield finding(
            UNKNOWN_COUNTRY,
            f"no country has the code {place.country}",
            f"{place.at}/country",
            expected="an ISO 3166-1 alpha-3 code",
            found=place.country,
            hint=near,
        )
        return
    clash = clash_of(factors, place._asdict(), home)
    if clash is not None:
        yield _beside(factors, place, clash) if clash.parts else _elsewhere(place, clash)


def _elsewhere(place: Location, clash: Clash) -> Finding:
    """Report a name that lies in another country than what was said before it."""
    key, spot, other, said, _ = clash
    country, written = spot.countries[0], getattr(place, key)
    before = getattr(place, other)
    return finding(
        CONFLICT,
        f"{written} lies in {country}, the {other.replace('_', ' ')} says {before}"
        + (f", in {said.countries[0]}" if other != "country" else ""),
        f"{place.at}/{key}",
        expected=place.country or said.countries[0],
        found=country,
        hint=""
        if spot.sure and said.sure
        else "where another country has a place of this name too, write its ISO 3166-2 code",
        severity=None if spot.sure and said.sure else Severity.WARNING,
    )


def _beside(factors: FactorSet, place: Location, clash: Clash) -> Finding:
    """Report two names that lie in different parts of one country."""

    def named(id_: str) -> str:
        row = factors.table("locations").row(id_)
        return id_ if row is None else row["name"]

    here, there = clash.parts
    return finding(
        CONFLICT,
        f"{getattr(place, clash.key)} is {named(there)}, the {clash.other.replace('_', ' ')} "
        f"{getattr(place, clash.other)} lies in {named(here)} ({here})",
        f"{place.at}/{clash.key}",
        expected=here,
        found=there,
        severity=Severity.WARNING,
    )


def unknown(factors: FactorSet, place: Location) -> Iterator[Finding]:
    """Find a provider's region that the provider does not have."""
    error = region_error(factors, place._asdict())
    if error is None:
        return
    written, provider = place.provider_region, place.provider
    near = [one.rpartition(":")[2] for one in error.candidates[:3]]
    yield finding(
        UNKNOWN_REGION,
        f"no provider that is known here has a region '{shown(written)}'"
        if not provider
        else f"{provider} has no region '{shown(written)}' that is known here",
        f"{place.at}/provider_region",
        expected=f"a region of {provider}" if provider else "a region and its provider",
        found=shown(written),
        hint=f"did you mean {', '.join(near)}?" if near else "",
    )


def _intensity(
    case: Case, run: Run, intensity: CarbonIntensity, quantity: Quantity, *, sure: bool
) -> Iterator[Finding]:
    if quantity.value == 0:
        yield finding(
            ZERO, "the carbon intensity is 0", quantity.at, expected="above 0 g/kWh", found="0"
        )
    if intensity.year and run.year and abs(intensity.year - run.year) >= YEARS_APART:
        yield finding(
            FACTOR_YEAR,
            f"the carbon intensity is of {intensity.year}, the run of {run.year}",
            quantity.at,
            expected=str(run.year),
            found=str(intensity.year),
        )
    if sure and intensity.basis == "location" and quantity.value:
        factor = case.intensity_of(run.location, intensity.year or run.factor_year)
        if factor is not None and factor.value:
            yield from _against_factor(quantity, factor)


def _against_factor(quantity: Quantity, factor: Factor) -> Iterator[Finding]:
    """Compare a location-based intensity with the factor set's value for the place."""
    ratio = quantity.value / factor.value
    if not IN_KG <= quantity.value <= MAX_INTENSITY:
        return  # Off by its unit, which GA403 and GA404 say.
    if quantity.value in DEFAULTS and abs(ratio - 1) > 0.15:
        yield finding(
            CALCULATOR_DEFAULT,
            f"{number(quantity.value)} g/kWh is a calculator's world average; {factor.name} has "
            f"{number(factor.value)} ({size(quantity.value, factor.value)})",
            quantity.at,
            expected=f"about {number(factor.value)}",
            found=number(quantity.value),
        )
    elif OF_COUNTRY not in factor.how and not 1 / 3 <= ratio <= 3:
        yield finding(
            INTENSITY_PLACE,
            f"the carbon intensity is {number(quantity.value)} g/kWh; the factor set has "
            f"{number(factor.value)} for {factor.name} ({size(quantity.value, factor.value)})",
            quantity.at,
            expected=f"about {number(factor.value)}",
            found=number(quantity.value),
        )
