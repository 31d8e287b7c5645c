"""The GA6 family: why another tool's file is no statement, and what was mended on the way.

The texts are beside those of the other codes, in ``validate/rules/foreign.py``: no room on this floor sees
its neighbour, and a test holds the two together. A number is never used again.
"""

from __future__ import annotations

UNKNOWN_FORMAT = "GA601"
AMBIGUOUS_FORMAT = "GA602"
HEADER = "GA603"
ROW = "GA604"
VALUE = "GA605"
NOTHING = "GA606"
LEFT_OUT = "GA607"
MENDED = "GA608"
TWICE = "GA609"
FALLBACK = "GA610"
TOO_MANY = "GA611"
NAME = "GA612"
NO_PLACE = "GA613"
OTHER_FILE = "GA614"
NOT_NAMED = "GA615"
DRIFTED = "GA616"
LEFT_ASIDE = "GA617"
NO_ATTESTATION = "GA618"
