"""How fast an address may write: a school is never slowed, a program without end is, and nobody learns who it was."""

import datetime as dt
import gc
import pickle
import types
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from survey.web.pace import ANSWERING, BEGINNING, PAGES, PRESSES, PUPILS, TRIES, Pace, Rate
from tests.survey.conftest import Clock

SCHOOL, PHONE, SIX = "198.51.100.7", "203.0.113.9", "2001:db8:1:2::5"
SMALL = Rate(holds=3, seconds=60)


def test_a_school_year_that_starts_in_one_minute_and_tries_again_is_never_slowed(clock: Clock) -> None:
    pace = Pace(BEGINNING, clock)
    assert [pace.wait(SCHOOL) for _ in range(PUPILS * PRESSES)] == [0] * 2400


def test_nor_in_the_lesson_after_that(clock: Clock) -> None:
    pace = Pace(BEGINNING, clock)
    for _ in range(4):
        assert not any(pace.wait(SCHOOL) for _ in range(PUPILS * PRESSES))
        clock.forward(hours=1)


def test_nor_while_all_of_it_answers_forty_pages_and_each_is_tried_four_times(clock: Clock) -> None:
    pace = Pace(ANSWERING, clock)
    assert not any(pace.wait(SCHOOL) for _ in range(PUPILS * PAGES * TRIES))
    assert pace.wait(SCHOOL) > 0


def test_what_goes_on_without_end_is_slowed_and_told_when_it_may_go_on(clock: Clock) -> None:
    pace = Pace(SMALL, clock)
    assert [pace.wait(SCHOOL) for _ in range(5)] == [0, 0, 0, 20, 20]
    clock.forward(seconds=19)
    assert pace.wait(SCHOOL) == pytest.approx(1)
    clock.forward(seconds=1)
    assert [pace.wait(SCHOOL) for _ in range(2)] == [0, 20]
    clock.forward(hours=1)
    assert [pace.wait(SCHOOL) for _ in range(4)] == [0, 0, 0, 20]  # it holds no more than it holds


def test_a_clock_that_is_set_back_fills_and_empties_nothing(clock: Clock) -> None:
    pace = Pace(SMALL, clock)
    assert pace.wait(SCHOOL) == 0
    clock.forward(seconds=-600)
    assert [pace.wait(SCHOOL) for _ in range(3)] == [0, 0, 20]


def test_two_addresses_do_not_touch_each_other(clock: Clock) -> None:
    pace = Pace(SMALL, clock)
    assert [pace.wait(SCHOOL) for _ in range(4)][-1] > 0
    assert pace.wait(PHONE) == 0


def test_of_ipv6_the_network_counts_and_not_the_device(clock: Clock) -> None:
    pace = Pace(SMALL, clock)
    for device in range(3):
        assert pace.wait(f"2001:db8:1:2::{device}") == 0
    assert pace.wait("2001:db8:1:2:ffff::9") > 0
    assert pace.wait("2001:db8:1:3::1") == 0
    assert pace.wait("::ffff:198.51.100.7") == 0  # an IPv4 address in other clothes counts as one
    assert pace.wait("::ffff:203.0.113.9") == 0


@pytest.mark.parametrize(
    "address",
    [
        "",
        "testclient",
        "/run/app.sock",
        "127.0.0.1",
        "::1",
        "::ffff:10.0.0.1",
        "172.17.0.1",
        "192.168.1.4",
        "fe80::1%1",
    ],
)
def test_nobody_is_slowed_whose_address_is_not_known(clock: Clock, address: str) -> None:
    pace = Pace(SMALL, clock)
    assert not any(pace.wait(address) for _ in range(20))


def test_at_midnight_the_key_changes_and_everything_under_the_old_one_goes(clock: Clock) -> None:
    clock.moment = dt.datetime(2026, 11, 20, 23, 59, 59, tzinfo=dt.UTC)
    pace = Pace(SMALL, clock)
    for address in (SCHOOL, PHONE):
        pace.wait(address)
    before = pace._key, set(pace._buckets)
    clock.forward(seconds=1)
    pace.wait(SCHOOL)
    assert len(pace._key) == 32
    assert pace._key != before[0]
    assert len(pace._buckets) == 1
    assert not before[1] & set(pace._buckets)


def test_two_processes_know_an_address_by_different_names(clock: Clock) -> None:
    one, other = Pace(SMALL, clock), Pace(SMALL, clock)
    for pace in (one, other):
        pace.wait(SCHOOL)
    assert not set(one._buckets) & set(other._buckets)


def test_beyond_the_most_addresses_the_one_that_was_silent_longest_is_forgotten(clock: Clock) -> None:
    pace = Pace(SMALL, clock, most=2)
    for address in (SCHOOL, SCHOOL, SCHOOL, PHONE, PHONE, PHONE):
        pace.wait(address)
    assert pace.wait(SCHOOL) > 0  # heard from last
    assert pace.wait(SIX) == 0  # takes the place of the phone
    assert len(pace._buckets) == 2
    assert pace.wait(SCHOOL) > 0
    assert pace.wait(PHONE) == 0  # and that counts as new


def test_nothing_in_its_memory_tells_the_address(clock: Clock) -> None:
    pace = Pace(SMALL, clock)
    for address in (SCHOOL, PHONE, SIX):
        pace.wait(address)
    kept = pickle.dumps(vars(pace)) + repr(vars(pace)).encode()
    for address in (SCHOOL, PHONE, SIX):
        packed = ip_address(address).packed[:8]
        assert address.encode() not in kept
        assert packed not in kept
        for one in reachable(pace):
            assert packed not in (one if isinstance(one, bytes) else str(one).encode())
            assert address not in str(one)


def reachable(thing: object) -> Iterator[str | bytes]:
    """Every text and every bytes that something holds, however deep; not what its code does."""
    seen, ahead = set[int](), [thing]
    while ahead:
        one = ahead.pop()
        if id(one) in seen or isinstance(one, type | types.ModuleType | types.FunctionType):
            continue
        seen.add(id(one))
        if isinstance(one, str | bytes):
            yield one
        ahead += gc.get_referents(one)
