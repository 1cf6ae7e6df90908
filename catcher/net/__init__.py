"""The one door for requests that the server itself makes: every address is judged before it is connected to."""

from catcher.net.fetcher import Fetcher, FetchError, FetchRefused, Hop, Page, Resolver, system_resolver

__all__ = ["FetchError", "FetchRefused", "Fetcher", "Hop", "Page", "Resolver", "system_resolver"]
