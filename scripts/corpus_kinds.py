"""Count the statements of the corpus by what they are about, and draw the count.

    python scripts/corpus_kinds.py [--figure docs/images/corpus-kinds.svg]

Prints Markdown tables: by domain, phase, hardware, year of the document, what is printed, and whether it can
be recomputed. The figure has a cell for each domain and kind of hardware; what is thin is pale or empty.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

import corpus_verdicts as verdicts
from greenalgo.registry.comparison.gather import from_data
from greenalgo.registry.comparison.omissions import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: Domain -> words of the field that belong to it, or of the task where no field is given.
DOMAINS = {
    "language": (
        "language", "NLP", "document", "table understanding", "software engineering",
        "text", "token", "QA", "summarization",
    ),
    "images and video": ("vision", "image", "object"),
    "sound": ("audio",),
    "machine learning at large": ("machine learning",),
    "small devices and new chips": ("embedded", "neuromorphic"),
    "life sciences": ("bioinformatics", "biology", "medical", "neuroscience"),
    "weather and climate": ("weather", "climate"),
    "physics and astronomy": ("physics", "astronomy"),
    "chemistry and materials": ("chemistry", "materials"),
    "supercomputing": ("high-performance",),
    "hardware and its making": ("life-cycle",),
}  # fmt: skip
HARDWARE = {"gpu": "GPU", "accelerator": "TPU, ASIC", "cpu": "CPU", "node": "whole server"}
UNKNOWN = "not said"
#: What is printed -> the beginnings of the fields that print it.
PRINTED = {"energy": ("energy_",), "CO2e": ("co2e_",), "water": ("water_",)}


class Kind(NamedTuple):
    """What one statement is."""

    domain: str
    phase: str
    hardware: str
    year: str
    prints: tuple[str, ...]
    level: str
    status: str
    document: str


def domain_of(field: str) -> str:
    """Return the domain of a field of research, or of a task."""
    # The special before the general: "embedded machine learning" is about devices.
    for domain in sorted(DOMAINS, key=lambda name: name == "machine learning at large"):
        if any(word in field for word in DOMAINS[domain]):
            return domain
    return UNKNOWN


def hardware_of(document: dict[str, Any], kind: str) -> str:
    """Return the class of hardware: what stands at the edge first, else the kind of component."""
    places = [run.get("location", {}).get("facility") for run in document["runs"]]
    return "edge device" if "edge" in places else HARDWARE.get(kind, UNKNOWN)


def prints_of(reported: dict[str, Any]) -> tuple[str, ...]:
    """Return what the figures are of; relative claims count where nothing else is printed."""
    blocks = [
        reported,
        *reported.get("runs", {}).values(),
        *reported.get("per_functional_unit", ()),
    ]
    keys = {key for block in blocks for key in block}
    found = [
        what for what, beginnings in PRINTED.items() if any(k.startswith(beginnings) for k in keys)
    ]
    if "claims" in reported and not found:
        found = ["a ratio alone"]
    return tuple(found) or ("nothing of these",)


def kinds() -> list[Kind]:
    """Read the corpus."""
    bibliography = (verdicts.STATEMENTS / "corpus.bib").read_text("utf-8")
    years = dict(
        re.findall(r"@\w+\{([^,]+),(?:(?!\n@).)*?\n  year = \{(\d+)\}", bibliography, re.DOTALL)
    )
    found = []
    for name, lines in sorted(verdicts.expectations().items()):
        path = verdicts.STATEMENTS / f"{name}.yaml"
        document = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        facts = facts_of(from_data(document, str(path)))
        cited, subject = document["provenance"]["citation"], document["subject"]
        verdict = verdicts.judge(name, lines)
        found.append(
            Kind(
                domain_of(subject.get("field") or subject.get("task", "")),
                facts["phase"].replace("_", "-"),
                hardware_of(document, facts["hardware"]),
                years[cited],
                prints_of(document["reported"]),
                verdict.level or "none",
                verdict.status.removesuffix(verdicts.IMPUTED),
                cited,
            )
        )
    return found


def by_size(counted: Counter[str]) -> list[str]:
    """Return the names, the largest count first, what is not said last."""
    return sorted(counted, key=lambda name: (name == UNKNOWN, -counted[name]))


def table(title: str, counted: Counter[str], order: Iterable[str] = ()) -> list[str]:
    """Return a Markdown table, by size or in the order given."""
    names = list(order) or by_size(counted)
    rows = [f"| {name} | {counted[name]} |" for name in names if counted[name]]
    return ["", f"| {title} | statements |", "|---|---:|", *rows]


def to_text(found: list[Kind]) -> str:
    """Return the tables."""
    documents = Counter(kind.document for kind in found)
    most, many = documents.most_common(1)[0]
    lines = [
        f"{len(found)} statements of {len(documents)} documents; {many} of them are of one, `{most}`."
    ]

    def by(of: Callable[[Kind], str]) -> Counter[str]:
        return Counter(map(of, found))

    lines += table("domain", by(lambda kind: kind.domain))
    lines += table("phase", by(lambda kind: kind.phase))
    lines += table("hardware", by(lambda kind: kind.hardware))
    lines += table(
        "year of the document", by(lambda kind: kind.year), sorted({k.year for k in found})
    )
    lines += table("prints", Counter(what for kind in found for what in kind.prints))
    lines += table("level", by(lambda kind: kind.level), ("L1", "L0", "none"))
    lines += table("the printed figures", by(lambda kind: kind.status))
    return "\n".join(lines) + "\n"


def draw(found: list[Kind], path: Path) -> None:
    """Draw a cell for each domain and kind of hardware, with its count."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update({"svg.hashsalt": "greenalgo", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot as plt
    from matplotlib.colors import LogNorm

    cells = Counter((kind.domain, kind.hardware) for kind in found)
    rows = by_size(Counter(kind.domain for kind in found))
    columns = by_size(Counter(kind.hardware for kind in found))
    counts = [[cells[row, column] or float("nan") for column in columns] for row in rows]
    figure, axes = plt.subplots(figsize=(7, 3.9))
    most = max(cells.values())
    axes.imshow(counts, cmap="Blues", norm=LogNorm(0.7, 1.6 * most), aspect="auto")
    for y, row in enumerate(rows):
        for x, column in enumerate(columns):
            count = cells[row, column]
            colour = "white" if count > most / 8 else "black"
            axes.text(x, y, str(count or ""), ha="center", va="center", color=colour)
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.set_xticks([x - 0.5 for x in range(1, len(columns))], minor=True)
    axes.set_yticks([y - 0.5 for y in range(1, len(rows))], minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="both", length=0)
    axes.xaxis.tick_top()
    axes.spines[:].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    text = path.read_text("utf-8")
    path.write_text("".join(f"{line.rstrip()}\n" for line in text.splitlines()), "utf-8")


def main(arguments: list[str]) -> int:
    """Print the tables; draw the figure where one is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--figure", type=Path, help="an SVG file to write")
    options = parser.parse_args(arguments)
    found = kinds()
    print(to_text(found), end="")
    if options.figure:
        draw(found, options.figure)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
