"""``greenalgo validate`` of 1,000 statements, side by side with parsing alone and check-jsonschema.

    python benchmarks/bulk_validation.py [--files 1000] [--rounds 7]

The files are copies of the curated corpus: some as they are, some with a title of their own, some with one
number changed, so that they have findings. In one process our check and the parser alone (the same one,
``parse_fast``) take turns, round by round. The whole command runs on the same files as check-jsonschema with
our schema. On four times as many files it runs with one process and with two; beside it run two commands at
once, each on one half: what they gain over one command is what the machine has to give at the moment. What
counts are medians of the ratios of one round.
"""

from __future__ import annotations

import argparse
import compileall
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from greenalgo.cli.targets import CHUNK, Chunk
from greenalgo.cli.work import check_chunk
from greenalgo.sources import parse_fast
from greenalgo.validate.engine import check_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
STATEMENTS = ROOT / "registry" / "statements"
SCHEMA = ROOT / "schema" / "statement" / "1.0" / "statement.schema.json"
#: Name of a ratio -> (numerator, denominator, bound, the bound is the most).
TARGETS = {
    "valid files: check / parse alone": ("check valid", "parse valid", 1.5, True),
    "check-jsonschema / ours, 1 process": ("check-jsonschema", "command, 1 process", 30.0, False),
    "1 process / 2 processes": ("x 4, 1 process", "x 4, 2 processes", 1.7, False),
    "two commands / 2 processes": ("x 4, two commands", "x 4, 2 processes", 0.85, False),
}


def write_files(folder: Path, number: int) -> list[str]:
    """Write copies of the corpus: every third as it is, every third renamed, every third changed."""
    sources = [path.read_text("utf-8") for path in sorted(STATEMENTS.glob("*.yaml"))]
    paths = []
    for at, text in enumerate(islice(cycle(sources), number)):
        if at % 3 == 1:
            text = re.sub(r"(?m)^title: .*(\n .*)*", f"title: Copy number {at}", text)
        elif at % 3 == 2:
            text = re.sub(r"(device_hours: )(\d)", r"\g<1>7\2", text, count=1)
        path = folder / f"{at:05}.yaml"
        path.write_text(text, encoding="utf-8")
        paths.append(str(path))
    return paths


def parse_all(paths: list[str]) -> None:
    for path in paths:
        with open(path, "rb") as file:
            parse_fast(file.read(), path)


def check_all(paths: list[str]) -> None:
    for start in range(0, len(paths), CHUNK):
        check_chunk(Chunk(tuple(paths[start : start + CHUNK])))


def run(command: list[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"failed: {' '.join(command[:4])}\n{done.stderr.decode()}")


def run_both(commands: list[list[str]]) -> None:
    begun = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for command in commands]
    if any(process.wait() not in (0, 1) for process in begun):
        raise SystemExit("failed: one of two commands")


def seconds(step: Callable[[], object]) -> float:
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def ratio_of(times: dict[str, list[float]], above: str, below: str) -> float:
    """Return the median of the ratios of one round: both met the same machine."""
    return statistics.median(a / b for a, b in zip(times[above], times[below], strict=True))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    compileall.compile_dir(ROOT / "src", quiet=1)
    with tempfile.TemporaryDirectory() as name:
        few, one, other = (Path(name) / part for part in ("few", "many/one", "many/other"))
        for folder in (few, one, other):
            folder.mkdir(parents=True)
        paths = write_files(few, options.files)
        for folder in (one, other):
            write_files(folder, 2 * options.files)
        valid = [path for path in paths if not check_bytes(Path(path).read_bytes(), path).findings]
        size = statistics.mean(os.path.getsize(path) for path in paths)
        print(f"{len(paths)} files of {size:,.0f} bytes, {len(valid)} of them without a finding")
        tools = Path(sys.executable).parent
        ours = [str(tools / "greenalgo"), "validate", "--jobs"]
        many = str(one.parent)
        peer = [str(tools / "check-jsonschema"), "--schemafile", str(SCHEMA), *paths]
        steps: dict[str, Callable[[], object]] = {
            "parse valid": lambda: parse_all(valid),
            "check valid": lambda: check_all(valid),
            "parse all": lambda: parse_all(paths),
            "check all": lambda: check_all(paths),
            "command, 1 process": lambda: run([*ours, "1", str(few)]),
            "x 4, 1 process": lambda: run([*ours, "1", many]),
            "x 4, 2 processes": lambda: run([*ours, "2", many]),
            "x 4, two commands": lambda: run_both(
                [[*ours, "1", str(part)] for part in (one, other)]
            ),
            "check-jsonschema": lambda: run(peer),
        }
        times: dict[str, list[float]] = {step: [] for step in steps}
        for turn in range(options.rounds):
            for step, action in steps.items():
                # The peer takes tens of seconds: every third round is enough.
                if step == "check-jsonschema" and turn % 3:
                    times[step].append(times[step][-1])
                else:
                    times[step].append(seconds(action))
    print(f"{os.cpu_count()} processors; {options.rounds} rounds\n")
    for step, values in times.items():
        median = statistics.median(values)
        print(
            f"{step:36} {median * 1000:9.0f} ms   ({min(values) * 1000:.0f} to {max(values) * 1000:.0f})"
        )
    print()
    given = ratio_of(times, "x 4, 1 process", "x 4, two commands")
    print(f"{'the machine gives two commands':36} {given:9.2f}")
    met = True
    for ratio_name, (above, below, bound, at_most) in TARGETS.items():
        ratio = ratio_of(times, above, below)
        good = ratio <= bound if at_most else ratio >= bound
        word = f"(target: {'at most' if at_most else 'at least'} {bound:g})"
        if below == "x 4, 2 processes" and above == "x 4, 1 process" and given < bound and not good:
            print(
                f"{ratio_name:36} {ratio:9.2f}      {word} not judged: the second processor is busy"
            )
            continue
        met = met and good
        print(f"{ratio_name:36} {ratio:9.2f}      {word} {'ok' if good else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
