"""``greenalgo validate FILE``, cold, side by side with an empty Python and with check-jsonschema.

    python benchmarks/validate_startup.py [FILE] [--rounds 31]

Every round runs each command once, in turn, so that a busy machine slows all of them alike; what is
printed are medians and their ratios. Bytecode is compiled first: an installed package has it, and some
environments (PYTHONDONTWRITEBYTECODE) never write it.
"""

from __future__ import annotations

import argparse
import compileall
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "registry" / "statements" / "touvron2023-llama-65b.yaml"
#: A file with several findings, each with its place and a code frame.
INVALID = ROOT / "tests" / "cli" / "data" / "wrong.yaml"
SCHEMA = ROOT / "schema" / "statement" / "1.0" / "statement.schema.json"
#: Name of a ratio -> (numerator, denominator, bound, the bound is the most).
TARGETS = {
    "greenalgo / python -c pass": ("greenalgo validate", "python -c pass", 3.0, True),
    "invalid file / python -c pass": ("greenalgo validate, invalid", "python -c pass", 8.0, True),
    "check-jsonschema / greenalgo": ("check-jsonschema", "greenalgo validate", 8.0, False),
}


def commands(file: Path) -> dict[str, list[str]]:
    scripts = Path(sys.executable).parent
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "greenalgo validate": [str(scripts / "greenalgo"), "validate", str(file)],
        "greenalgo validate, invalid": [str(scripts / "greenalgo"), "validate", str(INVALID)],
        "greenalgo validate --format json": [
            str(scripts / "greenalgo"), "validate", "--format", "json", str(file),
        ],
        "check-jsonschema": [
            str(scripts / "check-jsonschema"), "--schemafile", str(SCHEMA), str(file),
        ],
    }  # fmt: skip


def wall_ms(command: list[str]) -> float:
    """Milliseconds from spawn to exit; a command that fails ends the benchmark."""
    start = time.perf_counter()
    pid = os.posix_spawn(
        command[0],
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status = os.waitpid(pid, 0)
    elapsed = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in (0, 1):  # 1: the invalid file
        raise SystemExit(f"failed: {' '.join(command)}")
    return elapsed * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", nargs="?", type=Path, default=FILE)
    parser.add_argument("--rounds", type=int, default=31)
    options = parser.parse_args()
    compileall.compile_dir(ROOT / "src", quiet=1)
    print("bytecode of src compiled first; standard output goes to /dev/null")
    todo = commands(options.file)
    for command in todo.values():  # the first start fills the disk's cache
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    times: dict[str, list[float]] = {name: [] for name in todo}
    for _ in range(options.rounds):
        for name, command in todo.items():
            times[name].append(wall_ms(command))
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"{options.file.name}, {options.file.stat().st_size} bytes; {options.rounds} rounds\n")
    for name, median in medians.items():
        low, high = min(times[name]), max(times[name])
        print(f"{name:34} {median:8.1f} ms   ({low:.1f} to {high:.1f})")
    print()
    met = True
    for name, (above, below, bound, at_most) in TARGETS.items():
        # Ratios round by round: both commands of a round met the same machine.
        ratio = statistics.median(a / b for a, b in zip(times[above], times[below], strict=True))
        good = ratio <= bound if at_most else ratio >= bound
        met = met and good
        word = "at most" if at_most else "at least"
        print(
            f"{name:34} {ratio:8.2f}      (target: {word} {bound:g}) {'ok' if good else 'MISSED'}"
        )
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
