"""What every page has: templates, assets with their hashes, the answer with its headers."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING, Any, NamedTuple

import jinja2
from starlette.responses import HTMLResponse, Response

from greenalgo import __version__, resources
from greenalgo.registry.record.moderation import in_words
from greenalgo.registry.service.pages import words
from greenalgo.registry.service.wire import packing
from greenalgo.registry.service.wire.answers import IMMUTABLE, is_known
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

#: Ending of a file -> media type; a file with another ending is not served.
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
_LICENCE = "text/plain"


class Asset(NamedTuple):
    """A file of ``registry/web/static``.

    Attributes:
        name: Its path below the folder.
        body: Its bytes.
        media_type: What it is.
        sha256: Hash of its bytes.
    """

    name: str
    body: bytes
    media_type: str
    sha256: bytes

    @property
    def url(self) -> str:
        """Its address; another file has another one, so that it may be kept for ever."""
        return f"/static/{self.sha256.hex()[:16]}/{self.name}"

    @property
    def integrity(self) -> str:
        """What a browser checks it against (Subresource Integrity)."""
        return f"sha256-{base64.b64encode(self.sha256).decode()}"


class Shell:
    """Templates and assets, read once.

    Args:
        base_url: The public address of the service, for what is copied from a page.
        provider: What people sign in with; empty for nothing.
    """

    def __init__(self, base_url: str, provider: str = "") -> None:
        root = resources.root("web")
        self._assets = {asset.name: asset for asset in _assets(os.path.join(root, "static"))}
        self._packed: dict[str, bytes] = {}  # by name, once somebody asked for it
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(os.path.join(root, "templates")),
            autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
            auto_reload=False,
        )  # fmt: skip
        self._environment.filters.update(in_words=in_words, subscript=words.subscript)
        self._environment.globals.update(
            asset=self._assets.__getitem__,
            base_url=base_url,
            version=__version__,
            provider=provider,
        )

    def render(self, template: str, context: Mapping[str, Any]) -> str:
        """Render a template; every value in it is escaped."""
        return self._environment.get_template(template).render(context)

    def page(
        self,
        request: Request,
        template: str,
        context: Mapping[str, Any],
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Answer with a page.

        A page is checked again before a browser shows it a second time: it may have been withdrawn.

        Args:
            request: What was asked.
            template: File in ``registry/web/templates``.
            context: What it shows.
            status: Of the answer.
            headers: More of them; they win.
        """
        html = self.render(template, {"path": request.url.path, **context}).encode()
        tag = f'W/"{hashlib.sha256(html).hexdigest()[:24]}"'
        sent = {"Cache-Control": "no-cache", "ETag": tag, "Vary": "HX-Request", **(headers or {})}
        if status == 200 and is_known(request, tag):
            return Response(status_code=304, headers=sent)
        return HTMLResponse(html, status, sent)

    async def static(self, request: Request) -> Response:
        """Answer with an asset."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            return Response("there is no such file\n", 404, media_type="text/plain")
        fresh = asset.sha256.hex()[:16] == request.path_params["version"]
        caching = IMMUTABLE if fresh else "no-cache"
        headers = {"Cache-Control": caching, "Vary": packing.HEADER}
        body = asset.body
        if packing.is_worth(body, asset.media_type) and packing.takes_gzip(request):
            if asset.name not in self._packed:
                self._packed[asset.name] = await work(request, packing.pack, body)
            body = self._packed[asset.name]
            headers["Content-Encoding"] = "gzip"
        return Response(body, headers=headers, media_type=asset.media_type)


def is_fragment(request: Request) -> bool:
    """Say whether htmx asks for a part of a page.

    Going back in the history asks with the same header for the whole page.
    """
    asked = request.headers.get("hx-request") == "true"
    return asked and request.headers.get("hx-history-restore-request") != "true"


def _assets(root: str) -> list[Asset]:
    found = []
    for folder, _, names in os.walk(root):
        for name in names:
            kind = _LICENCE if name == "LICENSE" else _TYPES.get(os.path.splitext(name)[1])
            if kind is None:
                continue
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                body = file.read()
            below = os.path.relpath(path, root).replace(os.sep, "/")
            found.append(Asset(below, body, kind, hashlib.sha256(body).digest()))
    return found
