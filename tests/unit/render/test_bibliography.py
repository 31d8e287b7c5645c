"""The bibliography: every key that is cited has an entry, and nothing else is in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pybtex.errors
import pytest

from greenalgo import resources
from greenalgo.errors import RenderError
from greenalgo.render.bibliography import (
    Author,
    bibliography,
    merge,
    read,
    references,
    statement_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenalgo.render.context import View


def test_entries_are_those_cited_in_order_of_key(
    make_view: Callable[[str], View], sources: str
) -> None:
    text = bibliography(make_view("project"), ["lannelongue2021", "ember2026"], sources=sources)
    assert re.findall(r"^@\w+\{(.*),$", text, re.MULTILINE) == [
        "ember2026", "footprint-01234567", "greenalgo", "lannelongue2021",
    ]  # fmt: skip
    assert text.isascii()


def test_what_we_write_reads_back(make_view: Callable[[str], View]) -> None:
    text = bibliography(
        make_view("bloom"),
        ["patterson2021"],
        authors=[Author("Nguyễn Văn Hậu", "", "/authors/0/name")],
    )
    data = read(text, "x")
    assert str(data.entries["greenalgo"].persons["author"][0]) == "{The greenalgo maintainers}"
    assert "Nguy" in str(data.entries["footprint-01234567"].persons["author"][0])
    assert text == bibliography(
        make_view("bloom"), ["patterson2021"], authors=[Author("Nguyễn Văn Hậu", "", "/a")]
    )


def authors_of(view: View, *authors: Author) -> str:
    found = re.search(
        r"author = \{(.*)\},\n  title = \{\{Footprint", bibliography(view, [], authors=authors)
    )
    assert found
    return found[1]


def test_a_group_is_not_taken_apart_and_a_person_is(make_view: Callable[[str], View]) -> None:
    group, person = Author("The BigScience Workshop", "", "/a"), Author("Ada Lovelace", "", "/b")
    found = authors_of(make_view("bloom"), group, person._replace(person=True))
    assert found == "{The BigScience Workshop} and Ada Lovelace"


def test_a_long_list_of_authors_ends_with_others(make_view: Callable[[str], View]) -> None:
    many = [Author(f"Author Number {n}", "", "/a", person=True) for n in range(40)]
    found = authors_of(make_view("bloom"), *many)
    assert found.startswith("Author Number 0 and Author Number 1 and ")
    assert found.endswith(" and others")
    assert len(found) < 260


def test_a_citation_without_an_entry_is_an_error(make_view: Callable[[str], View]) -> None:
    with pytest.raises(RenderError, match="no bibliography entry for nobody2020"):
        bibliography(make_view("bloom"), ["nobody2020"])


def test_biblatex_has_types_for_software_and_data(make_view: Callable[[str], View]) -> None:
    text = bibliography(make_view("bloom"), [], biblatex=True)
    assert "@software{greenalgo," in text
    assert "@dataset{footprint-01234567," in text
    assert "@preamble" not in text


def test_without_a_digest_there_is_no_entry_of_its_own(make_view: Callable[[str], View]) -> None:
    view = make_view("bloom")._replace(digest="")
    assert statement_key(view) == ""
    assert "footprint-" not in bibliography(view, [])


def test_hostile_titles_cannot_leave_their_entry(make_view: Callable[[str], View]) -> None:
    text = bibliography(make_view("hostile"), [], authors=[Author("} } @evil{x, a = {", "", "/a")])
    assert set(read(text, "x").entries) == {"greenalgo", "footprint-01234567"}


def test_errors_are_ours_and_leave_pybtex_clean() -> None:
    with pytest.raises(RenderError, match=r"own\.bib is not BibTeX"):
        read("@misc{x, title = {a}", "own.bib")
    with pytest.raises(RenderError, match="repeated"):
        read("@misc{x, title={a}}\n@misc{x, title={b}}", "own.bib")
    assert pybtex.errors.captured_errors is None


def test_merge_adds_what_is_missing_and_leaves_the_rest(make_view: Callable[[str], View]) -> None:
    ours = bibliography(make_view("bloom"), ["patterson2021"])
    own = "% my notes\n@misc{Patterson2021,\n  title = {Mine}\n}\n"
    merged = merge(own, ours, "own.bib")
    assert merged.startswith(own)
    assert merged.count("atterson2021,") == 1
    assert merge(merged, ours, "own.bib") == merged


@pytest.mark.parametrize("style", ["plain", "unsrt", "alpha"])
def test_references_as_text(make_view: Callable[[str], View], style: str) -> None:
    text = bibliography(make_view("bloom"), ["lannelongue2021"])
    keys = ["lannelongue2021", "footprint-01234567"]
    first, second = references(text, keys, "plaintext", style)
    assert first == (
        "Loïc Lannelongue, Jason Grealey, and Michael Inouye. Green Algorithms: quantifying the carbon "
        "footprint of computation. Advanced Science, 8(12):2100707, 2021. doi:10.1002/advs.202100707."
    )
    assert "0123456789abcdef0123456789abcdef" in second


def test_links_in_html_and_markdown() -> None:
    bib = "@misc{x,\n  title = {T},\n  howpublished = {\\url{https://example.org/a}},\n}\n"
    assert 'href="https://example.org/a"' in references(bib, ["x"], "html")[0]
    assert "(https://example.org/a)" in references(bib, ["x"], "markdown")[0]


def test_every_method_the_calculator_cites_is_in_our_file() -> None:
    known = read(resources.read_text("templates", "bib", "methods.bib"), "methods.bib").entries
    assert {"lannelongue2021", "patterson2021", "sci2024", "li2023thirsty"} <= set(known)
    for entry in known.values():
        assert {"title", "year"} <= set(entry.fields)
