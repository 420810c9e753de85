"""What was coded: how many texts have each code, as the rule of small counts shows it, and how far readers agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from analysis.agreement import Agreement as OfCode
from analysis.agreement import kappa
from survey.measuring.door import rule_of
from survey.models import Code, Collection, Consultation, Reading, Written


@dataclass(frozen=True, slots=True)
class Counted:
    """A code and how many texts have it; None where the rule withholds it, and `why_not` says why."""

    code: int
    name: str
    sentence: str
    texts: int | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many texts of a question have each code. base: texts that were read and cleared, None where too few were."""

    question: str
    base: int | None
    codes: tuple[Counted, ...]
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two readers agree about each code, in order of the codes. texts: how many both have read."""

    texts: int
    codes: tuple[tuple[str, OfCode], ...]


def counts(session: Session, consultation: Consultation, question: str) -> Counts:
    """The counts of a question's codes that may be shown to anybody: counts of texts, with their base.

    A text may have several codes, so they do not add up to the base. A retired code is still counted.
    """
    firsts = [
        set(chosen)
        for _text, number, _offered, chosen in _readings(session, consultation, question)
        if number == 1
    ]
    base, rule = len(firsts), rule_of(consultation)
    every = _codes(session, consultation, question)
    if base < rule.minimum_base:
        why = f"fewer than {rule.minimum_base} texts were read and cleared"
        return Counts(question, None, tuple(_withheld(every, why)), why)
    found = []
    for code in every:
        texts = sum(code.id in chosen for chosen in firsts)
        why = _in_texts(rule.why_not(base, texts))
        found.append(_counted(code, None if why else texts, why))
    return Counts(question, base, tuple(found))


def _in_texts(why: str) -> str:
    """Why a count is withheld, said of texts."""
    words = {
        "people gave this answer, or any other": "texts have this code, or do not have it",
        "people gave this answer": "texts have this code",
    }
    return next((why.replace(said, ours) for said, ours in words.items() if said in why), why)


def _withheld(every: list[Code], why: str) -> Iterator[Counted]:
    yield from (_counted(code, None, why) for code in every)


def _counted(code: Code, texts: int | None, why: str) -> Counted:
    words = code.wordings[-1]
    return Counted(code.id or 0, words.name, words.sentence, texts, why)


def agreement(session: Session, consultation: Consultation, question: str) -> Agreement:
    """How far the second readers agree with the first, for each code: over the texts in which both could choose it."""
    read: dict[str, dict[int, tuple[set[int], set[int]]]] = {}
    for text, number, offered, chosen in _readings(session, consultation, question):
        read.setdefault(text, {})[number] = (set(offered), set(chosen))
    twice = [each for each in read.values() if len(each) == 2]
    return Agreement(
        len(twice),
        tuple(
            (code.wordings[-1].name, _of(code.id or 0, twice))
            for code in _codes(session, consultation, question)
        ),
    )


def _of(code: int, twice: Sequence[Mapping[int, tuple[set[int], set[int]]]]) -> OfCode:
    could = [each for each in twice if code in each[1][0] and code in each[2][0]]
    return kappa((code in each[1][1], code in each[2][1]) for each in could)


def _codes(session: Session, consultation: Consultation, question: str) -> list[Code]:
    asked = select(Code).where(col(Code.consultation_id) == consultation.id, col(Code.question) == question)
    return list(session.scalars(asked.order_by(col(Code.id))).all())


def _readings(
    session: Session, consultation: Consultation, question: str
) -> list[tuple[str, int, list[int], list[int]]]:
    """Every reading of a question's texts."""
    asked = (
        select(col(Reading.written_id), col(Reading.number), col(Reading.offered), col(Reading.chosen))
        .join(Written, col(Written.id) == col(Reading.written_id))
        .join(Collection, col(Collection.id) == col(Written.collection_id))
        .where(col(Collection.consultation_id) == consultation.id, col(Written.question) == question)
    )
    return [(text, number, offered, chosen) for text, number, offered, chosen in session.execute(asked)]
