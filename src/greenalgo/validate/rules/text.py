"""GA5: text that does not say what it seems to say."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from greenalgo.findings import Severity, escape
from greenalgo.validate.case import finding
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.validate.case import Case

NOT_NFC = Rule(
    "GA520",
    Severity.WARNING,
    "Text is not in Unicode normal form C",
    "A string is written with combining characters where a single character exists.",
    "Two texts that look the same differ, so that searches and digests miss each other.",
    'subject: {name: "Cafe\\u0301Net"}',
    "Save the text in NFC; most editors do so on request.",
)
MIXED_SCRIPTS = Rule(
    "GA521",
    Severity.WARNING,
    "A name mixes scripts",
    "A word of the title or of a name (the subject's, an author's, a model's, a site's) has letters of more "
    "than one script, such as a Cyrillic letter among Latin ones. Words that a hyphen joins are words of their "
    "own, and Greek letters that look like no Latin one may stand in formulas.",
    "It looks like another name, and is not found by searching for it.",
    'subject: {name: "BLOO\\u041c"}   # the last letter is Cyrillic',
    "Type the name again.",
)
INVISIBLE = Rule(
    "GA522",
    Severity.WARNING,
    "Text contains invisible characters",
    "A string contains a zero-width or direction-changing character.",
    "It can hide or reorder what a reader sees, in the terminal and in the paper.",
    'title: "Trai\\u200bning"',
    "Delete the character.",
)
RULES = (NOT_NFC, MIXED_SCRIPTS, INVISIBLE)
#: Where names stand: the end of the pointer, beside the title.
_NAMES = ("/name", "/model", "/site", "/host")
#: Greek letters that a reader takes for Latin ones.
_LOOK_ALIKE = frozenset(
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
)
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "HEBREW", "ARABIC", "CHEROKEE")


def check(case: Case) -> Iterator[Finding]:
    """Check every string of the document; nothing is done for plain ASCII."""
    if _is_plain(case.statement.data):
        return
    for text, at in _strings(case.statement.data, ""):
        if text.isascii():
            continue
        if not unicodedata.is_normalized("NFC", text):
            yield finding(NOT_NFC, "the text is not in NFC", at, found=text[:40])
        hidden = [c for index, c in enumerate(text) if _hides(text, index)]
        if hidden:
            code = f"U+{ord(hidden[0]):04X}"
            name = unicodedata.name(hidden[0], "unnamed").lower()
            yield finding(INVISIBLE, f"the text contains {code} ({name})", at, found=code)
        if at == "/title" or at.endswith(_NAMES):
            yield from _mixed(text, at)


def _mixed(text: str, at: str) -> Iterator[Finding]:
    for word in re.findall(r"[^\W_]+", text):
        scripts = {
            script
            for char in word
            if char.isalpha()
            for script in [unicodedata.name(char, "").partition(" ")[0]]
            if script in _SCRIPTS
        }
        # A Greek letter beside Latin ones is a formula sign (µTransfer), unless it looks like one of them.
        formula = scripts == {"LATIN", "GREEK"} and not _LOOK_ALIKE.intersection(word)
        if len(scripts) > 1 and not formula:
            names = " and ".join(sorted(script.title() for script in scripts))
            yield finding(MIXED_SCRIPTS, f"'{word}' mixes {names} letters", at, found=word)


def _hides(text: str, index: int) -> bool:
    """Whether a character is invisible and has no business where it stands.

    The joiners are letters' business in Persian and Indic scripts, and glue in emoji.
    """
    char = text[index]
    if unicodedata.category(char) != "Cf":
        return False
    before = text[index - 1] if index else " "
    joins = char in "\u200c\u200d" and not before.isascii() and index + 1 < len(text)
    return not (joins and not text[index + 1].isascii())


def _is_plain(node: Any) -> bool:
    """Whether a document holds ASCII only: most do, and need no pointers."""
    if isinstance(node, str):
        return node.isascii()
    if isinstance(node, dict):
        return all(map(_is_plain, node.values()))
    return not isinstance(node, list) or all(map(_is_plain, node))


def _strings(node: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield node, at
    elif isinstance(node, dict):
        for key, item in node.items():
            if at or key != "results":
                yield from _strings(item, f"{at}/{escape(key)}")
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _strings(item, f"{at}/{index}")
