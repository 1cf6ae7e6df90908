"""The HTML of a mail as the document of a sandboxed frame."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.web.frame.document import MARK_ID, frame_document
    from catcher.web.frame.model import FrameDocument, FrameLimits, FrameOptions, ImagePolicy
    from catcher.web.frame.policy import frame_headers
else:
    __getattr__ = lazy.exports(
        __name__,
        {
            "document": "MARK_ID frame_document",
            "model": "FrameDocument FrameLimits FrameOptions ImagePolicy",
            "policy": "frame_headers",
        },
    )

__all__ = [
    "MARK_ID",
    "FrameDocument",
    "FrameLimits",
    "FrameOptions",
    "ImagePolicy",
    "frame_document",
    "frame_headers",
]
