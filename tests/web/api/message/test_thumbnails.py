"""Tests of thumbnails over HTTP: their size and middle, and that nothing hostile breaks them.

Mailpit compatibility: Contents.
"""

import struct
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from io import BytesIO

import httpx2
import pytest
from PIL import Image

Put = Callable[..., list[str]]


def mail(octets: bytes, subtype: str = "png", maintype: str = "image") -> bytes:
    """A mail with one attachment, part 2."""
    message = EmailMessage()
    message["Subject"] = "picture"
    message.set_content("x")
    message.add_attachment(octets, maintype=maintype, subtype=subtype, filename="p.png")
    return message.as_bytes()


def picture(width: int, height: int, kind: str = "PNG", colour: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return out.getvalue()


def thumb(api: httpx2.Client, put: Put, octets: bytes, subtype: str = "png", maintype: str = "image") -> Image.Image:
    """The thumbnail of the attachment, decoded."""
    (store_id,) = put(mail(octets, subtype, maintype))
    answer = api.get(f"/api/v1/message/{store_id}/part/2/thumb")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/jpeg"
    assert "sandbox" in answer.headers["content-security-policy"]
    return Image.open(BytesIO(answer.content))


def is_blank(image: Image.Image) -> bool:
    return image.convert("L").getextrema()[0] > 250  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_a_large_image_is_cut_to_its_middle(api: httpx2.Client, put: Put, kind: str) -> None:
    """180×120, filled to the corner."""
    image = thumb(api, put, picture(800, 300, kind), kind.lower())
    assert image.size == (180, 120)
    red, green, blue = image.convert("RGB").getpixel((0, 0))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 60


def test_a_small_image_is_centred_on_white(api: httpx2.Client, put: Put) -> None:
    """Smaller in one dimension is enough."""
    image = thumb(api, put, picture(60, 400)).convert("RGB")
    assert image.size == (180, 120)
    assert min(image.getpixel((0, 60))) > 250  # type: ignore[arg-type]
    assert image.getpixel((90, 60))[0] > 200  # type: ignore[index]


def png_of_size(width: int, height: int) -> bytes:
    """A few octets that claim these dimensions."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("octets", "subtype", "maintype"),
    [
        (b"", "png", "image"),
        (b"no image at all", "png", "image"),
        (picture(300, 300)[:200], "png", "image"),
        (png_of_size(60_000, 60_000), "png", "image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg+xml", "image"),
        (picture(300, 300), "pdf", "application"),
        (picture(300, 300, "TIFF"), "tiff", "image"),
        (picture(64, 64, "ICO"), "x-icon", "image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "eps", "image"),
    ],
)
def test_anything_but_an_image_gives_a_blank_thumbnail(
    api: httpx2.Client, put: Put, octets: bytes, subtype: str, maintype: str
) -> None:
    """Broken, endless, of a kind that is never decoded: blank, and no error."""
    assert is_blank(thumb(api, put, octets, subtype, maintype))


@pytest.mark.slow
def test_the_size_of_an_image_is_limited_before_it_is_decoded(api: httpx2.Client, put: Put) -> None:
    """A photograph of 20 megapixels is decoded, as JPEG is at a fraction of its size; no other format is."""
    for kind, height, is_decoded in (
        ("JPEG", 4_000, True),
        ("JPEG", 4_001, False),
        ("PNG", 3_200, True),
        ("PNG", 4_000, False),
    ):
        octets = BytesIO()
        Image.new("L", (5_000, height)).save(octets, kind)
        assert is_blank(thumb(api, put, octets.getvalue(), kind.lower())) is not is_decoded


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "height", "is_decoded"), [(1, 20_000_000, False), (1, 900_000, True), (2_000_000, 1, True)]
)
def test_the_rows_of_an_image_are_limited_too(
    api: httpx2.Client, put: Put, width: int, height: int, is_decoded: bool
) -> None:
    """A row takes more memory than its single pixel."""
    octets = BytesIO()
    Image.new("1", (width, height)).save(octets, "PNG")
    assert is_blank(thumb(api, put, octets.getvalue())) is not is_decoded


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_images_of_every_mode_are_made_smaller(api: httpx2.Client, put: Put, mode: str) -> None:
    """Palettes, masks, 16 bits, four colours; turned as their orientation says."""
    octets = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # the top is at the right
    top = Image.new("L", (900, 900), 255)
    top.paste(0, (0, 0, 900, 450))
    kind = "JPEG" if mode == "CMYK" else "PNG"
    top.convert(mode).save(octets, kind, exif=exif)
    small = thumb(api, put, octets.getvalue(), kind.lower()).convert("L")
    assert small.getpixel((170, 60)) < 60  # type: ignore[operator]
    assert small.getpixel((10, 60)) > 200  # type: ignore[operator]


def test_thumbnails_are_cached_and_unknown_parts_are_400(api: httpx2.Client, put: Put) -> None:
    """An ETag and a year for a fixed id; `latest` is revalidated. 400 for an unknown part or message and for a body."""
    (store_id,) = put(mail(picture(300, 300)))
    answer = api.get(f"/api/v1/message/{store_id}/part/2/thumb")
    assert "immutable" in answer.headers["cache-control"]
    again = api.get(f"/api/v1/message/{store_id}/part/2/thumb", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert "immutable" not in api.get("/api/v1/message/latest/part/2/thumb").headers["cache-control"]
    for path in (f"{store_id}/part/9", f"{store_id}/part/1", "nosuch/part/2"):
        assert api.get(f"/api/v1/message/{path}/thumb").status_code == 400
