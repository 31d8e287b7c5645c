"""What an option may not be given."""

from __future__ import annotations

import click
from click.core import ParameterSource


def not_empty(ctx: click.Context, option: click.Parameter, value: str) -> str:
    """Refuse an empty value where to leave the option out means something else than what was meant.

    ``--since "$SINCE"`` would count every job where the variable is not set.

    Raises:
        click.BadParameter: It is empty, and was given.
    """
    by_default = ctx.get_parameter_source(str(option.name)) is ParameterSource.DEFAULT
    if value == "" and not by_default:
        raise click.BadParameter("it is empty: is a variable of the script not set?")
    return value
