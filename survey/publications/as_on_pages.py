"""What analysts' pages withhold of the tables of a publication, which then withholds it too."""

from collections.abc import Sequence

import numpy as np

from analysis import Estimates
from analysis.disclosure import Rule
from analysis.frame import Bools
from questions import Question
from survey.measuring.answers import Measure
from survey.measuring.door import By, Hides, People, Withheld

Codes = tuple[str, ...]


def withheld(
    question: Question, tables: Sequence[Estimates], beneath: Sequence[Estimates], rule: Rule
) -> list[Bools]:
    """Of each table of a question which of its rows the door of measures does not let through.

    Whoever has seen the pages of the same answers then learns nothing from the publication.
    """
    if question.kind == "many":
        return [_of_one_code(question, table, [*tables, *beneath], rule) for table in tables]
    people = {one.by: People.of(one) for one in (*tables, *beneath) if not _union(one)}
    shared: dict[By, Withheld] = {}
    found: dict[Codes, Hides] = {}

    def rows(codes: Codes, by: By) -> Bools:
        if codes not in found:
            measure = Measure(question, codes)
            found[codes] = Hides(
                measure, rule, lambda by: people[by].together(codes), people.__getitem__, shared
            )
        return found[codes].rows(by)

    return [
        np.stack([rows(_codes(level), table.by) for level in table.levels], axis=-1).ravel()
        for table in tables
    ]


def _of_one_code(question: Question, table: Estimates, others: Sequence[Estimates], rule: Rule) -> Bools:
    """Of a question with several answers each code is a measure of its own."""
    people = {one.by: People.of(one) for one in others if one.measure == table.measure}
    measure = Measure(question, (table.measure,))
    return Hides(measure, rule, people.__getitem__, people.__getitem__).rows(table.by)


def _union(table: Estimates) -> bool:
    return any(isinstance(level, tuple) for level in table.levels)


def _codes(level: object) -> Codes:
    return tuple(map(str, level)) if isinstance(level, tuple) else (str(level),)
