"""``greenalgo registry``: look after a registry. One file a command."""

from __future__ import annotations

import click

from greenalgo.cli.registry.blind import blind
from greenalgo.cli.registry.check import check
from greenalgo.cli.registry.erase import erase
from greenalgo.cli.registry.export import export, import_
from greenalgo.cli.registry.moderate import moderate
from greenalgo.cli.registry.publisher import publisher
from greenalgo.cli.registry.rebuild import rebuild
from greenalgo.cli.registry.serve import serve
from greenalgo.cli.registry.sign_out import sign_out
from greenalgo.cli.registry.stats import stats
from greenalgo.cli.registry.token import token
from greenalgo.cli.registry.upgrade import upgrade
from greenalgo.cli.registry.verify import verify
from greenalgo.cli.registry.withdraw import withdraw


@click.group(
    commands=[
        blind,
        check,
        erase,
        export,
        import_,
        moderate,
        publisher,
        rebuild,
        serve,
        sign_out,
        stats,
        token,
        upgrade,
        verify,
        withdraw,
    ]
)
def registry() -> None:
    """Look after a registry: a directory of statements in git, an SQLite file, or PostgreSQL.

    \b
    Example:
      greenalgo submit footprint.yaml --to statements/
      greenalgo registry check statements/        # in CI, for every pull request
      greenalgo registry verify statements/
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
