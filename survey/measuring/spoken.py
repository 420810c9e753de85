"""A publication in the language of its reader: what is asked in the words of the set, the rest from the catalogues.

The figures and their method are frozen in English. What a set says in another language is frozen too, in its published
version, so that a translation of it can be shown beside any publication without changing what that says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from questions import QuestionSet, Wording
from questions.messages import _
from survey.instruments import parsed
from survey.languages import Language
from survey.measuring.frozen import Frozen
from survey.models import Instrument

# Of each picture: what stands over it, and over the groups of the table behind it
HEADINGS = {
    "borough": (_("By borough"), _("Borough")),
    "age_band": (_("By age"), _("Age")),
    "gender": (_("By gender"), _("Gender")),
    "map": (_("On the map"), _("Borough")),
    "heat": (_("By borough and age"), _("Borough and age")),
}


def asked_in(session: Session, content: Mapping[str, Any]) -> QuestionSet | None:
    """The newest of the published sets that the people of a publication answered."""
    newest = max(content["instruments"], key=lambda one: one["version"], default=None)
    if newest is None:
        return None
    asked = select(Instrument).where(
        col(Instrument.key) == newest["key"], col(Instrument.version) == newest["version"]
    )
    found = session.exec(asked).first()
    return parsed(found) if found else None


def spoken(content: Mapping[str, Any], asked: QuestionSet | None, language: Language) -> Frozen:
    """A publication as somebody reads it: what is asked, and of whom, in their language where the set has it."""
    if asked is None or language.code not in asked.offered or language.code == "en":
        return Frozen(content)
    words = Wording(asked, language.code, {})
    questions = [_question(one, asked, words, language.code) for one in content["questions"]]
    levels = {split: _levels(split, named, asked, language) for split, named in content["levels"].items()}
    return Frozen({**content, "questions": questions, "levels": levels})


def _question(told: Mapping[str, Any], asked: QuestionSet, words: Wording, code: str) -> dict[str, Any]:
    question = asked.asked(told["key"])
    if question is None:
        return dict(told)
    choices = [
        [choice, question.label(choice).into(code) if question.has(choice) else label]
        for choice, label in told["choices"]
    ]
    return {**told, "prompt": str(words(question.prompt)), "choices": choices, "language": code}


def _levels(
    split: str, named: Mapping[str, str], asked: QuestionSet, language: Language
) -> Mapping[str, str]:
    """The names of what a publication is split by; boroughs are called what they are called."""
    question = asked.asked(split)
    if question is None or split == "borough":
        return named
    return {
        code: question.label(code).into(language.code) if question.has(code) else name
        for code, name in named.items()
    }
