"""Style sheet, script and icons of the pages: read once, named after their content, compressed in memory.

There is no build step: the sources are plain ES modules in `static/js`, one for each behaviour, and one style sheet;
preparing them at start takes milliseconds. The modules are served as one file, so that a page needs one request: each
module's text once, after those it imports, without `import` lines, `export` keywords and comments on lines of their
own. Nothing else is parsed; top-level names must differ between modules, which a test ensures. Comments and
unnecessary white space of the style sheet are removed.
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
_COMMENT = re.compile(r"^[ ]*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/)\n|^\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class) )", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it is served. name: contains the hash of the content, so browsers may cache it for ever."""

    name: str
    media_type: str
    octets: bytes
    compressed: bytes


class Assets:
    """The files of `static/`, by their plain name ("app.css") and by their hashed name."""

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
        """GET /favicon.ico, which browsers request by default: the icon as SVG, which all of them support."""
        return _answer(request, self._assets[self.names["favicon.svg"]], is_immutable=False)

    async def serve(self, request: Request) -> Response:
        """GET /static/{name}: the file with this hashed name, else 404."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            return Response("File not found\n", status_code=404, media_type="text/plain")
        return _answer(request, asset, is_immutable=True)


def _answer(request: Request, asset: Asset, *, is_immutable: bool) -> Response:
    """Return a file. is_immutable: the address always gives these octets."""
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
    """Return the text of one module made from `first` and its imports.

    Restriction: no line within a longer string begins like a comment.
    """
    seen: set[str] = set()

    def text(name: str) -> str:
        if name in seen:
            return ""
        seen.add(name)
        source = (directory / name).read_text(encoding="utf-8")
        imports = "".join(text(found) for found in _IMPORT.findall(source))
        return f"{imports}// {name}\n{_EXPORT.sub('', _IMPORT.sub('', _COMMENT.sub('', source)))}\n"

    return text(first)


def compact_style(style: str) -> str:
    """Return the style sheet without comments, indentation, spaces around punctuation and final semicolons of blocks.

    Restriction: no comment marks in strings, and no space after the colon of a selector.
    """
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    return re.sub(r" ?([{}>]) ?|([:;,]) ", r"\1\2", " ".join(style.split())).replace(";}", "}")


def _hashed_name(name: str, octets: bytes) -> str:
    stem, suffix = name.rsplit(".", 1)
    return f"{stem}.{hashlib.sha256(octets).hexdigest()[:12]}.{suffix}"


def _asset(name: str, octets: bytes) -> Asset:
    media_type = _TYPES[Path(name).suffix]
    return Asset(name=name, media_type=media_type, octets=octets, compressed=gzip.compress(octets, 9, mtime=0))
