"""The group itself, ``init`` and ``schema``: help, versions, exit codes of what goes wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from greenalgo import __version__, resources
from greenalgo.__main__ import main
from greenalgo.cli.failures import exit_code
from greenalgo.cli.init import PLACEHOLDERS
from greenalgo.cli.main import COMMANDS, cli
from greenalgo.errors import (
    CalculationError,
    CannotCheckError,
    FactorError,
    ResourceError,
    UnknownNameError,
    UnsupportedVersionError,
)
from greenalgo.factors import open_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]


def every_command() -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, subcommands too."""
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        yield (name,)
        if isinstance(command, click.Group):
            yield from ((name, sub) for sub in command.commands)


def command_of(words: tuple[str, ...]) -> click.Command:
    command: click.Command = cli
    for word in words:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    return command


@pytest.mark.parametrize("words", list(every_command()), ids=" ".join)
class TestHelp:
    def test_it_describes_itself_and_gives_an_example(
        self, run: Run, words: tuple[str, ...]
    ) -> None:
        for flag in ("-h", "--help"):
            result = run(*words, flag)
            assert result.exit_code == 0
            assert "Example" in result.output
            assert f"  greenalgo {words[0]}" in result.output
            assert result.output.replace("\n", "").isprintable()  # no mark of click's is left
        help_ = command_of(words).help
        assert help_
        assert len(help_.splitlines()[0]) > 20

    def test_the_list_of_a_groups_commands_is_not_cut_off(
        self, words: tuple[str, ...], run: Run
    ) -> None:
        if isinstance(command_of(words), click.Group):
            listed = run(*words, "--help").output.partition("\nCommands:\n")[2]
            assert listed
            assert "..." not in listed

    def test_it_fits_a_terminal(
        self, words: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        wide = [line for line in run(*words, "--help").output.splitlines() if len(line) > 80]
        assert wide == []

    def test_every_option_is_explained(self, words: tuple[str, ...]) -> None:
        for parameter in command_of(words).params:
            if isinstance(parameter, click.Option):
                assert parameter.help, parameter.name


def test_the_group_lists_its_commands_without_importing_them() -> None:
    script = (
        "import sys; from click.testing import CliRunner; from greenalgo.cli.main import cli\n"
        "print(CliRunner().invoke(cli, ['--help']).output)\n"
        "print(sorted(m for m in sys.modules if m.startswith('greenalgo.cli.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    for name, (_, text) in COMMANDS.items():
        assert f"  {name}" in done.stdout
        assert text in done.stdout
    imported = ("codes", "failures", "main", "output")
    assert done.stdout.splitlines()[-1] == str([f"greenalgo.cli.{name}" for name in imported])


def test_version(run: Run) -> None:
    expected = f"greenalgo {__version__}\nschema 1.0\nfactor set {open_set().name}\n"
    assert run("--version").output == expected


def test_an_unknown_command_gets_a_suggestion(run: Run) -> None:
    result = run("vaildate")
    assert result.exit_code == 2
    assert "did you mean 'validate'?" in result.stderr


def test_an_unknown_option_is_a_usage_error(run: Run) -> None:
    assert run("validate", "--colour", "x").exit_code == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CannotCheckError("x"), 4),
        (ResourceError("x"), 4),
        (UnsupportedVersionError("x"), 3),
        (CalculationError("x"), 1),
        (FactorError("x"), 1),
    ],
)
def test_exit_codes(error: Exception, code: int) -> None:
    assert exit_code(error) == code  # type: ignore[arg-type]


class TestSurprises:
    def raising(self, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
        def surprise(*_: object) -> None:
            raise error

        monkeypatch.setattr("greenalgo.cli.checking.work.check_parsed", surprise)

    def test_an_error_of_ours_is_a_message(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        error = UnknownNameError("no GPU is called 'x'", name="x", candidates=["gpu:a", "gpu:b"])
        self.raising(monkeypatch, error)
        result = run("validate", "declared.yaml")
        assert result.exit_code == 1
        assert result.stderr == "Error: no GPU is called 'x'\n  nearest:  gpu:a, gpu:b\n"

    def test_a_bug_is_one_line_without_a_traceback(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.raising(monkeypatch, RuntimeError("what now"))
        result = run("validate", "declared.yaml")
        assert result.exit_code == 70
        assert result.stderr.startswith("Error: internal error (RuntimeError: what now)")
        assert result.stderr.count("\n") == 1

    def test_a_developer_can_have_the_traceback(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GREENALGO_DEBUG", "1")
        self.raising(monkeypatch, RuntimeError("what now"))
        result = run("validate", "declared.yaml")
        assert result.exit_code == 70
        assert "Traceback" in result.stderr

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (PermissionError(13, "Permission denied", "x"), "cannot read or write 'x': permission denied"),
            (OSError("Matplotlib needs a folder"), "Matplotlib needs a folder"),  # a library's own
            (OSError(), "OSError"),
        ],
    )  # fmt: skip
    def test_what_the_system_refuses_is_said(
        self, error: OSError, words: str, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.raising(monkeypatch, error)
        result = run("validate", "declared.yaml")
        assert (result.exit_code, result.stderr) == (4, f"Error: {words}\n")

    def test_an_interruption(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        self.raising(monkeypatch, KeyboardInterrupt())
        result = run("validate", "declared.yaml")
        assert result.exit_code == 130
        assert "Interrupted" in result.stderr

    def test_an_interruption_before_there_is_a_command(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def interrupt(**_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("greenalgo.cli.main.cli", interrupt)
        monkeypatch.setattr("sys.argv", ["greenalgo", "formats"])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 130
        assert capsys.readouterr() == ("", "\nInterrupted.\n")


class TestInit:
    def test_the_starter_is_valid_and_reaches_l1_when_it_is_filled(
        self, run: Run, folder: Path
    ) -> None:
        result = run("init")
        assert result.exit_code == 0
        assert "greenalgo validate footprint.yaml" in result.stderr
        assert run("validate", "footprint.yaml").exit_code == 0
        assert run("fill", "footprint.yaml", "--in-place").exit_code == 0
        assert run("validate", "--require", "L1", "footprint.yaml").exit_code == 0

    def test_editors_find_the_schema(self, run: Run) -> None:
        first = run("init", "-o", "-").stdout.splitlines()[0]
        schema = json.loads(run("schema", "--draft", "draft-07").stdout)
        assert first == f"# yaml-language-server: $schema={schema['$id']}"

    def test_nothing_is_overwritten_unasked(self, run: Run, folder: Path) -> None:
        (folder / "footprint.yaml").write_text("mine", encoding="utf-8")
        result = run("init")
        assert result.exit_code == 2
        assert "--force" in result.stderr
        assert (folder / "footprint.yaml").read_text("utf-8") == "mine"
        assert run("init", "--force").exit_code == 0
        assert (folder / "footprint.yaml").read_text("utf-8").startswith("# yaml-language-server")

    def test_options_are_put_in(self, run: Run) -> None:
        text = run(
            "init", "-o", "-", "--title", 'A "run": 1', "--country", "DEU", "--gpu", "NVIDIA T4"
        ).stdout
        assert 'title: "A \\"run\\": 1"' in text
        assert "country: DEU" in text
        assert "model: NVIDIA T4" in text

    def test_a_placeholder_stands_in_the_starter_once(self) -> None:
        text = resources.read_text("templates", "statement", "footprint.yaml")
        for placeholder in PLACEHOLDERS.values():
            assert text.count(placeholder) == 1

    @pytest.mark.parametrize(
        ("option", "value"), [("--country", "Germany"), ("--title", "a\x00b"), ("--title", "")]
    )
    def test_a_value_that_would_be_invalid_is_a_usage_error(
        self, run: Run, folder: Path, option: str, value: str
    ) -> None:
        result = run("init", option, value)
        assert result.exit_code == 2
        assert option in result.stderr
        assert not (folder / "footprint.yaml").exists()


class TestSchema:
    def test_it_is_the_released_file(self, run: Run) -> None:
        released = resources.read_text("schema", "statement", "1.0", "statement.schema.json")
        assert run("schema").stdout == released
        assert run("schema", "--version", "1.0").stdout == released

    def test_draft_07(self, run: Run, folder: Path) -> None:
        assert run("schema", "--draft", "draft-07", "-o", "s.json").exit_code == 0
        schema = json.loads((folder / "s.json").read_text("utf-8"))
        assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"

    def test_an_unknown_version_is_a_usage_error(self, run: Run) -> None:
        assert run("schema", "--version", "9.9").exit_code == 2
