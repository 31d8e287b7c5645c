"""What follows from the schema is in step with it, and the folder's sums hold."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from greenalgo.schemas.draft07 import draft07

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "schema" / "statement" / "1.0"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / "scripts" / "release_schema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_everything_is_up_to_date(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    code = script.main(["--check"])
    assert capsys.readouterr().out == ""
    assert code == 0


def test_the_sums_are_over_every_file() -> None:
    lines = (FOLDER / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {line[66:]: line[:64] for line in lines}
    files = {p.relative_to(FOLDER).as_posix(): p for p in FOLDER.rglob("*") if p.is_file()}
    assert sums.keys() == files.keys() - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256(files[name].read_bytes()).hexdigest() == digest, name


def test_a_change_is_noticed_and_written(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    folder = tmp_path / "schema" / "statement" / "1.0"
    folder.mkdir(parents=True)
    (tmp_path / "src" / "greenalgo" / "schemas").mkdir(parents=True)
    shutil.copy(FOLDER / "statement.schema.json", folder)
    monkeypatch.setattr(script, "ROOT", tmp_path)
    assert script.main(["--check"]) == 1
    assert "out of date: schema/statement/1.0/SHA256SUMS" in capsys.readouterr().out
    assert not (folder / "SHA256SUMS").exists()
    assert script.main(["--write"]) == 0
    assert script.main(["--check"]) == 0
    (folder / "examples").mkdir()
    (folder / "examples" / "new.yaml").write_text("a: 1\n", encoding="utf-8")
    assert script.main(["--check"]) == 1


def test_draft07_is_a_draft07_schema() -> None:
    bundle = json.loads((FOLDER / "statement.draft-07.schema.json").read_text(encoding="utf-8"))
    Draft7Validator.check_schema(bundle)
    assert bundle["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert "$defs" not in bundle


def test_draft07_keeps_what_stands_beside_a_reference() -> None:
    schema = {
        "$id": "https://example.org/s",
        "properties": {
            "$ref": {"type": "string"},
            "a": {"$ref": "#/$defs/n", "description": "A."},
            "b": {"$ref": "#/$defs/n"},
        },
        "$defs": {"n": {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/m"}]}}, "m": {}},
    }
    bundle = draft07(schema)
    reference = {"$ref": "#/definitions/n"}
    assert bundle["properties"] == {
        "$ref": {"type": "string"},
        "a": {"allOf": [reference], "description": "A."},
        "b": reference,
    }
    assert bundle["definitions"]["n"]["items"] == {"anyOf": [{"$ref": "#/definitions/m"}]}
