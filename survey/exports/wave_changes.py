"""The changes between waves that a publication's page prints, and what each is made of, as the check in R reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from sqlmodel import Session, col, select

from survey.exports import script
from survey.measuring.changes import SpeaksFor
from survey.models import Consultation, Publication, PublicationCounts, Response


class Point(Protocol):
    """A wave as the page prints it: its figure as it was published, and the change to it in words and in numbers."""

    @property
    def title(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def row(self) -> Mapping[str, Any] | None: ...
    @property
    def speaks(self) -> SpeaksFor: ...
    @property
    def told(self) -> str: ...
    @property
    def change(self) -> tuple[float, float, float] | None: ...


class Trend(Protocol):
    """The waves that a page prints, oldest first: the newest is that of the publication, without an address.

    asked: the question and the codes that it is of.
    """

    @property
    def points(self) -> Sequence[Point]: ...
    @property
    def asked(self) -> tuple[str, Sequence[str]]: ...


Trends = Callable[[Session, Consultation, Mapping[str, Any]], Trend | None]


def rows(session: Session, trend: Trend | None, *, clustered: bool) -> list[script.Figure]:
    """The WAVES of a trend; nothing where it has fewer than two. clustered: whether the newest one came by settings."""
    if trend is None or len(trend.points) < 2:
        return []
    question, codes = trend.asked
    return [
        (one.title, question, " ".join(codes), *_made_of(session, one, clustered=clustered), *_printed(one))
        for one in trend.points
    ]


def _made_of(session: Session, point: Point, *, clustered: bool) -> Iterator[Any]:
    """How its people were reached, whom it speaks for, whether they came by settings, and its figure."""
    by_settings = _by_settings(session, point.address) if point.address else clustered
    yield from (point.speaks.design, point.speaks.place, script.said(by_settings))
    figure = point.row or {}
    yield from (figure.get(name) for name in ("estimate", "ci_low", "ci_high"))


def _printed(point: Point) -> Iterator[Any]:
    """The change to it, in whole points as it is printed, and in words."""
    yield from ("" if share is None else round(share * 100) / 100 for share in point.change or (None,) * 3)
    yield str(point.told)


def _by_settings(session: Session, address: str) -> bool:
    """Whether people of a published wave came in by settings."""
    slug, number = address.strip("/").split("/")[-2:]
    asked = (
        select(Response.key)
        .join(PublicationCounts, col(PublicationCounts.collection_id) == col(Response.collection_id))
        .join(Publication, col(Publication.id) == col(PublicationCounts.publication_id))
        .join(Consultation, col(Consultation.id) == col(Publication.consultation_id))
        .where(col(Consultation.slug) == slug, col(Publication.number) == int(number))
        .where(col(Response.setting_id).is_not(None))
    )
    return session.exec(asked.limit(1)).first() is not None
