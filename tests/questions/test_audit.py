"""What the audit finds, that it finds nothing in a good set, and that it knows who is shown what."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import Answer, QuestionSet, path, read, shipped
from questions.audit import Audit, audit, audit_source
from questions.diagrams import FALSE, TRUE, Diagrams

YES_NO = 'choices = [{code = "yes", label = "Yes"}, {code = "no", label = "No"}]'


def test_a_translation_that_lost_an_answer_is_named() -> None:
    piped = 'kind = "text"\nprompt = {en = "How safe is ${q0}?", de = "Wie sicher ist es?"}'
    (found,) = [
        one
        for one in audit(read(made(f'kind = "one"\nfallback = "it"\n{YES_NO}', piped))).worth_a_look
        if "lost" in one.told
    ]
    assert (found.question, found.told) == ("q1", "In de, “How safe is ${q0}?” has lost ${q0}.")


def made(*questions: str) -> str:
    """A set of one question a page; each is its lines, with `page:` before lines of the page."""
    pages = []
    for number, question in enumerate(questions):
        above = [line[5:].strip() for line in question.splitlines() if line.startswith("page:")]
        own = [line for line in question.splitlines() if not line.startswith("page:")]
        key = [] if any(line.startswith("key") for line in own) else [f'key = "q{number}"']
        prompt = [] if any(line.startswith("prompt") for line in own) else ['prompt = "Is it so?"']
        pages.append("\n".join(["[[page]]", *above, "[[page.question]]", *key, *prompt, *own]))
    return "\n".join(['key = "a"', 'title = "A"', 'language = "en"', *pages])


def told(found: Audit, key: str) -> str:
    return "\n".join(f"{one.weight}: {one.told} {one.mend}" for one in found.findings if one.question == key)


ONE = f'kind = "one"\n{YES_NO}'


def test_the_sets_that_come_with_soundings_have_nothing_to_mend() -> None:
    for name in ("youth_survey", "pulse"):
        found = audit(shipped(name))
        assert found.must_mend == ()
        assert 0 < found.median <= found.longest < 10


def test_a_condition_that_can_never_hold() -> None:
    found = audit(read(made(ONE, f"{ONE}\nshow_if = \"${{q0}} = 'yes' and ${{q0}} = 'no'\"")))
    assert "must mend: Nobody is ever asked this: the condition of the question can never hold." in told(
        found, "q1"
    )


def test_a_question_after_one_that_nobody_is_asked() -> None:
    source = made(
        ONE,
        f"{ONE}\nshow_if = \"${{q0}} = 'yes'\"",
        f"{ONE}\nshow_if = \"${{q0}} = 'no' and ${{q1}} = 'yes'\"",
    )
    assert "can never hold" in told(audit(read(source)), "q2")


def test_a_question_and_its_page_that_exclude_each_other() -> None:
    source = made(ONE, f"page: show_if = \"${{q0}} = 'yes'\"\n{ONE}\nshow_if = \"${{q0}} = 'no'\"")
    assert "its own condition and that of its page never hold together" in told(audit(read(source)), "q1")


def test_a_condition_that_always_holds() -> None:
    required = f"{ONE}\nrequired = true"
    found = audit(read(made(required, f"{ONE}\nshow_if = \"${{q0}} = 'yes' or ${{q0}} = 'no'\"")))
    assert "worth a look: The condition of this question holds for everybody." in told(found, "q1")
    skipped = audit(read(made(ONE, f"{ONE}\nshow_if = \"${{q0}} = 'yes' or ${{q0}} = 'no'\"")))
    assert told(skipped, "q1") == ""


def test_numbers_are_told_apart_at_what_conditions_name() -> None:
    age = 'key = "age"\nkind = "number"\nlow = 10\nhigh = 25'
    never = f'{ONE}\nshow_if = "${{age}} < 12 and ${{age}} > 14"'
    beyond = f'{ONE}\nshow_if = "${{age}} > 25"'
    fine = f'{ONE}\nshow_if = "${{age}} > 12 and ${{age}} < 14"'
    narrow = f'{ONE}\nshow_if = "${{age}} > 12 and ${{age}} < 13"'
    found = audit(read(made(age, never, beyond, fine, narrow)))
    assert [one.question for one in found.must_mend] == ["q1", "q2", "q4"]


def test_answers_that_cannot_be_picked_together() -> None:
    helps = (
        'key = "helps"\nkind = "many"\nat_most = 2\nchoices = [{code = "a", label = "A"}, {code = "b", label = "B"}, '
        '{code = "c", label = "C"}, {code = "none", label = "None", exclusive = true}]'
    )
    every = " and ".join(f"selected(${{helps}}, '{code}')" for code in "abc")
    three = f'{ONE}\nshow_if = "{every}"'
    none = f"{ONE}\nshow_if = \"selected(${{helps}}, 'a') and selected(${{helps}}, 'none')\""
    two = f"{ONE}\nshow_if = \"selected(${{helps}}, 'a') and selected(${{helps}}, 'b')\""
    assert [one.question for one in audit(read(made(helps, three, none, two))).must_mend] == ["q1", "q2"]


def test_a_sensitive_question_needs_a_notice_and_a_way_out() -> None:
    found = audit(read(made(f"{ONE}\nsensitive = true")))
    assert "Offer “I’d rather not say” (prefer_not_to_say)." in told(found, "q0")
    assert "Write a note before the questions" in told(found, "q0")
    mended = f'page: note = "You can skip this."\n{ONE}\nsensitive = true\nprefer_not_to_say = true'
    assert audit(read(made(mended))).findings == ()
    words = 'page: note = "You can skip this."\nkind = "text"\nsensitive = true'
    assert audit(read(made(words))).findings == ()
    assert "Let people leave it empty" in told(audit(read(made(f"{words}\nrequired = true"))), "q0")


def scale(*labels: str) -> str:
    listed = ", ".join(f'{{code = "c{at}", label = "{label}"}}' for at, label in enumerate(labels))
    return f'kind = "scale"\nchoices = [{listed}]'


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        (("Very safe", "Fairly safe", "Fairly unsafe", "Very unsafe"), ""),
        (("Agree", "Neither agree nor disagree", "Disagree"), ""),
        (
            ("Great", "Very good", "Good", "Poor"),
            "The scale may lean: 3 options on one side, 1 on the other.",
        ),
        (("1", "2", "3"), "“1” says nothing by itself."),
        (("Always", "Very often", "Often", "Sometimes", "Rarely", "Never"), "The scale has 6 options"),
    ],
)
def test_scales(labels: tuple[str, ...], what: str) -> None:
    found = told(audit(read(made(scale(*labels)))), "q0")
    assert found == "" if not what else what in found


@pytest.mark.parametrize(
    ("prompt", "what"),
    [
        ("How safe do you feel after dark?", ""),
        ("Don’t you think that knives are bad?", "“don’t you” may push people towards an answer."),
        ("How safe are your streets and parks?", "“and” may ask two things at once."),
        ("Is it " + "so " * 20 + "dark?", "The question has 23 words."),
        (
            "Considering institutional accountability mechanisms, characterise police legitimacy.",
            "reads at school grade",
        ),
    ],
)
def test_wording(prompt: str, what: str) -> None:
    found = told(audit(read(made(f'{ONE}\nprompt = "{prompt}"'))), "q0")
    assert found == "" if not what else what in found
    others = f'page: note = "{prompt}"\nkind = "one"\nchoices = [{{code = "y", label = "{prompt}"}}'
    hard = audit(read(made(others + ', {code = "n", label = "No"}]'))).findings
    assert [one.question for one in hard if "school grade" in one.told] == (
        ["", "q0"] if "grade" in what else []
    )
    german = made(f'{ONE}\nprompt = "{prompt}"').replace('language = "en"', 'language = "de"')
    assert audit(read(german)).findings == ()


def test_english_words_judge_no_other_language() -> None:
    bengali = scale("খুব নিরাপদ", "নিরাপদ", "অনিরাপদ", "খুব অনিরাপদ")
    assert "may lean" in told(audit(read(made(bengali))), "q0")
    assert audit(read(made(bengali).replace('language = "en"', 'language = "bn"'))).findings == ()


def test_options_that_changed_places() -> None:
    published, draft = (read(made(scale(*labels))) for labels in (("Good", "Bad"), ("Bad", "Good")))
    turned = made('kind = "scale"\nchoices = [{code = "c1", label = "Bad"}, {code = "c0", label = "Good"}]')
    assert "another order" in told(audit(read(turned), published), "q0")
    assert "another order" not in told(audit(draft, published), "q0")


def test_a_language_that_is_half_there() -> None:
    half = made('kind = "text"\nprompt = {en = "Why?", bn = "কেন?"}', 'kind = "text"\nprompt = "And then?"')
    found = audit(read(half)).findings
    assert [(one.question, one.told.split(",")[0]) for one in found if " bn" in one.told] == [
        ("q1", "2 of 3 texts have no bn")
    ]


def test_a_draft_that_cannot_be_read_has_its_faults_found() -> None:
    found = audit_source(made(f"{ONE}\nshow_if = \"${{later}} = 'yes'\"", f'{ONE}\nkey = "later"'))
    assert [one.weight for one in found.findings] == ["must mend"]
    assert found.findings[0].question == "q0"
    assert "A condition can only look back" in found.findings[0].told


def test_minutes_of_the_longest_path_and_the_middle_one() -> None:
    long = 'kind = "text"\nprompt = "' + "word " * 100 + 'end?"'
    rare = made(ONE, f"{long}\nshow_if = \"${{q0}} = 'yes'\"")
    found = audit(read(rare))
    assert found.longest - found.median == pytest.approx((101 / 150) + 25 / 60, abs=0.01)


def test_the_longest_path_is_found_behind_seven_answers_at_once() -> None:
    """By lot one person in thousands gives all seven."""
    scales = [f"{scale('Very', 'Quite', 'Less', 'Not')}" for _ in range(7)]
    every = " and ".join(f"${{q{at}}} = 'c{at % 4}'" for at in range(7))
    texts = [f'kind = "text"\nshow_if = "{every}"' for _ in range(10)]
    found = audit(read(made(*scales, *texts)))
    assert found.longest - found.median == pytest.approx(10 * (25 + 3 * 60 / 150) / 60, abs=0.01)


def test_the_longest_path_ticks_what_it_needs() -> None:
    many = 'kind = "many"\nchoices = [' + ", ".join(
        f'{{code = "c{at}", label = "L{at}"}}' for at in range(12)
    )
    every = " and ".join(f"selected(${{q{at // 6}}}, 'c{at % 6 + 4}')" for at in range(12))
    asked = f'kind = "text"\nshow_if = "{every}"'
    without, with_it = (audit(read(made(f"{many}]", f"{many}]", *more))).longest for more in ((), (asked,)))
    assert with_it - without > 25 / 60


@st.composite
def routed(draw: st.DrawFn) -> QuestionSet:
    """A few questions of every kind, with conditions on those before."""
    lines: list[str] = []
    asked: list[str] = []
    for number in range(draw(st.integers(2, 6))):
        kind = draw(st.sampled_from(["one", "many", "number"]))
        own = {
            "one": ONE,
            "many": 'kind = "many"\nat_most = 2\nchoices = [{code = "a", label = "A"}, {code = "b", label = "B"}, '
            '{code = "n", label = "N", exclusive = true}]',
            "number": 'kind = "number"\nlow = 0\nhigh = 4',
        }[kind]
        required, conditional, turned = (bool(draw(st.integers(0, 1))) for _ in range(3))
        if required:
            own += "\nrequired = true"
        if asked and conditional:
            parts = [draw(st.sampled_from(asked)) for _ in range(draw(st.integers(1, 3)))]
            joined = draw(st.sampled_from([" and ", " or "])).join(parts)
            own += f'\nshow_if = "{f"not({joined})" if turned else joined}"'
        lines.append(own)
        asked += {
            "one": [f"${{q{number}}} = 'yes'", f"${{q{number}}} != 'no'"],
            "many": [f"selected(${{q{number}}}, 'a')", f"selected(${{q{number}}}, 'n')"],
            "number": [f"${{q{number}}} < 2", f"${{q{number}}} >= 4"],
        }[kind]
    return read(made(*lines))


EVERY: dict[str, list[Answer]] = {
    "one": [None, "yes", "no"],
    "many": [None, ["a"], ["b"], ["n"], ["a", "b"]],
    "number": [None, 0, 1, 2, 3, 4],
}


@given(routed())
@settings(max_examples=60, deadline=None)
def test_who_is_shown_what_is_as_walking_every_path(question_set: QuestionSet) -> None:
    """Brute force over every answer that can be given finds the same questions shown to nobody, and to everybody."""
    looked = question_set.questions[:4]
    every = [
        [answer for answer in EVERY[one.kind] if answer is not None or not one.required] for one in looked
    ]
    seen: dict[str, list[bool]] = {one.key: [] for one in looked}
    for answers in product(*every):
        given_ = dict(zip((one.key for one in looked), answers, strict=True))
        shown = {one.key for page in path(question_set, given_) for one in page.questions}
        for key, found in seen.items():
            found.append(key in shown)
    diagrams = Diagrams(question_set)
    for key, found in seen.items():
        assert (diagrams.shown[key] == FALSE) == (not any(found)), key
        assert (diagrams.shown[key] == TRUE) == all(found), key
        if diagrams.shown[key] not in (FALSE, TRUE):
            example: dict[str, Any] = diagrams.example(diagrams.shown[key])
            assert key in {one.key for page in path(question_set, example) for one in page.questions}


def test_two_options_that_say_the_same_must_be_told_apart() -> None:
    twins = 'kind = "one"\nchoices = [{code = "a", label = "Yes"}, {code = "b", label = "yes "}]'
    (found,) = audit(read(made(twins))).must_mend
    assert (found.told, found.mend) == ("Two options say “yes”.", "Say them apart, or take one out.")


@pytest.mark.parametrize(("kind", "found"), [("one", False), ("many", True), ("scale", True)])
def test_choices_that_nobody_wrote_are_worth_a_look(kind: str, found: bool) -> None:
    asked = read(made(f'kind = "{kind}"\n{YES_NO}'))
    what = "These are the choices that a new question begins with."
    assert any(one.told == what and not one.must for one in audit(asked).findings) is found
    assert not any(one.told == what for one in audit(asked, asked).findings)
