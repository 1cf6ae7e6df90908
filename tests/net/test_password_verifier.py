"""Tests of catcher.net.password_verifier; its concurrency is tested with the site."""

import pytest

from catcher.net.password_verifier import MAX_FAILURES, SECONDS_PER_FAILURE, FailedLogins, TooManyFailures


def test_an_address_gets_one_more_attempt_after_each_pause() -> None:
    """A burst, then a slow rate; other addresses are not concerned."""
    now = [1000.0]
    failures = FailedLogins(clock=lambda: now[0])
    for _ in range(MAX_FAILURES):
        failures.check("192.0.2.1")
        failures.add("192.0.2.1")
    with pytest.raises(TooManyFailures):
        failures.check("192.0.2.1")
    failures.check("192.0.2.2")
    now[0] += SECONDS_PER_FAILURE
    failures.check("192.0.2.1")
    failures.add("192.0.2.1")
    with pytest.raises(TooManyFailures):
        failures.check("192.0.2.1")


def test_the_addresses_of_one_ipv6_network_count_together() -> None:
    """A machine usually has a whole /64; an IPv4-mapped address is its IPv4 address."""
    failures = FailedLogins(clock=lambda: 0.0)
    for number in range(MAX_FAILURES):
        failures.add(f"2001:db8::{number:x}")
        failures.add("::ffff:192.0.2.1")
    for blocked in ("2001:db8::ffff", "::ffff:192.0.2.1"):
        with pytest.raises(TooManyFailures):
            failures.check(blocked)
    for free in ("2001:db8:0:1::1", "::ffff:192.0.2.2"):
        failures.check(free)
