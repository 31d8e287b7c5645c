"""A snapshot of a whole registry in plain files, and the way back.

    FOLDER/statements.ndjson   digest and document of each statement (and the author's file, if kept)
    FOLDER/events.ndjson       the log, in its order
    FOLDER/table.csv|.parquet  a flat table with a row for each statement, on request
    FOLDER/manifest.json       a Frictionless data package: every file with its SHA-256, columns described

The same registry always gives the same bytes: nothing in a snapshot tells when it was made.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from greenalgo import __version__
from greenalgo.errors import CannotCheckError, RegistryError
from greenalgo.factors import open_set
from greenalgo.registry.record import Log, Problem, from_json, is_digest, to_bytes
from greenalgo.registry.record.state import KEPT_BACK, State, erased_of, states_of
from greenalgo.registry.record.strict import read_json
from greenalgo.registry.store.base import Holding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from greenalgo.registry.comparison.rows import Source
    from greenalgo.registry.record import Event
    from greenalgo.registry.store import Store

FORMATS = ("ndjson", "csv", "parquet")
_TYPES = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}
_ABOUT = {
    "statements.ndjson": "A JSON object a line: digest, document, and the author's file where it is kept.",
    "events.ndjson": "The log: an event a line, in order, each with its hash and that of the one before.",
    "table.csv": "A row for each statement. Text that a spreadsheet would run begins with an apostrophe.",
    "table.parquet": "A row for each statement; moments are microseconds in UTC.",
}
#: What stands before the digest in a line of statements.ndjson, what behind it, and where that begins.
_HEAD, _MIDDLE = b'{"digest":"', b'","document":'
_BEHIND = len(_HEAD) + 64
_LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}


def files_of(store: Store, forms: Sequence[str] = (), *, public: bool = False) -> dict[str, bytes]:
    """Return the files of a snapshot, by name.

    Args:
        store: The registry.
        forms: Forms of the flat table, of :data:`FORMATS`; statements and log are NDJSON always.
        public: Leave out statements whose words are kept back. While there are any, it cannot be restored.

    Raises:
        RegistryError: ``parquet`` is asked for, and pyarrow is not installed.
    """
    log, holdings = _at_one_moment(store)
    if public:
        hidden = {one.digest for one in states_of(log.events).values() if one.status in KEPT_BACK}
        holdings = [held for held in holdings if held.digest not in hidden]
    files = {
        "statements.ndjson": b"".join(map(_line, holdings)),
        "events.ndjson": b"".join(to_bytes(event) + b"\n" for event in log.events),
    }
    if set(forms) <= {"ndjson"}:
        return {**files, "manifest.json": _manifest(files, log, [])}
    # Imported here: a snapshot without a table, and restoring one, need no pandas.
    from greenalgo.registry.comparison.columns import columns
    from greenalgo.registry.comparison.parquet import to_parquet
    from greenalgo.registry.comparison.table import to_csv

    table = table_of(holdings, log)
    if "csv" in forms:
        files["table.csv"] = to_csv(table).encode()
    if "parquet" in forms:
        files["table.parquet"] = to_parquet(table)
    fields = [
        {
            "name": column.name,
            "type": column.type,
            **({"format": "any"} if column.type == "datetime" else {}),  # with microseconds
            "description": column.meaning,
        }
        for column in columns([str(name) for name in table.columns])
    ]
    return {**files, "manifest.json": _manifest(files, log, fields)}


def _at_one_moment(store: Store) -> tuple[Log, list[Holding]]:
    """Read the log, and the statements that it leads to, while others may write."""
    while True:
        log = store.log()
        holdings = list(store.holdings())
        since = store.events(len(log.events))
        if not any(event.kind == "erase" for event in since):
            break
    new = {event.digest for event in since} - {event.digest for event in log.events}
    return log, [held for held in holdings if held.digest not in new]


def table_of(holdings: Sequence[Holding], log: Log) -> pd.DataFrame:
    """Make the flat table: a row for each statement, by digest, of any status.

    Statements that have rates only, such as a provider's figure for one prompt, have a row for each.
    """
    from greenalgo.registry.comparison.gather import source_of
    from greenalgo.registry.comparison.parts import rows_of
    from greenalgo.registry.comparison.rows import Row, select
    from greenalgo.registry.comparison.table import frame_of

    factors, states = open_set(), states_of(log.events)
    documents: dict[str, str] = {}

    def sources() -> Iterator[Source]:  # by digest; one at a time, as there may be many
        for held in holdings:
            documents[held.digest] = held.body.decode()
            yield source_of(held, states)

    rows = [row for row in rows_of(sources(), factors, factors.policy()) if isinstance(row, Row)]
    frame = frame_of(select(rows, "total"))
    digests = [str(digest) for digest in frame["digest"]]
    shown = [states.get(digest, State(digest)) for digest in digests]
    published = {
        event.digest: (at, event.at)
        for at, event in reversed(list(enumerate(log.events, 1)))
        if event.kind == "publish"
    }
    return frame.assign(
        position=[published.get(digest, (0, ""))[0] for digest in digests],
        published=[published.get(digest, (0, ""))[1] for digest in digests],
        superseded_by=[state.superseded_by for state in shown],
        reason=[state.reason for state in shown],
        document=[documents[digest] for digest in digests],
    )


def digests_in(path: str) -> Iterator[str]:
    """Read which statements a file ``statements.ndjson`` has; a line that has none is passed over.

    Raises:
        OSError: It cannot be read.
    """
    with open(path, "rb") as file:
        yield from filter(None, map(_digest_of, file))


def read_snapshot(folder: str) -> tuple[list[Holding], tuple[Event, ...]]:
    """Read a snapshot and check every byte of it.

    Args:
        folder: Where it lies.

    Returns:
        Statements and events, fit for :meth:`greenalgo.registry.store.Store.restore`.

    Raises:
        CannotCheckError: There is none.
        RegistryError: A file is missing or was changed, a statement does not fit its digest, or the log
            is broken.
    """
    manifest = _read_manifest(folder)
    contents: dict[str, bytes] = {}
    for entry in manifest["resources"]:
        name = entry["path"]
        if os.path.basename(name) != name:
            raise RegistryError(f"the manifest names '{name}', which lies outside the snapshot")
        raw = _read(os.path.join(folder, name))
        if f"sha256:{hashlib.sha256(raw).hexdigest()}" != entry["hash"]:
            raise RegistryError(f"'{name}' was changed: its SHA-256 is not the manifest's")
        contents[name] = raw
    for name in ("statements.ndjson", "events.ndjson"):
        if name not in contents:
            raise RegistryError(f"the snapshot has no {name}: it cannot be restored")
    holdings = [_holding(line) for line in contents["statements.ndjson"].splitlines()]
    events = tuple(from_json(line) for line in contents["events.ndjson"].splitlines())
    log = Log(events)
    problems = log.problems()
    held, erased = {holding.digest for holding in holdings}, erased_of(events)
    accounted = held | erased
    missing = [
        Problem(event.digest, "the statement is in the log, but not in the snapshot")
        for event in events
        if event.kind == "publish" and event.digest not in accounted
    ]
    problems += missing + [
        Problem(one, "the statement was erased, and the snapshot has it") for one in held & erased
    ]
    if log.checkpoint._asdict() != manifest["checkpoint"]:
        problems.append(Problem(folder, "the log does not lead to the checkpoint of the manifest"))
    if problems:
        hint = "one that was exported with --public, or of a URL, lacks what is quarantined"
        raise RegistryError(
            f"the snapshot is broken: {problems[0].message} ({problems[0].where[:16]})",
            hint=hint if problems[0] in missing else "",
        )
    return holdings, log.events


def _line(held: Holding) -> bytes:
    """Return a statement as a line; its document is the canonical JSON, byte for byte."""
    line = _HEAD + held.digest.encode() + _MIDDLE + held.body
    if held.text:
        text = {"name": held.name, "text": held.text.decode("utf-8")}
        line += b',"file":' + json.dumps(text, ensure_ascii=True).encode()
    return line + b"}\n"


def _digest_of(line: bytes) -> str:
    """Return the digest that a line begins with; empty where it has none."""
    digest = line[len(_HEAD) : _BEHIND].decode("ascii", "replace")
    return digest if line.startswith(_HEAD) and is_digest(digest) else ""


def _holding(line: bytes) -> Holding:
    digest, start = _digest_of(line), _BEHIND + len(_MIDDLE)
    if not digest or line[_BEHIND:start] != _MIDDLE:
        raise RegistryError("a line of statements.ndjson is not as a snapshot has it")
    try:
        file = json.loads(line).get("file", {})
        name, text = (str(file[one]) for one in ("name", "text")) if file else ("", "")
    except (ValueError, RecursionError, LookupError, TypeError) as error:
        raise RegistryError("a line of statements.ndjson is not as a snapshot has it") from error
    end = line.rindex(b',"file":') if file else len(line) - 1
    body = line[start:end]
    if hashlib.sha256(body).hexdigest() != digest:
        raise RegistryError(f"the statement {digest[:12]}… of the snapshot does not fit its digest")
    return Holding(digest, body, name, text.encode())


def _manifest(files: dict[str, bytes], log: Log, fields: list[dict[str, str]]) -> bytes:
    manifest = {
        "name": "greenalgo-registry",
        "title": "Statements of the footprint of computations",
        "profile": "data-package",
        "licenses": [_LICENCE],
        "format": "greenalgo-snapshot/1",
        "tool": f"greenalgo {__version__}",
        "factor_set": {"name": open_set().name, "sha256": open_set().sha256} if fields else None,
        "last_event": log.events[-1].at if log.events else "",
        "checkpoint": log.checkpoint._asdict(),
        "resources": [_resource(name, content, fields) for name, content in files.items()],
    }
    kept = {name: value for name, value in manifest.items() if value is not None}
    return (json.dumps(kept, indent=2) + "\n").encode()


def _resource(name: str, content: bytes, fields: list[dict[str, str]]) -> dict[str, Any]:
    """Describe a file; a table with its columns."""
    form = name.rpartition(".")[2]
    resource: dict[str, Any] = {
        "name": name.replace(".", "-"),
        "path": name,
        "profile": "tabular-data-resource" if form == "csv" else "data-resource",
        "description": _ABOUT[name],
        "format": form,
        "mediatype": _TYPES[form],
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if form != "csv":
        resource["type"] = "file"  # frictionless checks size and hash, and reads no rows
    if name.startswith("table."):
        resource["schema"] = {"fields": fields, "missingValues": [""]}
    return resource


def _read_manifest(folder: str) -> dict[str, Any]:
    path = os.path.join(folder, "manifest.json")
    if not os.path.isfile(path):
        raise CannotCheckError(f"there is no snapshot in '{folder}': it has no manifest.json")
    try:
        manifest = read_json(_read(path), "manifest of a snapshot")
        if manifest["format"] != "greenalgo-snapshot/1":
            raise RegistryError(
                f"the snapshot has the format '{manifest['format']}', which is not known"
            )
        fit = isinstance(manifest["checkpoint"], dict) and all(
            isinstance(entry["path"], str) and isinstance(entry["hash"], str)
            for entry in manifest["resources"]
        )
    except (KeyError, TypeError) as error:
        raise RegistryError(f"'{path}' is no manifest of a snapshot") from error
    if not fit:
        raise RegistryError(f"'{path}' is no manifest of a snapshot")
    found: dict[str, Any] = manifest
    return found


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
