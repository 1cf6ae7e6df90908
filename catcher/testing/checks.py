"""The checks of one message in this process, without a server."""

import asyncio
from datetime import UTC, datetime

from catcher.assertions import ChecksPass, Mail
from catcher.assertions.checks import checks_fault
from catcher.checks import CheckedMail
from catcher.conf import load
from catcher.envelope import Envelope, ForwardPath
from catcher.server.catcher import checker_of


def fault_of_checks(wanted: ChecksPass, mail: Mail) -> str:
    """What is not as it was asserted, "" when all is well. Must not be called where an event loop runs."""
    envelope = Envelope(
        reverse_path="",
        forward_paths=tuple(ForwardPath(addr_spec=each) for each in mail.recipients),
        received_at=datetime.now(UTC),
    )
    settings, _ = load(flags={})
    with checker_of(settings) as checker:
        reports = asyncio.run(checker.examine(CheckedMail(envelope=envelope, octets=mail.octets, message=mail.message)))
    return checks_fault(wanted, reports)
