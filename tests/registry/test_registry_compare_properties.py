"""What holds for every comparison: whatever statements, in whatever order, by whatever filters."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from comparison_cases import document, run
from hypothesis import given, settings
from hypothesis import strategies as st

from everyday import often
from greenalgo.errors import RegistryError
from greenalgo.registry.comparison import formats, parts
from greenalgo.registry.comparison.cautions import cautions
from greenalgo.registry.comparison.reported import unit_of
from greenalgo.registry.comparison.rows import UNRANKED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from greenalgo.registry.comparison.compare import Comparison
    from greenalgo.registry.comparison.rows import Row, Source, Unusable

#: Changes to the usual run, each of which a key, a note or a family has to notice.
RUNS: tuple[dict[str, Any], ...] = (
    {},
    {"hours": 100},
    {"pue": {"value": 1.5, "lower": 1.2, "upper": 1.9}},
    {"energy_it_kwh": {"value": 60, "status": "metered", "source": "PDU"}},
    {"outcome": "exploratory", "repetitions": 7},
    {"phase": "inference", "location": {"country": "DEU"}},
    {"carbon_intensity_g_per_kwh": {"value": 90, "boundary": "direct"}},
    {"hardware": [{"kind": "node", "model": "X", "count": 1, "power_w": 900, "power_scope": "node"}]},
    {"water": {"wue_l_per_kwh": 1, "ewif_l_per_kwh": {"value": 2, "lower": 1, "upper": 3}}},
    {"pue": {"status": "not_assessed", "reason": "No."}},
)  # fmt: skip
TOPS: tuple[dict[str, Any], ...] = (
    {},
    {"reported": {"boundary": "it", "co2e_operational_kg": 5, "energy_it_kwh": 50}},
    {"functional_units": [{"unit": "prompt", "quantity": 10}, {"unit": "1k tokens", "quantity": 3}]},
    {"boundary": {"includes": ["GPUs"], "failed_runs": "included"}},
)  # fmt: skip
WHERE = (
    {"phase": "training"}, {"phase": "infer"}, {"country": "France"}, {"country": "DEU"},
    {"outcome": "explor"}, {"level": "L1"}, {"hardware": "v100"}, {"unit": "tokens"}, {"subject": "artefact"},
    {"status": "published"}, {"kind": "nobody"},
)  # fmt: skip
OPTIONS = st.fixed_dictionaries(
    {
        "metric": st.sampled_from(("co2e", "energy", "water")),
        "per": st.sampled_from(("total", "run", "accelerator-hour", "unit")),
        "by_run": st.booleans(),
    }
)


@pytest.fixture(scope="module", autouse=True)
def recomputed_once() -> Iterator[None]:
    """Recompute each statement of the pool once, not in every example."""
    known: dict[tuple[str, bool], list[Row | Unusable]] = {}

    def rows(sources: Iterable[Source], *given: Any, by_run: bool) -> Iterator[Row | Unusable]:
        for source in sources:
            key = (source.digest, by_run)
            if key not in known:
                known[key] = list(parts.rows_of([source], *given, by_run=by_run))
            yield from known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("greenalgo.registry.comparison.compare.rows_of", rows)
        yield


@cache
def pool() -> tuple[Source, ...]:
    """Statements of a few artefacts, of which some share a name and some were taken back."""
    statuses = ("published", "", "disputed", "withdrawn")
    found = []
    for at, changes in enumerate(RUNS):
        for number, top in enumerate(TOPS):
            subject = {"name": f"Artefact {(at + number) % 3}"}
            source = document(f"S{at}", hours=1 + at, run=changes, subject=subject, **top)
            found.append(source._replace(status=statuses[(at + number) % 4]))
    return tuple(found)


def some(least: int = 1) -> st.SearchStrategy[list[Source]]:
    return st.lists(
        st.sampled_from(pool()), min_size=least, max_size=6, unique_by=lambda one: one.digest
    )


def records(frame: pd.DataFrame) -> list[str]:
    """Return the rows of a frame, each as text, in an order of their own."""
    known = frame.astype(object).where(frame.notna(), None)
    return sorted(repr(row) for row in known.itertuples(index=False, name=None))


def same(one: Comparison, other: Comparison) -> bool:
    """Say whether two comparisons say the same."""
    return (
        records(one.frame) == records(other.frame)
        and formats.to_markdown(one) == formats.to_markdown(other)
        and formats.to_latex(one) == formats.to_latex(other)
        and one.differing == other.differing
    )


@settings(max_examples=often(40))
@given(st.data(), OPTIONS)
def test_the_order_of_statements_and_their_copies_change_nothing(
    data: st.DataObject, options: dict[str, Any]
) -> None:
    sources = data.draw(some())
    mixed = data.draw(st.permutations(sources))
    copies = data.draw(st.lists(st.sampled_from(sources), max_size=3))
    found = run(*sources, **options)
    assert same(found, run(*mixed, **options))
    assert same(found, run(*sources, *copies, **options))


@given(some(), OPTIONS)
def test_a_row_with_a_value_is_in_one_group_and_ranked_among_it(
    sources: list[Source], options: dict[str, Any]
) -> None:
    found = run(*sources, **options)
    grouped = [index for group in found.groups for index in group.rows.index]
    assert sorted(grouped) == sorted(found.frame.index[found.frame["value"].notna()])
    titles = [formats.group_title(group.key, 1) for group in found.groups]
    assert len(set(titles)) == len({group.key for group in found.groups}) == len(found.groups)
    assert found.frame["rank"].count() == sum(group.rows["rank"].count() for group in found.groups)
    for group in found.groups:
        keys = group.rows[[f"key_{name}" for name in group.key._fields]].to_numpy()
        assert {tuple(key) for key in keys} == {tuple(group.key)}
        standing = group.rows[~group.rows["status"].isin(UNRANKED)]
        ranks = [1 + sum(standing["value"] < value) for value in standing["value"]]
        assert list(standing["rank"]) == ranks == sorted(ranks)
        assert group.rows["rank"].count() == len(standing)
        assert all(cautions(group))


@settings(max_examples=often(40))
@given(some(), OPTIONS)
def test_values_lie_in_their_intervals_and_do_not_depend_on_the_rest(
    sources: list[Source], options: dict[str, Any]
) -> None:
    frame = run(*sources, **options).frame
    known = frame[frame["harmonised"].notna()]
    assert (known["lower"] <= known["harmonised"]).all()
    assert (known["harmonised"] <= known["upper"]).all()
    assert frame.loc[frame["harmonised"].isna(), ["lower", "upper"]].isna().all(axis=None)
    assert frame.loc[frame["harmonised"].isna(), "why"].astype(bool).all()
    figures = ["digest", "run", "unit", "reported", "harmonised", "lower", "upper", "why"]
    alone = pd.concat([run(source, **options).frame[figures].astype(object) for source in sources])
    assert records(frame[figures]) == records(alone)


def _chosen(sources: Sequence[Source], *where: dict[str, str]) -> set[str] | None:
    """Return the rows that filters choose; None where one of them chooses nothing."""
    both = {name: text for one in where for name, text in one.items()}
    try:
        frame = run(*sources, per="unit", where=both).frame
    except RegistryError:
        return None
    return set(frame["digest"] + frame["unit"])


@given(some(2), st.lists(st.sampled_from(WHERE), min_size=2, max_size=2, unique_by=repr))
def test_filters_choose_what_each_of_them_chooses(
    sources: list[Source], where: list[dict[str, str]]
) -> None:
    one, other = where
    if set(one) == set(other):
        return
    both = _chosen(sources, one, other)
    assert both == _chosen(sources, other, one)
    each = [_chosen(sources, one), _chosen(sources, other)]
    if each[0] is None or each[1] is None:
        assert both is None
    else:
        assert both == each[0] & each[1]


@given(st.text(max_size=20), st.sampled_from(("token", "image", "prompt", "search", "query")))
def test_a_unit_is_counted_whatever_is_said_about_it(said: str, word: str) -> None:
    name, size = unit_of(said)
    assert size in (1, 1e3, 1e6, 1e9)
    assert unit_of(f"  {said.upper().lower()} ")[1] == unit_of(said.upper().lower())[1]
    assert unit_of(f"1k {word}s") == (word, 1e3) or word in ("search", "query")
    assert name == " ".join(name.split())
