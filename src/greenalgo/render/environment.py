"""Jinja2 for LaTeX: delimiters that TeX does not use, strict keys, escaping by type.

``<< value >>`` prints, ``<% if … %>`` controls, ``<# … #>`` is a comment. What a template prints goes
through a ``finalize`` of its format, so that text is escaped, a rounded number is set as digits, and only
:class:`~greenalgo.render.types.Raw` passes. A key that does not exist is an error with its name.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import jinja2
import jinja2.sandbox
from jinja2.exceptions import SecurityError

from greenalgo import resources
from greenalgo.errors import RenderError
from greenalgo.render import escape
from greenalgo.render.types import Cite, Number, Raw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&$])")


class Format(NamedTuple):
    """One output format.

    Attributes:
        name: Its folder under ``templates/``.
        finalize: Turns what a template prints into markup.
    """

    name: str
    finalize: Callable[[object], str]


def latex(cite: str = r"\cite", *, siunitx: bool = False) -> Format:
    r"""LaTeX; ``cite`` is the citation command (``\\citep`` in author-year venues)."""

    def finalize(value: object) -> str:
        if isinstance(value, Cite):
            return f"~{cite}{{{','.join(value.keys)}}}"
        if isinstance(value, tuple):
            return Raw("".join(finalize(part) for part in value))
        if siunitx and isinstance(value, Number):
            return escape.siunitx(value)
        return escape.finalize(value)

    return Format("latex", finalize)


def markdown(numbers: Mapping[str, int]) -> Format:
    """GitHub's Markdown; ``numbers`` are the places of the references in the list below the text."""

    def text(value: str) -> str:
        return value if isinstance(value, Number) else _MARKDOWN.sub(r"\\\1", escape.clean(value))

    return Format("markdown", _finalizer(numbers, text))


def html_format(numbers: Mapping[str, int]) -> Format:
    """An HTML fragment; citations are links to the list of references below it."""

    def link(key: str) -> str:
        return f'<a href="#ref-{html.escape(key)}">{numbers[key]}</a>'

    return Format("html", _finalizer(numbers, lambda value: html.escape(escape.clean(value)), link))


def plain(numbers: Mapping[str, int]) -> Format:
    """Plain text."""
    return Format("plain", _finalizer(numbers, escape.clean))


def _finalizer(
    numbers: Mapping[str, int],
    text: Callable[[str], str],
    link: Callable[[str], str] | None = None,
) -> Callable[[object], str]:
    def finalize(value: object) -> str:
        if isinstance(value, Cite):
            keys = sorted(value.keys, key=lambda key: numbers[key])
            return f" [{', '.join(link(key) if link else str(numbers[key]) for key in keys)}]"
        if isinstance(value, tuple):
            return Raw("".join(finalize(part) for part in value))
        return value if isinstance(value, Raw) else Raw(text(_text(value)))

    return finalize


def _text(value: object) -> str:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise RenderError(f"a template prints a {type(value).__name__}, not text or a rounded number")


def environment(output: Format, overrides: str = "") -> jinja2.Environment:
    """Make the environment of one format.

    Args:
        output: The format.
        overrides: A user's template directory; a file in it with the name of one of ours wins.

    Returns:
        A sandboxed environment: a template reads the context and nothing else.
    """
    folders = [*([overrides] if overrides else []), resources.root("templates")]
    made = jinja2.sandbox.SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folders),
        block_start_string="<%", block_end_string="%>",
        variable_start_string="<<", variable_end_string=">>",
        comment_start_string="<#", comment_end_string="#>",
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined, finalize=_strict(output.finalize), autoescape=False,
    )  # fmt: skip
    made.filters["row"] = lambda cells, between: Raw(
        between.join(output.finalize(cell) for cell in cells)
    )
    return made


def render(made: jinja2.Environment, template: str, context: Mapping[str, Any]) -> str:
    """Render one template.

    Raises:
        RenderError: The template is missing, has a syntax error or asks for a key that does not exist; the
            message names its file and line.
    """
    try:
        return made.get_template(template).render(context)
    except jinja2.TemplateSyntaxError as error:
        raise RenderError(
            f"{error.filename or template}:{error.lineno}: {error.message}"
        ) from error
    except jinja2.TemplateNotFound as error:
        raise RenderError(
            f"there is no template '{error.name}'", hint="see docs/reference/templates.md"
        ) from error
    except (jinja2.UndefinedError, SecurityError) as error:
        raise RenderError(
            f"{_place(error, template)}: {error.message if isinstance(error, jinja2.UndefinedError) else error}",
            hint="docs/reference/templates.md lists the keys of the context",
        ) from error
    except RenderError as error:
        if error.pointer:
            raise  # the statement is to blame, not the template
        raise RenderError(f"{_place(error, template)}: {error}", hint=error.hint) from error


def _strict(finalize: Callable[[object], str]) -> Callable[[object], str]:
    """Let an undefined key say so itself, before its type is looked at."""

    def checked(value: object) -> str:
        return str(value) if isinstance(value, jinja2.Undefined) else finalize(value)

    return checked


def _place(error: BaseException, template: str) -> str:
    """Return ``file:line`` of the last template frame of a traceback (Jinja2 rewrites them so)."""
    place = template
    step = error.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if name.endswith(".j2"):
            place = f"{name}:{step.tb_lineno}"
        step = step.tb_next
    return place
