"""Profiles: which questions of a checklist or standard a statement answers, and what is missing.

A profile is data (``schema/vocab/profiles``): questions, each with what it needs. A need names where to
look (``of``), paths of which one must be there (``any``), and what to declare (``say``). A profile never
changes the verdict on a statement; it says what can be answered from it.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import ResourceError, UnknownNameError
from greenalgo.footprint import Result
from greenalgo.resources import read_text, root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.validate.case import Case


class Question(NamedTuple):
    """One question of a profile, held against a statement.

    Attributes:
        id: Its id within the profile.
        text: The question.
        missing: What to declare so that it can be answered; empty where it can.
    """

    id: str
    text: str
    missing: tuple[str, ...]


class Profile(NamedTuple):
    """A profile, held against a statement.

    Attributes:
        id: Name of the profile.
        title: What it is.
        version: Its version or year.
        questions: Its questions, in its order.
    """

    id: str
    title: str
    version: str
    questions: tuple[Question, ...]

    @property
    def complete(self) -> bool:
        """Every question can be answered from the statement."""
        return not any(question.missing for question in self.questions)


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles of this installation."""
    folder = os.path.join(root("schema"), "vocab", "profiles")
    return tuple(sorted(name.removesuffix(".json") for name in os.listdir(folder)))


def check_profile(case: Case, name: str) -> Profile:
    """Hold a statement against a profile.

    Args:
        case: The statement and what follows from it.
        name: Name of the profile, such as ``neurips``.

    Raises:
        UnknownNameError: There is no such profile; carries the names of those that exist.
    """
    known = profile_names()
    if name not in known:
        raise UnknownNameError(
            f"there is no profile '{name}'; there are {', '.join(known)}",
            name=name,
            candidates=known,
        )
    try:
        data = json.loads(read_text("schema", "vocab", "profiles", f"{name}.json"))
    except ValueError as error:
        raise ResourceError(f"the profile '{name}' is damaged: reinstall greenalgo") from error
    questions = tuple(
        Question(item["id"], item["question"], tuple(_missing(case, item["needs"])))
        for item in data["questions"]
    )
    return Profile(data["id"], data["title"], data["version"], questions)


def _missing(case: Case, needs: list[dict[str, Any]]) -> Iterator[str]:
    for need in needs:
        without = [where for where, found in _places(case, need["of"], need["any"]) if not found]
        if without:
            yield need["say"] + (f" (missing in {', '.join(without)})" if all(without) else "")


def _places(case: Case, of: str, paths: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield where a need applies, in words, and whether one of its paths is there."""
    data = case.statement.data
    if of == "statement":
        yield "", any(_there(data, path.split(".")) for path in paths)
    elif of == "total":
        yield "", any(isinstance(case.footprint.totals.get(path), Result) for path in paths)
    for run, node in zip(case.statement.runs, data["runs"], strict=True):
        if run.part_of:
            continue
        if of == "run":
            yield run.id, any(_there(node, path.split(".")) for path in paths)
        elif of in ("component", "primary"):
            chosen = {part.at for part in (run.primary if of == "primary" else run.hardware)}
            on_run = of == "primary" and "device_hours" in node
            for part, inner in zip(run.hardware, node.get("hardware", ()), strict=True):
                if part.at in chosen:
                    yield run.id, on_run or any(_there(inner, path.split(".")) for path in paths)


def _there(node: Any, path: list[str]) -> bool:
    """Whether a path leads to something that is not explicitly absent; ``*`` is any entry of a list."""
    if not path:
        return node is not None
    if path[0] == "*":
        return isinstance(node, list) and any(_there(item, path[1:]) for item in node)
    return isinstance(node, dict) and path[0] in node and _there(node[path[0]], path[1:])
