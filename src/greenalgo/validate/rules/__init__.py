"""The rule book: a file a family, each with its rules' metadata and its check."""

from greenalgo.validate.rules import figures, inputs, provenance, results, totals, units

#: Every family of rules over a structurally valid statement, in the order in which they run.
FAMILIES = (inputs, figures, totals, units, provenance, results)
