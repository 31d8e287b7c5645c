"""What speaks for a statement beside itself: its files, and somebody else who has held it against them.

:mod:`held` holds a statement against the files that it was made from, :mod:`attestation` is what a third party writes
down about that, :mod:`signature` says whose it is. Together they are level L4.
"""

from __future__ import annotations

from greenalgo.evidence.attestation import Attestation, Verifier, draw_up, read, still_needed
from greenalgo.evidence.held import Held, hold
from greenalgo.evidence.signature import NAMESPACE, signer_of

__all__ = [
    "NAMESPACE",
    "Attestation",
    "Held",
    "Verifier",
    "draw_up",
    "hold",
    "read",
    "signer_of",
    "still_needed",
]
