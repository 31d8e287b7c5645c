"""Names and numbers of tools as a statement can hold them: models, countries, ids, free text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from greenalgo.errors import AmbiguousNameError, FactorError
from greenalgo.factors import FactorSet, open_set
from greenalgo.factors.names import place_key

_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]+")
_COUNTED = re.compile(r"\s*(\d{1,5})\s*[x×]\s+(?=\S)")


class Model(NamedTuple):
    """A processor's name.

    Attributes:
        name: The factor set's name of it; where the set has none, the tool's.
        vendor: Its maker, where the set knows it.
        trouble: Why the set has no name for it; empty where it has.
    """

    name: str
    vendor: str = ""
    trouble: str = ""


@lru_cache(maxsize=1)
def factors() -> FactorSet:
    """Return the newest factor set, opened once: an import resolves many names."""
    return open_set()


def tidy(text: str, most: int) -> str:
    """Return a free text on one line, without control characters, cut to a length."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= most else line[: most - 3].rstrip() + "..."


def counted(text: str) -> tuple[int | None, str]:
    """Divide ``2 x Tesla V100S-PCIE-32GB`` into a number and a name."""
    found = _COUNTED.match(text)
    return (int(found[1]), text[found.end() :].strip()) if found else (None, text.strip())


@lru_cache(maxsize=1024)
def model(text: str, kind: str) -> Model:
    """Return a processor by the name that a tool gives it.

    Args:
        text: The tool's name, without a count.
        kind: The schema's kind of component.
    """
    written = tidy(text, 200)
    try:
        found = factors().processor(written, kind)
    except AmbiguousNameError as error:
        some = ", ".join(error.candidates[:3])
        return Model(written, trouble=f"'{written}' fits several processors: {some}, ...")
    except FactorError:
        return Model(written, trouble=f"'{written}' is not in the factor set")
    return Model(found.name, found.vendor)


@lru_cache(maxsize=256)
def country(text: str) -> str:
    """Return the ISO 3166-1 alpha-3 code of a country's code or name; empty where it is not known."""
    ids = factors().names().find("country", place_key(text)) if text else ()
    return ids[0] if len(ids) == 1 and re.fullmatch("[A-Z]{3}", ids[0]) else ""


def short(value: float) -> float | int:
    """Return a number with at most 12 significant digits: what a conversion adds beyond is noise."""
    rounded = float(f"{value:.12g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 2**53 else rounded


def slug(text: str) -> str:
    """Return an id of a run that is made of a name; ``run`` where nothing of the name is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._]+", "-", plain).strip("-._").lower()[:60] or "run"
