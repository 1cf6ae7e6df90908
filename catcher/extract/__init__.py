"""One-time codes and links in a message, found by score: pure, no I/O, and nothing raises on any octets."""

from catcher.extract.find import extract
from catcher.extract.model import LIKELY, Code, CodeKind, Extract, Link, LinkKind, Place, Source

__all__ = ["LIKELY", "Code", "CodeKind", "Extract", "Link", "LinkKind", "Place", "Source", "extract"]
