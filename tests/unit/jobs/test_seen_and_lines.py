"""What keeps the memory bounded: lines of a log that is never held, and jobs that were read in 8 bytes each."""

from __future__ import annotations

import hashlib
import io

import pytest

from greenalgo.errors import FormatError
from greenalgo.jobs import lines
from greenalgo.jobs.lines import Lines
from greenalgo.jobs.seen import Seen

NOON, LATER = "2026-03-05T12:00:00", "2026-03-05T13:00:00"


@pytest.mark.parametrize("job_id", ["7", "4095", "4096", "7_1", "9+0"])
def test_a_start_of_a_job_is_seen_once(job_id: str) -> None:
    seen = Seen()
    asked = [
        seen.again(cluster, job_id, start)
        for cluster, start in zip(
            "aaaabaa", (NOON, NOON, LATER, LATER, NOON, NOON, ""), strict=True
        )
    ]
    assert asked == [False, True, False, True, False, True, False]


def test_jobs_on_one_page_do_not_hide_each_other() -> None:
    seen = Seen()
    numbers = [str(number) for number in range(1, 10_000, 37)]
    assert not any(seen.again("", number, NOON) for number in numbers)
    assert all(seen.again("", number, NOON) for number in numbers)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1 << 18])
def test_lines_do_not_depend_on_where_a_chunk_ends(
    monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(lines, "_CHUNK", chunk)
    raw = "a|ä\r\n\r\n\nb|€\nlast|𝄞".encode()
    found = Lines(io.BytesIO(raw), "log")
    assert list(found) == [(1, "a|ä"), (4, "b|€"), (5, "last|𝄞")]
    assert found.sha256 == hashlib.sha256(raw).hexdigest()


def test_a_line_without_an_end_is_refused() -> None:
    with pytest.raises(FormatError, match="a line is longer than") as refused:
        list(Lines(io.BytesIO(b"a\n" + b"x" * (1 << 21)), "log"))
    assert str(refused.value).startswith("log:2:1: error GA603")
