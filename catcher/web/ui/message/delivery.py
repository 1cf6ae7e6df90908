"""The delivery view: the client that sent a message, the SMTP dialogue, and relays and webhooks since."""

from collections.abc import Iterator

from catcher.envelope import Envelope, Parameters
from catcher.relay.webhooks import PREFIX
from catcher.store.model import StoredMessage
from catcher.store.records.outbox import FAILED, SENT, WAITING, OutboxJob
from catcher.web.ui.pages.views import DeliveryStep, DeliveryView, NamedValue, RecipientRow
from catcher.web.ui.site import dates, formatting
from catcher.web.ui.site.languages import _, marked, plural
from catcher.web.ui.site.site import Site

RECIPIENTS_SHOWN = 1000
STEPS_SHOWN = 200
JOBS_SHOWN = 50

Exchange = tuple[str, str]
"""A command and its reply; "" for the command of the greeting, and for a reply that is not stored."""

_STATES = {WAITING: marked("waiting"), SENT: marked("sent"), FAILED: marked("failed")}


async def read_delivery(site: Site, stored: StoredMessage) -> DeliveryView:
    """Return the delivery of one message, from its connection to its relays."""
    envelope = stored.envelope
    jobs = await site.services.store.outbox.newest(limit=JOBS_SHOWN, store_id=stored.summary.store_id)
    dialogue = exchanges(envelope.transcript)
    return DeliveryView(
        client=tuple(client_facts(envelope)),
        reverse_path=formatting.shown(envelope.reverse_path),
        parameters=_parameters(envelope.parameters),
        recipients=recipient_rows(envelope, dialogue),
        more_recipients=max(len(envelope.forward_paths) - RECIPIENTS_SHOWN, 0),
        steps=(*_reception_steps(stored, dialogue), *(_job_step(job) for job in reversed(jobs))),
        transcript=formatting.shown_lines(envelope.transcript),
    )


def exchanges(transcript: str) -> list[Exchange]:
    """Return commands and replies of a dialogue in the form of `Envelope.transcript`, in order.

    A reply follows its command there, in pipelines too, because it is recorded when the command is processed.
    """
    found: list[list[str]] = []
    for line in transcript.split("\n"):
        if line.startswith("C: "):
            found.append([line[3:], ""])
        elif line:
            if not found:
                found.append(["", ""])
            found[-1][1] += ("\n" if found[-1][1] else "") + line.removeprefix("S: ")
    return [(command, reply) for command, reply in found]


def client_facts(envelope: Envelope) -> Iterator[NamedValue]:
    """Yield the known facts about the client that sent the message."""
    client = envelope.client
    address = f"{client.address}:{client.port}" if client.port else client.address
    user = f"{client.user} ({client.mechanism})" if client.mechanism else client.user
    for name, value in (
        (_("Address"), address or _("none (no network connection)")),
        (_("HELO name"), client.helo),
        (_("Protocol"), client.protocol),
        (_("Encryption"), client.tls or _("none")),
        (_("User"), user or _("not authenticated")),
    ):
        if value:
            yield NamedValue(name=name, value=formatting.shown(value[:500]))


def recipient_rows(envelope: Envelope, dialogue: list[Exchange]) -> tuple[RecipientRow, ...]:
    """Return every recipient with the server's reply, refused ones last."""
    replies: dict[str, str] = {}
    for command, reply in dialogue:
        if command[:8].upper() == "RCPT TO:":
            replies.setdefault(_path_of(command), reply)
    rows = [
        RecipientRow(
            address=formatting.shown(path.addr_spec[:1000]),
            parameters=_parameters(path.parameters),
            reply=formatting.shown(replies.pop(path.addr_spec, "")),
            is_refused=False,
        )
        for path in envelope.forward_paths[:RECIPIENTS_SHOWN]
    ]
    rows += [
        RecipientRow(
            address=formatting.shown(path[:1000]), parameters="", reply=formatting.shown(reply), is_refused=True
        )
        for path, reply in replies.items()
        if reply[:1] in {"4", "5"}
    ]
    return tuple(rows)


def _path_of(command: str) -> str:
    """Return the addr-spec of "RCPT TO:<a@b> NOTIFY=NEVER"."""
    path = command[8:].strip()
    return path[1:].partition(">")[0] if path.startswith("<") else path.partition(" ")[0]


def _parameters(parameters: Parameters) -> str:
    return formatting.shown(" ".join(name if value is None else f"{name}={value}" for name, value in parameters)[:1000])


def _reception_steps(stored: StoredMessage, dialogue: list[Exchange]) -> Iterator[DeliveryStep]:
    """Yield the steps from the connection to the store. Only the moment of storing is known."""
    envelope, summary = stored.envelope, stored.summary
    for command, reply in dialogue[:STEPS_SHOWN]:
        if not command.upper().startswith("RCPT "):
            yield DeliveryStep(
                text=formatting.shown((command or _("Connected"))[:300]),
                detail=formatting.shown(reply.partition("\n")[0][:300]),
                is_bad=reply[:1] in {"4", "5"},
            )
    count = len(envelope.forward_paths)
    accepted = plural("%(count)s recipient accepted", "%(count)s recipients accepted", count)
    yield DeliveryStep(text=accepted)
    detail = f"{summary.store_id} · {formatting.octets(summary.size)}"
    yield DeliveryStep(text=_("Received and stored"), detail=detail, at=envelope.received_at)
    if summary.tags:
        yield DeliveryStep(text=_("Tagged"), detail=formatting.shown(", ".join(summary.tags)))
    if summary.is_read:
        yield DeliveryStep(text=_("Read"))


def _job_step(job: OutboxJob) -> DeliveryStep:
    """Return the step of one relay or webhook, with its state."""
    is_webhook = job.relay.startswith(PREFIX)
    name = formatting.shown(job.relay.removeprefix(PREFIX))
    text = _("Webhook %(name)s", name=name) if is_webhook else _("Relay %(name)s", name=name)
    facts = [_(_STATES.get(job.state, job.state))]
    facts.append(plural("%(count)s attempt", "%(count)s attempts", job.attempts))
    facts += [formatting.shown(", ".join(job.recipients)[:500])] if job.recipients else []
    facts += [_("next attempt at %(time)s", time=dates.full_time(job.due_at))] if job.due_at and job.attempts else []
    facts += [formatting.shown(job.text[-500:])] if job.text else []
    return DeliveryStep(text=text, detail=" · ".join(facts), is_bad=job.state == FAILED, at=job.created_at)
