from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenalgo.errors import AmbiguousNameError, UnknownNameError
from greenalgo.factors.show import resolve

if TYPE_CHECKING:
    from greenalgo.factors import FactorSet


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("NVIDIA A100-SXM4-80GB", ["processors", "embodied"]),
        ("AMD EPYC 7763", ["processors"]),
        ("p4d.24xlarge", ["instances"]),
        ("France", ["carbon-intensity", "water"]),
        ("FR", ["carbon-intensity", "water"]),
        ("FRA", ["carbon-intensity", "water"]),
        ("Burundi", ["carbon-intensity"]),
        ("US-CA", ["carbon-intensity", "water"]),
        ("us-west-2", ["carbon-intensity", "pue", "wue", "water"]),
        ("AWS", ["pue", "wue"]),
        ("ci:FRA:lifecycle:production:2022", ["carbon-intensity"]),
        ("memory-power-w-per-gb", ["constants"]),
        ("ember2026", ["sources"]),
    ],
)
def test_what_a_name_stands_for(factors: FactorSet, name: str, tables: list[str]) -> None:
    assert [shown.table for shown in resolve(factors, name)] == tables


def test_a_year_and_a_boundary_can_be_asked_for(factors: FactorSet) -> None:
    shown = resolve(factors, "Quebec", year=2021, boundary="direct")[0].record
    assert not isinstance(shown, dict)
    assert shown.id == "ci:CA-QC:direct:production:2021"


def test_a_country_and_a_state_of_one_name_are_ambiguous(factors: FactorSet) -> None:
    with pytest.raises(AmbiguousNameError) as error:
        resolve(factors, "Georgia")
    assert error.value.candidates == ("GEO", "US-GA")


@pytest.mark.parametrize(
    ("name", "error", "candidate"),
    [
        ("A100", AmbiguousNameError, "gpu:nvidia:a100-sxm4-80-gb"),
        ("Frnace", UnknownNameError, "FRA"),
        ("RTX 3091", UnknownNameError, "gpu:nvidia:geforce-rtx-3090"),
    ],
)
def test_a_name_that_does_not_resolve(
    factors: FactorSet, name: str, error: type[Exception], candidate: str
) -> None:
    with pytest.raises(error) as caught:
        resolve(factors, name)
    assert candidate in getattr(caught.value, "candidates")  # noqa: B009 - the type is a parameter


def test_a_name_without_neighbours_has_no_candidates(factors: FactorSet) -> None:
    with pytest.raises(UnknownNameError) as error:
        resolve(factors, "qqqqqqqqqqqqqqqqq")
    assert error.value.candidates == ()
