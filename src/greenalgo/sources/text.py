"""From bytes to text: size, encoding, forbidden characters, and offsets as line and column."""

from __future__ import annotations

import re

from greenalgo.sources import codes
from greenalgo.sources.document import LIMIT, ReadError

BOM = b"\xef\xbb\xbf"

# Expressions are compiled at their first use: the accept path needs none of them as a rule.
#: Characters that the text itself cannot hold: controls, byte order marks inside it, and the line
#: separators that YAML 1.1 and 1.2 read differently.
FORBIDDEN = "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]"

#: Characters that no value can hold, however they were written: controls and halves of surrogate
#: pairs. (PostgreSQL refuses NUL, terminals obey escape sequences, UTF-8 has no surrogates.)
NO_VALUE = "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]"

_BREAK = "\r\n|\r|\n"
_MAGIC = (
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"PK\x03\x04", "a zip archive (or an office document)"),
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"BZh91AY&SY", "bzip2-compressed data"),
    (b"\xfd7zXZ", "xz-compressed data"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data"),
    (b"PAR1\x15", "a Parquet table"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x7fELF", "a program"),
)
_BEGINNINGS = tuple(magic for magic, _ in _MAGIC)
_SAVE = "save the file as UTF-8 text"


def decode(raw: bytes) -> str:
    """Return the text without its byte order mark.

    Args:
        raw: The whole file.

    Returns:
        The text, free of :data:`FORBIDDEN` characters.

    Raises:
        ReadError: It is binary, too large, not UTF-8, or holds a forbidden character.
    """
    check_binary(raw)
    if len(raw) > LIMIT:
        raise too_large(len(raw))
    text = to_text(raw)
    bad = re.search(FORBIDDEN, text)
    if bad:
        line, column = position(text, bad.start())
        raise ReadError(
            codes.CHARACTER,
            f"{character(bad[0])} cannot stand in a statement",
            line=line,
            column=column,
            expected="printable characters, spaces and line ends",
            found=character(bad[0]),
            hint="delete it; it is invisible in most editors",
        )
    return text


def to_text(raw: bytes) -> str:
    """Return what bytes say in UTF-8, without a byte order mark.

    Raises:
        ReadError: They are not UTF-8.
    """
    try:
        return raw.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        line, column = position(before, len(before))
        byte = error.object[error.start]
        raise ReadError(
            codes.NOT_UTF8,
            f"byte 0x{byte:02X} is not UTF-8",
            line=line,
            column=column,
            expected="text in UTF-8",
            found=f"byte 0x{byte:02X} ({show(chr(byte))} in Latin-1)",
            hint=_SAVE,
        ) from error


def check_binary(raw: bytes) -> None:
    """Refuse what is not text.

    Raises:
        ReadError: The bytes begin as a known binary format does, are UTF-16, or contain NUL.
    """
    for magic, name in _MAGIC if raw.startswith(_BEGINNINGS) else ():
        if raw.startswith(magic):
            raise ReadError(
                codes.BINARY,
                f"this is {name}, not a statement",
                expected="a YAML or JSON text",
                found=name,
                hint="give the footprint.yaml itself, unpacked",
            )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        len(raw) > 1 and (raw[0] == 0) != (raw[1] == 0)
    ):
        raise ReadError(
            codes.NOT_UTF8,
            "the text is in UTF-16 or UTF-32, not in UTF-8",
            expected="text in UTF-8",
            found="UTF-16 or UTF-32",
            hint=f"{_SAVE} (in PowerShell: Out-File -Encoding utf8)",
        )
    at = raw.find(b"\0")
    if at >= 0:
        before = raw[:at].decode("utf-8", errors="replace").removeprefix("\ufeff")
        line, column = position(before, len(before))
        raise ReadError(
            codes.BINARY,
            "this looks like a binary file: it contains a NUL byte",
            line=line,
            column=column,
            expected="a YAML or JSON text",
            found="a NUL byte",
            hint="give the footprint.yaml itself",
        )


def too_large(size: int) -> ReadError:
    """Return the error for a text over the limit.

    Args:
        size: Its size in bytes; 0 where it is not known.
    """
    return ReadError(
        codes.TOO_LARGE,
        f"the file is larger than {LIMIT // 1024} KiB",
        expected=f"at most {LIMIT} bytes",
        found=f"{size} bytes" if size else "more",
        hint="a statement describes runs; leave logs and raw data in files of their own",
    )


def is_json(text: str, name: str) -> bool:
    """Say which reader a text meets: JSON by its name, or because it begins with ``{`` or ``[``."""
    return name.lower().endswith(".json") or text.lstrip(" \t\r\n")[:1] in ("{", "[")


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column (both from 1, columns in characters) of an offset in a text."""
    line, start = 1, 0
    for match in re.finditer(_BREAK, text[:offset]):
        line, start = line + 1, match.end()
    return line, offset - start + 1


def lines(text: str) -> list[str]:
    """Return the lines of a text without their ends (LF, CRLF or CR, and nothing else)."""
    return re.split(_BREAK, text)


def character(char: str) -> str:
    """Name an invisible character: ``U+0007 (a control character)``."""
    names = {
        "\u2028": "a line separator",
        "\u2029": "a paragraph separator",
        "\ufeff": "a byte order mark inside the text",
        "\ufffe": "no character",
        "\uffff": "no character",
    }
    surrogate = "\ud800" <= char <= "\udfff"
    name = "half of a surrogate pair" if surrogate else names.get(char, "a control character")
    return f"U+{ord(char):04X} ({name})"


def show(text: str, limit: int = 40) -> str:
    """Return a piece of the document for a message: quoted, shortened, nothing invisible."""
    piece = text if len(text) <= limit else text[: limit - 1] + "…"
    return "'" + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in piece) + "'"
