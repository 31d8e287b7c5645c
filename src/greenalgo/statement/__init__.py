"""The statement as frozen records.

``read.py`` turns a structurally valid document into the records of ``records.py``; nothing here
judges or computes. A record keeps the JSON pointer of what it was read from, so that a finding or a
trace can name the place.
"""

from greenalgo.statement.quantity import Quantity
from greenalgo.statement.read import devices_of, from_document
from greenalgo.statement.records import (
    CarbonIntensity,
    Component,
    EmbodiedItem,
    Figures,
    FunctionalUnit,
    Location,
    Reported,
    Run,
    Statement,
    UnitFigures,
    Water,
    Work,
)

__all__ = [
    "CarbonIntensity",
    "Component",
    "EmbodiedItem",
    "Figures",
    "FunctionalUnit",
    "Location",
    "Quantity",
    "Reported",
    "Run",
    "Statement",
    "UnitFigures",
    "Water",
    "Work",
    "devices_of",
    "from_document",
]
