"""What a publication says: all tables of a collection, together through the door, and how they were made."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from analysis import Estimates
from analysis.disclosure import Counted, Protected, publish
from questions import DONT_KNOW, PREFER_NOT_TO_SAY, Question, QuestionSet, Wording
from survey import counts
from survey.instruments import parsed
from survey.measuring.answers import Measure, answered_versions
from survey.measuring.asking import codes_of
from survey.measuring.columns import columns
from survey.measuring.door import rule_of
from survey.measuring.frozen import Frozen
from survey.measuring.weights import KINDS, Weighted
from survey.models import Collection, Consultation, Publication, PublicationCounts
from survey.places import Place
from survey.publications import as_on_pages, pictures

FORMAT = 1
SPLITS = ("borough", "age_band", "gender")
CROSS = ("borough", "age_band")
KEPT = ("level", "estimate", "ci_low", "ci_high", "n", "flag", "reason")  # of each row, beside its columns


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be published now: the content as it would be frozen, and for those who publish why a row is withheld.

    why: for each table of the content, for each of its rows. counted: what the next publication needs to be safe beside
    this one, and nobody else may see.
    """

    content: dict[str, Any]
    why: tuple[tuple[str, ...], ...]
    counted: tuple[dict[str, Any], ...]


class NothingToPublish(Exception):
    """A collection has nothing that gives a share; why, in a sentence."""


def can_be_published(collection: Collection) -> bool:
    """Whether a collection's design allows shares at all; what a room said is counts."""
    return collection.design in KINDS


class NotComparable(Exception):
    """An earlier publication of which nobody knows what it counted; its number."""


def preview(session: Session, collection: Collection, place: Place | None, today: dt.date) -> Preview:
    """The publication of a collection as it stands now, safe beside those of it before.

    Raises:
        NotComparable: of one of those it is not known what it counted.
        NothingToPublish: no question of it can be published, or nobody is of the place that it is about.
    """
    asked, before = parsed(collection.instrument), list(_before(session, collection))
    made = list(_answered(session, collection, place, asked))
    each = [[*one.tables(collection.consultation)] for one in made]
    tables = [table for some in each for table in some]
    if not tables:
        raise NothingToPublish("No question of it has choices to give shares of.")
    if made[0].weighted.nobody:
        raise NothingToPublish(made[0].weighted.nobody)
    under, rule = [one.beneath() for one in made], rule_of(collection.consultation)
    besides = [
        rows
        for one, some, more in zip(made, each, under, strict=True)
        for rows in as_on_pages.withheld(one.question, [table for _what, table in some], more, rule)
    ]
    beneath = [table for some in under for table in some]
    publication = publish(
        [table for _what, table in tables], rule, beneath=beneath, before=before, besides=besides
    )
    shown = [
        _table(what, table) for (what, _estimates), table in zip(tables, publication.tables, strict=True)
    ]
    content = _about(session, collection, place, asked, made[0].weighted, today)
    content |= {
        "claim": publication.tables[0].footer,
        "interval": publication.tables[0].interval_name,
        "tables": shown,
    }
    content = json.loads(canonical(content))
    return Preview(content | pictures.told(Frozen(content)), publication.why, publication.kept)


def _before(session: Session, collection: Collection) -> Iterator[list[Counted]]:
    """What each earlier publication of a collection counted and shows, oldest first."""
    asked = (
        select(Publication, PublicationCounts)
        .outerjoin(PublicationCounts, col(PublicationCounts.publication_id) == col(Publication.id))
        .where(col(Publication.consultation_id) == collection.consultation_id)
    )
    for publication, kept in session.execute(asked.order_by(col(Publication.number))):
        if kept is None:
            raise NotComparable(publication.number)
        if kept.collection_id == collection.id:
            yield [Counted.read(one) for one in kept.counted]


def measured(question_set: QuestionSet) -> list[Question]:
    """The questions that can be published: those with codes, but for what places a person."""
    return [one for one in question_set.questions if one.choices and one.key not in SPLITS]


@dataclass(frozen=True, slots=True)
class _Made:
    """A question with its weighted design, on which the measures are columns, and the columns it may be split by.

    alike: those in which everybody who has a level has the same, so that it is split by none of them yet.
    """

    question: Question
    weighted: Weighted
    splits: tuple[str, ...]
    alike: tuple[str, ...]

    def tables(self, consultation: Consultation) -> Iterator[tuple[dict[str, Any], Estimates]]:
        """Each table that is published of it, after what it shows."""
        design, key = self.weighted.design, self.question.key
        for measure in self._measures():
            for by in self._by():
                yield {"question": key, "codes": None, "measure": measure}, design.proportion(measure, by=by)
        if (
            key == consultation.headline
            and len(consultation.headline_level) > 1
            and self.question.kind != "many"
        ):
            level = list(consultation.headline_level)
            for by in (*self._by(), *([CROSS] if set(CROSS) <= set(self.splits) else [])):
                yield (
                    {"question": key, "codes": level, "measure": key},
                    design.proportion(key, level=level, by=by),
                )

    def beneath(self) -> list[Estimates]:
        """What is not published: by borough and age, which tells how tables overlap, and by what all are alike in."""
        ways = [(split,) for split in self.alike] + ([CROSS] if set(CROSS) <= set(self.splits) else [])
        return [self.weighted.design.proportion(one, by=by) for one in self._measures() for by in ways]

    def _measures(self) -> list[str]:
        if self.question.kind != "many":
            return [self.question.key]
        return [f"{self.question.key}: {choice.code}" for choice in self.question.choices]

    def _by(self) -> list[tuple[str, ...]]:
        return [(), *((split,) for split in self.splits)]


def _answered(
    session: Session, collection: Collection, place: Place | None, asked: QuestionSet
) -> Iterator[_Made]:
    """Each question that somebody answered, with its weighted design: with a column for each of its measures."""
    for question in measured(asked):
        key = question.key
        every = Measure(question, tuple(codes_of(question)))
        found = columns(session, collection, every, code=key, each=f"{key}: {{}}")
        if found.cube.axis("answer").observed():
            alike = tuple(by for by in SPLITS if len(found.cube.axis(by).observed()) == 1)
            yield _Made(question, found.weighed(place), found.splits, alike)


def _about(
    session: Session,
    collection: Collection,
    place: Place | None,
    asked: QuestionSet,
    weighted: Weighted,
    today: dt.date,
) -> dict[str, Any]:
    """Everything of a publication but its tables."""
    consultation = collection.consultation
    versions = answered_versions(session, collection)
    return {
        "format": FORMAT,
        "made_on": str(today),
        "software": f"Soundings {version('soundings')}",
        "consultation": {
            name: str(getattr(consultation, name))
            for name in ("slug", "title", "summary", "decides", "opens_on", "closes_on")
        }
        | {"synthetic": consultation.synthetic, "source": consultation.source},
        "place": {"key": place.key, "title": place.title, "frame": place.frame_source} if place else None,
        "collection": {"name": collection.name, "design": collection.design.value},
        "instruments": [
            {"key": one.key, "version": one.version, "fingerprint": one.fingerprint} for one in versions
        ],
        "responses": counts.submitted_by_collection(session, consultation.id).get(collection.id or 0, 0),
        "weighted": weighted.weighted,
        "method": [*weighted.notes],
        "rule": asdict(rule_of(consultation)),
        "headline": {"question": consultation.headline, "codes": consultation.headline_level},
        "questions": [_question(question, asked) for question in measured(asked)],
        "levels": {split: _levels(split, asked, place) for split in SPLITS},
    }


def _question(question: Question, asked: QuestionSet) -> dict[str, Any]:
    words = Wording(asked, "en", {})
    return {
        "key": question.key,
        "kind": question.kind,
        "prompt": str(words(question.prompt)),
        "language": "en" if "en" in (asked.language, *asked.languages) else asked.language,
        "choices": [[choice.code, question.label(choice.code).into("en")] for choice in question.choices],
    }


def _levels(split: str, asked: QuestionSet, place: Place | None) -> dict[str, str]:
    """A name for each level of a split."""
    named = {one.code: one.name for one in place.boroughs} if place and split == "borough" else {}
    question = asked.asked(split)
    if question is None:
        return named
    codes = [*(choice.code for choice in question.choices), DONT_KNOW, PREFER_NOT_TO_SAY]
    return {code: question.label(code).into("en") for code in codes if question.has(code)} | named


def _table(what: Mapping[str, Any], table: Protected) -> dict[str, Any]:
    """A table as it is frozen: of each row what the public sees, and nothing else."""
    rows = [{name: _plain(row[name]) for name in (*table.by, *KEPT)} for row in table.rows()]
    return {**what, "by": [*table.by], "rows": rows}


def _plain(value: Any) -> Any:
    """A value as JSON holds it: no NaN, and numpy's numbers as Python's."""
    if isinstance(value, tuple):
        return [*value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def canonical(content: Mapping[str, Any]) -> str:
    """A content as the one text that its checksum is of."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def checksum(content: Mapping[str, Any]) -> str:
    """SHA-256 of a content, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()
