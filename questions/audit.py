"""What is wrong with a set before anyone answers it: what must be mended, and what is worth a look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from questions import plain_words
from questions.classes import lengths
from questions.definition import Page, Question, QuestionSet, texts
from questions.diagrams import FALSE, TRUE, Diagrams
from questions.document import WrongSet, read
from questions.naming import begun_choices, code_from, untouched
from questions.text import PIPE, Text

Weight = Literal["must mend", "worth a look"]
MUST: Weight = "must mend"
LOOK: Weight = "worth a look"

MOST_OPTIONS, MOST_WORDS, HARDEST_GRADE = 5, 20, 8.0
FEWEST_WORDS = 5  # more than these have a reading grade
WORDS_A_MINUTE = 150  # a young reader on a phone
SECONDS = {"one": 4.0, "scale": 4.0, "many": 7.0, "number": 6.0, "text": 25.0}  # to choose, or to write
ENGLISH = ("en", "en-GB", "en-US")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to look at: where, what, and how. question: its key; "" for a page or the set."""

    weight: Weight
    place: str
    question: str
    told: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.told} {self.mend}"

    @property
    def must(self) -> bool:
        """Whether it keeps the set from being published."""
        return self.weight == MUST


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found, in the order of the set, and how long it takes to answer.

    longest, median: minutes, of the longest path and of the middle one, where every class of answers is as likely.
    """

    findings: tuple[Finding, ...]
    longest: float = 0.0
    median: float = 0.0

    @property
    def must_mend(self) -> tuple[Finding, ...]:
        """What keeps the set from being published."""
        return tuple(one for one in self.findings if one.weight == MUST)

    @property
    def worth_a_look(self) -> tuple[Finding, ...]:
        """What a person should decide."""
        return tuple(one for one in self.findings if one.weight == LOOK)


def audit_source(text: str, published: QuestionSet | None = None) -> Audit:
    """The audit of a draft as it is written, whether or not it can be read."""
    try:
        question_set = read(text)
    except WrongSet as wrong:
        faults = (
            Finding(MUST, one.place, one.place.rpartition("question ")[2], one.message, "")
            for one in wrong.faults
        )
        return Audit(tuple(faults))
    return audit(question_set, published)


def audit(
    question_set: QuestionSet, published: QuestionSet | None = None, called: Callable[[str], str] = str
) -> Audit:
    """Everything that can be known of a set without asking anybody.

    published: the version that is in use now, to see whether options changed places. called: what a language is
    called, by its code.

    >>> from questions import shipped
    >>> found = audit(shipped("youth_survey"))
    >>> found.must_mend, 2 < found.median <= found.longest < 10
    ((), True)
    """
    diagrams = Diagrams(question_set)
    english = question_set.language in ENGLISH
    findings = []
    for number, page in enumerate(question_set.pages, 1):
        place = f"page {number}"
        findings += [*_page_findings(place, page, diagrams)]
        if english:
            findings += [*_grade_findings(place, "", (page.title, page.note))]
        for question in page.questions:
            findings += [*_question_findings(place, page, question, diagrams, english)]
            findings += [
                *_order_findings(place, question, published),
                *_name_findings(place, question, published),
            ]
    findings += [*_fallback_findings(question_set), *_translation_findings(question_set, called)]
    longest, median = minutes(question_set, diagrams)
    return Audit(tuple(findings), longest, median)


def minutes(question_set: QuestionSet, diagrams: Diagrams) -> tuple[float, float]:
    """The longest path and the median one, in minutes."""
    weights = {one.key: seconds(one) for one in question_set.questions}
    found = lengths(diagrams.routes, weights, diagrams.example_of)
    total, half = 0.0, 0.0
    for length, share in sorted(found.items()):
        total += share
        if total >= 0.5:
            half = length
            break
    return max(found) / 60, half / 60


def seconds(question: Question) -> float:
    """To read a question and its options, and to answer it."""
    spoken = [
        str(question.prompt),
        str(question.hint or ""),
        *(str(option.label) for option in question.options),
    ]
    return sum(len(told.split()) for told in spoken) * 60 / WORDS_A_MINUTE + SECONDS[question.kind]


def _page_findings(place: str, page: Page, diagrams: Diagrams) -> Iterator[Finding]:
    if page.show_if is not None:
        yield from _condition_findings(place, "", diagrams.conditions[f"page {page.key}"], "page")
        if f"page {page.key}" in diagrams.entangled:
            yield _entangled(place, "", "comes to this page")


def _question_findings(
    place: str, page: Page, question: Question, diagrams: Diagrams, english: bool
) -> Iterator[Finding]:
    shown, own = diagrams.shown[question.key], diagrams.conditions[question.key]
    if question.show_if is not None:
        yield from _condition_findings(place, question.key, own, "question")
    if shown == FALSE and own != FALSE and page.show_if is not None:
        yield Finding(
            MUST,
            place,
            question.key,
            "Nobody is ever asked this: its own condition and that of its page never hold together.",
            "Change one of the two conditions, or take the question out.",
        )
    if question.key in diagrams.entangled and f"page {page.key}" not in diagrams.entangled:
        yield _entangled(place, question.key, "is asked this")
    yield from _sensitive_findings(place, page, question)
    yield from _scale_findings(place, question, english)
    yield from _twin_findings(place, question)
    if english:
        yield from _wording_findings(place, question)


def _condition_findings(place: str, key: str, condition: int, what: str) -> Iterator[Finding]:
    asked = "is asked" if what == "question" else "comes to it"
    if condition == FALSE:
        told = f"Nobody is ever asked this: the condition of the {what} can never hold."
        yield Finding(MUST, place, key, told, f"Change who {asked} (show_if), or take the {what} out.")
    elif condition == TRUE:
        told = f"The condition of this {what} holds for everybody."
        yield Finding(LOOK, place, key, told, "Ask everybody (no show_if), or check what was meant.")


def _entangled(place: str, key: str, who: str) -> Finding:
    told = f"Who {who} depends on so many answers together that we could not check whether anybody can, or everybody."
    mend = (
        "See on the page Try it how many of 1,000 random people do, or make the condition (show_if) shorter."
    )
    return Finding(LOOK, place, key, told, mend)


def _sensitive_findings(place: str, page: Page, question: Question) -> Iterator[Finding]:
    if not question.sensitive:
        return
    told = "This is sensitive, and a person cannot decline to say."
    if question.kind == "text" and question.required:
        yield Finding(MUST, place, question.key, told, "Let people leave it empty (no required).")
    if question.kind != "text" and question.prefer_not_to_say is None:
        yield Finding(MUST, place, question.key, told, "Offer “I’d rather not say” (prefer_not_to_say).")
    if page.note is None:
        told = "This is sensitive, and nothing is said before it."
        yield Finding(
            MUST,
            place,
            question.key,
            told,
            "Write a note before the questions (note, on its page): what it asks, and that it may be skipped.",
        )


def _twin_findings(place: str, question: Question) -> Iterator[Finding]:
    labels = [" ".join(str(option.label).casefold().split()) for option in question.options]
    twins = [label for label in labels if labels.count(label) > 1]
    if twins:
        told = f"Two options say “{_short(twins[0])}”."
        yield Finding(MUST, place, question.key, told, "Say them apart, or take one out.")


def _scale_findings(place: str, question: Question, english: bool) -> Iterator[Finding]:
    if question.kind != "scale":
        return
    labels = [str(choice.label) for choice in question.choices]
    if len(labels) > MOST_OPTIONS:
        told = f"The scale has {len(labels)} options; on a phone people tell {MOST_OPTIONS} apart."
        yield Finding(LOOK, place, question.key, told, "Keep five or fewer, each with words.")
    bare = [label for label in labels if not plain_words.words(label) and not any(map(str.isalpha, label))]
    if bare:
        told = f"“{bare[0]}” says nothing by itself."
        yield Finding(LOOK, place, question.key, told, "Give every option of a scale words.")
    sides = [plain_words.lean(label) for label in labels] if english else []
    up, down = sides.count(1), sides.count(-1)
    if not bare and abs(up - down) > 1:
        told = f"The scale may lean: {up} options on one side, {down} on the other."
        yield Finding(LOOK, place, question.key, told, "Give both sides as many.")


def _wording_findings(place: str, question: Question) -> Iterator[Finding]:
    prompt = str(question.prompt)
    count = len(plain_words.words(prompt))
    if count > MOST_WORDS:
        told = f"The question has {count} words."
        yield Finding(LOOK, place, question.key, told, f"Say it in {MOST_WORDS} or fewer.")
    if leading := plain_words.leads(prompt):
        told = f"“{leading}” may push people towards an answer."
        yield Finding(LOOK, place, question.key, told, "Ask it so that every answer is as easy to give.")
    if joined := plain_words.two_in_one(prompt):
        told = f"“{joined}” may ask two things at once."
        yield Finding(
            LOOK, place, question.key, told, "If the two could have different answers, ask them apart."
        )
    yield from _grade_findings(place, question.key, texts(question))


def _grade_findings(place: str, key: str, said: Iterable[Text | None]) -> Iterator[Finding]:
    """The texts that are hard to read; a few words, such as most choices, say too little to tell."""
    for text in said:
        level = _grade(str(text)) if text is not None else 0.0
        if level > HARDEST_GRADE:
            told = f"“{_short(str(text))}” reads at school grade {level:.0f}."
            yield Finding(LOOK, place, key, told, "Use shorter words and sentences.")


@lru_cache(maxsize=4096)
def _grade(text: str) -> float:
    return plain_words.grade(text) if len(plain_words.words(text)) > FEWEST_WORDS else 0.0


def _short(text: str) -> str:
    return text if len(text) <= 50 else text[:47].rsplit(" ", 1)[0] + " …"


def _name_findings(place: str, question: Question, published: QuestionSet | None) -> Iterator[Finding]:
    """A question or choices that were begun and never written, and codes that say what another choice says.

    What is in use since it was published is left alone.
    """
    before = published.asked(question.key) if published else None
    if before is None and untouched(question):
        told = "This is the question that a new set begins with."
        yield Finding(LOOK, place, question.key, told, "Write your own, or take it out.")
    if before is None and question.kind in ("many", "scale") and begun_choices(question):
        told = "These are the choices that a new question begins with."
        yield Finding(LOOK, place, question.key, told, "Write your own, or let people give one answer.")
    said = {code_from(str(choice.label), ()): str(choice.label) for choice in question.choices}
    for choice in question.choices:
        other = said.get(choice.code, str(choice.label))
        if other != str(choice.label) and not (before and before.has(choice.code)):
            told = (
                f"The code of “{_short(str(choice.label))}” is “{choice.code}”, which says “{_short(other)}”."
            )
            yield Finding(
                LOOK, place, question.key, told, "Give it another code, or empty its box to have one made."
            )


def _order_findings(place: str, question: Question, published: QuestionSet | None) -> Iterator[Finding]:
    before = (
        next((one for one in published.questions if one.key == question.key), None) if published else None
    )
    if before is None:
        return
    kept = [code for code in before.codes if question.has(code)]
    if kept != [code for code in question.codes if before.has(code)]:
        told = "The options stand in another order than in the version that is in use."
        yield Finding(
            LOOK, place, question.key, told, "People choose what stands first more often: put them back."
        )


def _fallback_findings(question_set: QuestionSet) -> Iterator[Finding]:
    """Questions whose answer stands in later words, with nothing to say where there is no answer."""
    piped = {key for text in texts(question_set) for key in text.pipes}
    for number, page in enumerate(question_set.pages, 1):
        for question in page.questions:
            if question.key in piped and question.fallback is None:
                told = "Its answer stands in the words of a later question, and some people give none."
                mend = "Say under Limits what stands there instead (fallback), like “your area”."
                yield Finding(MUST, f"page {number}", question.key, told, mend)


def _translation_findings(question_set: QuestionSet, called: Callable[[str], str]) -> Iterator[Finding]:
    """Languages that some texts have and others lack, or have as a draft; and those nobody has reviewed."""
    every = list(texts(question_set))
    known: Mapping[str, int] = {
        language: sum(language in text.languages for text in every)
        for language in sorted(_begun(question_set, every))
    }
    for language in question_set.languages:
        if not question_set.reviewed(language):
            switched_on = language in question_set.offered_unreviewed
            told = f"Nobody who speaks {called(language)} has reviewed it" + (
                ", and it is offered." if switched_on else "."
            )
            mend = "Have it reviewed." if switched_on else "Have it reviewed, or switch it on as it is."
            yield Finding(LOOK, "the set", "", told, mend)
    yield from _lost_answers(question_set, called)
    for language, count in known.items():
        if count < len(every):
            place, key = _first_gap(question_set, language)
            gaps = f"{len(every) - count} of {len(every)} texts have no {called(language)}, or only a draft"
            switched_on = language in question_set.offered_unreviewed
            still = " any more, although it is switched on" if switched_on else ""
            told = f"{gaps}, so nobody is offered it{still}; the first is here."
            yield Finding(LOOK, place, key, told, f"Translate the rest, or take {called(language)} out.")


def _lost_answers(question_set: QuestionSet, called: Callable[[str], str]) -> Iterator[Finding]:
    """Translations that leave out an answer which stands in the words they translate."""
    for number, page in enumerate(question_set.pages, 1):
        own = (("", (page.title, page.note)), *((one.key, texts(one)) for one in page.questions))
        for key, text in ((key, text) for key, every in own for text in every if text is not None):
            for language, words in text.translations:
                lost = [f"${{{one}}}" for one in PIPE.findall(text.source) if one not in PIPE.findall(words)]
                if lost:
                    told = f"In {called(language)}, “{_short(text.source)}” has lost {', '.join(lost)}."
                    yield Finding(LOOK, f"page {number}", key, told, "Put it where that language needs it.")


def _begun(question_set: QuestionSet, every: Iterable[Text]) -> set[str]:
    """The languages that a text has words in, or that staff have switched on; not the set's own."""
    begun = {language for text in every for language, _ in text.translations}
    return (begun | set(question_set.offered_unreviewed)) - {question_set.language}


def _first_gap(question_set: QuestionSet, language: str) -> tuple[str, str]:
    for number, page in enumerate(question_set.pages, 1):
        for question in page.questions:
            if any(language not in text.languages for text in texts(question)):
                return f"page {number}", question.key
        if any(language not in text.languages for text in (page.title, page.note) if isinstance(text, Text)):
            return f"page {number}", ""
    return "the set", ""
