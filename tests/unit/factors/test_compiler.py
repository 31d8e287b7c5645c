from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from factor_compiler import bibliography, carbon, common, devices, facility, impacts, index, places

if TYPE_CHECKING:
    from pathlib import Path

    from greenalgo.factors import FactorSet


def row(**cells: str) -> dict[str, str]:
    return {
        "id": "x",
        "value": "1",
        "lower": "0.5",
        "upper": "2",
        "source": "s",
        "licence": "MIT",
        **cells,
    }


def test_a_sound_row_passes() -> None:
    common.check_range(row(), 0, 10)
    common.check_provenance([row()], {"s"})


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"value": "881849", "upper": "900000"}, "is the unit right"),
        ({"value": "-1", "lower": "-2"}, "is the unit right"),
        ({"lower": "1.5"}, "excludes"),
    ],
)
def test_a_number_out_of_range_is_refused(cells: dict[str, str], message: str) -> None:
    with pytest.raises(common.CompileError, match=message):
        common.check_range(row(**cells), 0, 2500)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"source": "hearsay"}, r"not in sources\.csv"),
        ({"licence": "CC-BY-NC-SA-4.0"}, "not on the list"),
        ({"licence": "ODbL-1.0"}, "not on the list"),
        ({"licence": "AGPL-3.0-only"}, "not on the list"),
        ({"licence": ""}, "not on the list"),
    ],
)
def test_an_orphan_or_an_unfit_licence_is_refused(cells: dict[str, str], message: str) -> None:
    with pytest.raises(common.CompileError, match=message):
        common.check_provenance([row(**cells)], {"s"})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"id": "a"}, {"id": "a"}], "used twice"),
        ([{"id": "a,b"}], "not an id"),
        ([{"id": ""}], "not an id"),
    ],
)
def test_ids_that_a_lookup_cannot_find_are_refused(
    rows: list[dict[str, str]], message: str
) -> None:
    with pytest.raises(common.CompileError, match=message):
        common.write_csv(rows, ("id",))


def test_a_line_break_in_a_cell_is_refused() -> None:
    with pytest.raises(common.CompileError, match="line break"):
        common.write_csv([{"id": "a", "note": "one\ntwo"}], ("id", "note"))


def test_rows_are_written_in_order_of_id() -> None:
    text = common.write_csv([{"id": "b", "v": "1"}, {"id": "a", "v": 'x,"y"'}], ("id", "v"))
    assert text == 'id,v\na,"x,""y"""\nb,1\n'


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1 + 0.2, "0.3"), (400.0, "400"), (1234567.0, "1234570"), (1e-7, "1e-07"), (0.0, "0")],
)
def test_numbers_are_written_shortly(value: float, text: str) -> None:
    assert common.figure(value) == text


def test_an_upstream_file_is_read_only_with_its_checksum(tmp_path: Path) -> None:
    upstream = common.Upstream(tmp_path)
    with pytest.raises(common.CompileError, match="not listed"):
        upstream.path("surprise.csv")
    with pytest.raises(common.CompileError, match="missing"):
        upstream.path("pue-2025.csv")
    (tmp_path / "pue-2025.csv").write_text("provider\n")
    with pytest.raises(common.CompileError, match="SHA-256"):
        upstream.path("pue-2025.csv")
    upstream.known["pue-2025.csv"]["sha256"] = hashlib.sha256(b"provider\n").hexdigest()
    assert upstream.csv("pue-2025.csv") == []


def test_a_name_with_two_meanings_is_refused() -> None:
    names = index.Index()
    names.add("country", "georgia", "GEO")
    names.add("country", "georgia", "US-GA")
    with pytest.raises(common.CompileError, match="GEO and US-GA"):
        names.text()
    assert names.text(frozenset({"country"})) == "\ncountry:georgia\tGEO US-GA\n"
    with pytest.raises(common.CompileError, match="empty key"):
        names.add("country", "", "GEO")


def test_a_places_parent_must_exist() -> None:
    known = {place["id"] for place in places.locations()}
    assert {"FRA", "US-CA", "US-EGRID-CAMX", "WORLD", "SE-SE3"} <= known


@pytest.mark.parametrize(
    ("value", "provisional", "share"),
    [(100, False, 0.12), (100, True, 0.17), (30, False, 0.25), (30, True, 0.3)],
)
def test_the_interval_of_a_country(value: float, provisional: bool, share: float) -> None:
    assert carbon.share_of(value, provisional=provisional) == pytest.approx(share)


def test_a_printed_zero_has_an_upper_bound() -> None:
    assert carbon.interval(0, 0.25) == ("0", "24")
    assert carbon.interval(100, 0.12) == ("88", "112")


def test_a_proxy_copies_its_neighbour() -> None:
    swiss = carbon.row_of(
        "CHE", "Switzerland", 2024, 34.58, "20", "50", source="ember2026", status="final"
    )
    found = [proxy for proxy in carbon.proxies([swiss]) if proxy["location"] == "LIE"]
    assert [(proxy["id"], proxy["status"], proxy["value"]) for proxy in found] == [
        ("ci:LIE:lifecycle:production:2024", "proxy", "34.58")
    ]


def test_a_device_states_bounds_of_its_kind_of_power() -> None:
    board = devices.device("gpu:x", "X", "gpu", "V", 400, "board", grade="A", source="s")
    assert (board["lower"], board["upper"]) == ("240", "408")
    with pytest.raises(common.CompileError, match="unit"):
        devices.device("gpu:x", "X", "gpu", "V", 400000, "board", grade="A", source="s")


@pytest.mark.parametrize(("digits", "year"), [("25", "2025"), ("99", "1999"), ("07", "2007")])
def test_a_two_digit_launch_year(digits: str, year: str) -> None:
    assert devices.launch(digits) == year


def test_a_pue_below_one_is_refused() -> None:
    with pytest.raises(common.CompileError, match="outside"):
        facility.row_of("pue", "aws", "us-east-1", "2025", 0.9, "measured", "CY2025", "")
    sound = facility.row_of("pue", "aws", "us-east-1", "2025", 1.15, "measured", "CY2025", "")
    assert (sound["id"], sound["lower"], sound["note"]) == ("pue:aws:us-east-1:2025", "1.127", "")


def test_embodied_bounds_are_half_and_double() -> None:
    assert impacts.bounded({"id": "e", "value": "150"}) == {
        "id": "e",
        "value": "150",
        "lower": "75",
        "upper": "300",
    }


def test_bibtex_entries_are_balanced_and_sorted() -> None:
    text = bibliography.bibtex()
    keys = [line.split("{")[1].rstrip(",") for line in text.splitlines() if line.startswith("@")]
    assert keys == sorted(keys)
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize(
    ("value", "written"), [("A", "{A}"), ("{A}", "{A}"), ("{A} and {B}", "{{A} and {B}}")]
)
def test_values_are_braced_once(value: str, written: str) -> None:
    assert bibliography.braced(value) == written


def test_the_notice_names_every_source(factors: FactorSet) -> None:
    notice = factors.read("NOTICE.md")
    assert [row["id"] for row in factors.rows("sources") if f"(`{row['id']}`)" not in notice] == []
    assert "Permission is hereby granted" in notice


def test_every_policy_document_is_sound() -> None:
    keys = {source["id"] for source in bibliography.sources()}
    policies = sorted((common.CURATED / "policies").glob("*.json"))
    assert len(policies) > 3
    for path in policies:
        policy = json.loads(path.read_text())
        assert policy["id"] == path.stem
        assert set(policy["cites"]) <= keys, path.name
        assert policy["licence"] in common.LICENCES
        for entry in policy["values"].values():
            assert entry.get("source", policy["cites"][0]) in keys
            assert (
                entry.get("lower", entry["value"])
                <= entry["value"]
                <= entry.get("upper", entry["value"])
            )


def test_a_jump_since_the_last_vintage_must_be_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def moved() -> dict[tuple[str, str], dict[str, str]]:
        row = carbon.row_of(
            "CRI", "Costa Rica", 2024, 25.46, "19", "32", source="ember2026", status="final"
        )
        return {("Costa Rica", "2024"): row}

    monkeypatch.setattr(carbon, "curated", lambda _: [])
    with pytest.raises(common.CompileError, match="moved by 60%"):
        carbon.explain_jumps(moved(), {("Costa Rica", "2024"): 63.0})
    carbon.explain_jumps(moved(), {("Costa Rica", "2024"): 26.0})
    explanation = {"location": "CRI", "year": "2024", "note": "revised"}
    monkeypatch.setattr(carbon, "curated", lambda _: [explanation])
    rows = moved()
    carbon.explain_jumps(rows, {("Costa Rica", "2024"): 63.0})
    row = rows["Costa Rica", "2024"]
    assert (row["upper"], row["note"]) == ("63", "revised: 63 g/kWh before")
    with pytest.raises(common.CompileError, match="did not move"):
        carbon.explain_jumps(moved(), {("Costa Rica", "2024"): 26.0})


def test_the_data_package_describes_every_column_of_every_table(factors: FactorSet) -> None:
    package = json.loads(factors.read("datapackage.json"))
    assert [resource["name"] for resource in package["resources"]] == list(factors.tables())
    readers = {"number": float, "integer": int, "string": str}
    for resource in package["resources"]:
        table = factors.table(resource["name"])
        fields = resource["schema"]["fields"]
        assert tuple(field["name"] for field in fields) == table.header
        assert all(field["description"] for field in fields)
        for row in table.rows():
            for field in fields:
                if row[field["name"]]:
                    readers[field["type"]](row[field["name"]])
