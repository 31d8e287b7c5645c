"""Make docs/images/appendix.png: the first page of the demo's appendix. Called by `make picture`.

Needs a TeX Live and poppler-utils (scripts/install_test_tools.sh). The figures that the page shows are
written into the picture's metadata, so that a test sees when they are out of date.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

ROOT = Path(__file__).resolve().parents[1]
STATEMENT = ROOT / "registry" / "statements" / "luccioni2022-bloom-final-training.yaml"
PICTURE = ROOT / "docs" / "images" / "appendix.png"
#: Dots an inch, and white around what is printed (pixels).
RESOLUTION, MARGIN = 110, 24


def figures(macros: str) -> str:
    """Return the lines of macros.tex that hold figures: no comments, no versions, no digest."""
    versions = ("gaTool", "gaDigest", "gaFactorSet")
    lines = macros.splitlines()
    return "\n".join(
        line.partition("%")[0]
        for line in lines
        if line.startswith("\\providecommand") and not any(name in line for name in versions)
    )


def main() -> None:
    """Typeset the statement, cut the page to what is printed, save it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        greenalgo = str(Path(sys.executable).with_name("greenalgo"))
        typeset = [greenalgo, "paper", str(STATEMENT), "-o", str(folder), "--pdf"]
        subprocess.run(typeset, check=True, stdout=subprocess.DEVNULL)
        draw = ["pdftoppm", "-r", str(RESOLUTION), "-f", "1", "-l", "1", "-singlefile", "-png"]
        subprocess.run([*draw, "preview.pdf", "page"], cwd=folder, check=True)
        shown = figures((folder / "macros.tex").read_text("ascii"))
        page = Image.open(folder / "page.png").convert("RGB")
    # The page number at the foot would make the picture half white.
    body = page.crop((0, 0, page.width, int(page.height * 0.85)))
    printed = ImageOps.invert(body).getbbox()
    if printed is None:
        sys.exit("make_picture: the page is empty")
    picture = ImageOps.expand(body.crop(printed), MARGIN, "white")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    metadata = PngInfo()
    metadata.add_text("figures", shown)
    picture.quantize(32).save(PICTURE, optimize=True, pnginfo=metadata)
    print(f"{PICTURE.relative_to(ROOT)}: {picture.width} x {picture.height}")


if __name__ == "__main__":
    main()
