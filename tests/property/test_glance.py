"""Accept fast, explain slow: what a glance accepts, every rule accepts, at the same level, with the same needs.

A rule that a glance forgets loses its findings, so documents are bent here in every way that the schema allows:
numbers by the factors of known slips, keys taken out, moved, and taken over from other statements.
"""

from __future__ import annotations

import copy
import random
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from greenalgo.errors import FactorError
from greenalgo.factors import open_set
from greenalgo.glance.doubt import Doubt
from greenalgo.glance.energy import Run
from greenalgo.glance.figure_text import parse, units_of
from greenalgo.glance.printed import plain_number
from greenalgo.glance.statement import glance
from greenalgo.schemas.versions import NEWEST
from greenalgo.schemas.versions import accept as accept_newest
from greenalgo.sources import parse_fast
from greenalgo.validate.engine import _known, check_bytes
from greenalgo.validate.explain import explain, make_case
from greenalgo.validate.rounding import rounded_footprint
from greenalgo.validate.rules.book import all_rules

pytest.importorskip("ryaml", reason="the fast path of YAML needs ryaml, which is not installed")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.factors import FactorSet
    from greenalgo.glance.known import Known

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted((ROOT / "registry" / "statements").glob("*.yaml")),
    *sorted((ROOT / "schema" / "statement" / "1.0" / "examples").glob("*/*.*")),
    *sorted((ROOT / "schema" / "statement" / "1.0" / "examples").glob("fail/*/footprint.*")),
]
#: What a slip multiplies a number by; the last ones stay within the rounding.
FACTORS = (
    0,
    1e-6,
    1e-3,
    0.01,
    0.1,
    1 / 3,
    0.5,
    0.9,
    1.1,
    1.2,
    2,
    3.6,
    8,
    24,
    100,
    1e3,
    1e6,
    1.02,
    1.004,
    1.0001,
)
RESULTS = (
    "energy_it_kwh", "energy_facility_kwh", "co2e_operational_kg", "co2e_market_kg", "co2e_net_kg",
    "co2e_embodied_kg", "water_onsite_l", "water_offsite_l", "water_l", "device_hours",
)  # fmt: skip
WORDS = (
    "none", "included", "excluded", "failed", "exploratory", "reported", "search", "training", "it", "facility",
    "device", "node", "core", "job", "gpu", "cpu", "memory", "storage", "market", "location", "metered",
    "compares_with", "FRA", "USA", "XXX", "POL", "2019-01-01", "2024", "2019-09", "2024-02-30", "NVIDIA T4",
    "A100", "AMD EPYC 7742",
    "NVIDIA A100-SXM4-80GB", "us-east-1",
    "google", "aws", "US-CA", "California", "US-EGRID-ERCT", "us-est-1", "DE",
    "h\u0435llo", "e\u0301", "zero\u200bwidth", "caf\xe9",
    "12 kWh", "1,200 kg", "1.2 t", "about 3 t",
    "up to 3 L", "0.7 million L", "3-5 t", "~15 kt", "12.3456 MWh", "7", "2 weeks",
)  # fmt: skip


def read(path: Path) -> Any:
    return parse_fast(path.read_bytes(), path.name)


def accept(data: dict[str, Any]) -> bool:
    """Say whether a document is one to glance at."""
    return data.get("spec_version") == NEWEST and accept_newest(data)


@pytest.fixture(scope="module")
def known() -> Known:
    return _known()


@cache
def documents() -> tuple[dict[str, Any], ...]:
    """Return what is bent; whoever changes one copies it."""
    found = [read(path) for path in FILES]
    return tuple(data for data in found if data is not None and accept(data))


def nodes(node: Any, key: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Yield every place of a document: its container, its key or index, and the name it goes by."""
    children = node.items() if isinstance(node, dict) else enumerate(node)
    for name, child in list(children):
        word = name if isinstance(name, str) else key
        yield node, name, word
        if isinstance(child, dict | list):
            yield from nodes(child, word)


def bent(seed: int, number: int) -> Iterator[dict[str, Any]]:
    """Yield documents that the schema accepts, with one to four changes each."""
    source = random.Random(seed)  # noqa: S311 - reproducible documents, no secret
    every = documents()
    parts: dict[str, list[Any]] = {}
    for data in every:
        for parent, key, word in nodes(data):
            parts.setdefault(word, []).append(parent[key])
    siblings: dict[frozenset[str], None] = {}
    for data in every:
        for parent, _, _ in nodes(data):
            if isinstance(parent, dict):
                siblings[frozenset(parent)] = None
    blocks = [
        keys
        for keys in siblings
        if keys & {"kind", "id", "energy_it_kwh", "value", "country", "metric"}
    ]
    made = 0
    while made < number:
        data = copy.deepcopy(source.choice(every))
        if source.random() < 0.8:
            data.pop("results", None)
        for _ in range(source.choice((1, 1, 2, 3, 4))):
            bend(data, source, parts, blocks)
        if accept(data):
            made += 1
            yield data


def bend(
    data: dict[str, Any],
    source: random.Random,
    parts: dict[str, list[Any]],
    blocks: list[frozenset[str]],
) -> None:
    if source.random() < 0.15 and accept(data):
        _join(data["runs"], source)
        return
    if source.random() < 0.05 and accept(data):
        _odd(data, source)
        return
    places = [place for place in nodes(data) if place[2] not in ("citation", "compiled_by", "note")]
    parent, key, word = source.choice(places)
    value = parent[key]
    way = source.randrange(7)
    if way == 0:
        del parent[key]
    elif way == 1 and isinstance(parent, list):
        parent.append(copy.deepcopy(value))
    elif way == 2 and isinstance(parent, dict):
        for name in source.choice(blocks) - parent.keys():
            if source.random() < 0.3 and name != "results":
                parent[name] = copy.deepcopy(source.choice(parts[name]))
    elif way == 3:
        parent[key] = copy.deepcopy(source.choice(parts[word]))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        parent[key] = value * source.choice(FACTORS)
        if isinstance(value, int) and parent[key] == int(parent[key]):
            parent[key] = int(parent[key])
    elif isinstance(value, str):
        parent[key] = source.choice((*WORDS, value + " ", value.upper()))


def _odd(data: dict[str, Any], source: random.Random) -> None:
    """Say something that hardly comes about by chance, and that a rule speaks of."""
    run = source.choice(data["runs"])
    way = source.randrange(4)
    if way == 0:
        run["multiplier"] = 0.5
    elif way == 1:
        data["issued"], run["period"] = "1999", {"end": "2024-02-01"}
    elif way == 2:
        for part in run.get("hardware", ()):
            part |= {"power_w": {"value": 300, "status": "metered"}, "utilisation": 0.5}
    else:
        rate = {"unit": "u", "energy_wh": 1, "co2e_g": source.choice((0.5, 30))}
        data.setdefault("reported", {})["per_functional_unit"] = [rate]


def _join(runs: list[dict[str, Any]], source: random.Random) -> None:
    """Add a run like another one, or one that is the sum of all others."""
    hours = [
        run["device_hours"] for run in runs if isinstance(run.get("device_hours"), int | float)
    ]
    run = copy.deepcopy(source.choice(runs))
    run["id"] = f"run-{len(runs)}"
    if len(hours) == len(runs) and source.random() < 0.5:
        run["device_hours"] = sum(hours)
    elif "device_hours" not in run or source.random() < 0.3:
        run["device_hours"] = source.randrange(1000, 9999)
    runs.append(run)


def compare(data: dict[str, Any], known: Known, raw: bytes = b"") -> tuple[bool, set[str]]:
    """Hold a glance against the rules; return whether it was sure, and the codes that they raise."""
    seen, verdict = glance(data, known, raw), explain(data)
    if seen is not None:
        told = f"seen {seen}, judged {verdict}\n{yaml.safe_dump(data, allow_unicode=True)}"
        assert not verdict.findings, told
        assert (verdict.level, verdict.missing) == seen, told
    return seen is not None, {found.code for found in verdict.findings}


def test_a_whole_number_may_be_written_with_a_point(known: Known) -> None:
    changed = 0
    for data in documents():
        verdict, seen = explain(data), glance(data, known)
        for parent, key, word in nodes(data):
            if (
                word in ("year", "count", "device_count", "repetitions")
                and type(parent[key]) is int
            ):
                parent[key] = float(parent[key])
                changed += 1
        assert glance(data, known) == seen
        assert [found.code for found in explain(data).findings] == [
            found.code for found in verdict.findings
        ]
    assert changed > 100


def test_files_as_they_are(known: Known) -> None:
    sure = silent = 0
    for path in FILES:
        raw, data = path.read_bytes(), read(path)
        if data is None or not accept(data):
            continue
        seen, codes = compare(data, known, raw)
        assert glance(data, known, raw) == glance(data, known), "the text only saves time"
        silent += not codes
        sure += seen
    assert sure > 0.85 * silent > 120, "else little is gained, or compared"


@pytest.mark.parametrize(
    ("number", "share"), [(400, 0.5), pytest.param(2000, 0.75, marks=pytest.mark.slow)]
)
def test_bent_documents(number: int, share: float, known: Known) -> None:
    rules = {rule.code for rule in all_rules() if rule.code[:3] in ("GA2", "GA3", "GA4", "GA5")}
    compared = [compare(data, known) for data in bent(99, number)]
    assert sum(sure for sure, _ in compared) > 0.1 * number
    assert sum(bool(codes) for _, codes in compared) > 0.3 * number
    raised = set().union(*(codes for _, codes in compared))
    # The rest is too rare to come by chance; each has a failing example among the files.
    assert len(rules & raised) > share * len(rules), rules - raised


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"title: ", b'title: "\\u200b" # '),
        (b"title: ", b'title: "e\\u0301" # '),
        (b"value: 1.1", b'value: 1.1\n      "l\\x6fwer": 1.2'),
    ],
)
def test_escapes_hide_nothing(old: bytes, new: bytes) -> None:
    path = ROOT / "registry" / "statements" / "touvron2023-llama-65b.yaml"
    raw = path.read_bytes().replace(old, new, 1)
    assert not check_bytes(path.read_bytes(), path.name).findings
    assert check_bytes(raw, path.name).findings


@pytest.mark.parametrize("quantity", [1e-308, {"value": 1, "lower": 1e-308}])
def test_a_rate_that_is_larger_than_any_number_is_seen(quantity: Any, known: Known) -> None:
    data = read(ROOT / "registry" / "statements" / "touvron2023-llama-65b.yaml")
    data["functional_units"] = [{"unit": "u", "quantity": 1}]
    assert glance(data, known) is not None
    data["functional_units"][0]["quantity"] = quantity
    assert glance(data, known) is None
    assert "GA303" in {found.code for found in explain(data).findings}


def test_the_arithmetic_is_the_same_to_the_last_bit(known: Known) -> None:
    compared = 0
    for data in documents():
        case = make_case(data)
        wide = rounded_footprint(case)
        for at, node in enumerate(data["runs"]):
            for is_wide, footprint in ((False, case.footprint), (True, wide)):
                try:
                    run = Run(node, known, case.statement.runs[at].factor_year, wide=is_wide)
                except Doubt:
                    continue
                outcomes = {
                    name: tuple(found[:3])
                    for name, found in footprint.runs[at].outcomes.items()
                    if hasattr(found, "value")
                }
                given = {name: run.outcome(name) for name in RESULTS}
                assert outcomes == {name: one for name, one in given.items() if one[0] >= 0}
                compared += len(outcomes)
    assert compared > 1000


def test_processors_are_found_alike(known: Known) -> None:
    factors = open_set()
    names = [row["name"] for row in factors.rows("processors")]
    names += [row["aliases"].partition("|")[0] for row in factors.rows("processors")][::5]
    names += [
        "8x NVIDIA A100-SXM4-80GB",
        "Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz",
        "A100",
        "nothing",
        "",
    ]
    vague = [
        "NVIDIA H100",
        "NVIDIA A100 80GB",
        "EPYC 77",
        "RTX",
        "V100 NVIDIA",
        "Xeon E5 v4",
        "Apple M",
    ]
    for name in names[::9] + names[-5:] + vague:
        for kind in ("cpu", "gpu"):
            _same_limits(known, factors, kind, name)
            try:
                row = factors.processor(name, kind=kind)
            except FactorError:
                assert known.device(kind, name) is None, name
                continue
            found = known.device(kind, name)
            assert found is not None, name
            assert found.power == (row.power_w, row.lower, row.upper), name
            rates = [v for k, v in row.peak_flops.items() if not k.startswith("int")]
            assert found.peak == max(rates, default=0.0), name
            assert (found.most, found.cores) == (max(row.power_w, row.upper), row.cores), name


def _same_limits(known: Known, factors: FactorSet, kind: str, name: str) -> None:
    limits, fitting = known.limits(kind, name), factors.processors_fitting(name, kind)
    assert (limits is None) == (not fitting), name
    if limits is not None:
        watts = [max(one.power_w, one.upper) for one in fitting]
        assert (limits.least, limits.most) == (min(watts), max(watts)), name


def test_every_country_has_the_same_intensity(known: Known) -> None:
    factors = open_set()
    countries = [row["id"] for row in factors.rows("locations") if row["level"] == "country"]
    assert len(countries) > 190
    for country in countries:
        if len(country) != 3:
            continue
        for year in (0, 1995, 2019, 2024, 2031):
            try:
                row = factors.carbon_intensity(country=country, year=year or None)
            except FactorError:
                assert known.intensity({"country": country}, year) is None, country
                continue
            wanted = (row.value, row.lower, row.upper), False
            assert known.intensity({"country": country}, year) == wanted, country


def test_memory_draws_what_the_policy_says(known: Known) -> None:
    factor = open_set().policy().values["memory-w-per-gb"]
    assert known.memory_power() == (factor.value, factor.lower, factor.upper)
    # A table of its own would take the place of what a statement names.
    policy = open_set().policy()
    assert not policy.intensities
    assert not policy.processors
    assert "carbon-intensity" not in policy.values


def test_plain_figures_are_read_alike() -> None:
    texts = [
        f"{number} {unit}"
        for number in ("7", "24.69", "1,287", "0,123", "1,234.5", "1,234.", "12,34", "1,2345", "1.082,99", "1e3", "")
        for unit in ("t", "kWh", "MWh", "GPU hours", "g", "short tons", "m3", "J", "nJ", "t CO2e", "")
    ]  # fmt: skip
    sure = 0
    for field in (
        "energy_it_kwh",
        "co2e_operational_kg",
        "water_l",
        "device_hours",
        "energy_j",
        "co2e_g",
        "hours",
    ):
        for text in texts:
            found = plain_number(text, units_of(field))
            if found[1]:
                full = parse(f"~{text}", field)  # the sign takes the long way
                assert full is not None, text
                assert (full.value, full.half, bool(full.unit)) == (*found, True), text
                sure += 1
    assert sure > 50
