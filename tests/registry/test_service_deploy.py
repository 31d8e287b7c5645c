"""What lies in ``registry/deploy`` fits the service: its options, its time to end, the files that an image needs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx2
import pytest
import yaml
from click.testing import CliRunner
from registry_cases import statement
from service_cases import API, YAML, serving

from greenalgo.cli.registry.serve import serve
from greenalgo.registry.service.serve import LAST_WORDS

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "registry" / "deploy"
UNIT = (DEPLOY / "greenalgo-registry.service").read_text("utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def told(name: str) -> list[str]:
    """Return the options that a file gives to ``greenalgo registry serve``."""
    text = (DEPLOY / name).read_text("utf-8")
    if name == "compose.yaml":
        return [option.partition("=")[0] for option in COMPOSE["services"]["registry"]["command"]]
    start = text.index("ENTRYPOINT" if name == "Containerfile" else "ExecStart=")
    return re.findall(
        r"--[a-z-]+", text[start : text.find("\n\n", start)].partition("DynamicUser")[0]
    )


@pytest.mark.parametrize("name", ["Containerfile", "compose.yaml", "greenalgo-registry.service"])
def test_the_service_takes_the_options_that_it_is_given(name: str) -> None:
    known = {option for one in serve.params for option in (*one.opts, *one.secondary_opts)}
    options = told(name)
    assert len(options) >= 3
    assert set(options) <= known


def test_what_is_under_way_has_time_to_end() -> None:
    grace = COMPOSE["services"]["registry"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > LAST_WORDS
    found = re.search(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)
    assert found
    assert int(found[1]) > LAST_WORDS


def test_an_image_is_made_of_what_is_let_through(tmp_path: Path) -> None:
    rules = (DEPLOY / "Containerfile.dockerignore").read_text("utf-8").splitlines()
    source = tmp_path / "src"
    for rule in rules:
        if rule.startswith("!"):
            path, target = ROOT / rule[1:], source / rule[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(path, target) if path.is_dir() else shutil.copy(path, target)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run([*command, str(source)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"greenalgo/_data/web/openapi.yaml", "greenalgo/registry/service/serve.py"} <= names
    assert "constraints.txt" in {path.name for path in source.iterdir()}


def test_the_registry_itself_refuses_what_is_too_large() -> None:
    # Caddy answers 502 with no body where a limit of its own cuts off what it hands on; tried with 2.6.
    assert "max_size" not in (DEPLOY / "Caddyfile").read_text("utf-8")


def test_clients_behind_a_trusted_proxy_are_told_apart_and_nobody_is_believed_beyond(
    tmp_path: Path,
) -> None:
    def ask(url: str, forwarded: str) -> int:
        headers = {**YAML, "X-Forwarded-For": forwarded}
        return httpx2.post(f"{url}{API}/validate", content=statement(), headers=headers).status_code

    with serving(tmp_path, "--rate", "1", "--trusted-proxy", "127.0.0.1") as (_, url):
        assert [ask(url, "203.0.113.1"), ask(url, "203.0.113.1")] == [200, 429]
        assert ask(url, "203.0.113.2") == 200
        # What a client writes into the header itself stands to the left of what the proxy adds.
        assert ask(url, "198.51.100.7, 203.0.113.1") == 429
    with serving(tmp_path, "--rate", "1", "--trusted-proxy", "192.0.2.1") as (_, url):
        assert [ask(url, "203.0.113.1"), ask(url, "203.0.113.2")] == [200, 429]


def test_a_folder_of_snapshots_that_is_not_there_is_said(tmp_path: Path) -> None:
    log: list[str] = []
    (tmp_path / "made").mkdir()
    for folder in ("made", "mistyped"):
        with serving(tmp_path, "--snapshots", folder, log=log) as (_, url):
            assert httpx2.get(f"{url}{API}/snapshots").json() == {"snapshots": []}
    said = [line for line in log if not line.startswith("{")]
    assert said == ["'mistyped' is no directory yet: there are no snapshots to serve\n"]


@pytest.mark.parametrize("proxy", ["proxy.example.org", "10.0.0.5/24", ""])
def test_a_proxy_that_would_be_believed_of_nobody_is_refused(proxy: str) -> None:
    given = ["--trusted-proxy", "127.0.0.1", "--trusted-proxy", proxy]
    # Were it believed, the service would have no store to start with, instead of never ending.
    result = CliRunner().invoke(serve, [*given, "--store", "nothing://"])
    assert result.exit_code == 2
    assert f"'{proxy}' is neither an address nor a network" in result.stderr
