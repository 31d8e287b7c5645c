from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenalgo.errors import AmbiguousNameError, FactorError, UnknownNameError
from greenalgo.factors.names import Names, place_key, plain_key, processor_key

if TYPE_CHECKING:
    from greenalgo.factors import FactorSet


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Tesla V100-SXM2-32GB", "v100 sxm2 32gb"),
        ("8x NVIDIA A100-SXM4-80GB", "a100 sxm4 80gb"),
        ("8 × A100 80 GB", "a100 80gb"),
        ("Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz", "xeon gold 6248"),
        ("Intel® Xeon® Processor E5-2683 v4", "xeon e5 2683 v4"),
        ("Xeon E5-2683v4", "xeon e5 2683 v4"),
        ("AMD EPYC 7763 64-Core Processor", "epyc 7763"),
        ("AMD Ryzen 7 PRO 5850U with Radeon Graphics", "ryzen 7 pro 5850u"),
        ("11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz", "core i7 1165g7"),
        ("NVIDIA GeForce GTX 1080Ti", "gtx 1080 ti"),
        ("RTX3090", "rtx 3090"),
        ("TPUv3", "tpu v3"),
        ("A100 PCI-E 40 GB", "a100 pcie 40gb"),
        ("Xeon Platinum 8480+", "xeon platinum 8480+"),
        ("GPU", "gpu"),
        ("i9-10900K", "core i9 10900k"),
        ("Core i9-10900K", "core i9 10900k"),
        ("Threadripper 3970X", "ryzen threadripper 3970x"),
        ("Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz", "xeon e5 2670"),
    ],
)
def test_processor_key(written: str, key: str) -> None:
    assert processor_key(written) == key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Île-de-France", "ile de france"),
        ("The Netherlands", "netherlands"),
        ("Côte d'Ivoire", "cote divoire"),
        ("U.S.", "us"),
        ("us-east-1", "us east 1"),
        ("Trinidad & Tobago", "trinidad and tobago"),
    ],
)
def test_place_key(written: str, key: str) -> None:
    assert place_key(written) == key


def test_every_processor_key_of_the_index_is_its_own_key(factors: FactorSet) -> None:
    # The short way of a lookup (plain_key) relies on it.
    entries = factors.names().entries("processor-cpu", "processor-accelerator")
    assert len(entries) > 3000
    assert [key for key, _ in entries if processor_key(key) != key or plain_key(key) != key] == []


def test_no_processor_alias_stands_for_two_rows(factors: FactorSet) -> None:
    entries = factors.names().entries(
        "processor-cpu", "processor-accelerator", "country", "zone", "provider"
    )
    assert [key for key, ids in entries if len(ids) != 1] == []


def test_one_raises_with_candidates() -> None:
    names = Names(b"\nx:alpha beta\tone\nx:alpha gamma\ttwo\nx:delta\tthree\nx:twins\tfour five\n")
    assert names.one("x", "Delta", "delta", "thing") == "three"
    with pytest.raises(AmbiguousNameError) as ambiguous:
        names.one("x", "Alpha", "alpha", "thing")
    assert ambiguous.value.candidates == ("one", "two")
    with pytest.raises(AmbiguousNameError) as twins:
        names.one("x", "twins", "twins", "thing")
    assert twins.value.candidates == ("four", "five")
    with pytest.raises(UnknownNameError, match="no thing is called 'detla'") as unknown:
        names.one("x", "detla", "detla", "thing")
    assert unknown.value.candidates == ("three",)
    with pytest.raises(UnknownNameError) as single:
        names.one("x", "gamma", "gamma", "thing")
    assert single.value.candidates == ("two",)


HOSTILE = [
    " " * 300_000 + "q",
    "q " * 100_000,
    "a" * 300_000,
    "8x" * 100_000,
    "\n" * 1000,
    "x\ny,z",
    "\ud800",
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_gets_a_short_answer(factors: FactorSet, name: str) -> None:
    for look_up in (factors.processor, factors.carbon_intensity, factors.pue, factors.constant):
        with pytest.raises(FactorError) as error:
            look_up(name)
        assert len(str(error.value)) < 300


@pytest.mark.parametrize(
    ("name", "kind", "number"),
    [
        ("NVIDIA A100-SXM4-80GB", "gpu", 1),
        ("A100 80GB", "gpu", 2),
        ("80GB A100", "gpu", 2),  # words in any order
        ("A100 80GB", "cpu", 0),
        ("NVIDIA", "gpu", 0),  # hundreds: it says nothing
        ("Quantum 9000", "gpu", 0),
        ("", "gpu", 0),
        ("@", "cpu", 0),
    ],
)
def test_what_a_vague_name_may_stand_for(
    name: str, kind: str, number: int, factors: FactorSet
) -> None:
    assert len(factors.processors_fitting(name, kind)) == number
