"""What is said of a directory in which there is nothing to check, or that cannot be listed."""

from __future__ import annotations

from greenalgo.cli.output import reason_of
from greenalgo.findings import Finding, Report, Severity
from greenalgo.sources.codes import CANNOT_READ, NOT_A_FILE

#: Endings of the files that ``validate`` looks into: those of one statement, and of one a line.
SUFFIXES = (".yaml", ".yml", ".json", ".ndjson")


def nothing_in(directory: str, others: int) -> Report:
    """Return the report on a directory without statements: nothing was checked."""
    files = f"{others} YAML or JSON files" if others != 1 else "1 YAML or JSON file"
    return Report(
        directory,
        (
            Finding(
                NOT_A_FILE,
                Severity.ERROR,
                "this directory holds no statement",
                expected="a YAML or JSON file with spec_version",
                found=f"{files} without it" if others else "no YAML or JSON file",
                hint="greenalgo init writes one",
                file=directory,
            ),
        ),
        unreadable=True,
    )


def cannot_list(error: OSError) -> Report:
    """Return the report on a directory that the system does not let be listed."""
    reason = reason_of(error)
    directory = str(error.filename)
    return Report(
        directory,
        (
            Finding(
                CANNOT_READ,
                Severity.ERROR,
                f"the directory cannot be listed: {reason}",
                expected="a directory that can be read",
                found=reason,
                hint="change its permissions, or name the files that are to be checked",
                file=directory,
            ),
        ),
        unreadable=True,
    )
