"""What a finding rests on: what staff may choose, and how it is shown to everybody beside the sentence.

`Finding.evidence` holds, by kind:
    estimate   publication (its number), question, codes, by (a column, or "" for everybody), level
    note       meeting (its id)
    printed    title, address, words
    code       question, code, words, count, base
    room       room, words, count, base
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from survey.languages import Language
from survey.measuring.frozen import Frozen, Row
from survey.measuring.spoken import asked_in, spoken
from survey.models import Consultation, Evidence, Finding, Meeting, Publication

from .offer import SEPARATOR, Offer, Offers
from .offers import counted, votes


def notes(session: Session, consultation: Consultation, today: dt.date) -> list[Offer]:
    """The sessions of a consultation that were held and noted."""
    asked = select(Meeting).where(
        col(Meeting.consultation_id) == consultation.id,
        col(Meeting.held_on) <= today,
        col(Meeting.note) != "",
    )
    return [
        Offer(str(one.id), one.title, "", {"meeting": one.id})
        for one in session.exec(asked.order_by(col(Meeting.held_on)))
    ]


# What staff choose from a list
OFFERED: Mapping[Evidence, Offers] = {Evidence.NOTE: notes, Evidence.ROOM: votes, Evidence.CODE: counted}


def figures(content: Mapping[str, Any], number: int, question: str, by: str) -> list[Offer]:
    """The rows that a publication shows of a question, for everybody or by a column; none that it withholds."""
    frozen = Frozen(content)
    if question not in frozen.questions or (by and by not in frozen.splits(question)):
        return []
    split = (by,) if by else ()
    return [
        _figure(frozen, number, question, codes, by, row)
        for codes in _answers(frozen, question)
        for row in frozen.table(question, codes, split).rows()
        if row["estimate"] is not None
    ]


def _answers(frozen: Frozen, question: str) -> Iterator[tuple[str, ...]]:
    """Of the headline question the codes of its headline together; and each code by itself."""
    headline, codes = frozen.headline
    if question == headline and len(codes) > 1:
        yield codes
    yield from ((code,) for code in frozen.questions[question]["choices"])


def _figure(frozen: Frozen, number: int, question: str, codes: Sequence[str], by: str, row: Row) -> Offer:
    level = str(row[by]) if by else ""
    group = frozen.labels(by).get(level, level) if by else "Everybody"
    said = frozen.words(question, codes)
    words = f"{group}: {row['estimate'] * 100:.0f} in every 100 said “{said}”, of {row['n']:,} people"
    value = SEPARATOR.join((str(number), question, ",".join(codes), by, level))
    evidence = {"publication": number, "question": question, "codes": [*codes], "by": by, "level": level}
    return Offer(value, words, said, evidence)


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of a publication, as the publication's page shows it in the reader's language.

    `group` is whose answers it is, "" for everybody's; `newer` is the publication that has taken its place, if one has.
    """

    publication: Publication
    content: Mapping[str, Any]
    row: Row | None
    prompt: str
    words: str
    group: str
    address: str
    newer: Publication | None

    @property
    def where(self) -> str:
        """The place that the figure stands for, where it may stand for one."""
        place = self.content["place"]
        return place["title"] if place and self.content["weighted"] and not self.group else ""


@dataclass(frozen=True, slots=True)
class Rests:
    """What a finding rests on: its kind and what is kept of it, with the figure or the meeting that it names."""

    kind: Evidence
    kept: Mapping[str, Any]
    figure: Figure | None = None
    meeting: Meeting | None = None


def rests(session: Session, finding: Finding, language: Language) -> Rests:
    """What a finding rests on, as it is shown to somebody."""
    kept = finding.evidence
    if finding.rests_on is Evidence.ESTIMATE:
        return Rests(finding.rests_on, kept, figure=_shown(session, finding, language))
    meeting = session.get(Meeting, kept["meeting"]) if finding.rests_on is Evidence.NOTE else None
    return Rests(finding.rests_on, kept, meeting=meeting)


def _shown(session: Session, finding: Finding, language: Language) -> Figure | None:
    kept = finding.evidence
    of_it = col(Publication.consultation_id) == finding.consultation_id
    found = session.exec(
        select(Publication).where(of_it, col(Publication.number) == kept["publication"])
    ).first()
    if found is None:
        return None
    newer = session.exec(
        select(Publication)
        .where(of_it, col(Publication.number) > found.number)
        .order_by(col(Publication.number).desc())
    ).first()
    frozen = spoken(found.content, asked_in(session, found.content), language)
    by, codes = kept["by"], tuple(kept["codes"])
    rows = frozen.table(kept["question"], codes, (by,) if by else ()).rows()
    return Figure(
        publication=found,
        content=frozen.content,
        row=next((row for row in rows if not by or str(row[by]) == kept["level"]), None),
        prompt=frozen.questions[kept["question"]]["prompt"],
        words=frozen.words(kept["question"], codes, language.formats),
        group=frozen.labels(by).get(kept["level"], kept["level"]) if by else "",
        address=f"/results/{finding.consultation.slug}/{found.number}",
        newer=newer,
    )
