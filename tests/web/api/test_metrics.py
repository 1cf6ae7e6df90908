"""Tests of the numbers for Prometheus. Mailpit compatibility: Metrics."""

import smtplib
import socket

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from catcher.testing import running_catcher

MAIL = b"Subject: x\r\nX-Tags: Two Words\r\n\r\nx\r\n"


def numbers(text: str) -> dict[str, float]:
    """Every sample by name, with its labels."""
    return {
        sample.name + "".join(f"|{value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_have_mailpits_names_and_are_current() -> None:
    """Gauges and counters as dashboards expect them; computed for each request."""
    with running_catcher(enable_prometheus=True) as catcher, httpx2.Client(base_url=catcher.url) as api:
        before = numbers(api.get("metrics").raise_for_status().text)
        assert before["mailpit_messages"] == 0
        with smtplib.SMTP(catcher.smtp_host, catcher.smtp_port, timeout=30) as client:
            client.sendmail("a@b.c", ["d@e.f"], MAIL)
            client.docmd("RCPT", "nonsense")
        after = numbers(api.get("metrics").text)
        assert after["mailpit_messages"] == after["mailpit_messages_unread"] == 1
        assert after["mailpit_tag_messages|Two Words"] == 1
        assert after["mailpit_smtp_accepted_total"] == 1
        assert after["mailpit_smtp_accepted_size_bytes_total"] == len(MAIL)
        assert after["mailpit_smtp_rejected_total"] == 1
        assert after["mailpit_smtp_ignored_total"] == 0
        assert after["mailpit_database_size_bytes"] > 0
        assert after["mailpit_memory_usage_bytes"] > 1_000_000
        assert after["mailpit_uptime_seconds"] >= 0
        assert after["catcher_outgoing_waiting"] == 0
        api.delete("api/v1/messages")
        assert numbers(api.get("metrics").text)["mailpit_messages_deleted_total"] == 1


def test_metrics_are_disabled_by_default() -> None:
    """404, as in Mailpit."""
    with running_catcher() as catcher, httpx2.Client(base_url=catcher.url) as api:
        assert api.get("metrics").status_code == 404


def test_metrics_can_have_an_address_of_their_own() -> None:
    """MP_ENABLE_PROMETHEUS with an address: no password there, and nothing else is served."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        running_catcher(metrics_listen=f"127.0.0.1:{port}", ui_auth="ann:secret") as catcher,
        httpx2.Client(base_url=f"http://127.0.0.1:{port}") as api,
    ):
        assert numbers(api.get("/metrics").text)["mailpit_messages"] == 0
        assert api.get("/api/v1/messages").status_code == 404
        assert httpx2.get(f"{catcher.url}metrics").status_code == 401
