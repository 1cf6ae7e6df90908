"""The HTTP header fields of the frame's document."""

from catcher.web.frame.model import ImagePolicy

_REMOTE = "https: http:"


def frame_headers(
    *, images: str, policy: ImagePolicy = ImagePolicy.EMBEDDED, loads_everything: bool = False
) -> dict[str, str]:
    """Return the response headers of the document.

    images: absolute URL, with a slash at the end, below which the message's inline images lie; the mail can request
        nothing else of this server. "" allows none.
    loads_everything: style sheets, fonts and media of other hosts too, as a mail program that loads all of them.
    """
    sources = {
        ImagePolicy.NONE: "'none'",
        ImagePolicy.EMBEDDED: f"{images} data:".strip(),
        ImagePolicy.REMOTE: f"{images} data: {_REMOTE}".strip(),
    }
    remote = f" {_REMOTE}" if loads_everything else ""
    media = f"media-src{remote}; " if remote else ""
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'unsafe-inline'{remote}; font-src data:{remote}; {media}"
            f"img-src {sources[policy]}; form-action 'none'; base-uri 'none'; "
            "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-DNS-Prefetch-Control": "off",
        "Cache-Control": "private, no-store",
    }
