"""Why the members of a family differ, as people read it; and what a statement without a file is called."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from comparison_cases import document, run

from greenalgo.registry.comparison import formats, gather, reasons
from greenalgo.registry.store.base import Holding

if TYPE_CHECKING:
    from greenalgo.registry.comparison.family import Family
    from greenalgo.registry.comparison.rows import Source


def about_one(*sources: Source) -> Family:
    """Return the one family that sources of one subject are."""
    named = [
        source._replace(data={**source.data, "subject": {"name": "Chess-7B"}}) for source in sources
    ]
    (found,) = run(*named).families
    return found


def lines(*sources: Source) -> list[str]:
    return list(reasons.reasons(about_one(*sources)))


def test_the_difference_is_taken_apart() -> None:
    # 2 x 100 h x 250 W x 1.5 x 100 g/kWh = 7.5 kg; 300 h at 200 g/kWh are 45 kg
    apart = lines(document("a"), document("b", hours=300, run={"carbon_intensity_g_per_kwh": 200}))
    assert apart[0] == (
        "harmonised CO2e differs 6 times: device-hours 3 times, energy of a device-hour equal, "
        "carbon intensity 2 times (a to b)"
    )
    assert apart[1:] == [
        "device-hours: 200 (a); 600 (b)",
        "carbon intensity in g/kWh: 100 (a); 200 (b)",
    ]


def test_what_does_not_differ_is_not_taken_apart() -> None:
    assert lines(document("a"), document("b", run={"location": {"country": "DEU"}})) == [
        "country: DEU (b); FRA (a)"
    ]


def test_the_largest_group_is_given_by_its_number() -> None:
    many = [document(name, hours=200) for name in "bcd"]
    assert "device-hours: 200 (a); 400 (the other 3)" in lines(document("a"), *many)


def test_many_values_are_given_by_their_ends() -> None:
    many = [document(f"s{hours}", hours=hours) for hours in range(100, 900, 100)]
    assert "device-hours: 8 values, 200 to 1 600" in lines(*many)


def test_the_power_of_a_server_is_not_called_that_of_a_device() -> None:
    server = {"kind": "node", "power_scope": "node", "count": 1, "power_w": 1500}
    (said,) = (
        line
        for line in lines(document("a"), document("b", run={"hardware": [server]}))
        if line.startswith("power")
    )
    assert said == "power in W: 250 (a); 1 500 for a whole server (b)"


def test_water_is_compared_with_its_inputs() -> None:
    def wet(name: str, each: float, litres: float) -> Source:
        water = {"water": {"wue_l_per_kwh": each, "ewif_l_per_kwh": 0}}
        return document(name, run=water, reported={"water_l": litres})

    family = about_one(wet("a", 1, 50), wet("b", 3, 150))
    assert reasons.headline(family) == (
        "Chess-7B, training: 2 statements; water as reported differs 3 times (a to b)"
    )
    assert "on-site water in L/kWh: 1 (a); 3 (b)" in list(reasons.reasons(family))


def test_markdown_says_why_as_well() -> None:
    one, two = (
        source._replace(data={**source.data, "subject": {"name": "Chess-7B"}})
        for source in (document("a"), document("b", hours=300))
    )
    text = formats.to_markdown(run(one, two))
    assert "\n    - device-hours: 200 (a); 600 (b)\n" in text
    assert text.count("Chess-7B, training: 2 statements") == 1


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({}, "Chess-7B 01234567"),
        ({"issued": "2024-05-01"}, "Chess-7B, 2024 01234567"),
        # the year of a record is not that of the work
        (
            {"issued": "2026-01-01", "provenance": {"citation": "lee2021", "compiled_by": "us"}},
            "Chess-7B, lee2021 01234567",
        ),
        ({"issued": "2026-01-01", "provenance": {"compiled_by": "us"}}, "Chess-7B 01234567"),
        (
            {"provenance": {"citation": "A. Lee, a long title", "compiled_by": "us"}},
            "Chess-7B 01234567",
        ),
    ],
)
def test_a_statement_without_a_file_is_called_by_what_it_is_about(
    more: dict[str, Any], name: str
) -> None:
    data = {**document("Chess-7B").data, **more}
    held = Holding("0123456789abcdef" * 4, json.dumps(data).encode())
    assert gather.source_of(held, {}).name == name


def test_members_are_named_without_the_subject_of_their_family() -> None:
    named = [
        document(f"Chess-7B, {year} {digits}", hours=hours)
        for year, digits, hours in ((2021, "aaaa1111", 100), (2022, "bbbb2222", 200))
    ]
    family = about_one(*named)
    assert "differs 2 times (2021 aaaa1111 to 2022 bbbb2222)" in reasons.headline(family)
    assert "device-hours: 200 (2021 aaaa1111); 400 (2022 bbbb2222)" in list(reasons.reasons(family))
