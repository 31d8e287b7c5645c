"""The rule book and the source agree: every code that can be raised is in it, and the other way round."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import greenalgo
from greenalgo.errors import UnknownNameError
from greenalgo.sources import codes
from greenalgo.validate.rules import FAMILIES
from greenalgo.validate.rules.book import FAMILY_TITLES, all_rules, rule

SOURCE = Path(greenalgo.__file__).parent
CODE = re.compile(r"GA\d{3}")
BOOK = {known.code for known in all_rules()}


@cache
def trees() -> dict[str, ast.Module]:
    return {
        str(path.relative_to(SOURCE)): ast.parse(path.read_text("utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
    }


def test_every_code_in_the_source_is_in_the_book() -> None:
    found = {
        node.value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.fullmatch(node.value)
    }
    assert found == BOOK


def test_every_rule_of_a_family_is_raised_by_it() -> None:
    for family in FAMILIES:
        tree = ast.parse(Path(str(family.__file__)).read_text("utf-8"))
        declared = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id == "Rule"
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        used = {
            node.id
            for definition in tree.body
            if not (
                isinstance(definition, ast.Assign) and ast.unparse(definition.targets[0]) == "RULES"
            )
            for node in ast.walk(definition)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        assert len(declared) == len(family.RULES), family.__name__
        assert declared <= used, family.__name__


def test_every_code_of_the_readers_is_raised_by_one() -> None:
    names = {name: value for name, value in vars(codes).items() if CODE.fullmatch(str(value))}
    used = {
        node.attr
        for name, tree in trees().items()
        if name.startswith("sources/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        and node.value.id == "codes"
    }  # fmt: skip
    assert names.keys() <= used
    assert set(names.values()) == {code for code in BOOK if code.startswith("GA0")}


def test_structure_codes_are_raised() -> None:
    raised = {
        node.value
        for name in ("validate/messages.py", "schemas/versions.py")
        for node in ast.walk(trees()[name])
        if isinstance(node, ast.Constant) and CODE.fullmatch(str(node.value))
    }
    assert {code for code in BOOK if code[:3] in ("GA1", "GA9")} <= raised


def test_codes_are_given_once_and_in_order() -> None:
    listed = [known.code for known in all_rules()]
    assert listed == sorted(set(listed))


@pytest.mark.parametrize("known", all_rules(), ids=lambda known: known.code)
def test_a_rule_says_everything(known: object) -> None:
    assert isinstance(known, tuple)
    assert all(known)
    code, _, title = known[:3]
    assert code[:3] in FAMILY_TITLES
    assert not title.endswith(".")
    assert title[0].isupper()


def test_rule_in_any_case() -> None:
    assert rule("ga101").code == "GA101"


def test_an_unknown_code_has_near_ones() -> None:
    with pytest.raises(UnknownNameError) as caught:
        rule("GA2O3")
    assert "GA203" in caught.value.candidates
