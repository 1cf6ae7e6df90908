"""The mail store: keeps messages, finds them, and announces changes after their commit."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.store.async_store import AsyncStore
    from catcher.store.events import Events, StoreEvent
    from catcher.store.labels.inbox_names import fold_inbox
    from catcher.store.labels.inbox_routing import InboxRouting
    from catcher.store.model import (
        Addresses,
        BinnedMessage,
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
    from catcher.store.records.tokens import ApiToken, Scope, may_be_token
    from catcher.store.search.model import Anything, InInbox, Query
    from catcher.store.store import Store

__all__ = [
    "Addresses",
    "Anything",
    "ApiToken",
    "AsyncStore",
    "BinnedMessage",
    "ByIds",
    "Counts",
    "Events",
    "Everything",
    "InInbox",
    "InboxRouting",
    "Matching",
    "NewMessage",
    "Overview",
    "Query",
    "SavedSearch",
    "Scope",
    "Selection",
    "Store",
    "StoreEvent",
    "StoredInbox",
    "StoredMessage",
    "StoredSummary",
    "SummaryPage",
    "fold_inbox",
    "may_be_token",
]

__getattr__ = lazy.exports(
    __name__,
    {
        "async_store": "AsyncStore",
        "events": "Events StoreEvent",
        "labels.inbox_names": "fold_inbox",
        "labels.inbox_routing": "InboxRouting",
        "model": "Addresses BinnedMessage ByIds Counts Everything Matching NewMessage Overview "
        "SavedSearch Selection StoredInbox StoredMessage StoredSummary SummaryPage",
        "records.tokens": "ApiToken Scope may_be_token",
        "search.model": "Anything InInbox Query",
        "store": "Store",
    },
)
