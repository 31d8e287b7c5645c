"""Rules of the house: pins, names that do not belong into a public file, lengths, imports."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from distributions import ROOT, tracked

#: Put together from parts, so that this file does not name them itself.
HOSTS = ("py" + "pi.org", "pythonhosted" + ".org", "test.py" + "pi", "anaconda" + ".org")
PLACES = tuple(f"/{name}/" for name in ("work", "root", "opt/wheels", "home/runner"))
GENERATED = re.compile(r"src/greenalgo/schemas/accept_\d+_\d+\.py")
#: A source file of more lines than this is two.
MOST_LINES = 500
MEDIAN_LINES = 160


def texts() -> list[tuple[str, str]]:
    found = []
    for name in tracked():
        raw = (ROOT / name).read_bytes()
        if b"\0" not in raw[:1024] and len(raw) < 5_000_000:
            found.append((name, raw.decode("utf-8", "replace")))
    return found


def test_no_file_names_a_package_index() -> None:
    assert [(name, host) for name, text in texts() for host in HOSTS if host in text] == []


def test_no_file_names_a_path_of_a_machine() -> None:
    # Not inside a longer path or a URL: ".../home/runner/" of an address is nobody's machine.
    place = re.compile(r"(?<![\w.:/\]])(?:" + "|".join(map(re.escape, PLACES)) + ")")
    found = [
        (name, match[0], text.count("\n", 0, match.start()) + 1)
        for name, text in texts()
        if not name.startswith("constraints") and name != "tests/packaging/test_house.py"
        for match in place.finditer(text)
    ]
    assert found == []


def pins_of(name: str) -> list[str]:
    lines = (ROOT / name).read_text("utf-8").replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def test_what_runs_is_pinned_as_it_is_tested() -> None:
    runs, tests = pins_of("constraints.txt"), pins_of("constraints-dev.txt")
    assert len(runs) < len(tests) / 2
    assert set(runs) <= set(tests)


@pytest.mark.parametrize("name", ["constraints.txt", "constraints-dev.txt"])
def test_every_pin_has_a_hash(name: str) -> None:
    pins = pins_of(name)
    assert pins
    assert [line[:60] for line in pins if "==" not in line or "--hash=sha256:" not in line] == []
    assert not any(line.startswith("-") for line in pins)


def modules() -> list[str]:
    return [
        name for name in tracked()
        if name.endswith(".py") and not GENERATED.fullmatch(name)
    ]  # fmt: skip


def lines_of(name: str) -> int:
    return len((ROOT / name).read_text("utf-8").splitlines())


def test_modules_are_short() -> None:
    assert {name: lines_of(name) for name in modules() if lines_of(name) > MOST_LINES} == {}
    ours = [lines_of(name) for name in modules() if name.startswith("src/")]
    assert statistics.median(ours) <= MEDIAN_LINES


def test_imports_point_down_only() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(command)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_left_to_do_later() -> None:
    words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    code = [pair for pair in texts() if pair[0].startswith(("src/", "templates/", "scripts/"))]
    assert [(name, words.findall(text)) for name, text in code if words.search(text)] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "Makefile"])
def test_the_two_commands_stand_where_people_look(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "make demo" in text
    assert "make test" in text


def test_test_modules_have_names_of_their_own() -> None:
    # Folders of tests are no packages, so pytest and mypy tell modules apart by their names alone.
    names = [Path(name).name for name in tracked() if re.fullmatch(r"tests/.*\.py", name)]
    again = {name for name in names if names.count(name) > 1}
    assert again - {"conftest.py", "__init__.py"} == set()
