"""The running program and its mailbox."""

from collections.abc import Mapping

from catcher.schema.base import Camel, Count


class RuntimeStats(Camel, frozen=True, kw_only=True):
    """Numbers since the start. uptime: in seconds. memory, smtp_accepted_size: in octets."""

    uptime: Count
    memory: Count
    messages_deleted: Count
    smtp_accepted: Count
    smtp_accepted_size: Count
    smtp_rejected: Count
    smtp_ignored: Count


class AppInformation(Camel, frozen=True, kw_only=True):
    """The running program and its mailbox. latest_version: always "disabled", since no network request is made.

    smtp: addresses of the SMTP listeners.
    """

    version: str
    latest_version: str
    database: str
    database_size: Count
    messages: Count
    unread: Count
    tags: Mapping[str, int]
    runtime_stats: RuntimeStats
    smtp: tuple[str, ...] = ()
