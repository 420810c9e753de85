"""A publication as it is read: its tables as pictures take them, its names, and its figures in sentences."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from questions import DONT_KNOW, PREFER_NOT_TO_SAY
from survey.wording import ENGLISH, either

Row = dict[str, Any]
MOST_NAMED = 6  # boroughs that a sentence names
SPLIT_NAMES = {"borough": "Borough", "age_band": "Age", "gender": "Gender"}


@dataclass(frozen=True, slots=True)
class FrozenTable:
    """One measure by some columns; a row for each group, as `analysis.charts` draws them."""

    by: tuple[str, ...]
    interval_name: str
    measure: str
    codes: tuple[str, ...]
    _rows: tuple[Row, ...]

    def rows(self) -> list[Row]:
        """The rows: of one that is withheld every figure is None, of one without an interval that is nan."""
        return [dict(row) for row in self._rows]

    def spoken(self, gettext: Callable[[str], str], told: Callable[[Row], Row]) -> FrozenTable:
        """The same in a language. gettext: its words for what the interval is called; told: a row in it."""
        return replace(self, interval_name=gettext(self.interval_name), _rows=tuple(map(told, self._rows)))

    def __bool__(self) -> bool:
        return bool(self._rows)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The content of a publication, with what is read out of it."""

    content: Mapping[str, Any]

    @property
    def questions(self) -> dict[str, Mapping[str, Any]]:
        """The questions by their keys, in the order in which they were asked; `choices` are labels by codes."""
        return {one["key"]: {**one, "choices": dict(one["choices"])} for one in self.content["questions"]}

    @property
    def headline(self) -> tuple[str, tuple[str, ...]]:
        """The question and the codes that the consultation is mostly about; those of its first question otherwise."""
        told = self.content["headline"]
        if told["question"] in self.questions:
            question = self.questions[told["question"]]
            codes = tuple(told["codes"]) or (next(iter(question["choices"])),)
            return told["question"], codes
        first = next(iter(self.questions.values()))
        return first["key"], (next(iter(first["choices"])),)

    @property
    def instruments_in_words(self) -> str:
        """The versions that people answered."""
        return ", ".join(f"{one['key']} version {one['version']}" for one in self.content["instruments"])

    def table(self, question: str, codes: Sequence[str], by: Sequence[str] = ()) -> FrozenTable:
        """The table of one code of a question, or of several together; without rows where there is none."""
        rows = tuple(self._rows(question, tuple(codes), tuple(by)))
        return FrozenTable(tuple(by), self.content["interval"], question, tuple(codes), rows)

    def whole(self, question: str, codes: Sequence[str]) -> Row | None:
        """The row of everybody; None where there is none."""
        return next(iter(self.table(question, codes).rows()), None)

    def answers(self, question: str) -> list[tuple[str, Row]]:
        """Every code of a question with its row of everybody."""
        found = [(code, self.whole(question, (code,))) for code in self.questions[question]["choices"]]
        return [(code, row) for code, row in found if row is not None]

    def splits(self, question: str) -> list[str]:
        """What a question is split by."""
        found = {tuple(table["by"]) for table in self.content["tables"] if table["question"] == question}
        return [split for split in SPLIT_NAMES if (split,) in found]

    @property
    def lived_in(self) -> list[str]:
        """The boroughs that those who answered live in, shown or withheld, by name; none where there are many.

        Where figures are weighted to a place, all of its boroughs are in the table, whoever answered: none then too.
        """
        codes = [row["borough"] for row in self.table(*self.headline, ("borough",)).rows()]
        unknown = bool({DONT_KNOW, PREFER_NOT_TO_SAY} & {*codes})
        if self.content["weighted"] or unknown or len(codes) > MOST_NAMED:
            return []
        return [self.labels("borough").get(code, code) for code in codes]

    def words(self, question: str, codes: Sequence[str], formats: str = ENGLISH) -> str:
        """Codes in words; formats: the locale that joins them."""
        choices = self.questions[question]["choices"]
        return either([choices.get(code, code) for code in codes], formats)

    def labels(self, by: str) -> dict[str, str]:
        """A name for each level of a split."""
        named: dict[str, str] = self.content["levels"][by]
        return named

    def tells(self, by: str, level: str) -> bool:
        """Whether any table of a split has a row of a level, shown or withheld."""
        split = [table for table in self.content["tables"] if table["by"] == [by]]
        return any(row[by] == level for table in split for row in table["rows"])

    def _rows(self, question: str, codes: tuple[str, ...], by: tuple[str, ...]) -> Iterator[Row]:
        many = self.questions[question]["kind"] == "many"
        for table in self.content["tables"]:
            if table["question"] != question or tuple(table["by"]) != by:
                continue
            if (table["codes"] or None) != (list(codes) if len(codes) > 1 else None):
                continue
            if many and table["measure"] != f"{question}: {codes[0]}":
                continue
            for row in table["rows"]:
                if many or len(codes) > 1 or row["level"] == codes[0]:
                    yield _thawed(row, question)


def _thawed(row: Mapping[str, Any], question: str) -> Row:
    """A row as estimates have it: an interval that could not be worked out is nan again."""
    gone = row["estimate"] is None
    ends = {end: row[end] if gone or row[end] is not None else math.nan for end in ("ci_low", "ci_high")}
    return {**row, **ends, "measure": question}


def withheld(content: Mapping[str, Any]) -> int:
    """How many rows of a content are withheld."""
    return sum(row["estimate"] is None for table in content["tables"] for row in table["rows"])


def shown(content: Mapping[str, Any]) -> int:
    """How many rows of a content are shown."""
    return sum(row["estimate"] is not None for table in content["tables"] for row in table["rows"])
