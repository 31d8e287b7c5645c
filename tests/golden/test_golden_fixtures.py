"""The filled statements that the golden tests render were written by hand: they must say what ``fill`` says."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenalgo import api
from greenalgo.errors import GreenalgoError

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[2] / "schema" / "statement" / "1.0" / "examples" / "pass"


def words(filled: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Yield quantity, method, input and the input's status, wherever a result of a run names its inputs."""
    for run in filled["results"]["runs"].values():
        parts = [part["energy_it_kwh"] for part in run.get("components", ())]
        named = [*run.items(), *(("component", part) for part in parts)]
        for name, result in named:
            if name != "components" and "trace" in result:
                trace = result["trace"]
                yield name, trace["method"], "", ""
                for given in trace["inputs"]:
                    # An author may give any status; what is looked up has a fixed one.
                    status = given["status"] if given["status"] in ("looked_up", "default") else ""
                    yield name, trace["method"], given["name"], status


def test_methods_and_inputs_are_those_of_fill(statements: dict[str, Any]) -> None:
    said: set[tuple[str, str, str, str]] = set()
    for path in EXAMPLES.iterdir():
        with suppress(GreenalgoError):  # some show that not everything follows
            said.update(words(api.fill(api.load(str(path)).data)))
    assert len(said) > 40
    for name, filled in statements.items():
        assert set(words(filled)) - said == set(), name
