"""Inbox routing: the inboxes of a message follow from its sender's login, its recipients or a header field."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

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

    def inboxes(self, user: str, recipients: Sequence[str], message: ParsedMessage | None = None) -> tuple[str, ...]:
        """Return the inboxes of a message, without duplicates; by the envelope alone if it is None. Never raises.

        user: the SMTP user name, "" without AUTH. recipients: the addr-specs of the forward-paths.
        """
        for source in self.sources:
            # Most sources give nothing for most mail, which is quickly known.
            named = self._named(source, user, recipients[:MAX_INBOXES], message)
            if named and (found := clean_inboxes(named)):
                return found
        return ()

    def _named(self, source: str, user: str, recipients: Sequence[str], message: ParsedMessage | None) -> Sequence[str]:
        match source:
            case "user":
                return (user,) if user else ()
            case "tag":
                tagged = (each.rpartition("@")[0].partition("+")[2] for each in recipients if "+" in each)
                return [tag for tag in tagged if tag]
            case "domain":
                return [name for each in recipients if (name := self._sub_domain(each))]
            case "header":
                wanted, size = self.header.lower(), len(self.header)
                fields = () if message is None else message.header
                same = (each.body for each in fields if len(each.name) == size and each.name.lower() == wanted)
                return tuple(islice(same, 1))
            case _:
                return [each.lower() for each in recipients]

    def _sub_domain(self, recipient: str) -> str:
        domain = recipient.rpartition("@")[2].lower()
        for each in self.domains:
            if domain.endswith("." + each):
                return domain.removesuffix("." + each)
        return ""
