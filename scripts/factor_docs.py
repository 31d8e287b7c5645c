"""Write what follows from the tables into docs/reference/factors: the marked blocks, and the plots.

python scripts/factor_docs.py
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from greenalgo.factors import FactorSet, open_set

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGES = Path(__file__).parents[1] / "docs" / "reference" / "factors"
Row = dict[str, str]


def markdown(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    columns = list(header)
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def blocks(factors: FactorSet) -> dict[str, str]:
    """Return the text of every marked block."""
    ci, devices = list(factors.rows("carbon-intensity")), list(factors.rows("processors"))
    sources = {row["id"]: row for row in factors.rows("sources")}
    return {
        "tables": tables(factors),
        "carbon-sources": carbon(ci, sources),
        "processor-grades": grades(devices),
        "processor-sources": by_source(devices, sources),
        "facility-counts": facilities(factors),
        "constants": values(factors, "constants"),
        "equivalents": values(factors, "equivalents"),
        "place-counts": place_counts(factors),
        "policies": policies(factors),
        "sources": source_list(sources),
    }


def tables(factors: FactorSet) -> str:
    """Return the list of tables with their rows."""
    pages = {
        "carbon-intensity": "carbon-intensity.md", "processors": "processors.md", "pue": "facilities.md",
        "wue": "facilities.md", "sources": "release.md",
    }  # fmt: skip
    entries = factors.manifest["tables"]
    rows = (
        (f"[`{name}`]({pages.get(name, 'other-tables.md')})", f"{entry['rows']:,}")
        for name, entry in entries.items()
    )
    return f"Set **{factors.name}**, SHA-256 `{factors.sha256[:16]}…`:\n\n" + markdown(
        ("Table", "Rows"), rows
    )


def carbon(rows: list[Row], sources: dict[str, Row]) -> str:
    """Return coverage and sources of carbon intensity."""
    real = [
        row for row in rows
        if row["status"] not in ("proxy", "alternate") and not row["note"].startswith("Derived")
    ]  # fmt: skip
    years: dict[str, set[str]] = {}
    for row in real:
        years.setdefault(row["location"], set()).add(row["year"])
    counts = (
        f"{len(years)} places with {sum(map(len, years.values())):,} place-years from sources, "
        f"{sum(len(found) >= 20 for found in years.values())} places with twenty years or more; beside them "
        f"{sum(row['note'].startswith('Derived') for row in rows):,} derived and "
        f"{sum(row['status'] == 'proxy' for row in rows):,} proxy rows."
    )
    table: dict[str, list[Row]] = {}
    for row in real:
        table.setdefault(row["source"], []).append(row)
    lines = []
    for key, found in sorted(table.items(), key=lambda item: -len(item[1])):
        span = f"{min(row['year'] for row in found)} to {max(row['year'] for row in found)}"
        boundary = ", ".join(sorted({row["boundary"] for row in found}))
        lines.append(
            (
                f"`{key}`",
                sources[key]["name"].translate(_BRACES),
                len(found),
                span,
                boundary,
                found[0]["licence"],
            )
        )
    return (
        counts + "\n\n" + markdown(("Key", "Source", "Rows", "Years", "Boundary", "Licence"), lines)
    )


_BRACES = str.maketrans("", "", "{}")


def grades(rows: list[Row]) -> str:
    """Return how many processors have which grade."""
    count = Counter((row["kind"] == "cpu", row["grade"]) for row in rows)
    return markdown(
        ("", "A", "B", "C"),
        (
            (word, *(count[is_cpu, grade] for grade in "ABC"))
            for word, is_cpu in (("CPUs", True), ("GPUs and other accelerators", False))
        ),
    )


def by_source(rows: list[Row], sources: dict[str, Row]) -> str:
    """Return the sources of a table with their rows."""
    count = Counter(row["source"] for row in rows)
    return markdown(
        ("Key", "Source", "Rows", "Licence"),
        (
            (f"`{key}`", sources[key]["name"].translate(_BRACES), number, sources[key]["licence"])
            for key, number in count.most_common()
        ),
    )


def facilities(factors: FactorSet) -> str:
    """Return rows by provider and kind."""
    count = Counter((row["provider"], row["kind"]) for row in factors.rows("pue"))
    return markdown(
        ("Provider", "Kind", "Rows of PUE"), ((*key, count[key]) for key in sorted(count))
    )


def values(factors: FactorSet, table: str) -> str:
    """Return a small table in full."""
    return markdown(
        ("Id", "What", "Value", "Interval", "Source"),
        (
            (f"`{row['id']}`", row["name"], f"{row['value']} {row['unit']}".removesuffix(" 1"),
             f"{row['lower']} to {row['upper']}", f"`{row['source']}`")
            for row in factors.rows(table)
        ),
    )  # fmt: skip


def place_counts(factors: FactorSet) -> str:
    """Return how many places there are of which level, and cloud regions by provider."""
    levels = Counter(row["level"] for row in factors.rows("locations"))
    regions = Counter(row["provider"] for row in factors.rows("cloud-regions"))
    rows = [
        *sorted(levels.items()),
        *((f"cloud regions of {name}", count) for name, count in sorted(regions.items())),
    ]
    return markdown(("Level", "Places"), rows)


def policies(factors: FactorSet) -> str:
    """Return the values of all policies side by side."""
    found = [factors.policy(name) for name in factors.manifest["policies"]]
    keys = sorted({key for policy in found for key in policy.values})
    rows: list[tuple[object, ...]] = []
    for key in keys:
        cells = (
            f"{policy.values[key].value:g}" if key in policy.values else "-" for policy in found
        )
        rows.append((f"`{key}`", *cells))
    rows.append(("PUE from", *(", ".join(policy.pue_order) for policy in found)))
    rows.append(("own processors", *(len(policy.processors) or "-" for policy in found)))
    rows.append(("cites", *(", ".join(f"`{key}`" for key in policy.cites) for policy in found)))
    return markdown(("", *(f"`{policy.id}`" for policy in found)), rows)


def source_list(sources: dict[str, Row]) -> str:
    """Return all sources."""
    return markdown(
        ("Key", "Source", "Licence", "Status", "By way of"),
        (
            (
                f"`{key}`",
                row["name"].translate(_BRACES),
                row["licence"],
                row["status"],
                row["carrier"] or "-",
            )
            for key, row in sorted(sources.items())
        ),
    )


def fill(page: str, texts: dict[str, str]) -> str:
    """Return a page with its marked blocks filled."""

    def block(match: re.Match[str]) -> str:
        name = match.group(1)
        return f"<!-- begin: {name} -->\n\n{texts[name]}\n\n<!-- end: {name} -->"

    return re.sub(r"<!-- begin: ([a-z-]+) -->.*?<!-- end: \1 -->", block, page, flags=re.DOTALL)


def plots(factors: FactorSet) -> None:
    """Draw the plots."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update(
        {"svg.hashsalt": "greenalgo", "svg.fonttype": "none", "font.size": 9, "axes.spines.top": False,
         "axes.spines.right": False, "axes.grid": True, "grid.color": "#e5e5e5", "axes.axisbelow": True}
    )  # fmt: skip
    _intensity_by_year(list(factors.rows("carbon-intensity")))
    _boundaries(factors)
    _power_by_year(list(factors.rows("processors")))
    _pue(list(factors.rows("pue")))


def _save(figure: object, name: str) -> None:
    from matplotlib import pyplot as plt

    figure.tight_layout()  # type: ignore[attr-defined]
    figure.savefig(PAGES / name, dpi=110, metadata={"Date": None})  # type: ignore[attr-defined]
    plt.close("all")
    path = PAGES / name
    path.write_text("".join(f"{line.rstrip()}\n" for line in path.read_text().splitlines()))


_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#7f7f7f")


def _intensity_by_year(rows: list[Row]) -> None:
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 3.8))
    places = ("IND", "ZAF", "CHN", "USA", "DEU", "GBR", "FRA", "SWE")
    for place, colour in zip(places, _COLOURS, strict=True):
        series = sorted(
            (int(row["year"]), *(float(row[key]) for key in ("value", "lower", "upper")))
            for row in rows if row["id"].startswith(f"ci:{place}:lifecycle:")
        )  # fmt: skip
        years, value, lower, upper = zip(*series, strict=True)
        axes.plot(years, value, color=colour, linewidth=1.4)
        axes.fill_between(years, lower, upper, color=colour, alpha=0.12, linewidth=0)
        shift = {"FRA": 2, "SWE": -9, "ZAF": 2, "IND": -7}.get(place, -3)
        axes.annotate(
            place,
            (years[-1], value[-1]),
            xytext=(4, shift),
            textcoords="offset points",
            color=colour,
        )
    axes.set(
        ylabel="g CO$_2$e/kWh, life-cycle", ylim=(0, None), xlabel="year (the last is provisional)"
    )
    _save(figure, "intensity-by-year.svg")


def _boundaries(factors: FactorSet) -> None:
    from matplotlib import pyplot as plt

    places = (
        "CA-QC",
        "CA-ON",
        "US-WA",
        "US-NY",
        "US-CA",
        "GBR",
        "US-TX",
        "CN-YN",
        "AU-NSW",
        "IND",
        "CN-SX",
        "US-WV",
    )
    figure, axes = plt.subplots(figsize=(7, 3.8))
    for position, place in enumerate(places):
        country = place if len(place) == 3 else None
        region = None if country else place
        for boundary, colour in (("direct", "#d55e00"), ("lifecycle", "#0072b2")):
            found = factors.carbon_intensity(country, region, boundary=boundary)
            axes.errorbar(
                found.value, position + (0.15 if boundary == "direct" else -0.15),
                xerr=[[found.value - found.lower], [found.upper - found.value]], color=colour, fmt="o", markersize=4,
                linewidth=1, label=boundary if position == 0 else None,
            )  # fmt: skip
    axes.set_yticks(range(len(places)), places)
    axes.set(xlabel="g CO$_2$e/kWh, latest complete year", xlim=(0, None))
    axes.legend(frameon=False, loc="lower right")
    _save(figure, "boundaries.svg")


def _power_by_year(rows: list[Row]) -> None:
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 3.8))
    groups = (
        ("desktop and mobile CPUs", "#bbbbbb"),
        ("server CPUs", "#0072b2"),
        ("GPUs and accelerators", "#d55e00"),
    )
    for column, (label, colour) in enumerate(groups):
        points = [
            (int(row["year"]), float(row["power_w"])) for row in rows
            if row["year"] and row["grade"] in "AB" and row["power_kind"] in ("tdp", "board") and _group(row) == label
        ]  # fmt: skip
        points = [point for point in points if point[0] >= 2005 and 10 <= point[1] <= 2000]
        x = [year + 0.22 * (column - 1) for year, _ in points]
        y = [watts for _, watts in points]
        axes.scatter(x, y, s=9, alpha=0.5, color=colour, label=label, linewidths=0, rasterized=True)
    axes.set(yscale="log", xlabel="year of release", ylabel="rated power in W")
    axes.set_xticks(range(2010, 2027, 5))
    axes.set_yticks([10, 30, 100, 300, 1000], ["10", "30", "100", "300", "1000"])
    axes.legend(frameon=False, loc="upper left")
    _save(figure, "power-by-year.svg")


def _group(row: Row) -> str:
    if row["kind"] != "cpu":
        return "GPUs and accelerators"
    server = any(
        word in row["name"] for word in ("Xeon", "EPYC", "Opteron", "Graviton", "Altra", "Grace")
    )
    return "server CPUs" if server else "desktop and mobile CPUs"


def _pue(rows: list[Row]) -> None:
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 2.8))
    world = sorted(
        (int(row["year"]), float(row["value"]))
        for row in rows
        if row["provider"] == "world-average"
    )
    providers = ("gcp", "aws", "azure", "oracle")
    for position, provider in enumerate(providers):
        found = [row for row in rows if row["provider"] == provider]
        last = max(row["year"] for row in found)
        for kind, marker, colour in (
            ("measured", "o", "#0072b2"),
            ("fleet", "D", "#d55e00"),
            ("regional-average", "|", "#7f7f7f"),
        ):
            values = [
                float(row["value"]) for row in found if row["kind"] == kind and row["year"] == last
            ]
            axes.plot(
                values, [position] * len(values), marker, color=colour, alpha=0.7,
                markersize=5 if kind != "regional-average" else 10, label=kind if position == 1 else None,
            )  # fmt: skip
    axes.axvline(world[-1][1], color="#000000", linewidth=1, linestyle="--")
    axes.annotate(
        f"world {world[-1][0]}: {world[-1][1]}",
        (world[-1][1], 2.6),
        xytext=(-86, 0),
        textcoords="offset points",
    )
    axes.set_yticks(range(len(providers)), providers)
    axes.set(xlabel="PUE of the provider's latest year", ylim=(-0.6, 3.6), xlim=(1, None))
    axes.legend(frameon=False, loc="lower right")
    _save(figure, "pue-by-provider.svg")


def main() -> None:
    """Write pages and plots."""
    factors = open_set()
    texts = blocks(factors)
    for path in sorted(PAGES.glob("*.md")):
        path.write_text(fill(path.read_text(encoding="utf-8"), texts), encoding="utf-8")
    plots(factors)


if __name__ == "__main__":
    main()
