r"""JSON Schema patterns in Python's regular expressions.

JSON Schema takes its patterns from ECMA-262. Python reads most of them alike, but ``$`` also
matches before a trailing newline, ``\d`` also matches other scripts' digits, and ``\s`` is another
set of characters: a statement must not be valid for us and invalid for an editor. What this small
translator does not know it refuses.
"""

from __future__ import annotations

#: White space and line ends of ECMA-262 (sections 12.2 and 12.3), inside a character class.
_SPACE = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_CLASSES = {"s": _SPACE, "d": "0-9", "w": "A-Za-z0-9_"}


def python_pattern(pattern: str) -> str:
    """Translate a pattern of ECMA-262 (with its ``u`` flag) for :func:`re.search`.

    Args:
        pattern: The pattern of a schema.

    Returns:
        A pattern that matches the same strings.

    Raises:
        ValueError: The pattern uses something that is not translated.
    """
    out: list[str] = []
    inside = False
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
            out.append(_escape(pattern[at : at + 1], pattern, inside=inside))
        elif inside:
            inside = char != "]"
            out.append("\\[" if char == "[" else char)
        elif char == "[":
            inside = True
            out.append(char)
        elif char == "$":
            out.append(r"\Z")
        elif char == ".":
            out.append(r"[^\n\r\u2028\u2029]")
        elif char == "(" and pattern[at + 1 : at + 2] == "?" and pattern[at + 2 : at + 3] != ":":
            raise ValueError(
                f"pattern {pattern!r}: groups other than (...) and (?:...) are refused"
            )
        else:
            out.append(char)
        at += 1
    return "".join(out)


def _escape(char: str, pattern: str, *, inside: bool) -> str:
    if char and char in "sdw":
        return _CLASSES[char] if inside else f"[{_CLASSES[char]}]"
    if char and char in "SDW" and not inside:
        return f"[^{_CLASSES[char.lower()]}]"
    if char.isascii() and char.isprintable() and not char.isalnum() and char:
        return "\\" + char
    raise ValueError(f"pattern {pattern!r}: the escape '\\{char}' is refused")
