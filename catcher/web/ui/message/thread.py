"""The messages that belong to one conversation, and why one that looks like an answer belongs to none.

Mail programs put messages together by Message-ID, In-Reply-To and References (RFC 5322 §3.6.4).
"""

import re
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from catcher.mime.model import ParsedMessage
from catcher.store.model import StoredMessage, StoredSummary
from catcher.store.search.folding import clean
from catcher.store.search.model import Contains, HeaderHas, Or, Query
from catcher.web.ui.pages import Conversation, ConversationLine, ConversationPage
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, plural
from catcher.web.ui.site.site import Site

SHOWN = 100
IDS_LOOKED_FOR = 20
"""References that are asked for: the first one, which began it all, and the last ones."""

_ID = re.compile(r"<([^<>\s]{1,500})>")
_ANSWER = re.compile(r"\s*(?:(?:re|fwd?|aw|wg|antw|tr|sv|vs)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def conversation_of(site: Site, stored: StoredMessage) -> Conversation:
    """What the page of a message says of its conversation. Looking for the others takes a search, so its page does."""
    is_answer = _ANSWER.match(stored.message.subject) is not None
    return Conversation(
        href=f"{site.root}thread/{stored.summary.store_id}",
        is_outside=is_answer and not references(stored.message),
    )


class ConversationHandlers:
    """/thread/{id}."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """GET /thread/{id}: the conversation of a message, oldest first, and what keeps others out of it."""
        site = self._site
        stored = await site.services.store.get(request.path_params["store_id"])
        found = await _members(site, stored)
        page = ConversationPage(
            chrome=await site.chrome(request),
            title=formatting.title(stored.message.subject),
            back=f"{site.root}view/{stored.summary.store_id}",
            lines=tuple(_line(site, summary, stored) for summary in found),
            reasons=tuple(await self._reasons(stored, found)),
        )
        return site.page("conversation.html", page)

    async def _reasons(self, stored: StoredMessage, found: Sequence[StoredSummary]) -> list[str]:
        message, reasons = stored.message, []
        named = references(message)
        if not message.message_id:
            reasons.append(_("It has no Message-ID field, so no answer can name it."))
        if not named and _ANSWER.match(message.subject):
            reasons.append(_("Its subject is that of an answer, but it has neither In-Reply-To nor References."))
        here = {summary.message_id for summary in found}
        missing = [formatting.shown(each) for each in named if each not in here]
        reasons += [_("It answers <%(id)s>, which is not in this mailbox.", id=each) for each in missing[:5]]
        others = await self._same_subject(message, found)
        if others:
            reasons.append(
                plural(
                    "%(count)s other message has this subject, but neither refers to the other.",
                    "%(count)s other messages have this subject, but refer to none of these.",
                    others,
                )
            )
        return reasons

    async def _same_subject(self, message: ParsedMessage, found: Sequence[StoredSummary]) -> int:
        subject = clean(_ANSWER.sub("", message.subject, count=1))
        if not subject:
            return 0
        page = await self._site.services.store.page(Contains(column="subject", text=subject), limit=SHOWN)
        here = {summary.store_id for summary in found}
        alike = [each for each in page.messages if clean(_ANSWER.sub("", each.subject, count=1)) == subject]
        return sum(summary.store_id not in here for summary in alike)


def references(message: ParsedMessage) -> list[str]:
    """The message ids that a message names as those it answers, without angle brackets, oldest first, each once."""
    bodies = [
        field.body for name in ("references", "in-reply-to") for field in message.header if field.name.lower() == name
    ]
    return list(dict.fromkeys(found for body in bodies[:4] for found in _ID.findall(body[:20_000])))


async def _members(site: Site, stored: StoredMessage) -> list[StoredSummary]:
    """The message and those that name it, that it names, or that name the same beginning; oldest first."""
    named = references(stored.message)
    own = stored.message.message_id
    ids = [clean(each) for each in ([*named[:1], *named[1:][-IDS_LOOKED_FOR:]])]
    wanted: list[Query] = [Contains(column="message_id", text=each, whole=True) for each in ids if each]
    for each in filter(None, (clean(own), *ids[:1])):
        wanted += [HeaderHas(name="references", text=each), HeaderHas(name="in-reply-to", text=each)]
    if not wanted:
        return [stored.summary]
    page = await site.services.store.page(Or(tuple(wanted)), limit=SHOWN)
    found = {summary.arrival: summary for summary in (*page.messages, stored.summary)}
    return [found[arrival] for arrival in sorted(found)]


def _line(site: Site, summary: StoredSummary, stored: StoredMessage) -> ConversationLine:
    sender = formatting.mailbox_name(summary.addresses.from_[0]) if summary.addresses.from_ else ""
    return ConversationLine(
        href=f"{site.root}view/{summary.store_id}",
        title=formatting.title(summary.subject),
        sender=formatting.shown(sender[:200]),
        received_at=summary.received_at,
        is_current=summary.store_id == stored.summary.store_id,
    )
