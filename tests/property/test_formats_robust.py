"""Damaged files: whatever is cut off, overwritten or doubled, an import ends in a statement or in words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everyday import often
from greenalgo import api
from greenalgo.errors import FormatError
from greenalgo.formats import import_sources, named, of_bytes

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "formats"))

from more_foreign_files import FILES, NFCO2_TREE
from test_format_trackers import ECO2AI, EPOCH, EPOCHS, OUTPUT, ZEUS

ALL = {
    **FILES,
    "nf-co2footprint ": NFCO2_TREE,
    "carbontracker": EPOCHS,
    "carbontracker ": OUTPUT,
    "eco2ai": ECO2AI + EPOCH.format(n=1) + EPOCH.format(n=2),
    "zeus": ZEUS,
}
PIECES = st.sampled_from(
    ["", "\n", '"', ",", ";", "\t", "|", "nan", "-1", "1e400", "[]", "{}", "null", "\0", "\ufeff", "é", ":", "- ",
     "x" * 300]
)  # fmt: skip


@pytest.mark.parametrize("name", ALL)
@given(data=st.data())
@settings(max_examples=often(100))
def test_a_damaged_file_is_imported_or_refused_in_words(name: str, data: st.DataObject) -> None:
    text = ALL[name]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = start + data.draw(st.one_of(st.integers(0, 12), st.just(len(text))))
        text = text[:start] + data.draw(PIECES) + text[end:]
    try:
        done = import_sources([of_bytes(text.encode(), "file")], named(name.strip()).name)
    except FormatError as error:
        for finding in error.findings:
            assert finding.message  # type: ignore[attr-defined]
            assert finding.file == "file"  # type: ignore[attr-defined]
        return
    # The schema is satisfied; the rules may still find what was damaged.
    assert api.loads(done.content).data == done.data
    shape = [found for found in api.judge(done.data).findings if found.code.startswith("GA1")]
    assert shape == [], done.content.decode()
