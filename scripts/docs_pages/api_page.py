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
modules may change in any release. Documents go in and come out as plain dictionaries; a number is in
the unit that its field's name states: kWh, kg of CO2e, L, h.

Validate a file, or a text, and read what is found:

```pycon
>>> from greenalgo import api
>>> path = "registry/statements/luccioni2022-bloom-final-training.yaml"
>>> report = api.check_path(path)
>>> report.valid, report.level
(True, 'L1')
>>> text = b'''
... spec_version: "1.0"
... title: A run with a slip
... subject: {name: Tiny, kind: model}
... runs: [{id: train, phase: training, energy_it_kwh: 24, pue: 0.12, location: {country: FRA}}]
... '''
>>> print(api.check_bytes(text, "slip.yaml").findings[0])
slip.yaml:5:61: error GA401: the PUE is 0.12
>>> document = api.loads(text, "slip.yaml")
>>> verdict = api.judge(document.data)
>>> [found.pointer for found in verdict.findings if found.severity is api.Severity.ERROR]
['/runs/0/pue']
>>> api.place(document, verdict.findings)[0].line
5

```

Compute what follows, and see how:

```pycon
>>> document = api.load(path)
>>> filled = api.fill(document.data)
>>> total = filled["results"]["totals"]["co2e_operational_kg"]
>>> total["value"], total["status"]
(29630.6064, 'modelled')
>>> api.fill_document(document) == filled
True
>>> api.with_results(document) == filled   # of a file that has results: those, which have to follow
True
>>> api.without_results(filled) == document.data
True
>>> result = api.make_case(document.data).footprint.totals["energy_facility_kwh"]
>>> round(result.value), result.trace.formula
(519835, 'energy_facility_kwh = sum of runs')
>>> elsewhere = api.Change(pue=1.1, carbon_intensity_g_per_kwh=20)
>>> [found] = api.what_if(document.data, [elsewhere])
>>> round(found.totals["co2e_operational_kg"].value)
9530

```

Write it in another format, and read what other tools wrote:

```pycon
>>> written = api.export(filled, "hf-card")
>>> written.content.decode().splitlines()[1]
'  emissions: 29630606.4'
>>> [entry.field for entry in written.entries if entry.fate.value == "dropped"][:2]
['licence', 'boundary']
>>> import json, pathlib, tempfile
>>> table = pathlib.Path(tempfile.mkdtemp(), "emissions.csv")
>>> _ = table.write_bytes(api.export(filled, "codecarbon").content)
>>> imported = api.import_files([str(table)])
>>> imported.read[0][1], imported.data["runs"][0]["pue"]["value"]
('codecarbon', 1.2)
>>> document = api.loads(imported.content)
>>> held = api.hold_against(document, imported)  # does the statement follow from the file?
>>> held.findings
[]
>>> from greenalgo.evidence import Verifier  # who is none of its authors can attest that
>>> made = api.attest(document, held, Verifier("V. Verifier"))
>>> attestation = api.loads(json.dumps(made).encode(), "attestation.json")
>>> _, missing = api.verify(document, attestation)  # what level L4 still needs
>>> missing[1]
'authors: they are not declared, so that anybody may be one of them'

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
