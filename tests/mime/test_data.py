"""Whole messages with the tree, bodies and defects that are expected of them, as data."""

import json
from pathlib import Path
from typing import Any

import pytest

from catcher import mime

DATA = Path(__file__).parent.parent / "data"
MESSAGES = sorted(path for path in DATA.glob("[0-9][0-9]-*.eml") if path.with_suffix(".json").exists())


def described(octets: bytes) -> dict[str, Any]:
    """The message in the shape of the expected files."""
    message = mime.parse(octets)
    bodies = mime.bodies(octets, message)
    roles = {
        **dict.fromkeys(message.text_parts, "text"),
        **dict.fromkeys(message.html_parts, "html"),
        **dict.fromkeys(message.attachments, "attachment"),
        **dict.fromkeys(message.inlines, "inline"),
    }
    return {
        "subject": message.subject,
        "from": [[address.display_name, address.addr_spec] for address in message.from_],
        "to": [[address.display_name, address.addr_spec] for address in message.to],
        "cc": [[address.display_name, address.addr_spec] for address in message.cc],
        "date": message.date.isoformat() if message.date else None,
        "message_id": message.message_id,
        "parts": [
            [part.part_id, part.media_type, roles.get(i, ""), part.file_name, part.content_id, part.size]
            for i, part in enumerate(message.parts)
        ],
        "text": bodies.text,
        "text_is_made": bodies.text_is_made,
        "html": bodies.html,
        "snippet": mime.readable_text(octets, message).snippet,
        "defects": [[defect.code, defect.part_id] for defect in message.defects],
    }


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_message_is_read_as_described(path: Path) -> None:
    """Each message in tests/data gives the tree beside it. Source: RFC 2046, RFC 2231, RFC 2047, README.md there."""
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert described(path.read_bytes()) == expected


def test_there_are_messages() -> None:
    """The data of the test above is really there."""
    assert len(MESSAGES) >= 8
