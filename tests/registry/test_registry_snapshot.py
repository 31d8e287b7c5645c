"""Snapshots: the same bytes from the same registry, and the same registry from a snapshot."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import dask.dataframe
import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from registry_cases import KINDS, draft, make_store, statement

from greenalgo.errors import CannotCheckError, GreenalgoError, RegistryError
from greenalgo.registry import audit
from greenalgo.registry.comparison.parquet import to_parquet
from greenalgo.registry.comparison.table import to_csv
from greenalgo.registry.record import Draft
from greenalgo.registry.snapshot import FORMATS, files_of, read_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from greenalgo.registry.store import Holding, Store


@pytest.fixture
def full(store: Store) -> Store:
    """A store with every kind of event in it."""
    first, second = draft(1), draft(2, name="日本語 =1+1")
    store.commit([first, second])
    store.commit([draft(3, supersedes=first.digest)])
    store.commit([Draft("withdraw", second.digest, "me", "wrong, “quoted”, =1+1")])
    return store


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def test_the_same_registry_gives_the_same_bytes(full: Store) -> None:
    assert files_of(full) == files_of(full)


@pytest.mark.parametrize("target", KINDS)
def test_from_a_snapshot_the_same_registry(full: Store, target: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "snapshot", files_of(full))
    holdings, events = read_snapshot(str(folder))
    (tmp_path / "copy").mkdir()
    copy = make_store(target, tmp_path / "copy")
    copy.restore(holdings, events)
    assert copy.log().events == full.log().events
    assert copy.log().checkpoint == full.log().checkpoint
    assert copy.states() == full.states()
    bodies = {held.digest: held.body for held in full.holdings()}
    assert {held.digest: held.body for held in copy.holdings()} == bodies
    assert audit.inspect(copy).sound
    again = files_of(copy)
    assert again["events.ndjson"] == files_of(full)["events.ndjson"]
    if type(copy) is type(full):
        assert again == files_of(full)
    copy.close()


@pytest.mark.parametrize("kind", KINDS)
def test_what_happens_meanwhile_belongs_to_the_next_snapshot(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = make_store(kind, tmp_path), make_store(kind, tmp_path)
    first, second = store.commit([draft(1), draft(2)])
    before, steps, read = files_of(store, FORMATS), [draft(3)], store.holdings

    def meanwhile() -> Iterator[Holding]:
        other.commit([steps.pop()] if steps else [])
        return read()

    monkeypatch.setattr(store, "holdings", meanwhile)
    assert files_of(store, FORMATS) == before
    steps = [Draft("erase", first.digest, reason="legal")]
    holdings, events = read_snapshot(str(write(tmp_path / "snapshot", files_of(store))))
    assert first.digest not in {held.digest for held in holdings}
    assert second.digest in {held.digest for held in holdings}
    assert len(events) == 4
    store.close()
    other.close()


def test_statements_without_events_are_restored_as_well(tmp_path: Path) -> None:
    loose = make_store("directory", tmp_path)
    (tmp_path / "registry" / "sub").mkdir()
    (tmp_path / "registry" / "sub" / "a.yaml").write_bytes(statement())
    folder = write(tmp_path / "snapshot", files_of(loose))
    holdings, events = read_snapshot(str(folder))
    (tmp_path / "copy").mkdir()
    copy = make_store("directory", tmp_path / "copy")
    copy.restore(holdings, events)
    assert (tmp_path / "copy" / "registry" / "sub" / "a.yaml").read_bytes() == statement()
    assert files_of(copy) == files_of(loose)


@pytest.mark.parametrize("target", [kind for kind in KINDS if kind != "directory"])
def test_a_database_takes_no_statement_that_was_never_published(
    target: str, tmp_path: Path
) -> None:
    """It lists what was published: such a statement would be there and not be seen."""
    loose = make_store("directory", tmp_path)
    (tmp_path / "registry" / "a.yaml").write_bytes(statement())
    folder = write(tmp_path / "snapshot", files_of(loose))
    (tmp_path / "copy").mkdir()
    copy = make_store(target, tmp_path / "copy")
    with pytest.raises(RegistryError, match="are in no event of its log"):
        copy.restore(*read_snapshot(str(folder)))
    assert list(copy.holdings()) == []
    copy.close()


def test_the_manifest_names_every_file_with_its_sum(full: Store) -> None:
    files = files_of(full)
    manifest = json.loads(files["manifest.json"])
    named = {entry["path"]: entry for entry in manifest["resources"]}
    assert set(named) == set(files) - {"manifest.json"}
    for name, entry in named.items():
        assert entry["hash"] == f"sha256:{hashlib.sha256(files[name]).hexdigest()}"
        assert entry["bytes"] == len(files[name])
    assert manifest["checkpoint"]["size"] == 4
    assert all(json.loads(line) for line in files["statements.ndjson"].splitlines())


def lines(raw: bytes, *order: int) -> bytes:
    found = raw.splitlines(keepends=True)
    return b"".join(found[at] for at in order)


@pytest.mark.parametrize("name", ["statements.ndjson", "events.ndjson", "manifest.json"])
def test_a_missing_file_is_noticed(full: Store, tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "snapshot", files_of(full))
    (folder / name).unlink()
    with pytest.raises((GreenalgoError, OSError)):
        read_snapshot(str(folder))


def test_it_is_checked_in_time_that_grows_evenly(
    full: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unions = []

    class Counted(set[str]):
        def __ror__(self, other: AbstractSet[Any]) -> set[Any]:
            unions.append(1)
            return set(other).union(self)

    monkeypatch.setattr("greenalgo.registry.snapshot.erased_of", lambda _events: Counted())
    holdings, _ = read_snapshot(str(write(tmp_path / "snapshot", files_of(full))))
    assert len(holdings) == 3
    assert len(unions) == 1  # with one for each statement, 24,000 took 18 s instead of 1 s


def test_every_changed_byte_is_noticed(full: Store, tmp_path: Path) -> None:
    folder = write(tmp_path / "snapshot", files_of(full))
    for name in ("statements.ndjson", "events.ndjson"):
        path = folder / name
        good = path.read_bytes()
        for at in range(0, len(good), 97):
            path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
            with pytest.raises(RegistryError, match="was changed"):
                read_snapshot(str(folder))
        path.write_bytes(good)
    read_snapshot(str(folder))


def forge(files: dict[str, bytes], name: str, content: bytes) -> dict[str, bytes]:
    """Change a file and its sum in the manifest."""
    manifest = json.loads(files["manifest.json"])
    for entry in manifest["resources"]:
        if entry["path"] == name:
            entry["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return {**files, name: content, "manifest.json": json.dumps(manifest).encode()}


def test_a_forged_snapshot_is_refused_though_its_sums_fit(full: Store, tmp_path: Path) -> None:
    files = files_of(full)
    statements, events = files["statements.ndjson"], files["events.ndjson"]
    forged = (
        ("events.ndjson", lines(events, 0, 1, 3)),
        ("events.ndjson", lines(events, 0, 1, 2)),
        ("events.ndjson", events.replace(b'"me"', b'"em"')),
        ("statements.ndjson", lines(statements, 0, 1)),
        ("statements.ndjson", statements.replace(b'"hours":1,', b'"hours":2,')),
        ("statements.ndjson", b'{"digest":"x"}\n'),
        ("statements.ndjson", statements.replace(b"}\n", b"\n", 1)),
        ("statements.ndjson", b'{"digest":"%s","document":%s\n' % (b"1" * 64, b"[" * 100_000)),
        ("events.ndjson", b"[" * 100_000),
    )
    for number, (name, content) in enumerate(forged):
        folder = write(tmp_path / str(number), forge(files, name, content))
        with pytest.raises(RegistryError):
            read_snapshot(str(folder))


OUTSIDE = (
    '{"format": "greenalgo-snapshot/1", "checkpoint": {}, '
    '"resources": [{"path": "../x", "hash": "sha256:0"}]}'
)


@pytest.mark.parametrize(
    "manifest", [pytest.param("[" * 100_000, id="deep"), "", "[]", "{}",
                 '{"format": "greenalgo-snapshot/2"}', '{"format": "greenalgo-snapshot/1"}',
                 '{"format": "greenalgo-snapshot/1", "checkpoint": {}, "resources": [{}]}',
                 '{"format": "greenalgo-snapshot/1", "checkpoint": {}, "resources": []}',
                 '{"format": "greenalgo-snapshot/1", "checkpoint": 1, "resources": []}',
                 OUTSIDE],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(RegistryError):
        read_snapshot(str(tmp_path))


def test_a_folder_without_a_manifest(tmp_path: Path) -> None:
    with pytest.raises(CannotCheckError, match=r"no manifest\.json"):
        read_snapshot(str(tmp_path))


def test_a_spreadsheet_runs_nothing() -> None:
    cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "plain", "a=b"]
    frame = pd.DataFrame({"text": cells, "number": [-1.5] * len(cells)})
    read = pd.read_csv(io.StringIO(to_csv(frame)))
    assert [str(cell)[:1] for cell in read["text"][:6]] == ["'"] * 6
    assert list(read["text"][6:]) == ["plain", "a=b"]
    assert list(read["number"]) == [-1.5] * len(cells)


def test_parquet_without_pyarrow_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(RegistryError, match="pyarrow"):
        to_parquet(pd.DataFrame({"a": [1]}))


def test_the_tables_hold_the_same_and_are_described(full: Store) -> None:
    files = files_of(full, FORMATS)
    assert files == files_of(full, FORMATS)
    manifest = json.loads(files["manifest.json"])
    resources = {entry["path"]: entry for entry in manifest["resources"]}
    assert len({entry["name"] for entry in resources.values()}) == len(files) - 1
    assert manifest["licenses"][0]["name"] == "CC-BY-4.0"
    fields = resources["table.csv"]["schema"]["fields"]
    assert fields == resources["table.parquet"]["schema"]["fields"]
    assert all(field["description"] for field in fields)
    text = pd.read_csv(io.BytesIO(files["table.csv"]))
    table = pd.read_parquet(io.BytesIO(files["table.parquet"]))
    assert list(text) == list(table) == [field["name"] for field in fields]
    assert len(text) == len(table) == 3
    for field in fields:
        if field["type"] in ("integer", "number"):
            left, right = (frame[field["name"]].astype(float) for frame in (text, table))
            pd.testing.assert_series_equal(left, right, check_exact=True)
    log = full.log().events
    by_digest = table.set_index("digest")
    for at, event in enumerate(log[:2], 1):
        assert by_digest.loc[event.digest, "position"] == at
        assert by_digest.loc[event.digest, "published"] == pd.Timestamp(event.at)
    assert sorted(table["status"]) == ["published", "superseded", "withdrawn"]
    assert by_digest.loc[log[0].digest, "superseded_by"] == log[2].digest
    for digest, document in zip(table["digest"], table["document"], strict=True):
        assert hashlib.sha256(document.encode()).hexdigest() == digest


@pytest.fixture(scope="module")
def parquet_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("snapshot")
    store = make_store("sqlite", folder)
    store.commit([draft(hours, name=f"Model-{hours}") for hours in range(1, 6)])
    path = folder / "table.parquet"
    path.write_bytes(files_of(store, ["parquet"])["table.parquet"])
    store.close()
    return path


def test_moments_are_microseconds_in_utc(parquet_file: Path) -> None:
    schema = pq.read_schema(parquet_file)
    assert str(schema.field("published").type) == "timestamp[us, tz=UTC]"
    assert pq.ParquetFile(parquet_file).metadata.row_group(0).column(0).compression == "ZSTD"
    assert not any("ns" in str(field.type) for field in schema)


def test_duckdb_reads_it(parquet_file: Path) -> None:
    with duckdb.connect() as base:
        found = base.execute(
            "SELECT count(*), max(co2e_value_kg), count(published), min(document::JSON->>'title') "
            "FROM read_parquet(?) WHERE country = 'FRA'",
            [str(parquet_file)],
        ).fetchone()
    assert found == (5, pytest.approx(1.0944), 5, "Training of Model-1")


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # of dask itself, with pandas 3.1
def test_dask_reads_it(parquet_file: Path) -> None:
    frame = dask.dataframe.read_parquet(parquet_file, columns=["co2e_value_kg", "published"])
    assert frame["co2e_value_kg"].sum().compute(scheduler="synchronous") == pytest.approx(3.2832)
    assert str(frame.dtypes["published"]) == "datetime64[us, UTC]"


@pytest.mark.parametrize("target", KINDS)
def test_every_store_is_restored_from_a_snapshot_with_tables(tmp_path: Path, target: str) -> None:
    origin = make_store("sqlite", tmp_path)
    origin.commit([draft(hours) for hours in range(1, 4)])
    folder = write(tmp_path / "snapshot", files_of(origin, FORMATS))
    (tmp_path / "copy").mkdir()
    copy = make_store(target, tmp_path / "copy")
    copy.restore(*read_snapshot(str(folder)))
    assert audit.verify(copy, origin.log().checkpoint).problems == ()
    (folder / "table.csv").write_bytes(b"digest\n")
    with pytest.raises(RegistryError, match=r"table\.csv' was changed"):
        read_snapshot(str(folder))
    origin.close()
    copy.close()


def test_the_store_alone_imports_no_tables() -> None:
    code = "import sys, greenalgo.registry.door; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
