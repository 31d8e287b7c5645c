"""Every command, called as nobody would on purpose: odd values, full disks, readers that go, Ctrl-C.

The commands come from the command line itself: one without a call in :data:`CALLS` fails.
"""

from __future__ import annotations

import errno
import io
import json
import os
import resource
import shlex
import shutil
from typing import TYPE_CHECKING, NoReturn

import attested
import click
import pytest
from cli_cases import DATA
from click.testing import CliRunner

from greenalgo.cli.main import cli
from greenalgo.cli.report.style import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from click.testing import Result

#: A call of every command that ends with 0; {digest}, {publisher} and {token} are those of the registry.
CALLS = {
    "init": "--output new.yaml",
    "validate": "declared.yaml",
    "fill": "declared.yaml --output new.yaml",
    "explain": "declared.yaml",
    "paper": "declared.yaml --output new --bib new.bib",
    "whatif": "declared.yaml --pue 1.1 --output new.txt",
    "compare": "declared.yaml second.yaml --output new.txt --figure new.svg",
    "submit": "declared.yaml --to new --receipt new.json",
    "registry blind deposit": "second.yaml --store sqlite:///registry.db --receipt new.json",
    "registry blind reveal": "deposit.json --store sqlite:///registry.db",
    "registry blind withdraw": "deposit.json --store sqlite:///registry.db",
    "registry check": "records",
    "registry erase": "{digest} --yes --reason legal --store sqlite:///registry.db",
    "registry export": "records --output new",
    "registry import": "snapshot --to new",
    "registry moderate": "{digest} dispute --reason wrong-figures --store sqlite:///registry.db",
    "registry publisher add": "github --repository-id 1 --owner-id 2 --workflow a.yml",
    "registry publisher keys": "github --file keys.json",
    "registry publisher list": "",
    "registry publisher remove": "{publisher}",
    "registry rebuild": "sqlite:///registry.db",
    "registry sign-out": "",
    "registry stats": "records",
    "registry token create": "--name x --scope submit",
    "registry token list": "",
    "registry token revoke": "{token}",
    "registry upgrade": "sqlite:///registry.db",
    "registry verify": "records",
    "registry withdraw": "{digest} --reason wrong --store sqlite:///registry.db",
    "factors diff": "2026.11 2026.11",
    "factors list": "pue",
    "factors search": "xeon",
    "factors show": "FRA",
    "factors sources": "",
    "schema": "--output new.json",
    "migrate": "declared.yaml --to next --output new.yaml",
    "import": "march.txt --output new.yaml --report new.json",
    "export": "declared.yaml --to codecarbon --output new.csv --report new.json",
    "jobs": "march.txt --cpu-power 5 --gpu-power 300 --place DEU --output new.txt --statement new.yaml",
    "formats": "",
    "badge": "declared.yaml --output new.svg",
    "attest": "measured.yaml zeus.csv --name V. --output new.json",
    "verify": "measured.yaml attestation.json --signature attestation.json.sig --signers allowed_signers",
}
#: Each command, with what its call needs beyond Python.
NAMES = [pytest.param(name, marks=[pytest.mark.ssh] * (name == "verify")) for name in CALLS]
#: It runs until it is stopped: tests/registry has it.
SERVES = "registry serve"
#: A word for a value that the system, or people, can give by mistake.
VALUES = {
    "empty": "",
    "directory": "folder",
    "nowhere": "nowhere/x.yaml",
    "no text": "bytes",
    "no name in UTF-8": os.fsdecode(b"caf\xff.yaml"),
    "dash": "-x",
}
#: Those that are tried every day; the others are for the slow tests.
EVERYDAY = {"empty", "nowhere", "no name in UTF-8"}
KEYS = {"keys": [{"kty": "RSA", "kid": "a", "alg": "RS256", "n": "x" * 342, "e": "AQAB"}]}


def tree(command: click.Command = cli, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that is no group, with the words that call it."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for word in command.list_commands(context):
        below = command.get_command(context, word)
        assert below is not None
        yield from tree(below, f"{name} {word}".strip())


#: Commands whose call writes files of its own, and not into a database.
WRITES = [name for name, call in CALLS.items() if " new" in call]
COMMANDS = {name: command for name, command in tree() if name != SERVES}


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A folder with statements, logs and registries, and the names of what is in them."""
    folder, before = tmp_path_factory.mktemp("made"), os.getcwd()
    os.chdir(folder)
    try:
        for name in ("declared.yaml", "march.txt"):
            shutil.copy(DATA / name, name)
        text = (DATA / "declared.yaml").read_text("utf-8").partition("reported:")[0]
        (folder / "second.yaml").write_text(text.replace("hours: 100", "hours: 90"), "utf-8")
        (folder / "third.yaml").write_text(text.replace("hours: 100", "hours: 80"), "utf-8")
        (folder / "keys.json").write_text(json.dumps(KEYS), "utf-8")
        (folder / "folder").mkdir()
        (folder / "bytes").write_bytes(b"\xff\xfe\x00\x80\n" * 9)
        names = {
            "digest": invoke("submit", "declared.yaml", "--to", "sqlite:///registry.db").stdout[:64]
        }
        for call in (
            "submit declared.yaml --to records",
            "registry blind deposit third.yaml --to sqlite:///registry.db --receipt deposit.json",
            "registry export records -o snapshot",
            "registry publisher add gitlab --project-id 74 --namespace-id 65",
            "registry token create --name t --scope submit",
        ):
            assert invoke(*call.split()).exit_code == 0, call
        attested.write(invoke)
        attested.attest(invoke)
        if shutil.which("ssh-keygen"):
            attested.sign()
        names["publisher"] = invoke("registry", "publisher", "list").stdout.split()[0]
        names["token"] = invoke("registry", "token", "list").stdout.split()[0]
    finally:
        os.chdir(before)
    return folder, names


@pytest.fixture
def again(
    made: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], dict[Path, bytes]]:
    """Go to a fresh copy of the folder; return what is in its files."""
    here = tmp_path / "here"

    def copy() -> dict[Path, bytes]:
        names = {here / path.relative_to(made[0]) for path in made[0].rglob("*")}
        fresh = {here / path.relative_to(made[0]): raw for path, raw in contents(made[0]).items()}
        # To copy takes longer than most calls, and most leave nothing behind.
        if set(here.rglob("*")) != names or contents(here) != fresh:
            shutil.rmtree(here, ignore_errors=True)
            shutil.copytree(made[0], here)
        monkeypatch.chdir(here)
        return fresh

    return copy


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def words_of(name: str, names: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the options and the arguments of a command's call."""
    words = shlex.split(CALLS[name].format(**names))
    first = next((at for at, word in enumerate(words) if word.startswith("--")), len(words))
    return words[first:], words[:first]


def odd_calls(
    name: str, names: dict[str, str], values: Iterable[str]
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield parameter, value and call, for each parameter that takes words and each odd value."""
    arguments = [one for one in COMMANDS[name].params if isinstance(one, click.Argument)]
    for parameter in COMMANDS[name].params:
        if not isinstance(parameter.type, click.types.StringParamType):
            continue
        for value in (VALUES[word] for word in sorted(values)):
            options, given = words_of(name, names)
            if isinstance(parameter, click.Argument):
                given[arguments.index(parameter)] = value
            else:
                at = next((at for at, word in enumerate(options) if word in parameter.opts), None)
                if at is not None:
                    del options[at : at + 2]
                options.append(f"{max(parameter.opts, key=len)}={value}")
            yield str(parameter.name), value, [*name.split(), *options, "--", *given]


def test_every_command_is_called_here() -> None:
    assert set(COMMANDS) == set(CALLS)


@pytest.mark.parametrize("name", NAMES)
def test_its_call_works(
    name: str, again: Callable[[], object], made: tuple[Path, dict[str, str]]
) -> None:
    again()
    options, arguments = words_of(name, made[1])
    result = invoke(*name.split(), *options, "--", *arguments)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    "values",
    [EVERYDAY, pytest.param(VALUES.keys() - EVERYDAY, marks=pytest.mark.slow)],
    ids=["every day", "others"],
)
@pytest.mark.parametrize("name", NAMES)
def test_odd_values_get_a_word_and_cost_no_file(
    name: str,
    values: Iterable[str],
    again: Callable[[], dict[Path, bytes]],
    made: tuple[Path, dict[str, str]],
    tmp_path: Path,
) -> None:
    for parameter, value, call in odd_calls(name, made[1], values):
        before = again()
        result = invoke(*call)
        told = f"{parameter} {value!r}: {result.exit_code} {result.output}"
        assert result.exit_code in range(5), told
        if result.exit_code:
            assert result.output.strip(), told
        if result.exit_code in (2, 4):
            assert contents(tmp_path / "here") == before, told
        if result.exit_code == 4 and value:
            named = [value, *words_of(name, made[1])[1]]
            assert any(safe(word) in result.output for word in named), told


@pytest.mark.parametrize("name", NAMES)
def test_a_name_may_be_any_that_the_system_has(
    name: str, again: Callable[[], object], made: tuple[Path, dict[str, str]]
) -> None:
    options, arguments = words_of(name, made[1])
    call = [*name.split(), *options, "--", *arguments]
    again()
    for at in [at for at, word in enumerate(call) if os.path.exists(word)]:
        again()
        odd = os.fsdecode(b"-a\n\xff\x1b[31m ") + call[at]
        os.rename(call[at], odd)
        result = invoke(*call[:at], odd, *call[at + 1 :])
        assert result.exit_code == 0, result.output
        assert "\x1b" not in result.stderr


def printing(name: str, names: dict[str, str]) -> list[str]:
    """Return a command's call without the option that names a file for its output."""
    options, arguments = words_of(name, names)
    output = next((one for one in COMMANDS[name].params if "--output" in one.opts), None)
    if output is not None and not output.required:
        at = options.index("--output")
        del options[at : at + 2]
    return [*name.split(), *options, "--", *arguments]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
@pytest.mark.parametrize("name", NAMES)
def test_output_that_cannot_be_written_has_its_code(
    name: str, again: Callable[[], object], made: tuple[Path, dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    again()
    prints = bool(invoke(*printing(name, made[1])).stdout)
    assert prints or name == "init"
    for kind, code, words in (("full", 4, "standard output cannot be written"), ("gone", 141, "")):
        again()
        with stand_in(kind) as stream, monkeypatch.context() as patch:
            patch.setattr("sys.stdout", stream)
            patch.setattr("sys.stderr", errors := io.StringIO())
            with pytest.raises(SystemExit) as ended:
                cli(printing(name, made[1]), prog_name="greenalgo")
            told = errors.getvalue()
        assert ended.value.code == (code if prints else 0), told
        assert words in told or not prints


def stand_in(kind: str) -> io.TextIOBase:
    """Return what the system gives for standard output: a full disk, or a pipe whose reader has gone."""
    if kind == "full":
        return open("/dev/full", "w", encoding="utf-8")
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w", encoding="utf-8")


@pytest.mark.parametrize("trouble", ["size", "sync", "interrupt"])
@pytest.mark.parametrize("name", WRITES)
def test_files_that_cannot_be_written_are_as_they_were(
    name: str, trouble: str, again: Callable[[], dict[Path, bytes]], made: tuple[Path, dict[str, str]],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A disk is full, or somebody presses Ctrl-C, while a file is written."""

    def fail(_file: int) -> NoReturn:
        if trouble == "interrupt":
            raise KeyboardInterrupt
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    options, arguments = words_of(name, made[1])
    before, limits = again(), resource.getrlimit(resource.RLIMIT_FSIZE)
    if trouble == "size":
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, limits[1]))
    else:
        monkeypatch.setattr("os.fsync", fail)
    try:
        result = invoke(*name.split(), *options, "--", *arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert result.exit_code == (130 if trouble == "interrupt" else 4), result.output
    assert trouble == "interrupt" or "'new" in result.stderr
    assert contents(tmp_path / "here") == before
