"""How a check is printed: facts first (:mod:`records`), then a pure ``render`` a format.

Every format is a module with ``render(session) -> str``; :data:`FORMATS` names it, so that only the
one that is asked for is imported.
"""

from __future__ import annotations

#: Name of a format -> the module that renders it.
FORMATS = {
    "text": "greenalgo.cli.report.text",
    "json": "greenalgo.cli.report.jsondoc",
    "jsonl": "greenalgo.cli.report.jsonl",
    "sarif": "greenalgo.cli.report.sarif",
    "github": "greenalgo.cli.report.github",
    "gitlab": "greenalgo.cli.report.gitlab",
    "junit": "greenalgo.cli.report.junit",
    "markdown": "greenalgo.cli.report.markdown",
}
