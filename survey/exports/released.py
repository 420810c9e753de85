"""The check in R that goes with rows that leave: what a publication says of these very answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from questions.definition import SPECIAL
from survey.exports import frozen_figures, script
from survey.exports.columns import WEIGHT
from survey.exports.identifying import AS_IT_IS, SOUGHT
from survey.exports.measured import Weighted, clustered
from survey.exports.reading import Rows
from survey.wording import listed


@dataclass(frozen=True, slots=True)
class Check:
    """A check of the rows of a file. number: of the publication; coarser: what is less exact in them than answered."""

    number: int
    weighted: Weighted
    figures: script.Figures
    rows: Rows
    clustered: bool

    @property
    def coarser(self) -> tuple[str, ...]:
        """The questions that are coarser in the rows than they were answered, or empty in some of them, or left out."""
        known = self.rows.known
        whole = [one.key for one in known.variables if self.rows.steps[one.key] == AS_IT_IS]
        exact = () if self.rows.gone.any() else whole
        asked = [key for key in SOUGHT if any(one.asked(key) for one in known.versions)]
        return tuple(key for key in asked if key not in exact)

    @property
    def spoilt(self) -> tuple[str, ...]:
        """Those of them that weights rest on, so that no figure can agree."""
        return tuple(key for key in script.rests_on(self.weighted) if key in self.coarser)

    def write(self, folder: Path) -> None:
        """Put the script beside the rows, with all else that it reads."""
        weight = next(one.name for one in self.rows.fields if one.question == WEIGHT and one.column is None)
        script.write(folder, self.weighted, self.figures, script.Rows(self.clustered, self.coarser, weight))
        script.table(folder / script.QUESTIONS, ("question", "code", "column"), self._questions())

    def _questions(self) -> Iterator[tuple[str, str | None, str]]:
        """Of each question the columns that say its codes: one, or one for each code."""
        wanted = {row[0] for row in self.figures.shown}
        for field in self.rows.fields:
            if field.column is None or field.question not in wanted or field.column.code in SPECIAL:
                continue
            if field.kind in ("code", "tick"):
                yield field.question, field.column.code, field.name

    def words(self) -> str:
        """What whoever has the rows must know of it."""
        what = (
            f"check.R works out again, with R's package survey, what publication {self.number} says, from "
            "responses.csv, and stops if a figure differs. Put all files into one folder, and run: Rscript check.R"
        )
        return " ".join([f"{what}.", *self._cannot()])

    def _cannot(self) -> Iterator[str]:
        if self.weighted.by_chance:
            yield "With these rows it stops at once: weights begin with the chances of the settings, which never leave."
        elif self.spoilt:
            yield (
                f"With these rows it stops at once: the weights rest on {listed(self.spoilt)}, which these rows have "
                "coarser than answered or empty, so that nobody stands alone. Figures made from them cannot agree with "
                "those that were published, which are the right ones."
            )
        else:
            if self.coarser:
                yield (
                    f"What rests on {listed(self.coarser)} is left out, as these rows have that coarser than answered "
                    "or empty, so that nobody stands alone."
                )
            if self.clustered:
                yield "Intervals rest on the settings, which are not here: shares, bases and weights are checked."


def check(session: Session, rows: Rows, weighted: Weighted) -> Check | None:
    """The check of rows against the newest publication of their collection; None where that is of other answers."""
    known = rows.known
    found = frozen_figures.newest(session, known.collection, known.total, weighted.notes)
    if found is None:
        return None
    by_settings = clustered(weighted.before.cube(["setting"]))
    return Check(found.number, weighted, frozen_figures.figures(found.content), rows, by_settings)


def words(made: Check | None, formats: Sequence[str]) -> str:
    """What a file's note says of the check in R."""
    if made is not None:
        return made.words()
    if "csv" not in formats:
        return "There is no check.R here: it reads rows as CSV."
    return (
        "There is no check.R here: the newest publication, if there is one, is of other answers than these."
    )
