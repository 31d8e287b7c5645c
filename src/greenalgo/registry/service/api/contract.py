"""The contract of the API: ``registry/web/openapi.yaml``, written by hand, held to by a test."""

from __future__ import annotations

from typing import Any

import yaml

from greenalgo import __version__, resources


def contract(base_url: str = "") -> dict[str, Any]:
    """Read the OpenAPI document.

    Args:
        base_url: Where the service is; named in the document if given.
    """
    text = resources.read_text("web", "openapi.yaml")
    document: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    document["info"]["version"] = __version__
    if base_url:
        document["servers"] = [{"url": base_url}]
    return document
