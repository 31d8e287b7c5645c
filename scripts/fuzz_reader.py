"""Fuzz the reader with atheris (libFuzzer): `fuzz_reader.py [CORPUS] [-max_total_time=600] ...`.

    python -m pip install atheris
    python scripts/fuzz_reader.py build/fuzz -max_total_time=600

Seeds are the conformance suite, the registry's statements and `tests/fuzz/corpus`; inputs that reach
new code go to CORPUS (build/fuzz without it). Options are libFuzzer's. What must hold is in
`tests/fuzz/reader_checks.py`: the fuzzer stops at the first input for which it does not, and writes
it beside CORPUS as crash-*. Put a shortened copy into `tests/fuzz/corpus`: the everyday tests read
every file of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped]  # not among the pinned tools

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ("tests/fuzz/corpus", "schema/statement/1.0/examples", "registry/statements")
#: Bytes of an input: longer ones reach nothing new, and take the time of many short ones.
MOST_BYTES = 4096

sys.path.insert(0, str(ROOT / "tests" / "fuzz"))
with atheris.instrument_imports(include=["greenalgo.sources", "yaml"]):
    # The readers are imported where they are needed: here, so that they are instrumented as well.
    from reader_checks import check_reader

    from greenalgo.sources import json_reader, yaml_errors, yaml_reader  # noqa: F401


def main(arguments: list[str]) -> None:
    """Fuzz until libFuzzer's options end it."""
    options = [argument for argument in arguments if argument.startswith("-")]
    folders = [argument for argument in arguments if not argument.startswith("-")]
    corpus = Path(folders[0] if folders else ROOT / "build" / "fuzz")
    corpus.mkdir(parents=True, exist_ok=True)
    seeds = [str(ROOT / seed) for seed in SEEDS]
    words = ROOT / "tests" / "fuzz" / "yaml.dict"
    defaults = [f"-max_len={MOST_BYTES}", f"-artifact_prefix={corpus.parent}/", f"-dict={words}"]
    atheris.Setup([sys.argv[0], *defaults, *options, str(corpus), *seeds], check_reader)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
