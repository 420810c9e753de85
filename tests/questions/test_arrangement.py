"""The order of a set: keys of its own, and conditions that look back at something that is there."""

import pytest

from questions import WrongSet, read

HEAD = 'key = "tiny"\ntitle = "Tiny"\nlanguage = "en"\n'


def page(*questions: str, more: str = "") -> str:
    return "\n".join(["[[page]]", more, *(f"[[page.question]]\n{question}" for question in questions)]) + "\n"


def question(key: str = "a", kind: str = "one", more: str = "") -> str:
    choices = 'choices = [{code = "yes", label = "Yes"}, {code = "no", label = "No"}]'
    if kind in ("number", "text"):
        choices = ""
    return f'key = "{key}"\nkind = "{kind}"\nprompt = "Well?"\n{choices}\n{more}'


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(WrongSet) as refused:
        read(text)
    return [(fault.place, fault.message) for fault in refused.value.faults]


def only_fault(text: str) -> tuple[str, str]:
    (fault,) = faults(text)
    return fault


EVERY_KIND = [
    question("a_one"),
    question("a_many", "many"),
    question("a_number", "number", "dont_know = true"),
    question("a_text", "text"),
]


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("${a_one} = 'maybe'", "“maybe”, which is not a code of “a_one”. Its codes are yes, no."),
        ("${a_one} = 'yess'", "Did you mean “yes”?"),
        ("${a_one} = 1", "“1”, which is not a code"),
        ("${a_one} < 3", "is not a number, so < cannot be used. Use = or !=."),
        ("selected(${a_one}, 'maybe')", "“maybe”, which is not a code"),
        ("${a_many} = 'yes'", "takes many answers. Write selected(${a_many}, 'code')."),
        ("selected(${a_many}, 'maybe')", "“maybe”, which is not a code"),
        ("${a_number} = '5'", "Compare it with a number, without quotation marks."),
        ("${a_number} < 'dont_know'", "Compare it with a number"),
        ("selected(${a_number}, '5')", "without choices. Use =, not selected()."),
        ("${a_text} = 5", "Put the value in quotation marks."),
        ("${a_text} = ''", "Write not(${a_text} != '')."),
        ("${a_text} > 'a'", "is not a number"),
        ("selected(${a_text}, 'a')", "without choices"),
        ("${b} = 'yes'", "A condition can only look back: move “b” to a page before this one."),
        ("${c} = 'yes'", "A condition can only look back"),
        ("${nowhere} = 'yes'", "no question has that key."),
        ("${a_won} = 'yes'", "Did you mean “a_one”?"),
    ],
)
@pytest.mark.parametrize("of_the_page", [True, False])
def test_a_condition_that_cannot_work_is_told(condition: str, told: str, of_the_page: bool) -> None:
    show_if = f'show_if = "{condition}"'
    second = page(question("b"), more=show_if) if of_the_page else page(question("b", more=show_if))
    place, message = only_fault(HEAD + page(*EVERY_KIND) + second + page(question("c")))
    assert place == ("page 2" if of_the_page else "page 2, question b")
    assert told in message


@pytest.mark.parametrize(
    "condition",
    [
        "${a_one} != 'no' and selected(${a_one}, 'yes')",
        "selected(${a_many}, 'no')",
        "${a_number} >= 3 or ${a_number} = 'dont_know'",
        "${a_text} != ''",
        "${a_text} = 'bus'",
    ],
)
def test_a_condition_that_can_work_is_kept(condition: str) -> None:
    read(HEAD + page(*EVERY_KIND) + page(question("b", more=f'show_if = "{condition}"')))


def test_a_question_on_the_same_page_is_too_late_to_look_at() -> None:
    place, message = only_fault(HEAD + page(question("a"), question("b", more="show_if = \"${a} = 'yes'\"")))
    assert place == "page 1, question b"
    assert "move “a” to a page before this one" in message


def test_a_condition_on_a_question_that_is_wrong_itself_is_not_told_twice() -> None:
    text = (
        HEAD + page(question("a", "one", "length = 3")) + page(question("b"), more="show_if = \"${a} = 'z'\"")
    )
    assert only_fault(text)[0] == "page 1, question a"


def test_a_condition_on_a_code_that_is_wrong_itself_is_not_told_twice() -> None:
    wrong = question("a").replace('code = "no"', 'code = "no no"')
    text = HEAD + page(wrong) + page(question("b"), more="show_if = \"${a} = 'no no'\"")
    assert only_fault(text)[0] == "page 1, question a, choice 2"


def test_two_pages_that_are_named_after_one_question_are_one_fault() -> None:
    place, message = only_fault(HEAD + page(question("a")) + page(question("a")))
    assert (place, message) == (
        "page 2, question a",
        "The key “a” is used before. Give each question its own key.",
    )
