"""Make the gallery: one statement in every style, as docs/images/gallery/STYLE.png and docs/how-to/paper-gallery.md.

Needs a TeX Live and poppler-utils (scripts/install_test_tools.sh). Run it with `python scripts/make_gallery.py`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

from greenalgo import api
from greenalgo.factors import open_set
from greenalgo.render.bundle import Options, preview, render_paper
from greenalgo.render.styles import STYLES
from greenalgo.render.tex import compile_tex
from greenalgo.statement.digest import digest

ROOT = Path(__file__).resolve().parents[1]
STATEMENT = ROOT / "registry" / "statements" / "luccioni2022-bloom-final-training.yaml"
FOLDER = ROOT / "docs" / "images" / "gallery"
PAGE = ROOT / "docs" / "how-to" / "paper-gallery.md"
#: Dots an inch, and white around what is printed (pixels).
RESOLUTION, MARGIN = 80, 16
HEAD = """\
# Gallery

One statement in every style, as `greenalgo paper FILE -o DIR --style STYLE --pdf` sets it. Made by
`python scripts/make_gallery.py`. NeurIPS, ICML, ACL and Nature are shown in `article` set to their measures:
their own style files are not free to ship.
"""


def main() -> None:
    """Typeset every style and write the page that shows them."""
    document = api.load(str(STATEMENT))
    filled = api.fill_document(document)
    keys = {row["source"] for row in filled["results"].get("factors", ()) if row.get("source")}
    factors = open_set(filled["results"]["factor_set"])
    sources = factors.bibtex(keys) if keys else ""
    places = tuple((row["id"], row["name"]) for row in factors.rows("locations"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    parts = [HEAD]
    for style in STYLES:
        files = render_paper(
            filled, digest(filled), Options(style=style, sources=sources, places=places)
        )
        pdf = compile_tex({**files, "preview.tex": preview(style)}, "preview.tex").pdf
        picture = printed(pdf, "2" if style == "acm" else "1")
        picture.quantize(16).save(FOLDER / f"{style}.png", optimize=True)
        parts.append(
            f"\n## {style}\n\n![An appendix in the style {style}: text, table, bar chart]"
            f"(../images/gallery/{style}.png)\n"
        )
        print(f"{style}: {picture.width} x {picture.height}")
    PAGE.write_text("".join(parts), "utf-8")


def printed(pdf: bytes, page: str) -> Image.Image:
    """Return a page as a picture, cut to what is printed on it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "preview.pdf").write_bytes(pdf)
        draw = ["pdftoppm", "-r", str(RESOLUTION), "-f", page, "-l", page, "-singlefile", "-png"]
        subprocess.run([*draw, "preview.pdf", "page"], cwd=folder, check=True)
        image = Image.open(folder / "page.png").convert("RGB")
    # The page number at the foot would make the picture half white.
    body = image.crop((0, 0, image.width, int(image.height * 0.9)))
    box = ImageOps.invert(body).getbbox()
    if box is None:
        sys.exit("make_gallery: a page is empty")
    return ImageOps.expand(body.crop(box), MARGIN, "white")


if __name__ == "__main__":
    main()
