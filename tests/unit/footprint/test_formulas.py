"""One formula for a scalar, an array and a column: same numbers, same shape, and fast."""

from __future__ import annotations

import inspect
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from greenalgo.footprint.carbon import operational_co2e_kg
from greenalgo.footprint.embodied import embodied_co2e_kg, time_share
from greenalgo.footprint.energy import (
    component_energy_kwh,
    facility_energy_kwh,
    it_energy_kwh,
    memory_energy_kwh,
)
from greenalgo.footprint.hours import device_hours_of_flops
from greenalgo.footprint.uncertainty import Interval, propagate
from greenalgo.footprint.water import water_l

if TYPE_CHECKING:
    from collections.abc import Callable

FORMULAS: list[Callable[..., Any]] = [
    component_energy_kwh, memory_energy_kwh, it_energy_kwh, facility_energy_kwh, operational_co2e_kg,
    water_l, time_share, embodied_co2e_kg, device_hours_of_flops,
]  # fmt: skip


def columns(formula: Callable[..., Any], rows: int) -> list[np.ndarray[Any, Any]]:
    random = np.random.default_rng(7)
    return [random.uniform(0.1, 9, rows) for _ in inspect.signature(formula).parameters]


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: str(formula.__name__))
def test_scalars_arrays_and_columns_agree(formula: Callable[..., Any]) -> None:
    arrays = columns(formula, 5)
    one_by_one = [formula(*(float(a[i]) for a in arrays)) for i in range(5)]
    assert formula(*arrays).tolist() == one_by_one
    table = formula(*(a.reshape(5, 1) for a in arrays))
    assert table.shape == (5, 1)
    index = pd.Index(list("abcde"), name="job")
    series = formula(*(pd.Series(a, index=index) for a in arrays))
    assert series.index.equals(index)
    assert series.tolist() == one_by_one


def test_an_interval_of_columns() -> None:
    value = np.array([1.0, 2.0])
    spread = propagate(
        it_energy_kwh,
        {"energy_facility_kwh": Interval(value, value, value)},
        {"pue": Interval(1.25, 1.0, 2.0)},
    )
    assert spread.value.tolist() == [0.8, 1.6]
    assert spread.lower.tolist() == [0.5, 1.0]
    assert spread.upper.tolist() == [1.0, 2.0]


def test_a_million_rows_are_fast() -> None:
    arrays = columns(component_energy_kwh, 1_000_000)
    start = time.perf_counter()
    energy = facility_energy_kwh(component_energy_kwh(*arrays), 1.2)
    operational_co2e_kg(energy, 50.0)
    assert time.perf_counter() - start < 1
