"""GA5: what a statement claims to conform to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.errors import UnknownNameError
from greenalgo.findings import Severity
from greenalgo.validate.case import finding
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.validate.case import Case

UNKNOWN_PROFILE = Rule(
    "GA530",
    Severity.WARNING,
    "No such profile",
    "conforms_to names a profile that greenalgo does not have, so that the claim is not checked.",
    "A reader takes the claim for checked.",
    "conforms_to: [neurips-2031]",
    "Name one of the profiles: arr, boamps, eu-gpai, ghg, hf-card, neurips, sci.",
)
UNMET_PROFILE = Rule(
    "GA531",
    Severity.WARNING,
    "The statement does not meet a profile that it claims",
    "conforms_to names a profile, and a question of it cannot be answered from the statement.",
    "A claim of conformance is checked, or it is worth nothing.",
    "conforms_to: [sci]   # and no functional unit",
    "Declare what is missing (greenalgo validate --profile lists all of it), or drop the claim.",
)
RULES = (UNKNOWN_PROFILE, UNMET_PROFILE)


def check(case: Case) -> Iterator[Finding]:
    """Hold the statement against every profile that it claims."""
    for index, name in enumerate(case.statement.data.get("conforms_to", ())):
        # Imported here: few statements claim anything, and profiles read files.
        from greenalgo.validate.profiles import check_profile

        at = f"/conforms_to/{index}"
        try:
            profile = check_profile(case, name)
        except UnknownNameError as error:
            yield finding(UNKNOWN_PROFILE, str(error), at, found=name)
            continue
        unmet = [question for question in profile.questions if question.missing]
        if unmet:
            needs = list(dict.fromkeys(need for question in unmet for need in question.missing))
            more = f" (and {len(needs) - 1} more)" if len(needs) > 1 else ""
            yield finding(
                UNMET_PROFILE,
                f"{len(unmet)} of {len(profile.questions)} questions of {profile.title} have no answer",
                at,
                expected=f"{needs[0]}{more}",
                found=name,
            )
