"""The thread of a message, and why a message that looks like a reply belongs to none.

Mail clients build threads from Message-ID, In-Reply-To and References (RFC 5322 §3.6.4).
"""

import re
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from catcher.mime.model import ParsedMessage
from catcher.store.model import StoredMessage, StoredSummary
from catcher.store.search.folding import clean
from catcher.store.search.model import Contains, HeaderHas, Or, Query
from catcher.web.ui.pages.message import ThreadLink, ThreadPage, ThreadRow
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _, plural
from catcher.web.ui.site.site import Site

SHOWN = 100
MAX_IDS = 20
"""References that are searched for: the first one, which started the thread, and the last ones."""

_ID = re.compile(r"<([^<>\s]{1,500})>")
_REPLY = re.compile(r"\s*(?:(?:re|fwd?|aw|wg|antw|tr|sv|vs)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def thread_link(site: Site, stored: StoredMessage) -> ThreadLink:
    """Return the link to a message's thread. The thread itself takes a search, which only its own page does."""
    is_reply = _REPLY.match(stored.message.subject) is not None
    return ThreadLink(
        href=f"{site.root}thread/{stored.summary.store_id}",
        is_broken=is_reply and not references(stored.message),
    )


async def show(site: Site, request: Request) -> Response:
    """GET /thread/{id}: the thread of a message, oldest first, and what keeps others out of it."""
    stored = await site.services.store.get(request.path_params["store_id"])
    members = await _members(site, stored)
    page = ThreadPage(
        layout=await site.layout(request),
        title=formatting.title(stored.message.subject),
        back=site.message_href(stored.summary.store_id),
        rows=tuple(
            ThreadRow(
                href=site.message_href(summary.store_id),
                title=formatting.title(summary.subject),
                sender=formatting.sender_name(summary),
                received_at=summary.received_at,
                is_current=summary.store_id == stored.summary.store_id,
            )
            for summary in members
        ),
        problems=tuple(await _problems(site, stored.message, members)),
    )
    return site.page("thread.html", page)


async def _problems(site: Site, message: ParsedMessage, members: Sequence[StoredSummary]) -> list[str]:
    problems = []
    named = references(message)
    if not message.message_id:
        problems.append(_("This message has no Message-ID field, so replies cannot refer to it."))
    if not named and _REPLY.match(message.subject):
        problems.append(_("The subject is that of a reply, but In-Reply-To and References are missing."))
    known = {summary.message_id for summary in members}
    missing = [formatting.shown(each) for each in named if each not in known]
    problems += [_("This message replies to <%(id)s>, which is not in this mailbox.", id=each) for each in missing[:5]]
    if others := await _same_subject(site, message, members):
        problems.append(
            plural(
                "%(count)s other message has the same subject, but neither refers to the other.",
                "%(count)s other messages have the same subject, but refer to none of these.",
                others,
            )
        )
    return problems


async def _same_subject(site: Site, message: ParsedMessage, members: Sequence[StoredSummary]) -> int:
    subject = _bare(message.subject)
    if not subject:
        return 0
    page = await site.services.store.page(Contains(column="subject", text=subject), limit=SHOWN)
    ids = {summary.store_id for summary in members}
    return sum(each.store_id not in ids for each in page.messages if _bare(each.subject) == subject)


def _bare(subject: str) -> str:
    return clean(_REPLY.sub("", subject, count=1))


def references(message: ParsedMessage) -> list[str]:
    """Return the message ids in References and In-Reply-To, without angle brackets, oldest first, each once."""
    bodies = [
        field.body for name in ("references", "in-reply-to") for field in message.header if field.name.lower() == name
    ]
    return list(dict.fromkeys(found for body in bodies[:4] for found in _ID.findall(body[:20_000])))


async def _members(site: Site, stored: StoredMessage) -> list[StoredSummary]:
    """Return the message with those that name it, that it names, or that name the same root; oldest first."""
    named = references(stored.message)
    ids = [clean(each) for each in ([*named[:1], *named[1:][-MAX_IDS:]])]
    wanted: list[Query] = [Contains(column="message_id", text=each, whole=True) for each in ids if each]
    for each in filter(None, (clean(stored.message.message_id), *ids[:1])):
        wanted += [HeaderHas(name="references", text=each), HeaderHas(name="in-reply-to", text=each)]
    if not wanted:
        return [stored.summary]
    page = await site.services.store.page(Or(tuple(wanted)), limit=SHOWN)
    found = {summary.arrival: summary for summary in (*page.messages, stored.summary)}
    return [found[arrival] for arrival in sorted(found)]
