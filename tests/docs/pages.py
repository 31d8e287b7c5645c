"""Read the pages of the documentation, run what they show, and write down what comes out.

What a page may hold:

* ```` ```yaml title="footprint.yaml" ```` (or ``csv``) writes that file for the commands further down;
* ```` ```console ```` holds commands, each after ``$ ``, and under each what it prints (standard output
  and standard error, as a terminal shows them). A line ``...`` stands for any lines. A command must
  succeed, unless the next one is ``echo $?``.

The commands of a page run one after the other in a folder of their own, in which ``registry``,
``schema`` and ``demo`` are those of the checkout. ``python tests/docs/pages.py`` runs every page and
rewrites the outputs that have changed: read the diff before you commit it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from greenalgo.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
#: The exit code of a bug of greenalgo, and above it those of a shell: never what a page should show.
INTERNAL = 70
#: Where matplotlib keeps its list of fonts: to make it for every page takes longer than most pages.
CACHE = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
#: A command in which a shell sees nothing but words, and what filters its output, if anything does.
_PLAIN = re.compile(r"greenalgo (?P<words>[^|<>&;$`*?~()]*?)(?: \| (?P<filter>[^<>&]*))?")
_TITLE = re.compile(r'title="([^"]+)"')


class Block(NamedTuple):
    """A fenced block.

    Attributes:
        kind: The first word after the fence, such as ``yaml``.
        title: Its ``title``; empty for none.
        body: Its text, without the indentation of the fence.
        line: The line of the fence.
        start: Where the body begins in the page.
        end: Where it ends.
        indent: What stands before each line.
    """

    kind: str
    title: str
    body: str
    line: int
    start: int
    end: int
    indent: str


class Step(NamedTuple):
    """A command and what it is said to print."""

    command: str
    output: str


def pages() -> list[Path]:
    """Return the pages that may show commands and statements."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page."""
    found = []
    for match in _FENCE.finditer(text):
        info, indent = match["info"].strip(), match["indent"]
        body = "".join(
            line.removeprefix(indent) for line in match["body"].splitlines(keepends=True)
        )
        title = _TITLE.search(info)
        kind = info.split(" ")[0].strip("{.")
        line = text.count("\n", 0, match.start()) + 1
        name = title[1] if title else ""
        found.append(Block(kind, name, body, line, match.start("body"), match.end("body"), indent))
    return found


def steps(body: str) -> list[Step]:
    """Split a console block into commands and outputs."""
    found: list[Step] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append(Step(line.removeprefix("$ "), ""))
        elif found:
            found[-1] = Step(found[-1].command, f"{found[-1].output}{line}\n")
        else:
            raise ValueError(f"a console block must begin with a command: {line!r}")
    return found


class Session:
    """A folder in which the commands of a page run.

    Args:
        folder: The folder.
        within: Run greenalgo in this process where a shell would add nothing: most of what a command takes
            is to start.
    """

    def __init__(self, folder: Path, *, within: bool = False) -> None:
        self.folder = folder
        self.within = within
        self.code = 0
        for name in ("registry", "schema", "templates"):
            (folder / name).symlink_to(ROOT / name)

    def run(self, command: str) -> str:
        """Run a command and return what a terminal would show."""
        if command == "echo $?":
            shown, self.code = f"{self.code}\n", 0
            return shown
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder), "LANG": "C.UTF-8", "COLUMNS": "100", "NO_COLOR": "1",
            "XDG_CACHE_HOME": CACHE,
        }  # fmt: skip
        plain = _PLAIN.fullmatch(command) if self.within else None
        if plain:
            with contextlib.chdir(self.folder):
                result = CliRunner(env=environment).invoke(cli, shlex.split(plain["words"]))
            self.code, printed = result.exit_code, result.output
            command = plain["filter"]
        if command:
            done = subprocess.run(
                ["bash", "-c", command], cwd=self.folder, env=environment, text=True, timeout=300,
                input=printed if plain else "", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
            self.code, printed = done.returncode, done.stdout
        # Trailing blanks cannot be seen on a page, and editors take them away.
        return "".join(f"{line.rstrip()}\n" for line in printed.splitlines())


def agrees(said: str, printed: str) -> bool:
    """Say whether an output is as the page has it; a line ``...`` stands for any lines."""
    lines = (
        r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in said.splitlines()
    )
    return re.fullmatch("".join(lines), printed) is not None


def play(
    text: str, folder: Path, *, within: bool = False
) -> list[tuple[Block, list[tuple[Step, str, int]]]]:
    """Run a page; arguments as :class:`Session` has them.

    Returns:
        For each console block its steps, each with what it printed and its exit code.
    """
    session = Session(folder, within=within)
    played = []
    for block in blocks(text):
        if block.kind in ("yaml", "csv") and block.title and not block.title.startswith("."):
            (folder / block.title).write_text(block.body, "utf-8")
        if block.kind == "console":
            done = []
            for step in steps(block.body):
                printed = session.run(step.command)
                done.append((step, printed, session.code))
            played.append((block, done))
    return played


def unexpected(done: list[tuple[Step, str, int]]) -> str:
    """Name the first command of a block that fails though the page does not say so; empty for none."""
    for place, (step, printed, code) in enumerate(done):
        told = place + 1 < len(done) and done[place + 1][0].command == "echo $?"
        if (code and not told) or code >= INTERNAL:
            return f"$ {step.command}\n{printed}(exit code {code})"
    return ""


def rewrite(text: str, folder: Path) -> str:
    """Return a page with the outputs that its commands print now.

    Raises:
        ValueError: A command fails though the page does not say so.
    """
    for block, done in reversed(play(text, folder)):
        if failure := unexpected(done):
            raise ValueError(failure)
        body = "".join(
            f"$ {step.command}\n{step.output if agrees(step.output, printed) else printed}"
            for step, printed, _ in done
        )
        indented = "".join(
            f"{block.indent}{line}" if line.strip() else line for line in body.splitlines(True)
        )
        text = text[: block.start] + indented + text[block.end :]
    return text


def main(names: list[str]) -> None:
    """Rewrite the pages that are named, or all."""
    for page in [Path(name).resolve() for name in names] or pages():
        before = page.read_text("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            try:
                after = rewrite(before, Path(folder))
            except ValueError as error:
                sys.exit(f"{page.relative_to(ROOT)} is left as it is: {error}")
        if after != before:
            page.write_text(after, "utf-8")
            print(f"{page.relative_to(ROOT)}: outputs rewritten")


if __name__ == "__main__":
    main(sys.argv[1:])
