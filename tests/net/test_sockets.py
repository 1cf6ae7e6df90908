"""Tests of catcher.net.sockets."""

import socket
from pathlib import Path

import pytest

from catcher.net.sockets import bind, bind_unix, socket_address


@pytest.mark.parametrize("host", ["", "::"])
def test_every_address_means_both_families(host: str) -> None:
    """ ":1025" and "[::]:1025" accept IPv4 as well, on one port, and replies are sent without Nagle's delay."""
    sockets = bind(host, 0, name="Test address")
    families = {bound.family for bound in sockets}
    assert len({bound.getsockname()[1] for bound in sockets}) == 1
    assert all(bound.proto == socket.IPPROTO_TCP for bound in sockets)
    for bound in sockets:
        bound.listen()
    for bound in sockets:
        bound.close()
    assert families >= {socket.AF_INET}
    if socket.has_dualstack_ipv6():
        assert families == {socket.AF_INET, socket.AF_INET6}


def test_a_stale_socket_is_replaced_and_has_its_mode(tmp_path: Path) -> None:
    """What a killed process left behind does not prevent the next start."""
    path = tmp_path / "some.sock"
    bind_unix(str(path), mode=None).close()
    with bind_unix(str(path), mode=0o600) as bound:
        assert socket_address(bound) == f"unix:{path}"
        assert path.stat().st_mode & 0o777 == 0o600


def test_an_active_socket_and_a_file_are_left_alone(tmp_path: Path) -> None:
    """No other process loses its listener, and no user a file."""
    path = tmp_path / "some.sock"
    with bind_unix(str(path), mode=None) as active:
        active.listen()
        with pytest.raises(OSError, match="in use"):
            bind_unix(str(path), mode=None)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
    file = tmp_path / "letter.txt"
    file.write_text("Dear Ann")
    with pytest.raises(OSError, match="in use"):
        bind_unix(str(file), mode=None)
    assert file.read_text() == "Dear Ann"
