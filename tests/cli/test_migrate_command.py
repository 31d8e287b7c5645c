"""``greenalgo migrate``: what it writes, where, and when it leaves a file alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_cases import MINIMAL

from greenalgo import __version__, api

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

COMMENTED = """\
# yaml-language-server: $schema=https://w3id.org/greenalgo/statement/1.0/draft-07
spec_version: "1.0"  # the version
title: |
  # yaml-language-server: $schema=https://w3id.org/greenalgo/statement/1.0
subject: {name: My analysis}
provenance:
  # where it comes from
  citation: x2022  # cited
runs:
  - {id: analysis, phase: analysis}  # the run
"""


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / "footprint.yaml"
    path.write_text(COMMENTED, encoding="utf-8")
    return path


def test_the_newest_version_is_left_as_it_is(run: Callable[..., Result], file: Path) -> None:
    result = run("migrate", str(file))
    assert (result.exit_code, result.stdout) == (0, COMMENTED)
    assert "is of schema 1.0 already" in result.stderr
    result = run("migrate", str(file), "--in-place")
    assert (result.exit_code, result.stdout) == (0, "")
    assert file.read_text(encoding="utf-8") == COMMENTED
    assert not list(file.parent.glob("*.orig"))


def test_to_the_draft_and_back_to_the_original(run: Callable[..., Result], file: Path) -> None:
    result = run("migrate", "footprint.yaml", "--to", "next", "--in-place")
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines()[0] == (
        "footprint.yaml: schema 1.0 -> 1.1; the original is footprint.yaml.1.0.orig"
    )
    assert "1.1 is a draft" in result.stderr
    assert Path("footprint.yaml.1.0.orig").read_text(encoding="utf-8") == COMMENTED
    after = file.read_text(encoding="utf-8")
    before, added = COMMENTED.splitlines(), [
        line for line in after.splitlines() if line not in COMMENTED.splitlines()
    ]  # fmt: skip
    starts = (
        "# yaml-language-server: $schema=https://w3id.org/greenalgo/s",
        'spec_version: "1.1"  # the version',
        f'  migrations: ["1.0 -> 1.1 by greenalgo {__version__}; was sha256:',
    )
    assert all(line.startswith(start) for line, start in zip(added, starts, strict=True))
    kept = [line for line in before if line in after.splitlines()]
    assert len(kept) == len(before) - 2, (
        "every other line is there, the text that looks like one too"
    )
    assert api.load(str(file)).data["spec_version"] == "1.1"
    assert run("validate", str(file)).exit_code == 0


def test_what_is_kept_is_never_overwritten(run: Callable[..., Result], file: Path) -> None:
    Path("footprint.yaml.1.0.orig").write_text("something else", encoding="utf-8")
    result = run("migrate", "footprint.yaml", "--to", "next", "--in-place")
    assert result.exit_code == 4
    assert "is there already and differs" in result.stderr
    assert "  hint:     move it away" in result.stderr
    assert file.read_text(encoding="utf-8") == COMMENTED
    Path("footprint.yaml.1.0.orig").write_text(COMMENTED, encoding="utf-8")
    assert run("migrate", "footprint.yaml", "--to", "next", "--in-place").exit_code == 0


def test_to_another_file_and_from_standard_input(run: Callable[..., Result], file: Path) -> None:
    result = run("migrate", str(file), "--to", "next", "-o", "new.yaml")
    assert result.exit_code == 0
    assert file.read_text(encoding="utf-8") == COMMENTED
    piped = run("migrate", "-", "--to", "next", stdin=COMMENTED)
    assert piped.stdout == Path("new.yaml").read_text(encoding="utf-8")


def test_json_stays_json(run: Callable[..., Result]) -> None:
    text = (
        '{"spec_version": "1.0", "title": "t", "subject": {"name": "s"},\n'
        ' "runs": [{"id": "a", "phase": "training"}]}\n'
    )
    result = run("migrate", "-", "--to", "next", stdin=text)
    data = api.loads(result.stdout_bytes, "a.json").data
    assert data["spec_version"] == "1.1"
    assert list(data)[-1] == "provenance"
    assert result.stdout.count("\n") == 2


@pytest.mark.parametrize("target", [(), ("--to", "next")])
def test_the_draft_is_left_as_it_is(run: Callable[..., Result], target: tuple[str, ...]) -> None:
    text = MINIMAL.replace('"1.0"', '"1.1"')
    result = run("migrate", "-", *target, stdin=text)
    assert (result.exit_code, result.stdout) == (0, text)
    assert "warning GA901" in result.stderr


def test_an_unknown_newer_minor_is_left_as_it_is(run: Callable[..., Result]) -> None:
    text = MINIMAL.replace('"1.0"', '"1.9"') + "new_field: 1\n"
    result = run("migrate", "-", stdin=text)
    assert (result.exit_code, result.stdout) == (0, text)
    assert "warning GA901" in result.stderr
    for target in ("1.0", "next"):
        result = run("migrate", "-", "--to", target, stdin=text)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "to newer versions only" in result.stderr


def test_a_newer_major_needs_a_newer_greenalgo(run: Callable[..., Result]) -> None:
    result = run("migrate", "-", stdin=MINIMAL.replace('"1.0"', '"2.0"'))
    assert (result.exit_code, result.stdout) == (3, "")
    assert "GA902" in result.stderr
    assert "2.0 is not supported" in result.stderr


def test_an_invalid_statement_is_refused(run: Callable[..., Result], file: Path) -> None:
    file.write_text(COMMENTED.replace("phase", "phrase"), encoding="utf-8")
    result = run("migrate", str(file), "--to", "next", "-o", "new.yaml")
    assert result.exit_code == 1
    assert "GA101" in result.stderr
    assert ":10:" in result.stderr
    assert not Path("new.yaml").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("-", "--in-place"),
        ("a.yaml", "--in-place", "-o", "b.yaml"),
        ("a.yaml", "--to", "1.1"),
        ("a.yaml", "--to", "2.0"),
        (),
    ],
)
def test_usage(run: Callable[..., Result], arguments: tuple[str, ...]) -> None:
    assert run("migrate", *arguments).exit_code == 2


def test_a_file_that_is_not_there(run: Callable[..., Result]) -> None:
    assert run("migrate", "nowhere.yaml").exit_code == 4
