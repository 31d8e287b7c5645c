"""A known version is read, a newer minor with a warning, anything else refused."""

from __future__ import annotations

import pytest

from greenalgo.errors import ResourceError
from greenalgo.findings import Severity
from greenalgo.schemas.load import load_schema
from greenalgo.schemas.versions import (
    ACCEPT,
    NEWEST,
    UNSUPPORTED_CODES,
    accept,
    check_version,
    is_newer_minor,
    version_of,
)


@pytest.mark.parametrize(
    "data", [{"spec_version": "1.0"}, {}, {"spec_version": 1.0}, [], None, "x"]
)
def test_nothing_to_say(data: object) -> None:
    assert check_version(data) is None
    assert version_of(data) == NEWEST
    assert not is_newer_minor(data)


@pytest.mark.parametrize("version", ["1", "1.", ".1", "v1.0", "1.0.0", "1.x", "\u0662.\u0660"])
def test_a_malformed_version_is_left_to_the_structure(version: str) -> None:
    data = {"title": "T", "subject": {"name": "N"}, "runs": [{"id": "a", "phase": "training"}]}
    assert check_version({**data, "spec_version": version}) is None
    assert accept({**data, "spec_version": NEWEST})
    assert not accept({**data, "spec_version": version})


@pytest.mark.parametrize("version", ["1.1", "1.10", "1.999"])
def test_a_newer_minor_warns(version: str) -> None:
    finding = check_version({"spec_version": version})
    assert finding is not None
    assert (finding.code, finding.severity) == ("GA901", Severity.WARNING)
    assert finding.code not in UNSUPPORTED_CODES
    assert (finding.pointer, finding.found) == ("/spec_version", version)
    assert is_newer_minor({"spec_version": version})
    assert version_of({"spec_version": version}) == NEWEST


@pytest.mark.parametrize(
    ("version", "hint"),
    [
        ("2.0", "upgrade"),
        ("10.0", "upgrade"),
        ("9" * 20 + ".0", "upgrade"),
        ("1" * 5000 + ".0", "upgrade"),
        ("0.9", 'write spec_version: "1.0"'),
        ("1.00", 'write spec_version: "1.0"'),
    ],
)
def test_another_major_is_refused(version: str, hint: str) -> None:
    finding = check_version({"spec_version": version})
    assert finding is not None
    assert finding.code in UNSUPPORTED_CODES
    assert finding.severity == Severity.ERROR
    assert hint in finding.hint
    assert len(finding.message) < 100
    assert not is_newer_minor({"spec_version": version})


def test_every_version_has_its_schema() -> None:
    for version in ACCEPT:
        assert load_schema(version)["$id"].endswith("/" + version)
    with pytest.raises(ResourceError):
        load_schema("0.9")
