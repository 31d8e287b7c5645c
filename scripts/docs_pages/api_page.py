"""The reference of the Python API: signatures and docstrings of greenalgo.api."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

from greenalgo import api, errors

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECTIONS = ("Args:", "Attributes:", "Returns:", "Raises:", "Yields:")
_ROLE = re.compile(r":(?:class|func|data|mod|attr|meth):`~?(?:[\w.]*\.)?(\w+)`")

#: An annotation that `from __future__ import annotations` has left as text.
_QUOTED = re.compile(r"(: |-> )'([^']*)'")

_LEAD = """\
# The Python API

`greenalgo.api` is what the command line itself calls. Its names follow semantic versioning; other
modules may change in any release. Documents go in and come out as plain dictionaries.

```pycon
>>> from greenalgo import api
>>> document = api.load("registry/statements/luccioni2022-bloom-final-training.yaml")
>>> filled = api.fill(document.data)
>>> filled["results"]["totals"]["co2e_operational_kg"]["value"]
29630.6064
>>> report = api.check_path("registry/statements/luccioni2022-bloom-final-training.yaml")
>>> report.valid, report.level
(True, 'L1')

```
"""


def page() -> str:
    """Write the page."""
    lines = [_LEAD]
    for name in sorted(api.__all__, key=lambda name: (name[0].isupper(), name)):
        lines += _entry(name, getattr(api, name))
    lines += ["## Exceptions\n"]
    for name, thing in vars(errors).items():
        if isinstance(thing, type) and issubclass(thing, Exception):
            lines += [f"### {name}\n", *_docstring(inspect.getdoc(thing) or "")]
    return "\n".join(lines)


def _entry(name: str, thing: object) -> Iterator[str]:
    yield f"## {name}\n"
    if inspect.isfunction(thing):
        signature = _QUOTED.sub(r"\1\2", str(inspect.signature(thing)))
        yield f"```python\n{name}{signature}\n```\n"
    yield from _docstring(inspect.getdoc(thing) or "")


def _docstring(text: str) -> Iterator[str]:
    """Turn a Google-style docstring into Markdown."""
    text = _ROLE.sub(r"`\1`", text).replace("``", "`")
    section = ""
    paragraph: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.strip() in _SECTIONS:
            section = line.strip()
            yield f"\n**{section.rstrip(':')}**\n"
        elif not section:
            paragraph.append(line)
            if not line.strip():
                yield "\n".join(paragraph)
                paragraph = []
        elif line.startswith("        "):
            yield f"    {line.strip()}"
        elif line.strip():
            key, colon, rest = line.strip().partition(": ")
            yield f"* `{key}`: {rest}" if colon and " " not in key else f"* {line.strip()}"
    yield "\n".join(paragraph)
