"""SIGKILL in the middle of submissions: what was answered is there, and nothing is half there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from registry_cases import draft, make_store, url_of

from everyday import first
from greenalgo.registry import audit

HERE = Path(__file__).parent
#: More than it can submit before the signal reaches it.
COUNT = 1000


@pytest.mark.parametrize("after", first((3, 140)))
def test_nothing_that_was_answered_is_lost(kind: str, tmp_path: Path, after: int) -> None:
    command = [sys.executable, str(HERE / "submit_many.py"), url_of(kind, tmp_path), str(COUNT)]
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        answered = [process.stdout.readline().strip() for _ in range(after)]
        process.send_signal(signal.SIGKILL)
        # What was printed before the kill was answered as well; a line that is cut was not.
        rest = process.stdout.read().splitlines(keepends=True)
        answered += [line.strip() for line in rest if line.endswith("\n")]
        assert process.wait() == -signal.SIGKILL
    assert after <= len(answered) < COUNT
    store = make_store(kind, tmp_path)
    verified = audit.verify(store)
    assert verified.problems == ()
    published = {event.digest for event in store.log().events}
    assert set(answered) <= published
    assert len(published) <= len(answered) + 1  # the one that was written when the signal came
    for digest in answered:
        assert store.body(digest) is not None
    inspection = audit.inspect(store)
    assert inspection.sound
    assert all(item.report.valid for item in inspection.checked)
    store.commit([draft(9999)])
    assert audit.verify(store).problems == ()
    store.close()
    if kind == "directory":
        assert list((tmp_path / "registry" / ".greenalgo-registry" / "tmp").iterdir()) == []
