"""Straight lines, and documents that can be compared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import Answers, read, shipped
from questions.patterns import LEAST_ANSWERED, LEAST_IN_A_LINE, batteries, document, straight_lined
from tests.conftest import examples
from tests.questions.strategies import answers as any_answers
from tests.questions.strategies import question_sets

AGREE = ("agree", "neither", "disagree")


def grid(rows: int, codes: tuple[str, ...] = AGREE, kind: str = "scale", name: str = "row") -> str:
    """Some questions with the same choices, as a set has them."""
    choices = ", ".join(f'{{ code = "{code}", label = "{code}" }}' for code in codes)
    asked = [
        f'[[page]]\n[[page.question]]\nkey = "{name}_{number}"\nkind = "{kind}"\nprompt = "{name} {number}?"\n'
        f"choices = [{choices}]\ndont_know = true\n"
        for number in range(rows)
    ]
    return "\n".join(asked)


TOP = 'key = "grid"\ntitle = "Grid"\nlanguage = "en"\n'
SIX = batteries(read(TOP + grid(6)))


def rows(*given: str | None) -> Answers:
    """Answers to the six rows."""
    return {f"row_{number}": answer for number, answer in enumerate(given)}


def test_scales_with_the_same_choices_are_a_battery_where_there_are_five() -> None:
    source = grid(5) + grid(4, ("often", "never"), name="few") + grid(6, kind="one", name="other")
    assert batteries(read(TOP + source)) == (tuple(f"row_{number}" for number in range(5)),)
    assert batteries(shipped("youth_survey")) == ()


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (["agree"] * 6, True),
        (["agree"] * 5 + [None], True),
        (["agree"] * 4 + [None] * 2, False),
        (["agree"] * 5 + ["disagree"], False),
        (["dont_know"] * 6, False),
        (["agree"] * 5 + ["dont_know"], False),
        ([None] * 6, False),
        ([], False),
    ],
)
def test_a_straight_line_is_one_choice_for_five_or_more(given: list[str | None], line: bool) -> None:
    assert straight_lined(SIX, rows(*given)) is line


@given(st.lists(st.sampled_from([*AGREE, None]), min_size=6, max_size=6))
def test_a_straight_line_needs_five_answers_and_one_choice(given: list[str | None]) -> None:
    answered = [answer for answer in given if answer]
    expected = len(answered) >= LEAST_IN_A_LINE and len(set(answered)) == 1
    assert straight_lined(SIX, rows(*given)) is expected


@examples(20, among=100)
def test_any_answers_to_any_set_can_be_looked_at(count: int) -> None:
    @settings(max_examples=count)
    @given(question_sets().flatmap(lambda one: st.tuples(st.just(one), any_answers(one))))
    def holds(both: tuple[object, Answers]) -> None:
        question_set, answers = both
        assert straight_lined(batteries(question_set), answers) in (True, False)  # type: ignore[arg-type]
        told = document(answers)
        enough = sum(answer is not None for answer in answers.values()) >= LEAST_ANSWERED
        assert (told is not None) is enough

    holds()


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=3) | st.integers() | st.none()), st.randoms())
def test_a_document_does_not_depend_on_the_order_or_on_what_was_skipped(
    answers: Answers, random: object
) -> None:
    listed = list(answers.items())
    random.shuffle(listed)  # type: ignore[attr-defined]
    assert document(dict(listed)) == document({**answers, "a skipped question": None})


def test_documents_differ_where_one_answer_does() -> None:
    given: Answers = {str(number): "agree" for number in range(12)}
    assert document(given) != document({**given, "3": "disagree"})
    assert document({str(number): "agree" for number in range(LEAST_ANSWERED - 1)}) is None
