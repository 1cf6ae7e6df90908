"""Tests of catcher.relay.outbox and rules: no message is lost or sent twice, whatever fails in between."""

import asyncio
import contextlib
import queue
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catcher.errors import SettingError
from catcher.relay import RelayHost, RelayOutbox, Relays, RetryPolicy, Rule, pattern, smtp_options
from catcher.store import ByIds, Store
from catcher.threads import Threads
from tests.mail.servers import AnyPortController, Mailbox
from tests.relay.conftest import Keep
from tests.relay.scripted import scripted
from tests.waiting import wait_until

MAIL = b"From: a@example.com\r\nTo: b@example.org\r\nSubject: invoice 7\r\nDate: x\r\n\r\nbody\r\n"
QUICK = RetryPolicy(first_pause=timedelta(milliseconds=30), max_pause=timedelta(milliseconds=60))


@dataclass
class Sink(Mailbox):
    """A server that reports each message, and refuses recipients with configured codes."""

    codes: dict[str, str] = field(default_factory=dict)
    arrived: "queue.Queue[Any]" = field(default_factory=queue.Queue)
    asked: "queue.Queue[str]" = field(default_factory=queue.Queue)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        self.asked.put(address)
        if address in self.codes:
            return self.codes[address]
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        self.arrived.put(envelope)
        return answer


@contextlib.contextmanager
def listening(sink: Sink, port: int = 0) -> Iterator[Sink]:
    """Run the sink on a port for the duration of the block."""
    controller = AnyPortController(sink, hostname="127.0.0.1", port=port, ready_timeout=30)
    controller.start()
    try:
        sink.port = controller.port
        yield sink
    finally:
        controller.stop()


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A running server."""
    with listening(Sink()) as up:
        yield up


def relay(port: int, **more: Any) -> RelayHost:
    """A relay to a port on loopback."""
    options = smtp_options(host="127.0.0.1", port=port, starttls=False, tls=False, username="", password="", timeout=10)
    return RelayHost(name="default", server="", options=options, **more)


@contextlib.asynccontextmanager
async def working(
    store: Store, *rules: Rule, way: RelayHost | None = None, retries: RetryPolicy = QUICK
) -> AsyncIterator[None]:
    """A running outbox; at the end its current work is finished."""
    threads = Threads()
    relays = Relays([way or rules[0].relay], store=store)
    outbox = RelayOutbox(relays, rules, store=store, threads=threads, retries=retries)
    await outbox.start()
    try:
        yield
    finally:
        await outbox.stop(grace=10)
        await asyncio.to_thread(relays.close)
        await outbox.stop(grace=10)
        threads.close()


async def next_of(things: "queue.Queue[Any]") -> Any:
    """Return the next message, or fail."""
    return await asyncio.to_thread(things.get, timeout=20)


async def until(is_so: Callable[[], bool]) -> None:
    await asyncio.to_thread(wait_until, is_so)


def states(store: Store) -> Sequence[tuple[str, int]]:
    """State and attempts of all jobs, newest first."""
    return [(job.state, job.attempts) for job in store.outbox.newest()]


def test_new_mail_is_relayed_unchanged(store: Store, keep: Keep, sink: Sink) -> None:
    """Octets, reverse-path and recipients of the envelope; mail from before the rules is not relayed."""

    async def run() -> None:
        keep(MAIL, "old@example.org")
        async with working(store, Rule(relay=relay(sink.port))):
            keep(MAIL, "one@example.org", "two@example.org", "one@example.org", reverse_path="r@example.com")
            arrived = await next_of(sink.arrived)
        received, _, rest = arrived.original_content.partition(b"\r\n")
        assert received.startswith(b"Received: by catcher id ")
        assert rest == MAIL
        assert (arrived.mail_from, arrived.rcpt_tos) == ("r@example.com", ["one@example.org", "two@example.org"])
        assert states(store) == [("sent", 1)]
        assert len(sink.messages) == 1

    asyncio.run(run())


def test_a_mail_loop_ends(store: Store, keep: Keep, sink: Sink) -> None:
    """A relay may lead back to this catcher. RFC 5321 §6.3."""

    async def run() -> None:
        async with working(store, Rule(relay=relay(sink.port))):
            octets = MAIL
            for _ in range(5):
                keep(octets, "x@example.org")
                octets = (await next_of(sink.arrived)).original_content
            keep(octets, "x@example.org")
            keep(MAIL, "other@example.org")
            assert (await next_of(sink.arrived)).rcpt_tos == ["other@example.org"]
        assert len(sink.messages) == 6

    asyncio.run(run())


def test_rules_choose_messages_and_recipients(store: Store, keep: Keep, sink: Sink) -> None:
    """By query, by recipient, to fixed addresses; the relay's lists apply, and rules are independent of each other."""
    way = relay(sink.port, blocked=pattern("^boss@"), override_from="o@example.com")
    rules = (
        Rule(relay=way, recipients=pattern("@example.org$")),
        Rule(relay=way, query="subject:invoice", to=("audit@example.net", "boss@example.net")),
        Rule(relay=way, query="subject:nothing"),
    )

    async def run() -> None:
        async with working(store, *rules):
            keep(MAIL, "x@example.org", "y@example.com", "BOSS@example.org")
            keep(MAIL.replace(b"invoice", b"letter"), "y@example.com")
            first, second = await next_of(sink.arrived), await next_of(sink.arrived)
        assert sorted([first.rcpt_tos, second.rcpt_tos]) == [["audit@example.net"], ["x@example.org"]]
        assert first.mail_from == "o@example.com"
        assert states(store) == [("sent", 1)] * 2

    asyncio.run(run())


def test_a_relay_that_recovers_gets_every_message_once(store: Store, keep: Keep) -> None:
    """Even over a restart of the catcher, no message is lost or sent twice."""
    with listening(Sink()) as sink:
        port = sink.port
    rule = Rule(relay=relay(port))

    async def run() -> None:
        async with working(store, rule):
            for number in range(10):
                keep(MAIL, f"{number}@example.org")
            await until(lambda: [tries >= 2 for _, tries in states(store)] == [True] * 10)
        assert {state for state, _ in states(store)} == {"waiting"}
        assert "Connection refused" in store.outbox.newest()[0].text
        with listening(Sink(), port) as back:
            async with working(store, rule):
                got = [await next_of(back.arrived) for _ in range(10)]
            async with working(store, rule):
                keep(MAIL, "last@example.org")
                last = await next_of(back.arrived)
            assert sorted(each.rcpt_tos[0] for each in got) == [f"{number}@example.org" for number in range(10)]
            assert last.rcpt_tos == ["last@example.org"]
            assert len(back.messages) == 11
        assert {state for state, _ in states(store)} == {"sent"}

    asyncio.run(run())


def test_mail_stored_while_no_outbox_ran_is_relayed_at_the_next_start(store: Store, keep: Keep, sink: Sink) -> None:
    """The position is in the database. A start without rules resets it: that mail stays."""
    rule = Rule(relay=relay(sink.port))

    async def run() -> None:
        async with working(store, rule):
            pass
        keep(MAIL, "meanwhile@example.org")
        async with working(store, rule):
            assert (await next_of(sink.arrived)).rcpt_tos == ["meanwhile@example.org"]
        async with working(store, way=rule.relay):
            keep(MAIL, "unruled@example.org")
        async with working(store, rule):
            keep(MAIL, "again@example.org")
            assert (await next_of(sink.arrived)).rcpt_tos == ["again@example.org"]
        assert len(sink.messages) == 2

    asyncio.run(run())


def test_only_temporarily_refused_recipients_are_retried(store: Store, keep: Keep, sink: Sink) -> None:
    """Recipients refused with 4yz are retried, those refused with 5yz and those served are not. RFC 5321 §4.2.1."""
    sink.codes = {"never@example.org": "550 no", "later@example.org": "451 greylisted"}

    async def run() -> None:
        async with working(store, Rule(relay=relay(sink.port))):
            keep(MAIL, "now@example.org", "never@example.org", "later@example.org")
            assert (await next_of(sink.arrived)).rcpt_tos == ["now@example.org"]
            for _ in range(4):
                await next_of(sink.asked)
            sink.codes = {}
            assert (await next_of(sink.arrived)).rcpt_tos == ["later@example.org"]
        [job] = store.outbox.newest()
        assert (job.state, job.due_at) == ("failed", None)
        assert "never@example.org: 550 no" in job.text
        assert len(sink.messages) == 2

    asyncio.run(run())


def test_retries_end(store: Store, keep: Keep, sink: Sink) -> None:
    """After the retry period; at once when the message or the relay no longer exists."""
    sink.codes = {"later@example.org": "451 not yet"}
    rule = Rule(relay=relay(sink.port))

    async def run() -> None:
        async with working(store, rule, retries=replace(QUICK, give_up_after=timedelta(milliseconds=100))):
            keep(MAIL, "later@example.org")
            await until(lambda: [state for state, _ in states(store)] == ["failed"])
        async with working(store, rule, retries=replace(QUICK, first_pause=timedelta(seconds=0.5))):
            gone = keep(MAIL, "later@example.org")
            await until(lambda: states(store)[0] == ("waiting", 1))
            store.delete(ByIds((gone.summary.store_id,)))
            await until(lambda: states(store)[0][0] == "failed")
            assert "deleted" in store.outbox.newest()[0].text
            sink.codes = {"later@example.org": "451 not yet"}
            keep(MAIL, "later@example.org")
            await until(lambda: states(store)[0] == ("waiting", 1))
        async with working(store, way=replace(rule.relay, name="another")):
            await until(lambda: states(store)[0][0] == "failed")
            assert "no longer exists" in store.outbox.newest()[0].text

    asyncio.run(run())


def test_a_job_of_a_dead_process_is_sent_after_its_lease(store: Store, keep: Keep, sink: Sink) -> None:
    """Until then no other process claims it."""
    rule = Rule(relay=relay(sink.port))
    with listening(Sink()) as other:
        down = other.port

    async def run() -> None:
        async with working(store, Rule(relay=relay(down)), retries=replace(QUICK, first_pause=timedelta(0))):
            keep(MAIL, "x@example.org")
            await until(lambda: states(store) != [])
        now = datetime.now(UTC) + timedelta(hours=1)
        [job] = store.outbox.claim(now=now, lease=timedelta(hours=-1, seconds=0.3), limit=5)
        assert store.outbox.claim(now=datetime.now(UTC), lease=timedelta(minutes=1), limit=5) == []
        async with working(store, rule):
            assert (await next_of(sink.arrived)).rcpt_tos == ["x@example.org"]
        assert states(store) == [("sent", job.attempts + 2)]

    asyncio.run(run())


def test_a_stop_aborts_a_hanging_session_and_keeps_its_job(store: Store, keep: Keep, sink: Sink) -> None:
    """The job is recorded as not sent, and sent after the next start."""

    async def run() -> None:
        threads = Threads()
        with scripted(b"220 hi\r\n", b"250 hi\r\n") as server:
            relays = Relays([relay(server.port)], store=store)
            outbox = RelayOutbox(relays, [Rule(relay=relay(server.port))], store=store, threads=threads, retries=QUICK)
            await outbox.start()
            keep(MAIL, "x@example.org")
            assert await asyncio.to_thread(server.silent.wait, 20)
            await asyncio.gather(outbox.stop(grace=20), asyncio.to_thread(relays.close))
        threads.close()
        assert states(store) == [("waiting", 1)]
        async with working(store, Rule(relay=relay(sink.port))):
            assert (await next_of(sink.arrived)).rcpt_tos == ["x@example.org"]
        assert states(store) == [("sent", 2)]

    asyncio.run(run())


@pytest.mark.slow
def test_two_processes_on_one_database_send_once(store: Store, store_url: str, keep: Keep, sink: Sink) -> None:
    """The database decides which process applies the rules and which one sends."""
    rule = Rule(relay=relay(sink.port))

    async def run() -> None:
        with Store.open(store_url) as second:
            async with working(store, rule), working(second, rule):
                for number in range(30):
                    keep(MAIL, f"{number}@example.org")
                for _ in range(30):
                    await next_of(sink.arrived)
        assert sorted(each.rcpt_tos[0] for each in sink.messages) == sorted(f"{n}@example.org" for n in range(30))
        assert states(store) == [("sent", 1)] * 30

    asyncio.run(run())


def test_an_invalid_rule_stops_the_start() -> None:
    """It never becomes a rule for all mail."""
    with pytest.raises(SettingError, match="before:never"):
        Rule(relay=relay(1), query="before:never")


@pytest.mark.parametrize(("tries", "seconds"), [(1, 30), (2, 60), (5, 480), (8, 3600), (1000, 3600)])
def test_retry_pauses_double_up_to_an_hour(tries: int, seconds: int) -> None:
    """RFC 5321 §4.5.4.1."""
    assert RetryPolicy().pause(tries) == timedelta(seconds=seconds)
