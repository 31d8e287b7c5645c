"""Many files: the same words from one process and from several, and a memory that stays flat."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cli_cases import MINIMAL

from everyday import first
from greenalgo.cli.checking import MANY, bulk, work
from greenalgo.cli.checking.progress import Progress
from greenalgo.cli.checking.targets import CHUNK, sources
from greenalgo.cli.interrupt import Terminated, terminable
from greenalgo.cli.report.frame import frame
from greenalgo.cli.report.records import Checked
from greenalgo.findings import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

    Run = Callable[..., Result]

JSON = '{"spec_version": "1.0", "title": "T", "subject": {"name": "N"}, "runs": [%s]}'
GOOD = JSON % '{"id": "r", "phase": "analysis"}'
BAD = JSON % '{"id": "r", "phase": "analysis", "pue": -1}'
FORMATS = ("text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown")


@pytest.fixture
def many(folder: Path) -> Path:
    """A folder of 150 files: valid, with findings, broken, and no statements."""
    wrong = (folder / "wrong.yaml").read_text("utf-8")
    declared = (folder / "declared.yaml").read_text("utf-8")
    below = folder / "many"
    below.mkdir()
    for number in range(150):
        text = (declared, MINIMAL, wrong, "title: [\n", "colour: green\n")[number % 5]
        (below / f"{number:03}.yaml").write_text(text, encoding="utf-8")
    rows = [GOOD, BAD, "", "{", *[GOOD] * (3 * CHUNK), BAD.replace(": -1", ": \u00e4")]
    (below / "lines.ndjson").write_text("\n".join(rows), encoding="utf-8")
    (below / "log.ndjson").write_text('{"level": "info"}\n', encoding="utf-8")
    return below


@pytest.mark.parametrize("format_name", FORMATS)
def test_several_processes_say_the_same(format_name: str, run: Run, many: Path) -> None:
    arguments = ["validate", "many", "declared.yaml", "nosuch.yaml", "--format", format_name]
    alone = run(*arguments, "--jobs", "1")
    shared = run(*arguments, "--jobs", "3")
    assert (shared.exit_code, shared.stdout) == (alone.exit_code, alone.stdout)
    assert alone.exit_code == 1
    assert alone.stderr == shared.stderr == ""


def test_a_profile_and_demands_go_to_the_workers(run: Run, many: Path) -> None:
    arguments = ["validate", "many", "--profile", "neurips", "--require", "L1"]
    alone = run(*arguments, "--jobs", "1")
    assert run(*arguments, "--jobs", "2").stdout == alone.stdout
    assert "questions answered" in alone.stdout


def test_standard_input_is_not_left_to_a_worker(run: Run, many: Path) -> None:
    arguments = ["validate", "many", "-", "declared.yaml"]
    shared = run(*arguments, "--jobs", "2", stdin=MINIMAL)
    assert "-: valid, L0" in shared.stdout
    assert shared.stdout == run(*arguments, "--jobs", "1", stdin=MINIMAL).stdout


def test_files_are_shared_from_a_number_on(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = bulk.check_sources

    def note(*arguments: Any, jobs: int, **rest: Any) -> Iterator[Checked]:
        asked.append(jobs)
        return real(*arguments, jobs=1, **rest)

    monkeypatch.setattr("greenalgo.cli.checking.validation.check_sources", note)
    monkeypatch.setattr("greenalgo.cli.checking.bulk.cpus", lambda: 7)
    for number in (MANY - 1, MANY):
        (folder / "few.ndjson").write_text(f"{GOOD}\n" * number, encoding="utf-8")
        assert run("validate", "few.ndjson").exit_code == 0
    assert asked == [1, 7]


class TestLines:
    def test_each_line_is_a_statement(self, run: Run, folder: Path) -> None:
        (folder / "all.ndjson").write_text(f"{GOOD}\n\n{BAD}\r\n{GOOD}", encoding="utf-8")
        result = run("validate", "all.ndjson")
        assert result.exit_code == 1
        assert "all.ndjson:1: valid, L0" in result.output
        assert "all.ndjson:3: invalid (1 error)" in result.output
        place = BAD.index("-1") + 1
        assert f"all.ndjson:3:{place}: error GA105: " in result.output
        assert re.search(r"^    3 \| .*\n      \| +\^$", result.output, re.MULTILINE)
        assert "all.ndjson:4: valid, L0" in result.output
        assert "3 files: 2 valid (2 L0), 1 invalid; 1 error" in result.output

    def test_a_line_is_json_whatever_it_looks_like(self, run: Run, folder: Path) -> None:
        (folder / "all.ndjson").write_text(f"\ufeff{GOOD}\ntitle: yaml\n[]\n", encoding="utf-8")
        files = json.loads(run("validate", "all.ndjson", "--format", "json").output)["files"]
        found = [[(one["code"], one["line"]) for one in file["findings"]] for file in files]
        assert found == [[], [("GA020", 2)], [("GA020", 3)]]

    def test_a_line_over_the_limit_is_passed_over(self, run: Run, folder: Path) -> None:
        long = JSON % '{"id": "r", "phase": "analysis"}' + " " * 600_000
        (folder / "all.ndjson").write_text(f"{GOOD}\n{long}\n{GOOD}\n", encoding="utf-8")
        files = json.loads(run("validate", "all.ndjson", "--format", "json").output)["files"]
        assert [file["valid"] for file in files] == [True, False, True]
        assert files[1]["findings"][0]["code"] == "GA003"
        assert files[1]["findings"][0]["line"] == 2

    def test_no_line_is_lost_where_a_piece_ends(self, folder: Path) -> None:
        for count in (1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK):
            for end in ("", "\n"):
                path = folder / "all.ndjson"
                path.write_text("\n".join([GOOD] * count) + end, encoding="utf-8")
                (source,) = sources(["all.ndjson"])
                checked = [one for chunk in source.chunks for one in work.check_chunk(chunk)]
                assert [one.report.file for one in checked if one] == [
                    f"all.ndjson:{number}" for number in range(1, count + 1)
                ]

    def test_one_that_cannot_be_read_is_said_once(self, run: Run, folder: Path) -> None:
        (folder / "packed.ndjson").write_bytes(b"\x1f\x8b" + b"\0\n" * 500_000)
        (folder / "empty.ndjson").write_bytes(b"")
        (folder / "blank.ndjson").write_bytes(b"\n\n")
        result = run("validate", "packed.ndjson", "empty.ndjson", "nosuch.ndjson", "blank.ndjson")
        assert result.exit_code == 1
        codes = re.findall(r"^(\w+)\.ndjson\S* error (GA\d+)", result.output, re.MULTILINE)
        assert codes == [
            ("packed", "GA004"), ("empty", "GA009"), ("nosuch", "GA001"), ("blank", "GA009"),
        ]  # fmt: skip


class TestNames:
    def test_a_glob_that_the_shell_left_alone(self, run: Run, folder: Path) -> None:
        (folder / "deep" / "er").mkdir(parents=True)
        for name in ("b.yaml", "a.yaml", "er/c.yaml"):
            (folder / "deep" / name).write_text(MINIMAL, encoding="utf-8")
        output = run("validate", "deep/**/*.yaml").output
        assert re.findall(r"^(\S+): valid", output, re.MULTILINE) == [
            "deep/a.yaml", "deep/b.yaml", "deep/er/c.yaml",
        ]  # fmt: skip

    def test_one_that_matches_nothing(self, run: Run) -> None:
        result = run("validate", "no/*.yaml")
        assert result.exit_code == 4
        assert "no/*.yaml: could not be checked" in result.output

    def test_a_file_whose_name_looks_like_one(self, run: Run, folder: Path) -> None:
        (folder / "a[1].yaml").write_text(MINIMAL, encoding="utf-8")
        (folder / "a1.yaml").write_text("no: statement\n", encoding="utf-8")
        assert run("validate", "a[1].yaml").output.startswith("a[1].yaml: valid")

    def test_named_files_are_handed_over_together(self, folder: Path) -> None:
        names = [f"{number}.yaml" for number in range(CHUNK + 1)]
        (folder / "in").mkdir()
        found = sources([*names, "-", "declared.yaml", "in", "wrong.yaml"])
        assert [[chunk.paths for chunk in source.chunks] for source in found] == [
            [tuple(names[:CHUNK]), (names[-1],)], [("-",)], [("declared.yaml",)], [], [("wrong.yaml",)],
        ]  # fmt: skip

    def test_what_is_named_twice_is_checked_once(self, run: Run, folder: Path) -> None:
        (folder / "in").mkdir()
        (folder / "in" / "a.yaml").write_text(MINIMAL, encoding="utf-8")
        result = run("validate", "in/a.yaml", "in", "in/*.yaml")
        assert result.exit_code == 0
        assert result.output.count(": valid") == 1


def test_only_the_lines_of_findings_are_kept(run: Run, folder: Path) -> None:
    (source,) = sources(["wrong.yaml"])
    (item,) = work.check_chunk(source.chunks[0])
    assert item is not None
    raw = (folder / "wrong.yaml").read_bytes()
    assert 0 < len(item.raw) < len(raw)
    for found in item.report.findings:
        assert frame(item.raw, found.line, found.column) == frame(raw, found.line, found.column)
    (source,) = sources(["declared.yaml"])
    (item,) = work.check_chunk(source.chunks[0])
    assert item is not None
    assert item.raw == b""


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="needs /proc")
@pytest.mark.parametrize("jobs", first(("1", "2")))
def test_memory_stays_flat(jobs: str, folder: Path) -> None:
    # Not ru_maxrss: a process inherits it from the one that started it, here pytest.
    script = (
        "import re, sys; from greenalgo.cli.main import cli\n"
        "try: cli(['validate', sys.argv[1], '--jobs', sys.argv[2]])\n"
        "except SystemExit: pass\n"
        "print(re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())[1], file=sys.stderr)\n"
    )
    peaks = {}
    pad = " " * 20_000
    for count in (200, 800):
        lines = f"{pad}{GOOD}\n{pad}{BAD}\n" * (count // 2)
        (folder / "all.ndjson").write_text(lines, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", script, "all.ndjson", jobs],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert f"{count} files: " in done.stdout
        peaks[count] = int(done.stderr)
    # 600 more are 12 MB of text; the reports on half of them quote 6 MB of it.
    assert peaks[800] - peaks[200] < 3000  # KiB


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda path: path.unlink(), "no such file or directory"),
        (lambda path: path.write_bytes(f"{GOOD}\n".encode() * 40), "it was cut off"),
    ],
)
def test_ndjson_that_is_taken_away(
    change: Callable[[Path], object], why: str, folder: Path
) -> None:
    path = folder / "all.ndjson"
    path.write_text(f"{GOOD}\n" * 100, encoding="utf-8")
    (source,) = sources([str(path)])
    change(path)
    checked = [item for chunk in source.chunks for item in work.check_chunk(chunk) if item]
    reports = [item.report for item in checked if item.report.unreadable]
    assert reports, "lines that were counted are never passed over in silence"
    assert why in reports[0].findings[0].message
    assert sum(item.report.valid for item in checked) in (0, 40)


class TestEnds:
    @pytest.fixture(autouse=True)
    def can_be_interrupted(self) -> Iterator[None]:
        """Take SIGINT as by default: a shell that runs the tests in the background has it ignored, also by children."""
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
        signal.signal(signal.SIGINT, before)

    @pytest.fixture
    def fifth_is_interrupted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let Ctrl-C come while the fifth piece of work is checked."""
        real, calls = work.check_chunk, []

        def interrupt(*arguments: object) -> object:
            calls.append(1)
            if len(calls) == 5:
                raise KeyboardInterrupt
            return real(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(bulk, "check_chunk", interrupt)

    @pytest.mark.usefixtures("fifth_is_interrupted", "many")
    def test_an_interruption_says_how_far_it_came(self, run: Run) -> None:
        result = run("validate", "many", "--jobs", "1")
        assert result.exit_code == 130
        shown = result.stderr.splitlines()
        assert re.fullmatch(
            rf"Interrupted: {4 * CHUNK} of \d+ statements were checked, \d+ invalid so far:",
            shown[1],
        )
        assert shown[2].endswith(".yaml")
        assert shown[-1].startswith("  and ")
        assert result.stdout.count(": valid") > 10  # what was found until then

    @pytest.mark.parametrize("format_name", FORMATS[1:])
    @pytest.mark.usefixtures("fifth_is_interrupted", "many")
    def test_an_interruption_leaves_a_whole_document(self, format_name: str, run: Run) -> None:
        result = run("validate", "many", "--jobs", "1", "--format", format_name)
        assert result.exit_code == 130
        assert f"Interrupted: {4 * CHUNK} of" in result.stderr
        text = result.stdout
        if format_name == "json":
            document = json.loads(text)
            assert document["summary"]["interrupted"] is True
            assert document["summary"]["exit_code"] == 130
            assert 50 < len(document["files"]) < 4 * CHUNK
        elif format_name == "sarif":
            (sarif,) = json.loads(text)["runs"]
            assert sarif["invocations"] == [{"executionSuccessful": False, "exitCode": 130}]
            assert sarif["results"]
        elif format_name == "gitlab":
            assert json.loads(text)
        elif format_name == "jsonl":
            assert {json.loads(line)["kind"] for line in text.splitlines()} == {"file"}
        elif format_name == "junit":
            suite = ET.fromstring(text)  # noqa: S314 - our own
            cases = suite.findall("*/testcase")
            assert len(cases) == int(suite.attrib["tests"])
            assert len(suite.findall("*/*/error")) == int(suite.attrib["errors"])
            assert cases[-1].attrib["name"] == "the others"
        else:
            assert re.search(r"[Ii]nterrupted: \d+ files checked, the others not", text)

    @pytest.mark.parametrize("jobs", ["1", "2"])
    @pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_a_signal_to_the_command_itself(
        self, jobs: str, number: signal.Signals, code: int, folder: Path
    ) -> None:
        (folder / "all.ndjson").write_text(f"{GOOD}\n" * 60_000, encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "greenalgo", "validate", "all.ndjson", "--jobs", jobs],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline().startswith("all.ndjson:1: valid")
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does: the workers get it as well
        else:
            process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == code
        assert re.fullmatch(
            r"\nInterrupted: [\d,]+ of 60,000 statements were checked, 0 invalid so far\.\n", errors
        )

    def test_the_signals_that_follow_the_first_are_passed_over(self) -> None:
        before = signal.getsignal(signal.SIGTERM)
        try:
            with ExitStack() as stack:
                stack.enter_context(pytest.raises(Terminated))
                stack.enter_context(terminable())
                stack.callback(signal.raise_signal, signal.SIGTERM)
                stack.callback(signal.raise_signal, signal.SIGINT)
                signal.raise_signal(signal.SIGTERM)
            assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
        finally:
            signal.signal(signal.SIGTERM, before)

    def test_a_signal_that_is_ignored_stays_so(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # as nohup and a shell's & leave it
        with terminable():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN

    def test_workers_that_do_not_listen_are_ended(
        self, run: Run, many: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def sleep(*_: object) -> None:
            time.sleep(600)

        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(bulk, "check_chunk", sleep)
        monkeypatch.setattr("concurrent.futures.Future.result", interrupt)
        assert run("validate", "many", "--jobs", "2").exit_code == 130

    def test_workers_end_when_their_parent_is_killed(self, folder: Path) -> None:
        (folder / "all.ndjson").write_text(f"{GOOD}\n" * 60_000, encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "greenalgo", "validate", "all.ndjson", "--jobs", "2"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline().startswith("all.ndjson:1: valid")
        process.kill()
        # The workers hold the same pipe: it ends when the last of them has gone.
        process.communicate(timeout=60)

    def test_a_worker_that_is_killed(
        self, run: Run, many: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def die(*_: object) -> None:
            time.sleep(0.05)
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(bulk, "check_chunk", die)
        result = run("validate", "many", "--jobs", "2")
        assert result.exit_code == 4
        assert "a worker process ended without an answer" in result.stderr
        assert "many/000.yaml to many/031.yaml" in result.stderr
        assert "Traceback" not in result.stderr

    def test_a_bug_in_a_worker(self, run: Run, many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def stumble(*_: object) -> None:
            raise RuntimeError("a bug")

        monkeypatch.setattr(bulk, "check_chunk", stumble)
        result = run("validate", "many", "--jobs", "2")
        assert result.exit_code == 70
        assert "internal error (RuntimeError: a bug)" in result.stderr
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_reader_that_goes_away(jobs: str, folder: Path) -> None:
    (folder / "all.ndjson").write_text(f"{GOOD}\n" * 20_000, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "greenalgo", "validate", "all.ndjson", "--jobs", jobs],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(100)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 141
    process.stderr.close()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class TestProgress:
    VALID = Checked(Report("a.yaml", level="L0"))
    INVALID = Checked(Report("b\x1b.yaml", unreadable=True))

    def test_nothing_but_on_a_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TERM", "xterm")
        for stream, total in ((io.StringIO(), 1000), (Terminal(), 10)):
            progress = Progress(total, stream)
            progress.count(self.VALID)
            progress.clear()
            assert stream.getvalue() == ""

    def test_a_line_that_is_taken_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TERM", "xterm")
        stream = Terminal()
        progress = Progress(1000, stream)
        progress.count(self.VALID)
        assert stream.getvalue() == f"\r\x1b[K[{'-' * 24}] 1 of 1,000"
        progress.clear()
        progress.clear()
        assert stream.getvalue().endswith("1 of 1,000\r\x1b[K")

    def test_the_words(self) -> None:
        progress = Progress(30, io.StringIO())
        assert progress.farewell() == "Interrupted: 0 of 30 files were checked, 0 invalid so far.\n"
        for _ in range(25):
            progress.count(self.INVALID)
        lines = progress.farewell().splitlines()
        assert lines[0] == "Interrupted: 25 of 30 files were checked, 25 invalid so far:"
        assert lines[1] == "  b\\x1b.yaml"
        assert lines[-1] == "  and 5 more"
