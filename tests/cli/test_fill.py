"""``greenalgo fill``: the author's bytes are kept, and nothing is lost when something goes wrong."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import pytest
from cli_cases import MINIMAL

from greenalgo import api
from greenalgo.cli.write import deliver_all, write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

DEFAULTED = """\
spec_version: "1.0"   # kept
title: A run   # kept as well
subject: {name: Net}
runs:
  - id: training
    phase: training
    hardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 8}]
    hours: 10
    location: {country: FRA}
"""


def test_yaml_keeps_the_authors_bytes(run: Run, folder: Path) -> None:
    before = (folder / "declared.yaml").read_text("utf-8")
    result = run("fill", "declared.yaml")
    assert result.exit_code == 0
    assert result.stdout.startswith(before + "results:\n")
    assert result.stderr == ""
    assert (folder / "declared.yaml").read_text("utf-8") == before


def test_a_snapshot(run: Run, snapshot: Callable[[str, str], None]) -> None:
    snapshot("fill.yaml", run("fill", "declared.yaml").stdout)


def test_json_is_the_whole_filled_document(run: Run, folder: Path) -> None:
    output = run("fill", "--format", "json", "declared.yaml").stdout
    assert output == json.dumps(json.loads(output), indent=2, ensure_ascii=False) + "\n"
    filled = json.loads(output)
    assert filled["results"]["totals"]["energy_it_kwh"]["value"] == 259
    assert filled["results"]["totals"]["co2e_operational_kg"]["value"] == 15.54
    assert filled == api.fill(api.load(str(folder / "declared.yaml")).data)


def test_filled_twice_is_the_same(run: Run, folder: Path) -> None:
    run("fill", "declared.yaml", "--in-place")
    once = (folder / "declared.yaml").read_bytes()
    run("fill", "declared.yaml", "--in-place")
    assert (folder / "declared.yaml").read_bytes() == once
    assert run("validate", "declared.yaml").output.startswith("declared.yaml: valid, L1\n")


def test_json_stays_json_unless_asked(run: Run, folder: Path) -> None:
    data = api.load(str(folder / "declared.yaml")).data
    (folder / "in.json").write_text(json.dumps(data, indent=4), encoding="utf-8")
    output = run("fill", "in.json").stdout
    assert json.loads(output)["results"]["level"] == "L1"
    assert output.startswith('{\n    "spec_version": "1.0",\n')
    as_yaml = run("fill", "in.json", "--format", "yaml").stdout
    assert as_yaml.startswith('spec_version: "1.0"\n')
    assert api.loads(as_yaml.encode()).data == json.loads(output)


def test_standard_input(run: Run) -> None:
    result = run("fill", "-", stdin=MINIMAL)
    assert result.exit_code == 0
    assert result.stdout.startswith(MINIMAL)


def test_line_ends_and_a_byte_order_mark_stay(run: Run, folder: Path) -> None:
    raw = b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode()
    (folder / "windows.yaml").write_bytes(raw)
    run("fill", "windows.yaml", "-o", "out.yaml")
    out = (folder / "out.yaml").read_bytes()
    assert out.startswith(raw)
    assert out.count(b"\n") == out.count(b"\r\n")


def test_what_was_put_in_is_said_on_standard_error(run: Run, folder: Path) -> None:
    (folder / "d.yaml").write_text(DEFAULTED, encoding="utf-8")
    result = run("fill", "d.yaml")
    assert result.exit_code == 0
    assert "d.yaml:5:5: warning GA301: no pue is declared" in result.stderr
    assert "GA301" not in result.stdout


def test_a_policy(run: Run, folder: Path) -> None:
    (folder / "d.yaml").write_text(DEFAULTED, encoding="utf-8")
    output = run("fill", "d.yaml", "--policy", "green-algorithms-1.1").stdout
    assert "\n  policy: green-algorithms-1.1\n" in output


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--policy", "no-such", "there is no policy"),
        ("--factors", "1999.01", "there is no factor set"),
    ],
)
def test_an_unknown_policy_or_set_is_a_usage_error(
    run: Run, option: str, value: str, words: str
) -> None:
    result = run("fill", "declared.yaml", option, value)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_factors_of_ones_own(run: Run, folder: Path) -> None:
    (folder / "d.yaml").write_text(DEFAULTED, encoding="utf-8")
    (folder / "own.yaml").write_text(
        "format: 1\nname: ours\nsource: {key: meter2026, title: Our meter, year: 2026}\n"
        "processors:\n  - {name: NVIDIA A100-SXM4-80GB, kind: gpu, vendor: NVIDIA, power_w: 123}\n",
        encoding="utf-8",
    )
    result = run("fill", "d.yaml", "--format", "json", "--factors", "own.yaml")
    assert result.exit_code == 0, result.stderr
    results = json.loads(result.stdout)["results"]
    assert results["factor_set"].endswith("+ours")
    assert 123 in [row["value"] for row in results["factors"]]


def test_a_wrong_factor_file_is_shown_line_by_line(run: Run, folder: Path) -> None:
    (folder / "own.yaml").write_text(
        "format: 1\nname: mine\nsource: {key: mine}\n"
        "pue:\n  - {provider: us, year: 2026, value: 0.97}\n  - {provider: us, year: 2026, value: 1.1, unit: W}\n"
    )
    result = run("fill", "declared.yaml", "--factors", "own.yaml")
    assert result.exit_code == 2
    assert "own.yaml:6:5: unknown key 'unit'" in result.stderr
    (folder / "own.yaml").write_text((folder / "own.yaml").read_text().replace(", unit: W", ""))
    result = run("fill", "declared.yaml", "--factors", "own.yaml")
    assert "own.yaml:5:5: a PUE is at least 1; found 0.97" in result.stderr


def test_a_factor_file_that_is_none_is_a_usage_error(run: Run) -> None:
    result = run("fill", "declared.yaml", "--factors", "declared.yaml")
    assert result.exit_code == 2
    assert "--factors" in result.stderr


INVALID = {
    "structure": (MINIMAL + "colour: green\n", 1, "GA101"),
    "not YAML": ("title: 'open\n", 1, "GA010"),
    "implausible": (MINIMAL.replace("phase: analysis", "phase: analysis, pue: 0.5"), 1, "GA401"),
    "newer major": (MINIMAL.replace("1.0", "2.0"), 3, "schema 2.0 is not supported"),
}


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_statement_is_refused_and_nothing_is_lost(
    run: Run, folder: Path, name: str
) -> None:
    text, code, words = INVALID[name]
    (folder / "bad.yaml").write_text(text, encoding="utf-8")
    (folder / "out.yaml").write_text("before", encoding="utf-8")
    for target in (["--in-place"], ["-o", "out.yaml"], []):
        result = run("fill", "bad.yaml", *target)
        assert result.exit_code == code
        assert words in result.stderr
        assert result.stdout == ""
    assert (folder / "bad.yaml").read_text("utf-8") == text
    assert (folder / "out.yaml").read_text("utf-8") == "before"


def test_a_printed_figure_that_does_not_follow_is_listed(run: Run) -> None:
    result = run("fill", "wrong.yaml")
    assert result.exit_code == 0
    assert "wrong.yaml:21:53: error GA203" in result.stderr
    assert "value: 310.8" in result.stdout


def test_results_that_no_reader_would_take_are_not_written(run: Run, folder: Path) -> None:
    a_run = "  - {id: r%d, phase: training, energy_it_kwh: 5, pue: 1.2, carbon_intensity_g_per_kwh: 5}\n"
    runs = "".join(a_run % number for number in range(300))
    text = MINIMAL.partition("runs:\n")[0] + "runs:\n" + runs
    (folder / "big.yaml").write_text(text, encoding="utf-8")
    result = run("fill", "big.yaml", "--in-place")
    assert result.exit_code == 1
    assert "no statement is read above 256 KiB: nothing was written" in result.stderr
    assert (folder / "big.yaml").read_text("utf-8") == text
    filled = json.loads(run("fill", "big.yaml", "--format", "json").stdout)
    assert len(filled["results"]["runs"]) == 300


def test_a_missing_file(run: Run) -> None:
    result = run("fill", "nosuch.yaml")
    assert result.exit_code == 4
    assert "there is no such file" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["-", "--in-place"], ["declared.yaml", "--in-place", "-o", "x.yaml"], []]
)
def test_usage_errors(run: Run, arguments: list[str]) -> None:
    assert run("fill", *arguments, stdin=MINIMAL).exit_code == 2


def test_out_is_replaced_as_a_compiler_does_it(run: Run, folder: Path) -> None:
    (folder / "out.yaml").write_text("of last week", encoding="utf-8")
    assert run("fill", "declared.yaml", "-o", "out.yaml").exit_code == 0
    assert "results:" in (folder / "out.yaml").read_text("utf-8")


def test_what_a_person_wrote_is_never_lost(run: Run, folder: Path) -> None:
    before = (folder / "declared.yaml").read_text("utf-8")
    (folder / "own.yaml").write_text("{}", encoding="utf-8")
    for arguments in (
        ["--in-place", "--format", "json"],
        ["-o", "declared.yaml", "--format", "json"],
        ["-o", "own.yaml", "--factors", "own.yaml"],
    ):
        result = run("fill", "declared.yaml", *arguments)
        assert (result.exit_code, "what is read: writing would destroy it" in result.stderr) == (
            2,
            True,
        )
    assert (folder / "declared.yaml").read_text("utf-8") == before
    assert (folder / "own.yaml").read_text("utf-8") == "{}"
    assert run("fill", "declared.yaml", "-o", "f.json", "--format", "json").exit_code == 0
    assert run("fill", "f.json", "--in-place", "--format", "json").exit_code == 0


def test_a_folder_that_is_not_there_is_said(run: Run) -> None:
    result = run("fill", "declared.yaml", "-o", "no/such/folder/out.yaml")
    assert result.exit_code == 4
    assert "cannot read or write 'no/such/folder/out.yaml': no such file" in result.stderr


class TestAtomicWrite:
    def test_permissions_are_kept(self, folder: Path) -> None:
        path = folder / "declared.yaml"
        path.chmod(0o640)
        write_atomic(str(path), b"new")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert path.read_bytes() == b"new"

    def test_a_new_file_gets_the_usual_ones(self, folder: Path) -> None:
        old = os.umask(0o027)
        try:
            write_atomic("fresh.yaml", b"new")
        finally:
            os.umask(old)
        assert stat.S_IMODE((folder / "fresh.yaml").stat().st_mode) == 0o640

    def test_a_link_stays_one(self, folder: Path) -> None:
        (folder / "link.yaml").symlink_to("declared.yaml")
        write_atomic("link.yaml", b"new")
        assert (folder / "link.yaml").is_symlink()
        assert (folder / "declared.yaml").read_bytes() == b"new"

    def test_a_failure_leaves_the_old_file_and_no_litter(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        before = sorted(os.listdir(folder))
        content = (folder / "declared.yaml").read_bytes()
        with pytest.raises(OSError, match="No space left"):
            write_atomic("declared.yaml", b"new")
        assert sorted(os.listdir(folder)) == before
        assert (folder / "declared.yaml").read_bytes() == content

    def test_of_several_files_all_are_written_or_none(self, folder: Path) -> None:
        before = sorted(os.listdir(folder))
        content = (folder / "declared.yaml").read_bytes()
        with pytest.raises(OSError, match="No such file") as caught:
            deliver_all([(b"new", "declared.yaml"), (b"new", "x.yaml"), (b"new", "no/such/y")])
        assert caught.value.filename == "no/such/y"
        assert sorted(os.listdir(folder)) == before
        assert (folder / "declared.yaml").read_bytes() == content
        deliver_all([(b"one", "declared.yaml"), (b"two", "x.yaml"), (b"", os.devnull)])
        assert (folder / "declared.yaml").read_bytes() == b"one"
        assert (folder / "x.yaml").read_bytes() == b"two"

    def test_a_device_is_written_to(self) -> None:
        write_atomic(os.devnull, b"new")
        assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
