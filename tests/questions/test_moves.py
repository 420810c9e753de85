"""What is new, removed or moved between two versions: no more than must be."""

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import QuestionSet, compare, read


def pages(*asked: str) -> QuestionSet:
    """A set with a page for each word, and on it a question for each letter."""
    text = 'key = "letters"\ntitle = "Letters"\nlanguage = "en"\n'
    for keys in asked:
        text += "[[page]]\n"
        text += "".join(
            f'[[page.question]]\nkey = "{key}"\nkind = "text"\nprompt = "{key}?"\n' for key in keys
        )
    return read(text)


def moved(old: Sequence[str], new: Sequence[str]) -> list[str]:
    versions = compare(pages(*old), pages(*new))
    return [one.key for one in versions.questions if "moved" in one.sorts]


def test_a_page_put_in_between_moves_nothing() -> None:
    assert moved(["a", "b", "c"], ["x", "a", "y", "b", "c"]) == []
    assert moved(["a", "b", "c"], ["a", "c"]) == []


def test_one_question_moved_is_one_moved() -> None:
    assert moved(["a", "b", "c", "d"], ["d", "a", "b", "c"]) == ["d"]
    assert moved(["a", "b", "c", "d"], ["b", "c", "d", "a"]) == ["a"]
    (change,) = compare(pages("ab", "c"), pages("b", "ca")).question("a").changes
    assert (change.old, change.new, change.breaks) == ("page 1, question 1", "page 2, question 2", "no")


def test_a_question_that_goes_to_another_page_has_moved() -> None:
    assert moved(["ab", "c"], ["a", "bc"]) == ["b"]
    assert moved(["ab"], ["a", "b"]) == ["b"]
    assert moved(["a", "b"], ["ab"]) == ["b"]
    assert moved(["ab", "cd"], ["cd", "xab"]) in (["a", "b"], ["c", "d"])


def test_a_page_that_lost_its_first_question_is_the_same_page() -> None:
    assert moved(["abc", "d"], ["bc", "d"]) == []


def test_a_page_went_where_most_of_its_questions_went() -> None:
    assert moved(["abcd"], ["a", "bcd"]) == ["a"]


@given(st.permutations("abcdef"), st.integers(0, 6))
@settings(max_examples=40, deadline=None)
def test_never_more_are_moved_than_must_be(order: list[str], kept: int) -> None:
    new = [*order[:kept], "x", *order[kept:]]
    stay = max(
        len(some) for size in range(7) for some in combinations(order, size) if list(some) == sorted(some)
    )
    assert len(moved("abcdef", new)) == 6 - stay


def test_new_ones_stand_where_they_are_asked_and_removed_ones_at_the_end() -> None:
    versions = compare(pages("a", "b"), pages("x", "b"))
    assert [(one.key, one.sorts, one.breaks) for one in versions.questions] == [
        ("x", ("new",), "no"),
        ("b", ("same",), "no"),
        ("a", ("removed",), "yes"),
    ]
    with pytest.raises(KeyError):
        versions.question("z")
