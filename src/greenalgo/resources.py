"""The one place that knows where the data trees are: schema, templates, web pages.

In a wheel they lie under ``greenalgo/_data``; in a checkout (an editable install) beside ``src``.
Both are plain directories, so that ``os`` is enough (``importlib.resources`` costs 20 ms).
"""

from __future__ import annotations

import os

from greenalgo.errors import ResourceError

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_CHECKOUT = {"schema": "schema", "templates": "templates", "web": os.path.join("registry", "web")}


def root(kind: str) -> str:
    """Return the directory of a data tree.

    Args:
        kind: ``schema``, ``templates`` or ``web``.

    Returns:
        An absolute path of a directory that exists.

    Raises:
        ResourceError: The tree is in neither place: the installation is damaged.
    """
    packaged = os.path.join(_PACKAGE, "_data", kind)
    if os.path.isdir(packaged):
        return packaged
    project = os.path.dirname(os.path.dirname(_PACKAGE))
    checkout = os.path.join(project, _CHECKOUT.get(kind, kind))
    if os.path.isfile(os.path.join(project, "pyproject.toml")) and os.path.isdir(checkout):
        return checkout
    raise ResourceError(
        f"the data tree '{kind}' is missing from this installation: reinstall greenalgo"
    )


def read_text(kind: str, *parts: str) -> str:
    """Return the text of a file in a data tree.

    Args:
        kind: The tree, as in :func:`root`.
        parts: The path inside the tree.

    Raises:
        ResourceError: There is no such file.
    """
    path = os.path.join(root(kind), *parts)
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError as error:
        raise ResourceError(
            f"'{'/'.join(parts)}' is missing from '{kind}': reinstall greenalgo"
        ) from error
