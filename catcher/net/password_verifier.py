"""Verification of passwords for listeners: off the event loop, bounded, and slowed down for addresses that guess."""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from catcher.lru import LruCache
from catcher.net.htpasswd import Htpasswd
from catcher.threads import Threads

CACHED_CREDENTIALS = 1024
"""Valid credentials that are cached, so that a slow hash is not computed for every request."""

MAX_CONCURRENT = 2
"""Hashes that are computed at the same time, so that password guessing leaves threads for everything else."""

MAX_WAITING = 100
"""Attempts that may wait for a free slot; further ones have to try again."""

MAX_FAILURES = 30
"""Wrong passwords that an address may send in a row."""

SECONDS_PER_FAILURE = 2.0
"""The time after which one more wrong password is allowed."""

TRACKED_ADDRESSES = 4096


class TooManyAttempts(Exception):
    """Too many passwords are being verified; the client may try again at once."""


class TooManyFailures(TooManyAttempts):
    """The address has sent too many wrong passwords; even a right one is not verified for some seconds."""


class FailedLogins:
    """The wrong passwords of each address, as a leaky bucket. clock: seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._levels: LruCache[str, tuple[float, float]] = LruCache(TRACKED_ADDRESSES)

    def check(self, address: str) -> None:
        """Raise TooManyFailures if the address has to wait before its next attempt."""
        if self._level(_network(address)) > MAX_FAILURES - 1:
            raise TooManyFailures

    def add(self, address: str) -> None:
        """Count a wrong password."""
        key = _network(address)
        self._levels.put(key, (self._level(key) + 1, self._clock()))

    def _level(self, key: str) -> float:
        level, at = self._levels.get(key) or (0.0, 0.0)
        return max(0.0, level - (self._clock() - at) / SECONDS_PER_FAILURE)


class PasswordVerifier:
    """Verifies credentials in a thread and caches valid ones; of invalid ones nothing is kept."""

    def __init__(self, passwords: Htpasswd, threads: Threads, *, failures: FailedLogins | None = None) -> None:
        self._passwords = passwords
        self._threads = threads
        self._failures = failures or FailedLogins()
        self._known: LruCache[bytes, bool] = LruCache(CACHED_CREDENTIALS)
        self._key = secrets.token_bytes(32)
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)
        self._waiting = 0

    async def verify(self, user: str, password: str, *, address: str) -> bool:
        """Return whether this is the user's password. address: the client's. Raises TooManyAttempts."""
        # Neither the password nor a plain hash of it is kept: a cached key is worthless outside this process.
        octets = f"{user}\0{password}".encode("utf-8", "surrogatepass")
        key = hmac.digest(self._key, hashlib.sha256(octets).digest(), "sha256")
        if self._known.get(key):
            return True
        if self._waiting >= MAX_WAITING:
            raise TooManyAttempts
        self._waiting += 1
        try:
            async with self._slots:
                # Browsers request a page and its files at once: the first verification serves the others.
                if self._known.get(key):
                    return True
                self._failures.check(address)
                is_valid = await self._threads.run(self._passwords.verify, user, password)
        finally:
            self._waiting -= 1
        if is_valid:
            self._known.put(key, True)
        else:
            self._failures.add(address)
        return is_valid


def _network(address: str) -> str:
    """Return an IPv4 address itself, of an IPv6 address the network: one machine usually has a whole /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(int(parsed) >> 64) if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None else str(parsed)
