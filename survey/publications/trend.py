"""The headline over waves, for everybody: from what was published of each wave of the series, and from nothing else."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from typing import Any

from sqlmodel import Session, col, select

from analysis import charts
from questions import Message
from questions.messages import _
from survey.languages import Language
from survey.measuring.changes import NOT_TESTED, SpeaksFor, in_words, reached
from survey.measuring.frozen import Frozen, Row
from survey.measuring.lineage import broken
from survey.measuring.lineage import in_words as change_in_words
from survey.models import Consultation, Instrument, Publication
from survey.publications.pictures import Theme, Width, speaking, titled, told_of
from survey.wording import ENGLISH

ROUNDING = (
    1.96 * 0.01 * math.sqrt(2 / 12)
)  # of the difference of two whole percentages, as an arm of an interval
LEAST_WAVES = 2
NOT_COMPARED = _("not compared")

Change = tuple[float, float, float]  # a difference and the ends of its interval


@dataclass(frozen=True, slots=True)
class Point:
    """A wave as it was published. row: its headline figure, None where it has no such; told: the change to it in words;
    change: that and its interval, as shares of 1, None where the two are not compared.
    """

    title: str
    opened: dt.date
    year: str
    address: str
    row: Row | None
    speaks: SpeaksFor
    told: Message | str = ""
    change: Change | None = None

    def label(self, language: Language) -> str:
        """What stands under it in a picture."""
        return language.month(self.opened) if self.year == _month(self.opened) else self.year


@dataclass(frozen=True, slots=True)
class Trend:
    """The waves that asked the same in the same words, oldest first, and sentences on those that are not among them.

    asked: the key of the question, and the codes that are counted together.
    """

    words: str
    points: tuple[Point, ...]
    broken: tuple[Message, ...]
    interval_name: str
    made_up: bool
    asked: tuple[str, tuple[str, ...]]

    @property
    def title(self) -> Message:
        """What stands over its picture."""
        return titled(_("Said “%(answer)s”, wave by wave", answer=self.words), made_up=self.made_up)

    @property
    def compared(self) -> bool:
        """Whether it says how far any wave is from the one before."""
        return any(point.change for point in self.points)

    def described(self, language: Language) -> str:
        """Its picture in words."""
        return self.drawn("page", "light", language).description

    def drawn(self, width: Width, theme: Theme, language: Language) -> charts.Picture:
        """Its picture; the line breaks where people were reached in another way."""
        runs, rows = 0, []
        for at, point in enumerate(self.points):
            runs += at > 0 and bool(list(reached(self.points[at - 1].speaks, point.speaks)))
            row = point.row and _for_a_picture(point.row, f"reached {runs}", language)
            rows.append((point.label(language), row))
        with speaking(language):
            return charts.trend(
                rows,
                title=language.say(self.title),
                width=width,
                theme=theme,
                interval_name=language.gettext(self.interval_name),
            )


def _for_a_picture(row: Row, kind: str, language: Language) -> Row:
    ends = {end: None if row[end] != row[end] else row[end] for end in ("ci_low", "ci_high")}
    return {**told_of(row, language), **ends, "measure": "headline", "level": None, "kind": kind}


def trend(
    session: Session, consultation: Consultation, content: Mapping[str, Any], formats: str = ENGLISH
) -> Trend | None:
    """The trend up to a publication of a wave; None where no earlier wave of its series is published.

    content: of the publication, frozen or as it would be, in any language; formats: the locale that joins its words.
    """
    earlier = _earlier(session, consultation)
    if not earlier:
        return None
    now = Frozen(content)
    key, codes = now.headline
    points, told = [_point(consultation, now, key, codes, "")], []
    asked = _instruments(session, content)
    for wave, publication in reversed(earlier):
        then = Frozen(publication.content)
        address = f"/results/{wave.slug}/{publication.number}"
        why = _not_the_same(session, then, asked, key, codes)
        if why:
            told.append(_("%(wave)s is not shown beside it. %(why)s", wave=wave.title, why=why))
            break  # what is before it was asked in those words or in others again
        points.append(_point(wave, then, key, codes, address))
        asked = _instruments(session, publication.content)
    points.reverse()
    if len(points) < LEAST_WAVES and not told:
        return None
    told += [
        _("%(before)s and %(after)s: %(why)s", before=before.title, after=after.title, why=why)
        for before, after in pairwise(points)
        for why in reached(before.speaks, after.speaks)
    ]
    named = _named(points)
    return Trend(
        now.words(key, codes, formats),
        tuple(_with_changes(named)),
        tuple(told),
        str(content["interval"]),
        bool(content["consultation"]["synthetic"]),
        (key, codes),
    )


def _earlier(session: Session, consultation: Consultation) -> list[tuple[Consultation, Publication]]:
    """The waves of the series that ended before, oldest first, each with its latest publication."""
    if consultation.series_id is None:
        return []
    asked = (
        select(Consultation, Publication)
        .join(Publication, col(Publication.consultation_id) == col(Consultation.id))
        .where(
            col(Consultation.series_id) == consultation.series_id,
            col(Consultation.closes_on) < consultation.closes_on,
        )
        .order_by(col(Consultation.closes_on), col(Consultation.id), col(Publication.number))
    )
    latest = {wave.id: (wave, publication) for wave, publication in session.exec(asked)}
    return list(latest.values())


def _point(wave: Consultation, frozen: Frozen, key: str, codes: Sequence[str], address: str) -> Point:
    content = frozen.content
    place = content["place"]["title"] if content["place"] and content["weighted"] else ""
    speaks = SpeaksFor(content["collection"]["design"], place)
    assert wave.opens_on is not None
    opened = wave.opens_on
    return Point(wave.title, opened, _month(opened), address, frozen.whole(key, codes), speaks)


def _month(opened: dt.date) -> str:
    return f"{opened:%b %Y}"


def _instruments(session: Session, content: Mapping[str, Any]) -> list[Instrument]:
    """The versions that people answered."""
    return [
        found
        for one in content["instruments"]
        for found in session.exec(
            select(Instrument).where(
                col(Instrument.key) == one["key"], col(Instrument.version) == one["version"]
            )
        )
    ]


def _not_the_same(
    session: Session, then: Frozen, asked: Sequence[Instrument], key: str, codes: Sequence[str]
) -> Message | str:
    """Why an earlier wave cannot be shown beside a later one; "" where it can."""
    if key not in then.questions:
        return _("It did not ask this.")
    changes = broken(session, _instruments(session, then.content), asked, key)
    if changes:
        return reduce(_then, map(change_in_words, changes))
    return "" if then.whole(key, codes) else _("These answers were not published together then.")


def _then(before: Message, after: Message) -> Message:
    """One sentence after another."""
    return Message("%(before)s %(after)s", before=before, after=after)


def _named(points: Sequence[Point]) -> list[Point]:
    """Each with its year alone, where no two have the same."""
    years = [point.year[-4:] for point in points]
    once = len(set(years)) == len(years)
    labels = years if once else _apart([point.year for point in points])
    return [replace(point, year=label) for point, label in zip(points, labels, strict=True)]


def _apart(labels: Sequence[str]) -> list[str]:
    """Labels of which no two are the same."""
    return [
        f"{label} ({labels[:at].count(label) + 1})" if labels.count(label) > 1 else label
        for at, label in enumerate(labels)
    ]


def _with_changes(points: Sequence[Point]) -> Iterator[Point]:
    """The points, each but the first with what may be said of the change to it."""
    yield from points[:1]
    for before, after in pairwise(points):
        if list(reached(before.speaks, after.speaks)):
            yield replace(after, told=NOT_COMPARED)
        else:
            told, change = _change(before.row, after.row)
            yield replace(after, told=told, change=change)


def _change(before: Row | None, after: Row | None) -> tuple[Message, Change | None]:
    """The change between two published figures, in words and in numbers."""
    if before is None or after is None or before["estimate"] is None or after["estimate"] is None:
        return _("one of the two is not shown"), None
    if any(math.isnan(row[end]) for row in (before, after) for end in ("ci_low", "ci_high")):
        return NOT_TESTED, None
    change, low, high = difference(before, after)
    return in_words(change, low, high, clear=low > 0 or high < 0), (change, low, high)


def difference(before: Row, after: Row) -> Change:
    """The difference of two independent shares with an interval from their own (Zou and Donner 2008, MOVER).

    Published figures are whole percentages: the rounding of both is one more error, independent and even over half a
    point to either side.

    >>> change, low, high = difference(
    ...     {"estimate": 0.4, "ci_low": 0.37, "ci_high": 0.43}, {"estimate": 0.5, "ci_low": 0.46, "ci_high": 0.54}
    ... )
    >>> round(change, 3), round(low, 3), round(high, 3)
    (0.1, 0.049, 0.151)
    """
    down, up = before["estimate"] - before["ci_low"], before["ci_high"] - before["estimate"]
    later_down, later_up = after["estimate"] - after["ci_low"], after["ci_high"] - after["estimate"]
    change = after["estimate"] - before["estimate"]
    low = change - math.hypot(later_down, up, ROUNDING)
    return change, low, change + math.hypot(later_up, down, ROUNDING)
