"""A receipt: a code that is shown once, after sending, and lets its holder have the response deleted later.

It is made with the page it is sent from, so that sending twice shows the same code. Only its hash is stored. It holds
until the results are first published: from then on the response is part of figures that people have read.
"""

import hashlib
import re
import secrets

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response as Answer

from questions.messages import Message, _
from survey import quotes, waiting
from survey.answering import deleted
from survey.measuring import kept
from survey.models import Collection, Consultation, Response
from survey.web import Form, Page, installation

LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"  # no 0, O, 1 or I, and no vowels: it shall not spell anything
LENGTH, GROUP = 16, 4  # 77 random bits
RECEIPT = re.compile(rf"[{LETTERS}]{{{LENGTH}}}")


def new() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(LETTERS) for _place in range(LENGTH))


def given(form: Form) -> str:
    """The code in a form, as it was made; empty where there is none."""
    code = re.sub(r"[\s-]", "", next(iter(form.get("receipt", [])), "")).upper()
    return code if RECEIPT.fullmatch(code) else ""


def hashed(code: str) -> str | None:
    """What is stored of a code (it has 77 random bits, so it needs no salt); None of none."""
    return hashlib.sha256(code.encode()).hexdigest() if code else None


def spaced(code: str) -> str:
    """A code as it is written down.

    >>> spaced("BCDFGHJKLMNPQRST")
    'BCDF-GHJK-LMNP-QRST'
    """
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def ask(_request: Request, _session: Session) -> Page:
    """The page that takes a receipt."""
    return _page()


def delete(request: Request, session: Session, form: Form) -> Page | Answer:
    """Delete the response that a receipt belongs to, unless its results are published."""
    written = next(iter(form.get("receipt", [])), "").strip()
    code = given(form)
    found = (
        session.exec(select(Response).where(col(Response.receipt_hash) == hashed(code))).first()
        if code
        else None
    )
    if found is None:
        return _page(
            written,
            _(
                "We do not know that code. Check each letter and number: it has no 0, O, 1 or I. Each code works once."
            ),
        )
    collection = session.get_one(Collection, found.collection_id)
    consultation = session.get_one(Consultation, collection.consultation_id)
    if consultation.results_published_on is not None:
        told = _(
            "The results of %(title)s were published on %(day)s. Since then no answers can be taken out.",
            title=consultation.title,
            day=consultation.results_published_on,
        )
        return _page(written, told)
    kept.take_out(session, found)
    quotes.withdraw(session, code)
    waiting.withdraw(session, code)
    session.delete(found)
    deleted.keep(session.connection(), [found.key], installation(request).today())
    return Page("answering/gone.html", {"deleted": True, "next_at": None})


def _page(written: str = "", message: Message | None = None) -> Page:
    return Page("answering/receipt.html", {"written": written, "message": message}, 422 if message else 200)
