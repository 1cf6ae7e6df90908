"""The limits of the queue, its order, and its end. A plain object: no database is needed."""

import threading

import pytest
from msgspec.structs import replace

from catcher.errors import StoreUnavailable
from catcher.store.events import ChangeResult
from catcher.store.write.inserts import build_rows
from catcher.store.write.queue import Delivery, Queue, QueuedChange
from tests.store.contract import MakeMessage


def delivery(new: MakeMessage, *, size: int = 10, messages: int = 1) -> Delivery:
    """A delivery that claims this many octets a message."""
    return Delivery(messages=[build_rows(replace(new(), size=size)) for _ in range(messages)])


def offer(queue: Queue, offered: Delivery) -> bool:
    """Offer a delivery without waiting for room."""
    return queue.offer(offered, when_room=lambda: None)


def test_a_full_queue_refuses_by_number_and_by_octets(new: MakeMessage) -> None:
    """The limit is in octets as well as in messages; a full queue accepts nothing."""
    by_number = Queue(messages=2, octets=10**9)
    assert [offer(by_number, delivery(new)) for _ in range(3)] == [True, True, False]
    by_octets = Queue(messages=100, octets=25)
    assert [offer(by_octets, delivery(new)) for _ in range(3)] == [True, True, False]
    assert by_octets.take(0) is not None
    assert offer(by_octets, delivery(new))


def test_a_delivery_larger_than_the_limit_is_accepted_alone(new: MakeMessage) -> None:
    """Otherwise it could never be stored."""
    queue = Queue(messages=10, octets=10)
    assert offer(queue, delivery(new, size=1000))
    assert not offer(queue, delivery(new, size=1))


def test_a_group_is_bounded(new: MakeMessage) -> None:
    """No transaction exceeds the limits, in messages or octets; one delivery is never split."""
    queue = Queue(messages=100, octets=10**9, group_messages=3, group_octets=100)
    for size in (10, 10, 10, 10, 95, 10, 500):
        offer(queue, delivery(new, size=size))
    sizes = []
    while isinstance(group := queue.take(0), list):
        sizes.append([one.octets for one in group])
    assert sizes == [[10, 10, 10], [10], [95], [10], [500]]


def test_changes_keep_their_place(new: MakeMessage) -> None:
    """A change runs after what was delivered before it, and before what comes after."""
    queue = Queue(messages=100, octets=10**9)
    first, second, third = delivery(new), delivery(new), delivery(new)
    change = QueuedChange(change=lambda _: ChangeResult(changed=0))
    offer(queue, first)
    offer(queue, second)
    queue.put_change(change)
    offer(queue, third)
    assert [queue.take(0), queue.take(0), queue.take(0), queue.take(0)] == [[first, second], change, [third], None]


def test_room_is_announced_after_a_refusal(new: MakeMessage) -> None:
    """Once, after the next take or when the queue is closed; not to those who were accepted."""
    called: list[str] = []
    queue = Queue(messages=1, octets=10**9)
    queue.offer(delivery(new), when_room=lambda: called.append("accepted"))
    queue.offer(delivery(new), when_room=lambda: called.append("taken"))
    assert called == []
    queue.take(0)
    queue.take(0)
    assert called == ["taken"]
    offer(queue, delivery(new))
    queue.offer(delivery(new), when_room=lambda: called.append("closed"))
    queue.close()
    assert called == ["taken", "closed"]


def test_a_waiting_take_can_be_woken() -> None:
    """`take` returns nothing, whether it waited or was called later; each wake counts once."""
    queue = Queue(messages=1, octets=10**9)
    queue.wake()
    assert queue.take(60) is None
    taken: list[object] = []
    thread = threading.Thread(target=lambda: taken.append(queue.take(60)))
    thread.start()
    queue.wake()
    thread.join(30)
    assert taken == [None]


def test_put_waits_for_room_until_the_queue_is_closed(new: MakeMessage) -> None:
    """A delivering thread is slowed down, not refused; closing raises StoreUnavailable in it."""
    queue = Queue(messages=1, octets=10**9)
    offer(queue, delivery(new))
    outcome: list[str] = []
    is_in = threading.Event()

    def deliver() -> None:
        queue.put(delivery(new))
        outcome.append("in")
        is_in.set()
        try:
            queue.put(delivery(new))
        except StoreUnavailable:
            outcome.append("refused")

    thread = threading.Thread(target=deliver)
    thread.start()
    assert queue.take(5) is not None
    assert is_in.wait(30)
    queue.close()
    thread.join(10)
    assert outcome == ["in", "refused"]


def test_a_closed_queue_accepts_nothing_and_hands_out_the_rest(new: MakeMessage) -> None:
    """Nothing queued is lost by closing."""
    queue = Queue(messages=10, octets=10**9)
    offer(queue, delivery(new))
    queue.close()
    queue.close()
    with pytest.raises(StoreUnavailable):
        offer(queue, delivery(new))
    with pytest.raises(StoreUnavailable):
        queue.put_change(QueuedChange(change=lambda _: ChangeResult(changed=0)))
    assert queue.take(5) is not None
    assert queue.take(5) is None


def test_a_group_waits_for_the_expected_number(new: MakeMessage) -> None:
    """It includes deliveries that arrive during the wait, and ends the wait when it is complete."""
    queue = Queue(messages=100, octets=10**9)
    offer(queue, delivery(new))
    taken: list[object] = []
    taker = threading.Thread(target=lambda: taken.append(queue.take(60, wanted=3, max_wait=60)))
    taker.start()
    offer(queue, delivery(new))
    offer(queue, delivery(new))
    taker.join(30)
    assert [len(group) for group in taken if isinstance(group, list)] == [3]


def test_a_group_waits_no_longer_than_allowed(new: MakeMessage) -> None:
    """Fewer than expected are taken all the same; there is no wait behind a change or after closing."""
    queue = Queue(messages=100, octets=10**9)
    change = QueuedChange(change=lambda _: ChangeResult(changed=0))
    offer(queue, delivery(new))
    assert len(queue.take(60, wanted=5, max_wait=0.001) or ()) == 1  # type: ignore[arg-type]
    offer(queue, delivery(new))
    queue.put_change(change)
    assert len(queue.take(60, wanted=5, max_wait=60) or ()) == 1  # type: ignore[arg-type]
    assert queue.take(60, wanted=5, max_wait=60) is change
    offer(queue, delivery(new))
    queue.close()
    assert len(queue.take(60, wanted=5, max_wait=60) or ()) == 1  # type: ignore[arg-type]
