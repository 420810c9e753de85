"""The figures of the results page as the check in R reads them: of every measure, in every split, to every digit."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from questions import Question, QuestionSet
from survey.exports import script
from survey.exports.measured import (
    WAYS,
    Asked,
    Differences,
    Figures,
    choices_of,
    differences,
    figures,
    measure,
    measures,
)
from survey.measuring.door import rule_of
from survey.models import Collection
from survey.places import Place


@dataclass(frozen=True, slots=True)
class _Measured:
    """One measure as the page has it."""

    question: Question
    words: str
    found: Figures

    def shown(self) -> Iterator[script.Figure]:
        """Its figures, whole and in splits, and nothing that is withheld."""
        for table in (self.found.whole, *self.found.splits.values()):
            by = " ".join(table.by)
            for row in table.rows():
                if row["estimate"] is not None:
                    level = " ".join(str(row[name]) for name in table.by)
                    numbers = (row[name] for name in script.FIGURES[4:])
                    yield (self.question.key, self.words, by, level, *numbers)

    def compared(self) -> Iterator[Differences]:
        """Its differences: of each split one for each of its columns."""
        for key, table in self.found.splits.items():
            yield from (differences(self.found, key, column) for column in table.by)

    def differences(self, told: Differences) -> Iterator[script.Figure]:
        """The differences that are shown, in whole points."""
        for row in told.shown:
            level = " ".join(map(str, row["place"]))
            numbers = (row[name] for name in script.DIFFERENCES[5:])
            yield (self.question.key, self.words, " ".join(told.by), told.column, level, *numbers)

    def tests(self, told: Differences) -> Iterator[script.Figure]:
        """The test of all groups at once, if there is one, with the groups that it is over."""
        test = told.test
        if test is not None:
            levels = " ".join(str(*row["place"]) for row in told.tested)
            yield (self.question.key, self.words, told.column, levels, test.f, test.df1, test.df2, test.p)


def of_page(
    session: Session, collection: Collection, question_set: QuestionSet, place: Place | None, only: Some[str]
) -> script.Figures:
    """Every figure that the results page shows of a collection. only: of these questions; of all if none is named."""
    shown: list[Any] = []
    apart: list[Any] = []
    tests: list[Any] = []
    for one in _measured(session, collection, question_set, place, only):
        shown += one.shown()
        for told in one.compared():
            apart += one.differences(told)
            tests += one.tests(told)
    return script.Figures(
        printed=False, rule=rule_of(collection.consultation), shown=shown, differences=apart, tests=tests
    )


def _measured(
    session: Session, collection: Collection, question_set: QuestionSet, place: Place | None, only: Some[str]
) -> Iterator[_Measured]:
    consultation = collection.consultation
    for question in measures(question_set):
        if only and question.key not in only:
            continue
        usual = measure(consultation, question_set, question.key).codes
        for codes in dict.fromkeys([usual, *choices_of(question)]):
            words = " ".join(codes)
            asked = Asked(
                consultation,
                collection,
                question_set,
                place,
                measure(consultation, question_set, question.key, words),
            )
            yield _Measured(question, words, figures(session, asked, WAYS))
