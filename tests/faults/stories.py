"""A story: what somebody does in two tabs, and what the network does to it; at the end, what ought to be stored."""

import asyncio
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from questions import on_path, read, validate
from survey import waiting
from tests.faults import phone
from tests.faults.proxy import AnswerCut, AnswerLost, Busy, Late, Lost, RequestCut, Stall, Through, Twice, Way
from tests.faults.serving import Served
from tests.faults.tabs import Browser, Person, Rest, Tab
from tests.survey.conftest import TINY

QUESTIONS = read(TINY)
ANSWERS: dict[str, list[list[str]]] = {
    "worry": [["very"], ["fairly"]],
    "why": [["It is dark."], ["So many people."]],  # asked of those who worry very much
    "helps": [["clubs"], ["lights", "police"], []],
    "borough": [["E09000022"], ["E09000028"]],
}
MOST_TRIES = 200


@dataclass(frozen=True)
class Answer:
    """Next is pressed in a tab."""

    tab: int
    page: str
    values: list[str]


@dataclass(frozen=True)
class Try:
    """The tabs try to send, at the same time, each so many times."""

    tabs: tuple[int, ...]
    times: int


@dataclass(frozen=True)
class Look:
    """A tab is opened, or its page asked for again: Back, reload. What is on it stays until the new page is there."""

    tab: int


@dataclass(frozen=True)
class Show:
    """The page that was asked for is there."""

    tab: int


Step = Answer | Try | Look | Show

places = st.sampled_from([0, 0, 1])
answers = st.one_of(
    [st.builds(Answer, places, st.just(page), st.sampled_from(ways)) for page, ways in ANSWERS.items()]
)
tries = st.builds(Try, st.sampled_from([(0,), (1,), (0, 1)]), st.integers(1, 5))
busy = st.lists(st.one_of(answers, tries), max_size=6)


def reloading(place: int, between: list[Step]) -> list[Step]:
    """A page is asked for, and comes after something else has happened on the one before it."""
    return [Look(place), *between, Show(place)]


bouts = st.one_of(
    st.lists(answers, min_size=1, max_size=5),
    st.lists(tries, min_size=1, max_size=3),
    st.builds(reloading, places, busy),
)
steps = st.lists(bouts, min_size=1, max_size=6).map(lambda all_: [step for bout in all_ for step in bout])
later = st.integers(0, 6)
bytes_ = st.integers(0, 800)
failing = st.one_of(
    st.builds(RequestCut, bytes_),
    st.builds(AnswerCut, bytes_),
    st.just(Busy()),
    st.just(Lost()),
    st.just(AnswerLost()),
    st.builds(Twice, later),
    st.builds(Late, later),
    st.builds(Stall, st.just(10), st.sampled_from([0, 10])),
)
ways = st.one_of(st.just(Through()), st.just(Through()), failing)


@dataclass(frozen=True)
class Story:
    """What is done, what the network does to one request after another, and how it ends."""

    steps: list[Step]
    ways: list[Way]
    sent: tuple[int, ...] = ()  # the tabs in which Send is pressed at the end; twice is a double tap


stories = st.builds(
    Story,
    steps,
    st.lists(ways, max_size=20),
    st.sampled_from([(), (0,), (0, 0), (1,), (0, 1)]),
)


class Telling:
    """A story as it happens."""

    def __init__(self, served: Served, story: Story) -> None:
        self.served, self.story = served, story
        self.given: dict[str, Any] = {}
        self.looked: dict[int, Person | None] = {}

    async def tell(self) -> Browser:
        """Do all of it, and wait until everything has arrived."""
        network = self.served.network
        self.browser = Browser(network, QUESTIONS, await phone.start(network))
        ways = iter(self.story.ways)
        self.served.plan(lambda request: next(ways, Through()) if request.startswith(b"POST") else Through())
        first = self.browser.open(0, Person())
        assert isinstance(first, Tab)
        first.begin()
        for step in self.story.steps:
            await self._do(step)
        pressed = [self.browser.tabs.get(place) for place in self.story.sent]
        for tab in pressed:
            if isinstance(tab, Tab):
                tab.send()
        self.sent = any(isinstance(tab, Tab) for tab in pressed)
        await self._until_all_is_sent()
        await self.served.come_to_rest()
        return self.browser

    async def _do(self, step: Step) -> None:
        if isinstance(step, Try):
            for _ in range(step.times):
                await asyncio.gather(*(self._try(tab) for tab in step.tabs))
        elif isinstance(step, Answer):
            self._answer(self.browser.tabs.get(step.tab), step)
        elif isinstance(step, Look):
            self.looked[step.tab] = await self.browser.look()
        elif isinstance(step, Show) and step.tab in self.looked:
            self.browser.open(step.tab, self.looked.pop(step.tab))

    def _answer(self, tab: Rest | None, step: Answer) -> None:
        if isinstance(tab, Tab) and tab.answer(step.page, step.values):
            self.given |= validate(_asked(step.page), {step.page: step.values}).answers

    async def _try(self, place: int) -> None:
        tab = self.browser.tabs.get(place)
        if tab is None:
            return
        await tab.attempt()
        if tab.over:
            self.browser.open(place, await self.browser.look())

    async def _until_all_is_sent(self) -> None:
        for _ in range(MOST_TRIES):
            if not any(tab.waiting for tab in self.browser.tabs.values()):
                break
            for place in list(self.browser.tabs):
                await self._try(place)


def _asked(page: str) -> Any:
    return next(one.questions for one in QUESTIONS.pages if one.key == page)


def check(served: Served, story: Story) -> None:
    """Let a story happen: what is stored at its end is what was given last, once."""
    before = served.count()
    telling = Telling(served, story)
    browser = served.do(telling.tell())
    stored = served.stored(browser.key)
    assert stored is not None
    assert served.count() == before + 1
    given = on_path(QUESTIONS, telling.given)
    if stored.submitted_on is not None:  # what was written went to be read
        given, _words = waiting.taken_out(given, waiting.texts_of(QUESTIONS))
    assert on_path(QUESTIONS, stored.answers) == given
    assert (stored.submitted_on is not None) == (telling.sent and "borough" in telling.given)
    assert not browser.kept
