"""A browser in which somebody answers in tabs, by the rules of survey/static/answering.js: what waits and what goes."""

import json
import re
from dataclasses import dataclass, field

from questions import Answer, QuestionSet, path, validate
from tests.faults import phone
from tests.faults.phone import CHECK, Told, Write
from tests.faults.proxy import Network

ELSEWHERE = 409


@dataclass(frozen=True)
class Person:
    """What a page says of one person, at the moment when the app made it."""

    answers: dict[str, Answer] = field(default_factory=dict)
    turn: int = 0


@dataclass
class Browser:
    """What all tabs of a response share: the writes that are kept on the phone, and what they hear of each other."""

    network: Network
    questions: QuestionSet
    start: phone.Start
    kept: dict[str, list[Write]] = field(default_factory=dict)
    tabs: "dict[int, Rest]" = field(default_factory=dict)
    documents: int = 0

    @property
    def key(self) -> str:
        """The key of the response."""
        return self.start.key

    def open(self, place: int, person: Person | None) -> "Rest":
        """A page in one of the tabs; where it knows of no person, its script only sends what waits."""
        self.documents += 1
        name = f"d{self.documents}"
        self.tabs[place] = Tab(self, name, person) if person else Rest(self, name)
        return self.tabs[place]

    async def look(self) -> Person | None:
        """Ask the app for the page of a response; None where it shows one without the script's part."""
        response = await phone.ask(self.network, phone.page_of(phone.address_of(self.key)))
        while found := re.search(rb"(?i)\r\nlocation: ([^\r#]+)", response):
            response = await phone.ask(self.network, phone.page_of(found[1].decode()))
        person = re.search(rb'id="person">(.+?)</script>', response)
        if not person:
            return None
        told = json.loads(person[1])
        return Person(told["answers"], told["turn"])


class Rest:
    """A page that sends what waits for a response, and knows nothing of it besides."""

    def __init__(self, browser: Browser, name: str) -> None:
        self.browser, self.name = browser, name
        self.waiting: list[Write] = []
        self.over = False
        self._gather()

    def _gather(self) -> None:
        """Take what waits in any tab, in the order in which it was given."""
        kept = self.browser.kept
        kept.pop(self.name, None)
        found = {one.address: one for writes in kept.values() for one in writes}
        found |= {one.address: one for one in self.waiting}
        self.waiting = sorted(found.values(), key=_place)
        kept.clear()
        self._keep()

    def _keep(self) -> None:
        self.browser.kept.pop(self.name, None)
        if self.waiting:
            self.browser.kept[self.name] = list(self.waiting)

    async def attempt(self) -> None:
        """Try once to send what was given first."""
        if not self.waiting or self.over:
            return
        first = self.waiting[0]
        told = await phone.post(self.browser.network, first)
        if told is not None:
            for tab in [self, *self.browser.tabs.values()]:
                tab.settle(first.address, told)

    def settle(self, address: str, told: Told) -> None:
        """A write was answered: to this page, or to another that sent it too."""
        write = next((one for one in self.waiting if one.address == address), None)
        if write is None or self.over:
            return
        self.waiting.remove(write)
        self._keep()
        self._hear(write, told)
        self.over = self.over or self._after()

    def _hear(self, write: Write, told: Told) -> None:
        """What a write was answered with is nothing to this page."""

    def _after(self) -> bool:
        """Whether this page goes when all has been sent."""
        return not self.waiting


class Tab(Rest):
    """A page and its script: the answers that it shows, and the writes that wait in it."""

    def __init__(self, browser: Browser, name: str, person: Person) -> None:
        super().__init__(browser, name)
        self.turn = self.heard = person.turn
        self.answers = dict(person.answers)
        self.refused = False
        for write in self.waiting:
            self.turn = max(self.turn, write.turn)
            self.answers.update(self._read(write.page, form_of(write)))

    def _read(self, page: str, form: dict[str, list[str]]) -> dict[str, Answer]:
        """The answers in a form, where its page can be shown and they can be kept."""
        asked = next((one for one in path(self.browser.questions, self.answers) if one.key == page), None)
        checked = validate(asked.questions, form) if asked else None
        return checked.answers if checked and not checked.messages else {}

    def _add(self, write: Write) -> None:
        self.waiting.append(write)
        self._gather()

    def begin(self) -> None:
        """Press Start."""
        self._add(phone.beginning(self.browser.start))

    def answer(self, page: str, values: list[str]) -> bool:
        """Press Next on a page: whether that page is asked, and the answer one that can be kept."""
        answers = {} if self.over else self._read(page, {page: values})
        if answers:
            self._write(page, answers, {page: values})
        return bool(answers)

    def _write(self, page: str, answers: dict[str, Answer], form: dict[str, list[str]]) -> None:
        self.answers.update(answers)
        self.turn += 1
        for tab in self.browser.tabs.values():
            if isinstance(tab, Tab) and tab is not self:
                tab.hear_of(self.turn, answers)
        self._add(phone.answering(self.browser.key, page, form, self.turn, self.name))

    def hear_of(self, turn: int, answers: dict[str, Answer]) -> None:
        """Another tab has answered."""
        self.heard = max(self.heard, turn)
        self.turn = max(self.turn, turn)
        self.answers.update(answers)

    def send(self) -> None:
        """Press Send."""
        self._add(phone.sending(self.browser.key))

    def _hear(self, write: Write, told: Told) -> None:
        status, said = told
        if said.get("finished") or (write.page == CHECK and status < 400):
            self.over, self.waiting = True, []
            self._keep()
        elif status == ELSEWHERE:
            self.refused |= write.page in {page.key for page in path(self.browser.questions, self.answers)}
        elif said.get("turn", 0) > self.heard and self._mine_and_last(write):
            self.turn = max(self.turn, said["turn"])
            form = form_of(write)
            self._write(write.page, self._read(write.page, form), form)

    def _mine_and_last(self, write: Write) -> bool:
        return write.tab == self.name and all(one.page != write.page for one in self.waiting)

    def _after(self) -> bool:
        return self.refused and not self.waiting


def _place(write: Write) -> float:
    return float("inf") if write.page == CHECK else write.turn


def form_of(write: Write) -> dict[str, list[str]]:
    """The fields of a write, each with all its values."""
    form: dict[str, list[str]] = {}
    for name, value in write.fields:
        form.setdefault(name, []).append(value)
    return form
