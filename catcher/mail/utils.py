"""Host name of this machine, for Message-ID and EHLO. The module has Django's name, for code that imports it."""

import socket

__all__ = ["DNS_NAME", "CachedDnsName"]


class CachedDnsName:
    """Fully qualified name of this machine in ASCII, cached: `str(DNS_NAME)`.

    The look-up takes seconds if DNS is slow; `del DNS_NAME._fqdn` clears the cache.
    """

    def __init__(self) -> None:
        self._cached: str | None = None

    def __str__(self) -> str:
        return self.get_fqdn()

    def get_fqdn(self) -> str:
        """Return the name; one that IDNA cannot express becomes "localhost"."""
        return self._fqdn

    @property
    def _fqdn(self) -> str:
        if self._cached is None:
            name = socket.getfqdn()
            try:
                self._cached = name if name.isascii() else name.encode("idna").decode("ascii")
            except UnicodeError:
                self._cached = "localhost"
        return self._cached

    @_fqdn.setter
    def _fqdn(self, name: str) -> None:
        self._cached = name

    @_fqdn.deleter
    def _fqdn(self) -> None:
        self._cached = None


DNS_NAME = CachedDnsName()
