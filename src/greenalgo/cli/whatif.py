"""``greenalgo whatif``: the footprint of the same work elsewhere."""

from __future__ import annotations

import sys
from itertools import product
from math import isfinite
from typing import TYPE_CHECKING

import click

from greenalgo import api
from greenalgo.cli.factor_choice import chosen_factors
from greenalgo.cli.output import emit
from greenalgo.cli.report.style import safe
from greenalgo.cli.tell import tell
from greenalgo.cli.write import deliver, keep_apart
from greenalgo.errors import FactorError, InvalidStatementError, UnknownNameError
from greenalgo.footprint.scenario import location_of
from greenalgo.render import scenarios as rendering

if TYPE_CHECKING:
    from greenalgo.factors import FactorSet

#: More scenarios than this are a slip of the hand.
_MOST = 1000


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--place", "places", metavar="PLACE", multiple=True,
    help="Where it runs instead: a country, a region (US-CA), a grid zone, or provider/region (aws/eu-west-1).",
)  # fmt: skip
@click.option(
    "--pue", "pues", metavar="RATIO", type=click.FloatRange(min=1), multiple=True,
    help="Power usage effectiveness, 1 or more.",
)  # fmt: skip
@click.option(
    "--carbon-intensity", "intensities", metavar="G", type=click.FloatRange(min=0), multiple=True,
    help="Location-based carbon intensity in gCO2e/kWh, instead of what is declared or looked up.",
)  # fmt: skip
@click.option(
    "--run", "only", metavar="ID", multiple=True, help="Change this run; all if not given."
)
@click.option(
    "--format", "form", type=click.Choice(list(rendering.FORMATS)),
    default="text", show_default=True, help="How to print.",
)  # fmt: skip
@click.option("-o", "--output", metavar="OUT", help="Write here instead of to standard output.")
@click.option(
    "--policy", metavar="P", help="Whose defaults apply; the factor set's own if not given."
)
@click.option("--factors", "factor_set", metavar="SET|FILE", help="As for greenalgo fill.")
@click.pass_context
def whatif(
    ctx: click.Context,
    file: str,
    places: tuple[str, ...],
    pues: tuple[float, ...],
    intensities: tuple[float, ...],
    only: tuple[str, ...],
    form: str,
    output: str | None,
    policy: str | None,
    factor_set: str | None,
) -> None:
    """Show what the work of FILE would cost elsewhere: at another place, under another PUE.

    Hours, hardware, power and metered energy stay as they are declared. A place brings the carbon
    intensity that the factor set has for it and for the year of the run; what FILE declares for the old
    place goes. Options of different kinds apply together; an option that is given several times makes a
    scenario of each value.

    FILE may be - for standard input. It is not changed, and a scenario is no footprint: report what ran.

    \b
    Example:
      greenalgo whatif footprint.yaml --place FRA --place aws/eu-north-1
      greenalgo whatif footprint.yaml --place SWE --pue 1.1 --run training
      greenalgo whatif footprint.yaml --carbon-intensity 20 --format json
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    if not (places or pues or intensities):
        raise click.UsageError("say what to change: --place, --pue or --carbon-intensity")
    keep_apart([file, factor_set], output)
    factors = chosen_factors(factor_set)
    try:
        rules = factors.policy(policy)
    except FactorError as error:
        raise click.BadParameter(str(error), param_hint="--policy") from error
    changes = [api.Change(), *_changes(factors, places, pues, intensities)]
    document = api.load(file)
    try:
        footprints = api.what_if(document.data, changes, only=only, factors=factors, policy=policy)
    except UnknownNameError as error:
        ids = ", ".join(error.candidates[:10])
        raise click.BadParameter(f"{error}; there are {ids}", param_hint="--run") from error
    except InvalidStatementError as error:
        tell(document, error.findings)
        emit(f"Error: {safe(file)} is invalid\n", sys.stderr)
        ctx.exit(1)
    scenarios = rendering.scenarios(changes, footprints)
    content = rendering.FORMATS[form](scenarios, factors.name, rules.id)
    if form == "text" and output in (None, "-"):
        emit(content)
    else:
        deliver(content.encode(), output)


def _changes(
    factors: FactorSet,
    places: tuple[str, ...],
    pues: tuple[float, ...],
    intensities: tuple[float, ...],
) -> list[api.Change]:
    """Return every combination of what is to be changed.

    Raises:
        BadParameter: A place is not known, or is not clear.
        UsageError: A number is none, or there are too many scenarios.
    """
    if not all(map(isfinite, (*pues, *intensities))):
        raise click.UsageError("--pue and --carbon-intensity take finite numbers")
    if len(places or "-") * len(pues or "-") * len(intensities or "-") > _MOST:
        raise click.UsageError(f"these are more than {_MOST} scenarios")
    try:
        found = [location_of(factors, place) for place in places]
    except FactorError as error:
        near = ", ".join(error.candidates[:5])
        told = f"{error}; the nearest are {near}" if near else str(error)
        raise click.BadParameter(told, param_hint="--place") from error
    return [
        api.Change(*each)
        for each in product(found or (None,), pues or (None,), intensities or (None,))
    ]
