"""Earlier answers inside later words: “How safe do you feel in ${borough}?”."""

from __future__ import annotations

from dataclasses import dataclass

from questions.conditions import numeral
from questions.definition import SPECIAL, Answers, Question, QuestionSet
from questions.text import PIPE, Text

NOTHING = "…"  # where an answer is not there and nobody has said what to put; the audit keeps that from being published


@dataclass(frozen=True, slots=True)
class Wording:
    """What the texts of a set say to one person: in their language, with their answers in place.

    answers: those that may be shown; leave out what is off the path or hidden. The words come back as plain text,
    so whoever puts them on a page must escape them, as for any text. What cannot be repeated, like what somebody wrote
    or the answer to no question at all, is left open.

    >>> from questions import read
    >>> asked = read('''
    ... key = "a"
    ... title = "A"
    ... language = "en"
    ... [[page]]
    ... [[page.question]]
    ... key = "borough"
    ... kind = "one"
    ... prompt = "Where do you live?"
    ... choices = [{code = "E09000012", label = "Hackney"}, {code = "E09000030", label = "Tower Hamlets"}]
    ... prefer_not_to_say = true
    ... fallback = "your area"
    ... [[page]]
    ... [[page.question]]
    ... key = "safe"
    ... kind = "text"
    ... prompt = "How safe is ${borough}?"
    ... ''')
    >>> prompt = asked.question("safe").prompt
    >>> Wording(asked, "en", {"borough": "E09000012"})(prompt), Wording(asked, "en", {})(prompt)
    ('How safe is Hackney?', 'How safe is your area?')
    """

    question_set: QuestionSet
    language: str | None
    answers: Answers

    def __call__(self, text: Text) -> str:
        """The words of a text."""
        words = text.into(self.language)
        return PIPE.sub(lambda found: self._answer(found[1]), words) if "${" in words else words

    def _answer(self, key: str) -> str:
        question, answer = self.question_set.asked(key), self.answers.get(key)
        if question is None or question.kind == "text":
            return NOTHING
        codes = answer if isinstance(answer, list) else [answer]
        told = [
            self._told(question, code) for code in codes if code is not None and _has_words(question, code)
        ]
        if told:
            return ", ".join(told)
        return question.fallback.into(self.language) if question.fallback else NOTHING

    def _told(self, question: Question, code: str | float) -> str:
        if isinstance(code, str):
            return question.label(code).into(self.language)
        return numeral(code)


def _has_words(question: Question, code: str | float) -> bool:
    """Whether what was answered is a number, or a choice that the question has."""
    return not isinstance(code, str) or (code not in SPECIAL and question.has(code))
