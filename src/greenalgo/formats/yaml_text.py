"""YAML of other tools: texts only, and no name twice in one mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from greenalgo.formats import codes
from greenalgo.formats.source import refusal, twice

if TYPE_CHECKING:
    from greenalgo.formats.records import Source

_BASE: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _TwiceError(yaml.MarkedYAMLError):
    """A name that stands twice in one mapping."""


class _Loader(_BASE):  # type: ignore[misc] # the C loader has no types
    """Leaves texts as they are: YAML 1.1 makes dates and booleans of some."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - PyYAML's
        names = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in names:
                    raise _TwiceError(problem=key.value, problem_mark=key.start_mark)
                names.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(source: Source, expected: str) -> Any:
    """Return the value of a YAML file; its scalars are texts.

    Args:
        source: The file.
        expected: What it should be, for messages.

    Raises:
        FormatError: It is no YAML, or a name stands twice in one mapping; with line and column.
    """
    try:
        return yaml.load(source.text, Loader=_Loader)  # noqa: S506 - makes texts only
    except _TwiceError as error:
        raise twice(str(error.problem), source, _place(error)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise refusal(
            codes.HEADER, "this is no YAML", source.name, _place(error), expected=expected,
            found=str(getattr(error, "problem", error))[:80], hint="import the file as the tool wrote it",
        ) from error  # fmt: skip


def _place(error: Exception) -> tuple[int, int]:
    mark = getattr(error, "problem_mark", None)
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
