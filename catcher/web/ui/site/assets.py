"""The pages' style sheet, script and icons: read once, named after their content, kept in memory compressed.

The sources stay what a developer edits: plain ES modules in `static/js`, one per behaviour, and one style sheet. There
is no build step; what happens here at start takes milliseconds. The modules are served as one file, so that a page
needs one request for them: each module's text once, after those it imports, without `import` lines and `export` words,
and without remarks that have lines of their own. That is the whole language understood here; top-level names must
differ between modules, which a test sees to. The style sheet goes without its comments and the white space that only
its readers need.
"""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([a-z]+\.js)";\n', re.MULTILINE)
_REMARK = re.compile(r"^[ ]*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/)\n|^\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class) )", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it is served. name: with the hash of the content in it, so it may be kept for ever."""

    name: str
    media_type: str
    octets: bytes
    compressed: bytes


class Assets:
    """The files of `static/`, by the name a template says ("app.css") and by the name a browser asks for."""

    def __init__(self, directory: Path) -> None:
        sources = {
            "app.css": compact_style((directory / "app.css").read_text(encoding="utf-8")).encode(),
            "app.js": joined_modules(directory / "js", "main.js").encode(),
            "icons.svg": (directory / "vendor" / "icons.svg").read_bytes(),
            "favicon.svg": (directory / "favicon.svg").read_bytes(),
        }
        self.names: Mapping[str, str] = {name: _hashed_name(name, octets) for name, octets in sources.items()}
        self._assets = {self.names[name]: _asset(self.names[name], octets) for name, octets in sources.items()}

    async def icon(self, request: Request) -> Response:
        """GET /favicon.ico, which browsers ask for on their own: the icon as SVG, which they all take."""
        return _answer(request, self._assets[self.names["favicon.svg"]], is_immutable=False)

    async def serve(self, request: Request) -> Response:
        """GET /static/{name}: the file under its hashed name; 404 under any other."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            return Response("File not found\n", status_code=404, media_type="text/plain")
        return _answer(request, asset, is_immutable=True)


def _answer(request: Request, asset: Asset, *, is_immutable: bool) -> Response:
    """is_immutable: the address will never give other octets."""
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if is_immutable else "public, max-age=86400",
        "Vary": "Accept-Encoding",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    is_compressed = "gzip" in request.headers.get("accept-encoding", "")
    if is_compressed:
        headers["Content-Encoding"] = "gzip"
    return Response(asset.compressed if is_compressed else asset.octets, media_type=asset.media_type, headers=headers)


def joined_modules(directory: Path, first: str) -> str:
    """The module `first` and all it imports, as one module's text.

    They have to be written as ours are: no line of a longer text begins as a remark does.
    """
    seen: set[str] = set()

    def text(name: str) -> str:
        if name in seen:
            return ""
        seen.add(name)
        source = (directory / name).read_text(encoding="utf-8")
        needed = "".join(text(found) for found in _IMPORT.findall(source))
        return f"{needed}// {name}\n{_EXPORT.sub('', _IMPORT.sub('', _REMARK.sub('', source)))}\n"

    return text(first)


def compact_style(style: str) -> str:
    """The style sheet without comments, indentation, the spaces around its punctuation and a block's last semicolon.

    It has to be written as ours is: no comment marks in strings, and selectors without a space behind a colon.
    """
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    return re.sub(r" ?([{}>]) ?|([:;,]) ", r"\1\2", " ".join(style.split())).replace(";}", "}")


def _hashed_name(name: str, octets: bytes) -> str:
    stem, suffix = name.rsplit(".", 1)
    return f"{stem}.{hashlib.sha256(octets).hexdigest()[:12]}.{suffix}"


def _asset(name: str, octets: bytes) -> Asset:
    media_type = _TYPES[Path(name).suffix]
    return Asset(name=name, media_type=media_type, octets=octets, compressed=gzip.compress(octets, 9, mtime=0))
