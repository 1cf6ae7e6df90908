"""One-time codes and links in a message, found by score: pure, no I/O, never raises."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.extract.extraction import extract
    from catcher.extract.model import (
        LIKELY,
        SPECIAL_KINDS,
        CodeKind,
        CodeMatch,
        Extract,
        LinkKind,
        LinkMatch,
        MatchSource,
    )
    from catcher.extract.rules import BY_RULE, ExtractRule
    from catcher.extract.scoring import Share, shares_of
else:
    __getattr__ = lazy.exports(
        __name__,
        {
            "extraction": "extract",
            "model": "CodeKind CodeMatch Extract LIKELY LinkKind LinkMatch MatchSource SPECIAL_KINDS",
            "rules": "BY_RULE ExtractRule",
            "scoring": "Share shares_of",
        },
    )

__all__ = [
    "BY_RULE",
    "LIKELY",
    "SPECIAL_KINDS",
    "CodeKind",
    "CodeMatch",
    "Extract",
    "ExtractRule",
    "LinkKind",
    "LinkMatch",
    "MatchSource",
    "Share",
    "extract",
    "shares_of",
]
