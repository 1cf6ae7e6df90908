"""Network building blocks: bound sockets, TLS, PROXY protocol, password files, and the guarded HTTP client."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.net.fetcher import Fetcher, FetchError, FetchRefused, FetchResponse, Hop, Resolver, system_resolver

__all__ = ["FetchError", "FetchRefused", "FetchResponse", "Fetcher", "Hop", "Resolver", "system_resolver"]

# SMTP starts with this package: it must not load the HTTP client.
__getattr__ = lazy.exports(__name__, {"fetcher": " ".join(__all__)})
