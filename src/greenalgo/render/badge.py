"""A badge that states a statement's level and its CO2e: for shields.io, and as an SVG of its own.

It states facts, never a grade: every level has the same colour, because a small number that nobody can
recompute is not better than a large one that anybody can. Red says that there is something to repair.
The same badge gives the same bytes on every machine.
"""

from __future__ import annotations

import json
import re
from math import fsum
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import quoteattr

from greenalgo.render import amounts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

LABEL = "compute footprint"
#: Backgrounds; white text on each has a contrast of 6 or more (WCAG 2.2 asks for 4.5).
BLUE, RED, GREY, _LABEL_GREY = "#1f5c99", "#b3261e", "#5f5f5f", "#3d3d3d"
#: For how long shields.io may keep an answer (s).
CACHE_SECONDS = 3600

#: Advance widths at 11 px, of DejaVu Sans 2.35, which has Verdana's; other characters take the widest.
_WIDTHS: tuple[tuple[float, str], ...] = (
    (3.0, "'"), (3.1, "ijl"), (3.2, "IJ"), (3.5, " ,.·"), (3.7, "/:;\\|"), (3.9, "f"), (4.0, "-"),
    (4.3, "()[]t"), (4.4, "!⁰¹²³⁴⁵⁶⁷⁸⁹"), (4.5, "r"), (5.1, '"'), (5.5, "*_`–"), (5.7, "s"),
    (5.8, "?z⁻"), (6.0, "c"), (6.1, "L"), (6.3, "F"), (6.4, "k"), (6.5, "vxy"), (6.6, "P"),
    (6.7, "TYao"), (6.8, "e"), (7.0, "$0123456789ESbdghnpqu{}µ"), (7.2, "K"), (7.5, "ABVXZ"),
    (7.6, "R"), (7.7, "C"), (8.1, "U"), (8.2, "N"), (8.3, "H"), (8.5, "DG"), (8.6, "&"), (8.7, "OQ"),
    (9.0, "w"), (9.2, "#+<=>^~−×"), (9.5, "M"), (10.5, "%"), (10.7, "m"), (10.9, "W"),
)  # fmt: skip
_WIDTH = {char: width for width, chars in _WIDTHS for char in chars}
_WIDEST = 11.0
_MARGIN = 6
#: What XML 1.0 cannot hold, however it is written (section 2.2).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Badge(NamedTuple):
    """What a badge says.

    Attributes:
        message: The right half.
        colour: Its background, ``#rrggbb``.
        error: There is something to repair.
    """

    message: str
    colour: str = BLUE
    error: bool = False


def of_level(level: str, co2e: Mapping[str, Any] | None) -> Badge:
    """Return the badge of a valid statement.

    Args:
        level: Its level, as computed.
        co2e: Its total ``co2e_operational_kg`` as in ``results``; None where nothing follows.
    """
    total = amounts.amount(co2e, "co2e")
    words = f"{total.text(ends=False)} CO2e" if total.assessed else "CO2e not computable"
    return Badge(f"{level} · {_plain(words)}")


INVALID = Badge("invalid", RED, error=True)
UNSUPPORTED = Badge("unsupported version", GREY, error=True)


def to_json(badge: Badge) -> str:
    """Return the badge as shields.io's endpoint badge asks for it (schemaVersion 1)."""
    record = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": badge.message,
        "color": badge.colour,
        **({"isError": True} if badge.error else {}),
        "cacheSeconds": CACHE_SECONDS,
    }
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def to_svg(badge: Badge) -> str:
    """Return the badge as an SVG that needs nothing else: no font, style sheet, script or address.

    A screen reader says its name; nothing in it moves, and nothing has an id, so that several of them
    can stand in one page.
    """
    left, right = LABEL, _NO_XML.sub("\ufffd", badge.message)
    first, second = _width(left), _width(right)
    split, whole = first + 2 * _MARGIN, first + second + 4 * _MARGIN
    name = quoteattr(f"{left}: {right}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" '
        f'viewBox="0 0 {whole} 20" role="img" aria-label={name}>\n'
        f"<title>{_escape(left)}: {_escape(right)}</title>\n"
        f'<path d="M{split} 0v20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="{_LABEL_GREY}"/>\n'
        f'<path d="M{split} 0v20h{whole - split - 3}a3 3 0 0 0 3-3V3a3 3 0 0 0-3-3z" '
        f'fill="{badge.colour}"/>\n'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11" '
        'aria-hidden="true">\n'
        f"{_text(left, _MARGIN, first)}{_text(right, split + _MARGIN, second)}"
        "</g>\n</svg>\n"
    )


def _text(text: str, x: int, width: int) -> str:
    # The length is given, so that another font neither overlaps nor leaves a gap.
    return f'<text x="{x}" y="14" textLength="{width}">{_escape(text)}</text>\n'


def _width(text: str) -> int:
    """Return the width of a text in whole pixels, on every Python the same: ``sum`` adds up otherwise from 3.12 on."""
    return round(fsum(_WIDTH.get(char, _WIDEST) for char in text))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> str:
    """Return a text with plain spaces: a badge is one line, and nothing in it can break."""
    return re.sub(r"\s", " ", text)
