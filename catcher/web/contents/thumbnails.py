"""Thumbnails of attached images: hostile input, so sizes are checked before decoding, and errors never propagate."""

import logging
import warnings
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING

from catcher.paths import data_directory

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger("catcher.web")

WIDTH, HEIGHT = 180, 120
MAX_PIXELS = 20_000_000
"""Largest image that is decoded: a small file may claim enormous dimensions."""
MAX_DECODED = 64 * 1024 * 1024
"""Octets that the decoded image may take: four a pixel, and 64 a row, of which a narrow image has millions."""

_REDUCIBLE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"})
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
# Not TIFF and ICO: their tiles and pictures may be larger than the size that the file states.


def thumbnail(octets: bytes) -> bytes:
    """Return a JPEG of 180×120 pixels on white. Never raises.

    An image that is smaller in either dimension is fitted and centred, a larger one cropped to its centre. Anything
    that is no image, too large, or of an unknown format gives `blank()`.
    """
    if not has_thumbnails():
        return blank()
    from PIL import Image, ImageOps  # the optional dependency "images"

    try:
        with warnings.catch_warnings(), Image.open(BytesIO(octets), formats=_FORMATS) as image:
            warnings.simplefilter("ignore")  # about defects of the file
            if image.width * image.height > MAX_PIXELS:
                return blank()
            image.draft("RGB", (2 * WIDTH, 2 * HEIGHT))
            if image.height * (4 * image.width + 64) > MAX_DECODED:
                return blank()
            ImageOps.exif_transpose(image, in_place=True)
            upright = _reduced(image).convert("RGBA")
            if upright.width < WIDTH or upright.height < HEIGHT:
                upright.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
            else:
                upright = ImageOps.fit(upright, (WIDTH, HEIGHT), Image.Resampling.LANCZOS)
            page = Image.new("RGB", (WIDTH, HEIGHT), "white")
            page.paste(upright, ((WIDTH - upright.width) // 2, (HEIGHT - upright.height) // 2), upright)
            out = BytesIO()
            page.save(out, "JPEG", quality=70)
            return out.getvalue()
    except Exception as error:  # a decoder may raise anything for octets made to break it
        log.debug("no thumbnail: %s", error)
        return blank()


def _reduced(image: "Image.Image") -> "Image.Image":
    """Return the image at not much more than twice the size of a thumbnail: each further step works on a copy."""
    ratios = image.width // (2 * WIDTH), image.height // (2 * HEIGHT)
    factor = max(ratios) if image.width < WIDTH or image.height < HEIGHT else min(ratios)
    if factor < 2:
        return image
    return (image if image.mode in _REDUCIBLE else image.convert("RGBA")).reduce(factor)


def has_thumbnails() -> bool:
    """Return whether the imaging library is installed."""
    return find_spec("PIL") is not None


def blank() -> bytes:
    """Return a white JPEG of the same size."""
    return (data_directory("static") / "blank.jpg").read_bytes()
