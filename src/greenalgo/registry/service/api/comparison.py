"""Comparisons, and what statements have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.registry.catalogue import read_query
from greenalgo.registry.catalogue.query import FIELDS
from greenalgo.registry.comparison import formats
from greenalgo.registry.comparison.key import METRICS, PER
from greenalgo.registry.comparison.parquet import to_parquet
from greenalgo.registry.record import is_digest
from greenalgo.registry.service.wire.answers import json_answer, tag_of, tagged
from greenalgo.registry.service.wire.asked import Query
from greenalgo.registry.service.wire.problems import RefusedError, answerable
from greenalgo.registry.service.wire.work import work
from greenalgo.registry.statistics import to_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.comparison.compare import Comparison
    from greenalgo.registry.service.library import Library

#: The most rows of a comparison, and the most statements that one names.
MOST_ROWS, MOST_NAMED = 5000, 100
_FILTERS = ("q", *FIELDS, "year", "year_from", "year_to", "status", "as_of")
#: Name of a form -> media type, and what writes it.
_FORMS: dict[str, tuple[str, Callable[[Comparison], str | bytes]]] = {
    "json": ("application/json", formats.to_json),
    "csv": ("text/csv; charset=utf-8", formats.to_comparison_csv),
    "markdown": ("text/markdown; charset=utf-8", formats.to_markdown),
    "latex": ("application/x-tex; charset=utf-8", formats.to_latex),
    "parquet": ("application/vnd.apache.parquet", lambda found: to_parquet(found.frame)),
}


async def compare(request: Request) -> Response:
    """Compare statements: those that ``digests`` names, or those that filters find."""
    query = Query(request, ("digests", "metric", "per", "runs", "format", *_FILTERS), most=7000)
    metric = query.word("metric", METRICS, "co2e")
    per = query.word("per", PER, "total")
    by_run = query.flag("runs")
    media, write = _FORMS[query.word("format", tuple(_FORMS), "json")]
    named = _named(query.text("digests"))
    filters = read_query(query.chosen(_FILTERS).items())
    library: Library = request.app.state.library

    def make() -> Response:
        if named:
            found, _ = library.compare(
                named, metric=metric, per=per, by_run=by_run, as_of=filters.as_of
            )
        else:
            found = library.compare_all(
                filters, metric=metric, per=per, by_run=by_run, most=MOST_ROWS
            )
        written = write(found)
        content = written.encode() if isinstance(written, str) else written
        return tagged(request, content, tag_of(content), media)

    with answerable():
        return await work(request, make)


async def statistics(request: Request) -> Response:
    """Return levels, what statements leave out, and families."""
    as_of = read_query(Query(request, ("as_of",)).pairs()).as_of
    library: Library = request.app.state.library
    return json_answer(request, to_record(await work(request, library.statistics, as_of)))


def _named(text: str) -> tuple[str, ...]:
    """Return the digests of a list with commas.

    Raises:
        RefusedError: One is none, or there are too many.
    """
    digests = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if len(digests) > MOST_NAMED:
        raise RefusedError(
            "malformed", f"{len(digests)} statements are named", hint=f"name at most {MOST_NAMED}"
        )
    for digest in digests:
        if not is_digest(digest):
            raise RefusedError(
                "malformed", f"'{digest[:80]}' is no digest", hint="give its 64 hexadecimal digits"
            )
    return digests
