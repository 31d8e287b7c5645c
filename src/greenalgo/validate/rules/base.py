"""What a rule says of itself: the record behind ``greenalgo explain GA203`` and its docs page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from greenalgo.findings import Severity


class Rule(NamedTuple):
    """The metadata of one code.

    Attributes:
        code: Stable code, as in :class:`greenalgo.findings.Finding`. A code that was released is
            never given to another rule.
        severity: The severity of its findings.
        title: A few words, without a full stop.
        what: What the rule looks at and when it speaks.
        why: Why that matters to a reader of the statement.
        example: YAML that raises it.
        fix: What to write instead.
    """

    code: str
    severity: Severity
    title: str
    what: str
    why: str
    example: str
    fix: str
