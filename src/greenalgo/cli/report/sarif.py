"""SARIF 2.1.0 (OASIS), for code scanning services."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from greenalgo import __version__
from greenalgo.cli.report.demands import UNMET, all_findings
from greenalgo.findings import DOCS, Severity
from greenalgo.validate.rules.book import all_rules

if TYPE_CHECKING:
    from greenalgo.cli.report.records import Session
    from greenalgo.findings import Finding

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render(session: Session) -> str:
    """Return a session as a SARIF log with one run."""
    findings = list(all_findings(session))
    used = {found.code for found in findings}
    rules = [
        {
            "id": rule.code,
            "name": "".join(word.capitalize() for word in rule.title.split() if word.isalnum()),
            "shortDescription": {"text": rule.title},
            "fullDescription": {"text": rule.what},
            "help": {"text": f"{rule.why}\n\n{rule.fix}"},
            "helpUri": DOCS + rule.code,
            "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        }
        for rule in all_rules()
        if rule.code in used
    ]
    if UNMET in used:
        rules.append(
            {"id": UNMET, "shortDescription": {"text": "A demand of the caller is not met"}}
        )
    index = {rule["id"]: position for position, rule in enumerate(rules)}
    ended = [{"executionSuccessful": False, "exitCode": session.ended}] if session.ended else []
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "greenalgo",
                        "version": __version__,
                        "informationUri": DOCS.removesuffix("rules/"),
                        "rules": rules,
                    }
                },
                **({"invocations": ended} if ended else {}),
                "columnKind": "unicodeCodePoints",
                "results": [_result(found, index[found.code]) for found in findings],
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    details = [finding.message]
    details += [f"Expected: {finding.expected}."] if finding.expected else []
    details += [f"Found: {finding.found}."] if finding.found else []
    details += [finding.hint] if finding.hint else []
    place: dict[str, Any] = {"artifactLocation": {"uri": uri(finding.file)}}
    if finding.line:
        place["region"] = {"startLine": finding.line, "startColumn": finding.column}
    location: dict[str, Any] = {"physicalLocation": place}
    if finding.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.pointer}]
    # The place in the document, not the line: a result stays the same when lines move.
    identity = "\0".join((finding.code, uri(finding.file), finding.pointer))
    return {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        # What strangers wrote is no link (SARIF 2.1.0, section 3.11.6).
        "message": {"text": "\n".join(details).replace("](", "\\](")},
        "locations": [location],
        "partialFingerprints": {"greenalgo/v1": hashlib.sha256(identity.encode()).hexdigest()},
    }


def uri(path: str) -> str:
    """Return a path as a URI reference, relative to the working directory where it lies below it."""
    if path == "-":
        return "stdin"
    relative = os.path.relpath(path) if os.path.isabs(path) else os.path.normpath(path)
    if relative.startswith(".."):
        return "file://" + quote(os.fsencode(os.path.abspath(path).replace(os.sep, "/")))
    return quote(os.fsencode(relative.replace(os.sep, "/")))
