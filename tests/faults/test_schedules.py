"""Whatever is done in two tabs, and whatever the network does to it: what was given last is stored, once."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.faults.serving import Served
from tests.faults.stories import Answer, Look, Show, Step, Story, Try, check, stories

FEW, MANY = 20, 2000
settled = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))

ALL = Try((0,), 5)
VERY, FAIRLY = (Answer(0, "worry", [how]) for how in ("very", "fairly"))
WHY = Answer(0, "why", ["It is dark."])
TOLD: dict[str, list[Step]] = {
    "what a later page depends on is answered again before any of it is sent": [ALL, VERY, WHY, VERY],
    "a page that came late counts from too low": [ALL, Look(0), VERY, FAIRLY, ALL, Show(0), VERY],
    "what is asked no more does not take with it what was given after it": [
        *(ALL, VERY, ALL, Look(1), FAIRLY, ALL, Show(1)),
        *(Answer(1, "why", ["It is dark."]), Answer(1, "borough", ["E09000022"])),
    ],
    "a page is asked for before the app has heard anything": [VERY, Look(0), Show(0)],
    "both tabs have something that is not sent, and one comes again": [
        *(ALL, Look(1), Show(1), VERY, Answer(1, "helps", ["clubs"]), Look(0), Show(0)),
    ],
}


@pytest.mark.parametrize("steps", TOLD.values(), ids=TOLD.keys())
def test_a_schedule_that_once_lost_something(served: Served, steps: list[Step]) -> None:
    for sent in ((), (0,), (0, 0)):
        check(served, Story(steps, [], sent))


@settings(settled, max_examples=FEW)
@given(stories)
def test_some_schedules(served: Served, story: Story) -> None:
    check(served, story)


@pytest.mark.faults
@settings(settled, max_examples=MANY)
@given(stories)
def test_thousands_of_schedules(served: Served, story: Story) -> None:
    check(served, story)
