"""One text: read, blacked out and cleared, coded, put back, or raised as a concern."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from sqlalchemy import delete
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from survey import access, leads, quotes, suggesting, waiting
from survey.instruments import parsed
from survey.models import Code, Concern, ConcernEntry, Consultation, Quote, Reading, Staff, Written
from survey.reading import frames, queue
from survey.reading.context import coarse
from survey.reading.desk import READS, next_of
from survey.reading.marks import Mark, marks
from survey.web import Form, Page, Problem, installation, one, see

ROWS = 3  # of words that a reader blacks out besides
LONGEST_WHY = 500
TIERS = ("1", "2", "3")
MAKES = {
    "statement": "statements?quote={}#words",
    "finding": "findings/new?quote={}",
}  # what a text can become, and the page that makes it


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text as a reader sees it: what it may tell, and the tier that its words suggest (0: none)."""

    words: str
    kind: str
    tier: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A text that somebody has in hand, and what belongs to it. second: they are its second reader."""

    staff: Staff
    written: Written
    consultation: Consultation
    second: bool
    frame: list[Code]

    @property
    def words(self) -> str:
        """What they read: a second reader only what was cleared."""
        return (self.written.cleared if self.second else self.written.words) or ""


def _open(request: Request, session: Session, *, to_change: bool = False) -> Opened:
    """The text in the address, for whoever has it in hand; raises Problem for anybody else."""
    staff = access.open_staff_page(request, session, READS)
    asked = select(Written).where(col(Written.id) == request.path_params["id"])
    found = session.exec(asked.with_for_update() if to_change else asked).first()
    if found is None or not queue.held_by(found, staff, installation(request).now()):
        raise Problem(
            409,
            "You do not have that text in hand",
            "It was read, or half an hour has gone by and it went back to the queue. Take the next one from the desk.",
        )
    consultation = found.collection.consultation
    every = frames.codes(session, consultation.id, found.question)
    return Opened(staff, found, consultation, found.cleared_on is not None, frames.in_use(every))


def look(request: Request, session: Session) -> Page:
    """A text with what may tell who somebody is, its question's codes, and what can be done."""
    return _page(request, session, _open(request, session))


def _page(
    request: Request, session: Session, found: Opened, form: Form | None = None, faults: Sequence[str] = ()
) -> Page:
    here, written = installation(request), found.written
    highlighted = () if found.second else marks(found.words)
    suggested = suggesting.found_in(found.words, written.language)
    named = leads.named(session, found.consultation.id)
    age_band, borough = (None, None) if found.second else coarse(session, written, found.consultation)
    shown = {
        "staff": found.staff,
        "consultation": found.consultation,
        "written": written,
        "second": found.second,
        "prompt": _prompt(found),
        "pieces": quotes.pieces(found.words)
        if found.second
        else [*_pieces(found.words, highlighted, suggested)],
        "marks": [(one, found.words[one.first : one.end]) for one in highlighted],
        "tier": min((one.tier for one in suggested), default=0),
        "age_band": age_band,
        "borough": here.place.name_of(borough) if borough else None,
        "language": here.language(written.language),
        "frame": found.frame,
        "kinds": quotes.KINDS,
        "rows": range(ROWS),
        "named": named,
        "limits": here.settings.limits,
        "by": here.settings.limits.read_by(written.arrived_at, here.zone) if written.arrived_at else None,
        "now": here.now(),
        "typed": form or {},
        "faults": faults,
    }
    return Page("reading/text.html", shown, 422 if faults else 200)


def _prompt(found: Opened) -> str:
    """The question that was answered, in English or in its own language."""
    asked = parsed(found.written.collection.instrument).asked(found.written.question)
    return str(asked.prompt) if asked else found.written.question


def _pieces(
    words: str, highlighted: Sequence[Mark], suggested: Sequence[suggesting.Found]
) -> Iterator[Piece]:
    """A text cut where a mark or a suggestion begins or ends."""
    edges = [(one.first, one.end) for one in highlighted] + [(one.first, one.end) for one in suggested]
    for first, end in pairwise(sorted({0, len(words), *chain.from_iterable(edges)})):
        kind = next((one.kind for one in highlighted if one.first <= first < one.end), "")
        tier = min((one.tier for one in suggested if one.first <= first < one.end), default=0)
        yield Piece(words[first:end], kind, tier)


def decide(request: Request, session: Session, form: Form) -> Page | Response:
    """Do with a text what its reader decided; or say what to mend, with everything as it was typed."""
    found = _open(request, session, to_change=True)
    did = one(form, "do")
    if did == "back":
        found.written.claimed_by_id = found.written.claimed_at = None
        return see("/staff/reading?did=back")
    if did == "concern":
        return _raise(request, session, found, form)
    return _clear(request, session, found, form)


def _clear(request: Request, session: Session, found: Opened, form: Form) -> Page | Response:
    """Keep what may be read of a text and its codes; where only the codes are asked for, those."""
    places, faults = ([], []) if found.second else _places(found.words, form)
    if faults:
        return _page(request, session, found, form, faults)
    here, written = installation(request), found.written
    offered = [code.id or 0 for code in found.frame]
    chosen = [code for code in offered if str(code) in form.get("code", [])]
    number = 2 if found.second else 1
    session.add(
        Reading(
            written_id=written.id,
            number=number,
            staff_id=found.staff.id or 0,
            read_on=here.today(),
            offered=offered,
            chosen=chosen,
        )
    )
    if not found.second:
        quote = one(form, "quote") == "1" or one(form, "do") in MAKES
        _keep_cleared(request, session, found, places, may_be_quoted=quote)
    written.claimed_by_id = written.claimed_at = None
    about = f"a text of {found.consultation.slug}, {written.question}"
    did = "coded as second reader" if found.second else "cleared"
    access.note(session, here.now(), found.staff.name, did, about)
    session.flush()
    if one(form, "do") in MAKES and not found.second:
        return _made_of(session, found, MAKES[one(form, "do")])
    said = "coded" if found.second else "cleared"
    return (
        see(f"/staff/reading?did={said}")
        if one(form, "then") == "stop"
        else next_of(request, session, found.staff, form, nothing=said)
    )


def _made_of(session: Session, found: Opened, page: str) -> Response:
    """The page on which something is made of a cleared text."""
    made = session.exec(select(Quote).where(col(Quote.written_id) == found.written.id)).one()
    return see(f"/staff/consultations/{found.consultation.slug}/{page.format(made.id)}")


def _keep_cleared(
    request: Request,
    session: Session,
    found: Opened,
    places: Sequence[Sequence[int | str]],
    *,
    may_be_quoted: bool,
) -> None:
    """Its hour goes, and what was known of its writer; its words too, if nothing of them is under a bar."""
    here, written = installation(request), found.written
    written.cleared = quotes.black_out(found.words, places)
    written.redactions, written.cleared_on = [[*place] for place in places], here.today()
    written.arrived_at = written.borough = written.age_band = None
    written.words = written.words if places else None
    written.second = queue.drawn(written, here.settings.limits.second)
    if may_be_quoted:
        session.add(
            Quote(
                consultation_id=found.consultation.id or 0,
                question=written.question,
                words=written.cleared,
                language=written.language,
                written_id=written.id,
            )
        )


def _take_back(session: Session, written: Written) -> None:
    """What a second reader worries about is cleared no more: its quote and its codes go."""
    for quote in session.exec(select(Quote).where(col(Quote.written_id) == written.id)).all():
        quotes.take_out(session, quote)
        session.delete(quote)
    session.flush()
    session.execute(delete(Reading).where(col(Reading.written_id) == written.id))
    written.words = written.words or written.cleared
    written.cleared, written.cleared_on, written.redactions, written.second = None, None, [], False


def _places(words: str, form: Form) -> tuple[list[list[int | str]], list[str]]:
    """What a reader blacks out: of what was highlighted, and besides; and every row that is not in the text."""
    places: list[list[int | str]] = []
    known = {f"{one.first}-{one.end}-{one.kind}": one for one in marks(words)}
    places += [[one.first, one.end, one.kind] for told, one in known.items() if told in form.get("place", [])]
    faults = []
    for row in range(ROWS):
        said, kind = one(form, f"also-{row}"), one(form, f"kind-{row}")
        if not said:
            continue
        there = [*re.finditer(r"\s+".join(map(re.escape, said.split())), words, re.IGNORECASE)]
        if not there:
            faults.append(f"“{said}” is not in the text. Copy the words as they stand there.")
        places += [[each.start(), each.end(), kind if kind in quotes.KINDS else "other"] for each in there]
    return places, faults


def _raise(request: Request, session: Session, found: Opened, form: Form) -> Page | Response:
    """Raise a concern: the words go to the lead and the deputy, and to nobody else."""
    tier, why = one(form, "tier"), one(form, "why")
    faults = (
        [] if tier in TIERS else ["Choose how urgent it is. If you are not sure, choose the more urgent."]
    )
    if len(why) > LONGEST_WHY:
        faults.append(f"What worries you has {len(why)} characters. There is room for {LONGEST_WHY}.")
    if faults:
        return _page(request, session, found, form, faults)
    now = installation(request).now()
    raise_concern(session, now, found.staff.name, found.written, tier=int(tier), why=why, second=found.second)
    told = leads.named(session, found.consultation.id) is not None
    return see(f"/staff/reading?did={'raised' if told else 'raised-to-nobody'}")


def raise_concern(
    session: Session,
    now: dt.datetime,
    who: str,
    written: Written,
    *,
    tier: int,
    why: str,
    second: bool = False,
) -> None:
    """Make a concern of a text that somebody has in hand. second: they read what was cleared already."""
    consultation = written.collection.consultation
    age_band, borough = coarse(session, written, consultation)
    raised = Concern(
        consultation_id=consultation.id or 0,
        question=written.question,
        words=written.words or (written.cleared if second else "") or "",
        language=written.language,
        age_band=age_band,
        borough=borough,
        written_id=written.id,
    )
    raised.entries.append(
        ConcernEntry(
            concern_id=0,
            at=now,
            who=who,
            did=waiting.RAISED,
            tier=tier,
            sentence=why or "No more was said.",
        )
    )
    session.add(raised)
    if second:
        _take_back(session, written)
    written.arrived_at = written.borough = written.age_band = None
    written.claimed_by_id = written.claimed_at = None
    access.note(session, now, who, "raised a concern in", f"a text of {consultation.slug}")
