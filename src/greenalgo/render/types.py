"""What a template may print: text, a number that is already rounded, or raw markup.

The type decides the escaping, so that no template has to think of it (a stargazer lesson: escaping
as a switch for the whole table is always wrong for one cell of it).
"""

from __future__ import annotations

from typing import NamedTuple, Self


class Number(str):
    """Digits as people read them, in neutral Unicode: ``433 196`` with a thin space, ``2.4×10⁻⁹``.

    Made only by :mod:`greenalgo.render.numbers`; each output format writes it in its own way.
    """

    __slots__ = ()


class Raw(str):
    """Markup of the output format itself, passed through as it stands.

    Only greenalgo makes these, from constants and from strings that it has escaped. Nothing that an
    author wrote is ever ``Raw``.
    """

    __slots__ = ()


class Name(str):
    """Something that an author named: a run, a subject, a model of hardware.

    Attributes:
        latex: What to print in LaTeX instead (the statement's ``latex_label``); empty for the name itself.
        pointer: Where it stands in the statement, for errors.
    """

    latex: str
    pointer: str

    def __new__(cls, plain: str, latex: str = "", pointer: str = "") -> Self:
        """Make a name; the string's value is the plain form."""
        name = super().__new__(cls, plain)
        name.latex = latex
        name.pointer = pointer
        return name


class Cite(NamedTuple):
    """A citation in running text."""

    keys: tuple[str, ...]


#: A stretch of prose: its parts are printed one after the other, each by its type.
Prose = tuple["str | Cite", ...]
