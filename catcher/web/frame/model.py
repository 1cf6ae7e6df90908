"""The values of the frame: which images it loads, how it is drawn, what was found in the mail."""

from dataclasses import dataclass, field
from enum import Enum


class ImagePolicy(Enum):
    """Which images a document loads: none, those of the message itself, or those of other servers as well."""

    NONE = "none"
    EMBEDDED = "embedded"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameLimits:
    """Bounds of one document: characters of source, tokens read, elements open at once, entries of a list.

    With these, the most hostile source takes about two seconds. Chromium itself flattens below 512 open elements.
    """

    characters: int = 20_000_000
    tokens: int = 250_000
    depth: int = 300
    listed: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameOptions:
    """How a document is drawn.

    is_inverted: the page shows the whole frame inverted, so images are inverted back.
    mark: line and column, both from 1, of a position in the source; the element of the last start tag up to there is
        outlined and gets the id `MARK_ID`.
    """

    images: ImagePolicy = ImagePolicy.EMBEDDED
    is_inverted: bool = False
    mark: tuple[int, int] | None = None
    limits: FrameLimits = field(default_factory=FrameLimits)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteResource:
    """A resource of another server that the mail refers to.

    kind: "image", "background" or "CSS", which load when remote images are allowed; "style sheet", "frame", "media",
        "script" and "object", which never load.
    is_tiny: an image of 1×1 pixel, as trackers use.
    """

    url: str
    kind: str
    is_tiny: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameDocument:
    """The document, and what was found in the mail.

    remote: the first remote resources, each address once; remote_count: all of them.
    disabled_links: dangerous or relative addresses whose links were disabled.
    removed_elements: names of the elements left out and their number, the most frequent first.
    missing_alt: images without alternative text. has_dark: whether there are styles for dark schemes.
    fixed_width: pixels of the widest box with a width in pixels, 0 without one.
    is_flattened: nested too deeply to be kept as it is. is_truncated: the end is missing, the source is too long.
    """

    html: str
    remote: tuple[RemoteResource, ...]
    remote_count: int
    disabled_links: tuple[str, ...]
    removed_elements: tuple[tuple[str, int], ...]
    missing_alt: int
    has_dark: bool
    fixed_width: int
    is_flattened: bool
    is_truncated: bool
