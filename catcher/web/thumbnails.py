"""Thumbnails of images that came by mail: hostile octets, so bounded before they are decoded, and never an error."""

import logging
import warnings
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING

from catcher.paths import data_directory

if TYPE_CHECKING:
    from PIL.Image import Image

log = logging.getLogger("catcher.web")

WIDTH, HEIGHT = 180, 120
MAX_PIXELS = 20_000_000
"""Pixels of an image that are decoded at most: a small file may claim to be endless."""

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "ICO")


def thumbnail(octets: bytes) -> bytes:
    """A JPEG of 180×120 pixels on white: an image that is smaller in either dimension is fitted and centred, a larger
    one cut to its middle. What is no image, too large, or not understood gives `blank()`. Never raises.
    """
    try:
        from PIL import Image, ImageOps  # of the extra "images"
    except ImportError:
        return blank()
    try:
        with warnings.catch_warnings(), Image.open(BytesIO(octets), formats=_FORMATS) as image:
            warnings.simplefilter("ignore")  # about oddities of the file
            if image.width * image.height > MAX_PIXELS:
                return blank()
            image.draft("RGB", (2 * WIDTH, 2 * HEIGHT))
            upright = ImageOps.exif_transpose(image).convert("RGBA")
            return _encoded(upright)
    except Exception as error:  # a decoder may raise anything for octets made to break it
        log.debug("no thumbnail: %s", error)
        return blank()


def has_thumbnails() -> bool:
    """Whether the library that makes them is installed."""
    return find_spec("PIL") is not None


def blank() -> bytes:
    """A white JPEG of the same size."""
    return (data_directory("static") / "blank.jpg").read_bytes()


def _encoded(image: "Image") -> bytes:
    from PIL import Image, ImageOps

    if image.width < WIDTH or image.height < HEIGHT:
        image.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    else:
        image = ImageOps.fit(image, (WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    page = Image.new("RGB", (WIDTH, HEIGHT), "white")
    page.paste(image, ((WIDTH - image.width) // 2, (HEIGHT - image.height) // 2), image)
    out = BytesIO()
    page.save(out, "JPEG", quality=70)
    return out.getvalue()
