"""The main job on a real statement: fill, validate, typeset. Called by `make demo`.

It runs the command line as a user would, and prints each command before its output.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "registry" / "statements" / "luccioni2022-bloom-final-training.yaml"
FOLDER = ROOT / "demo"


def greenalgo(*arguments: str) -> None:
    """Run a command in the demo's folder; end where it fails."""
    print(f"\n$ greenalgo {shlex.join(arguments)}", flush=True)
    command = [str(Path(sys.executable).with_name("greenalgo")), *arguments]
    done = subprocess.run(command, cwd=FOLDER, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def has_tex() -> bool:
    """Say whether the preview can be compiled here."""
    if not all(shutil.which(program) for program in ("pdflatex", "bibtex", "kpsewhich")):
        return False
    command = ["kpsewhich", "booktabs.sty", "natbib.sty", "hyperref.sty"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def main() -> None:
    """Run the demo."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    shutil.copy(SOURCE, FOLDER / "footprint.yaml")
    print(f"The statement: {SOURCE.relative_to(ROOT)}, copied to demo/footprint.yaml")
    greenalgo("fill", "footprint.yaml", "--in-place")
    greenalgo("validate", "footprint.yaml", "--require", "L1")
    tex = has_tex()
    greenalgo("paper", "footprint.yaml", "-o", "paper", *(["--pdf"] if tex else []))
    print("\nWhat there is now:")
    print("  demo/footprint.yaml        the statement with its results")
    print("  demo/paper/appendix.tex    a complete appendix: \\input it into a paper")
    print("  demo/paper/table.tex, macros.tex, paragraph.tex, figure.pdf, footprint.bib")
    if tex:
        print("  demo/paper/preview.pdf     the appendix, compiled")
    else:
        print("No PDF was made: this machine has no TeX Live (pdflatex, bibtex, booktabs, natbib).")


if __name__ == "__main__":
    os.environ["PYTHONIOENCODING"] = "utf-8"
    main()
