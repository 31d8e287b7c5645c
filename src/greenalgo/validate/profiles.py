"""Profiles: which questions of a checklist or standard a statement answers, how, and what is missing.

A profile is data (``schema/vocab/profiles``): questions, each with the answers that it is made of
(:mod:`greenalgo.validate.answers`) and with what it needs. A need names where to look (``of``, and ``runs``
where it is about those of one kind), paths of which one must be there (``any``), and what to declare
(``say``, and ``at`` for a result); ``absent`` lets an explicit absence do, ``beside`` asks only runs that have a
field. A profile never changes the verdict on a statement; it says
what can be answered from it.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import ResourceError, UnknownNameError
from greenalgo.resources import read_text, root
from greenalgo.validate.answers import answer, counted
from greenalgo.validate.case import value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.footprint import RunFootprint
    from greenalgo.validate.case import Case


class Question(NamedTuple):
    """One question of a profile, held against a statement.

    Attributes:
        id: Its id within the profile.
        text: The question.
        answer: What the statement answers, in sentences; empty where it says nothing.
        missing: What to declare so that it can be answered in full; empty where it can.
        pointers: JSON pointers to where that would stand.
    """

    id: str
    text: str
    answer: str
    missing: tuple[str, ...]
    pointers: tuple[str, ...]


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
    questions = tuple(_question(case, item) for item in data["questions"])
    return Profile(data["id"], data["title"], data["version"], questions)


def _question(case: Case, item: dict[str, Any]) -> Question:
    missing: list[str] = []
    pointers: dict[str, None] = {}
    for need in item["needs"]:
        without = [place for place in _places(case, need) if not place.found]
        runs = list(dict.fromkeys(place.run_id for place in without if place.run_id))
        if without:
            missing.append(need["say"] + (f" (missing in {', '.join(runs)})" if runs else ""))
        for place in without:
            pointers |= dict.fromkeys(place.pointers)
    text = answer(case, item["answer"])
    return Question(item["id"], item["question"], text, tuple(missing), tuple(pointers))


class _Place(NamedTuple):
    """Where a need applies, whether it is met there, and where what it lacks would stand."""

    run_id: str
    found: bool
    pointers: tuple[str, ...]


def _places(case: Case, need: dict[str, Any]) -> Iterator[_Place]:
    of, data = need["of"], case.statement.data
    paths = [path.split(".") for path in need["any"]]

    def at(node: Any, pointer: str, run_id: str = "", *, met: bool = False) -> _Place:
        found = met or any(_there(node, path, absent="absent" in need) for path in paths)
        return _Place(run_id, found, tuple(_pointers(node, paths[0], pointer)))

    if of == "statement":
        yield at(data, "")
        return
    runs = counted(case, need.get("runs", ""))
    if of == "total" or not runs:
        found = bool(runs) and any(value_of(case.footprint.totals, name) for name in need["any"])
        yield _Place("", found, tuple(_lacking(runs, need)) or ("/runs",))
        return
    for found_run in runs:
        run = found_run.run
        node = case.node(run)
        if of == "run":
            if _there(node, [need.get("beside", "id")], absent=False):
                yield at(node, run.at, run.id)
        elif of == "result":
            met = any(value_of(found_run.outcomes, name) for name in need["any"])
            yield _Place(run.id, met, tuple(_lacking([found_run], need)))
        else:
            chosen = {part.at for part in (run.primary if of == "primary" else run.hardware)}
            on_run = of == "primary" and "device_hours" in node
            for part, inner in zip(run.hardware, node.get("hardware", ()), strict=True):
                if part.at in chosen:
                    yield at(inner, part.at, run.id, met=on_run)


def _lacking(runs: list[RunFootprint], need: dict[str, Any]) -> Iterator[str]:
    """Yield pointers into the runs from which a quantity does not follow."""
    for found in runs:
        if not any(value_of(found.outcomes, name) for name in need["any"]):
            yield f"{found.run.at}/{need['at']}"


def _there(node: Any, path: list[str], *, absent: bool) -> bool:
    """Whether a path leads to something; ``*`` is any entry of a list.

    Args:
        node: Where it begins.
        path: Its keys.
        absent: ``{status: not_assessed, ...}`` is something.
    """
    if not path:
        said = isinstance(node, dict) and node.get("status") == "not_assessed"
        return node is not None and (absent or not said)
    if path[0] == "*":
        return isinstance(node, list) and any(_there(one, path[1:], absent=absent) for one in node)
    if not isinstance(node, dict) or path[0] not in node:
        return False
    return _there(node[path[0]], path[1:], absent=absent)


def _pointers(node: Any, path: list[str], at: str) -> Iterator[str]:
    """Yield JSON pointers to where a path would lead; of a list that is missing, to the list."""
    if not path:
        yield at
    elif path[0] != "*":
        inner = node.get(path[0]) if isinstance(node, dict) else None
        if inner is None and "*" in path:
            yield f"{at}/{path[0]}"
        else:
            yield from _pointers(inner, path[1:], f"{at}/{path[0]}")
    elif isinstance(node, list):
        for index, one in enumerate(node):
            yield from _pointers(one, path[1:], f"{at}/{index}")
    else:
        yield at
