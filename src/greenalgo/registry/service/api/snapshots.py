"""Snapshots: folders of files that ``greenalgo registry export`` wrote, served as they are.

A file that has the words of a statement which was quarantined or erased, before or since, is not served.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, Response

from greenalgo.errors import CannotCheckError
from greenalgo.registry.service.wire.answers import is_known, json_answer
from greenalgo.registry.service.wire.asked import Query
from greenalgo.registry.service.wire.problems import RefusedError
from greenalgo.registry.service.wire.work import work
from greenalgo.registry.snapshot import digests_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from greenalgo.registry.service.library import Library

#: What a snapshot may be called: its date, and more where there are several a day.
_DATE = re.compile(r"\d{4}-\d\d-\d\d[A-Za-z0-9-]{0,40}")
_FILE = re.compile(r"[a-z][a-z0-9_-]{0,60}\.(json|ndjson|csv|parquet)")
#: What a snapshot has without the words of statements.
_WORDLESS = frozenset({"manifest.json", "events.ndjson"})
_TYPES = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}


async def index(request: Request) -> Response:
    """Return the snapshots, the newest first, each with its files."""
    Query(request)
    found = await work(request, _found, request.app.state.desk.settings.snapshots)
    return json_answer(request, {"snapshots": found})


async def file(request: Request) -> Response:
    """Return a file of a snapshot."""
    Query(request)
    folder = request.app.state.desk.settings.snapshots
    date, name = request.path_params["date"], request.path_params["file"]
    path = os.path.join(folder, date, name)
    fit = folder and _DATE.fullmatch(date) and _FILE.fullmatch(name)
    found = await work(request, _readable, path) if fit else None
    if found is None:
        raise RefusedError("not-found", "there is no such file of a snapshot")
    library: Library = request.app.state.library
    if name not in _WORDLESS and not await work(request, _is_public, path, library):
        raise RefusedError(
            "forbidden",
            f"the snapshot {date} has the words of a statement that is quarantined or erased by now",
            hint="whoever runs the registry can make one without them: greenalgo registry export --public",
        )
    # What is kept back later must not be in caches: they ask each time.
    answer = FileResponse(
        path,
        headers={"Cache-Control": "no-cache"},
        media_type=_TYPES[name.rpartition(".")[2]],
        stat_result=found,
    )
    if is_known(request, answer.headers["etag"]):
        kept = ("etag", "last-modified", "cache-control")
        return Response(None, 304, {header: answer.headers[header] for header in kept})
    return answer


def _is_public(path: str, library: Library) -> bool:
    """Say whether a snapshot has no words that are kept back now; its statements.ndjson tells."""
    kept_back = library.kept_back()
    if not kept_back:
        return True
    statements = os.path.join(os.path.dirname(path), "statements.ndjson")
    found = _readable(statements)
    return found is not None and _has_none_of(
        kept_back, statements, found.st_mtime_ns, found.st_size
    )


def _readable(path: str) -> os.stat_result | None:
    """Return time and size of a file; None where there is none.

    Raises:
        CannotCheckError: It cannot be read; says why.
    """
    if not os.path.isfile(path):
        return None
    with _reading(), open(path, "rb") as file:
        return os.fstat(file.fileno())


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotCheckError(f"{error.filename!r} cannot be read: {error.strerror}") from error


@lru_cache(64)
def _has_none_of(digests: frozenset[str], path: str, _changed_at: int, _size: int) -> bool:
    return digests.isdisjoint(digests_in(path))


def _found(folder: str) -> list[dict[str, object]]:
    if not folder or not os.path.isdir(folder):
        return []
    with _reading():
        return [
            {"date": date, "files": files}
            for date in sorted(os.listdir(folder), reverse=True)
            if _DATE.fullmatch(date) and (files := _files(os.path.join(folder, date)))
        ]


def _files(folder: str) -> list[str]:
    """Return the files of a snapshot; none where it is not finished, as the manifest comes last."""
    if not os.path.isfile(os.path.join(folder, "manifest.json")):
        return []
    return sorted(name for name in os.listdir(folder) if _FILE.fullmatch(name))
