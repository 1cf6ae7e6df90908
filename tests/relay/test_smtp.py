"""Tests of catcher.relay.smtp: every session ends, whatever the server does."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from catcher.errors import RelayError
from catcher.relay import transmit
from tests.relay.conftest import Keep
from tests.relay.scripted import scripted
from tests.relay.test_transmission import ODD, smtp

HELLO = (b"220 hi\r\n", b"250 hi\r\n")


@pytest.mark.parametrize("replies", [(), HELLO, (*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n")])
def test_a_server_that_falls_silent_is_given_up(keep: Keep, replies: tuple[bytes, ...]) -> None:
    """At every stage of the session, after the timeout."""
    with scripted(*replies) as server, pytest.raises(RelayError, match=r"timed out|in time"):
        transmit(keep(ODD), ODD, ["x@y.test"], connection=smtp(server.port, timeout=0.2))


def test_a_server_that_drips_is_given_up_after_the_time_limit_of_a_session(keep: Keep) -> None:
    """Each octet arrives within the timeout, but the reply never ends."""
    with scripted(*HELLO, drip=b"2") as server, pytest.raises(RelayError):
        transmit(keep(ODD), ODD, ["x@y.test"], connection=smtp(server.port, session_seconds=0.5))


def test_a_reply_without_end_is_cut(keep: Keep) -> None:
    """A multi-line reply must not fill the memory."""
    with (
        scripted(*HELLO, drip=b"250-and so on\r\n" * 100) as server,
        pytest.raises(RelayError, match="replies are too long"),
    ):
        transmit(keep(ODD), ODD, ["x@y.test"], connection=smtp(server.port))


def test_a_session_can_be_aborted_from_another_thread(keep: Keep) -> None:
    """`abort` ends it at once; without a session it does nothing."""
    connection = smtp(1)
    connection.abort()
    with scripted(*HELLO) as server, ThreadPoolExecutor(1) as pool:
        connection = smtp(server.port, timeout=60)
        sending = pool.submit(transmit, keep(ODD), ODD, ["x@y.test"], connection=connection)
        assert server.silent.wait(10)
        connection.abort()
        with pytest.raises(RelayError):
            sending.result(timeout=10)
        assert server.left.wait(10)
    assert not [each for each in threading.enumerate() if each.name.startswith("catcher-relay")]
