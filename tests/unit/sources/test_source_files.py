"""Reading a path: never waits, never reads more than the limit, always says why not."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from greenalgo.findings import Finding
from greenalgo.sources import LIMIT, UNREADABLE_CODES, read_bytes

if TYPE_CHECKING:
    from pathlib import Path


def code(path: object) -> str:
    finding = read_bytes(str(path))
    assert isinstance(finding, Finding)
    assert finding.file == str(path)
    assert finding.message
    assert finding.expected
    return finding.code


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"a: 1\n")
    assert read_bytes(str(file)) == b"a: 1\n"
    file.write_bytes(b"x" * LIMIT)
    assert read_bytes(str(file)) == b"x" * LIMIT


def test_a_file_without_a_size() -> None:
    if not os.path.exists("/proc/self/status"):
        pytest.skip("this system has no /proc")
    assert os.stat("/proc/self/status").st_size == 0
    assert b"\nPid:" in read_bytes("/proc/self/status")


def test_a_file_that_grows_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"a: 1\n")
    real = os.stat

    def before(path: Any, **options: Any) -> os.stat_result:
        status = real(path, **options)
        file.write_bytes(b"a: 1\n" + b"# more\n" * 1000)
        return status

    monkeypatch.setattr(os, "stat", before)
    assert read_bytes(str(file)) == b"a: 1\n" + b"# more\n" * 1000


def test_a_file_that_comes_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"a: 1\nb: 2\n")

    real = os.read
    monkeypatch.setattr(os, "read", lambda source, size: real(source, min(size, 3)))
    assert read_bytes(str(file)) == b"a: 1\nb: 2\n"


def test_unreadable(tmp_path: Path) -> None:
    assert code(tmp_path / "missing.yaml") == "GA001"
    assert code("a\0b") == "GA001"
    assert code(tmp_path / ("x" * 5000)) == "GA001"
    assert code(tmp_path) == "GA002"
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    assert code(fifo) == "GA002"
    assert code("/dev/null") == "GA002"
    assert {"GA001", "GA002"} == UNREADABLE_CODES


def test_permission_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"a: 1\n")

    def denied(*_args: Any, **_options: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)  # root reads everything, whatever the mode
    assert code(file) == "GA001"


def test_bad_content(tmp_path: Path) -> None:
    for name, content, expected in [
        ("large.yaml", b"x" * (LIMIT + 1), "GA003"),
        ("a.gz", b"\x1f\x8b\x08" + b"x" * LIMIT, "GA004"),
        ("a.bin", b"ab\0c", "GA004"),
        ("utf16.yaml", "a: 1".encode("utf-16"), "GA005"),
    ]:
        (tmp_path / name).write_bytes(content)
        assert code(tmp_path / name) == expected


class _Endless(io.RawIOBase):
    """A standard input that never ends."""

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size <= LIMIT + 1
        return b"x" * size


@pytest.mark.parametrize(
    ("stream", "expected"), [(io.BytesIO(b"a: 1"), b"a: 1"), (_Endless(), "GA003")]
)
def test_standard_input(stream: Any, expected: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": stream})())
    result = read_bytes("-")
    assert (result.code if isinstance(result, Finding) else result) == expected


def test_closed_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert code("-") == "GA001"
