"""Factors: dated, sourced, hashed reference data, and the lookup of one number in it.

Example:
    >>> from greenalgo.factors import open_set
    >>> factors = open_set("2026.11")
    >>> factors.carbon_intensity("FRA", year=2022).source
    'ember2026'
    >>> factors.processor("NVIDIA A100-SXM4-80GB").power_w
    400.0
"""

from __future__ import annotations

from greenalgo.factors.records import Factor, Instance, Policy, Processor
from greenalgo.factors.sets import FactorSet, list_sets, open_set

__all__ = ["Factor", "FactorSet", "Instance", "Policy", "Processor", "list_sets", "open_set"]
