"""``greenalgo validate FILE``, cold, side by side with an empty Python and with what others start.

    python benchmarks/validate_startup.py [FILE] [--rounds 31] [--peers]

Every round runs each command once, in turn, so that a busy machine slows all of them alike; what is
printed are medians and their ratios. Bytecode is compiled first: an installed package has it, and some
environments (PYTHONDONTWRITEBYTECODE) never write it. check-jsonschema and ajv-cli hold the file against
our schema; if-run computes energy and emissions of one input.
"""

from __future__ import annotations

import argparse
import compileall
import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from side_by_side import Target, judge, measure, print_times
from side_by_side.peers import install, write_manifest

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "registry" / "statements" / "touvron2023-llama-65b.yaml"
#: A file with several findings, each with its place and a code frame.
INVALID = ROOT / "tests" / "cli" / "data" / "wrong.yaml"
SCHEMA = ROOT / "schema" / "statement" / "1.0" / "statement.schema.json"
TARGETS = (
    Target("greenalgo / python -c pass", "greenalgo validate", "python -c pass", 3.0),
    Target("invalid file / python -c pass", "greenalgo validate, invalid", "python -c pass", 8.0),
    Target("check-jsonschema / greenalgo", "check-jsonschema", "greenalgo validate", 8.0, at_most=False),
    Target("ajv-cli / greenalgo", "ajv-cli", "greenalgo validate", 8.0, at_most=False),
    Target("if-run / greenalgo", "if-run", "greenalgo validate", 15.0, at_most=False),
)  # fmt: skip


def commands(file: Path) -> dict[str, list[str]]:
    scripts = Path(sys.executable).parent
    ours = [str(scripts / "greenalgo"), "validate"]
    peer = [str(scripts / "check-jsonschema"), "--schemafile", str(SCHEMA), str(file)]
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "greenalgo validate": [*ours, str(file)],
        "greenalgo validate, invalid": [*ours, str(INVALID)],
        "greenalgo validate --format json": [*ours, "--format", "json", str(file)],
        "check-jsonschema": peer,
    }


def peer_commands(peers: dict[str, str], file: Path, folder: Path) -> dict[str, list[str]]:
    if not peers:
        return {}
    manifest = folder / "manifest.yml"
    write_manifest(manifest, 1)
    ajv = [peers["ajv"], "validate", "--spec=draft2020", "-s", str(SCHEMA), "-d", str(file)]
    return {"ajv-cli": ajv, "if-run": [peers["if-run"], "-m", str(manifest)]}


def run(command: list[str]) -> None:
    """Run a command from spawn to exit; one that fails ends the benchmark."""
    to_null = [(os.POSIX_SPAWN_OPEN, one, os.devnull, os.O_WRONLY, 0) for one in (1, 2)]
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=to_null)
    _, status = os.waitpid(pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):  # 1: the invalid file
        raise SystemExit(f"failed: {' '.join(command)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", nargs="?", type=Path, default=FILE)
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--peers", action="store_true", help="install ajv-cli and if-run with npm")
    options = parser.parse_args()
    compileall.compile_dir(ROOT / "src", quiet=1)
    print("bytecode of src compiled first; what is printed goes to /dev/null")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peers = install(folder, wanted=options.peers)
        todo = commands(options.file) | peer_commands(peers, options.file, folder)
        steps = {name: partial(run, command) for name, command in todo.items()}
        measure(steps, 1)  # the first start fills the disk's cache
        times = measure(steps, options.rounds)
    print(f"{options.file.name}, {options.file.stat().st_size} bytes; {options.rounds} rounds\n")
    print_times(times)
    return 0 if judge(times, TARGETS) else 1


if __name__ == "__main__":
    raise SystemExit(main())
