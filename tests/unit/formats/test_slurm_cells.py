"""The cells of Slurm's accounting log, as ``import`` and ``jobs`` read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenalgo.formats.slurm_cells import (
    EXPECTED,
    OF_JOB,
    OF_STEP,
    allocated,
    count,
    elapsed,
    gigabytes,
    moment,
    seconds,
    used_memory_gb,
)
from greenalgo.formats.slurm_states import OUTCOMES, UNFINISHED, state_of

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("text", "value"),
    [("00:21", 21), ("14.683:00", None), ("00:14.683", 14.683), ("02:00:01", 7201), ("28-00:00:00", 28 * 86400)],
)  # fmt: skip
def test_durations(text: str, value: float | None) -> None:
    if value is None:
        with pytest.raises(ValueError, match=text):
            seconds(text)
    else:
        assert seconds(text) == pytest.approx(value)


def test_elapsed_is_seconds_or_a_clock() -> None:
    assert (elapsed("86400"), elapsed("1-00:00:00"), elapsed("")) == (86400, 86400, 0)


@pytest.mark.parametrize(
    ("text", "size", "scope"),
    [
        ("8000M", 8000 / 1024, ""), ("7.50G", 7.5, ""), ("4Gc", 4, "c"), ("1Tn", 1024, "n"),
        ("12260K", 12260 / 2**20, ""), ("1073741824", 1, ""), ("2P", 2 * 2**20, ""),
    ],
)  # fmt: skip
def test_sizes(text: str, size: float, scope: str) -> None:
    found, of_what = gigabytes(text)
    assert found == pytest.approx(size)
    assert of_what == scope
    assert gigabytes("2048", "M") == (2, "")


@pytest.mark.parametrize(
    "text", ["", "4294967294", "4294967295", "18446744073709551614", "18446744073709551615", "0"]
)
def test_no_number_is_none(text: str) -> None:
    """Slurm writes NO_VAL and INFINITE, of 32 and of 64 bits, where it knows nothing."""
    assert count(text) == 0


def test_counts_are_shortened_as_sizes_are() -> None:
    assert (count("64"), count("1.5K"), count("1785")) == (64, 1536, 1785)


def test_moments() -> None:
    assert moment("2026-11-23T09:39:26") == "2026-11-23T09:39:26"
    assert moment("2026-11-23-09:39:26") == "2026-11-23T09:39:26", "SLURM_TIME_FORMAT"
    assert moment("1795426766") == "2026-11-23T09:39:26", "seconds since 1970"
    for text in ("2026-11-23T09", "2026-11-23 09:00", "2026-11-23T090000", "2026-11-23T09:00+01"):
        assert moment(text) == "2026-11-23T09:00:00", "a form that the schema does not know"
    assert {moment(text) for text in ("", "Unknown", "None", "N/A", "0")} == {""}


def test_resources() -> None:
    had = allocated("billing=16,cpu=16,gres/gpu:a100=3,gres/gpu=4,mem=128G,node=2")
    assert (had.cpus, had.nodes, had.memory_gb) == (16, 2, 128)
    assert had.gpus == (("a100", 3), ("", 1))
    assert (allocated("").cpus, allocated("cpu=1,mem=0").memory_gb) == (0, None)
    assert used_memory_gb("cpu=00:00:14,energy=1275,mem=1024M,vmem=16568K") == 1
    assert used_memory_gb("cpu=00:00:14,vmem=16568K") == 0


@pytest.mark.parametrize("read", [*OF_JOB.values(), *OF_STEP.values()], ids=[*OF_JOB, *OF_STEP])
@pytest.mark.parametrize(
    "text", ["-1", "9" * 400, "9" * 5000, "1_000", "nan", "1,5", "2026-13-01T00:00:00", "x" * 9, "\u0663:\u0663x"]
)  # fmt: skip
def test_what_cannot_be_is_a_value_error_or_nothing(
    read: Callable[[str], object], text: str
) -> None:
    """No cell ends in a traceback, or in a number that JSON does not have."""
    try:
        found = read(text)
    except ValueError:
        return
    assert found in (0, 0.0), "a list of resources without a known one"


def test_every_state_ends_or_does_not() -> None:
    assert not set(OUTCOMES) & UNFINISHED
    assert [state_of(cell) for cell in ("CANCELLED by 1000", "CANCELLED+", "COMPLETED")] == [
        "CANCELLED", "CANCELLED", "COMPLETED",
    ]  # fmt: skip
    assert set(EXPECTED) - {"State"} <= {*OF_JOB, *OF_STEP}
