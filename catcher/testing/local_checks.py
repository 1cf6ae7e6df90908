"""The checks of one message in this process, without a server."""

import asyncio
from datetime import UTC, datetime

from catcher import server
from catcher.assertions import ChecksPass, Mail, checks_fault
from catcher.checks import CheckedMail
from catcher.conf import load
from catcher.envelope import Envelope, ForwardPath


def checks_failure(wanted: ChecksPass, mail: Mail) -> str:
    """Return why the checks do not pass, "" when they do. Must not be called where an event loop runs."""
    envelope = Envelope(
        reverse_path="",
        forward_paths=tuple(ForwardPath(addr_spec=each) for each in mail.recipients),
        received_at=datetime.now(UTC),
    )
    settings, _ = load(flags={})
    with server.local_checker(settings) as checker:
        subject = CheckedMail(envelope=envelope, octets=mail.octets, message=mail.message)
        return checks_fault(wanted, asyncio.run(checker.examine(subject)))
