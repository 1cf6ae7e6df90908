"""Keeps messages and answers questions about them; announces changes after they are committed."""

from catcher.store.aio import AsyncStore
from catcher.store.events import Event, Events
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.model import (
    Addresses,
    Binned,
    ByIds,
    Counts,
    Everything,
    Inbox,
    Matching,
    NewMessage,
    Overview,
    Page,
    SavedSearch,
    Selection,
    StoredMessage,
    Summary,
)
from catcher.store.search.model import Anything, Query
from catcher.store.store import Store
from catcher.store.write.inserts import Prepared, prepare

__all__ = [
    "Addresses",
    "Anything",
    "AsyncStore",
    "Binned",
    "ByIds",
    "Counts",
    "Event",
    "Events",
    "Everything",
    "Inbox",
    "Matching",
    "NewMessage",
    "Overview",
    "Page",
    "Prepared",
    "Query",
    "SavedSearch",
    "Selection",
    "Store",
    "StoredMessage",
    "Summary",
    "fold_inbox",
    "prepare",
]
