"""Figures for the command line: those of the results page, as a table, as CSV or as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from analysis.disclosure import Protected
from survey import counts
from survey.instruments import parsed
from survey.measuring import asking, figures
from survey.measuring.asking import SPLITS
from survey.measuring.door import protected, rule_of
from survey.measuring.figures import Asked
from survey.measuring.recipes import WrongRecipe
from survey.measuring.saved import recipe_named
from survey.measuring.weights import Weighted
from survey.models import Collection, Consultation
from survey.places import load
from survey.results.claim import ERRORS
from survey.wording import listed

FORMATS = ("table", "csv", "json")
MOST_DOMAINS = 2
FIGURES = ("estimate", "ci_low", "ci_high", "se", "n", "n_eff", "deff", "flag", "reason")
Row = dict[str, Any]


class CannotEstimate(ValueError):
    """What was asked cannot be estimated; its words say everything that is in the way, one thing in a line."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for, as they wrote it; empty for what stands where nothing is asked."""

    consultation: str
    question: str
    collection: str = ""
    recipe: str = ""
    answer: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Estimated:
    """A table that may be shown, of what is asked and how it was weighted."""

    asked: Asked
    by: tuple[str, ...]
    weighted: Weighted
    table: Protected

    def rows(self) -> list[Row]:
        """A row for each group: its levels, its names in words, and its figures, in full."""
        return [
            {name: row[name] for name in self.by}
            | {f"{name}_name": figures.label_of(name, row[name], self.asked) for name in self.by}
            | {name: _plain(row[name]) for name in FIGURES}
            for row in self.table.rows()
        ]


def estimate(session: Session, wanted: Wanted) -> Estimated:
    """The figures of one measure, for everybody or by one or two of borough, age_band and gender, through the door.

    Raises CannotEstimate with everything that is wrong with what is asked.
    """
    consultation, collection = _collection(session, wanted)
    if not figures.can_be_estimated(collection):
        raise CannotEstimate(f"A {collection.design} is counted, and never a percentage of anybody else.")
    asked, by = _asked(session, consultation, collection, wanted)
    found = figures.columns_of(session, asked)
    if not found.cube.n.sum():
        raise CannotEstimate(f"Nobody has answered {collection.name} yet.")
    if unknown := [SPLITS[name].lower() for name in by if not found.cube.axis(name).observed()]:
        raise CannotEstimate(f"Of nobody who answered the {listed(unknown)} is known.")
    weighted = found.weighed(asked.place, asked.weighting)
    if weighted.nobody:
        raise CannotEstimate(weighted.nobody)
    return Estimated(
        asked, by, weighted, protected(weighted.design, asked.measure, by, rule_of(asked.consultation))
    )


def _collection(session: Session, wanted: Wanted) -> tuple[Consultation, Collection]:
    """The collection by its number, or else the one with most answers; different designs are never pooled."""
    consultation = session.exec(
        select(Consultation).where(col(Consultation.slug) == wanted.consultation)
    ).first()
    if consultation is None:
        there = listed(session.exec(select(Consultation.slug).order_by(col(Consultation.slug))).all())
        raise CannotEstimate(
            f"There is no consultation “{wanted.consultation}”. There are: {there or 'none'}."
        )
    submitted = counts.submitted_by_collection(session, consultation.id)
    ranked = sorted(consultation.collections, key=lambda one: -submitted.get(one.id or 0, 0))
    for one in ranked:
        if wanted.collection in ("", str(one.id)):
            return consultation, one
    there = listed([f"{one.id} ({one.name}, {one.design})" for one in ranked])
    raise CannotEstimate(
        f"{consultation.title} has no collection {wanted.collection or 'yet'}. There are: {there or 'none'}."
    )


def _asked(
    session: Session, consultation: Consultation, collection: Collection, wanted: Wanted
) -> tuple[Asked, tuple[str, ...]]:
    question_set, faults = parsed(collection.instrument), []
    place = load(consultation.place) if consultation.place else None
    questions = {one.key: one for one in asking.measures(question_set)}
    codes = " ".join(wanted.answer.replace(",", " ").split())
    measure = asking.measure(consultation, question_set, wanted.question, codes)
    if wanted.question not in questions:
        faults.append(
            f"There is no question “{wanted.question}” with answers to count. There are: {listed([*questions])}."
        )
    elif codes and codes != " ".join(measure.codes):
        usual = asking.measure(consultation, question_set, wanted.question).codes
        countable = dict.fromkeys([usual, *asking.choices_of(measure.question)])
        there = listed([",".join(one) for one in countable])
        faults.append(f"“{wanted.answer}” cannot be counted here. There are: {there}.")
    by = tuple(name.strip() for name in wanted.by.split(",") if name.strip())
    faults += _wrong_domains(by)
    weighting = None
    try:
        if wanted.recipe and place is None:
            faults.append(
                f"{consultation.title} names no place, so that no recipe weights it. Leave --recipe out."
            )
        elif wanted.recipe and place is not None:
            weighting = recipe_named(session, collection, place, wanted.recipe)
    except WrongRecipe as wrong:
        faults += wrong.faults
    if faults:
        raise CannotEstimate("\n".join(faults))
    return Asked(consultation, collection, question_set, place, measure, weighting), by


def _wrong_domains(by: Sequence[str]) -> Iterator[str]:
    if unknown := [name for name in by if name not in SPLITS]:
        yield f"Figures are not split by {listed(unknown)}. They are by {listed([*SPLITS])}, or by two of them."
    elif len(set(by)) < len(by) or len(by) > MOST_DOMAINS:
        yield f"Split by one of {listed([*SPLITS])}, or by two different ones; not by {listed(by)}."


def printed(found: Estimated, how: str) -> str:
    """The figures as a table for people, or in full as CSV or JSON."""
    if how == "json":
        return json.dumps(_document(found), ensure_ascii=False, indent=1)
    return _csv(found) if how == "csv" else _table(found)


def notes(found: Estimated) -> list[str]:
    """What must be said beside the figures: what was asked, how they were weighted, and their claim."""
    asked = found.asked
    made_up = ["These answers are made up."] * asked.consultation.synthetic
    said = f"Said “{asked.measure.words('en')}” to: {asked.measure.question.prompt.into('en')}"
    source = f"{asked.consultation.title}: {asked.collection.name} ({asked.collection.design})."
    return [*made_up, source, said, *found.weighted.notes, found.table.footer, str(ERRORS)]


def _document(found: Estimated) -> dict[str, Any]:
    weighting = found.weighted.weighting
    return {
        "consultation": found.asked.consultation.slug,
        "collection": found.asked.collection.id,
        "question": found.asked.measure.question.key,
        "answer": list(found.asked.measure.codes),
        "by": list(found.by),
        "recipe": weighting.source() if weighting else None,
        "notes": notes(found),
        "rows": found.rows(),
    }


def _csv(found: Estimated) -> str:
    rows, text = found.rows(), io.StringIO()
    names = [*found.by, *(f"{name}_name" for name in found.by), *FIGURES]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().rstrip("\n")


def _table(found: Estimated) -> str:
    """Percentages with a decimal, as on the page."""
    heads = [
        *(SPLITS[name] for name in found.by),
        "In every 100",
        "From",
        "To",
        "People",
        "Effective n",
        "Note",
    ]
    lines = [heads, *(_line(row, found.by) for row in found.rows())]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    left = [*range(len(found.by)), len(heads) - 1]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at in left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _line(row: Row, by: Sequence[str]) -> list[str]:
    names = [str(row[f"{name}_name"]) for name in by]
    if row["estimate"] is None:
        return [*names, row["flag"], "", "", "", "", row["reason"]]
    shares = [
        "–" if row[name] is None else f"{row[name] * 100:.1f}" for name in ("estimate", "ci_low", "ci_high")
    ]
    n_eff = "–" if row["ci_low"] is None else f"{row['n_eff']:,.0f}"
    return [*names, *shares, f"{row['n']:,.0f}", n_eff, " ".join(filter(None, [row["flag"], row["reason"]]))]


def _plain(value: Any) -> Any:
    """A number that cannot be worked out is nothing: no file has a sign for it."""
    return None if isinstance(value, float) and value != value else value
