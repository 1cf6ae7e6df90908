"""Inbox routing: the inboxes of a message follow from its sender's login, its recipients or a header field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from catcher.envelope import Envelope
from catcher.mime.model import ParsedMessage
from catcher.store.labels.inbox_names import clean_inboxes

SOURCES = ("user", "tag", "domain", "header", "recipient")
"""Sources of a name, in default order."""

MAX_INBOXES = 100
"""Inboxes of one message; of more recipients, the first ones count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRouting:
    """The rules. sources: some of `SOURCES`; the first that gives a name decides. Without sources there are no inboxes.

    user: the SMTP user name. tag: "signup" of ann+signup@example.com. domain: "signup" of ann@signup.inbox.test, when
    "inbox.test" is one of `domains` (lower case). header: the first field of the name `header`. recipient: the
    forward-paths, in lower case.
    """

    sources: tuple[str, ...] = SOURCES
    domains: tuple[str, ...] = ("inbox.test",)
    header: str = "X-Catcher-Inbox"

    def of_envelope(self, user: str, recipients: Iterable[str]) -> tuple[str, ...]:
        """Return the inboxes by the envelope alone, without duplicates."""
        return self._first(user, tuple(recipients), None)

    def of_message(self, envelope: Envelope, message: ParsedMessage) -> tuple[str, ...]:
        """Return the inboxes of a message, without duplicates. Never raises."""
        return self._first(envelope.client.user, envelope.recipients, message)

    def _first(self, user: str, recipients: tuple[str, ...], message: ParsedMessage | None) -> tuple[str, ...]:
        for source in self.sources:
            # Most sources give nothing for most mail, which is quickly known.
            named = self._named(source, user, recipients[:MAX_INBOXES], message)
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
