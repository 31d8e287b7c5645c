"""Examples for the reference of the HTTP API: curl asks a service that runs while the page is written."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from click.testing import CliRunner

from greenalgo.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
STATEMENTS = ROOT / "registry" / "statements"
#: Where the examples say that the service is.
BASE = "https://registry.example.org"
#: In the registry before the first example; and what the examples send.
_HELD = ("patterson2021-meena", "luccioni2022-bloom-final-training")
_SENT = {
    "footprint.yaml": "patterson2021-t5",
    "blind.yaml": "patterson2021-gpt3",
    "blind-too.yaml": "patterson2021-gshard-600b",
}
_BEARER = '-H "Authorization: Bearer $TOKEN"'
_CI = {"token": "a-token-of-the-CI-service"}
_API = f"{BASE}/api/v1"
#: Headers of an answer that are shown; how many lines of it, and how much of a line.
_TOLD = ("location", "link", "etag")
_MOST_LINES, _WIDEST = 24, 110


class Example(NamedTuple):
    """An example.

    Attributes:
        command: A line of shell; words in braces are values that answers before it had.
        keep: Name of a value -> the key in the answer that has it.
    """

    command: str
    keep: Mapping[str, str] = {}


class Shown(NamedTuple):
    """An example that was run.

    Attributes:
        command: The line, with its values.
        status: Status of the answer.
        headers: Headers that say more than the body.
        body: The answer, cut after some lines.
        language: What it is written in.
    """

    command: str
    status: int
    headers: tuple[str, ...]
    body: str
    language: str


def _yaml(file: str) -> str:
    return f"-H 'Content-Type: application/yaml' --data-binary @{file}"


def _json(**values: Any) -> str:
    return f"--json '{json.dumps(values).replace('{', '{{').replace('}', '}}')}'"


def _secrets(**more: str) -> str:
    text = json.dumps({"salt": "SALT", "digest": "DIGEST", **more})
    escaped = text.replace("{", "{{").replace("}", "}}")
    return f"--json '{escaped.replace('SALT', '{salt}').replace('DIGEST', '{blind}')}'"


#: operationId -> its example, in the order in which they are run. One more is run for what comes after it.
EXAMPLES: Mapping[str, Example] = {
    "validate": Example(f"curl {_yaml('footprint.yaml')} {_API}/validate"),
    "submit": Example(
        f"curl {_BEARER} {_yaml('footprint.yaml')} {_API}/statements", {"digest": "digest"}
    ),
    "submissions": Example(f"curl {_BEARER} {_API}/submissions"),
    "statements": Example(f"curl '{_API}/statements?subject=bloom'"),
    "body": Example(f"curl {_API}/statements/{{digest}}"),
    "state": Example(f"curl {_API}/statements/{{digest}}/state"),
    "receipt": Example(f"curl {_API}/statements/{{digest}}/receipt"),
    "permalink": Example(f"curl -H 'Accept: application/yaml' {BASE}/statements/{{digest}}"),
    "compare": Example(f"curl '{_API}/compare?phase=training&metric=energy&format=markdown'"),
    "statistics": Example(f"curl {_API}/statistics"),
    "checkpoint": Example(f"curl {_API}/log/checkpoint"),
    "events": Example(f"curl '{_API}/log/events?after=1&limit=1'"),
    "proof": Example(f"curl {_API}/log/proof/{{digest}}"),
    "snapshots": Example(f"curl {_API}/snapshots"),
    "snapshot_file": Example(f"curl {_API}/snapshots/2026-11-25/manifest.json"),
    "act": Example(
        f"curl {_BEARER} {_json(kind='dispute', reason='wrong-figures: Table 4 has 8 GPUs, not 80')} "
        f"{_API}/statements/{{digest}}/events"
    ),
    "createToken": Example(
        f"curl {_BEARER} {_json(name='CI of chess-7b', scopes=['submit'], days=30)} {_API}/tokens",
        {"id": "id"},
    ),
    "tokens": Example(f"curl {_BEARER} {_API}/tokens"),
    "revokeToken": Example(f"curl -X DELETE {_BEARER} {_API}/tokens/{{id}}"),
    "audience": Example(f"curl {_API}/oidc/audience"),
    "mint": Example(f"curl {_json(**_CI)} {_API}/oidc/mint"),
    "deposit": Example(
        f"curl {_yaml('blind.yaml')} {_API}/deposits",
        {"salt": "salt", "blind": "digest", "review": "review"},
    ),
    "review": Example("curl {review}"),
    "reveal": Example(f"curl {_secrets()} {_API}/deposits/reveal"),
    "depositAgain": Example(
        f"curl {_yaml('blind-too.yaml')} {_API}/deposits", {"salt": "salt", "blind": "digest"}
    ),
    "withdrawDeposit": Example(f"curl {_secrets()} {_API}/deposits/withdraw"),
    "factorSets": Example(f"curl {_API}/factor-sets"),
    "schema": Example(f"curl {_API}/schema"),
    "openapi": Example(f"curl {_API}/openapi.json"),
    "health": Example(f"curl {BASE}/health"),
    "ready": Example(f"curl {BASE}/ready"),
    "metrics": Example(f"curl {BASE}/metrics"),
}


def run() -> dict[str, Shown]:
    """Run all examples against a service of their own.

    Raises:
        RuntimeError: There is no curl, or the service does not start.
    """
    curl = shutil.which("curl")
    if curl is None:
        raise RuntimeError("the examples of the HTTP API need curl")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        token = _prepare(folder)
        with _serving(folder) as address:
            environment = {"PATH": os.path.dirname(curl), "TOKEN": token}
            return _run_all(folder, address, environment)


def _run_all(folder: Path, address: str, environment: dict[str, str]) -> dict[str, Shown]:
    """Run the examples at an address; the page gives it the name that a public registry would have."""
    shown, values = {}, dict[str, str]()
    for name, example in EXAMPLES.items():
        command = example.command.format(**values)
        asked = command.replace("curl ", "curl --silent --include ", 1).replace(BASE, address)
        done = subprocess.run(
            ["/bin/sh", "-c", asked], cwd=folder, env=environment, capture_output=True, check=True
        )
        found = _read(command, done.stdout.decode().replace(address, BASE))
        shown[name] = found._replace(body=_cut(found.body))
        for word, key in example.keep.items():
            values[word] = json.loads(found.body)[key]
    return shown


def _prepare(folder: Path) -> str:
    """Fill a registry in a folder, and write a snapshot and the files to send; return a token for everything."""
    for file, name in _SENT.items():
        shutil.copy(STATEMENTS / f"{name}.yaml", folder / file)
    store = f"sqlite:///{folder}/registry.db"
    for name in _HELD:
        _greenalgo("submit", str(STATEMENTS / f"{name}.yaml"), "--to", store)
    _greenalgo("registry", "export", store, "-o", str(folder / "snapshots" / "2026-11-25"))
    scopes = [part for scope in ("submit", "moderate", "admin") for part in ("--scope", scope)]
    return _greenalgo("registry", "token", "create", "--store", store, "--name", "docs", *scopes)


def _greenalgo(*arguments: str) -> str:
    done = CliRunner().invoke(cli, arguments)
    if done.exit_code:
        raise RuntimeError(f"greenalgo {' '.join(arguments)}: {done.output}")
    return done.stdout.strip()


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    """Serve the registry of a folder; gives the address."""
    command = [sys.executable, "-m", "greenalgo", "registry", "serve", "--port", "0"]
    log = folder / "log"
    with (
        log.open("wb") as file,
        subprocess.Popen(
            [*command, "--snapshots", "snapshots"], cwd=folder, stderr=file
        ) as process,
    ):
        try:
            yield _address(process, log)
        finally:
            process.terminate()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    while process.poll() is None:
        found = re.search(r"http://[0-9.:]+", log.read_text("utf-8"))
        if found:
            return found[0]
        time.sleep(0.01)
    raise RuntimeError(f"the service does not start: {log.read_text('utf-8')}")


def _read(command: str, answer: str) -> Shown:
    """Take an answer apart: what ``curl --include`` prints."""
    head, _, body = answer.replace("\r\n", "\n").partition("\n\n")
    first, *lines = head.splitlines()
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    media = headers.get("content-type", "").partition(";")[0]
    language = media.rpartition("/")[2].rpartition("+")[2]
    if language == "json":
        body = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    told = tuple(f"{name.title()}: {headers[name]}" for name in _TOLD if name in headers)
    return Shown(command, int(first.split()[1]), told, body, language)


def _cut(body: str) -> str:
    lines = [line if len(line) <= _WIDEST else f"{line[:_WIDEST]}…" for line in body.splitlines()]
    return "\n".join([*lines[:_MOST_LINES], *(["…"] if len(lines) > _MOST_LINES else [])])
