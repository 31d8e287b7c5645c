"""The command ``greenalgo``: a group that imports a command only when it is called.

Here exceptions become messages and exit codes (:mod:`greenalgo.cli.failures`).
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from greenalgo.cli.failures import fail
from greenalgo.cli.output import emit, lost

#: Name -> where the command is, and its line in the help, so that --help imports none of them.
COMMANDS = {
    "init": ("greenalgo.cli.init:init", "Write a starter statement to fill in."),
    "validate": ("greenalgo.cli.validate:validate", "Check statements and recompute them."),
    "fill": ("greenalgo.cli.fill:fill", "Compute energy, CO2e and what else follows."),
    "explain": (
        "greenalgo.cli.explain:explain",
        "Show how the numbers follow, or what a rule says.",
    ),
    "paper": ("greenalgo.cli.paper:paper", "Write LaTeX tables, macros and an appendix."),
    "whatif": ("greenalgo.cli.whatif:whatif", "Compute what the same work would cost elsewhere."),
    "compare": ("greenalgo.cli.compare:compare", "Compare statements, like with like."),
    "submit": ("greenalgo.cli.submit:submit", "Put a statement into a registry."),
    "registry": ("greenalgo.cli.registry:registry", "Check, verify, export and count a registry."),
    "factors": ("greenalgo.cli.factors:factors", "Look up the reference data."),
    "schema": ("greenalgo.cli.schema:schema", "Print the JSON Schema of a statement."),
    "migrate": (
        "greenalgo.cli.migrate:migrate_command",
        "Bring a statement to another version of the schema.",
    ),
    "import": (
        "greenalgo.cli.import_:import_command",
        "Make a statement of what a tracker wrote.",
    ),
    "export": ("greenalgo.cli.export:export", "Write a statement in another standard."),
    "jobs": ("greenalgo.cli.jobs:jobs", "Compute the footprint of a batch system's jobs."),
    "formats": ("greenalgo.cli.formats:formats", "List the files of other tools that are read."),
    "badge": ("greenalgo.cli.badge:badge", "Write a badge that states the level."),
    "attest": (
        "greenalgo.cli.attest:attest",
        "Write down that somebody's statement follows from its files.",
    ),
    "verify": ("greenalgo.cli.verify:verify", "Check a signed attestation: level L4."),
}


class Commands(click.Group):
    """The commands of :data:`COMMANDS`, imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own
        """Return the names in the order in which people meet the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; suggest one where there is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib  # slow to load, and only a slip needs it

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(COMMANDS)}"
            ctx.fail(f"there is no command '{args[0]}'; {hint}")
        return super().resolve_command(ctx, args)

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        """Read the arguments; see :meth:`click.Command.make_context`."""
        try:
            return super().make_context(*args, **options)
        except BrokenPipeError as error:  # click prints the help, and would end with 1
            lost(sys.stdout, error)
        except KeyboardInterrupt as error:  # as it would here
            raise SystemExit(fail(error)) from None

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the command line; see :meth:`click.Command.main`."""
        try:
            return super().main(*args, **options)
        except OSError as error:  # click itself prints help and what is wrong with the call
            lost(sys.stdout, error)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn what it raises into a message and an exit code."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last resort
            ctx.exit(fail(error))


def _version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    if not wanted or ctx.resilient_parsing:
        return
    from greenalgo import __version__
    from greenalgo.factors import open_set
    from greenalgo.schemas.versions import NEWEST

    emit(f"greenalgo {__version__}\nschema {NEWEST}\nfactor set {open_set().name}\n")
    ctx.exit()


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 valid, 1 invalid, 2 usage, 3 unsupported version, 4 could not check.",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Print the versions of the tool, the schema and the factor set.",
)
def cli() -> None:
    """Report what a computation cost the planet, and check what others report.

    \b
    Example:
      greenalgo init                          # write footprint.yaml, edit it
      greenalgo validate footprint.yaml       # a verdict, and what is missing
      greenalgo fill footprint.yaml --in-place
      greenalgo paper footprint.yaml -o paper/
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
