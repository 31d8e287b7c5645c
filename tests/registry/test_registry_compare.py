"""Comparison: keys, ranks, rates, families; and the corpus of published footprints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from comparison_cases import corpus, document, run

from everyday import first
from greenalgo import api
from greenalgo.errors import RegistryError
from greenalgo.registry.comparison import formats
from greenalgo.registry.comparison.rows import Source
from greenalgo.statement.digest import digest

if TYPE_CHECKING:
    from greenalgo.registry.comparison.compare import Comparison
    from greenalgo.registry.comparison.family import Family

CORPUS = Path(__file__).resolve().parents[2] / "registry" / "statements"


def row(found: Comparison, name: str) -> pd.Series[Any]:
    return found.frame[found.frame["name"] == name].iloc[0]


def test_as_reported_and_harmonised_stand_side_by_side() -> None:
    reported = {"boundary": "it", "energy_it_kwh": 50, "co2e_operational_kg": 5}
    one = row(run(document("A", reported=reported)), "A")
    assert (one["reported"], one["reported_boundary"]) == (5, "it")
    assert one["harmonised"] == pytest.approx(2 * 100 * 0.25 * 1.5 * 0.1)
    assert (one["rank"], one["value"]) == (1, one["harmonised"])


def test_an_interval_of_an_input_is_an_interval_of_the_result() -> None:
    pue = {"value": 1.5, "lower": 1.2, "upper": 1.8}
    one = row(run(document("A", run={"pue": pue})), "A")
    assert (one["lower"], one["upper"]) == (pytest.approx(6.0), pytest.approx(9.0))


def test_rows_of_one_key_are_ranked_and_equal_ones_share_a_rank() -> None:
    found = run(
        *(document(name, hours=hours) for name, hours in zip("ABCD", (3, 1, 2, 1), strict=True))
    )
    assert dict(zip(found.frame["name"], found.frame["rank"], strict=True)) == {
        "A": 4,
        "B": 1,
        "C": 3,
        "D": 1,
    }
    assert len(found.groups) == 1
    assert found.differing == {}


@pytest.mark.parametrize(
    ("other", "options", "part"),
    [
        ({"run": {"phase": "inference"}}, {}, "scope"),
        ({"boundary": {"failed_runs": "included"}}, {}, "scope"),
        ({"run": {"hardware": [{"kind": "gpu"}]}}, {}, "level"),
        ({"reported": {"energy_it_kwh": 999}}, {}, "level"),
    ],
)
def test_rows_of_different_keys_are_never_ranked_together(
    other: dict[str, Any], options: dict[str, Any], part: str
) -> None:
    one = document("A", reported={"co2e_operational_kg": 7.5})
    two = document("B", **{"reported": {"co2e_operational_kg": 7.5}, **other})
    found = run(one, two, **options)
    assert list(found.frame["rank"].dropna()) == [1] * found.frame["rank"].notna().sum()
    assert part in found.differing
    assert f"{part}:" in formats.to_text(found)


def quoted(name: str, **reported: Any) -> Source:
    source = document(name, reported=reported)
    source.data["runs"] = [{"id": "r", "phase": "training"}]
    return source._replace(digest=digest(source.data))


def test_quoted_figures_rank_by_what_their_documents_say_they_cover() -> None:
    found = run(
        quoted("A", boundary="facility", co2e_operational_kg=3),
        quoted("B", boundary="facility", co2e_operational_kg=2),
        quoted("C", boundary="it", co2e_operational_kg=1),
        quoted("D", boundary="facility", co2e_market_kg=1),
        document("E"),
    )
    assert dict(zip(found.frame["name"], found.frame["rank"], strict=True)) == {
        "A": 2, "B": 1, "C": 1, "D": 1, "E": 1,
    }  # fmt: skip
    assert set(found.differing) == {"boundary", "level", "carbon_basis", "factor_set"}


def test_parts_of_the_key_that_say_nothing_about_a_metric_do_not_split() -> None:
    market = quoted("A", boundary="it", energy_kwh=3, co2e_market_kg=1)
    location = quoted("B", boundary="it", energy_kwh=2, co2e_operational_kg=1)
    assert len(run(market, location, metric="energy").groups) == 1
    assert len(run(market, location, metric="co2e").groups) == 2


def test_what_has_no_figure_is_named_with_the_reason() -> None:
    found = run(document("A"), quoted("B", energy_kwh=3))
    assert "  B: " in formats.to_text(found).partition("Without CO2e")[2]
    assert len(found.groups) == 1


def test_normalised_per_run_and_accelerator_hour() -> None:
    total = 2 * 100 * 0.25 * 1.5 * 0.1
    repeated = document("A", run={"repetitions": 4})
    assert row(run(repeated), "A")["harmonised"] == pytest.approx(4 * total)
    assert row(run(repeated, per="run"), "A")["harmonised"] == pytest.approx(total)
    assert row(run(repeated), "A")["per_run"] == pytest.approx(total)
    for found in (row(run(repeated), "A"), row(run(document("A")), "A")):
        assert found["per_accelerator_hour"] == pytest.approx(total / 200)
    assert row(run(repeated, per="accelerator-hour"), "A")["harmonised"] == pytest.approx(
        total / 200
    )


def test_nothing_per_accelerator_hour_without_hours() -> None:
    one = quoted("A", boundary="it", co2e_operational_kg=3)
    found = row(run(one, document("B"), per="accelerator-hour"), "A")
    assert pd.isna(found["value"])
    assert "device-hours are not known" in found["why"]


def test_per_functional_unit() -> None:
    units = [{"unit": "Prompt ", "quantity": 1000}]
    rates = [
        {
            "unit": "prompt",
            "boundary": "it",
            "energy_wh": 0.5,
            "co2e_g": 0.2,
            "co2e_basis": "location",
        }
    ]
    found = run(
        document("A", functional_units=units),
        document("B", functional_units=units, reported={"co2e_operational_kg": 7.5}),
        document("C", functional_units=[{"unit": "image", "quantity": 10}]),
        quoted("D", per_functional_unit=rates),
        document("E"),
        per="unit",
    )
    assert list(found.frame["name"]) == ["A", "B", "C", "D"]
    assert row(found, "A")["harmonised"] == pytest.approx(0.0075)
    assert row(found, "B")["reported"] == pytest.approx(0.0075)
    assert row(found, "D")["reported"] == pytest.approx(0.0002)
    assert {group.key.functional_unit for group in found.groups} == {"prompt", "image"}
    # Without --per unit, what has rates only is shown by them, in a key of its own.
    assert row(run(quoted("D", per_functional_unit=rates)), "D")["unit"] == "prompt"


def test_a_row_for_each_run() -> None:
    one = document("A")
    one.data["runs"].append({**one.data["runs"][0], "id": "s", "phase": "inference", "hours": 1})
    found = run(one._replace(digest=digest(one.data)), by_run=True)
    assert list(zip(found.frame["run"], found.frame["phase"], strict=True)) == [
        ("r", "training"), ("s", "inference"),
    ]  # fmt: skip
    assert "A:s" in formats.to_text(found)


def test_the_results_that_a_statement_carries_do_not_count() -> None:
    one = document("A")
    filled = api.fill(one.data, policy="mlco2")
    found = run(one, Source("B", digest(filled), filled))
    assert row(found, "A")["harmonised"] == row(found, "B")["harmonised"] == pytest.approx(7.5)


def test_an_invalid_document_is_left_out_and_named() -> None:
    broken = document("B", nonsense=1)
    found = run(document("A"), broken)
    assert [item.name for item in found.unusable] == ["B"]
    assert list(found.frame["name"]) == ["A"]


def test_rows_are_chosen_by_field() -> None:
    sources = (document("A"), document("B", run={"phase": "inference"}))
    assert list(run(*sources, where={"phase": "INFER"}).frame["name"]) == ["B"]
    with pytest.raises(RegistryError, match="no field 'colour'"):
        run(*sources, where={"colour": "red"})


def families(*sources: Source) -> list[Family]:
    return list(run(*sources).families)


@pytest.mark.parametrize(
    ("one", "two", "together"),
    [
        ("GPT-3", "GPT-3", True),
        ("GPT-3", "gpt 3", True),
        ("GPT-3", "GPT-3 175B", True),
        ("Llama 2 7B", "Llama 2 70B", False),
        ("GPT-3", "GPT-4", False),
        ("BERT", "BERT base", False),
    ],
)
def test_families_by_name(one: str, two: str, together: bool) -> None:
    first, second = document("A", subject={"name": one}), document("B", subject={"name": two})
    assert bool(families(first, second)) is together


def test_a_name_without_a_size_joins_no_one_where_there_are_two_sizes() -> None:
    names = ("Llama", "Llama 7B", "Llama 70B")
    assert families(*(document(n, subject={"name": n}) for n in names)) == []


def test_relations_make_a_family() -> None:
    other = document("B", subject={"name": "Something else"})
    for target in ("B.yaml", "B", other.digest):
        one = document("A", relations=[{"kind": "quotes", "statement": target}])
        (family,) = families(one, other)
        assert {member.name for member in family.rows} == {"A", "B"}
    apart = document("A", relations=[{"kind": "compares_with", "statement": "B"}])
    assert families(apart, other) == []


def test_a_family_says_by_how_much_and_why() -> None:
    subject = {"name": "X"}
    one = document("A", subject=subject, reported={"co2e_operational_kg": 7.5})
    two = document("B", subject=subject, hours=400, reported={"co2e_operational_kg": 30})
    (family,) = families(one, two)
    assert family.ratio == pytest.approx(4)
    assert set(family.differing) == {"device_hours"}
    assert family.differing["device_hours"] == {"A": 200, "B": 800}
    text = formats.to_text(run(one, two))
    assert "2 statements; CO2e as reported differs 4 times (A to B)" in text


def test_the_corpus_is_compared_whole() -> None:
    found = corpus()
    assert found.unusable == ()
    assert len(found.frame) >= 230
    assert found.frame["harmonised"].notna().sum() >= 85
    for group in found.groups:
        ordered = group.rows["value"]
        assert ordered.is_monotonic_increasing
        assert group.rows["rank"].iloc[0] == 1


def test_architecture_search_was_overestimated_88_times() -> None:
    family = next(
        f for f in corpus().families if f.subject == "Evolved Transformer architecture search"
    )
    reported = next(s for s in family.spreads if s.what == "CO2e as reported")
    assert reported.ratio == pytest.approx(88.8, rel=0.01)
    assert (reported.smallest[0], reported.largest[0]) == (
        "patterson2021-et-nas",
        "strubell2019-nas",
    )
    assert {"hardware", "device_hours", "pue"} <= set(family.differing)


def test_bloom_has_several_figures_and_the_boundary_is_among_the_reasons() -> None:
    family = next(f for f in corpus().families if f.subject == "BLOOM-176B")
    assert len(family.rows) == 4
    assert {"boundary", "includes", "carbon_intensity"} <= set(family.differing)
    final = row(corpus(), "luccioni2022-bloom-final-training")
    assert (final["reported"], final["reported_boundary"]) == (24690, "device")
    assert final["harmonised"] == pytest.approx(29630.6, rel=1e-4)


def test_gpt3_is_one_family_under_two_names() -> None:
    family = next(f for f in corpus().families if "GPT-3" in f.subject)
    assert {"patterson2021-gpt3", "luccioni2022-gpt3-asquoted"} <= {
        member.name for member in family.rows
    }


@pytest.mark.parametrize("metric", first(("co2e", "energy", "water")))
@pytest.mark.parametrize("per", ["total", "run", "accelerator-hour", "unit"])
def test_the_corpus_in_every_way(metric: str, per: str) -> None:
    found = corpus(metric=metric, per=per)
    assert found.frame["value"].dropna().ge(0).all()
    assert formats.to_text(found).count("\n") > 10
    assert found.frame.loc[found.frame["value"].isna(), "why"].str.len().gt(0).all()


@pytest.mark.parametrize(("boundary", "alike"), [("it", True), ("facility", False)])
def test_figures_of_two_boundaries_are_not_alike(boundary: str, alike: bool) -> None:
    first = document("A", reported={"boundary": "it", "co2e_operational_kg": 5})
    other = document("A", hours=99, reported={"boundary": boundary, "co2e_operational_kg": 10})
    [family] = run(first, other).families
    spreads = {spread.what: spread for spread in family.spreads}
    assert spreads["CO2e as reported"].ratio == 2
    assert spreads["CO2e as reported"].alike is alike
    assert spreads["CO2e harmonised"].alike  # recomputed within one boundary


def test_one_figure_is_no_spread() -> None:
    said = document("A", reported={"co2e_operational_kg": 5})
    silent = document("A", hours=99)
    [family] = run(said, silent).families
    assert "CO2e as reported" not in {spread.what for spread in family.spreads}
