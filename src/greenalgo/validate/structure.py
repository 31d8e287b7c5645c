"""Why a statement does not have the shape of its schema, and the codes that say so."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from greenalgo.findings import Severity
from greenalgo.schemas.versions import NEWEST, is_newer_minor
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from greenalgo.findings import Finding


def structure_findings(data: object, version: str = NEWEST) -> list[Finding]:
    """Return every failure of a document's structure, in the document's own words.

    Empty exactly where :func:`greenalgo.schemas.versions.accept` says yes; to be called only where
    it says no.

    Args:
        data: A parsed document.
        version: The known schema version to hold it against.

    Returns:
        Findings without file and position. In a document of a newer minor version an unknown key is
        a warning; everything else is an error.

    Raises:
        ResourceError: The installation lacks the schema.
    """
    # Imported here, because a valid statement (nearly every run in CI and in editors) must not pay
    # for the prose, difflib and a JSON reader.
    from greenalgo.schemas.load import load_schema
    from greenalgo.schemas.walk import failures
    from greenalgo.validate.messages import findings, no_statement

    schema = load_schema(version)
    other = no_statement(data, schema)
    if other is not None:
        return [other]
    return findings(failures(schema, data), schema, newer_minor=is_newer_minor(data))


def known_part(data: dict[str, Any]) -> dict[str, Any]:
    """Return a statement without the keys that only a newer minor version of the schema can explain.

    Args:
        data: A document without errors of structure.

    Returns:
        The document itself where it is of a known version; else a copy that the newest schema we know accepts.
    """
    if not is_newer_minor(data):
        return data
    from greenalgo.schemas.load import load_schema
    from greenalgo.schemas.walk import failures

    known = copy.deepcopy(data)
    for failure in failures(load_schema(NEWEST), data):
        if failure.keyword == "additionalProperties":
            *above, key = failure.path
            parent: Any = known
            for step in above:
                parent = parent[step]
            del parent[key]
    return known


_ERROR = Severity.ERROR

#: The codes of the structure and of the schema's version.
RULES = (
    Rule(
        "GA101",
        _ERROR,
        "Unknown key",
        "A key is not a field of the place where it stands. (In a statement of a newer minor "
        "version this is a warning: the newer version may have the field.)",
        "A misspelt field would be read as absent: the statement would say less than its author "
        "believes, and nobody would notice.",
        "hardware:\n  - {kind: gpu, model: NVIDIA A100, gpus: 384}",
        "hardware:\n  - {kind: gpu, model: NVIDIA A100, count: 384}",
    ),
    Rule(
        "GA102",
        _ERROR,
        "Missing field",
        "A field that its place cannot do without is missing. A statement needs only spec_version, "
        "title, subject and runs; a run only id and phase.",
        "Without it nobody can tell what the rest is about.",
        "runs:\n  - id: final-training",
        "runs:\n  - id: final-training\n    phase: training",
    ),
    Rule(
        "GA103",
        _ERROR,
        "Wrong type",
        "A value is a text where a number is expected, a number where a text is expected, a "
        "mapping where a list is expected, and so on. The unit is in the field's name, so that a "
        "number stands alone.",
        "A program cannot calculate with '384 GPUs', and an unquoted 2211.10 loses its last zero.",
        "count: 384 GPUs",
        "count: 384",
    ),
    Rule(
        "GA104",
        _ERROR,
        "Word not in the list",
        "A field takes one of a few words, and this is none of them.",
        "Statements can be compared and added up only where they use the same words.",
        "phase: pre-training",
        "phase: training",
    ),
    Rule(
        "GA105",
        _ERROR,
        "Out of range",
        "A number is below or above what its field can take: a negative energy, a count of 0.",
        "Such a number is a slip; everything computed from it would be one as well.",
        "power_w: -400",
        "power_w: 400",
    ),
    Rule(
        "GA106",
        _ERROR,
        "Percentage where a fraction is expected",
        "A fraction from 0 to 1 is more than 1, and would be a possible percentage.",
        "Read as it stands, it would make the energy up to a hundred times too large.",
        "utilisation: 63",
        "utilisation: 0.63",
    ),
    Rule(
        "GA107",
        _ERROR,
        "Wrong form",
        "A text does not have the form of its field: a country that is not an ISO 3166-1 alpha-3 "
        "code, a date that is not ISO 8601, an ORCID iD or a DOI with its address.",
        "Codes and dates are read by programs, which look for one form.",
        "location: {country: France}\nissued: 03/11/2022",
        'location: {country: FRA}\nissued: "2022-11-03"',
    ),
    Rule(
        "GA108",
        _ERROR,
        "Empty or too long text",
        "A text is empty, or longer than its field allows.",
        "An empty text hides that nothing was said; a very long one belongs in the paper.",
        'title: ""',
        "title: BLOOM final training",
    ),
    Rule(
        "GA109",
        _ERROR,
        "Empty or too long list",
        "A list or a mapping has nothing in it, or more than its field allows.",
        "An empty list can mean 'none' or 'not said': leave the key out, or say which.",
        "runs: []",
        "runs:\n  - {id: final-training, phase: training}",
    ),
    Rule(
        "GA110",
        _ERROR,
        "The same entry twice",
        "A list that is a set holds an entry twice.",
        "A repeated entry is usually a slip for another one.",
        "covers: [gpu, gpu]",
        "covers: [gpu, cpu]",
    ),
    Rule(
        "GA111",
        _ERROR,
        "A quantity without a value",
        "A quantity that is written as a mapping has neither a value nor 'status: not_assessed' "
        "with a reason.",
        "A number that is not there must be visibly not there, with the reason.",
        "pue: {lower: 1.1, upper: 1.3}",
        "pue: {value: 1.2, lower: 1.1, upper: 1.3}",
    ),
    Rule(
        "GA112",
        _ERROR,
        "A key of the wrong form",
        "Where keys are the author's own (ids of runs, fields of an extension), a key does not "
        "have the form that is asked for.",
        "Keys are addresses: other files and programs point at them.",
        "extensions:\n  - {uri: 'https://example.org/hpc/1.0', fields: {queue: normal}}",
        "extensions:\n  - {uri: 'https://example.org/hpc/1.0', fields: {'hpc:queue': normal}}",
    ),
    Rule(
        "GA113",
        _ERROR,
        "A key with nothing after it",
        "A key is followed by nothing (in YAML: null).",
        "It can mean zero, unknown or forgotten, and a reader cannot tell which.",
        "pue:",
        "pue: {status: not_assessed, reason: The centre does not publish it.}",
    ),
    Rule(
        "GA901",
        Severity.WARNING,
        "Newer minor version",
        "The statement is of a minor version of the schema that is newer than this greenalgo.",
        "It is read with the newest known version; fields that are new to it are not checked.",
        'spec_version: "1.9"',
        "Upgrade greenalgo.",
    ),
    Rule(
        "GA902",
        _ERROR,
        "Unsupported version",
        "The statement is of a major version of the schema that this greenalgo does not know (exit "
        "code 3).",
        "In another major version a field may mean something else: any verdict could be false.",
        'spec_version: "2.0"',
        "Upgrade greenalgo.",
    ),
)
