"""Tests of `catcher debug`, the debugging server."""

import re
import signal
import smtplib
import subprocess
import sys


def test_debug_prints_messages_and_stores_none() -> None:
    """`catcher debug` prints header section and body between two rules, as smtpd's DebuggingServer did.

    Source: the document's section on mail during development.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "catcher", "debug", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with process:
        assert process.stderr is not None
        assert process.stdout is not None
        where = re.search(r"127\.0\.0\.1:(\d+)", process.stderr.readline())
        assert where is not None
        with smtplib.SMTP("127.0.0.1", int(where[1]), timeout=10) as client:
            client.sendmail(
                "from@example.com",
                ["to@example.com"],
                "Subject: Grüße\r\nFrom: from@example.com\r\n\r\nHere is the message.\r\n.dot\r\n".encode(),
                mail_options=["BODY=8BITMIME"],
            )
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=10)
        assert process.returncode == 0
    assert printed.splitlines() == [
        "---------- MESSAGE FOLLOWS ----------",
        "mail options: ['SIZE=72', 'BODY=8BITMIME']",
        "",
        "Subject: Grüße",
        "From: from@example.com",
        "X-Peer: 127.0.0.1",
        "",
        "Here is the message.",
        ".dot",
        "------------ END MESSAGE ------------",
    ]
