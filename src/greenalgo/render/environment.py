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
        comment: Delimiters of a comment in it; empty where it has none.
    """

    name: str
    finalize: Callable[[object], str]
    comment: tuple[str, str]


def latex(cite: str = r"\cite") -> Format:
    r"""LaTeX; ``cite`` is the citation command (``\\citep`` in author-year venues)."""

    def finalize(value: object) -> str:
        if isinstance(value, Cite):
            return f"~{cite}{{{','.join(value.keys)}}}"
        if isinstance(value, tuple):
            return Raw("".join(finalize(part) for part in value))
        return escape.finalize(value)

    return Format("latex", finalize, ("% ", ""))


def markdown() -> Format:
    """GitHub's Markdown; citations as pandoc reads them."""

    def finalize(value: object) -> str:
        if isinstance(value, Cite):
            return " [" + "; ".join(f"@{key}" for key in value.keys) + "]"
        if isinstance(value, tuple):
            return Raw("".join(finalize(part) for part in value))
        if isinstance(value, (Raw, Number)):
            return value
        return Raw(_MARKDOWN.sub(r"\\\1", escape.clean(_text(value))))

    return Format("markdown", finalize, ("<!-- ", " -->"))


def html_format() -> Format:
    """An HTML fragment; citations as links to the list of references below it."""

    def finalize(value: object) -> str:
        if isinstance(value, Cite):
            links = ", ".join(
                f'<a href="#ref-{html.escape(key)}">{html.escape(key)}</a>' for key in value.keys
            )
            return f" [{links}]"
        if isinstance(value, tuple):
            return Raw("".join(finalize(part) for part in value))
        if isinstance(value, Raw):
            return value
        return Raw(html.escape(escape.clean(_text(value))))

    return Format("html", finalize, ("<!-- ", " -->"))


def plain() -> Format:
    """Plain text."""

    def finalize(value: object) -> str:
        if isinstance(value, Cite):
            return " [" + ", ".join(value.keys) + "]"
        if isinstance(value, tuple):
            return Raw("".join(finalize(part) for part in value))
        return Raw(escape.clean(_text(value)))

    return Format("plain", finalize, ("", ""))


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
        undefined=jinja2.StrictUndefined, finalize=output.finalize, autoescape=False,
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
