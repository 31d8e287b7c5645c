"""Addresses that a statement names, as links: only those that lead where their form says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_DOI = re.compile(r"10\.\d{4,9}/[\x21-\x7e]+")
_ARXIV = re.compile(r"(\d{4}\.\d{4,5}|[A-Za-z.-]+/\d{7})(v\d+)?")
#: A host in plain ASCII with a dot in it: no user, no port, no letters that look like others.
_WEB = re.compile(r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(/[\x21-\x7e]*)?")


class Link(NamedTuple):
    """What is shown, and where it leads; an address that is not followed is empty."""

    text: str
    url: str = ""


def doi(text: str) -> Link:
    """Return the link of a DOI."""
    known = _DOI.fullmatch(text)
    return Link(f"doi:{text}", f"https://doi.org/{quote(text, safe='/:;()._-')}" if known else "")


def arxiv(text: str) -> Link:
    """Return the link of an arXiv identifier."""
    known = _ARXIV.fullmatch(text)
    return Link(f"arXiv:{text}", f"https://arxiv.org/abs/{text}" if known else "")


def web(text: str) -> Link:
    """Return the link of an address: https and a plain host, or none."""
    return Link(text, text if _WEB.fullmatch(text) else "")


def of_subject(subject: Mapping[str, Any]) -> list[Link]:
    """Return the links of what a statement is about."""
    makers = (("doi", doi), ("arxiv", arxiv), ("url", web))
    return [make(subject[name]) for name, make in makers if isinstance(subject.get(name), str)]
