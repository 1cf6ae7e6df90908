"""One-time codes and links in a message, found by score: pure, no I/O, never raises."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.extract.find import extract
    from catcher.extract.model import LIKELY, Code, CodeKind, Extract, Link, LinkKind, Place, Source
else:
    __getattr__ = lazy.exports(
        __name__,
        {
            "Code": "model",
            "CodeKind": "model",
            "Extract": "model",
            "LIKELY": "model",
            "Link": "model",
            "LinkKind": "model",
            "Place": "model",
            "Source": "model",
            "extract": "find",
        },
    )

__all__ = [
    "LIKELY",
    "Code",
    "CodeKind",
    "Extract",
    "Link",
    "LinkKind",
    "Place",
    "Source",
    "extract",
]
