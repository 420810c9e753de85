"""What can hold and what always does: as walking every path says it, and said to be unknown where that is too much."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import Answer, Question, QuestionSet, path, read
from questions import diagrams as drawn
from questions.audit import LOOK, audit
from questions.diagrams import FALSE, OPEN, TRUE, Diagrams

from .test_audit import ONE, made

EIGHT = "abcdefgh"


def many(codes: str = EIGHT, own: str = "") -> str:
    listed = ", ".join(f'{{code = "{code}", label = "Label {code}"}}' for code in codes)
    return f'kind = "many"\n{own}\nchoices = [{listed}, {{code = "none", label = "None", exclusive = true}}]'


def after(condition: str) -> str:
    return f'{ONE}\nshow_if = "{condition}"'


def pairs(count: int) -> str:
    """Two questions about each of so many things, all the first ones before all the second."""
    joined = " or ".join(f"(${{q{n}}} = 'yes' and ${{q{count + n}}} = 'yes')" for n in range(count))
    return made(*[ONE] * (2 * count), after(joined))


def rows_not_columns(size: int) -> str:
    """Some row of a square is all yes, and no column: of which every order makes a large diagram."""
    rows = [" and ".join(f"${{q{size * row + at}}} = 'yes'" for at in range(size)) for row in range(size)]
    columns = [" and ".join(f"${{q{size * row + at}}} = 'yes'" for row in range(size)) for at in range(size)]
    whole = (
        f"({' or '.join(f'({row})' for row in rows)}) and not({' or '.join(f'({one})' for one in columns)})"
    )
    return made(*[ONE] * size**2, after(whole))


def clauses(count: int, lot: Random) -> str:
    """One of three codes each, with or without not, of thirty questions with many answers."""

    def look() -> str:
        return f"{lot.choice(['', 'not'])}(selected(${{q{lot.randrange(30)}}}, '{lot.choice(EIGHT)}'))"

    told = " and ".join(f"({look()} or {look()} or {look()})" for _ in range(count))
    return made(*[many()] * 30, after(told))


def test_a_choice_of_many_is_looked_for_however_many_are() -> None:
    """The seventh choice and those after it can be picked as well as the first six."""
    source = made(many(), *(after(f"selected(${{q0}}, '{code}')") for code in EIGHT))
    assert audit(read(source)).must_mend == ()


@pytest.mark.parametrize(
    ("own", "condition", "verdict"),
    [
        ("", "selected(${q0}, 'a') and selected(${q0}, 'none')", FALSE),
        ("at_most = 2", " and ".join(f"selected(${{q0}}, '{code}')" for code in "ach"), FALSE),
        ("required = true", " or ".join(f"selected(${{q0}}, '{code}')" for code in [*EIGHT, "none"]), TRUE),
        ("", " or ".join(f"selected(${{q0}}, '{code}')" for code in [*EIGHT, "none"]), OPEN),
    ],
)
def test_choices_that_may_stand_together(own: str, condition: str, verdict: int) -> None:
    found = Diagrams(read(made(many(own=own), after(condition)))).shown["q1"]
    assert found == verdict if verdict != OPEN else found > TRUE


@pytest.mark.parametrize("count", [17, 60])
def test_pairs_that_stand_far_apart_make_a_small_diagram(count: int) -> None:
    found = Diagrams(read(pairs(count)))
    assert found.entangled == frozenset()
    assert len(found.nodes) < 12 * count


def test_a_thicket_is_said_to_be_one() -> None:
    """Never a wrong word, never none: a look, at the question, with what to do."""
    found = audit(read(clauses(240, Random(3))))
    (told,) = [one for one in found.findings if "depends on so many answers" in one.told]
    assert (told.weight, told.question) == (LOOK, "q30")
    assert "Try it" in told.mend
    assert found.must_mend == ()


@pytest.mark.parametrize("source", [rows_not_columns(14), clauses(240, Random(3)), clauses(60, Random(5))])
def test_no_diagram_outgrows_its_steps(source: str) -> None:
    assert len(Diagrams(read(source)).nodes) < 2 * drawn.MOST_OF_ONE


def test_a_simple_condition_after_a_thicket_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    source = read(made(*[ONE] * 6, after("${q0} = 'yes' and ${q0} = 'no'")))
    monkeypatch.setattr(drawn, "MOST_OF_ALL", 0)
    assert Diagrams(source).shown["q6"] == FALSE


@st.composite
def looking_at_many(draw: st.DrawFn) -> QuestionSet:
    """One question with many answers and one with one, and conditions that look for several codes of both."""
    own = draw(st.sampled_from(["", "required = true", "at_most = 2", "at_most = 3\nrequired = true"]))
    looks = [f"selected(${{q0}}, '{code}')" for code in [*"abcd", "none"]] + [
        "${q1} = 'yes'",
        "${q1} != 'no'",
    ]
    lines = [many("abcd", own), ONE]
    for _ in range(draw(st.integers(1, 3))):
        some = draw(st.lists(st.sampled_from(looks), min_size=1, max_size=5))
        turned = [draw(st.sampled_from(["{}", "not({})"])).format(look) for look in some]
        lines.append(after(draw(st.sampled_from([" and ", " or "])).join(turned)))
        looks.append(f"${{q{len(lines) - 1}}} = 'yes'")
    return read(made(*lines))


def every_answer(question: Question) -> Iterator[Answer]:
    if not question.required:
        yield None
    if question.kind != "many":
        yield from question.codes
        return
    free = [code for code in question.codes if code not in question.exclusive]
    for size in range(1, (question.at_most or len(free)) + 1):
        yield from map(list, combinations(free, size))
    yield from ([code] for code in question.exclusive)


def walked(question_set: QuestionSet) -> dict[str, set[bool]]:
    """Whether each question is shown, over every answer that can be given to all."""
    seen: dict[str, set[bool]] = {one.key: set() for one in question_set.questions}
    for answers in product(*map(every_answer, question_set.questions)):
        given_ = dict(zip(seen, answers, strict=True))
        shown = {one.key for page in path(question_set, given_) for one in page.questions}
        for key, found in seen.items():
            found.add(key in shown)
    return seen


@given(looking_at_many())
@settings(max_examples=60, deadline=None)
def test_codes_of_many_are_as_walking_every_path(question_set: QuestionSet) -> None:
    found = Diagrams(question_set)
    for key, seen in walked(question_set).items():
        verdict = {FALSE: {False}, TRUE: {True}}.get(found.shown[key], {False, True})
        assert verdict == seen, key
        if found.shown[key] > TRUE:
            shown = path(question_set, found.example(found.shown[key]))
            assert key in {one.key for page in shown for one in page.questions}


@given(looking_at_many(), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_with_few_steps_nothing_wrong_is_said(question_set: QuestionSet, steps: int) -> None:
    """Where steps run out, what is said to be known still is: never and always are true, and open is met both ways."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("MOST_OF_ONE", "MOST_OF_ALL", "FEW"):
            patched.setattr(drawn, name, steps)
        found = Diagrams(question_set)
    for key, seen in walked(question_set).items():
        if found.shown[key] in (FALSE, TRUE):
            assert seen == {found.shown[key] == TRUE}, key
        elif key not in found.entangled and found.shown[key] == OPEN:
            assert True in seen, key
