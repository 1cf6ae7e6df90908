"""The HTTP header fields of the frame's document."""

from catcher.web.frame.model import ImagePolicy


def frame_headers(*, images: str, policy: ImagePolicy = ImagePolicy.EMBEDDED) -> dict[str, str]:
    """Return the response headers of the document.

    images: absolute URL, with a slash at the end, below which the message's inline images lie; the mail can request
        nothing else of this server. "" allows none.
    """
    sources = {
        ImagePolicy.NONE: "'none'",
        ImagePolicy.EMBEDDED: f"{images} data:".strip(),
        ImagePolicy.REMOTE: f"{images} data: https: http:".strip(),
    }
    return {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'unsafe-inline'; font-src data:; "
            f"img-src {sources[policy]}; form-action 'none'; base-uri 'none'; "
            "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-DNS-Prefetch-Control": "off",
        "Cache-Control": "private, no-store",
    }
