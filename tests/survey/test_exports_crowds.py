"""Who stands alone, and the least that has to be taken away so that nobody does: of any answers, whatever they are."""

import itertools
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import read
from survey.exports.crowds import LEAST, MOST_BLANKED, Crowd, finest
from survey.exports.identifying import AS_IT_IS, OUT, Variable, variables
from survey.places import load
from tests.conftest import examples
from tests.survey.exporting import SECOND

LONDON = load("london")
OF_SECOND = variables([read(SECOND)], LONDON)


def crowd(people: list[tuple[Any, ...]], of: tuple[Variable, ...] = OF_SECOND) -> Crowd:
    """The crowd of some people, each by the value of every variable."""
    counted = Counter(people)
    places = [
        [[*one.values, None].index(value) for one, value in zip(of, who, strict=True)] for who in counted
    ]
    return Crowd(
        of, np.array(places, dtype=np.int64).reshape(len(counted), len(of)), np.array([*counted.values()])
    )


def shown(found: Crowd, steps: dict[str, str], together: dict[str, str]) -> Counter[tuple[Any, ...]]:
    """What a file shows of each, and how many look so: worked out person by person."""
    gone = found.blanked(steps, together)
    looks: Counter[tuple[Any, ...]] = Counter()
    for cell, people, lost in zip(found.places, found.people, gone, strict=True):
        told = tuple(
            None if lost else one.step(steps[one.key]).into[place]
            for one, place in zip(found.variables, cell, strict=True)
        )
        looks[told] += int(people)
    return looks


EVERY_STEP = [[step.name for step in one.steps] for one in OF_SECOND]
EVERY_WAY = [
    dict(zip((one.key for one in OF_SECOND), names, strict=True)) for names in itertools.product(*EVERY_STEP)
]
ANYBODY = st.tuples(*(st.sampled_from([*one.values[:4], None]) for one in OF_SECOND))
CROWDS = st.lists(st.tuples(ANYBODY, st.sampled_from([1, 2, 9, 10, 11, 40])), min_size=1, max_size=25).map(
    lambda some: [who for who, times in some for _ in range(times)]
)


@given(CROWDS, st.sampled_from(EVERY_WAY), st.lists(st.sampled_from(EVERY_WAY), max_size=2))
def test_whatever_is_given_nobody_stands_alone(
    people: list[Any], steps: dict[str, str], before: list[dict[str, str]]
) -> None:
    if len(people) < LEAST:
        return
    found = crowd(people)
    looks = shown(found, steps, finest(found.variables, [steps, *before]))
    assert min(looks.values()) >= LEAST
    assert sum(looks.values()) == len(people)


@given(CROWDS, st.sampled_from(EVERY_WAY))
def test_the_report_counts_who_stands_alone(people: list[Any], steps: dict[str, str]) -> None:
    found = crowd(people)
    groups = Counter(
        tuple(
            one.step(steps[one.key]).into[[*one.values, None].index(value)]
            for one, value in zip(OF_SECOND, who, strict=True)
        )
        for who in people
    )
    report = found.report(steps)
    assert report.alone == sum(size for size in groups.values() if size < LEAST)
    assert (report.groups, report.smallest, report.responses) == (
        len(groups),
        min(groups.values()),
        len(people),
    )
    assert -1e-9 <= report.lost <= 1 + 1e-9


@examples(20, among=100)
def test_what_is_proposed_loses_no_more_than_any_way_like_it(count: int) -> None:
    @settings(max_examples=count)
    @given(CROWDS)
    def holds(people: list[Any]) -> None:
        if len(people) < LEAST:
            return
        found = crowd(people)
        chosen = found.proposal()
        gone = found.blanked(chosen, chosen)
        assert found.people[gone].sum() <= MOST_BLANKED * len(people)
        if OUT in chosen.values():
            return
        for steps in EVERY_WAY:
            lost = found.blanked(steps, steps)
            if OUT not in steps.values() and found.people[lost].sum() <= MOST_BLANKED * len(people):
                assert found.lost(chosen, gone) <= found.lost(steps, lost) + 1e-9

    holds()


@pytest.mark.parametrize("one", OF_SECOND, ids=lambda one: one.key)
def test_each_step_is_made_of_whole_groups_of_the_one_before(one: Variable) -> None:
    assert (one.steps[0].name, one.steps[-1].name) == (AS_IT_IS, OUT)
    for before, after in itertools.pairwise(one.steps):
        became: dict[str | None, set[str | None]] = {}
        for fine, coarse in zip(before.into, after.into, strict=True):
            became.setdefault(fine, set()).add(coarse)
        assert all(len(values) == 1 for values in became.values()), (one.key, after.name)
        assert len(set(after.into)) < len(set(before.into))


def test_the_steps_are_those_that_staff_know() -> None:
    steps = {one.key: {step.name: step.into for step in one.steps} for one in OF_SECOND}
    assert steps["age_band"]["halves"] == (*["10-15"] * 3, *["16-25"] * 3, None)
    assert set(steps["borough"]["sub-regions"]) == {"Central", "North", "not_in_london", None}
    assert steps["gender"]["joined"] == ("female", "male", *["other_or_not_said"] * 3)


def test_nobody_at_all_is_no_crowd() -> None:
    nobody = crowd([])
    whole = {one.key: AS_IT_IS for one in OF_SECOND}
    report = nobody.report(whole)
    assert (report.responses, report.alone, report.smallest) == (0, 0, 0)
