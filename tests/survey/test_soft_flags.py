"""An analyst looks whether a figure holds without responses that nobody may have meant; nothing is deleted."""

import base64
import datetime as dt
import random
import re
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert
from sqlmodel import select

from questions import Answer, QuestionSet, read
from survey.answering import response as steps
from survey.db import transaction
from survey.instruments import parsed
from survey.measuring import soft_flags
from survey.measuring.answers import UNMARKED, answered_versions, timed
from survey.measuring.soft_flags import Flag, Flags
from survey.models import Collection, Response, Setting
from survey.responses.stored import Stored
from survey.results.cut import PATTERNS, TICKS, Marked, cut
from tests.questions.test_patterns import grid
from tests.survey.conftest import MIDDAY, House, furnish, mostly_sqlite
from tests.survey.test_results import RESULTS, visit

SPEED, LINES, BURSTS = (frozenset({flag}) for flag in Flag)
TODAY = MIDDAY.date()
AGREE = ("strongly_agree", "agree", "neither", "disagree", "strongly_disagree")
WORRY = ("very", "fairly", "not_very", "not_at_all")
OFTEN = ("daily", "weekly", "seldom", "never")

ASKED = (
    'key = "flood"\ntitle = "Flood"\nlanguage = "en"\n'
    + grid(1, WORRY, name="worry").replace("worry_0", "worry")
    + grid(6, AGREE, name="row")
    + grid(5, OFTEN, kind="one", name="often")
    + grid(1, ("female", "male", "another"), kind="one", name="gender").replace("gender_0", "gender")
)
FLOOD = read(ASKED)
TRUTH = (0.15, 0.25, 0.35, 0.25)  # of people, how worried they are: 40 in 100 very or fairly


class Crowd:
    """Draws whole responses, and sends each in by the step that every response takes."""

    def __init__(self, collection: Collection, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.collection = collection
        self.places = [one.id for one in collection.settings]

    def person(self) -> dict[str, Answer]:
        """What somebody says who reads the questions: of one mind in much of it, not in all."""
        (worry,) = self.random.choices(WORRY, TRUTH)
        mind = self.random.gauss(2, 1)
        rows = {f"row_{at}": AGREE[min(4, max(0, round(mind + self.random.gauss(0, 1))))] for at in range(6)}
        return {"worry": worry, **rows, **self._rest()}

    def random_ticks(self) -> dict[str, Answer]:
        """What a programme says that ticks anything, with "very" where it matters."""
        rows = {f"row_{at}": self.random.choice(AGREE) for at in range(6)}
        return {"worry": self._mostly_very(), **rows, **self._rest()}

    def straight_line(self) -> dict[str, Answer]:
        """What a programme says that always ticks the first box of a scale."""
        rows: dict[str, Answer] = {f"row_{at}": AGREE[0] for at in range(6)}
        return {"worry": self._mostly_very(), **rows, **self._rest()}

    def same(self) -> dict[str, Answer]:
        """What a programme says that always says the same."""
        rows: dict[str, Answer] = {f"row_{at}": AGREE[at % 2] for at in range(6)}
        rest: dict[str, Answer] = {f"often_{at}": "daily" for at in range(5)}
        return {"worry": "very", **rows, **rest, "gender": "female"}

    def _mostly_very(self) -> str:
        return self.random.choices(WORRY, (0.85, 0.05, 0.05, 0.05))[0]

    def _rest(self) -> dict[str, Answer]:
        often: dict[str, Answer] = {f"often_{at}": self.random.choice(OFTEN) for at in range(5)}
        (gender,) = self.random.choices(("female", "male", "another"), (0.5, 0.47, 0.03))
        return {**often, "gender": gender}

    def send(
        self, answers: dict[str, Answer], seconds: float | None, *, place: int = 0, day: dt.date = TODAY
    ) -> dict[str, Any]:
        """A response with these answers, sent in so many seconds after it began; as a row to insert."""
        key = base64.urlsafe_b64encode(self.random.randbytes(16)).decode().rstrip("=")
        begun = Stored(key, self.collection.id or 0, self.collection.instrument_id, None, day, answers)
        sent, _ = steps.submit(begun, FLOOD, day, seconds, hour=MIDDAY)
        assert isinstance(sent, Stored)
        return {
            "key": key,
            "collection_id": sent.collection_id,
            "instrument_id": sent.instrument_id,
            "setting_id": self.places[place % len(self.places)],
            "answers": sent.answers,
            "concealed": [],
            "started_on": day,
            "submitted_on": day,
            "gender": sent.gender,
            "quick": sent.quick,
        }


def opened(engine: Engine, settings: int = 1) -> Collection:
    """The flood's questions, open for answers in so many settings."""
    furnish(engine, ASKED)
    with transaction(engine) as session:
        collection = session.exec(select(Collection)).one()
        collection.settings += [
            Setting(collection_id=0, code=f"CODE{at}", name=f"School {at}", borough="E09000022")
            for at in range(1, settings)
        ]
        session.flush()
        assert len(collection.settings) == settings
        session.expunge_all()
    return collection


def store(engine: Engine, rows: list[dict[str, Any]]) -> None:
    """Keep responses as they were sent."""
    with transaction(engine) as session:
        session.execute(insert(Response), rows)


def flags_of(engine: Engine) -> dict[str, Flags]:
    """The flags of all that was sent."""
    with transaction(engine) as session:
        return soft_flags.flagged(session, session.exec(select(Collection)).one())


def humans(crowd: Crowd, count: int) -> list[dict[str, Any]]:
    """People who read, over two weeks; one in a hundred clicks through."""
    return [
        crowd.send(
            crowd.person(),
            crowd.random.lognormvariate(5, 0.4) if crowd.random.random() > 0.01 else 9.0,
            place=crowd.random.randrange(20),
            day=TODAY - dt.timedelta(days=crowd.random.randrange(10)),
        )
        for _ in range(count)
    ]


def flood(crowd: Crowd) -> list[dict[str, Any]]:
    """10,000 responses that no person gave: some say one thing over and over, some in a line, some anything at once."""
    over_and_over = [crowd.send(crowd.same(), None) for _ in range(4000)]
    in_a_line = [crowd.send(crowd.straight_line(), 600.0) for _ in range(3000)]
    at_once = [crowd.send(crowd.random_ticks(), 4.0) for _ in range(3000)]
    return over_and_over + in_a_line + at_once


@mostly_sqlite
def test_ten_thousand_automated_responses_are_flagged_and_both_readings_shown(
    engine: Engine, database_url: str
) -> None:
    crowd = Crowd(opened(engine, 20))
    people, machines = humans(crowd, 1000), flood(crowd)
    store(engine, people + machines)

    found = flags_of(engine)

    assert all(row["key"] in found for row in machines)
    assert sum(row["key"] in found for row in people) <= 40
    analyst = visit(engine, database_url).as_("Ada, analyst")
    address = RESULTS.format("safer-streets")
    alone = analyst.get(address).text
    both = analyst.get(address + "?without=speed&without=straight&without=bursts").text
    for page in (alone, both):
        assert re.search(r"<strong>[89]\d in every 100</strong> said “very or fairly”", page)
        assert 'id="submitted">11,000<' in page
    assert "Without 10," not in alone
    told = re.search(
        r"Without (10,0\d\d) flagged responses: <strong>(\d+) in every 100</strong>, (\d+) to (\d+)\.", both
    )
    assert told
    share, low, high = (int(number) for number in told.groups()[1:])
    assert low <= 40 <= high
    assert abs(share - 40) <= 4
    assert "Without 10,0" in both[both.index("Every answer to this question") :]
    assert len(responses(engine)) == 11_000


def responses(engine: Engine) -> list[str]:
    """The keys of everything that is stored."""
    with transaction(engine) as session:
        return list(session.exec(select(Response.key)).all())


def test_a_phone_that_was_offline_and_sends_all_at_once_is_not_flagged(engine: Engine) -> None:
    crowd = Crowd(opened(engine))
    store(engine, [crowd.send(crowd.person(), 95.0), crowd.send(crowd.person(), None)])
    assert flags_of(engine) == {}


def test_people_who_say_the_same_are_a_burst_only_together(engine: Engine) -> None:
    crowd = Crowd(opened(engine, 3))
    same = crowd.same()
    yesterday = TODAY - dt.timedelta(days=1)
    rows = [crowd.send(same, None) for _ in range(4)]
    rows += [crowd.send(same, None, place=1) for _ in range(4)] + [crowd.send(same, None, day=yesterday)]
    store(engine, rows)
    assert flags_of(engine) == {}
    store(engine, [one_more := crowd.send(same, None)])
    assert flags_of(engine) == {row["key"]: BURSTS for row in [*rows[:4], one_more]}


def test_a_few_alike_of_a_great_many_on_one_day_are_no_burst(engine: Engine) -> None:
    crowd = Crowd(opened(engine))
    alike = [crowd.send(crowd.same(), None) for _ in range(6)]
    store(engine, alike + [crowd.send(crowd.random_ticks(), None) for _ in range(595)])
    assert not any(flags == BURSTS for flags in flags_of(engine).values())
    store(engine, [crowd.send(crowd.same(), None)])
    assert sum(flags == BURSTS for flags in flags_of(engine).values()) == 7


def test_short_documents_and_those_of_no_setting_are_no_burst(engine: Engine) -> None:
    crowd = Crowd(opened(engine))
    short = [crowd.send({"worry": "very", "gender": "male"}, None) for _ in range(9)]
    imported = [crowd.send(crowd.same(), None) | {"setting_id": None} for _ in range(9)]
    store(engine, short + imported)
    assert flags_of(engine) == {}


# What may be taken out


@given(st.dictionaries(st.sampled_from(PATTERNS[1:]), st.integers(0, 40)), st.integers(0, 60))
def test_no_two_readings_differ_by_a_few_responses(sizes: dict[Flags, int], unflagged: int) -> None:
    found = marked(sizes, unflagged)
    everybody = {str(at) for at in range(sum(sizes.values()) + unflagged)}
    out = [{key for key, flags in found.flags.items() if flags & ticked} for ticked in found.readable]
    parts = [*out, *(everybody - one for one in out)]
    for one, other in combinations(parts, 2):
        for left in (one - other, other - one, one & other):
            assert not left or len(left) >= 10
    for ticked in TICKS:
        assert (found.why_not(ticked) == "") is (ticked in found.readable)
        assert found.taken_out(ticked) == sum(bool(flags & ticked) for flags in found.flags.values())


def marked(sizes: dict[Flags, int], unflagged: int) -> Marked:
    """So many responses with each set of flags, and others with none."""
    flags = [pattern for pattern, size in sizes.items() for _ in range(size)]
    return cut({str(at): one for at, one in enumerate(flags)}, len(flags) + unflagged, 10)


@given(st.dictionaries(st.sampled_from(PATTERNS[1:]), st.integers(0, 40)), st.integers(0, 60))
def test_a_reading_is_made_of_all_whom_its_ticks_leave_in(sizes: dict[Flags, int], unflagged: int) -> None:
    found = marked(sizes, unflagged)
    marks = found.marks()
    for ticked in found.readable:
        if found.taken_out(ticked):
            kept = found.readings(ticked)[-1]
            assert all((marks[key] in kept) is not bool(flags & ticked) for key, flags in found.flags.items())
            assert UNMARKED in kept


@pytest.mark.parametrize(
    ("sizes", "unflagged", "ticked", "why"),
    [
        ({SPEED: 9}, 500, SPEED, "few"),
        ({SPEED: 10}, 500, SPEED, ""),
        ({SPEED: 500}, 9, SPEED, "few left"),
        ({SPEED: 500}, 0, SPEED, ""),
        ({}, 500, LINES, ""),
        ({SPEED | BURSTS: 500, SPEED: 5}, 500, SPEED, ""),
        ({SPEED | BURSTS: 500, SPEED: 5}, 500, BURSTS, "close"),
        ({SPEED: 6, LINES: 6}, 500, SPEED, "few"),
        ({SPEED: 6, LINES: 6}, 500, SPEED | LINES, ""),
    ],
)
def test_why_a_reading_is_not_shown(sizes: dict[Flags, int], unflagged: int, ticked: Flags, why: str) -> None:
    assert marked(sizes, unflagged).why_not(ticked) == why


# The page


@pytest.fixture
def street(engine: Engine, database_url: str) -> House:
    """300 people who read, and nobody else yet."""
    crowd = Crowd(opened(engine, 4), seed=4)
    store(engine, [crowd.send(crowd.person(), 120.0, place=at) for at in range(300)])
    return visit(engine, database_url)


def results(house: House, query: str = "") -> str:
    """The results page as an analyst sees it."""
    return house.as_("Ada, analyst").get(RESULTS.format("safer-streets") + query).text


def box(page: str) -> str:
    """What the box says, in words."""
    form = page[page.index('class="twice"') : page.index("</form>", page.index('class="twice"'))]
    return " ".join(re.sub(r"<[^>]+>", " ", form).split())


def test_the_box_says_how_many_each_tick_flags(street: House) -> None:
    crowd = Crowd(one_collection(street.engine), seed=5)
    store(street.engine, [crowd.send(crowd.random_ticks(), 3.0) for _ in range(25)])
    store(street.engine, [crowd.send(crowd.same(), None) for _ in range(7)])
    told = box(results(street))
    assert "Sent in very fast: 25 Under 2 seconds a question. Known of 325 of 332." in told
    assert "many times over: fewer than 10 " in told
    assert "The same choice all the way down: " in told


def one_collection(engine: Engine) -> Collection:
    """The collection of a story, with its settings."""
    with transaction(engine) as session:
        collection = session.exec(select(Collection)).one()
        assert collection.settings
        session.expunge_all()
    return collection


def test_too_few_are_not_taken_out_and_the_page_says_why(street: House) -> None:
    crowd = Crowd(one_collection(street.engine), seed=6)
    store(street.engine, [crowd.send(crowd.random_ticks(), 3.0) for _ in range(9)])
    page = results(street, "?without=speed")
    assert "fewer than 10 responses are flagged" in box(page)
    assert "flagged responses:" not in page
    assert page.count("Without") == 0


def test_a_tick_that_would_tell_of_a_few_beside_another_names_those_that_do_not(street: House) -> None:
    crowd = Crowd(one_collection(street.engine), seed=7)
    store(street.engine, [crowd.send(crowd.same(), 3.0) for _ in range(60)])
    store(street.engine, [crowd.send(crowd.random_ticks(), 3.0) for _ in range(4)])
    told = box(results(street, "?without=bursts"))
    assert "beside another one it would tell of fewer than 10 responses" in told
    assert "many times over: about 60" in told
    assert "You can take out: Sent in very fast" in told
    assert "Without 64 flagged" in results(street, "?without=speed")


def test_a_tick_that_flags_nobody_or_that_there_is_not_changes_nothing(street: House) -> None:
    plain = results(street)
    for query in ("?without=bursts", "?without=nonsense", "?without=%00&without="):
        assert results(street, query) == plain
    assert 'value="bursts" disabled' in plain


def test_what_is_ticked_stays_when_another_question_is_asked(street: House) -> None:
    crowd = Crowd(one_collection(street.engine), seed=8)
    store(street.engine, [crowd.send(crowd.person(), 3.0, place=at) for at in range(80)])
    page = results(street, "?question=often_1&answer=daily&without=speed")
    assert 'type="hidden" name="without" value="speed"' in page
    assert 'name="without" value="speed" checked' in page
    assert 'name="question" value="often_1"' in page
    assert "Without 80 flagged" in page


def test_both_readings_come_with_their_base(street: House) -> None:
    crowd = Crowd(one_collection(street.engine), seed=9)
    with transaction(street.engine) as session:
        for response in session.exec(select(Response).where(Response.gender == "another")):
            session.delete(response)
    rows = [crowd.send(crowd.person() | {"gender": "male"}, 3.0, place=at) for at in range(120)]
    store(
        street.engine,
        rows + [crowd.send(crowd.person() | {"gender": "female"}, 3.0, place=at) for at in range(120)],
    )
    page = results(street, "?without=speed")
    facts = " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<dl") : page.index("</dl>")]).split())
    assert "Responses submitted 531 without: 291" in facts
    assert "Gave an opinion on this 531 what is published rounds it to 5 without: 291" in facts
    assert page.count("Without 240 flagged") == 2 + 1  # two tables and the headline


@pytest.mark.parametrize(
    ("worry", "told"),
    [
        ("very", "The figure falls by"),
        ("not_at_all", "The figure rises by"),
        (None, "The reading without 60 flagged responses is not shown"),
    ],
)
def test_the_box_says_whether_the_figure_moves(street: House, worry: str | None, told: str) -> None:
    crowd = Crowd(one_collection(street.engine), seed=10)
    rows = [crowd.send(crowd.person() | {"worry": worry}, 3.0, place=at) for at in range(60)]
    store(street.engine, rows)
    assert told not in box(results(street))
    assert told in box(results(street, "?without=speed"))


def test_too_few_taken_out_is_said_once_for_a_table_and_not_in_every_row(street: House) -> None:
    crowd = Crowd(one_collection(street.engine), seed=11)
    ages = [crowd.send(crowd.person() | {"gender": "female"}, 3.0, place=at) for at in range(60)]
    store(street.engine, ages)
    page = results(street, "?without=speed")
    assert "were taken out to show both" not in page[page.index("<tbody") :]


def test_flags_change_nothing_that_is_stored(street: House) -> None:
    before = stored(street.engine)
    results(street, "?without=speed&without=straight&without=bursts")
    assert stored(street.engine) == before


def stored(engine: Engine) -> dict[str, dict[str, Any]]:
    """What is stored of each response, but for whether it is in the kept cubes."""
    with transaction(engine) as session:
        return {one.key: one.model_dump(exclude={"counted"}) for one in session.exec(select(Response))}


@pytest.mark.parametrize(
    ("boroughs", "why"),
    [
        (["E09000022"], "There is no interval, since there is one setting"),
        (["E09000022", "E09000028"], "There is no interval, since no borough has answers from two settings"),
        (["E09000022", "E09000022"], ""),
    ],
)
def test_where_no_two_settings_compare_the_page_says_that_there_is_no_interval(
    engine: Engine, database_url: str, boroughs: list[str], why: str
) -> None:
    crowd = Crowd(opened(engine, len(boroughs)), seed=4)
    with transaction(engine) as session:
        for setting, borough in zip(session.exec(select(Setting)), boroughs, strict=True):
            setting.borough = borough
    rows = [crowd.send(crowd.person(), 3.0 if at % 7 else 120.0, place=at) for at in range(300)]
    store(engine, rows)
    house = visit(engine, database_url)
    for page in (results(house), results(house, "?without=speed")):
        assert not re.search(r"\bnan\b", page)
        assert ("There is no interval" in page) is ("(no interval)" in page) is bool(why)
        assert why in page
        assert ("drawn at random" in page) is not bool(why)


def test_a_collection_of_one_reads_no_other(engine: Engine) -> None:
    crowd = Crowd(opened(engine))
    store(engine, [crowd.send(crowd.random_ticks(), 3.0) for _ in range(12)])
    with transaction(engine) as session:
        mine = session.exec(select(Collection)).one()
        other = Collection(
            consultation_id=mine.consultation_id,
            instrument_id=mine.instrument_id,
            name="Street",
            design=mine.design,
        )
        session.add(other)
        session.flush()
        assert soft_flags.flagged(session, other) == {}
        assert timed(session, other) == 0
        assert not soft_flags.has_batteries(answered_versions(session, other))
        assert soft_flags.has_batteries(answered_versions(session, mine))
        assert isinstance(parsed(mine.instrument), QuestionSet)
