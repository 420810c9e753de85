"""The sets that come with Soundings: that they can be read by everyone, and compared with each other."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product

import pytest

from questions import AGE_BANDS, Answer, Question, QuestionSet, Text, missing, path, shipped, validate
from questions.document import SETS

NAMES = sorted(file.stem for file in SETS.glob("*.toml"))
PROFILE = ["borough", "age_band", "gender", "ethnicity", "disability"]
youth_survey = shipped("youth_survey")


@pytest.fixture(params=NAMES)
def any_set(request: pytest.FixtureRequest) -> QuestionSet:
    return shipped(request.param)


def test_it_is_named_like_its_file(any_set: QuestionSet, request: pytest.FixtureRequest) -> None:
    assert any_set.key == request.node.callspec.params["any_set"]


def test_every_sensitive_question_can_be_declined_and_is_announced(any_set: QuestionSet) -> None:
    for page in any_set.pages:
        for question in page.questions:
            if question.sensitive:
                assert question.prefer_not_to_say is not None, question.key
                assert page.note is not None, question.key
                assert not question.required, question.key


def test_what_is_required_offers_a_way_out(any_set: QuestionSet) -> None:
    for question in any_set.questions:
        if question.required:
            assert question.dont_know, question.key
            assert question.prefer_not_to_say, question.key


def test_a_prompt_is_a_short_question(any_set: QuestionSet) -> None:
    for question in any_set.questions:
        assert str(question.prompt).endswith("?"), question.key
        assert len(str(question.prompt).split()) < 20, question.key


def test_a_scale_has_at_most_five_points(any_set: QuestionSet) -> None:
    assert all(len(question.choices) <= 5 for question in any_set.questions if question.kind == "scale")


def test_one_question_fills_a_page(any_set: QuestionSet) -> None:
    assert all(len(page.questions) == 1 for page in any_set.pages)


def test_a_key_means_the_same_in_every_set() -> None:
    meanings: dict[str, set[Question]] = defaultdict(set)
    for name in NAMES:
        for question in shipped(name).questions:
            meanings[question.key].add(question)
    assert {key: len(found) for key, found in meanings.items() if len(found) > 1} == {}


def test_the_pulse_is_three_questions_and_two_are_the_youth_surveys() -> None:
    keys = [question.key for question in shipped("pulse").questions]
    assert keys == ["worry_knife_crime", "safe_dark", "heard_of_change"]
    assert {question.key for question in youth_survey.questions} >= set(keys[:2])


def test_the_youth_survey_starts_with_worry_and_ends_with_the_profile() -> None:
    keys = [question.key for question in youth_survey.questions]
    assert keys[0] == "worry_knife_crime"
    assert keys[-5:] == PROFILE
    assert 15 <= len(keys) <= 17


def test_the_sensitive_questions_are_in_the_middle() -> None:
    about_life = [question for question in youth_survey.questions if question.key not in PROFILE]
    sensitive = [place for place, question in enumerate(about_life) if question.sensitive]
    assert min(sensitive) >= len(about_life) // 3
    assert max(sensitive) < len(about_life) - 2


def test_boroughs_are_all_33_in_alphabetical_order() -> None:
    *boroughs, outside, unsure = youth_survey.question("borough").choices
    labels = [str(choice.label) for choice in boroughs]
    assert labels == sorted(labels)
    assert sorted(choice.code for choice in boroughs) == [f"E090000{n:02}" for n in range(1, 34)]
    assert (outside.code, unsure.code) == ("not_in_london", "not_sure")
    assert str(youth_survey.question("borough").label("E09000033")) == "Westminster"


def test_what_places_a_response_has_the_agreed_codes() -> None:
    assert youth_survey.question("age_band").codes == ("under_10", *AGE_BANDS, "over_25", "prefer_not_to_say")
    assert youth_survey.question("gender").codes == ("female", "male", "another", "prefer_not_to_say")


def test_safety_at_school_is_asked_of_those_who_go() -> None:
    def asked(answers: dict[str, Answer]) -> bool:
        return any(page.key == "safe_school" for page in path(youth_survey, answers))

    assert asked({"at_school": "yes"})
    assert not asked({"at_school": "no"})
    assert not asked({"at_school": "prefer_not_to_say"})
    assert not asked({})


def test_everything_but_the_core_question_can_be_left_blank(any_set: QuestionSet) -> None:
    blank = validate(any_set.questions, {})
    assert set(blank.messages) == {"worry_knife_crime"}
    assert missing(any_set, blank.answers) == ("worry_knife_crime",)


def test_every_option_of_every_question_can_be_given(any_set: QuestionSet) -> None:
    for question in any_set.questions:
        for code in question.codes:
            assert validate([question], {question.key: [code]}).messages == {}


# Reading age. Flesch-Kincaid grade: Kincaid, Fishburne, Rogers and Chissom (1975), Derivation of new
# readability formulas for Navy enlisted personnel, Research Branch Report 8-75. A reading age is about
# the grade and five years.


def said(any_set: QuestionSet) -> Iterator[Text]:
    for page in any_set.pages:
        yield from (text for text in (page.title, page.note) if text)
        for question in page.questions:
            yield from (text for text in (question.prompt, question.hint) if text)


def labels(any_set: QuestionSet) -> Iterator[Text]:
    for question in any_set.questions:
        if question.key != "borough":  # names
            yield from (option.label for option in question.options)


def syllables(word: str) -> int:
    sounded = re.sub(r"(?<=[^aeiouylt])e$|(?<=[aeiouy][lt])e$|(?<=[^td])ed$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", sounded)))


def grade(texts: Iterable[Text]) -> float:
    sentences = [
        part for text in texts for part in re.split(r"[.!?]+", str(text)) if re.search("[A-Za-z]", part)
    ]
    words = [word for sentence in sentences for word in re.findall(r"[A-Za-z’']+", sentence)]
    sounds = sum(map(syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * sounds / len(words) - 15.59


def test_the_grade_is_the_published_one_on_known_sentences() -> None:
    assert grade([Text("The cat sat on the mat.")]) == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    assert [syllables(word) for word in ("safe", "people", "hoped", "wanted", "area")] == [1, 2, 1, 2, 2]


def test_a_nine_year_old_can_read_it(any_set: QuestionSet) -> None:
    assert grade(said(any_set)) <= 4
    assert grade([*said(any_set), *labels(any_set)]) <= 4


def test_no_single_text_is_hard(any_set: QuestionSet) -> None:
    long_enough = [text for text in said(any_set) if len(str(text).split()) >= 8]
    assert [str(text) for text in long_enough if grade([text]) > 7] == []


def test_no_word_in_the_set_frightens_or_blames(any_set: QuestionSet) -> None:
    read_aloud = " ".join(str(text).lower() for text in (*said(any_set), *labels(any_set)))
    for word, ending in product(
        ("stab", "kill", "murder", "gang", "victim", "offender", "attack"), ("", "s", "ed")
    ):
        assert not re.search(rf"\b{word}{ending}\b", read_aloud)
