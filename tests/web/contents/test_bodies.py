"""Reading a large message without its attachments gives the text that reading all of it gives."""

import asyncio
import binascii
from datetime import UTC, datetime

import pytest

from catcher.envelope import Envelope, ForwardPath
from catcher.intake import deliver_now
from catcher.mime import Bodies, bodies, parse
from catcher.store import AsyncStore, Store
from catcher.threads import Threads
from catcher.web.contents.bodies import _GAP, WHOLE_LIMIT, _runs, read_message

FILE = b"begin 644 notes.txt\r\n" + binascii.b2a_uu(b"kept by itself").replace(b"\n", b"\r\n") + b"`\r\nend\r\n"
TEXT = b"Content-Type: text/plain\r\n\r\nbefore\r\n" + FILE + b"after\r\n"
HTML = b"Content-Type: text/html\r\n\r\n<p>seen</p>\r\n"
LARGE = b"Content-Type: application/octet-stream\r\n\r\n" + b"x" * (WHOLE_LIMIT // 2) + b"\r\n"
SMALL = b"Content-Type: application/pdf\r\n\r\nsmall\r\n"


def mixed(*parts: bytes) -> bytes:
    """A message of these parts."""
    begin = b'Subject: large\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    return begin + b"".join(b"--b\r\n" + part for part in parts) + b"--b--\r\n"


def read(store: Store, octets: bytes) -> Bodies:
    """What is read of it once it is stored."""
    envelope = Envelope(
        reverse_path="a@example.org",
        forward_paths=(ForwardPath(addr_spec="b@example.org"),),
        received_at=datetime.now(UTC),
    )
    (store_id,) = deliver_now(store, [(envelope, octets)])
    threads = Threads(1)
    try:
        return asyncio.run(read_message(AsyncStore(store, threads), threads, store_id))[1]
    finally:
        threads.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "octets",
    [
        mixed(TEXT, LARGE, HTML, LARGE, TEXT),
        mixed(LARGE, LARGE, TEXT, SMALL, TEXT, HTML),
        mixed(HTML, TEXT, LARGE, LARGE),
        mixed(LARGE, LARGE, LARGE),
        mixed(*[TEXT] * 4_000, LARGE, LARGE),
    ],
    ids=["apart", "together", "first", "none", "thousands"],
)
def test_the_text_is_that_of_the_whole_message(database_url: str, octets: bytes) -> None:
    """Files in texts are left out of them, wherever the texts stand."""
    assert len(octets) > WHOLE_LIMIT
    with Store.open(database_url, poll_interval=0) as store:
        assert read(store, octets) == bodies(octets, parse(octets))


def test_what_is_close_together_is_read_in_one_go() -> None:
    """A message of thousands of texts is read once, not once for each; a large attachment is left out."""
    assert _runs([(start, start + 5) for start in range(0, 100_000, 10)]) == [(0, 99_995)]
    assert _runs([(0, 10), (10 + _GAP - 1, 400_000), (400_000 + _GAP, 700_000)]) == [
        (0, 400_000),
        (400_000 + _GAP, 700_000),
    ]
    assert _runs([]) == []
