"""``validate --fix``: what is certain is put right in the author's bytes, everything else stays."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_cases import MINIMAL
from hypothesis import example, given, settings
from hypothesis import strategies as st

from everyday import often
from greenalgo.cli.checking.fix import diff, fix_bytes
from greenalgo.resources import root
from greenalgo.sources import Document, parse
from greenalgo.sources.strict import tree
from greenalgo.validate.near import edits, only_near

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

    from greenalgo.sources.tree import Node

    Run = Callable[..., Result]

WRONG = """\
# Ours.
spec_version: 1.0     # a number
title: "Typos"
subject: {name: 'x'}
runs:
- id: a   # the only one
  'phse': "Training"
  hardwre:
    - {kind: GPU, model: NVIDIA A100-SXM4-80GB, count: 8 GPUs, powr_w: '400 W'}
  hours: "10"
  location: {"country": France}   # FRA
"""
RIGHT = """\
# Ours.
spec_version: "1.0"     # a number
title: "Typos"
subject: {name: 'x'}
runs:
- id: a   # the only one
  'phase': "training"
  hardware:
    - {kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 8, power_w: 400}
  hours: 10
  location: {"country": FRA}   # FRA
"""


def statement(run: str) -> str:
    return MINIMAL.replace("phase: analysis}", f"phase: analysis, {run}}}")


def test_everything_certain_is_put_right_and_nothing_else(run: Run, folder: Path) -> None:
    path = folder / "typos.yaml"
    path.write_text(WRONG, encoding="utf-8")
    result = run("validate", "--fix", "typos.yaml")
    assert path.read_text("utf-8") == RIGHT
    assert result.exit_code == 0
    assert result.stdout.startswith("typos.yaml: valid, L0")
    assert "\n-  'phse': \"Training\"\n" in result.stderr
    assert "\n+  'phase': \"training\"\n" in result.stderr
    assert "typos.yaml: fixed: " in result.stderr
    again = run("validate", "--fix", "typos.yaml")
    assert (again.stderr, again.stdout) == ("", result.stdout)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_the_byte_order_mark_stay(end: str, mark: str) -> None:
    raw = (mark + WRONG.replace("\n", end).removesuffix(end)).encode()
    wanted = (mark + RIGHT.replace("\n", end).removesuffix(end)).encode()
    assert fix_bytes(raw, "typos.yaml").new == wanted


def test_json_stays_json(run: Run, folder: Path) -> None:
    text = (
        '{\n "spec_version": 1.0, "title" : "T",\t"subject":{"name":"N"},\n'
        ' "runs": [{"id":"a","Phase":"pre-training","hours":"1e3", "location":{"country":"fr"}}]}'
    )
    (folder / "one.json").write_text(text, encoding="utf-8")
    assert run("validate", "--fix", "one.json").exit_code == 0
    wanted = text.replace("1.0", '"1.0"').replace('"Phase":"pre-training"', '"phase":"training"')
    wanted = wanted.replace('"1e3"', "1000").replace('"fr"', '"FRA"')
    assert (folder / "one.json").read_text("utf-8") == wanted


@pytest.mark.parametrize(
    "field",
    [
        "power: 400",  # no unit was given
        "hardware: [{kind: gpu, tdp: 400}]",
        "runtime: 3600",
        "energy_it_mwh: 433",
        "hardware: [{kind: gpu, power_w: 0.4 kW}]",
        "hardware: [{kind: gpu, utilisation: 63}]",
        "hardware: [{kind: gpu, utilisation: 63 %}]",
        "hardware: [{kind: gpu, utilisation: '63'}]",  # a number, but not in its range
        "hardware: [{kind: gpu, count: 2 nodes}]",
        "hardware: [{kind: gpu, count: 384 thousand}]",
        "hardware: [{kind: gpu, count: ~384}]",
        "hardware: [{kind: gpu, count: 2.5 GPUs}]",
        "hardware: [{kind: gpu, power_w: 300-400 W}]",
        "hours: '1,082'",  # 1082, or 1.082 in half of Europe
        "hours: '1.082,99'",
        "hours: '010'",
        "hours: 1, hous: 2",  # the right key is there as well
        "hous: 1, hors: 2",
        "pue: {value: 1.2, status: measured}",  # metered or counter
        "hardware: [{kind: tpu}]",  # an accelerator, or a slip for gpu
        "hardware: [{kind: pu}]",
        "location: {country: Ruritania}",
        "location: France",
        "country: FRA",
        "phase_of_the_moon: full",
        "hardware: [{kind: gpu, count: [8]}]",
        "hardware: [{kind: gpu, note: |\n      GPU\n    , count: x}]",
    ],
)
def test_what_is_not_certain_is_left_alone(field: str, run: Run, folder: Path) -> None:
    (folder / "doubt.yaml").write_text(statement(field), encoding="utf-8")
    result = run("validate", "--fix", "doubt.yaml")
    assert result.exit_code == 1
    assert result.stderr == ""
    assert (folder / "doubt.yaml").read_text("utf-8") == statement(field)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("hours: '1,082,990'", "hours: 1082990"),
        ("hours: 1 082 990", "hours: 1082990"),
        ("hours: 1_000 h", "hours: 1000"),
        ("energy_it_kwh: 27.5 kWh", "energy_it_kwh: 27.5"),
        ("carbon_intensity_g_per_kwh: 57 gCO2e/kWh", "carbon_intensity_g_per_kwh: 57"),
        ("pue: {valu: '1.2', statsu: Metred}", "pue: {value: 1.2, status: metered}"),
        ("gpu_hours: 10", "device_hours: 10"),
        ("location: {country: usa}", "location: {country: USA}"),
    ],
)
def test_what_is_certain(before: str, after: str) -> None:
    raw = statement(before).encode()
    assert fix_bytes(raw, "one.yaml").new == statement(after).encode()


CONFIRMED = {
    "power: 400": "",
    "hardware: [{kind: gpu, power: 400}]": "hardware: [{kind: gpu, power_w: 400}]",
    "hardware: [{kind: gpu, power_w: 0.4 kW}]": "hardware: [{kind: gpu, power_w: 400}]",
    "hardware: [{kind: gpu, utilisation: 63}]": "hardware: [{kind: gpu, utilisation: 0.63}]",
    "hardware: [{kind: gpu, utilisation: 63 %}]": "hardware: [{kind: gpu, utilisation: 0.63}]",
    "energy_it_mwh: {value: 0.433, lower: 0.4}": "energy_it_kwh: {value: 433, lower: 400}",
    "carbon_intensity_g_per_kwh: {value: 0.057, upper: 0.06}": (
        "carbon_intensity_g_per_kwh: {value: 57, upper: 60}"
    ),
}


@pytest.mark.parametrize("before", CONFIRMED)
def test_units_are_converted_where_the_author_confirms(before: str, run: Run, folder: Path) -> None:
    path = folder / "unit.yaml"
    path.write_text(statement(before), encoding="utf-8")
    run("validate", "--fix", "unit.yaml")
    assert path.read_text("utf-8") == statement(before)
    run("validate", "--fix", "--confirm-units", "unit.yaml")
    assert path.read_text("utf-8") == statement(CONFIRMED[before] or before)


FIGURES = """
    hours: 10
    hardware: [{{kind: gpu, count: 8, power_w: 300}}]
    location: {{country: FRA}}
    pue: 1.2
    carbon_intensity_g_per_kwh: 50
reported: {}
"""


def figures(reported: str) -> bytes:
    head = MINIMAL.replace("{id: analysis, phase: analysis}\n", "id: analysis\n    phase: analysis")
    return (head + FIGURES.format(reported)).encode()


def test_a_reported_figure_in_another_unit() -> None:
    wrong, right = figures("{energy_it_kwh: 24000}"), figures("{energy_it_kwh: 24}")
    assert fix_bytes(wrong, "one.yaml").new == wrong
    assert fix_bytes(wrong, "one.yaml", units=True).new == right


def test_a_figure_follows_its_printed_string() -> None:
    text = "{energy_it_kwh: %s, as_printed: {energy_it_kwh: 24 kWh}}"
    fixed = fix_bytes(figures(text % "0.024"), "one.yaml", units=True)
    assert fixed.new == figures(text % "24")


def test_a_paper_that_is_wrong_itself_stays_as_it_is() -> None:
    # The inputs give 24 kWh, and 24 MWh are printed: another figure would only move the error.
    raw = figures("{energy_it_kwh: 24000, as_printed: {energy_it_kwh: 24 MWh}}")
    assert fix_bytes(raw, "one.yaml", units=True).new == raw


def test_an_unknown_key_of_a_newer_minor_version_is_left_to_it() -> None:
    raw = MINIMAL.replace("1.0", "1.9").replace("phase:", "hous: 1, phase:").encode()
    assert fix_bytes(raw, "one.yaml").new == raw


def test_what_was_not_fixed_remains_a_finding(run: Run, folder: Path) -> None:
    (folder / "half.yaml").write_text(statement("hous: 1, pue: -1"), encoding="utf-8")
    result = run("validate", "--fix", "half.yaml", "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)  # the difference went to standard error
    assert [found["code"] for found in report["files"][0]["findings"]] == ["GA105"]
    assert "hours: 1, pue: -1" in (folder / "half.yaml").read_text("utf-8")


class TestDiff:
    @pytest.mark.parametrize("name", ["typos.yaml", "typos of mine.yaml"])
    def test_nothing_is_written_and_the_patch_applies(
        self, name: str, run: Run, folder: Path
    ) -> None:
        path = folder / name
        path.write_text(WRONG.removesuffix("\n"), encoding="utf-8")
        result = run("validate", "--fix", "--diff", name)
        assert result.exit_code == 1
        assert path.read_text("utf-8") == WRONG.removesuffix("\n")
        assert f"{name}: can be fixed: " in result.stderr
        assert "No newline at end of file" in result.stdout
        subprocess.run(["git", "apply", "-p0"], input=result.stdout, text=True, check=True)
        assert path.read_text("utf-8") == RIGHT.removesuffix("\n")

    def test_dry_run_is_another_name(self, run: Run, folder: Path) -> None:
        (folder / "typos.yaml").write_text(WRONG, encoding="utf-8")
        one, other = (
            run("validate", "--fix", flag, "typos.yaml") for flag in ("--diff", "--dry-run")
        )
        assert (one.stdout, one.stderr) == (other.stdout, other.stderr)

    def test_a_valid_file_has_none(self, run: Run) -> None:
        result = run("validate", "--fix", "--diff", "declared.yaml")
        assert (result.exit_code, result.stdout) == (0, "")


def test_a_directory_is_put_right_file_by_file(run: Run, folder: Path) -> None:
    (folder / "papers").mkdir()
    for name in ("a.yaml", "b.yaml"):
        (folder / "papers" / name).write_text(statement("hous: 1"), encoding="utf-8")
    (folder / "papers" / "other.yaml").write_text("hous: 1\n", encoding="utf-8")
    assert run("validate", "--fix", "papers").exit_code == 0
    assert "hours: 1" in (folder / "papers" / "b.yaml").read_text("utf-8")
    assert (folder / "papers" / "other.yaml").read_text("utf-8") == "hous: 1\n"


def test_permissions_and_links_stay(run: Run, folder: Path) -> None:
    path = folder / "mine.yaml"
    path.write_text(statement("hous: 1"), encoding="utf-8")
    path.chmod(0o640)
    (folder / "link.yaml").symlink_to("mine.yaml")
    assert run("validate", "--fix", "link.yaml").exit_code == 0
    assert (folder / "link.yaml").is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert "hours: 1" in path.read_text("utf-8")


def test_a_file_that_cannot_be_written_is_said(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "mine.yaml").write_text(statement("hous: 1"), encoding="utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "x")

    monkeypatch.setattr("greenalgo.cli.write.tempfile.mkstemp", refuse)
    result = run("validate", "--fix", "mine.yaml")
    assert result.exit_code == 4
    assert "cannot read or write 'mine.yaml': permission denied" in result.stderr
    assert (folder / "mine.yaml").read_text("utf-8") == statement("hous: 1")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--fix", "-"],
        ["--fix", "many.ndjson"],
        ["--diff", "declared.yaml"],
        ["--confirm-units", "declared.yaml"],
        ["--fix", "--diff", "--format", "json", "declared.yaml"],
    ],
    ids=" ".join,
)
def test_usage_errors(arguments: list[str], run: Run, folder: Path) -> None:
    (folder / "many.ndjson").write_text("{}\n", encoding="utf-8")
    result = run("validate", *arguments, stdin="")
    assert result.exit_code == 2
    assert result.stdout == ""


def test_missing_and_broken_files_are_reported_as_ever(run: Run, folder: Path) -> None:
    (folder / "broken.yaml").write_text("a: [\n", encoding="utf-8")
    plain = run("validate", "broken.yaml", "nosuch.yaml")
    fixing = run("validate", "--fix", "broken.yaml", "nosuch.yaml")
    assert (fixing.exit_code, fixing.stdout) == (plain.exit_code, plain.stdout)
    assert fixing.stderr == ""


def test_a_file_at_the_limit_does_not_grow_over_it() -> None:
    text = statement("hous: 1")
    raw = (text + "#" * (256 * 1024 - len(text))).encode()
    assert fix_bytes(raw, "one.yaml").new == raw


def test_the_command_without_click_knows_it_too(folder: Path) -> None:
    (folder / "one.yaml").write_text(statement("hous: 1"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "greenalgo", "validate", "one.yaml", "--fix"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.startswith("one.yaml: valid, L0")


def test_distances() -> None:
    assert [edits(*pair) for pair in (("a", "a"), ("ab", "ba"), ("abc", "ac"), ("gpu", "cpu"))] == [
        0, 1, 1, 1,
    ]  # fmt: skip
    assert only_near("hous", "hours", ["hours", "id"], known=False) == 1
    assert only_near("pu", "gpu", ["gpu", "cpu"], known=False) is None
    assert only_near("gpu_hours", "device_hours", ["hours", "device_hours"], known=True) == 6
    assert only_near("x" * 200, "hours", ["hours"], known=True) is None


# -- one slip in a valid file ------------------------------------------------------------------------


@cache
def corpus() -> list[tuple[str, bytes, list[tuple[int, int]]]]:
    """Valid files, each with the spans of its keys and of its words that stand in a list."""
    found = []
    folders = [
        Path(root("schema")) / "statement" / "1.0" / "examples" / "pass",
        Path(root("registry")) / "statements",
    ]
    for folder in folders:
        for path in sorted(folder.iterdir())[::3]:
            raw = path.read_bytes()
            if path.suffix in (".yaml", ".json") and isinstance(parse(raw, path.name), Document):
                found.append((path.name, raw, list(_spans(tree(raw, path.name)))))
    return found


WORDS = frozenset(("kind", "phase", "outcome", "status", "basis", "boundary", "power_scope"))


def _spans(node: Node, key: str = "") -> Iterator[tuple[int, int]]:
    if isinstance(node.children, dict) and node.keys is not None and key != "results":
        for name, child in node.children.items():
            place = node.keys[name]
            yield place.start, place.end
            yield from _spans(child, name)
    elif isinstance(node.children, list):
        for child in node.children:
            yield from _spans(child, key)
    elif isinstance(node.value, str) and key in WORDS:
        yield node.start, node.end


def test_most_slips_are_undone() -> None:
    tried = undone = 0
    for name, raw, spans in corpus():
        text = raw.decode()
        for start, end in spans[1::25]:
            middle = (start + end) // 2
            if end - start > 3:
                broken = (text[:middle] + text[middle + 1 :]).encode()
                tried += 1
                undone += fix_bytes(broken, name).new == raw
    assert undone > 0.9 * tried > 100


LETTERS = "abcdefghijklmnopqrstuvwxyz_"


@st.composite
def corrupted(draw: st.DrawFn) -> tuple[str, bytes, bytes, int]:
    """A valid file, the same with one slip, and where the slip is."""
    name, raw, spans = draw(st.sampled_from(corpus()))
    text = raw.decode()
    start, end = draw(st.sampled_from(spans))
    word = text[start:end]
    body = word.strip("'\"")
    at = start + word.index(body)
    place = draw(st.integers(0, max(len(body) - 1, 0)))
    letter = draw(st.sampled_from(LETTERS))
    slip = draw(st.sampled_from(("insert", "delete", "replace", "swap")))
    typo = {
        "insert": body[:place] + letter + body[place:],
        "delete": body[:place] + body[place + 1 :],
        "replace": body[:place] + letter + body[place + 1 :],
        "swap": body[:place]
        + body[place + 1 : place + 2]
        + body[place : place + 1]
        + body[place + 2 :],
    }[slip]
    return name, raw, (text[:at] + typo + text[at + len(body) :]).encode(), len(text[:at].encode())


@settings(max_examples=int(os.environ.get("FIX_EXAMPLES", often(300))))
@given(corrupted())
@example(("one.yaml", MINIMAL.encode(), MINIMAL.replace("phase", "phse").encode(), 91))
def test_one_slip_is_undone_or_left_alone(case: tuple[str, bytes, bytes, int]) -> None:
    name, raw, broken, at = case
    fixed = fix_bytes(broken, name)
    if fixed.new == broken:
        assert fixed.fixes == ()
        assert diff(fixed) == ""
        return
    have, meant = parse(fixed.new, name), parse(raw, name)
    assert isinstance(have, Document)
    assert isinstance(meant, Document)
    assert json.dumps(have.data) == json.dumps(meant.data)
    # Outside the span of the one word that was wrong, every byte is as it was.
    longest = 80
    assert fixed.new[:at] == broken[:at]
    tail = min(len(fixed.new), len(broken)) - at - longest
    assert tail <= 0 or fixed.new[-tail:] == broken[-tail:]
    assert len(re.findall(r"(?m)^\+[^+]", diff(fixed))) == 1
