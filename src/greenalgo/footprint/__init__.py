"""The arithmetic: from declared inputs and factors to energy, CO2e and water, each with its trace.

``energy``, ``carbon``, ``water`` and ``embodied`` hold the formulas (plain functions of scalars,
NumPy arrays or pandas columns) and apply them to a run; ``hours`` says how long it was; ``resolve``
finds the inputs that an author left out; ``run`` takes these steps for a run, ``compute`` for a
statement; ``document`` writes the ``results`` block; ``scenario`` moves the work elsewhere.
"""

from greenalgo.footprint.compute import Footprint, compute
from greenalgo.footprint.document import to_results
from greenalgo.footprint.resolve import Gap, Substitution
from greenalgo.footprint.run import RunFootprint
from greenalgo.footprint.scenario import Change, altered
from greenalgo.footprint.trace import Input, Missing, Outcome, Result, Trace

__all__ = [
    "Change",
    "Footprint",
    "Gap",
    "Input",
    "Missing",
    "Outcome",
    "Result",
    "RunFootprint",
    "Substitution",
    "Trace",
    "altered",
    "compute",
    "to_results",
]
