"""What libyaml's error messages mean, in words for the person who wrote the file."""

from __future__ import annotations

import re
from typing import Any

import yaml

from greenalgo.sources import codes
from greenalgo.sources.document import ReadError
from greenalgo.sources.refusals import too_deep
from greenalgo.sources.text import lines, position, show

_INDENT = re.compile(r"[ \t]*")
_NO_SPACE = re.compile(r"\s*(?:- +)?[A-Za-z_]\w*:[^\s/]")
_INNER_COLON = re.compile(r"\s*(?:- +)*[^\s'\"#\[{][^#]*?:\s+(?=\S)")


class _Place:
    """Where the parser stopped, and what stands there."""

    def __init__(self, mark: Any, text: str) -> None:
        every = lines(text)
        line, column = mark.line, mark.column
        if line >= len(every):  # libyaml counts a line end that the file's last line does not have
            line, column = len(every) - 1, len(every[-1])
        self.line: int = line + 1
        self.column: int = column + 1
        self.row = every[line]
        self.above = next((row for row in reversed(every[:line]) if row.strip()), "")
        self.before = self.row[:column]
        self.rest = self.row[column:]
        if not text[mark.index :].strip():
            self.found = "the end of the file"
        else:
            self.found = show(self.rest.strip()) if self.rest.strip() else "the end of the line"


def explain(error: yaml.YAMLError, text: str) -> ReadError:
    """Return the error in this room's words.

    Args:
        error: What PyYAML raised.
        text: The text that it read.
    """
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        line, column = position(text, min(getattr(error, "position", 0) or 0, len(text)))
        return ReadError(
            codes.YAML_SYNTAX,
            f"this is not YAML: {' '.join(str(error).split())}",
            line=line,
            column=column,
            expected="YAML",
        )
    place = _Place(error.problem_mark, text)
    opened = _Place(error.context_mark, text) if error.context_mark is not None else place
    indent = _INDENT.match(place.row)
    tab = indent[0].find("\t") if indent else -1
    if tab >= 0 or place.rest.startswith("\t"):
        return ReadError(
            codes.TAB,
            "a tab is used as indentation",
            line=place.line,
            column=tab + 1 if tab >= 0 else place.column,
            expected="spaces",
            found="a tab",
            hint="replace each tab with two spaces",
        )
    return _explain(error.context or "", error.problem or "", place, opened)


def _explain(context: str, problem: str, place: _Place, opened: _Place) -> ReadError:
    """Choose by libyaml's words (C) or PyYAML's (pure Python), which differ a little."""
    if "nesting depth" in problem:  # libyaml 0.2.6 reads so far ahead of the reader that counts
        return ReadError(line=place.line, column=place.column, **too_deep())
    if "quoted scalar" in context:
        return _quoted(problem, place, opened)
    if "mapping values are not allowed" in problem:
        return _colon(place)
    if "expected ':'" in problem:
        return _syntax(
            opened,
            "this line has no ':' after its key",
            expected="'key: value'",
            found=opened.found,
            hint="add ': ' after the key, or indent the line if it continues the value above",
        )
    if "not allowed" in problem and "entries" in problem:
        return _syntax(
            place,
            "a list cannot begin on the line of its key",
            expected="the first '- ' on a line of its own",
            found=place.found,
            hint="move it to the next line, indented; quote it if the '-' belongs to a text",
        )
    if "flow" in context and "expected" in problem and "node content" not in problem:
        return _bracket(context, place, opened)
    if "node content" in problem:
        return _syntax(
            place,
            "a value is missing here",
            expected="a value",
            hint="quote it if this is meant as text",
        )
    if "cannot start any token" in problem:
        return _syntax(
            place,
            f"a value cannot begin with {show(place.rest[:1])}",
            expected="a value",
            hint="put the text in quotes",
        )
    if any(word in context for word in ("alias", "anchor", "tag")) or "tag" in problem:
        return _property(context, opened)
    return _block(context, problem, place, opened)


def _property(context: str, opened: _Place) -> ReadError:
    """An anchor, an alias or a tag that is not even well-formed."""
    if "alias" in context or "anchor" in context:
        return _error(
            codes.ANCHOR,
            opened,
            f"a value cannot begin with {show(opened.rest[:1])}",
            expected="a value",
            found=opened.found,
            hint="put the text in quotes",
        )
    return _error(
        codes.TAG,
        opened,
        "a tag ('!...') is not read",
        expected="a value without a tag",
        found=opened.found,
        hint="delete the tag; quote text that begins with '!'",
    )


def _bracket(context: str, place: _Place, opened: _Place) -> ReadError:
    """A mapping or a list in brackets that goes on where it cannot."""
    bracket, close = ("{", "}") if "mapping" in context else ("[", "]")
    return _syntax(
        place,
        f"the '{bracket}' at {opened.line}:{opened.column} is not closed before this",
        expected=f"',' or '{close}'",
        found=show(place.row.strip()) if place.row.strip() else place.found,
        hint=f"add the missing ',' or '{close}'; quote text that contains brackets or ': '",
    )


def _block(context: str, problem: str, place: _Place, opened: _Place) -> ReadError:
    """Errors of block mappings, block lists and block scalars."""
    if "block mapping" in context and place.before.rstrip().endswith(("'", '"')):
        return _syntax(
            place,
            "text follows a closing quote",
            expected="the end of the line",
            hint="quote the whole text; inside single quotes an apostrophe is written twice ('')",
        )
    if "block mapping" in context and place.before.rstrip().endswith(("]", "}")):
        return _syntax(
            place,
            "text follows a closing bracket",
            expected="the end of the line",
            hint="quote the whole text if the brackets belong to it",
        )
    if "block mapping" in context and place.rest.startswith(":"):
        return _syntax(
            place, "a key is missing before the ':'", expected="'key: value'", hint="add the key"
        )
    if "block mapping" in context:
        return _syntax(
            place,
            f"this does not continue the mapping that begins on line {opened.line}",
            expected=f"a key in column {opened.column}, or the indentation of a line above",
            hint="align the line with the lines that it belongs to",
        )
    if "block collection" in context or "block sequence" in context:
        return _syntax(
            place,
            f"this does not continue the list that begins on line {opened.line}",
            expected=f"'- ' in column {opened.column}",
            hint="align the line with the lines that it belongs to",
        )
    if "block scalar" in context:
        return _syntax(
            place,
            "after '|' or '>' nothing can follow on the line",
            expected="the end of the line",
            hint="begin the text on the next line, indented; or put it in quotes",
        )
    if "document start" in problem:
        return _syntax(
            place,
            "the document has ended before this",
            expected="nothing more, or only comments",
            hint="delete the '...' line or the closing bracket that ends the document too early",
        )
    return _syntax(place, f"this is not YAML: {problem}", expected="YAML")


def _colon(place: _Place) -> ReadError:
    """A ``:`` where no key can be."""
    inner = _INNER_COLON.match(place.before)
    if inner:
        return _syntax(
            place,
            "a second ':' on the line",
            expected="one 'key: value' a line",
            found=show(place.row.strip()),
            hint="put the value in quotes if its ':' belongs to the text",
        )
    if _NO_SPACE.match(place.above):
        return _error(
            codes.YAML_SYNTAX,
            place,
            "the line above has no space after its ':', so that it is no key",
            expected="'key: value'",
            found=show(place.above.strip()),
            hint="add the space",
        )
    return _syntax(
        place,
        "a key cannot stand here: its indentation fits no line above",
        expected="the indentation of the mapping that it belongs to",
        found=show(place.row.strip()),
        hint="align the key with its siblings; quote a text of several lines that contains ': '",
    )


def _quoted(problem: str, place: _Place, opened: _Place) -> ReadError:
    """A text in quotes that is not closed, or holds an escape that is none."""
    if "end of stream" in problem or "document indicator" in problem:
        return _syntax(
            opened,
            "the quote that opens here is never closed",
            expected="a closing quote",
            found=place.found,
            hint="close it; an apostrophe inside single quotes is written twice ('')",
        )
    if "Unicode" in problem:
        return _error(
            codes.CHARACTER,
            place,
            "this escape is not a character (half of a surrogate pair, or beyond U+10FFFF)",
            expected="an escape of one character",
            found=place.found,
            hint="write the character itself; the file is UTF-8",
        )
    return _syntax(
        place,
        "a backslash in double quotes begins an escape, and this is none",
        expected=r"an escape such as \n, \" or \\",
        hint=r"use single quotes, or write the backslash twice (\\)",
    )


def _syntax(
    place: _Place, message: str, *, expected: str, found: str = "", hint: str = ""
) -> ReadError:
    return _error(
        codes.YAML_SYNTAX, place, message, expected=expected, found=found or place.found, hint=hint
    )


def _error(
    code: str, place: _Place, message: str, *, expected: str, found: str, hint: str
) -> ReadError:
    return ReadError(
        code,
        message,
        line=place.line,
        column=place.column,
        expected=expected,
        found=found,
        hint=hint,
    )
