"""Keeps messages and answers questions about them; announces changes after they are committed."""

from catcher.store.aio import AsyncStore
from catcher.store.events import Events, StoreEvent
from catcher.store.labels.inbox_names import fold_inbox
from catcher.store.model import (
    Addresses,
    Binned,
    ByIds,
    Counts,
    Everything,
    Matching,
    NewMessage,
    Overview,
    SavedSearch,
    Selection,
    StoredInbox,
    StoredMessage,
    StoredSummary,
    SummaryPage,
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
    "Events",
    "Everything",
    "Matching",
    "NewMessage",
    "Overview",
    "Prepared",
    "Query",
    "SavedSearch",
    "Selection",
    "Store",
    "StoreEvent",
    "StoredInbox",
    "StoredMessage",
    "StoredSummary",
    "SummaryPage",
    "fold_inbox",
    "prepare",
]
