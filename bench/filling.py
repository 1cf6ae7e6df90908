"""Direct filling of a catcher's database, for mailboxes that would take too long to send."""

import sqlite3
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.mails import mail

GROUP = 500
"""Messages of one transaction."""


def fill_file(path: Path, messages: int) -> None:
    """Store 1.5 kB messages up to a number of `messages`, and wait until all are indexed."""
    from catcher.envelope import Client, Envelope, ForwardPath
    from catcher.intake import deliver_now
    from catcher.store import Store

    client = Client(address="127.0.0.1", port=2525, helo="bench.example", protocol="ESMTP")
    begun = datetime.now(UTC) - timedelta(seconds=messages)
    with Store.open(f"sqlite:///{path}", durable=False, poll_interval=0) as store:
        for first in range(store.counts().messages, messages, GROUP):
            numbers = range(first, min(first + GROUP, messages))
            envelopes = [
                Envelope(
                    reverse_path="shop@example.com",
                    forward_paths=(ForwardPath(addr_spec="ann@example.com"),),
                    received_at=begun + timedelta(seconds=number),
                    client=client,
                )
                for number in numbers
            ]
            deliver_now(
                store, [(envelope, mail("1.5 kB", number)) for envelope, number in zip(envelopes, numbers, strict=True)]
            )
        with closing(sqlite3.connect(path)) as connection:
            while connection.execute("SELECT indexed < cursor FROM counter").fetchone()[0]:
                time.sleep(0.5)


if __name__ == "__main__":
    fill_file(Path(sys.argv[1]), int(sys.argv[2]))
