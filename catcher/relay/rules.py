"""Rules: which mail is sent onward on its own, through which relay, to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from catcher.errors import QueryError, SettingError
from catcher.relay.options import Pattern, Relay
from catcher.store.records.outbox import NewJob
from catcher.store.search import Query, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    query: a search query that a message has to match, "" for any message; dates in it are relative to the moment of
    judging. recipients: searched in each recipient of the envelope; only those it is found in get the message, None for
    all. to: fixed recipients instead of the envelope's (then `recipients` only says whether there is such a recipient).
    passes_errors: whether the sender, by SMTP, waits for the relay's answer and gets a refusal as its own.
    Raises SettingError for a query that cannot be read.
    """

    relay: Relay
    query: str = ""
    recipients: Pattern | None = None
    to: tuple[str, ...] = ()
    passes_errors: bool = False

    def __post_init__(self) -> None:
        try:
            self.query_at(datetime.now().astimezone())
        except QueryError as error:
            raise SettingError(f"query={self.query!r} of a rule: {error}") from error

    def query_at(self, now: datetime) -> Query:
        """The query; `now` is aware, and its time zone is that of dates without one. Raises QueryError."""
        return parse(self.query, now=now, zone=now.tzinfo or UTC)

    def recipients_of(self, envelope: Sequence[str]) -> list[str]:
        """Who is to get a message with these recipients, each once; the relay's lists are heeded."""
        chosen = [each for each in envelope if self.recipients is None or self.recipients.search(each)]
        if self.to:
            chosen = list(self.to) if chosen else []
        kept_back = {*self.relay.not_allowed(chosen), *self.relay.blocked_among(chosen)}
        return [each for each in dict.fromkeys(chosen) if each not in kept_back]

    def job(self, store_id: str, envelope: Sequence[str]) -> NewJob | None:
        """What is to be sent; None when nobody is to get it."""
        recipients = self.recipients_of(envelope)
        if not recipients:
            return None
        return NewJob(store_id=store_id, relay=self.relay.name, recipients=tuple(recipients))
