"""The digest: what changes it and what does not."""

from __future__ import annotations

import hashlib

import pytest

from greenalgo.errors import GreenalgoError
from greenalgo.sources import Document, parse
from greenalgo.statement.digest import canonical, digest

YAML = b'spec_version: "1.0"   # a comment\ntitle: Caf\xc3\xa9\nruns: [{id: a, hours: 10}]\n'
JSON = b'{"runs": [{"hours": 10.0, "id": "a"}], "title": "Caf\\u00e9", "spec_version": "1.0"}'


def read(raw: bytes) -> dict[str, object]:
    document = parse(raw, "statement")
    assert isinstance(document, Document)
    data: dict[str, object] = document.data
    return data


def test_the_digest_is_that_of_rfc_8785() -> None:
    expected = '{"runs":[{"hours":10,"id":"a"}],"spec_version":"1.0","title":"Café"}'
    assert canonical(read(YAML)) == expected.encode()
    assert digest(read(YAML)) == hashlib.sha256(expected.encode()).hexdigest()


def test_notation_does_not_change_it() -> None:
    assert digest(read(YAML)) == digest(read(JSON))


@pytest.mark.parametrize("old", [b"10.0", b"Caf", b'"id"'])
def test_every_value_changes_it(old: bytes) -> None:
    assert digest(
        read(JSON.replace(old, old[:-1] + b'1"' if old[-1:] == b'"' else old + b"1"))
    ) != digest(read(JSON))


def test_results_belong_to_it() -> None:
    assert digest({**read(YAML), "results": {}}) != digest(read(YAML))


def test_a_value_without_canonical_form_is_an_error() -> None:
    with pytest.raises(GreenalgoError, match="canonical form"):
        digest({"count": 2**53})
