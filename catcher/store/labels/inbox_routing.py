"""Which inboxes a message belongs to: told by what its sender logged in as, by its recipients, or by a header field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from catcher.envelope import Envelope
from catcher.mime.model import ParsedMessage
from catcher.store.labels.inbox_names import clean_inboxes

SOURCES = ("user", "tag", "domain", "header", "recipient")
"""Where a name can come from, in the order in which they are asked."""

MOST = 100
"""Inboxes that one message is put into; of a message to more recipients, the first ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRouting:
    """The rules. sources: some of `SOURCES`; the first that says anything decides, and none puts mail in no inbox.

    user: the SMTP user name. tag: "signup" of ann+signup@example.com. domain: "signup" of ann@signup.inbox.test, when
    "inbox.test" is one of `domains` (lower case). header: the first field of the name `header`. recipient: the
    forward-paths, in lower case.
    """

    sources: tuple[str, ...] = SOURCES
    domains: tuple[str, ...] = ("inbox.test",)
    header: str = "X-Catcher-Inbox"

    def of_envelope(self, user: str, recipients: Iterable[str]) -> tuple[str, ...]:
        """The inboxes by what the dialogue tells, each once, usable names only."""
        return self._first(user, tuple(recipients), None)

    def of_message(self, envelope: Envelope, message: ParsedMessage) -> tuple[str, ...]:
        """The inboxes of a message, each once, usable names only. Never raises."""
        return self._first(envelope.client.user, envelope.recipients, message)

    def _first(self, user: str, recipients: tuple[str, ...], message: ParsedMessage | None) -> tuple[str, ...]:
        for source in self.sources:
            # Most sources have nothing to say of most mail, which is quickly told.
            named = self._named(source, user, recipients[:MOST], message)
            if named and (found := clean_inboxes(named)):
                return found
        return ()

    def _named(
        self, source: str, user: str, recipients: tuple[str, ...], message: ParsedMessage | None
    ) -> Sequence[str]:
        match source:
            case "user":
                return (user,) if user else ()
            case "tag":
                return [tag for each in recipients if "+" in each and (tag := _tag(each))]
            case "domain":
                return [name for each in recipients if (name := self._sub_domain(each))]
            case "header":
                return () if message is None else _first_body(message, self.header)
            case _:
                return [each.lower() for each in recipients]

    def _sub_domain(self, recipient: str) -> str:
        domain = recipient.rpartition("@")[2].lower()
        for each in self.domains:
            if domain.endswith("." + each):
                return domain.removesuffix("." + each)
        return ""


def _tag(recipient: str) -> str:
    return recipient.rpartition("@")[0].partition("+")[2]


def _first_body(message: ParsedMessage, name: str) -> tuple[str, ...]:
    wanted, size = name.lower(), len(name)
    same = (field.body for field in message.header if len(field.name) == size and field.name.lower() == wanted)
    return tuple(islice(same, 1))
