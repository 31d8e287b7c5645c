"""Fetching the keys of a CI service, and the commands for trusted publishers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx2
import pytest
from click.testing import CliRunner
from identity_cases import NOON, key_set
from registry_cases import url_of

from greenalgo.cli.main import cli
from greenalgo.errors import CannotCheckError, RegistryError
from greenalgo.registry.identity.issuers import MOST_BYTES, fetch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OWN = "https://gitlab.example.org"


def client(
    *, issuer: str = OWN, where: str = f"{OWN}/keys", keys: bytes = b"", status: int = 200
) -> httpx2.Client:
    """Return a client whose requests end in this process."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/.well-known/openid-configuration":
            return httpx2.Response(200, json={"issuer": issuer, "jwks_uri": where})
        assert request.url == f"{OWN}/keys", "nothing else is asked for"
        return httpx2.Response(status, content=keys or key_set("own").encode())

    return httpx2.Client(transport=httpx2.MockTransport(answer))


def test_keys_are_fetched_from_the_place_that_the_service_names() -> None:
    found = fetch(OWN, "gitlab", NOON, client())
    assert (found.issuer, found.kind, found.fetched_at) == (OWN, "gitlab", NOON)
    assert json.loads(found.keys) == json.loads(key_set("own"))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: client(issuer="https://evil.example"), "another issuer"),
        (lambda: client(where="https://evil.example/keys"), "another host"),
        (lambda: client(where="http://gitlab.example.org/keys"), "another host"),
        (lambda: client(where="file:///etc/passwd"), "another host"),
        (lambda: client(status=302), "answers 302"),
        (lambda: client(keys=b" " * (MOST_BYTES + 1)), "more than 256 KiB"),
        (lambda: client(keys=b"<html>"), "no JSON"),
        (lambda: client(keys=b"[]"), "no JSON object"),
    ],
)
def test_anything_else_is_refused(made: Callable[[], httpx2.Client], words: str) -> None:
    with pytest.raises(CannotCheckError, match=words):
        fetch(OWN, "gitlab", NOON, made())


@pytest.mark.parametrize("address", ["http://gitlab.example.org", f"{OWN}/", "gitlab.com", ""])
def test_an_issuer_is_an_https_address(address: str) -> None:
    with pytest.raises(RegistryError, match="is no issuer"):
        fetch(address, "gitlab", NOON, client())


def test_the_commands_add_list_and_remove(kind: str, tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text(key_set("hub"))
    url = url_of(kind, tmp_path)

    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(cli, ["registry", "publisher", *words, "--store", url])
        assert result.exit_code == code, result.output
        return result.output

    numbers = ("--repository-id", "74", "--owner-id", "65")
    out = run("add", "github", *numbers, "--workflow", "submit.yml", "--name", "octo/chess")
    assert "keys are not known yet" in out
    public = out[:10]
    assert run("keys", "github", "--file", str(tmp_path / "jwks.json")).endswith(": hub\n")
    assert ".github/workflows/submit.yml: octo/chess" in run("list")
    assert run("add", "github", *numbers, "--workflow", "submit.yml")[:10] == public
    assert run("add", "github", *numbers, "--workflow", "other.yml")[:10] != public
    run("remove", public)
    assert "submit.yml" not in run("list")
    assert "octo/chess" not in run("list")
    assert "there is no publisher" in run("remove", public, code=1)
    assert "--workflow is needed" in run("add", "github", *numbers, code=2)
    run("add", "gitlab", *numbers)
    assert ".gitlab-ci.yml" in run("list")
    (tmp_path / "jwks.json").write_text("{}")
    assert "no key set" in run("keys", "github", "--file", str(tmp_path / "jwks.json"), code=1)
    assert run("keys", "github", "--file", str(tmp_path / "none"), code=4)
