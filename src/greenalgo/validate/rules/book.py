"""The rule book: the metadata of every code that greenalgo can raise.

For ``greenalgo explain``, the documentation and SARIF; the check of a statement does not read it.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from greenalgo.errors import UnknownNameError
from greenalgo.validate import structure
from greenalgo.validate.rules import FAMILIES, foreign, reading

if TYPE_CHECKING:
    from greenalgo.validate.rules.base import Rule

#: The families of codes, by their first digit.
FAMILY_TITLES = {
    "GA0": "Reading",
    "GA1": "Structure",
    "GA2": "Arithmetic",
    "GA3": "Provenance and defaults",
    "GA4": "Plausibility",
    "GA5": "Disclosure",
    "GA6": "Files of other tools",
    "GA9": "Versions and deprecation",
}


def all_rules() -> tuple[Rule, ...]:
    """Return every rule, in order of code."""
    found = [*reading.RULES, *structure.RULES, *foreign.RULES]
    found += [rule for family in FAMILIES for rule in family.RULES]
    return tuple(sorted(found, key=lambda rule: rule.code))


def rule(code: str) -> Rule:
    """Return the rule of a code.

    Args:
        code: Such as ``GA203``; in any case.

    Raises:
        UnknownNameError: There is no such code; carries the nearest ones.
    """
    wanted = code.upper()
    rules = {known.code: known for known in all_rules()}
    if wanted in rules:
        return rules[wanted]
    near = [known for known in rules if known[:3] == wanted[:3] and known[3:4] == wanted[3:4]]
    near = difflib.get_close_matches(wanted, near or rules, 5, 0.5)
    raise UnknownNameError(f"there is no rule '{code}'", name=code, candidates=near)
