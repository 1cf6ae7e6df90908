"""The setup guide: settings for each framework with the real host and port, and sample messages."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.envelope import Client, Envelope, ForwardPath
from catcher.store.labels.inbox_names import clean_inbox
from catcher.web.api.inboxes import addresses_of
from catcher.web.ui.instance.connections import last_refusal
from catcher.web.ui.instance.sample_mails import SAMPLES, sample
from catcher.web.ui.instance.snippets import Login, filled, frameworks, is_plain
from catcher.web.ui.pages.instance import SetupPage
from catcher.web.ui.pages.layout import NavLink
from catcher.web.ui.pages.lists import SetupGuide, SetupSnippet
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.list_state import ListState
from catcher.web.ui.site.notices import ActionResult, notice_text
from catcher.web.ui.site.site import Site, now

DEFAULT_FRAMEWORK = "django"


async def show(site: Site, request: Request) -> Response:
    """GET /setup and /setup/{framework}?i=: the guide, with user and password of an inbox."""
    framework, inbox = request.path_params.get("framework", ""), clean_inbox(request.query_params.get("i", ""))
    page = SetupPage(
        layout=await site.layout(request),
        setup=await setup_guide(site, request, framework, inbox=inbox),
        notice=notice_text(request),
    )
    return site.page("setup.html", page)


async def send(site: Site, request: Request) -> Response:
    """POST /setup/test: deliver a sample message, to the inbox `i` as its user would; then show the list."""
    async with request.form(max_fields=5, max_files=0) as form:
        kind, inbox = str(form.get("kind", "")), clean_inbox(str(form.get("i", "")))
    octets = sample(kind, now=now())
    if octets is None:
        return site.redirect("setup")
    envelope = Envelope(
        reverse_path="shop@example.com",
        forward_paths=(ForwardPath(addr_spec="ann@example.com"),),
        received_at=now(),
        client=Client(address=request.client.host if request.client else "", protocol="HTTP", user=inbox),
    )
    await site.services.intake.deliver(envelope, octets)
    return RedirectResponse(ListState(inbox=inbox).href(site.root, done=ActionResult(action="sent")), status_code=303)


async def setup_guide(site: Site, request: Request, framework: str, *, inbox: str = "") -> SetupGuide:
    """Return the guide for a framework; for the default one when the name is unknown or empty.

    inbox: the one that mail shall be routed to, by its user and password; "" for none.
    """
    known = frameworks()
    chosen = framework if framework in known else DEFAULT_FRAMEWORK
    address = site.smtp_address(request)
    host, port = address.rpartition(":")[::2]
    user = inbox if is_plain(inbox) else ""
    made = await site.services.store.explicit_inbox(inbox) if user else None
    login = Login(
        host=host.strip("[]") or "localhost", port=port or "1025", user=user, password=made.password if made else ""
    )
    return SetupGuide(
        address=address,
        inbox=formatting.shown(inbox),
        user=user,
        password=login.password,
        addresses=addresses_of(inbox, site.services.routing) if inbox else (),
        frameworks=tuple(
            NavLink(label=entry["name"], href=site.href(f"setup/{key}", i=inbox), is_current=key == chosen)
            for key, entry in known.items()
        ),
        snippets=tuple(
            SetupSnippet(name=entry["title"], text=filled(entry["text"], login)) for entry in known[chosen]["snippet"]
        ),
        last_refusal=await _last_refusal(site),
        is_container=site.services.facts.in_container,
        samples=tuple(NavLink(label=_(label), href=key) for key, (label, _make) in SAMPLES.items()),
    )


async def _last_refusal(site: Site) -> str:
    """Return client, age and reply of the last connection without a message, when it was refused; else ""."""
    sessions = await site.services.store.sessions.newest(limit=1)
    reply = last_refusal(sessions[0].transcript) if sessions else ""
    if not reply:
        return ""
    age = formatting.duration(now() - sessions[0].closed_at)
    client = formatting.shown(sessions[0].client.address or sessions[0].client.helo)
    return _("%(client)s was refused %(age)s ago: %(reply)s", client=client, age=age, reply=formatting.shown(reply))
