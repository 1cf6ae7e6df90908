"""Relay rules: which mail is relayed automatically, through which relay host, to which recipients."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from catcher.errors import QueryError, SettingError
from catcher.store.records.outbox import NewJob
from catcher.store.search import Query, parse

if TYPE_CHECKING:
    from catcher.relay.host import Pattern, RelayHost


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One relay rule.

    query: a search query that a message must match, "" for any message; dates in it are relative to the moment of
    matching. recipients: searched in each envelope recipient; those it is found in get the message, None for all.
    to: fixed recipients instead of the envelope's (then `recipients` only decides whether the rule applies).
    passes_errors: whether the SMTP client waits for the relay's reply and gets a refusal as its own.
    Raises SettingError for an invalid query.
    """

    relay: "RelayHost"
    query: str = ""
    recipients: "Pattern | None" = None
    to: tuple[str, ...] = ()
    passes_errors: bool = False

    def __post_init__(self) -> None:
        try:
            self.query_at(datetime.now().astimezone())
        except QueryError as error:
            raise SettingError(f"query={self.query!r} of a rule: {error}") from error

    def query_at(self, now: datetime) -> Query:
        """Return the query; `now` is aware, and its time zone is that of dates without one. Raises QueryError."""
        return parse(self.query, now=now, zone=now.tzinfo or UTC)

    def recipients_of(self, envelope: Sequence[str]) -> list[str]:
        """Return the recipients of a message to these envelope recipients, each once, less those the relay blocks."""
        chosen = [each for each in envelope if self.recipients is None or self.recipients.search(each)]
        if self.to:
            chosen = list(self.to) if chosen else []
        blocked = {*self.relay.not_allowed(chosen), *self.relay.blocked_among(chosen)}
        return [each for each in dict.fromkeys(chosen) if each not in blocked]

    def job(self, store_id: str, envelope: Sequence[str]) -> NewJob | None:
        """Return the outbox job for a message; None without recipients."""
        recipients = self.recipients_of(envelope)
        if not recipients:
            return None
        return NewJob(store_id=store_id, relay=self.relay.name, recipients=tuple(recipients))
