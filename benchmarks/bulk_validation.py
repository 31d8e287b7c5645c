"""Many statements at once: ``greenalgo validate`` beside parsing alone, jsonschema-rs and other tools.

    python benchmarks/bulk_validation.py [--files 1000] [--rounds 7] [--peers]

Three sets of files are written from the curated corpus:

* "2.4 KB": the valid statements whose size is nearest to 2.4 KB, each copy with a title of its own;
* "corpus": copies of the whole corpus, some as they are, some renamed, some with one number changed, so that
  they have findings;
* four times as many of the latter, in two halves.

In one process our check and the parser alone (the same one, ``parse_fast``, and reading the file) take turns; so
do schema and rules on documents that are parsed already, and jsonschema-rs with the schema alone. The whole
command runs beside check-jsonschema and ajv-cli, which hold the same files against our schema: in one process,
and as people call it, with a process for each processor. It runs beside Impact Framework, which computes as many
inputs as we check lines. With two processes it runs beside one, and beside two commands at once, each on one
half: what they gain is what the machine has to give at the moment.

``make bench`` measures the compiled wheel; called by hand, this measures the checkout.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from greenalgo.cli.checking.targets import CHUNK, Chunk
from greenalgo.cli.checking.work import check_chunk
from greenalgo.glance import statement
from greenalgo.sources import parse_fast
from greenalgo.validate.engine import check_bytes
from greenalgo.validate.engine import judge as judge_document
from side_by_side import Target, judge, measure, print_times, ratio
from side_by_side.peers import install, write_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Steps = dict[str, Callable[[], object]]

ROOT = Path(__file__).resolve().parent.parent
STATEMENTS = ROOT / "registry" / "statements"
SCHEMA = ROOT / "schema" / "statement" / "1.0" / "statement.schema.json"
TOOLS = Path(sys.executable).parent
SIZE = 2400
#: So many different statements are copied, those nearest to :data:`SIZE`.
NEAREST = 14
#: Lines of NDJSON that are checked, and inputs that Impact Framework computes.
LINES = 10_000
TARGETS = (
    Target("2.4 KB: check / parse alone", "2.4 KB: check", "2.4 KB: parse", 1.5),
    Target("corpus, valid: check / parse alone", "corpus, valid: check", "corpus, valid: parse", 1.5),
    Target("check-jsonschema / ours, 1 process", "2.4 KB: check-jsonschema", "2.4 KB: command", 30.0, at_most=False),
    Target("check-jsonschema / ours, as called", "2.4 KB: check-jsonschema", "2.4 KB: as called", 30.0, at_most=False),
    Target("parsed: schema and rules / jsonschema-rs", "parsed: schema and rules", "parsed: jsonschema-rs", 3.0),
    Target("if-run / ours, 10,000 each", "if-run, 10,000 inputs", "NDJSON, 10,000 lines", 1.0, at_most=False),
    Target("two commands / 2 processes", "x 4: two commands", "x 4: 2 processes", 0.85, at_most=False),
)  # fmt: skip
TWO = Target("1 process / 2 processes", "x 4: 1 process", "x 4: 2 processes", 1.7, at_most=False)


def corpus() -> list[str]:
    return [path.read_text("utf-8") for path in sorted(STATEMENTS.glob("*.yaml"))]


def renamed(text: str, number: int) -> str:
    return re.sub(r"(?m)^title: .*(\n .*)*", f"title: Copy number {number}", text)


def of_one_size(number: int) -> Iterator[str]:
    """Yield valid statements of about 2.4 KB."""
    texts = sorted(corpus(), key=lambda text: abs(len(text.encode()) - SIZE))
    valid = (text for text in texts if not check_bytes(text.encode(), "a.yaml").findings)
    nearest = list(islice(valid, NEAREST))
    yield from (renamed(text, at) for at, text in enumerate(islice(cycle(nearest), number)))


def of_every_kind(number: int) -> Iterator[str]:
    """Yield copies of the corpus: every third as it is, every third renamed, every third changed."""
    for at, text in enumerate(islice(cycle(corpus()), number)):
        if at % 3 == 1:
            yield renamed(text, at)
        elif at % 3 == 2:
            yield re.sub(r"(device_hours: )(\d)", r"\g<1>7\2", text, count=1)
        else:
            yield text


def write(folder: Path, texts: Iterable[str]) -> list[str]:
    folder.mkdir(parents=True)
    paths = []
    for at, text in enumerate(texts):
        path = folder / f"{at:05}.yaml"
        path.write_text(text, encoding="utf-8")
        paths.append(str(path))
    return paths


def described(name: str, paths: list[str]) -> list[str]:
    """Print what a set of files is, and return those of them without a finding."""
    valid = [path for path in paths if not check_bytes(Path(path).read_bytes(), path).findings]
    size = statistics.mean(os.path.getsize(path) for path in paths)
    print(
        f"{name}: {len(paths)} files of {size:,.0f} bytes, {len(valid)} of them without a finding"
    )
    return valid


def parse_all(paths: list[str]) -> None:
    for path in paths:
        with open(path, "rb") as file:
            parse_fast(file.read(), path)


def check_all(paths: list[str]) -> None:
    for start in range(0, len(paths), CHUNK):
        check_chunk(Chunk(tuple(paths[start : start + CHUNK])))


def accept_all(is_valid: Callable[[Any], bool], documents: list[Any]) -> None:
    if not all(map(is_valid, documents)):
        raise SystemExit("failed: a document of the benchmark is not valid")


def has_no_finding(document: Any) -> bool:
    return not judge_document(document).findings


def run(*commands: list[str]) -> None:
    """Run commands at once; one that fails ends the benchmark, and findings are no failure."""
    begun = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    for process, command in zip(begun, commands, strict=True):
        if process.wait() not in (0, 1):
            raise SystemExit(f"failed: {' '.join(command[:4])}")


def in_one_process(same: list[str], valid: list[str], documents: list[Any]) -> Steps:
    schema = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text("utf-8")))
    return {
        "2.4 KB: parse": lambda: parse_all(same),
        "2.4 KB: check": lambda: check_all(same),
        "corpus, valid: parse": lambda: parse_all(valid),
        "corpus, valid: check": lambda: check_all(valid),
        "parsed: jsonschema-rs": lambda: accept_all(schema.is_valid, documents),
        "parsed: schema and rules": lambda: accept_all(has_no_finding, documents),
    }


def whole_commands(folder: Path, documents: list[Any], peers: dict[str, str]) -> Steps:
    """Return the commands on the files below a folder."""
    ours = [str(TOOLS / "greenalgo"), "validate", "--jobs"]
    same, lines, manifest = folder / "same", folder / "many.ndjson", folder / "manifest.yml"
    one, other = folder / "many" / "one", folder / "many" / "other"
    rows = (json.dumps(document) + "\n" for document in islice(cycle(documents), LINES))
    lines.write_text("".join(rows), "utf-8")
    peer = [str(TOOLS / "check-jsonschema"), "--schemafile", str(SCHEMA)]
    commands: dict[str, tuple[list[str], ...]] = {
        "2.4 KB: command": ([*ours, "1", str(same)],),
        "2.4 KB: as called": ([*ours[:2], str(same)],),
        "corpus: command": ([*ours, "1", str(folder / "corpus")],),
        "NDJSON, 10,000 lines": ([*ours, "1", str(lines)],),
        "x 4: 1 process": ([*ours, "1", str(one.parent)],),
        "x 4: 2 processes": ([*ours, "2", str(one.parent)],),
        "x 4: two commands": ([*ours, "1", str(one)], [*ours, "1", str(other)]),
        "2.4 KB: check-jsonschema": ([*peer, *map(str, sorted(same.iterdir()))],),
    }
    if peers:
        write_manifest(manifest, LINES)
        ajv = [peers["ajv"], "validate", "--spec=draft2020", "-s", str(SCHEMA), "-d"]
        commands["2.4 KB: ajv-cli"] = ([*ajv, f"{same}/*.yaml"],)
        commands["if-run, 10,000 inputs"] = ([peers["if-run"], "-m", str(manifest)],)
    return {name: partial(run, *those) for name, those in commands.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peers", action="store_true", help="install ajv-cli and if-run with npm")
    options = parser.parse_args()
    compileall.compile_dir(ROOT / "src", quiet=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peers = install(folder / "peers", wanted=options.peers)
        same = write(folder / "same", of_one_size(options.files))
        paths = write(folder / "corpus", of_every_kind(options.files))
        for half in ("one", "other"):
            write(folder / "many" / half, of_every_kind(2 * options.files))
        described("2.4 KB", same)
        valid = described("corpus", paths)
        documents = [parse_fast(Path(path).read_bytes(), path) for path in same]
        steps = in_one_process(same, valid, documents) | whole_commands(folder, documents, peers)
        times = measure(
            steps, options.rounds, rare=("2.4 KB: check-jsonschema", "if-run, 10,000 inputs")
        )
    way = "Python" if statement.__file__.endswith(".py") else "compiled"
    print(f"{os.cpu_count()} processors; {options.rounds} rounds; a glance is {way}\n")
    print_times(times)
    met = judge(times, TARGETS)
    bound = ratio(times, "2.4 KB: check-jsonschema", "2.4 KB: parse")
    print(
        f"{'check-jsonschema / parse alone: no tool with this parser could be faster':.<76} {bound:.1f}"
    )
    given = ratio(times, TWO.above, "x 4: two commands")
    print(f"{'the machine gives two commands':44} {given:9.2f}")
    if given < TWO.bound:
        found = ratio(times, TWO.above, TWO.below)
        print(f"{TWO.name:44} {found:9.2f}      not judged: the second processor is busy")
    else:
        met = judge(times, [TWO]) and met
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
