"""The release page: who may get a message through which relay, and what became of each recipient."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from catcher.errors import RelayError
from catcher.store.model import StoredMessage
from catcher.web.api.message.release import author_of, recipients_of
from catcher.web.ui.pages import Link, ReleaseOutcome, ReleasePage, ReleaseRecipient
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.site import Site

if TYPE_CHECKING:
    from catcher.relay import RelayHost, TransmissionReport

SHOWN = 200
MOST_FIELDS = 1100
OTHERS_CHARACTERS = 20_000


class ReleaseHandlers:
    """/view/{id}/release."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """GET /view/{id}/release?relay=&others=: who would get it. Nothing is sent."""
        stored = await self._site.services.store.get(request.path_params["store_id"])
        given = request.query_params
        return await self._answer(request, stored, given.get("relay", ""), given.getlist("to"), given.get("others", ""))

    async def release(self, request: Request) -> Response:
        """POST /view/{id}/release: fields relay, to (repeated) and others (addresses apart by comma or line). Sends the
        message to all of them or, when one may not get it, to nobody.
        """
        stored = await self._site.services.store.get(request.path_params["store_id"])
        async with request.form(max_fields=MOST_FIELDS, max_files=0) as form:
            relay, others = str(form.get("relay", "")), str(form.get("others", ""))
            wanted = [str(each) for each in form.getlist("to")]
        chosen = self._site.services.relays.named(relay)
        if chosen is None:
            return await self._answer(request, stored, relay, wanted, others, problem=_("There is no such relay."))
        try:
            recipients = recipients_of([*wanted, *_addresses(others)], chosen)
            author = author_of(stored, chosen)
            report = await self._site.services.relays.release(chosen, stored, recipients, author=author)
        except (HTTPException, RelayError) as error:
            said = error.detail if isinstance(error, HTTPException) else str(error)
            return await self._answer(request, stored, relay, wanted, others, problem=said)
        return await self._answer(request, stored, relay, wanted, others, report=report)

    async def _answer(
        self,
        request: Request,
        stored: StoredMessage,
        name: str,
        wanted: Sequence[str],
        others: str,
        *,
        problem: str = "",
        report: "TransmissionReport | None" = None,
    ) -> Response:
        site, relays = self._site, self._site.services.relays
        relay = relays.named(name) or relays.default
        asked = [*dict.fromkeys(stored.envelope.recipients), *wanted, *_addresses(others)]
        page = ReleasePage(
            chrome=await site.chrome(request),
            title=formatting.title(stored.message.subject),
            back=f"{site.root}view/{stored.summary.store_id}",
            relays=tuple(
                Link(name=each.name, label=f"{each.name} ({each.server})", href="", is_current=each is relay)
                for each in relays.all
            ),
            allowed=relay.allowed.pattern if relay and relay.allowed else "",
            blocked=relay.blocked.pattern if relay and relay.blocked else "",
            recipients=tuple(
                _recipient(each, relay, is_ticked=each in wanted) for each in list(dict.fromkeys(asked))[:SHOWN]
            ),
            more=max(len(dict.fromkeys(asked)) - SHOWN, 0),
            problem=formatting.shown(problem[:2000]),
            outcomes=_outcomes(report) if report else (),
            accepted=len(report.accepted) if report else 0,
        )
        return site.page("release.html", page, status=400 if problem or (report and report.refused) else 200)


def _addresses(text: str) -> list[str]:
    return [each.strip() for each in text[:OTHERS_CHARACTERS].replace(",", "\n").splitlines() if each.strip()]


def _recipient(address: str, relay: "RelayHost | None", *, is_ticked: bool) -> ReleaseRecipient:
    """Whether the relay's lists let this address through."""
    why = ""
    if relay and relay.not_allowed([address]):
        why = _("not on the allowlist")
    elif relay and relay.blocked_among([address]):
        why = _("on the blocklist")
    return ReleaseRecipient(address=address, shown=formatting.shown(address[:500]), why_not=why, is_ticked=is_ticked)


def _outcomes(report: "TransmissionReport") -> tuple[ReleaseOutcome, ...]:
    """The refused ones first: they are what somebody has to do something about."""
    told = [*report.refused, *report.accepted][:SHOWN]
    return tuple(
        ReleaseOutcome(
            address=formatting.shown(each.recipient),
            is_accepted=each.is_accepted,
            reply=f"{each.code} {formatting.shown(each.text)}",
        )
        for each in told
    )
