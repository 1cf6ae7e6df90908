"""The contract of the store on each engine, and the storage of octets."""

import random
from pathlib import Path

import pytest

from catcher.errors import NotFound
from catcher.store import Store
from tests.store.contract import MakeMessage, StoreContract


class TestStore(StoreContract):
    """Every engine fulfils the contract."""


@pytest.mark.slow
@pytest.mark.parametrize("size", [0, 1, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024 + 17])
def test_any_octets_are_stored_unchanged(store: Store, new: MakeMessage, tmp_path: Path, size: int) -> None:
    """Byte-exact from nothing to several pieces, given in memory or as a file."""
    pattern = bytes(range(256)) + b"\r\n.\r\n\n\0" * 3
    octets = (pattern * (size // len(pattern) + 1))[:size]
    file = tmp_path / "mail.eml"
    file.write_bytes(octets)
    in_memory, in_file = new(octets), new(file)
    store.add([in_memory, in_file])
    for message in (in_memory, in_file):
        assert store.raw(message.store_id) == octets
        assert store.summary(message.store_id).size == size
        assert max(map(len, store.raw_pieces(message.store_id)), default=0) <= 1024 * 1024
    assert file.read_bytes() == octets


def test_octets_that_do_not_shrink_are_stored_plain(store: Store, new: MakeMessage) -> None:
    """Octets that look like a compressed frame are not decompressed."""
    frame_like = b"\x28\xb5\x2f\xfd" + random.Random(1).randbytes(5000)
    message = new(frame_like)
    store.add([message])
    assert store.raw(message.store_id) == frame_like


def test_a_range_is_that_part_of_the_octets(store: Store, new: MakeMessage) -> None:
    """Any start and end, across pieces, outside the message, the wrong way round."""
    octets = b"".join(b"%07d\n" % number for number in range(400_000))
    message = new(octets)
    store.add([message])
    piece = 1024 * 1024
    for start, end in (
        (0, 1),
        (5, None),
        (piece - 1, piece + 1),
        (piece, 2 * piece),
        (len(octets) - 1, None),
        (len(octets), None),
        (10, 5),
        (-5, 3),
        (3, 10**12),
    ):
        got = b"".join(store.raw_pieces(message.store_id, start=start, end=end))
        assert got == octets[max(0, start) : end], (start, end)


def test_a_part_is_decoded_from_its_own_range(store: Store, new: MakeMessage) -> None:
    """`part` gives a part's decoded octets. RFC 2045 §6."""
    message = new(
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n'
        b'Content-Type: application/pdf; name="x.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC/w==\r\n--b--\r\n'
    )
    store.add([message])
    [attachment] = [part for part in message.message.parts if part.file_name == "x.pdf"]
    assert store.part(message.store_id, attachment.part_id) == b"\x00\x01\x02\xff"
    with pytest.raises(NotFound):
        store.part(message.store_id, "99")


@pytest.mark.sqlite
def test_the_file_is_for_its_owner_only(store: Store, tmp_path: Path) -> None:
    """Mail holds passwords: neither the database nor its companions are readable by others."""
    assert (tmp_path / "mail.db").exists()
    for file in tmp_path.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file


@pytest.mark.sqlite
def test_the_size_on_disk_counts_the_journal(store: Store, new: MakeMessage, tmp_path: Path) -> None:
    """The size of a database is that of its files, but for the one that is kept for a full disk."""
    store.add([new()])
    files = [file for file in tmp_path.iterdir() if not file.name.endswith("-reserve")]
    assert store.octets_on_disk() == sum(file.stat().st_size for file in files)
