"""Cleared words: what is blacked out in them, and which of them may be quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from survey import waiting
from survey.models import Finding, Quote, Written

KINDS = ("name", "address", "postcode", "phone", "email", "handle", "link", "other")
OPENS, CLOSES = "⟦", "⟧"  # round the kind of what was there
BAR = re.compile(rf"{OPENS}({'|'.join(KINDS)}){CLOSES}")


def black_out(words: str, places: Iterable[Sequence[int | str]]) -> str:
    """Words without what stands in some places (first, end, kind), each replaced by a mark of its kind.

    >>> black_out("Ask Maya at 12 Hill Road.", [(4, 8, "name"), (12, 24, "address")])
    'Ask ⟦name⟧ at ⟦address⟧.'
    """
    kept, at = [], 0
    for first, end, kind in sorted((int(first), int(end), str(kind)) for first, end, kind in places):
        if first < at:
            at = max(at, end)
            continue
        kept += [_unmarked(words[at:first]), f"{OPENS}{kind}{CLOSES}"]
        at = end
    return "".join([*kept, _unmarked(words[at:])])


def _unmarked(words: str) -> str:
    """Words in which nobody has written a mark of ours."""
    return words.replace(OPENS, "[").replace(CLOSES, "]")


def pieces(words: str) -> list[tuple[str, str]]:
    """Cleared words as they are shown: what may be read, and "" or else "" and the kind of what is blacked out.

    >>> pieces("Ask ⟦name⟧.")
    [('Ask ', ''), ('', 'name'), ('.', '')]
    """
    found = [(part, "") if at % 2 == 0 else ("", part) for at, part in enumerate(BAR.split(words))]
    return [(said, kind) for said, kind in found if said or kind]


def plain(words: str) -> str:
    """Cleared words as plain text, with [name] where a name was.

    >>> plain("Ask ⟦name⟧.")
    'Ask [name].'
    """
    return "".join(said or f"[{kind}]" for said, kind in pieces(words))


def cleared(session: Session, consultation_id: int | None, question: str | None = None) -> list[Quote]:
    """The cleared quotes of a consultation, or of one of its questions, in an order that tells nothing.

    They are the words of young people that a reader has cleared and said may be quoted. Show them with
    `quote_parts.html`; never show `written_id`. A quote whose writer deletes what they gave is gone at once.
    """
    asked = select(Quote).where(col(Quote.consultation_id) == consultation_id).order_by(col(Quote.id))
    return list(session.exec(asked.where(col(Quote.question) == question) if question else asked).all())


def withdraw(session: Session, receipt: str) -> None:
    """Take what a holder wrote out of the findings that quote it; what was written itself is for `waiting.withdraw`."""
    if tie := waiting.tie_of(receipt):
        theirs = select(Quote).join(Written, col(Written.id) == col(Quote.written_id))
        for quote in session.exec(theirs.where(col(Written.tie) == tie)).all():
            take_out(session, quote)


def take_out(session: Session, quote: Quote) -> None:
    """Take a quote out of the findings that have it, whole or a part of it."""
    whole = _alike(plain(quote.words))
    quoting = select(Finding).where(col(Finding.consultation_id) == quote.consultation_id)
    for finding in session.exec(quoting).all():
        finding.quotes = [one for one in finding.quotes if _alike(one) not in whole]


def _alike(words: str) -> str:
    """Words as they are compared: one space apart, without what marks that something was left out."""
    return " ".join(words.casefold().replace("…", " ").replace("...", " ").split())
