"""The option ``--factors SET|FILE``: which factors a command computes with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from greenalgo import api
from greenalgo.cli.user_files import refused
from greenalgo.errors import FactorError, FactorFileError
from greenalgo.factors import open_set
from greenalgo.factors.overlay import overlay

if TYPE_CHECKING:
    from greenalgo.factors import FactorSet


def chosen_factors(name: str | None) -> FactorSet:
    """Open a factor set by name or path, or lay a file of the user's own factors over the newest.

    Args:
        name: What stands behind ``--factors``; None where nothing does.

    Raises:
        BadParameter: There is no such set, or the file cannot be used; says why, with line and column.
    """
    try:
        if name is None or not os.path.isfile(name):
            return open_set(name)
        if os.path.basename(name) == "manifest.json":
            return open_set(os.path.dirname(os.path.abspath(name)))
        own = api.load(name)
        return overlay(open_set(), own.data)
    except FactorFileError as error:
        raise refused(own, error.problems, "--factors") from error
    except (FactorError, ValueError, KeyError) as error:
        words = str(error) if isinstance(error, FactorError) else f"'{name}' is no factor set"
        raise click.BadParameter(words, param_hint="--factors") from error
