"""From a statement to an appendix in one process, with and without the figure, and up to 1,000 runs.

Prints seconds for each, and the ratio to the f-string loop that writes the same table rows and no more: what
the templates, the escaping and the rounding cost.

Targets: an appendix with its figure under 1 s, without under 0.3 s (imports not counted); 1,000 runs under 20
times the time of 10.
"""

from __future__ import annotations

import copy
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenalgo import api
from greenalgo.factors import open_set
from greenalgo.render import figures
from greenalgo.render.bundle import Options, render_paper, render_text
from greenalgo.render.context import view
from greenalgo.render.styles import style

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
STATEMENT = ROOT / "registry" / "statements" / "luccioni2022-bloom-final-training.yaml"
ROUNDS = 5
WITH_FIGURE, WITHOUT_FIGURE = 1.0, 0.3
FEW, MANY, GROWTH = 10, 1000, 20


def main() -> int:
    """Measure; return 1 when a target is missed."""
    filled = api.fill_document(api.load(str(STATEMENT)))
    rows = filled["results"].get("factors", ())
    keys = {row["source"] for row in rows if row.get("source")}
    options = Options(
        sources=open_set(filled["results"]["factor_set"]).bibtex(keys) if keys else ""
    )
    missed = False
    small = 0.0
    print(f"{'runs':>6} {'text, s':>9} {'figure, s':>10} {'all, s':>8} {'text / f-strings':>17}")
    for count in (1, 10, 100, 1000):
        many = multiplied(filled, count)
        text = median(lambda many=many: render_text(many, "", options))  # type: ignore[misc]
        seen = view(many, "")
        drawn = median(lambda seen=seen: figures.breakdown(seen, style("article")))  # type: ignore[misc]
        both = median(lambda many=many: render_paper(many, "", options))  # type: ignore[misc]
        bare = median(lambda many=many: loop(many))  # type: ignore[misc]
        print(f"{count:>6} {text:>9.4f} {drawn:>10.4f} {both:>8.4f} {text / bare:>17.0f}")
        if count == 1:
            missed |= text > WITHOUT_FIGURE or both > WITH_FIGURE
        small = text if count == FEW else small
        missed |= count == MANY and text > GROWTH * small
    print("a target is missed" if missed else "all targets met")
    return int(missed)


def multiplied(filled: dict[str, Any], count: int) -> dict[str, Any]:
    """Return the statement with its run repeated."""
    many = copy.deepcopy(filled)
    run = many["runs"][0]
    result = many["results"]["runs"][run["id"]]
    many["runs"] = [{**run, "id": f"run-{at}"} for at in range(count)]
    many["results"]["runs"] = {f"run-{at}": result for at in range(count)}
    return many


def loop(filled: dict[str, Any]) -> str:
    """Write the table's rows with f-strings: no escaping, no rounding by an interval, no layout."""
    runs = filled["results"]["runs"]
    return "\n".join(
        f"{run['id']} & {runs[run['id']]['energy_facility_kwh']['value']:.1f} & "
        f"{runs[run['id']]['co2e_operational_kg']['value']:.1f} \\\\"
        for run in filled["runs"]
    )


def median(call: Callable[[], object]) -> float:
    """Return the median time of a call in seconds, after one that fills the caches."""
    call()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
