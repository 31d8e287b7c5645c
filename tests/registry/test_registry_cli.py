"""The commands as a stranger meets them: two lines, exit codes, words; nothing internal gets out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from registry_cases import statement, url_of

from greenalgo.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]

CORPUS = str(Path(__file__).resolve().parents[2] / "registry" / "statements")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "footprint.yaml").write_bytes(statement())
    (tmp_path / "second.yaml").write_bytes(statement(hours=2))
    (tmp_path / "bare.yaml").write_bytes(statement().replace(b"    pue: 1.2\n", b""))
    (tmp_path / "wrong.yaml").write_bytes(statement() + b"nonsense: 1\n")

    def call(*arguments: str, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(cli, arguments, input=stdin, catch_exceptions=False)

    return call


@pytest.fixture
def to(kind: str, tmp_path: Path) -> str:
    if kind == "postgresql":
        return url_of(kind, tmp_path)
    return {"directory": "registry", "sqlite": "sqlite:///registry.db"}[kind]


def test_submit_prints_digest_and_permalink(run: Run, to: str) -> None:
    result = run("submit", "footprint.yaml", "--to", to)
    assert result.exit_code == 0
    digest, permalink = result.stdout.splitlines()
    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert "accepted" in result.stderr
    if to == "registry":
        assert os.path.isfile(permalink)
    else:
        assert permalink == f"{to}#{digest}".replace("postgres:@", "postgres@")


def test_the_same_statement_twice_is_one(run: Run, to: str) -> None:
    first = run("submit", "footprint.yaml", "--to", to)
    second = run("submit", "-", "--to", to, stdin=b"# again\n" + statement())
    assert (second.exit_code, second.stdout) == (0, first.stdout)
    assert "in the registry since" in second.stderr


def test_a_dry_run_prints_the_same_and_writes_nothing(run: Run, to: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    dry = run("submit", "footprint.yaml", "--to", to, "--dry-run", "--receipt", "r.json")
    assert sorted(tmp_path.rglob("*")) == before
    assert (dry.exit_code, dry.stdout) == (0, run("submit", "footprint.yaml", "--to", to).stdout)
    again = run("submit", "second.yaml", "--to", to, "--dry-run")
    assert "would be accepted" in again.stderr
    assert run("compare", again.stdout[:64], "--to", to).exit_code == 1


REFUSED = {
    "bare.yaml": (1, "fill bare.yaml --in-place"),
    "wrong.yaml": (1, "wrong.yaml is invalid: nothing was submitted"),
    "nosuch.yaml": (4, "there is no such file"),
}


@pytest.mark.parametrize("file", REFUSED)
def test_what_is_refused_and_why(run: Run, to: str, file: str) -> None:
    code, words = REFUSED[file]
    result = run("submit", file, "--to", to)
    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr
    assert not os.path.exists("registry")
    assert not os.path.exists("registry.db")


def test_a_newer_statement_is_unsupported(run: Run, to: str) -> None:
    raw = statement().replace(b'"1.0"', b'"2.0"')
    assert run("submit", "-", "--to", to, stdin=raw).exit_code == 3


@pytest.mark.parametrize("url", ["mysql://host/db", "ftp://x/y"])
@pytest.mark.parametrize(
    "command",
    [
        ("submit", "footprint.yaml", "--to"),
        ("compare", "--to"),
        ("registry", "check"),
        ("registry", "verify"),
        ("registry", "stats"),
    ],
)
def test_there_is_no_access_to_other_kinds_of_registry(
    run: Run, url: str, command: tuple[str, ...]
) -> None:
    result = run(*command, url)
    assert result.exit_code == 2
    assert "there is no access to a registry behind" in result.stderr


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("footprint.yaml", "is a file, not a directory"),
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///nosuch/folder/x.db", "cannot be used"),
    ],
)
def test_a_store_that_cannot_be(run: Run, url: str, words: str) -> None:
    result = run("submit", "footprint.yaml", "--to", url)
    assert result.exit_code == 4
    assert words in result.stderr


def submitted(run: Run, to: str, file: str = "footprint.yaml", *options: str) -> str:
    result = run("submit", file, "--to", to, *options)
    assert result.exit_code == 0, result.stderr
    return result.stdout.splitlines()[0]


def test_a_receipt_and_its_verification(run: Run, to: str, tmp_path: Path) -> None:
    submitted(run, to, "second.yaml")
    submitted(run, to, "footprint.yaml", "--receipt", "receipt.json")
    good = run("registry", "verify", "--receipt", "receipt.json", "footprint.yaml")
    assert good.exit_code == 0
    assert "as event 2" in good.stdout
    bad = run("registry", "verify", "--receipt", "receipt.json", "second.yaml")
    assert bad.exit_code == 1
    assert "not the one of the receipt" in bad.stdout
    assert run("registry", "verify", to, "--checkpoint", "receipt.json").exit_code == 0
    mistaken = run("registry", "verify", to, "--receipt", "receipt.json")
    assert mistaken.exit_code == 2
    assert "--checkpoint receipt.json" in mistaken.stderr
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    forged = {**receipt, "event": {**receipt["event"], "actor": "somebody else"}}
    (tmp_path / "receipt.json").write_text(json.dumps(forged))
    told = run("registry", "verify", to, "--checkpoint", "receipt.json")
    assert told.exit_code == 1
    assert "the event in the receipt was changed" in told.stdout
    absent = run("registry", "verify", to, "--checkpoint", "absent.json")
    assert (absent.exit_code, "hint:" in absent.stderr) == (4, True)
    receipt["checkpoint"]["root"] = "0" * 64
    (tmp_path / "receipt.json").write_text(json.dumps(receipt))
    assert run("registry", "verify", to, "--checkpoint", "receipt.json").exit_code == 1
    assert run("registry", "verify", "--receipt", "receipt.json", "footprint.yaml").exit_code == 1


def test_superseding_and_withdrawing(run: Run, to: str) -> None:
    first = submitted(run, to)
    second = submitted(run, to, "second.yaml", "--supersedes", first.upper())
    assert f"superseded by {second}" in run("submit", "footprint.yaml", "--to", to).stderr
    result = run(
        "registry",
        "withdraw",
        second[:12],
        "--from",
        to,
        "--reason",
        "wrong hours",
        "--actor",
        "me",
    )
    assert (result.exit_code, result.stdout) == (0, f"{second}: withdrawn, event 3\n")
    refused = run("submit", "second.yaml", "--to", to)
    assert refused.exit_code == 1
    assert "wrong hours" in refused.stderr
    for arguments in (
        (second[:12], "--reason", "again"),
        (first, "--reason", " "),
        ("0" * 64, "--reason", "x"),
        (first[:7], "--reason", "x"),
        ("no-digest", "--reason", "x"),
    ):
        assert run("registry", "withdraw", *arguments, "--from", to).exit_code in (1, 2)
    assert run("registry", "verify", to).exit_code == 0


@pytest.mark.parametrize("digest", ["0" * 64, "xyz"])
def test_superseding_what_is_not_there(run: Run, to: str, digest: str) -> None:
    submitted(run, to)
    result = run("submit", "second.yaml", "--to", to, "--supersedes", digest)
    assert result.exit_code == 1
    assert "hint:" in result.stderr
    assert "2 events" not in run("registry", "verify", to).stdout


def test_check(run: Run, to: str, tmp_path: Path) -> None:
    submitted(run, to)
    result = run("registry", "check", to)
    assert result.exit_code == 0
    assert "1 statement: 1 L1; log of 1 event; no problem" in result.stdout
    if to == "registry":
        (tmp_path / "registry" / "copy.yaml").write_bytes(b"# same\n" + statement())
        (tmp_path / "registry" / "broken.yaml").write_bytes(statement(hours=3) + b"nonsense: 1\n")
        (tmp_path / "registry" / "low.json").write_bytes(
            b'{"spec_version": "1.0", "title": "T", "subject": {"name": "S"}, '
            b'"runs": [{"id": "r", "phase": "training"}]}'
        )
        result = run("registry", "check", to, "--quiet")
        assert result.exit_code == 1
        assert "the same statement as" in result.stdout
        assert "GA1" in result.stdout
        assert "2 problems" in result.stdout
        (tmp_path / "registry" / "other.yaml").write_text("hello: 1\n")
        assert "1 other file passed over" in run("registry", "check", to, "--quiet").stdout
        record = json.loads(run("registry", "check", to, "--format", "json").stdout)
        assert record["sound"] is False
        assert [one["level"] for one in record["statements"]].count("L0") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        statement(extra="reported: {energy_it_kwh: 999}\n"),
        # not arithmetic: 5000 kWh in 80 h of an A100, whose energy nobody knows otherwise
        statement(
            extra="""  - {id: b, phase: training, hours: 10, hardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB,
      count: 8, power_w: {status: not_assessed, reason: Not given.}}]}
reported: {runs: {b: {boundary: it, energy_kwh: 5000}}}
"""
        ),
        # 21.888 kg without the 10 kg
        statement(extra="offsets: [{co2e_kg: 10}]\nreported: {co2e_operational_kg: 11.888}\n"),
    ],
    ids=["arithmetic", "plausibility", "offsets"],
)
def test_a_record_of_a_wrong_publication_passes_and_ones_own_does_not(
    run: Run, tmp_path: Path, wrong: bytes
) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    (folder / "a.yaml").write_bytes(wrong)
    assert run("registry", "check", "r").exit_code == 1
    (folder / "a.yaml").write_bytes(
        wrong + b"provenance: {citation: somebody2020, compiled_by: A reader}\n"
    )
    result = run("registry", "check", "r")
    assert result.exit_code == 0
    assert "1 record of figures that do not follow" in result.stdout
    assert run("submit", "r/a.yaml", "--to", "r").exit_code == 1


def test_check_of_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("registry", "check", "empty").exit_code == 4
    assert run("registry", "check", "nosuch").exit_code == 4


def test_the_corpus_is_sound(run: Run) -> None:
    result = run("registry", "check", CORPUS, "--quiet")
    assert result.exit_code == 0, result.stdout
    assert "no problem" in result.stdout


@pytest.mark.parametrize("form", ["ndjson", "csv", "all"])
def test_export_and_import(run: Run, to: str, form: str) -> None:
    digests = [submitted(run, to), submitted(run, to, "second.yaml")]
    assert run("registry", "export", to, "-o", "snapshot", "--format", form).exit_code == 0
    assert os.path.exists("snapshot/table.csv") is (form != "ndjson")
    assert os.path.exists("snapshot/table.parquet") is (form == "all")
    for target in ("copy", "sqlite:///copy.db"):
        assert run("registry", "import", "snapshot", "--to", target).exit_code == 0
        verified = run("registry", "verify", target, "--checkpoint", "snapshot/manifest.json")
        assert verified.exit_code == 0
        assert verified.stdout.partition("2 statements")[2] == run("registry", "verify", to).stdout.partition(
            "2 statements"
        )[2]  # fmt: skip
        for digest in digests:
            assert run("compare", digest[:10], "--to", target).exit_code == 0
        assert run("registry", "import", "snapshot", "--to", target).exit_code == 1


def test_stats_of_the_corpus(run: Run) -> None:
    text = run("registry", "stats", CORPUS).stdout
    assert "failed runs" in text
    assert "88.8 x  Evolved Transformer architecture search" in text
    found = json.loads(run("registry", "stats", CORPUS, "--format", "json").stdout)
    assert found["statements"] >= 230
    assert 1 < found["documents"] < found["statements"] / 2
    assert text.startswith(f"{found['statements']} statements of {found['documents']} documents: ")
    ratios = [family["ratio"] for family in found["families"]]
    apart, far = (sum(ratio >= least for ratio in ratios) for least in (1.05, 2))
    assert f"{len(ratios)}, of which {apart} differ, {far} of them 2 times or more:" in text
    assert found["omitted"]["failed runs"] > 0.9 > found["omitted"]["CO2e"]
    assert {"training", "inference"} <= set(found["omitted_by_phase"])
    assert {"gpu", "cpu", "accelerator"} <= set(found["omitted_by_hardware"])
    assert "USA" in found["omitted_by_country"]


def test_stats_of_one_statement(run: Run) -> None:
    assert run("submit", "footprint.yaml", "--to", "one").exit_code == 0
    assert run("registry", "stats", "one").stdout.startswith("1 statement: 1 L1\n")


def test_stats_of_an_empty_registry(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run("registry", "stats", "empty")
    assert result.exit_code == 0
    assert result.stdout.startswith("0 statements")
    assert (
        json.loads(run("registry", "stats", "empty", "--format", "json").stdout)["statements"] == 0
    )


def test_compare_files_directories_and_digests(run: Run, to: str) -> None:
    first, second = submitted(run, to), submitted(run, to, "second.yaml")
    assert "2 rows" in run("compare", "footprint.yaml", "second.yaml").stdout
    assert "2 rows" in run("compare", "--to", to).stdout
    assert "1 row," in run("compare", first[:8], "--to", to).stdout
    assert "2 rows" in run("compare", first, "second.yaml", "--to", to).stdout
    run("registry", "withdraw", second, "--from", to, "--reason", "wrong")
    assert "1 row," in run("compare", "--to", to).stdout
    assert "1 row," in run("compare", second, "--to", to).stdout


@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown", "latex"])
def test_compare_formats(run: Run, form: str) -> None:
    result = run("compare", "footprint.yaml", "second.yaml", "--format", form)
    assert result.exit_code == 0
    assert "footprint" in result.stdout


@pytest.mark.parametrize("form", ["latex", "bibtex"])
def test_compare_tells_what_latex_cannot_print(run: Run, form: str) -> None:
    text = Path("footprint.yaml").read_text().replace("title: ", "title: 日本 ", 1)
    Path("日本.yaml").write_text(text)
    result = run("compare", "日本.yaml", "second.yaml", "--format", form)
    assert (result.exit_code, "[}U+65E5 U+672C{]" in result.stdout) == (0, True), result.output
    assert "': LaTeX cannot print it in every engine, so code points stand for it" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_compare_into_files(run: Run) -> None:
    pair = ("compare", "footprint.yaml", "second.yaml")
    for form in ("text", "bibtex", "parquet", "latex"):
        done = run(*pair, "--format", form, "-o", f"out.{form}", "--figure", "figure.svg")
        assert (done.exit_code, done.stdout) == (0, "")
        assert os.path.getsize(f"out.{form}")
    assert os.path.getsize("figure.svg")
    assert "2 rows" in Path("out.text").read_text()


def test_compare_by_year(run: Run) -> None:
    def rows(*where: str) -> list[int]:
        flags = [word for text in where for word in ("--where", text)]
        found = json.loads(run("compare", CORPUS, *flags, "--format", "json").stdout)["rows"]
        return [row["work_year"] for row in found]

    assert set(rows("year>=2022", "year<=2023")) == {2022, 2023}
    assert set(rows("year >= 2024")) >= {2024, 2025}
    assert set(rows("year=2021")) == {2021}


def test_rebuild(run: Run, to: str) -> None:
    submitted(run, to)
    for _ in range(2):
        result = run("registry", "rebuild", to)
        assert (result.exit_code, "nothing differed" in result.stdout) == (0, True)


WRONG_CALLS = {
    ("footprint.yaml", "--figure", "figure.gif"): 2,
    ("footprint.yaml", "--where", "year>=soon"): 1,
    (): 2,
    ("nosuch.yaml",): 4,
    ("0a1b2c3d",): 2,
    ("footprint.yaml", "--where", "phase"): 2,
    ("footprint.yaml", "--where", "phase=training", "--where", "phase=inference"): 2,
    ("footprint.yaml", "--where", "colour=red"): 1,
    ("footprint.yaml", "--where", "phase=inference"): 1,
    ("footprint.yaml", "--factors", "1999.01"): 2,
    ("footprint.yaml", "--policy", "none"): 2,
    ("footprint.yaml", "wrong.yaml"): 1,
    ("wrong.yaml",): 1,
    ("empty",): 4,
    ("text.yaml",): 1,
    ("broken.yaml",): 1,
    ("binary.yaml",): 1,
}


@pytest.mark.parametrize("arguments", WRONG_CALLS, ids=" ".join)
def test_compare_called_wrongly(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.yaml").write_text("just text\n")
    (tmp_path / "broken.yaml").write_text("a: [\n")
    (tmp_path / "binary.yaml").write_bytes(b"\0")
    result = run("compare", *arguments)
    assert result.exit_code == WRONG_CALLS[arguments], result.output
    assert "internal error" not in result.stderr
    assert result.stderr


COMMANDS = (
    "submit", "compare", "registry", "registry check", "registry verify", "registry export",
    "registry import", "registry rebuild", "registry stats", "registry withdraw",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(run: Run, command: str) -> None:
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert "Example:" in result.stdout


def test_help_imports_no_tables() -> None:
    code = (
        "import sys; from greenalgo.cli.main import cli\n"
        "for words in (['--help'], ['compare', '--help'], ['registry', '--help'], ['submit', '--help']):\n"
        "    cli(words, standalone_mode=False)\n"
        "assert not {'pandas', 'matplotlib'} & set(sys.modules), 'a help text waits for a table library'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_text_of_a_statement_cannot_colour_a_terminal(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    (folder / "a\x1b[31m.yaml").write_bytes(statement())
    assert "\x1b" not in run("registry", "check", "r").stdout
    assert "\x1b" not in run("compare", "r").stdout


def test_a_body_of_a_directory_is_a_statement(run: Run, tmp_path: Path) -> None:
    """RFC 8785 writes large doubles as integers: what the registry wrote must be read again."""
    path = tmp_path / "large.yaml"
    path.write_bytes(statement(extra="    work: {flops: 1.6e+19}\n"))
    digest = run("submit", str(path), "--to", str(tmp_path / "registry")).output.split()[0]
    (body,) = (tmp_path / "registry").rglob(f"*{digest[:8]}*.json")
    assert b"16000000000000000000" in body.read_bytes()
    again = run("validate", str(body), "--format", "jsonl")
    assert again.exit_code == 0, again.output
    assert '"level": "L1"' in again.output
