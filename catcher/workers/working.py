"""A worker at work, in its process: SMTP in, its own store on the common database, and nothing else.

It begins when it was handed over its work and ends when the channel does: the first process says stop by closing it,
and when that process dies, however it dies, its end is closed too.
"""

import asyncio
import contextlib
import itertools
import signal
import socket
from pathlib import Path

from catcher.envelope import Envelope
from catcher.hooks import Occasion, Verdict
from catcher.intake import Intake
from catcher.process import frozen_heap
from catcher.server.session_log import Observer
from catcher.smtp import SmtpServer
from catcher.store import AsyncStore, Store
from catcher.threads import Threads, parsers
from catcher.workers.board import Board
from catcher.workers.channel import Answer, Channel, Leaving, Question, Ready
from catcher.workers.handover import Handover

READERS = 2
"""Questions to the database at once: passwords of inboxes are all that is read."""


async def work(handover: Handover, end: socket.socket) -> None:
    """Take mail until the channel over this socket ends, or SIGTERM. Raises StartError."""
    channel = await Channel.over(end)
    board = Board(*handover.board)
    gate = AskingGate(board, channel)
    over = asyncio.Event()
    listening = asyncio.create_task(_listen(channel, gate, over))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    try:
        async with contextlib.AsyncExitStack() as undo:
            with frozen_heap():
                await _open(handover, board, gate, undo)
            channel.say(Ready())
            await over.wait()
            channel.say(Leaving())
    finally:
        listening.cancel()
        channel.close()


async def _open(handover: Handover, board: Board, gate: "AskingGate", undo: contextlib.AsyncExitStack) -> None:
    """Open store, intake and listeners, and leave their closing on the stack."""
    given, tally = handover.work, board.tally(handover.number)
    threads, parsing = Threads(), parsers()
    undo.callback(threads.close)
    undo.callback(parsing.close)
    store = Store.open(given.database, durable=given.durable, readers=READERS, poll=0, turn=board.turn, keeps_up=False)
    undo.push_async_callback(threads.run, store.close)
    shared = AsyncStore(store, threads)
    store.after_answers(board.ring)
    intake = Intake(
        shared,
        threads=parsing,
        tagging=given.tagging,
        sorting=given.sorting,
        use_message_dates=given.use_message_dates,
    )

    async def deliver(envelope: Envelope, content: bytes | Path) -> str:
        store_id = await intake.deliver(envelope, content)
        tally.accept(content)
        return store_id

    async def own_password(user: str) -> str:
        inbox = await shared.made_inbox(user)
        return "" if inbox is None else inbox.password

    observer = Observer()
    observing = asyncio.create_task(observer.keep(shared))
    undo.push_async_callback(observer.flush, shared)
    undo.callback(observing.cancel)
    smtp = SmtpServer(
        deliver,
        options=given.options,
        observe=observer.note,
        gate=gate,
        threads=threads,
        own_password=own_password,
        tally=tally,
    )
    undo.push_async_callback(smtp.stop, grace=given.grace)
    await smtp.start(handover.places)


async def _listen(channel: Channel, gate: "AskingGate", over: asyncio.Event) -> None:
    while said := await channel.heard():
        if isinstance(said, Answer):
            gate.hear(said)
    over.set()
    gate.give_up()


class AskingGate:
    """The gate of a worker: it has the first process judge, which knows the faults and counts what they struck.

    So faults are one list for all processes, in one order, and one that strikes once strikes once.
    """

    def __init__(self, board: Board, channel: Channel) -> None:
        self._board = board
        self._channel = channel
        self._numbers = itertools.count()
        self._waiting: dict[int, asyncio.Future[Verdict | None]] = {}
        self._is_over = False

    @property
    def is_armed(self) -> bool:
        """See `Gate`."""
        return self._board.is_armed

    async def judge(self, occasion: Occasion) -> Verdict | None:
        """See `Gate`. Without the first process there are no faults."""
        if self._is_over:
            return None
        number = next(self._numbers)
        answer: asyncio.Future[Verdict | None] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._channel.say(Question(number, occasion))
        try:
            return await answer
        finally:
            del self._waiting[number]

    def hear(self, answer: Answer) -> None:
        """Take the answer to a question."""
        waiting = self._waiting.get(answer.number)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.verdict)

    def give_up(self) -> None:
        """Nobody will answer any more."""
        self._is_over = True
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(None)
