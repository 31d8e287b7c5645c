"""A page for each code that the validator can raise, and the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.validate.rules.book import FAMILY_TITLES, all_rules

if TYPE_CHECKING:
    from greenalgo.validate.rules.base import Rule

_LEAD = """\
# Rules

Every finding has a code. A code that was released is never given to another rule, so a page that
links here stays right. `greenalgo explain GA203` prints the same text.

An **error** makes the statement invalid; a **warning** and a **note** do not, unless
`--fail-on warning` asks for it.
"""


def pages() -> dict[str, str]:
    """Return file name to Markdown, for the index and for each rule."""
    return {"index.md": _index(), **{f"{rule.code}.md": _page(rule) for rule in all_rules()}}


def _index() -> str:
    lines = [_LEAD]
    family = ""
    for rule in all_rules():
        if rule.code[:3] != family:
            family = rule.code[:3]
            lines += ["", f"## {family}: {FAMILY_TITLES[family]}", "", "| Code | Severity | Rule |"]
            lines += ["|---|---|---|"]
        lines.append(f"| [{rule.code}]({rule.code}.md) | {rule.severity.label} | {rule.title} |")
    return "\n".join(lines) + "\n"


def _page(rule: Rule) -> str:
    return f"""\
# {rule.code}: {rule.title}

Severity: {rule.severity.label} · Family: {FAMILY_TITLES[rule.code[:3]]}

{rule.what}

## Why

{rule.why}

## Example

```text
{rule.example}
```

## What to do

{rule.fix}
"""
