"""The name of this machine, for Message-ID and EHLO. (The module's name is Django's, for code that imports from it.)"""

import socket

__all__ = ["DNS_NAME", "CachedDnsName"]


class CachedDnsName:
    """The fully qualified name of this machine, looked up once, in ASCII: `str(DNS_NAME)`.

    The look-up can take seconds where DNS is slow, hence the cache; `del DNS_NAME._fqdn` forgets it.
    """

    def __init__(self) -> None:
        self._cached: str | None = None

    def __str__(self) -> str:
        return self.get_fqdn()

    def get_fqdn(self) -> str:
        """The name; one that IDNA cannot express becomes "localhost"."""
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
