"""Whatever is done in two tabs, and whatever the network does to it: what was given last is stored, once."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.faults.serving import Served
from tests.faults.stories import Story, check, stories

FEW, MANY = 60, 2000
settled = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))


@settings(settled, max_examples=FEW)
@given(stories)
def test_some_schedules(served: Served, story: Story) -> None:
    check(served, story)


@pytest.mark.faults
@settings(settled, max_examples=MANY)
@given(stories)
def test_thousands_of_schedules(served: Served, story: Story) -> None:
    check(served, story)
