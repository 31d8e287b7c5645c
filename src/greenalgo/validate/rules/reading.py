"""GA0: what keeps a file from being read as a statement. The readers in ``sources`` raise these."""

from __future__ import annotations

from greenalgo.findings import Severity
from greenalgo.sources import codes
from greenalgo.validate.rules.base import Rule

_BOMB = "It makes one text mean different things to different readers, and a small file expand without end."

#: Code -> what, why, example, fix. Titles stand beside the codes.
_TEXTS = {
    codes.CANNOT_READ: (
        "The file does not exist, or the system does not let it be read (exit code 4).",
        "Nothing was checked, so nothing can be said about the statement.",
        "greenalgo validate footprnt.yaml",
        "Check the path and its permissions.",
    ),
    codes.NOT_A_FILE: (
        "The path is a directory, a pipe or a device; or a directory without a statement (exit code 4).",
        "Reading a pipe or a device could wait for ever.",
        "greenalgo fill experiments/",
        "Name the file; use - for standard input.",
    ),
    codes.TOO_LARGE: (
        "The file has more than 256 KiB.",
        "Forty usual statements fit into it; more is a table of jobs, or an attack.",
        "greenalgo validate all-jobs-of-2024.yaml",
        "Sum jobs up to runs, or write several statements that relate to each other.",
    ),
    codes.BINARY: (
        "The file holds binary data (an archive, a PDF, a notebook's output).",
        "A statement is text that people can read and compare.",
        "greenalgo validate footprint.pdf",
        "Name the YAML or JSON file.",
    ),
    codes.NOT_UTF8: (
        "A byte of the file is not UTF-8.",
        "In another encoding names would be read wrongly, without anybody noticing.",
        "a file that was saved as Latin-1 or UTF-16",
        "Save it as UTF-8.",
    ),
    codes.CHARACTER: (
        "The text holds a control character, or an invisible one that changes how text is read.",
        "Readers see one thing and programs another.",
        'title: "a\\u0000b"',
        "Delete the character.",
    ),
    codes.NOT_FINITE: (
        "A number is infinite or no number (.inf, .nan, NaN, 1e999).",
        "JSON has no such numbers, and every sum with them is lost.",
        "energy_it_kwh: .nan",
        "energy_it_kwh: {status: not_assessed, reason: The meter failed.}",
    ),
    codes.INTEGER_RANGE: (
        (
            "An integer is larger than 9007199254740992 (2^53). In JSON one that has the digits of a double, as "
            "RFC 8785 writes 1.6e19, is read as that double."
        ),
        "Beyond it programs round integers, each in its own way.",
        "flops: 314000000000000000000000",
        "flops: 3.14e23",
    ),
    codes.EMPTY: (
        "The file holds nothing, or comments only.",
        "There is nothing to check.",
        "# to be written",
        "Write a statement; greenalgo init gives one to begin with.",
    ),
    codes.YAML_SYNTAX: (
        "The text is not YAML: a quote or a bracket is not closed, the indentation does not fit.",
        "A reader can only guess what was meant.",
        "title: A run: the last one",
        'title: "A run: the last one"',
    ),
    codes.JSON_SYNTAX: (
        "The text is not JSON: a comma too many, single quotes, a comment.",
        "A reader can only guess what was meant.",
        '{"title": "A run",}',
        '{"title": "A run"}',
    ),
    codes.DUPLICATE_KEY: (
        "A mapping has a key twice.",
        "One reader takes the first value, another the last.",
        "pue: 1.2\npue: 1.1",
        "pue: 1.1",
    ),
    codes.ANCHOR: (
        "The text uses an anchor (&name) or an alias (*name).",
        _BOMB,
        "pue: &pue 1.2",
        "Write the value out; quote a text that begins with & or *.",
    ),
    codes.TAG: (
        "The text uses a tag (!name or !!name).",
        "A tag tells a reader to make something else of the value, even to run code.",
        "count: !!str 8",
        "count: 8",
    ),
    codes.MERGE_KEY: (
        "A mapping uses the merge key <<.",
        _BOMB,
        "<<: {pue: 1.2}",
        "Write the fields out.",
    ),
    codes.SEVERAL_DOCUMENTS: (
        "The file holds a second document after --- or a marker.",
        "A statement is one document; the others would be passed over in silence.",
        "title: One\n---\ntitle: Two",
        "Write one file for each statement.",
    ),
    codes.DIRECTIVE: (
        "The text begins with a directive (%YAML, %TAG).",
        "A statement is always YAML 1.2; a directive could change how it is read.",
        "%YAML 1.1\n---\ntitle: A run",
        "Delete the line.",
    ),
    codes.KEY_TYPE: (
        "A key is a number, a truth value, null or a list.",
        "JSON knows text keys only; 1 and '1' would be one key there.",
        "runs: [{1: training}]",
        "Write a name; quote it if it looks like a number.",
    ),
    codes.TAB: (
        "A line is indented with a tab.",
        "YAML counts spaces, and a tab has no agreed width.",
        "runs:\n\t- id: training",
        "Replace each tab with two spaces.",
    ),
    codes.NOT_A_MAPPING: (
        "The document is a list, a text or a number.",
        "A statement is a mapping of fields to values.",
        "- title: A run",
        "title: A run",
    ),
    codes.TOO_DEEP: (
        "Mappings and lists are nested deeper than 32 levels.",
        "No field is deeper than ten; what is deeper is a mistake or an attack.",
        "extensions: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "Flatten it.",
    ),
}
#: The rules of reading, in order of code.
RULES = tuple(
    Rule(code, Severity.ERROR, title, *_TEXTS[code]) for code, title in codes.TITLES.items()
)
