"""Statements that tempt a comparison to rank what is not alike, each with what has to be said instead."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from comparison_cases import document, run

from greenalgo.errors import RegistryError
from greenalgo.registry.comparison import formats
from greenalgo.registry.comparison.bulk import rank_table
from greenalgo.registry.comparison.parquet import to_parquet
from greenalgo.registry.comparison.reported import unit_of
from greenalgo.statement.digest import digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from greenalgo.registry.comparison.compare import Comparison
    from greenalgo.registry.comparison.rows import Source

CPU_CORES = [{"kind": "cpu", "model": "X", "count": 64, "power_w": 3, "power_scope": "core"}]
SERVER = [{"kind": "node", "model": "X", "count": 1, "power_w": 900, "power_scope": "node"}]


def with_runs(name: str, *runs: dict[str, Any], **top: Any) -> Source:
    """Make a statement whose runs are the usual one with changes; None takes a field away."""
    source = document(name, **top)
    (usual,) = source.data["runs"]
    source.data["runs"] = [
        {
            field: value
            for field, value in {**copy.deepcopy(usual), "id": f"r{at}", **changes}.items()
            if value is not None
        }
        for at, changes in enumerate(runs)
    ]
    return source._replace(digest=digest(source.data))


def quoted(name: str, *runs: str, **reported: Any) -> Source:
    source = document(name, reported=reported)
    source.data["runs"] = [{"id": one, "phase": "training"} for one in runs or ("r",)]
    return source._replace(digest=digest(source.data))


def test_a_total_without_its_largest_run_is_no_total() -> None:
    honest = with_runs("honest", {}, {"hours": 900}, boundary={"includes": ["GPUs"]})
    sly = with_runs("sly", {}, {"hours": None})
    found = run(honest, sly)
    assert list(found.frame["harmonised"].notna()) == [True, False]
    assert list(found.frame["rank"].notna()) == [True, False]
    assert "sly: not all runs can be recomputed: r1 (the gpu component has no hours)" in (
        formats.to_text(found)
    )
    # By run, the one that can be recomputed stands for itself.
    assert run(sly, by_run=True).frame["harmonised"].notna().sum() == 1


def test_a_rate_without_its_largest_run_is_no_rate() -> None:
    units = [{"unit": "prompt", "quantity": 10}]
    sly = with_runs("sly", {}, {"hours": None}, functional_units=units)
    assert run(sly, per="unit").frame["value"].isna().all()
    one = with_runs("one", {}, {"hours": None}, functional_units=[{**units[0], "run": "r0"}])
    assert list(run(one, per="unit").frame["value"]) == [pytest.approx(0.75)]


@pytest.mark.parametrize(
    ("changes", "scope"),
    [
        ([{"outcome": "failed"}], "training, failed runs alone"),
        ([{}, {"outcome": "failed"}], "training, with failed runs"),
        ([{}, {"outcome": "aborted"}], "training, with failed runs"),
        ([{}, {"outcome": "exploratory"}], "training, with exploratory runs"),
        (
            [{"outcome": "aborted"}, {"outcome": "failed"}],
            "training, failed and aborted runs alone",
        ),
    ],
)
def test_what_the_runs_came_to_is_part_of_the_scope(
    changes: list[dict[str, Any]], scope: str
) -> None:
    found = run(document("A"), with_runs("B", *changes))
    assert found.differing["scope"] == ["training", scope]


def test_many_failed_runs_do_not_make_a_run_small() -> None:
    padded = with_runs("B", {}, {"hours": 0.001, "repetitions": 1000, "outcome": "failed"})
    found = run(document("A"), padded, per="run")
    assert len(found.groups) == 2


def test_the_order_of_runs_is_no_difference() -> None:
    one = with_runs("A", {}, {"phase": "evaluation", "outcome": "exploratory"})
    other = with_runs("B", {"phase": "evaluation", "outcome": "exploratory"}, {})
    found = run(one, other)
    assert len(found.groups) == 1
    assert list(found.frame["phase"]) == ["training + evaluation"] * 2
    assert list(found.frame["rank"]) == [1, 1]


def test_hours_of_cores_servers_and_accelerators_are_not_one_unit() -> None:
    sources = (
        document("A"), with_runs("B", {"hardware": CPU_CORES}), with_runs("C", {"hardware": SERVER}),
    )  # fmt: skip
    found = run(*sources, per="accelerator-hour")
    assert {group.key.functional_unit for group in found.groups} == {
        "accelerator-hour", "core-hour", "node-hour",
    }  # fmt: skip
    assert "per core-hour" in formats.to_text(run(sources[1]))
    assert r"(kg) & device-hour \\" in formats.to_latex(run(*sources))


def test_direct_emissions_are_not_ranked_with_those_of_the_life_cycle() -> None:
    direct = with_runs("B", {"carbon_intensity_g_per_kwh": {"value": 90, "boundary": "direct"}})
    found = run(document("A"), direct)
    assert found.differing == {"carbon_basis": ["location", "location, direct emissions alone"]}
    assert "carbon basis: location; location, direct emissions alone" in formats.to_text(found)
    assert len(run(document("A"), direct, metric="energy").groups) == 1
    mixed = with_runs("C", {}, {"carbon_intensity_g_per_kwh": {"value": 90, "boundary": "direct"}})
    assert len(run(document("A"), direct, mixed).groups) == 3


def test_a_family_of_direct_and_life_cycle_emissions_is_not_one_of_like_with_like() -> None:
    intensity = {"value": 40, "boundary": "direct"}
    one = document("A", subject={"name": "X"})
    other = document("B", subject={"name": "X"}, run={"carbon_intensity_g_per_kwh": intensity})
    text = formats.to_text(run(one, other))
    assert "CO2e harmonised differs 2.5 times (B to A, at different boundaries or bases)" in text


def test_water_that_is_withdrawn_is_not_ranked_with_water_that_is_consumed() -> None:
    def wet(name: str, **more: str) -> Source:
        return with_runs(name, {"water": {"wue_l_per_kwh": 1, "ewif_l_per_kwh": 1, **more}})

    found = run(wet("A", kind="consumption"), wet("B", kind="withdrawal"), metric="water")
    assert list(found.differing) == ["water_scope"]
    titles = [formats.group_title(group.key, 1) for group in found.groups]
    assert len(set(titles)) == 2
    partial = with_runs(
        "C",
        {
            "water": {
                "wue_l_per_kwh": 1,
                "ewif_l_per_kwh": {"status": "not_assessed", "reason": "No."},
            }
        },
    )
    assert "C: No." in formats.to_text(run(wet("A"), partial, metric="water"))


@pytest.mark.parametrize("unit", ["the whole", "run", "Accelerator-hours"])
def test_a_unit_that_is_called_like_a_total_is_not_ranked_with_totals(unit: str) -> None:
    rate = {"unit": unit, "boundary": "it", "co2e_g": 1, "co2e_basis": "location"}
    small = quoted("B", per_functional_unit=[rate])
    large = quoted("A", boundary="it", co2e_operational_kg=100)
    for per in ("total", "run"):
        found = run(large, small, per=per)
        assert len(found.groups) == 2
    assert f"per unit '{unit_of(unit)[0]}'" in formats.to_text(found)


@pytest.mark.parametrize(
    ("said", "unit", "size"),
    [
        ("Token ", "token", 1), ("tokens", "token", 1), ("1k tokens", "token", 1e3),
        ("1,000  Tokens", "token", 1e3), ("million steps", "step", 1e6), ("per prompt", "prompt", 1),
        ("1 image", "image", 1), ("queries", "query", 1), ("answers of 400 tokens", "answer of 400 tokens", 1),
        ("prompt of 10k tokens, answered in 1.5k", "prompt of 10k tokens, answered in 1.5k", 1),
        ("20 minutes of listening", "20 minutes of listening", 1), ("analysis", "analysis", 1),
        ("image from models", "image from models", 1), ("searches", "search", 1),
        ("1000", "1000", 1), ("node-hours", "node-hour", 1), ("series", "series", 1),
    ],
)  # fmt: skip
def test_spellings_of_a_unit(said: str, unit: str, size: float) -> None:
    assert unit_of(said) == (unit, size)
    assert unit_of(unit) == (unit, 1)


def test_tokens_are_tokens_by_the_piece_and_by_the_thousand() -> None:
    sources = [
        document(name, functional_units=[{"unit": unit, "quantity": quantity}])
        for name, unit, quantity in (
            ("A", "token", 1e6),
            ("B", "1k tokens", 1e3),
            ("C", "tokens", 2e6),
        )
    ]
    rate = {
        "unit": "1k tokens",
        "quantity": 5,
        "boundary": "it",
        "co2e_g": 10,
        "co2e_basis": "location",
    }
    found = run(*sources, quoted("D", per_functional_unit=[rate]), per="unit")
    frame = found.frame.set_index("name")
    assert list(frame.loc[["A", "B", "C"], "rank"]) == [2, 2, 1]
    assert frame.loc["B", "harmonised"] == pytest.approx(7.5e-6)
    assert frame.loc["D", "reported"] == pytest.approx(0.01 / 5000)
    assert len(found.groups) == 2


def test_every_rate_of_a_unit_is_shown() -> None:
    rates = [
        {"unit": "prompt", "boundary": "it", "co2e_g": grams, "co2e_basis": "location"}
        for grams in (1, 9)
    ]
    found = run(quoted("A", per_functional_unit=rates), per="unit")
    assert list(found.frame["value"]) == [0.001, 0.009]


def test_water_of_two_scopes_is_not_added_up() -> None:
    runs = {
        "a": {"boundary": "it", "co2e_operational_kg": 1, "water_l": 5},
        "b": {"boundary": "it", "co2e_operational_kg": 2, "water_onsite_l": 5},
    }
    (co2e,) = run(quoted("A", "a", "b", runs=runs)).frame["reported"]
    assert co2e == 3
    (water,) = run(quoted("A", "a", "b", runs=runs), metric="water").frame["reported"]
    assert pd.isna(water)


def test_what_is_counted_and_how_it_is_known_is_said_where_rows_differ() -> None:
    meter = with_runs(
        "meter", {"energy_it_kwh": {"value": 60, "status": "metered", "source": "PDU"}}
    )
    found = run(document("plate"), with_runs("server", {"hardware": SERVER}), meter)
    text = formats.to_text(found)
    assert (
        "rows do not all count the same: accelerators alone (plate); whole servers (server)" in text
    )
    assert (
        "rows do not all know their energy in the same way: "
        "from power and hours (plate, server); metered (meter)"
    ) in text
    for write in (formats.to_markdown, formats.to_latex, formats.to_json):
        assert "do not all count the same" in write(found)
    assert "Note:" not in formats.to_text(run(document("A"), document("B", hours=1)))


def test_runs_that_do_not_count_the_same_are_named() -> None:
    mixed = with_runs("A", {}, {"hardware": SERVER})
    text = formats.to_text(run(mixed, by_run=True))
    assert "accelerators alone (A:r0); whole servers (A:r1)" in text


def test_rates_of_two_runs_are_told_apart() -> None:
    units = [{"unit": "prompt", "quantity": 10, "run": f"r{at}"} for at in range(2)]
    two = with_runs("A", {}, {"hours": 9}, functional_units=units)
    one = with_runs("B", {}, functional_units=units[:1])
    assert list(run(two, one, per="unit").frame["name"]) == ["A:r0", "A:r1", "B"]


@pytest.mark.parametrize("write", [formats.to_text, formats.to_markdown, formats.to_latex])
def test_a_comparison_in_which_nobody_has_a_value_is_written(
    write: Callable[[Comparison], str],
) -> None:
    found = run(quoted("A", boundary="it"), metric="water")
    assert "harmonised" in write(found).lower()
    assert "\nWithout water to compare\n  A: " in formats.to_text(found)


def test_an_order_that_intervals_leave_open_is_said() -> None:
    def wide(name: str, hours: float, low: float, high: float) -> Source:
        pue = {"value": 1.5, "lower": low, "upper": high}
        return with_runs(name, {"hours": hours, "pue": pue})

    sources = [
        document("A", hours=1), wide("B", 100, 1.1, 1.9), wide("C", 110, 1.2, 1.6),
        wide("D", 1000, 1.4, 1.6), document("E", hours=1010), document("F", hours=9000),
    ]  # fmt: skip
    assert "the order is not certain: ranks 2 to 3, 4 to 5\n" in formats.to_text(run(*sources))


def test_what_was_taken_back_has_no_rank_and_is_marked(tmp_path: Path) -> None:
    sources = [
        document(name, hours=hours)._replace(status=status)
        for hours, (name, status) in enumerate(
            zip(
                "ABCDE",
                ("withdrawn", "superseded", "retracted", "disputed", "published"),
                strict=True,
            ),
            start=1,
        )
    ]
    found = run(*sources)
    assert list(found.frame["rank"].fillna(0)) == [0, 0, 0, 1, 2]
    text = formats.to_text(found)
    assert "  A (withdrawn)" in text
    assert "  D (disputed)" in text
    assert "E (" not in text
    assert "without a rank: A, withdrawn; B, superseded; C, retracted" in text
    (tmp_path / "table.parquet").write_bytes(to_parquet(found.frame))
    assert list(rank_table(str(tmp_path / "table.parquet")).row) == [3, 4]


def test_statements_of_one_name_are_told_apart() -> None:
    one, other = document("A"), document("A", reported={"energy_it_kwh": 50})
    found = run(one, other)
    names = {f"A {source.digest[:8]}" for source in (one, other)}
    assert set(found.frame["name"]) == names
    (family,) = found.families
    assert set(family.differing["boundary"]) == names
    assert "CO2e harmonised is equal" in formats.to_text(found)


def test_equal_but_for_rounding_shares_a_rank() -> None:
    one = document("A", hours=0.3)
    other = with_runs("B", {"hours": 0.1}, {"hours": 0.1}, {"hours": 0.1})
    assert one.data["runs"][0]["hours"] != sum([0.1] * 3)
    assert list(run(one, other).frame["rank"]) == [1, 1]


def test_groups_of_two_keys_have_two_titles() -> None:
    figures = (
        "co2e_operational_kg",
        "co2e_market_kg",
        "co2e_net_kg",
        "co2e_embodied_kg",
        "co2e_total_kg",
    )
    sources = [quoted(name, boundary="it", **{name: 1}) for name in figures]
    found = run(*sources, document("A"))
    titles = [formats.group_title(group.key, 1) for group in found.groups]
    assert len(titles) == len(set(titles)) == 6


@pytest.mark.parametrize(
    ("where", "message", "hint"),
    [
        ({"phase": "trainng"}, "no row fits phase=trainng", "near it: training"),
        ({"subject": "blom"}, "no row fits subject=blom", "near it: Bloom 176B"),
        ({"country": "RA"}, "no row fits country=RA", "near it: FRA"),
        ({"task": "x"}, "no row fits task=x", "none of them has a task"),
        ({"year": "20"}, "no row fits year=20", "none of them has a year"),
        ({"year": "2x"}, "year=2x: a year is a number", ""),
        ({"year>=": "x"}, "year>=x: a year is a number", ""),
        ({"status": "gone"}, "there is no status 'gone'", "there are published, disputed"),
        ({"task": " "}, "task says no text", "task=TEXT"),
        ({"phases": "x"}, "no field 'phases'", "did you mean phase?"),
    ],
)
def test_a_filter_that_nobody_fits_is_answered_with_what_there_is(
    where: dict[str, str], message: str, hint: str
) -> None:
    subject = {"name": "Bloom 176B"}
    with pytest.raises(RegistryError) as caught:
        run(document("A", subject=subject), where=where)
    assert message in str(caught.value)
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize("text", ["FRA", "fr", "France"])
def test_a_country_is_found_by_code_and_name(text: str) -> None:
    other = with_runs("B", {"location": {"country": "DEU"}})
    assert list(run(document("A"), other, where={"country": text}).frame["name"]) == ["A"]
