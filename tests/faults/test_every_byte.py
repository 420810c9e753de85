"""A connection is cut at every byte of a request and of its answer: what was given is stored once all the same."""

from collections.abc import Callable, Iterator

import pytest

from tests.faults.phone import (
    Start,
    Write,
    answering,
    beginning,
    post,
    request_of,
    sending,
    start,
    until_heard,
)
from tests.faults.proxy import AnswerCut, Plan, RequestCut, Through, Way
from tests.faults.serving import Served
from tests.survey.conftest import MIDDAY

GIVEN = {"borough": "E09000022"}
STRIDE = 97  # bytes from one cut to the next where not every one is tried


def once(way: Way) -> Plan:
    """The plan of a network that fails once."""
    ways: Iterator[Way] = iter((way,))
    return lambda _request: next(ways, Through())


async def prepared(served: Served, before: Callable[[Start], list[Write]]) -> Start:
    """A start page from which some writes have been made without faults."""
    opened = await start(served.network)
    for write in before(opened):
        await post(served.network, write)
    return opened


def answer(opened: Start) -> Write:
    """An answer to one question."""
    return answering(opened.key, "borough", {"borough": ["E09000022"]}, 1, "a")


EXCHANGES: dict[str, tuple[Callable[[Start], list[Write]], Callable[[Start], Write]]] = {
    "begin": (lambda _opened: [], beginning),
    "answer": (lambda opened: [beginning(opened)], answer),
    "send": (lambda opened: [beginning(opened), answer(opened)], lambda opened: sending(opened.key)),
}


def lengths(served: Served, exchange: str) -> tuple[int, int]:
    """The bytes of a request, and those of its answer."""
    before, last = EXCHANGES[exchange]
    write = last(served.do(prepared(served, before)))
    response = served.do(served.network.deliver(request_of(write)))
    return len(request_of(write)), len(response)


def cut(served: Served, exchange: str, way: Way) -> None:
    """Cut one exchange, let the phone repeat it, and look at what is stored."""
    before, last = EXCHANGES[exchange]
    count = served.count()
    opened = served.do(prepared(served, before))
    served.plan(once(way))
    tries, told = served.do(until_heard(served.network, last(opened)))
    served.do(served.come_to_rest())

    stored = served.stored(opened.key)
    assert stored is not None
    assert served.count() == count + 1
    assert stored.answers == ({} if exchange == "begin" else GIVEN)
    assert stored.submitted_on == (MIDDAY.date() if exchange == "send" else None)
    assert (tries, told[0]) == (2, 200)
    if exchange == "send":
        assert told[1] in ({"saved": True}, {"finished": True})


def cuts(served: Served, exchange: str, stride: int) -> Iterator[Way]:
    """Every place, or every so many, where an exchange can be cut."""
    request, response = lengths(served, exchange)
    yield from (RequestCut(at) for at in {*range(0, request, stride), request - 1, request})
    yield from (AnswerCut(at) for at in {*range(0, response, stride), response - 1})


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_a_cut_here_and_there_leaves_each_answer_stored_once(served: Served, exchange: str) -> None:
    for way in cuts(served, exchange, STRIDE):
        cut(served, exchange, way)


@pytest.mark.faults
@pytest.mark.parametrize("exchange", EXCHANGES)
def test_a_cut_at_any_byte_leaves_each_answer_stored_once(served: Served, exchange: str) -> None:
    for way in cuts(served, exchange, 1):
        cut(served, exchange, way)
