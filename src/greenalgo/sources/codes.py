"""The GA0 family: why a text is not a document. Codes are stable; a number is never used again."""

from __future__ import annotations

CANNOT_READ = "GA001"
NOT_A_FILE = "GA002"
TOO_LARGE = "GA003"
BINARY = "GA004"
NOT_UTF8 = "GA005"
CHARACTER = "GA006"
NOT_FINITE = "GA007"
INTEGER_RANGE = "GA008"
EMPTY = "GA009"
YAML_SYNTAX = "GA010"
JSON_SYNTAX = "GA011"
DUPLICATE_KEY = "GA012"
ANCHOR = "GA013"
TAG = "GA014"
MERGE_KEY = "GA015"
SEVERAL_DOCUMENTS = "GA016"
DIRECTIVE = "GA017"
KEY_TYPE = "GA018"
TAB = "GA019"
NOT_A_MAPPING = "GA020"
TOO_DEEP = "GA021"

#: Nothing was checked, because nothing could be read (exit code 4). Every other code of the family
#: is about what the file contains (exit code 1).
UNREADABLE_CODES = frozenset({CANNOT_READ, NOT_A_FILE})

#: What each code means, in a line.
TITLES = {
    CANNOT_READ: "The file cannot be read",
    NOT_A_FILE: "The path is not a regular file",
    TOO_LARGE: "The file is larger than 256 KiB",
    BINARY: "The file is binary",
    NOT_UTF8: "The text is not UTF-8",
    CHARACTER: "The text contains a character that a statement cannot hold",
    NOT_FINITE: "A number is not finite",
    INTEGER_RANGE: "An integer is beyond 2^53",
    EMPTY: "The file is empty",
    YAML_SYNTAX: "The text is not YAML",
    JSON_SYNTAX: "The text is not JSON",
    DUPLICATE_KEY: "A key is given twice",
    ANCHOR: "An anchor or an alias is used",
    TAG: "A tag is used",
    MERGE_KEY: "A merge key is used",
    SEVERAL_DOCUMENTS: "The file holds more than one document",
    DIRECTIVE: "A directive is used",
    KEY_TYPE: "A key is not text",
    TAB: "A tab is used as indentation",
    NOT_A_MAPPING: "The document is not a mapping",
    TOO_DEEP: "The document is nested deeper than 32 levels",
}
