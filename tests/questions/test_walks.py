"""Random people walk a set: the same ones each time, every walk ends, and no answer is one that may not be."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings

from questions import Answer, QuestionSet, check, path, read, shipped
from questions.walks import random_answer, walk

from .test_audit import ONE, made, routed


def test_a_thousand_people_walk_the_youth_survey() -> None:
    found = walk(shipped("youth_survey"))
    assert found.never == ()
    assert found.seen["worry_knife_crime"] == 1.0
    assert 0.3 < found.seen["safe_school"] < 0.6
    assert 1 < found.minutes[0] <= found.minutes[1] <= found.minutes[2] < 10


@pytest.mark.parametrize("code", ["dont_know", "prefer_not_to_say"])
@pytest.mark.parametrize("kind", ["one", "many"])
def test_some_people_do_not_know_and_some_do_not_say(kind: str, code: str) -> None:
    condition = f"selected(${{q0}}, '{code}')" if kind == "many" else f"${{q0}} = '{code}'"
    asked = ONE.replace('kind = "one"', f'kind = "{kind}"') + "\nrequired = true"
    special = "dont_know = true\nprefer_not_to_say = true"
    found = walk(read(made(f"{asked}\n{special}", f'{ONE}\nshow_if = "{condition}"')))
    assert 0.02 < found.seen["q1"] < 0.09


def test_the_same_people_each_time() -> None:
    pulse = shipped("pulse")
    assert walk(pulse, 50, seed=7) == walk(pulse, 50, seed=7)
    survey = shipped("youth_survey")
    assert walk(survey, 50, seed=7) != walk(survey, 50, seed=8)
    with pytest.raises(ValueError, match="let two people walk, or more"):
        walk(pulse, 1)


@given(routed())
@settings(max_examples=40, deadline=None)
def test_people_take_the_path_that_the_server_gives(question_set: QuestionSet) -> None:
    """The same people, answering page by page with the whole path computed anew, meet the same questions."""
    lot, seen = Random(5), Counter[str]()
    for _ in range(20):
        answers: dict[str, Answer] = {}
        done = 0
        while done < len(pages := path(question_set, answers)):
            answers |= {one.key: random_answer(one, lot) for one in pages[done].questions}
            done += 1
        seen.update([*answers])
    assert walk(question_set, 20, seed=5).seen == {
        one.key: seen[one.key] / 20 for one in question_set.questions
    }


@given(routed())
@settings(max_examples=40, deadline=None)
def test_every_walk_ends_and_holds_only_answers_that_may_be(question_set: QuestionSet) -> None:
    lot = Random(3)
    found = walk(question_set, 10)
    assert found.seen[question_set.questions[0].key] == 1.0
    answers = {question.key: random_answer(question, lot) for question in question_set.questions}
    assert check(question_set, answers) == {}
    asked = {question.key for page in path(question_set, answers) for question in page.questions}
    assert asked <= set(found.seen)
