"""What staff open off the network: a collection that is gathered on paper, a batch of its forms, one form."""

from __future__ import annotations

from sqlmodel import Session, col, select
from starlette.requests import Request

from survey import access
from survey.models import Batch, Collection, PaperForm, Role, Staff
from survey.models.kinds import ON_PAPER
from survey.offline.numbers import FormNumber, WrongNumber, read
from survey.web import Problem

TYPES = (Role.FIELDWORKER, Role.ADMIN)
PUBLISHES = (Role.PUBLISHER, Role.ADMIN)


def open_collection(
    request: Request, session: Session, roles: tuple[Role, ...] = access.ANYONE_SIGNED_IN
) -> tuple[Staff, Collection]:
    """The member of staff, and the collection in the address, which must be gathered on paper."""
    staff = access.open_staff_page(request, session, roles)
    found = session.get(Collection, request.path_params["id"])
    if found is None:
        raise Problem(404, "We cannot find that collection", "Open its consultation from the list.")
    if found.kind not in ON_PAPER:
        told = "Open a collection of paper forms, or of a tally, in the same consultation."
        raise Problem(404, "This collection is not gathered on paper", told)
    return staff, found


def open_batch(request: Request, session: Session, *, to_change: bool = False) -> tuple[Staff, Batch]:
    """The member of staff, and the batch of forms in the address.

    to_change: nobody else types one of its forms until this request is answered.
    """
    staff = access.open_staff_page(request, session, TYPES)
    return staff, batch_of(session, request.path_params["letters"].upper(), to_change=to_change)


def batch_of(session: Session, letters: str, *, to_change: bool = False) -> Batch:
    """The batch with these letters; raises Problem where none was printed."""
    asked = select(Batch).where(col(Batch.letters) == letters)
    found = session.exec(asked.with_for_update() if to_change else asked).first()
    if found is None:
        told = f"No forms with the letters {letters} were printed here. Look at the top of the form again."
        raise Problem(404, "We do not know these forms", told)
    return found


def open_form(
    request: Request, session: Session, *, to_change: bool = False
) -> tuple[Staff, Batch, FormNumber, PaperForm | None]:
    """The member of staff, and the form in the address with what is typed of it so far, if anything is."""
    staff = access.open_staff_page(request, session, TYPES)
    try:
        number = read(request.path_params["number"])
    except WrongNumber as wrong:
        raise Problem(404, "That is not the number of a form", str(wrong)) from None
    batch = batch_of(session, number.letters, to_change=to_change)
    must_be_printed(batch, number)
    return staff, batch, number, session.get(PaperForm, (batch.id, number.place))


def must_be_printed(batch: Batch, number: FormNumber) -> None:
    """Raise Problem where a batch has fewer forms than the place of one in it."""
    if not 1 <= number.place <= batch.forms:
        told = (
            f"Of the letters {batch.letters}, {batch.forms} forms were printed, so there is no form {number}."
        )
        raise Problem(404, "That form was never printed", told)
