"""Plain JSON values as YAML that every reader reads back the same, YAML 1.1 readers included.

Block style, nothing wrapped; an entry of a list that fits on a line stands on one, as people write it.
PyYAML's own dumper quotes for YAML 1.1 only: its ``1e3`` and ``0o17`` would come back as numbers.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from greenalgo.sources.document import MAX_INTEGER
from greenalgo.sources.text import NO_VALUE
from greenalgo.sources.writing import as_json

#: Text that needs no quotes: words, with punctuation inside that YAML gives no meaning to there.
_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()+;%=@$^~<>-]|:(?=[^\s:])|,)*", re.UNICODE)
#: What YAML 1.1 or 1.2 reads as null, a boolean or a number, though it begins with a letter.
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
#: Length up to which an entry of a list stands on one line.
_LINE = 160
#: libyaml takes no longer text before a ``:`` on the same line (1024 characters).
_LONGEST_KEY = 900


def to_yaml(value: Any) -> str:
    """Return a value as YAML in block style.

    Args:
        value: Mappings with text keys, lists, texts, integers, finite floats, booleans and None.

    Returns:
        YAML that :func:`greenalgo.sources.parse` reads back as the same value; ends with a line end.

    Raises:
        ValueError: A number is not finite, an integer is beyond 2^53, or a text holds a control
            character: no statement can.
        TypeError: A value or a key is of another kind.
    """
    lines: list[str] = []
    _write(value, "", "", lines)
    return "\n".join(lines) + "\n"


def _write(value: Any, indent: str, lead: str, lines: list[str]) -> None:
    """Add a value after a lead (``key:`` or ``-``) that stands at an indentation."""
    if isinstance(value, dict) and value:
        _write_mapping(value, indent, lead, lines)
    elif isinstance(value, (list, tuple)) and value:
        short = _flow(value, _LINE - len(indent) - len(lead)) if lead else ""
        if short:
            lines.append(f"{indent}{lead} {short}")
            return
        if lead:
            lines.append(indent + lead)
        deeper = indent + "  " if lead else indent
        for item in value:
            short = _flow(item, _LINE - len(deeper))
            if short:
                lines.append(f"{deeper}- {short}")
            else:
                _write(item, deeper, "-", lines)
    else:
        lines.append(f"{indent}{lead} {_scalar(value)}" if lead else indent + _scalar(value))


def _write_mapping(value: dict[Any, Any], indent: str, lead: str, lines: list[str]) -> None:
    deeper = indent + "  " if lead else indent
    # "- " and the first key share a line, as people write it.
    first = f"{indent}- " if lead == "-" else deeper
    if lead and lead != "-":
        lines.append(indent + lead)
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError(f"a key is {type(key).__name__}, not text")
        text = _text(key)
        at = len(lines)
        if len(text) > _LONGEST_KEY:
            lines.append(f"{deeper}? {text}")
            _write(item, deeper, ":", lines)
        else:
            _write(item, deeper, f"{text}:", lines)
        lines[at] = first + lines[at][len(deeper) :]
        first = deeper


def _flow(value: Any, room: int) -> str:
    """Return a mapping or a list of scalars on one line; nothing where it is no such thing or too long."""
    if not isinstance(value, (dict, list, tuple)):
        return ""
    inside = value.values() if isinstance(value, dict) else value
    if not value or any(isinstance(item, (dict, list, tuple)) for item in inside):
        return ""
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            return ""
        line = ", ".join(f"{_inner(key)}: {_inner(item)}" for key, item in value.items())
        line = f"{{{line}}}"
    else:
        line = f"[{', '.join(map(_inner, value))}]"
    return line if len(line) <= room else ""


def _inner(value: Any) -> str:
    """Return a scalar as it stands inside brackets, where a comma ends a plain text."""
    text = _scalar(value)
    return json.dumps(text, ensure_ascii=False) if "," in text and text[0] != '"' else text


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise ValueError(f"the integer {value} is beyond 2^53")
        return str(int(value))
    if isinstance(value, float):
        return _float(float(value))
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, (list, tuple)):
        return "[]"
    raise TypeError(f"a {type(value).__name__} cannot stand in a statement")


def _float(value: float) -> str:
    """Return the shortest digits that give the number back; with a point, as YAML 1.1 asks."""
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot stand in a statement")
    text = repr(value)
    mantissa, exponent, power = text.partition("e")
    return text if "." in mantissa else f"{mantissa}.0{exponent}{power}"


def _text(value: str) -> str:
    bad = re.search(NO_VALUE, value)
    if bad:
        raise ValueError(f"U+{ord(bad[0]):04X} cannot stand in a statement")
    if _PLAIN.fullmatch(value) and value[-1] not in " :" and value.lower() not in _WORDS:
        return value
    return as_json(value)
