"""The reference of the command line: what `--help` prints, command by command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from greenalgo.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEAD = """\
# The command line

What `greenalgo --help` and `greenalgo COMMAND --help` print. The names of commands and options, the
exit codes and the keys of JSON output are an interface: they change with the tool's major version
only.

"""


def page() -> str:
    """Write the page."""
    return _LEAD + "\n".join(_command(cli, None, "greenalgo", 2))


def _command(
    command: click.Command, parent: click.Context | None, name: str, depth: int
) -> Iterator[str]:
    context = click.Context(
        command, info_name=name, parent=parent, terminal_width=78, max_content_width=78,
        help_option_names=["-h", "--help"],
    )  # fmt: skip
    yield f"{'#' * depth} {context.command_path}\n"
    yield f"```text\n{click.unstyle(command.get_help(context))}\n```\n"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None and not found.hidden:
                yield from _command(found, context, child, depth + 1)
