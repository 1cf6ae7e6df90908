"""One-time codes and links in a message, found by score: pure, no I/O, never raises."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.extract.extraction import extract
    from catcher.extract.model import LIKELY, CodeKind, CodeMatch, Extract, LinkKind, LinkMatch, MatchSource
else:
    __getattr__ = lazy.exports(
        __name__,
        {
            "extraction": "extract",
            "model": "CodeKind CodeMatch Extract LIKELY LinkKind LinkMatch MatchSource",
        },
    )

__all__ = [
    "LIKELY",
    "CodeKind",
    "CodeMatch",
    "Extract",
    "LinkKind",
    "LinkMatch",
    "MatchSource",
    "extract",
]
