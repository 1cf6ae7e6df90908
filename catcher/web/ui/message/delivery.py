"""What the delivery view shows: who handed a message in, what was said, and what became of it since."""

from collections.abc import Iterator

from catcher.envelope import Envelope, Parameters
from catcher.relay.webhooks import PREFIX
from catcher.store.model import StoredMessage
from catcher.store.records.outbox import FAILED, SENT, WAITING, OutboxJob
from catcher.web.ui.pages import Delivery, Fact, RecipientLine, Step
from catcher.web.ui.site import dates, formatting
from catcher.web.ui.site.languages import _, marked, plural
from catcher.web.ui.site.site import Site

RECIPIENTS_SHOWN = 1000
STEPS_SHOWN = 200
JOBS_SHOWN = 50

Exchange = tuple[str, str]
"""A command and its reply; "" for the command of the greeting, and for a reply that is not kept."""

_STATES = {WAITING: marked("waits"), SENT: marked("sent"), FAILED: marked("failed")}


async def read_delivery(site: Site, stored: StoredMessage) -> Delivery:
    """The way of one message, from the connection it came by to the relays it went to."""
    services, envelope = site.services, stored.envelope
    jobs = await services.store.outbox.newest(limit=JOBS_SHOWN, store_id=stored.summary.store_id)
    said = exchanges(envelope.transcript)
    return Delivery(
        client=tuple(client_facts(envelope)),
        reverse_path=formatting.shown(envelope.reverse_path),
        parameters=_parameters(envelope.parameters),
        recipients=recipient_lines(envelope, said),
        more_recipients=max(len(envelope.forward_paths) - RECIPIENTS_SHOWN, 0),
        steps=(*_steps_in(stored, said), *(_step_onward(job) for job in reversed(jobs))),
        transcript=formatting.shown_lines(envelope.transcript),
    )


def exchanges(transcript: str) -> list[Exchange]:
    """Commands and replies of a dialogue in the form of `Envelope.transcript`, in order.

    A reply stands behind its command there, in pipelines too, because it is noted when the command is worked on.
    """
    said: list[list[str]] = []
    for line in transcript.split("\n"):
        if line.startswith("C: "):
            said.append([line[3:], ""])
        elif line:
            if not said:
                said.append(["", ""])
            said[-1][1] += ("\n" if said[-1][1] else "") + line.removeprefix("S: ")
    return [(command, reply) for command, reply in said]


def client_facts(envelope: Envelope) -> Iterator[Fact]:
    """What is known of who handed the message in."""
    client = envelope.client
    address = f"{client.address}:{client.port}" if client.port else client.address
    by = f"{client.user} ({client.mechanism})" if client.mechanism else client.user
    for name, value in (
        (_("Address"), address or _("none: it came without a connection")),
        (_("Called itself"), client.helo),
        (_("Protocol"), client.protocol),
        (_("Encryption"), client.tls or _("none")),
        (_("User"), by or _("not authenticated")),
    ):
        if value:
            yield Fact(name=name, value=formatting.shown(value[:500]))


def recipient_lines(envelope: Envelope, said: list[Exchange]) -> tuple[RecipientLine, ...]:
    """Every recipient with what it was answered. Those that were refused stand behind them."""
    replies: dict[str, str] = {}
    for command, reply in said:
        if command[:8].upper() == "RCPT TO:":
            replies.setdefault(_path_of(command), reply)
    lines = [
        RecipientLine(
            address=formatting.shown(path.addr_spec[:1000]),
            parameters=_parameters(path.parameters),
            reply=formatting.shown(replies.pop(path.addr_spec, "")),
            is_refused=False,
        )
        for path in envelope.forward_paths[:RECIPIENTS_SHOWN]
    ]
    lines += [
        RecipientLine(
            address=formatting.shown(path[:1000]), parameters="", reply=formatting.shown(reply), is_refused=True
        )
        for path, reply in replies.items()
        if reply[:1] in {"4", "5"}
    ]
    return tuple(lines)


def _path_of(command: str) -> str:
    """The addr-spec in "RCPT TO:<a@b> NOTIFY=NEVER"."""
    path = command[8:].strip()
    return path[1:].partition(">")[0] if path.startswith("<") else path.partition(" ")[0]


def _parameters(parameters: Parameters) -> str:
    return formatting.shown(" ".join(name if value is None else f"{name}={value}" for name, value in parameters)[:1000])


def _steps_in(stored: StoredMessage, said: list[Exchange]) -> Iterator[Step]:
    """From the connection to the store. Only the end of it has a time."""
    envelope, summary = stored.envelope, stored.summary
    for command, reply in said[:STEPS_SHOWN]:
        if not command.upper().startswith("RCPT "):
            is_refused = reply[:1] in {"4", "5"}
            text = command or _("Connected")
            yield Step(
                text=formatting.shown(text[:300]),
                detail=formatting.shown(reply.partition("\n")[0][:300]),
                is_bad=is_refused,
                at=None,
            )
    count = len(envelope.forward_paths)
    accepted = plural("%(count)s recipient accepted", "%(count)s recipients accepted", count)
    yield Step(text=accepted, detail="", is_bad=False, at=None)
    detail = f"{summary.store_id} · {formatting.octets(summary.size)}"
    yield Step(text=_("Received and stored"), detail=detail, is_bad=False, at=envelope.received_at)
    if summary.tags:
        yield Step(text=_("Tagged"), detail=formatting.shown(", ".join(summary.tags)), is_bad=False, at=None)
    if summary.is_read:
        yield Step(text=_("Opened by somebody"), detail="", is_bad=False, at=None)


def _step_onward(job: OutboxJob) -> Step:
    """One message for one relay or webhook, and how far it is."""
    is_webhook = job.relay.startswith(PREFIX)
    name = formatting.shown(job.relay.removeprefix(PREFIX))
    text = _("Webhook %(name)s", name=name) if is_webhook else _("Relay %(name)s", name=name)
    said = [_(_STATES.get(job.state, job.state))]
    said.append(plural("%(count)s attempt", "%(count)s attempts", job.attempts))
    said += [formatting.shown(", ".join(job.recipients)[:500])] if job.recipients else []
    said += [_("again at %(time)s", time=dates.full_time(job.due_at))] if job.due_at and job.attempts else []
    said += [formatting.shown(job.text[-500:])] if job.text else []
    return Step(text=text, detail=" · ".join(said), is_bad=job.state == FAILED, at=job.created_at)
