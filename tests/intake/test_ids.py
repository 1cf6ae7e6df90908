"""Store ids."""

import multiprocessing
import os
import re
import string
import threading
import warnings
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from catcher.intake import new_store_id
from catcher.intake.ids import StoreIds

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_ids_are_22_letters_and_digits() -> None:
    """Safe in a path, a file name and a header."""
    assert re.fullmatch(r"[0-9A-Za-z]{22}", new_store_id(NOW))


def test_an_id_begins_with_its_time() -> None:
    """Nine digits of microseconds since 1970, in base 62, so that ids of different processes sort by time too."""
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    for moment in (NOW, datetime(1970, 1, 1, 0, 0, 0, 61, tzinfo=UTC), datetime(2390, 1, 1, tzinfo=UTC)):
        number = 0
        for digit in StoreIds().new(moment)[:9]:
            number = number * 62 + digits.index(digit)
        assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number) == moment


def test_no_random_digit_serves_two_ids() -> None:
    """An id tells nothing of the next one, wherever the random digits in stock run out."""
    ids = StoreIds()
    tails = [ids.new(NOW)[9:] for _ in range(1000)]
    for shift in range(1, 13):
        assert any(first[shift:] != second[:-shift] for first, second in pairwise(tails))
        assert sum(first[-1] == second[0] for first, second in pairwise(tails)) < 200


def test_ids_rise_with_time_even_when_the_clock_does_not() -> None:
    """Sorting by id sorts by time, even if the clock stands still or is set back."""
    ids = StoreIds()
    made = [ids.new(NOW), ids.new(NOW), ids.new(NOW - timedelta(days=1)), ids.new(NOW + timedelta(microseconds=1))]
    made += [ids.new(NOW + timedelta(seconds=number)) for number in range(1, 100)]
    assert made == sorted(set(made))


def test_ids_of_many_threads_are_all_different() -> None:
    """Two deliveries at the same moment get two ids."""
    ids = StoreIds()
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend(ids.new(NOW) for _ in range(500))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 4000


def test_an_id_cannot_be_guessed_from_the_one_before() -> None:
    """Ids of the same moment in different processes share no more than the time."""
    one, two = StoreIds().new(NOW), StoreIds().new(NOW)
    assert one[:9] == two[:9]
    assert one[9:] != two[9:]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_creates_other_ids_than_its_parent() -> None:
    """Buffered random digits are not shared: whoever knows the parent's ids could guess the child's."""
    new_store_id(NOW)
    context = multiprocessing.get_context("fork")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads, from Python 3.12
        with context.Pool(1) as pool:
            of_child = pool.apply(new_store_id, (NOW,))
    assert of_child[9:] != new_store_id(NOW)[9:]
