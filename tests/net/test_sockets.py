"""Tests of catcher.net.sockets."""

import socket
from pathlib import Path

import pytest

from catcher.net.sockets import bind_unix, shown


def test_a_dead_socket_is_replaced_and_has_its_mode(tmp_path: Path) -> None:
    """What a killed process left in its place does not stop the next start."""
    place = tmp_path / "some.sock"
    bind_unix(str(place), mode=None).close()
    with bind_unix(str(place), mode=0o600) as bound:
        assert shown(bound) == f"unix:{place}"
        assert place.stat().st_mode & 0o777 == 0o600


def test_a_living_socket_and_a_file_are_left_alone(tmp_path: Path) -> None:
    """Nobody's listener is taken away, and nobody's file."""
    place = tmp_path / "some.sock"
    with bind_unix(str(place), mode=None) as living:
        living.listen()
        with pytest.raises(OSError, match="in use"):
            bind_unix(str(place), mode=None)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(place))
    file = tmp_path / "letter.txt"
    file.write_text("Dear Ann")
    with pytest.raises(OSError, match="in use"):
        bind_unix(str(file), mode=None)
    assert file.read_text() == "Dear Ann"
