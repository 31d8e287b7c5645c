"""Snapshots: folders of files that ``greenalgo registry export`` wrote, served as they are."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from starlette.responses import FileResponse

from greenalgo.registry.service.wire.answers import json_answer
from greenalgo.registry.service.wire.asked import Query
from greenalgo.registry.service.wire.problems import RefusedError
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

#: What a snapshot may be called: its date, and more where there are several a day.
_DATE = re.compile(r"\d{4}-\d\d-\d\d[A-Za-z0-9-]{0,40}")
_FILE = re.compile(r"[a-z][a-z0-9_-]{0,60}\.(json|ndjson|csv|parquet)")
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
    if not fit or not await work(request, os.path.isfile, path):
        raise RefusedError("not-found", "there is no such file of a snapshot")
    return FileResponse(path, media_type=_TYPES[name.rpartition(".")[2]])


def _found(folder: str) -> list[dict[str, object]]:
    if not folder or not os.path.isdir(folder):
        return []
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
