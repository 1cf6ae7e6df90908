"""Defects of single parts that are worth reporting although the part is readable."""

from collections.abc import Iterator, Sequence

from catcher.mime.entity import Entity
from catcher.mime.model import Octets
from catcher.mime.text.charset_names import codec_of

_WINDOW = 65_536
_OF_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"


def part_defects(octets: Octets, entities: Sequence[Entity]) -> Iterator[tuple[str, int, str]]:
    """Yield code, index of the entity and sentence of each defect; only the start of long content is examined."""
    for index, entity in enumerate(entities):
        if entity.is_multipart:
            continue
        if entity.transfer_encoding == "base64":
            content = octets[entity.body_start : min(entity.end, entity.body_start + _WINDOW)]
            if content.translate(None, _OF_BASE64):
                yield (
                    "base64-invalid",
                    index,
                    "Base64 content holds characters that are not base64; they were skipped.",
                )
        if entity.parameters and entity.media_type.startswith("text/"):
            charset = next((value for name, value in entity.parameters if name == "charset"), "")
            if charset and not codec_of(charset):
                yield (
                    "charset-unknown",
                    index,
                    f"The charset {charset[:60]!r} is not known; the text was read by guess.",
                )
