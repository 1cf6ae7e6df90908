"""Tests of catcher.net.connections."""

import asyncio
import logging

from catcher.net.connections import Connections, connection_limit


def test_the_limit_leaves_file_descriptors_for_others() -> None:
    """Without descriptors the database and HTTP would fail, too."""
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert connection_limit(10) == 10
    assert connection_limit(0) < soft or soft == resource.RLIM_INFINITY
    assert connection_limit(10**9) == connection_limit(0) or soft == resource.RLIM_INFINITY


class Client:
    """A connection that has waited for its client since a moment, or does not wait."""

    def __init__(self, waiting_since: float | None) -> None:
        self.waiting_since = waiting_since
        self.is_aborted = False

    def expire(self, now: float) -> None:
        """Nothing expires here."""

    def stop(self) -> None:
        """Nothing stops here."""

    def abort(self) -> None:
        """Note it."""
        self.is_aborted = True


def opened(max_open: int, max_per_address: int = 0) -> Connections:
    return Connections(max_open=max_open, max_per_address=max_per_address, shortest=60, log=logging.getLogger("test"))


def test_the_connection_that_has_waited_longest_gives_way() -> None:
    """Those that are being served stay, and without one that waits the newcomer is refused."""

    async def run() -> None:
        register = opened(3)
        busy, longest, shortest = Client(None), Client(1.0), Client(2.0)
        for each in (busy, shortest, longest):
            assert register.enter(each, "127.0.0.1")
        assert register.enter(Client(None), "127.0.0.1")
        assert (busy.is_aborted, longest.is_aborted, shortest.is_aborted) == (False, True, False)
        assert register.enter(Client(None), "127.0.0.1")
        assert not register.enter(Client(None), "127.0.0.1")

    asyncio.run(run())


def test_room_is_kept_for_this_machine() -> None:
    """One of eight places cannot be taken from outside."""

    async def run() -> None:
        register = opened(16)
        assert [register.enter(Client(None), f"192.0.2.{number}") for number in range(16)] == [True] * 14 + [False] * 2
        assert [register.enter(Client(None), "::1"), register.enter(Client(None), "")] == [True, True]
        assert not register.enter(Client(None), "127.0.0.1")

    asyncio.run(run())


def test_at_its_own_limit_an_address_displaces_its_own_connections() -> None:
    """Others are not concerned."""

    async def run() -> None:
        register = opened(0, 1)
        other, own = Client(1.0), Client(2.0)
        assert register.enter(other, "192.0.2.1")
        assert register.enter(own, "192.0.2.2")
        assert register.enter(Client(None), "192.0.2.2")
        assert (other.is_aborted, own.is_aborted) == (False, True)
        assert not register.enter(Client(None), "192.0.2.2")

    asyncio.run(run())
