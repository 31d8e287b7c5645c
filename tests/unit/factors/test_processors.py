"""The lookup of a processor: exact, by alias, refused; never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenalgo.errors import AmbiguousNameError, UnknownNameError
from greenalgo.factors.table import row_hash

if TYPE_CHECKING:
    from greenalgo.factors import FactorSet


@pytest.mark.parametrize(
    ("name", "kind", "watts", "how"),
    [
        ("NVIDIA A100-SXM4-80GB", None, 400, "alias"),
        ("8x Tesla V100-SXM2-32GB", "gpu", 300, "alias"),
        ("V100 PCIe", "gpu", 250, "alias"),
        ("Tesla K80", "gpu", 300, "alias"),
        ("T4", None, 70, "alias"),
        ("NVIDIA H100 80GB HBM3", "gpu", 700, "alias"),
        ("TPU v3", "accelerator", 450, "alias"),
        ("TPU v3", "gpu", 450, "alias"),
        ("Google TPU v3 (mean chip power)", None, 220, "exact"),
        ("Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz", "cpu", 150, "alias"),
        ("AMD EPYC 7763 64-Core Processor", "cpu", 280, "alias"),
        ("cpu:intel:xeon-e5-2683-v4", None, 120, "exact"),
        ("GeForce RTX 3080 10GB", "gpu", 320, "alias"),
        ("MI100", "gpu", 300, "alias"),
        ("i9-13900K", "cpu", 125, "alias"),
    ],
)
def test_processor(factors: FactorSet, name: str, kind: str | None, watts: float, how: str) -> None:
    processor = factors.processor(name, kind)
    assert (processor.power_w, processor.how) == (watts, how)
    assert processor.lower < watts <= processor.upper


def test_a_processor_carries_what_its_row_says(factors: FactorSet) -> None:
    processor = factors.processor("NVIDIA A100 SXM4 80 GB")
    assert processor.kind == "gpu"
    assert processor.vendor == "NVIDIA"
    assert processor.memory_gb == 80
    assert processor.peak_flops["fp16-tensor"] == 3.12e14
    assert processor.year == 2020
    row = next(row for row in factors.rows("processors") if row["id"] == processor.id)
    assert processor.sha256 == row_hash(row)
    cpu = factors.processor("AMD EPYC 7763")
    assert (cpu.cores, cpu.power_kind, cpu.licence) == (64, "tdp", "MIT")


@pytest.mark.parametrize("name", ["A100", "8x A100 80GB", "V100", "P100", "H100", "Xeon Gold"])
def test_a_family_is_ambiguous(factors: FactorSet, name: str) -> None:
    with pytest.raises(AmbiguousNameError) as error:
        factors.processor(name)
    assert len(error.value.candidates) > 1
    assert all(factors.processor(candidate).id == candidate for candidate in error.value.candidates)


def test_grade_c_is_never_silent(factors: FactorSet) -> None:
    processor = factors.processor("Xeon Platinum 8175M")
    assert processor.grade == "C"
    assert processor.how == "alias; grade C: one collection or an estimate"


@pytest.mark.parametrize("name", ["RTX 9999", "", "GPU", "Intel"])
def test_an_unknown_processor_is_an_error(factors: FactorSet, name: str) -> None:
    with pytest.raises(UnknownNameError):
        factors.processor(name)


def test_the_kind_keeps_a_cpu_from_being_a_gpu(factors: FactorSet) -> None:
    with pytest.raises(UnknownNameError):
        factors.processor("AMD EPYC 7763", "gpu")
