"""The columns of an export over several versions: nothing is ever under another code's heading."""

from hypothesis import given, settings
from hypothesis import strategies as st

from questions import Answer, QuestionSet, Text, columns, read
from questions.export import Cell
from tests.questions.strategies import answers, question_sets

BUS = """
key = "bus"
title = "The bus"
language = "en"

[[page]]
[[page.question]]
key = "takes_bus"
kind = "one"
prompt = "Do you take the bus?"
choices = [{code = "yes", label = "Yes"}, {code = "no", label = "No"}]

[[page]]
[[page.question]]
key = "likes"
kind = "many"
prompt = "What do you like about it?"
choices = [{code = "seats", label = "Seats"}, {code = "views", label = "Views"}, {code = "other", label = "Else"}]
"""
VIEWS = '{code = "views", label = "Views"}, '
first = read(BUS)
without_views = read(BUS.replace(VIEWS, ""))
with_driver = read(BUS.replace(VIEWS, '{code = "driver", label = "Driver"}, ').replace('"Else"', '"Other"'))
asked_for_one = read(BUS.replace('kind = "many"', 'kind = "one"'))


def row(question_set: QuestionSet, given: dict[str, Answer], *versions: QuestionSet) -> dict[str, Cell]:
    return {column.name: column.cell(question_set, given) for column in columns(versions)}


def names(*versions: QuestionSet) -> list[str]:
    return [column.name for column in columns(versions)]


def test_a_question_has_a_column_and_a_question_that_takes_many_has_one_for_each_code() -> None:
    assert names(first) == ["takes_bus", "likes.seats", "likes.views", "likes.other"]


def test_a_retired_code_keeps_its_column_and_no_other_code_moves_into_it() -> None:
    """The fault that made other tools export answers under the wrong heading."""
    both = (first, without_views)
    assert names(*both) == names(first)
    earlier = row(first, {"takes_bus": "yes", "likes": ["views"]}, *both)
    later = row(without_views, {"takes_bus": "yes", "likes": ["other"]}, *both)
    assert earlier == {"takes_bus": "yes", "likes.seats": False, "likes.views": True, "likes.other": False}
    assert later == {"takes_bus": "yes", "likes.seats": False, "likes.views": None, "likes.other": True}


def test_an_added_code_comes_last_and_is_empty_for_those_who_could_not_choose_it() -> None:
    both = (first, with_driver)
    assert names(*both) == [*names(first), "likes.driver"]
    assert row(first, {"likes": ["seats"]}, *both)["likes.driver"] is None
    assert row(with_driver, {"likes": ["seats"]}, *both)["likes.driver"] is False


def test_a_column_has_the_newest_words_and_knows_its_versions() -> None:
    found = {column.name: column for column in columns([first, without_views, with_driver])}
    assert found["likes.other"].label == Text("Other")
    assert found["likes.views"].label == Text("Views")
    assert found["likes.views"].versions == (1,)
    assert found["likes.driver"].versions == (3,)
    assert found["takes_bus"].versions == (1, 2, 3)


def test_what_was_not_answered_is_empty_not_no() -> None:
    assert row(first, {"takes_bus": None}, first) == dict.fromkeys(names(first))


def test_a_question_of_another_kind_gets_columns_of_its_own() -> None:
    both = (first, asked_for_one)
    assert names(*both) == [*names(first), "likes"]
    assert row(first, {"likes": ["views"]}, *both)["likes"] is None
    later = row(asked_for_one, {"likes": "views"}, *both)
    assert (later["likes"], later["likes.views"]) == ("views", None)
    assert not any(column.belongs_to(asked_for_one) for column in columns([first]) if column.code)


def test_no_versions_have_no_columns() -> None:
    assert columns([]) == ()


several = st.lists(question_sets(), min_size=1, max_size=3)


@given(several, st.data())
@settings(max_examples=25, deadline=None)
def test_in_any_versions_every_answer_can_be_told_from_its_row(
    versions: list[QuestionSet], data: st.DataObject
) -> None:
    answered = data.draw(st.sampled_from(versions))
    given = data.draw(answers(answered))
    cells = row(answered, given, *versions)
    for question in answered.questions:
        answer = given.get(question.key)
        if question.kind != "many":
            assert cells[question.key] == answer
        elif isinstance(answer, list):
            assert {code for code in question.codes if cells[f"{question.key}.{code}"]} == set(answer)
        else:
            assert all(cells[f"{question.key}.{code}"] is None for code in question.codes)
    own = set(names(answered))
    assert all(cell is None for name, cell in cells.items() if name not in own)


@given(several)
@settings(max_examples=10, deadline=None)
def test_a_later_version_only_adds_columns_at_the_end(versions: list[QuestionSet]) -> None:
    before = names(*versions[:-1])
    assert names(*versions)[: len(before)] == before
    assert len(set(names(*versions))) == len(names(*versions))
