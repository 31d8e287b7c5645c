"""Hostile statements and hostile TeX: nothing is read, nothing is written, nothing runs, all ends."""

from __future__ import annotations

import copy
import random
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from greenalgo.errors import RenderError
from greenalgo.render.bundle import Options, preview, render_paper
from greenalgo.render.tex import compile_tex

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.tex

DIGEST = "0123456789abcdef" * 4
CANARY = "greenalgo-canary-7f3a"
PIECES = [
    r"\input{%s}", r"\openin5=%s", r"\write18{touch pwned}", r"\immediate\openout3=pwned.txt", "^^5cinput{%s}",
    "$", "$$", "&", r"\\", "[", "]", "*", "{", "}", "#1", "%", "~", "_", "^", r"\end{tabular}",
    r"\end{document}", r"\def\x{\x}\x", r"\csname x\endcsname", "\u202e", "\u200b", "\x00", "\n\n", "\t", '"',
    "`", "''", "--", "?`", "<<", ">>", "<% if %>", "<# #>", "é", "ệ", "Đ", "ą", "\u03b1", "ώ", "CO₂", "10⁻³",
    "½", "€", "…", " ", "a" * 50, "@misc{x,", "\\", "\\ ",
]  # fmt: skip


def hostile(statement: dict[str, Any], secret: Path, seed: int) -> dict[str, Any]:
    rng = random.Random(seed)  # noqa: S311 (a fuzz test, not a key)

    def text() -> str:
        made = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 7)))
        return made.replace("%s", str(secret)) or "x"

    document = copy.deepcopy(statement)
    document["title"], document["subject"]["name"] = text(), text()
    document["authors"] = [{"name": text()}]
    document["boundary"]["excludes"] = [text(), text()]
    document["results"]["per_functional_unit"][0]["unit"] = text()
    for run in document["runs"]:
        run["name"], run["location"] = text(), {"site": text(), "country": "FIN"}
        run["hardware"][0]["model"] = text()
    return document


@pytest.mark.parametrize("seed", range(8))
def test_fuzz(statements: dict[str, Any], sources: str, tmp_path: Path, seed: int) -> None:
    secret = tmp_path / "secret.tex"
    secret.write_text(CANARY, "utf-8")
    document = hostile(statements["project"], secret, seed)
    style = ["article", "acl", "acm", "revtex"][seed % 4]
    files = render_paper(document, DIGEST, Options(style=style, sources=sources))
    compiled = compile_tex({**files, "preview.tex": preview(style)}, "preview.tex")
    shown = subprocess.run(
        ["pdftotext", "-", "-"], input=compiled.pdf, capture_output=True, check=True
    ).stdout
    assert CANARY.encode() not in shown
    assert not [line for line in compiled.unclean if "hbox" not in line and "vbox" not in line]
    # Every row has as many cells as the table has columns.
    for block in re.findall(
        r"\\begin\{tabular\}\{@\{\}([lr]+)@\{\}\}(.*?)\\end\{tabular\}",
        files["appendix.tex"].decode(),
        re.DOTALL,
    ):
        rows = re.findall(r"^(.*) \\\\$", block[1], re.MULTILINE)
        assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {len(block[0]) - 1}


@pytest.mark.parametrize(
    "attack",
    [
        r"\input{%s}", r"\openin5=%s \ifeof5 \else \read5 to\x \x\fi", r"^^5cinput{%s}", r"\immediate\write18{cat %s}",
        r"\input{|cat %s}", r"\lstinputlisting{%s}", r"\verbatiminput{%s}",
    ],
)  # fmt: skip
def test_what_a_template_cannot_reach(tmp_path: Path, attack: str) -> None:
    secret = tmp_path / "secret.tex"
    secret.write_text(CANARY, "utf-8")
    body = attack.replace("%s", str(secret))
    main = rf"\documentclass{{article}}\begin{{document}}x {body} x\end{{document}}".encode()
    try:
        pdf = compile_tex({"main.tex": main}, "main.tex").pdf
    except RenderError:
        return
    shown = subprocess.run(
        ["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout
    assert CANARY.encode() not in shown


def test_nothing_is_written_outside(tmp_path: Path) -> None:
    target = tmp_path / "pwned.txt"
    body = rf"\immediate\openout3={target} \immediate\write3{{x}}x"
    main = rf"\documentclass{{article}}\begin{{document}}{body}\end{{document}}"
    with pytest.raises(RenderError):
        compile_tex({"main.tex": main.encode()}, "main.tex")
    assert not target.exists()


def test_what_does_not_end_is_stopped() -> None:
    main = rb"\documentclass{article}\begin{document}\def\x{\x}\x\end{document}"
    with pytest.raises(RenderError, match="stopped after 3 s"):
        compile_tex({"main.tex": main}, "main.tex", limit=3)


def test_an_error_is_told_with_its_line() -> None:
    main = b"\\documentclass{article}\n\\begin{document}\n\\nosuchthing\n\\end{document}"
    with pytest.raises(RenderError, match=r"main\.tex:3: Undefined control sequence"):
        compile_tex({"main.tex": main}, "main.tex")
