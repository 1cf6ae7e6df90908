"""Keeps messages and answers questions about them; announces changes after they are committed."""

from catcher.store.aio import AsyncStore
from catcher.store.events import Event, Events
from catcher.store.model import (
    Addresses,
    ByIds,
    Counts,
    Everything,
    Matching,
    NewMessage,
    Page,
    Selection,
    StoredMessage,
    Summary,
)
from catcher.store.search.model import Anything, Query
from catcher.store.store import Store

__all__ = [
    "Addresses",
    "Anything",
    "AsyncStore",
    "ByIds",
    "Counts",
    "Event",
    "Events",
    "Everything",
    "Matching",
    "NewMessage",
    "Page",
    "Query",
    "Selection",
    "Store",
    "StoredMessage",
    "Summary",
]
