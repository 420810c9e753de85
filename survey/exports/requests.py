"""What becomes of a request for a file: asked, let go or refused by a second person, made, fetched, taken away."""

from __future__ import annotations

import datetime as dt
import importlib.util
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import or_
from sqlmodel import Session, col, select

from questions.messages import _
from survey.exports import script
from survey.models import Collection, FileRequest, Staff

GOOD_FOR = dt.timedelta(days=7)
LOST_AFTER = dt.timedelta(minutes=2)  # without a word from whoever makes it, somebody else takes it up
FORMATS = {
    "csv": (_("CSV of codes"), "responses.csv"),
    "parquet": (_("Parquet"), "responses.parquet"),
    "sav": (_("SPSS, with labels"), "responses.sav"),
}
STATES = {
    "waiting": _("waits for a second person"),
    "refused": _("refused"),
    "failed": _("could not be made"),
    "making": _("is being made"),
    "ready": _("can be fetched"),
    "over": _("its time is over"),
}
PAPERS = ("README.txt", "codebook.html", "codebook.csv", "columns.csv")
CHECK = (*script.names(printed=True), script.QUESTIONS)
NEEDS = {"csv": (), "parquet": ("polars",), "sav": ("polars", "pyreadstat")}


def can_be_made(form: str) -> bool:
    """Whether this installation has the packages that a format needs."""
    return all(importlib.util.find_spec(one) is not None for one in NEEDS[form])


def state(request: FileRequest, now: dt.datetime) -> str:
    """Where a request stands: waiting, refused, failed, making, ready or over."""
    if request.approved is None:
        return "waiting"
    if not request.approved:
        return "refused"
    if request.fault:
        return "failed"
    over = request.removed_at is not None or (request.good_until is not None and request.good_until <= now)
    if over:
        return "over"
    return "ready" if request.made_at else "making"


def why_not_decide(request: FileRequest, staff: Staff, *, four_eyes: bool) -> str:
    """Why a member of staff may not let a file go or refuse it; empty where they may."""
    if request.approved is not None:
        return "Somebody has decided this already."
    if four_eyes and request.asked_by_id == staff.id:
        return "You asked for it, so somebody else must decide: four eyes see more than two."
    return ""


def of_collections(session: Session, collections: Sequence[int | None]) -> list[FileRequest]:
    """Every request for rows of these collections, newest first."""
    found = select(FileRequest).where(col(FileRequest.collection_id).in_(collections))
    return list(session.exec(found.order_by(col(FileRequest.id).desc())).all())


def let_go(session: Session, collection: Collection, but: int | None = None) -> list[FileRequest]:
    """The files of a collection that were let go, whether or not they can still be fetched: what is out stays out.

    but: the request that is looked at itself.
    """
    every = of_collections(session, [collection.id])
    return [one for one in every if one.approved and not one.fault and one.id != but]


def next_to_make(session: Session, now: dt.datetime, *, claim: bool = True) -> FileRequest | None:
    """A file that was let go, and that nobody is making. claim: nobody else shall be given it in the meantime."""
    unmade = select(FileRequest).where(
        col(FileRequest.approved).is_(True),
        col(FileRequest.made_at).is_(None),
        col(FileRequest.fault).is_(None),
        col(FileRequest.removed_at).is_(None),
        or_(col(FileRequest.worked_at).is_(None), col(FileRequest.worked_at) < now - LOST_AFTER),
    )
    unmade = unmade.order_by(col(FileRequest.id))
    return session.exec(unmade.with_for_update(skip_locked=True) if claim else unmade).first()


def out_of_date(session: Session, now: dt.datetime) -> list[FileRequest]:
    """The requests whose files are to be taken away."""
    old = select(FileRequest).where(col(FileRequest.good_until) <= now, col(FileRequest.removed_at).is_(None))
    return list(session.exec(old).all())


def folder_of(files: Path, request: FileRequest) -> Path:
    """Where the files of a request lie."""
    return files / f"request-{request.id}"


def names_in(request: FileRequest) -> tuple[str, ...]:
    """The files that a request may have, rows first; the check in R is not with every one."""
    rows = (FORMATS[form][1] for form in FORMATS if form in request.formats)
    return (*rows, *PAPERS, *(CHECK if "csv" in request.formats else ()))
