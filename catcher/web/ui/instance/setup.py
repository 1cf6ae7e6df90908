"""How to point an application here: settings for each framework with the real host and port, and test messages."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catcher.envelope import Client, Envelope, ForwardPath
from catcher.store.labels.inbox_names import clean_inbox
from catcher.web.api.inboxes import addresses_of
from catcher.web.ui.instance.connections import last_refusal
from catcher.web.ui.instance.sample_mails import SAMPLES, sample
from catcher.web.ui.instance.snippets import Login, can_be_written, filled, frameworks
from catcher.web.ui.pages import Link, Setup, SetupPage, Snippet
from catcher.web.ui.site import formatting
from catcher.web.ui.site.languages import _
from catcher.web.ui.site.location import Place
from catcher.web.ui.site.site import Done, Site, done_text, now

FIRST = "django"


class SetupHandlers:
    """/setup, /setup/{framework} and /setup/test."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """GET /setup and /setup/{framework}?i=: with the user and password of the inbox that is named."""
        site = self._site
        framework, inbox = request.path_params.get("framework", ""), clean_inbox(request.query_params.get("i", ""))
        page = SetupPage(
            chrome=await site.chrome(request),
            setup=await setup_for(site, request, framework, inbox=inbox),
            done=done_text(request),
        )
        return site.page("setup.html", page)

    async def send(self, request: Request) -> Response:
        """POST /setup/test: put a test message into the mailbox, or the inbox `i` as its user would; then the list."""
        async with request.form(max_fields=5, max_files=0) as form:
            kind, inbox = str(form.get("kind", "")), clean_inbox(str(form.get("i", "")))
        octets = sample(kind, now=now())
        if octets is None:
            return self._site.redirect("setup")
        envelope = Envelope(
            reverse_path="shop@example.com",
            forward_paths=(ForwardPath(addr_spec="ann@example.com"),),
            received_at=now(),
            client=Client(address=request.client.host if request.client else "", protocol="HTTP", user=inbox),
        )
        await self._site.services.intake.deliver(envelope, octets)
        return RedirectResponse(
            Place(inbox=inbox).address(self._site.root, done=Done(action="sent", count=1)), status_code=303
        )


async def setup_for(site: Site, request: Request, framework: str, *, inbox: str = "") -> Setup:
    """The settings of one framework; of the first one when the name is unknown or empty.

    inbox: the one that the mail shall come into, by its user and password; "" for none.
    """
    known = frameworks()
    chosen = framework if framework in known else FIRST
    address = site.smtp_address(request)
    host, port = address.rpartition(":")[::2]
    user = inbox if can_be_written(inbox) else ""
    made = await site.services.store.explicit_inbox(inbox) if user else None
    login = Login(
        host=host.strip("[]") or "localhost", port=port or "1025", user=user, password=made.password if made else ""
    )
    return Setup(
        address=address,
        inbox=formatting.shown(inbox),
        user=user,
        password=login.password,
        addresses=addresses_of(inbox, site.services.sorting) if inbox else (),
        frameworks=tuple(
            Link(label=entry["name"], href=site.href(f"setup/{key}", i=inbox), is_current=key == chosen)
            for key, entry in known.items()
        ),
        snippets=tuple(
            Snippet(key=chosen, name=entry["title"], text=filled(entry["text"], login))
            for entry in known[chosen]["snippet"]
        ),
        refused=await _last_refused(site),
        is_container=site.services.facts.in_container,
        tests=tuple(Link(label=_(SAMPLES[key][0]), href=key) for key in SAMPLES),
    )


async def _last_refused(site: Site) -> str:
    """The last connection that brought no message, when it was told no."""
    sessions = await site.services.store.sessions.newest(limit=1)
    said = last_refusal(sessions[0].transcript) if sessions else ""
    if not said:
        return ""
    session = sessions[0]
    age = formatting.duration(now() - session.closed_at)
    client = formatting.shown(session.client.address or session.client.helo)
    return _("%(client)s was refused %(age)s ago: %(reply)s", client=client, age=age, reply=formatting.shown(said))
