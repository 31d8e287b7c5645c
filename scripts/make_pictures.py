"""Make docs/images/appendix.png, docs/images/gallery/STYLE.png and docs/how-to/paper-gallery.md.

They show one statement: the first page of its appendix, and its appendix in every style. Called by
`make pictures`. Needs a TeX Live and poppler-utils (scripts/install_test_tools.sh). What a picture was made
from is kept in it as a digest, so that a test sees when it is out of date.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from greenalgo import __version__, api
from greenalgo.factors import open_set
from greenalgo.render.bundle import Options, preview, render_paper, render_text
from greenalgo.render.styles import STYLES
from greenalgo.render.tex import compile_tex
from greenalgo.statement.digest import digest

ROOT = Path(__file__).resolve().parents[1]
STATEMENT = ROOT / "registry" / "statements" / "luccioni2022-bloom-final-training.yaml"
IMAGES = ROOT / "docs" / "images"
PAGE = ROOT / "docs" / "how-to" / "paper-gallery.md"
#: Dots an inch of the one picture and of the gallery, and white around what is printed (pixels).
RESOLUTION, GALLERY_RESOLUTION, MARGIN = 110, 80, 20
#: The pages up to the bar chart, where that is not the first alone. A page with `acm`'s title has nothing else.
PAGES = {"acm": (2,), "lncs": (1, 2)}
#: No page number at the foot, which would make a picture half white, and no date.
BEGIN = b"\\begin{document}"
FOOTLESS = BEGIN + b"\\renewcommand{\\thepage}{}\\renewcommand{\\today}{}"
HEAD = """\
# Gallery

One statement in every style, as `greenalgo paper FILE -o DIR --style STYLE --pdf` sets it. Made by
`make pictures`. NeurIPS, ICML, ACL and Nature are shown in `article` set to their measures:
their own style files are not free to ship.
"""


def pictures() -> dict[Path, str]:
    """Return the style that each picture shows."""
    gallery = {IMAGES / "gallery" / f"{style}.png": style for style in STYLES}
    return {IMAGES / "appendix.png": "article", **gallery}


def made_from(style: str) -> str:
    """Return the digest of the LaTeX and BibTeX of a picture; another version alone makes no other picture."""
    files = render_text(_statement()[1], "", _options(style))
    text = files["appendix.tex"] + files["footprint.bib"]
    return hashlib.sha256(text.replace(__version__.encode(), b"")).hexdigest()


def gallery_page() -> str:
    """Return the Markdown of the gallery."""
    return HEAD + "".join(
        f"\n## {style}\n\n![An appendix in the style {style}: text, table, bar chart]"
        f"(../images/gallery/{style}.png)\n"
        for style in STYLES
    )


def main() -> None:
    """Typeset every style, draw its pages, and write the page that shows them."""
    data, filled = _statement()
    for path, style in pictures().items():
        files = render_paper(filled, digest(data), _options(style))
        whole = preview(style).replace(BEGIN, FOOTLESS)
        pdf = compile_tex({**files, "preview.tex": whole}, "preview.tex").pdf
        alone = path.parent == IMAGES
        pages = [
            _printed(pdf, page, RESOLUTION if alone else GALLERY_RESOLUTION)
            for page in PAGES.get(style, (1,))
        ]
        picture = _beside(pages)
        metadata = PngInfo()
        metadata.add_text("made_from", made_from(style))
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.quantize(32).save(path, optimize=True, pnginfo=metadata)
        print(f"{path.relative_to(ROOT)}: {picture.width} x {picture.height}")
    PAGE.write_text(gallery_page(), "utf-8")


@cache
def _statement() -> tuple[dict[str, Any], dict[str, Any]]:
    document = api.load(str(STATEMENT))
    return document.data, api.fill_document(document)


def _options(style: str) -> Options:
    results = _statement()[1]["results"]
    keys = {row["source"] for row in results.get("factors", ()) if row.get("source")}
    factors = open_set(results["factor_set"])
    places = tuple((row["id"], row["name"]) for row in factors.rows("locations"))
    return Options(style=style, sources=factors.bibtex(keys) if keys else "", places=places)


def _printed(pdf: bytes, page: int, resolution: int) -> Image.Image:
    """Return a page as a picture, cut to what is printed on it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "preview.pdf").write_bytes(pdf)
        draw = [
            "pdftoppm",
            "-r",
            str(resolution),
            "-f",
            str(page),
            "-l",
            str(page),
            "-singlefile",
            "-png",
        ]
        subprocess.run([*draw, "preview.pdf", "page"], cwd=folder, check=True)
        image = Image.open(folder / "page.png").convert("RGB")
    return image.crop(ImageOps.invert(image).getbbox())


def _beside(pages: list[Image.Image]) -> Image.Image:
    width = sum(page.width + MARGIN for page in pages) + MARGIN
    height = max(page.height for page in pages) + 2 * MARGIN
    picture, left = Image.new("RGB", (width, height), "white"), MARGIN
    for page in pages:
        picture.paste(page, (left, MARGIN))
        left += page.width + MARGIN
    return picture


if __name__ == "__main__":
    main()
