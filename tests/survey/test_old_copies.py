"""Forms without scripts: an old copy of a page, and one that the network held back, replace nothing by themselves."""

import re
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from questions import read
from survey.answering import response as steps
from survey.answering.response import LEFT, Mend, Saved
from survey.responses.stored import Stored
from tests.conftest import examples
from tests.survey.conftest import MIDDAY, TINY, House

ASKED = "You have answered this since."
PLAIN = read(TINY.replace("show_if = \"${worry} = 'very'\"\n", ""))
WORRIES = ("very", "fairly", "not_very")


def copy_of(house: House, key: str, page: int) -> dict[str, str]:
    """What a form of a page carries besides its answers."""
    return dict(
        re.findall(
            r'<input type="hidden" name="([^"]+)" value="([^"]*)">', house.client.get(f"/r/{key}/{page}").text
        )
    )


def press(house: House, key: str, page: int, copy: dict[str, str], **answers: str) -> str:
    """The page that pressing Next leads to."""
    return house.client.post(f"/r/{key}/{page}", data=copy | answers).text


def test_a_form_that_was_held_back_does_not_replace_what_came_after_it(house: House) -> None:
    key = house.begin()
    copy = copy_of(house, key, 1)
    press(house, key, 1, copy, worry="fairly")
    assert ASKED in press(house, key, 1, copy, worry="very")
    assert house.responses()[0].answers == {"worry": "fairly"}


def test_whoever_is_there_is_asked_and_their_answer_is_one_press_away(house: House) -> None:
    key = house.begin()
    copy = copy_of(house, key, 1)
    press(house, key, 1, copy, worry="fairly")
    again = press(house, key, 1, copy, worry="very")
    assert re.search(r'value="very"[^>]* checked', again)
    newer = dict(re.findall(r'name="(page-seen)" value="(\d+)"', again))
    assert ASKED not in press(house, key, 1, newer, worry="very")
    assert house.responses()[0].answers == {"worry": "very"}


def test_the_same_form_twice_is_stored_once_and_nobody_is_asked(house: House) -> None:
    key = house.begin()
    copy = copy_of(house, key, 1)
    for _ in range(2):
        assert ASKED not in press(house, key, 1, copy, worry="fairly")
    (stored,) = house.responses()
    assert (stored.answers, stored.turns) == ({"worry": "fairly"}, {"worry": [1, ""]})


def test_going_back_to_a_page_and_answering_it_anew_asks_nothing(house: House) -> None:
    key = house.begin()
    for worry in ("very", "fairly", "very"):
        assert ASKED not in press(house, key, 1, copy_of(house, key, 1), worry=worry)
    assert house.responses()[0].answers == {"worry": "very"}


def test_a_copy_that_says_nothing_readable_of_its_age_is_taken_as_new(house: House) -> None:
    key = house.begin()
    for seen in ("", "-1", "x", "9" * 30):
        assert ASKED not in press(house, key, 1, {"page-seen": seen}, worry="very")
        assert ASKED not in press(house, key, 1, {}, worry="fairly")
    assert house.responses()[0].answers == {"worry": "fairly"}


def test_another_language_from_an_old_copy_asks_too(house: House) -> None:
    key = house.begin()
    copy = copy_of(house, key, 1)
    press(house, key, 1, copy, worry="fairly")
    spoken = house.client.post(f"/r/{key}/change-language?to=en&page=1", data=copy | {"worry": "very"})
    assert ASKED in spoken.text
    assert house.responses()[0].answers == {"worry": "fairly"}


def test_a_form_that_arrives_after_leaving_is_kept_and_hidden(house: House) -> None:
    key = house.begin()
    copy = copy_of(house, key, 1)
    house.client.post(f"/r/{key}/leave-now")
    press(house, key, 1, copy, worry="very")
    assert "You left this page" in house.client.get(f"/r/{key}/2").text
    (stored,) = house.responses()
    assert (stored.answers, stored.quarter, stored.concealed) == ({"worry": "very"}, LEFT, ["worry"])


@dataclass
class Person:
    """Somebody who looks at pages and presses Next, over a network that may hold forms back or deliver them twice."""

    stored: Stored = field(default_factory=lambda: Stored("A" * 22, 1, 1, 1, MIDDAY.date(), quarter=1))
    copies: list[tuple[str, int]] = field(default_factory=list)
    pressed: list[tuple[str, str, int]] = field(default_factory=list)  # page, answer and age, in their order
    told: dict[str, int] = field(
        default_factory=dict
    )  # of each page the last press that was answered with the next page

    def look(self, page: str) -> None:
        self.copies.append((page, steps.times_answered(self.stored, page)))

    def press(self, copy: int, answer: str, *, heard: bool) -> None:
        """Next on a copy of a page; if it says that it was old, once more. Not heard: it is on its way.

        The same answer on the same copy again is the same form, which nobody can tell from one that came twice.
        """
        page, seen = self.copies[copy % len(self.copies)]
        again = (page, answer, seen) in self.pressed
        self.pressed.append((page, answer, seen))
        if heard and not self.arrive(len(self.pressed) - 1):
            self.look(page)
            self.press(len(self.copies) - 1, answer, heard=True)
        elif heard and not again:
            self.told[page] = len(self.pressed) - 1

    def arrive(self, at: int) -> bool:
        """A form reaches the server, for the first time or again: whether it was taken."""
        page, answer, seen = self.pressed[at]
        changed, outcome = steps.save(self.stored, PLAIN, page, {page: [answer]}, 1, seen=seen)
        self.stored = changed if isinstance(changed, Stored) else self.stored
        assert isinstance(outcome, Saved | Mend)
        return isinstance(outcome, Saved)


does = st.one_of(
    st.tuples(st.just("look"), st.sampled_from(["worry", "why"]), st.just(0)),
    st.tuples(st.sampled_from(["heard", "unheard"]), st.integers(0, 9), st.integers(0, 2)),
    st.tuples(st.just("again"), st.integers(0, 9), st.just(0)),
)


@examples(100, among=2000)
def test_no_form_replaces_an_answer_that_was_given_after_it(count: int) -> None:
    @settings(max_examples=count)
    @given(st.lists(does, max_size=25))
    def holds(doing: list[tuple[str, str | int, int]]) -> None:
        person = Person()
        person.look("worry")
        for what, at, way in doing:
            if what == "look":
                person.look(str(at))
            elif what == "again" and person.pressed:
                person.arrive(int(at) % len(person.pressed))
            elif what in ("heard", "unheard"):
                copy = int(at) % len(person.copies)
                answer = WORRIES[way] if person.copies[copy][0] == "worry" else f"{len(person.pressed)}"
                person.press(copy, answer, heard=what == "heard")
        for page, last in person.told.items():
            since = {given for one, given, _ in person.pressed[last:] if one == page}
            assert person.stored.answers[page] in since

    holds()
