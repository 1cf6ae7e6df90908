"""The release page: recipients, relay, and the relay's answer for each recipient."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import RelayError
from catcher.store.model import StoredMessage
from catcher.web.api.message.release import author_of, recipients_of
from catcher.web.ui.pages.layout import NavLink
from catcher.web.ui.pages.message import ReleasePage, ReleaseRecipient, ReleaseResult
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.site import Site

if TYPE_CHECKING:
    from catcher.relay import RelayHost, TransmissionReport

SHOWN = 200
MAX_FIELDS = 1100
OTHERS_CHARACTERS = 20_000


async def show(site: Site, request: Request) -> Response:
    """GET /view/{id}/release?relay=&others=: the form. Nothing is sent."""
    stored = await site.services.store.get(request.path_params["store_id"])
    given = request.query_params
    return await _page(site, request, stored, given.get("relay", ""), given.getlist("to"), given.get("others", ""))


async def release(site: Site, request: Request) -> Response:
    """POST /view/{id}/release: fields relay, to (repeated) and others (addresses separated by commas or lines).

    Sends the message to all of them or, when one is not allowed, to none.
    """
    stored = await site.services.store.get(request.path_params["store_id"])
    async with request.form(max_fields=MAX_FIELDS, max_files=0) as form:
        name, others = str(form.get("relay", "")), str(form.get("others", ""))
        ticked = [str(each) for each in form.getlist("to")]
    relay = site.services.relays.named(name)
    problem, report = "", None
    if relay is None:
        problem = _("There is no such relay.")
    else:
        try:
            recipients = recipients_of([*ticked, *_addresses(others)], relay)
            author = author_of(stored, relay)
            report = await site.services.relays.release(relay, stored, recipients, author=author)
        except (HTTPException, RelayError) as error:
            problem = error.detail if isinstance(error, HTTPException) else str(error)
    return await _page(site, request, stored, name, ticked, others, problem=problem, report=report)


async def _page(
    site: Site,
    request: Request,
    stored: StoredMessage,
    name: str,
    ticked: Sequence[str],
    others: str,
    *,
    problem: str = "",
    report: "TransmissionReport | None" = None,
) -> Response:
    relays = site.services.relays
    relay = relays.named(name) or relays.default
    addresses = list(dict.fromkeys([*stored.envelope.recipients, *ticked, *_addresses(others)]))
    # The refused ones first: they need the reader's attention.
    results = [*report.refused, *report.accepted][:SHOWN] if report else []
    page = ReleasePage(
        layout=await site.layout(request),
        title=formatting.title(stored.message.subject),
        back=site.message_href(stored.summary.store_id),
        relays=tuple(
            NavLink(name=each.name, label=f"{each.name} ({each.server})", href="", is_current=each is relay)
            for each in relays.all
        ),
        allowed=relay.allowed.pattern if relay and relay.allowed else "",
        blocked=relay.blocked.pattern if relay and relay.blocked else "",
        recipients=tuple(_recipient(each, relay, is_ticked=each in ticked) for each in addresses[:SHOWN]),
        more=max(len(addresses) - SHOWN, 0),
        problem=formatting.shown(problem[:2000]),
        results=tuple(
            ReleaseResult(
                address=formatting.shown(each.recipient),
                is_accepted=each.is_accepted,
                reply=f"{each.code} {formatting.shown(each.text)}",
            )
            for each in results
        ),
        accepted=len(report.accepted) if report else 0,
    )
    return site.page("release.html", page, status=400 if problem or (report and report.refused) else 200)


def _addresses(text: str) -> list[str]:
    return [each.strip() for each in text[:OTHERS_CHARACTERS].replace(",", "\n").splitlines() if each.strip()]


def _recipient(address: str, relay: "RelayHost | None", *, is_ticked: bool) -> ReleaseRecipient:
    reason = ""
    if relay and relay.not_allowed([address]):
        reason = _("not on the allowlist")
    elif relay and relay.blocked_among([address]):
        reason = _("on the blocklist")
    return ReleaseRecipient(address=address, shown=formatting.shown(address[:500]), why_not=reason, is_ticked=is_ticked)
