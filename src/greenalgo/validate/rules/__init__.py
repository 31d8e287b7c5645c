"""The rule book: a file a family, each with its rules' metadata and its check."""

from greenalgo.validate.rules import (
    among,
    claims,
    dates,
    disclosure,
    figures,
    inputs,
    places,
    power,
    provenance,
    rates,
    results,
    siblings,
    sizes,
    text,
    totals,
    units,
)

#: Every family of rules over a structurally valid statement, in the order in which they run.
FAMILIES = (
    inputs,
    dates,
    power,
    sizes,
    places,
    figures,
    totals,
    units,
    rates,
    among,
    siblings,
    provenance,
    disclosure,
    claims,
    text,
    results,
)
