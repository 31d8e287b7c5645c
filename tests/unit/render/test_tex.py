"""The preview's compiler, where no TeX is installed."""

from __future__ import annotations

import pytest

from greenalgo.errors import RenderError
from greenalgo.render.tex import available, compile_tex


def test_a_missing_engine_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert not available("pdflatex")
    with pytest.raises(RenderError, match="pdflatex is not installed") as caught:
        compile_tex({"main.tex": b""}, "main.tex")
    assert "texlive-latex-extra" in caught.value.hint
