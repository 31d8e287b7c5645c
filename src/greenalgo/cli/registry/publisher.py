"""``greenalgo registry publisher``: repositories whose CI may submit (trusted publishing)."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import click

from greenalgo.cli.given import not_empty
from greenalgo.cli.output import emit
from greenalgo.cli.registry.common import bytes_of
from greenalgo.cli.registry.token import STORE_OPTION
from greenalgo.cli.report.style import safe
from greenalgo.cli.stores import open_registry
from greenalgo.errors import CannotCheckError

if TYPE_CHECKING:
    from greenalgo.registry.identity.book import Book

_KIND = click.Choice(["github", "gitlab"])
_ISSUER = click.option(
    "--issuer", metavar="URL", default="", callback=not_empty,
    help="The CI service, where it is not the public one: https://gitlab.example.org.",
)  # fmt: skip


@click.group(short_help="Say which repositories may submit from their CI.")
def publisher() -> None:
    """Say which repositories may submit from their CI, without a secret (OpenID Connect).

    \b
    Example:
      greenalgo registry publisher keys github
      greenalgo registry publisher add github --repository-id 74 --owner-id 65 \\
        --workflow submit.yml
    """  # noqa: D301 - \b is click's mark for text that is not wrapped


@publisher.command()
@click.argument("kind", type=_KIND)
@STORE_OPTION
@_ISSUER
@click.option("--file", metavar="FILE", help="Read the key set (JSON) from a file, offline.")
def keys(kind: str, store_url: str, issuer: str, file: str | None) -> None:
    """Fetch the public keys of a CI service. Run it from a timer: services change their keys.

    A running registry uses the new keys at once. It never fetches any by itself.

    \b
    Example:
      greenalgo registry publisher keys github
      greenalgo registry publisher keys gitlab \\
        --issuer https://gitlab.example.org --file jwks.json
    """  # noqa: D301
    _need_pyjwt()
    from greenalgo.registry.identity.book import open_book
    from greenalgo.registry.identity.issuers import fetch, issuer_of
    from greenalgo.registry.identity.oidc import read_keys
    from greenalgo.registry.identity.tokens import utc_now

    address = issuer or _public(kind)
    if file is None:
        found = fetch(address, kind, utc_now())
    else:
        found = issuer_of(address, kind, bytes_of(file).decode("utf-8", "replace"), utc_now())
    with open_registry(store_url, create=True) as store, open_book(store) as book:
        book.set_issuer(found)
    emit(f"{address}: {', '.join(sorted(read_keys(found.keys)))}\n")


@publisher.command()
@click.argument("kind", type=_KIND)
@STORE_OPTION
@_ISSUER
@click.option(
    "--repository-id", "--project-id", "repository_id", required=True, metavar="N",
    help="The repository's number (GitLab: of the project).",
)  # fmt: skip
@click.option(
    "--owner-id", "--namespace-id", "owner_id", required=True, metavar="N",
    help="The owner's number (GitLab: of the namespace).",
)  # fmt: skip
@click.option(
    "--workflow", default="", metavar="FILE",
    help="The file that submits: submit.yml in .github/workflows; for GitLab .gitlab-ci.yml, "
    "if not given.",
)  # fmt: skip
@click.option(
    "--ref", default="", callback=not_empty, help="Only this branch or tag: refs/heads/main."
)
@click.option("--name", default="", help="owner/repository, for people and for messages.")
def add(
    kind: str,
    store_url: str,
    issuer: str,
    repository_id: str,
    owner_id: str,
    workflow: str,
    ref: str,
    name: str,
) -> None:
    """Trust a repository's workflow to submit.

    The numbers are the repository's and its owner's. A name may belong to somebody else tomorrow. For
    GitHub: gh api repos/OWNER/NAME --jq '.id, .owner.id'.

    \b
    Example:
      greenalgo registry publisher add github --repository-id 74 --owner-id 65 \\
        --workflow submit.yml
    """  # noqa: D301
    _need_pyjwt()
    from greenalgo.registry.identity.book import open_book
    from greenalgo.registry.identity.publishing import new_publisher
    from greenalgo.registry.identity.tokens import utc_now

    if not workflow:
        if kind == "github":
            raise click.UsageError("--workflow is needed for GitHub: the file that submits")
        workflow = ".gitlab-ci.yml"
    made = new_publisher(
        issuer or _public(kind), repository_id, owner_id, workflow, at=utc_now(), ref=ref, name=name
    )
    with open_registry(store_url, create=True) as store, open_book(store) as book:
        public = book.add_publisher(made)
        known = {one.issuer for one in book.issuers()}
    emit(f"{public}: {made.issuer} {made.repository_id}, {made.workflow}\n")
    if made.issuer not in known:
        emit(f"Its keys are not known yet: greenalgo registry publisher keys {kind}\n")


@publisher.command(name="list", short_help="List the trusted publishers.")
@STORE_OPTION
def list_(store_url: str) -> None:
    """List the trusted publishers, and the age of the keys of their CI services."""
    from greenalgo.registry.identity.book import find_book

    with open_registry(store_url) as store, find_book(store) as book:
        emit(_text(book) if book else "")


@publisher.command(short_help="Trust a publisher no longer.")
@click.argument("publisher_id", metavar="ID")
@STORE_OPTION
def remove(publisher_id: str, store_url: str) -> None:
    """Trust the publisher with this ID no longer; its tokens end at once."""
    from greenalgo.registry.identity.book import open_book
    from greenalgo.registry.identity.tokens import utc_now

    with open_registry(store_url) as store, open_book(store) as book:
        book.remove_publisher(publisher_id.strip().lower(), utc_now())
    emit(f"{publisher_id}: removed\n")


def _text(book: Book) -> str:
    lines = [
        f"{one.id}  {one.issuer} {one.repository_id} of {one.owner_id}, {one.workflow}"
        + (f", {one.ref}" if one.ref else "")
        + (f": {safe(one.name)}" if one.name else "")
        for one in book.publishers()
    ]
    lines += [
        f"keys of {one.issuer}, {one.fetched_at:%Y-%m-%d %H:%M} UTC" for one in book.issuers()
    ]
    return "".join(f"{line}\n" for line in lines)


def _public(kind: str) -> str:
    from greenalgo.registry.identity.publishing import GITHUB, GITLAB

    return {"github": GITHUB, "gitlab": GITLAB}[kind]


def _need_pyjwt() -> None:
    if importlib.util.find_spec("jwt") is None:
        raise CannotCheckError(
            "tokens of CI services need PyJWT, which is not installed: pip install 'greenalgo[server]'"
        )
