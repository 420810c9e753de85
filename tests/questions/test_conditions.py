"""The condition language: what it reads, what it refuses and where, and that writing and reading agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions import And, Comparison, Condition, Not, Or, Selected, WrongCondition, mentioned, parse, written

A, B, C = Comparison("a", "=", "1"), Comparison("b", "=", "2"), Comparison("c", "=", "3")


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("${age} < 16", Comparison("age", "<", 16)),
        ("${age}>=16.5", Comparison("age", ">=", 16.5)),
        ("${age} != -2", Comparison("age", "!=", -2)),
        ("${ age } = 'dont_know'", Comparison("age", "=", "dont_know")),
        ('${why} = "it\'s late"', Comparison("why", "=", "it's late")),
        ("selected( ${worries} ,'knives')", Selected("worries", "knives")),
        ("not(${a} = '1')", Not(A)),
        ("not (${a} = '1')", Not(A)),
        ("\n ${a} = '1'\n and\t${b} = '2' ", And((A, B))),
        ("(((${a} = '1')))", A),
    ],
)
def test_it_reads(text: str, condition: Condition) -> None:
    assert parse(text) == condition


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("${a} = '1' or ${b} = '2' and ${c} = '3'", Or((A, And((B, C))))),
        ("${a} = '1' and ${b} = '2' or ${c} = '3'", Or((And((A, B)), C))),
        ("(${a} = '1' or ${b} = '2') and ${c} = '3'", And((Or((A, B)), C))),
        ("${a} = '1' and ${b} = '2' and ${c} = '3'", And((A, B, C))),
        ("${a} = '1' and (${b} = '2' and ${c} = '3')", And((A, And((B, C))))),
        ("not(${a} = '1') and ${b} = '2'", And((Not(A), B))),
    ],
)
def test_and_binds_more_than_or_and_brackets_more_than_both(text: str, condition: Condition) -> None:
    assert parse(text) == condition


@pytest.mark.parametrize(
    ("text", "position", "mend"),
    [
        ("", 1, "a question, like ${age}"),
        ("   ", 4, "a question, like ${age}"),
        ("${age}", 7, "one of = != < <= > >="),
        ("${age} <", 9, "a number, or a code"),
        ("${age} == 16", 9, "Write = once"),
        ("${age} < ${limit}", 10, "not with another question"),
        ("${age} < sixteen", 10, "'sixteen'"),
        ("16 > ${age}", 1, "Put the question first"),
        ("age < 16", 1, "“age” is not known here"),
        ("$age < 16", 1, "${key}"),
        ("${Age} < 16", 1, "key of a question"),
        ("${} < 16", 1, "key of a question"),
        ("${a} = '1' AND ${b} = '2'", 12, "small letters"),
        ("${a} = '1' && ${b} = '2'", 12, "the word and"),
        ("${a} = '1' || ${b} = '2'", 12, "the word or"),
        ("${a} = '1' ${b} = '2'", 12, "Join two comparisons"),
        ("${a} = '1' and", 15, "a question, like ${age}"),
        ("${a} = '1' and or ${b} = '2'", 16, "a question here"),
        ("(${a} = '1'", 12, "closing bracket"),
        ("${a} = '1')", 11, "closes nothing"),
        ("not ${a} = '1'", 5, "brackets after not"),
        ("selected(${a} 'x')", 15, "comma"),
        ("selected(${a}, x)", 16, "in quotation marks"),
        ("selected('x', ${a})", 10, "question first"),
        ("selected ${a}, 'x'", 10, "selected(${key}, 'code')"),
        ("${a} = 'x", 8, "no partner"),
        ("${a} = ‘x’", 8, "straight quotation marks"),
        ("${a} = '1' ; drop", 12, "no meaning here"),
        ("${a} = 1e5", 9, "Join two"),
        ("${a} = " + "9" * 5000, 8, "too long"),
        ("(" * 5000, 42, "too many brackets"),
        ("not(" * 5000, 165, "too many brackets"),
    ],
)
def test_what_it_cannot_read_it_refuses_with_the_place_and_the_mend(
    text: str, position: int, mend: str
) -> None:
    with pytest.raises(WrongCondition) as refused:
        parse(text)
    assert mend in refused.value.message
    assert refused.value.position == position
    assert str(refused.value) == f"character {position}: {refused.value.message}"


def test_a_condition_knows_what_it_looks_at() -> None:
    assert mentioned(parse("not(${a} = '1') or (selected(${b}, 'x') and ${a} != '2')")) == {"a", "b"}


@pytest.mark.parametrize(
    ("question", "operator", "value"),
    [
        ("A b", "=", "x"),
        ("a", "==", "x"),
        ("a", "=", "both ' and \""),
        ("a", "=", float("nan")),
        ("a", "=", float("-inf")),
        ("a", "=", 10**400),
        ("a", "=", 1e-300),
    ],
)
def test_a_comparison_that_could_not_be_written_cannot_be_made(
    question: str, operator: str, value: str | float
) -> None:
    with pytest.raises(ValueError, match=r"."):
        Comparison(question, operator, value)


def test_and_and_or_join_two_or_more() -> None:
    with pytest.raises(ValueError, match="two conditions"):
        And((A,))
    with pytest.raises(ValueError, match="two conditions"):
        Or(())


keys = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
words = st.text(max_size=12).filter(lambda text: not ("'" in text and '"' in text))
numbers = st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6).map(lambda number: round(number, 6))
leaves: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Comparison, keys, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), words | numbers),
    st.builds(Selected, keys, words),
)


def joined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, parts), st.builds(And, several), st.builds(Or, several))


conditions = st.recursive(leaves, joined, max_leaves=8)


@given(conditions)
def test_reading_what_was_written_gives_the_same_condition(condition: Condition) -> None:
    assert parse(written(condition)) == condition


@given(st.text(alphabet="${}abnotdrselcte()',\"=<>!0 .-", max_size=40))
def test_any_text_is_read_or_refused_at_a_place_inside_it(text: str) -> None:
    try:
        condition = parse(text)
    except WrongCondition as refused:
        assert 1 <= refused.position <= len(text) + 1
    else:
        assert parse(written(condition)) == condition
