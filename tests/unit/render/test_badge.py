"""A badge states the level in words, the same on every machine, and nothing in it can be obeyed."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenalgo.render.badge import (
    _LABEL_GREY,
    BLUE,
    GREY,
    INVALID,
    LABEL,
    RED,
    UNSUPPORTED,
    Badge,
    of_level,
    to_json,
    to_svg,
)

SVG = "{http://www.w3.org/2000/svg}"
TOTAL = {"value": 29630.0, "lower": 29000.0, "upper": 30300.0, "status": "modelled"}


def test_the_level_and_the_number() -> None:
    assert of_level("L1", TOTAL).message == "L1 · 29.63 t CO2e"
    assert of_level("L2", {"value": 0.00002, "status": "metered"}).message == "L2 · 20 mg CO2e"
    assert of_level("L1", {"value": 0, "status": "metered"}).message == "L1 · 0 kg CO2e"


@pytest.mark.parametrize("total", [None, {"status": "not_assessed", "reason": "no meter"}])
def test_no_number(total: dict[str, object] | None) -> None:
    assert of_level("L0", total).message == "L0 · CO2e not computable"


def test_the_colour_is_no_grade() -> None:
    colours = {of_level(level, TOTAL).colour for level in ("L0", "L1", "L2", "L3", "L4")}
    assert colours == {BLUE}
    assert INVALID.colour == RED
    assert UNSUPPORTED.colour == GREY


def test_what_shields_asks_for() -> None:
    # https://shields.io/badges/endpoint-badge: the keys, and what each may be.
    for badge in (of_level("L1", TOTAL), INVALID, UNSUPPORTED):
        record = json.loads(to_json(badge))
        assert record.pop("schemaVersion") == 1
        assert record.pop("label") == LABEL
        assert record.pop("message") == badge.message
        assert record.pop("color") == badge.colour
        assert record.pop("isError", False) is badge.error
        assert record.pop("cacheSeconds") >= 300
        assert record == {}


def test_the_bytes() -> None:
    assert to_svg(INVALID) == (
        '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="20" viewBox="0 0 160 20" '
        'role="img" aria-label="compute footprint: invalid">\n'
        "<title>compute footprint: invalid</title>\n"
        '<path d="M112 0v20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#3d3d3d"/>\n'
        '<path d="M112 0v20h45a3 3 0 0 0 3-3V3a3 3 0 0 0-3-3z" fill="#b3261e"/>\n'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11" '
        'aria-hidden="true">\n'
        '<text x="6" y="14" textLength="100">compute footprint</text>\n'
        '<text x="118" y="14" textLength="36">invalid</text>\n'
        "</g>\n</svg>\n"
    )


def test_it_needs_nothing_else() -> None:
    text = to_svg(of_level("L1", TOTAL))
    for word in ("http:", "https:", "href", "<script", "<style", "url(", "id=", "@import"):
        assert word not in text.replace("http://www.w3.org/2000/svg", "")


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [BLUE, RED, GREY, _LABEL_GREY])
def test_contrast_of_white_text(colour: str) -> None:
    assert 1.05 / (luminance(colour) + 0.05) >= 6


@given(st.text(max_size=40) | st.sampled_from(["</title><script>\"&'", "]]>", "\0\x1b[31m", "😀"]))
def test_hostile_text_stays_text(message: str) -> None:
    text = to_svg(Badge(message)).encode("utf-8")
    root = ET.fromstring(text)  # noqa: S314 - our own text: were it not well-formed, this fails
    assert [child.tag for child in root] == [SVG + name for name in ("title", "path", "path", "g")]
    shown = root.findall(f"{SVG}g/{SVG}text")[1].text or ""
    as_xml_reads = message.replace("\r\n", "\n").replace("\r", "\n")
    assert len(shown) == len(as_xml_reads)
    assert all(char in (other, "\ufffd") for char, other in zip(shown, as_xml_reads, strict=True))
    assert int(root.attrib["width"]) >= 111


def test_wide_text_gets_room() -> None:
    narrow, wide = (ET.fromstring(to_svg(Badge(text))) for text in ("iiii", "漢字漢字"))  # noqa: S314
    assert int(wide.attrib["width"]) > int(narrow.attrib["width"]) + 25
