"""Keeps messages and answers questions about them; announces changes after they are committed."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.store.aio import AsyncStore
    from catcher.store.events import Events, StoreEvent
    from catcher.store.labels.inbox_names import fold_inbox
    from catcher.store.labels.inbox_routing import InboxRouting
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
    from catcher.store.search.model import Anything, InInbox, Query
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
    "InInbox",
    "InboxRouting",
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

__getattr__ = lazy.exports(
    __name__,
    {
        "AsyncStore": "aio",
        "Events": "events",
        "StoreEvent": "events",
        "fold_inbox": "labels.inbox_names",
        "InboxRouting": "labels.inbox_routing",
        "Addresses": "model",
        "Binned": "model",
        "ByIds": "model",
        "Counts": "model",
        "Everything": "model",
        "Matching": "model",
        "NewMessage": "model",
        "Overview": "model",
        "SavedSearch": "model",
        "Selection": "model",
        "StoredInbox": "model",
        "StoredMessage": "model",
        "StoredSummary": "model",
        "SummaryPage": "model",
        "Anything": "search.model",
        "InInbox": "search.model",
        "Query": "search.model",
        "Store": "store",
        "Prepared": "write.inserts",
        "prepare": "write.inserts",
    },
)
