"""What a registry writes down, apart from where: events, the log that they form, trees, receipts."""

from __future__ import annotations

from greenalgo.registry.record.body import fitting, read_body, readable
from greenalgo.registry.record.event import (
    ZERO,
    Draft,
    Event,
    digest_in,
    draw_up,
    from_json,
    is_digest,
    now,
    to_bytes,
)
from greenalgo.registry.record.log import Log, Problem
from greenalgo.registry.record.receipt import Proof, Receipt, prove, read_receipt
from greenalgo.registry.record.state import State, follow, of_series, refuse_unfit, states_of

__all__ = [
    "ZERO",
    "Draft",
    "Event",
    "Log",
    "Problem",
    "Proof",
    "Receipt",
    "State",
    "digest_in",
    "draw_up",
    "fitting",
    "follow",
    "from_json",
    "is_digest",
    "now",
    "of_series",
    "prove",
    "read_body",
    "read_receipt",
    "readable",
    "refuse_unfit",
    "states_of",
    "to_bytes",
]
