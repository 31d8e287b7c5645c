"""JSON (RFC 8259), read strictly, with the place of everything.

The standard library's reader gives no positions and accepts more than JSON (``NaN``, duplicate
keys). This one is slower (1 ms for a usual statement), and used where the fast path is not sure.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from math import isfinite
from typing import Any

from greenalgo.findings import escape
from greenalgo.sources import codes, refusals
from greenalgo.sources.document import MAX_DEPTH, ReadError
from greenalgo.sources.scalars import decimal
from greenalgo.sources.text import NO_VALUE, show
from greenalgo.sources.tree import Node

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?(?![\w.+-])")
_CHUNK = re.compile(r'[^"\\\x00-\x1f]*')
_WORD = re.compile(r"[^\s,:\[\]{}\"]+")
_ESCAPES = {
    '"': '"',
    "\\": "\\",
    "/": "/",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
}
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_WORDS = {"true": True, "false": False, "null": None}
_NOT_JSON = {"True": "true", "False": "false", "None": "null"}
_NOT_FINITE = {"NaN", "-NaN", "Infinity", "-Infinity", "+Infinity", "nan", "inf", "-inf"}


def compose(text: str) -> Node:
    """Return the tree of a JSON text.

    Args:
        text: The text, as :func:`greenalgo.sources.text.decode` returns it.

    Raises:
        ReadError: It is not JSON, or holds what a statement cannot.
    """
    return _Reader(text).document()


class _Reader:
    """Reads one text; ``at`` is the offset of the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._starts = [0, *(match.end() for match in re.finditer("\r\n|\r|\n", text))]
        self._path: list[str | int] = []

    def document(self) -> Node:
        self._space()
        if self.at == len(self.text):
            raise self._error(**refusals.empty("the file is empty"))
        if self.text[self.at] != "{":
            found = "a list" if self.text[self.at] == "[" else self._word()
            raise self._error(
                codes.NOT_A_MAPPING,
                f"a statement is an object of keys and values; this begins with {found}",
                expected="'{'",
                found=found,
                hint="is this the right file? YAML belongs into a file named .yaml",
            )
        node = self._object()
        self._space()
        if self.at < len(self.text):
            raise self._syntax(
                "text follows the end of the object",
                expected="the end of the file",
                hint="delete it, or look for a '}' too many; one statement a file",
            )
        return node

    def _value(self) -> Node:
        char = self.text[self.at : self.at + 1]
        if char == "{":
            return self._object()
        if char == "[":
            return self._array()
        start = self.at
        value = self._string() if char == '"' else self._literal()
        return self._node(start, value)

    def _object(self) -> Node:
        start = self._enter()
        data: dict[str, Any] = {}
        keys: dict[str, Node] = {}
        children: dict[str, Node] = {}
        while not self._closes("}", start, first=not data):
            key = self._key(keys)
            self._path.append(key.value)
            self._space()
            if self.text[self.at : self.at + 1] != ":":
                raise self._syntax(
                    f"the key {show(key.value)} is not followed by ':'",
                    expected="':'",
                    hint="add ': ' and the value",
                )
            self.at += 1
            self._space()
            child = self._value()
            keys[key.value], children[key.value], data[key.value] = key, child, child.value
            self._path.pop()
        return self._node(start, data, keys=keys, children=children)

    def _array(self) -> Node:
        start = self._enter()
        data: list[Any] = []
        children: list[Node] = []
        while not self._closes("]", start, first=not data):
            self._path.append(len(data))
            child = self._value()
            children.append(child)
            data.append(child.value)
            self._path.pop()
        return self._node(start, data, children=children)

    def _enter(self) -> int:
        if len(self._path) >= MAX_DEPTH:
            raise self._error(**refusals.too_deep())
        self.at += 1
        return self.at - 1

    def _closes(self, bracket: str, start: int, *, first: bool) -> bool:
        """Move over ``,`` to the next member, or over the closing bracket."""
        self._space()
        char = self.text[self.at : self.at + 1]
        if char == bracket:
            self.at += 1
            return True
        if first:
            return False
        opening = "{" if bracket == "}" else "["
        if char != ",":
            line, column = self._position(start)
            raise self._syntax(
                f"the '{opening}' at {line}:{column} is not closed before this",
                expected=f"',' or '{bracket}'",
                hint=f"add the missing ',' or '{bracket}'",
            )
        comma = self.at
        self.at += 1
        self._space()
        if self.text[self.at : self.at + 1] == bracket:
            self.at = comma
            raise self._syntax(
                f"a ',' stands before '{bracket}'",
                expected=f"'{bracket}'",
                found="','",
                hint="delete the ',' after the last member",
            )
        return False

    def _key(self, keys: dict[str, Node]) -> Node:
        start = self.at
        if self.text[self.at : self.at + 1] != '"':
            raise self._syntax(
                "a key in double quotes is missing here",
                expected='"key": value',
                hint="what begins with '{' is read as JSON; begin YAML with 'spec_version:'",
            )
        key = self._string()
        if key in keys:
            self.at = start
            again = refusals.given_twice(key, keys[key].line)
            raise self._error(**again, pointer=f"{self._pointer()}/{escape(key)}")
        return self._node(start, key)

    def _string(self) -> str:
        start = self.at
        self.at += 1
        parts: list[str] = []
        while True:
            chunk = _CHUNK.match(self.text, self.at)
            if chunk:
                parts.append(chunk[0])
                self.at = chunk.end()
            char = self.text[self.at : self.at + 1]
            if char == '"':
                self.at += 1
                break
            if char != "\\":
                found = self._found()
                self.at = start
                raise self._syntax(
                    "the quote that opens here is not closed on its line",
                    expected="a closing quote",
                    found=found,
                    hint=r"close it; a line end inside a text is written \n, a tab \t",
                )
            parts.append(self._escape())
        value = "".join(parts)
        bad = re.search(NO_VALUE, value)
        if bad:
            self.at = start
            raise self._error(**refusals.escaped(bad[0]))
        return value

    def _escape(self) -> str:
        char = self.text[self.at + 1 : self.at + 2]
        if char in _ESCAPES and char:
            self.at += 2
            return _ESCAPES[char]
        digits = _HEX.match(self.text, self.at + 2) if char == "u" else None
        if digits is None:
            raise self._syntax(
                "a backslash begins an escape, and this is none",
                expected=r"one of \" \\ \/ \b \f \n \r \t \uXXXX",
                hint=r"write a backslash twice (\\)",
            )
        self.at = digits.end()
        code = int(digits[0], 16)
        if 0xD800 <= code < 0xDC00 and self.text.startswith("\\u", self.at):
            low = _HEX.match(self.text, self.at + 2)
            if low and 0xDC00 <= int(low[0], 16) < 0xE000:
                self.at = low.end()
                return chr(0x10000 + ((code - 0xD800) << 10) + (int(low[0], 16) - 0xDC00))
        return chr(code)

    def _literal(self) -> int | float | bool | None:
        number = _NUMBER.match(self.text, self.at)
        if number:
            value = self._number(number)
            self.at = number.end()
            return value
        word = _WORD.match(self.text, self.at)
        text = word[0] if word else ""
        if text in _WORDS:
            self.at += len(text)
            return _WORDS[text]
        if text in _NOT_FINITE:
            raise self._not_finite(text)
        if text in _NOT_JSON:
            hint = f"write {_NOT_JSON[text]}"
        elif text.startswith(("//", "/*", "#")):
            hint = "JSON has no comments; use a .yaml file for a statement with comments"
        elif text.startswith("'"):
            hint = "use double quotes"
        elif re.fullmatch(r"[-+.0-9][-+.0-9eExXa-fA-F_]*", text):
            hint = "JSON numbers look like 12, -0.5 or 1.5e3: no leading '+', '.' or 0, no '_'"
        elif text:
            hint = "put text in double quotes"
        else:
            hint = "add the value"
        if not text:
            raise self._syntax("a value is missing here", expected="a JSON value", hint=hint)
        raise self._syntax(
            f"{show(text)} is no JSON value", expected="a JSON value", found=show(text), hint=hint
        )

    def _number(self, match: re.Match[str]) -> int | float:
        text = match[0]
        try:
            if match[1] is None and match[2] is None:
                return decimal(text)
        except OverflowError:
            number = _whole_double(text)
            if number is not None:
                return number
            raise self._error(**refusals.beyond(text)) from None
        number = float(text)
        if not isfinite(number):
            raise self._not_finite(text)
        return number

    def _not_finite(self, text: str) -> ReadError:
        return self._error(
            codes.NOT_FINITE,
            f"{show(text)} is not a finite number",
            expected="a finite number",
            found=show(text),
            hint='give a number, or {"status": "not_assessed", "reason": "..."}',
        )

    def _space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        if match:
            self.at = match.end()

    def _word(self) -> str:
        word = _WORD.match(self.text, self.at)
        return show(word[0] if word else self.text[self.at : self.at + 1])

    def _found(self) -> str:
        if self.at >= len(self.text):
            return "the end of the file"
        rest = re.split("[\r\n]", self.text[self.at : self.at + 200], maxsplit=1)[0].strip()
        return show(rest) if rest else "the end of the line"

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def _node(
        self,
        start: int,
        value: Any,
        *,
        keys: dict[str, Node] | None = None,
        children: dict[str, Node] | list[Node] | None = None,
    ) -> Node:
        line, column = self._position(start)
        return Node(value, line, column, start, self.at, children is not None, keys, children)

    def _pointer(self) -> str:
        return "".join("/" + escape(part) for part in self._path)

    def _syntax(self, message: str, *, expected: str, found: str = "", hint: str = "") -> ReadError:
        return self._error(
            codes.JSON_SYNTAX, message, expected=expected, found=found or self._found(), hint=hint
        )

    def _error(self, code: str, message: str, **more: Any) -> ReadError:
        line, column = self._position(self.at)
        return ReadError(
            code, message, line=line, column=column, **{"pointer": self._pointer(), **more}
        )


def _whole_double(text: str) -> float | None:
    """Return the double that an integer beyond 2^53 stands for, where it is one's own digits.

    RFC 8785 (section 3.2.2.3, by way of ECMAScript) writes the double 1.6e19 as 16000000000000000000,
    and every double below 1e21 so. Such a text loses nothing when it is read as that double; one with
    other digits (9007199254740993) would.
    """
    if len(text) > len("-999999999999999999999"):
        return None
    # Imported here: few texts hold such a number.
    from decimal import Decimal

    number = float(text)
    own = abs(number) < 1e21 and Decimal(repr(number)) == Decimal(text)
    return number if own else None
