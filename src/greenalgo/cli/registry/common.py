"""What the commands of ``greenalgo registry`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.cli.report.style import safe

if TYPE_CHECKING:
    from greenalgo.registry.record import Problem

#: How a store is named in help texts.
STORE = "DIR|sqlite:///FILE|postgresql://…"


def problems_text(problems: tuple[Problem, ...] | list[Problem]) -> str:
    """Return problems as lines for people, each with its hint."""
    lines = []
    for problem in problems:
        lines.append(f"{safe(problem.where)}: {safe(problem.message)}")
        if problem.hint:
            lines.append(f"  hint:     {safe(problem.hint)}")
    return "".join(f"{line}\n" for line in lines)
