"""Code frames: the codes of a question, what each means, and every wording that they had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from questions import Question
from survey import access, coded
from survey.instruments import parsed
from survey.models import Code, CodeWording, Consultation, Role, Staff
from survey.web import Form, Page, Problem, installation, one, see

READS = (Role.READER, Role.ANALYST, Role.PUBLISHER, Role.ADMIN)
CHANGES = (Role.READER, Role.ADMIN)
LONGEST_NAME, LONGEST_SENTENCE = 60, 240
MOST_CODES = 40  # that a question may have in use


@dataclass(frozen=True, slots=True)
class Frame:
    """A question that people answer in their own words, its codes, and what has been counted of them."""

    question: Question
    prompt: str
    used: list[Code]
    retired: list[Code]
    counts: coded.Counts
    agreement: coded.Agreement


def asked_in(consultation: Consultation) -> dict[str, tuple[Question, str]]:
    """The questions of a consultation that people answer in their own words, by key, as they are asked now."""
    found: dict[str, tuple[Question, str]] = {}
    for collection in consultation.collections:
        question_set = parsed(collection.instrument)
        for question in question_set.questions:
            if question.kind == "text":
                found[question.key] = (question, question.prompt.into(question_set.language))
    return found


def codes(session: Session, consultation_id: int | None, question: str) -> list[Code]:
    """Every code of a question, oldest first, retired ones too."""
    asked = select(Code).where(col(Code.consultation_id) == consultation_id, col(Code.question) == question)
    return list(session.exec(asked.order_by(col(Code.id))).all())


def in_use(every: Sequence[Code]) -> list[Code]:
    """The codes that readers choose from."""
    return [code for code in every if code.retired_on is None]


def look(request: Request, session: Session) -> Page:
    """The code frames of a consultation, with what has been counted and how far two readers agree."""
    staff, consultation = access.open_consultation(request, session, READS)
    return _page(session, staff, consultation)


def _page(
    session: Session,
    staff: Staff,
    consultation: Consultation,
    typed: Form | None = None,
    faults: Sequence[str] = (),
) -> Page:
    shown = {
        "staff": staff,
        "consultation": consultation,
        "frames": [*_frames(session, consultation)],
        "may_change": bool(set(CHANGES) & set(staff.roles)),
        "typed": typed or {},
        "faults": faults,
    }
    return Page("reading/codes.html", shown, 422 if faults else 200)


def _frames(session: Session, consultation: Consultation) -> Iterator[Frame]:
    for key, (question, prompt) in asked_in(consultation).items():
        every = codes(session, consultation.id, key)
        yield Frame(
            question,
            prompt,
            in_use(every),
            [code for code in every if code.retired_on],
            coded.counts(session, consultation, key),
            coded.agreement(session, consultation, key),
        )


def change(request: Request, session: Session, form: Form) -> Page | Response:
    """Add a code, word one anew, or retire one; nothing that was coded changes."""
    staff, consultation = access.open_consultation(request, session, CHANGES)
    question, did = one(form, "question"), one(form, "do")
    if question not in asked_in(consultation):
        raise Problem(
            404, "We cannot find that question", "It may have been taken out. Look at the page again."
        )
    every = codes(session, consultation.id, question)
    code = next((each for each in every if str(each.id) == one(form, "code")), None)
    faults = list(_faults(form, every, code, did))
    if faults:
        return _page(session, staff, consultation, form, faults)
    here = installation(request)
    if did == "retire":
        assert code is not None
        code.retired_on = here.today()
    else:
        code = code or Code(consultation_id=consultation.id or 0, question=question)
        code.wordings.append(
            CodeWording(
                code_id=0,
                number=len(code.wordings) + 1,
                name=one(form, "name"),
                sentence=one(form, "sentence"),
                who=staff.name,
                written_on=here.today(),
            )
        )
        session.add(code)
    about = f"code {code.wordings[-1].name} of {consultation.slug}, {question}"
    access.note(session, here.now(), staff.name, DID[did], about)
    return see(f"/staff/consultations/{consultation.slug}/codes#{question}")


DID = {"add": "added the", "reword": "worded anew the", "retire": "retired the"}


def _faults(form: Form, every: Sequence[Code], code: Code | None, did: str) -> Iterator[str]:
    """Everything that keeps a change from being made."""
    if did not in DID:
        yield "Press one of the buttons on the page."
        return
    if did != "add" and (code is None or code.retired_on):
        yield "That code is not in use any more. Look at the page again, and choose another."
    if did == "retire":
        return
    name, sentence = one(form, "name"), one(form, "sentence")
    others = {each.wordings[-1].name.casefold() for each in in_use(every) if each is not code}
    if not name:
        yield "Give the code a name, such as “Better lights”."
    elif name.casefold() in others:
        yield f"There is a code called “{name}” already. Give this one another name."
    if not sentence:
        yield "Write a sentence that says what belongs to the code, so that two readers mean the same by it."
    for words, most, what in ((name, LONGEST_NAME, "name"), (sentence, LONGEST_SENTENCE, "sentence")):
        if len(words) > most:
            yield f"The {what} has {len(words)} characters. There is room for {most}."
    if did == "add" and len(in_use(every)) >= MOST_CODES:
        yield f"There are {MOST_CODES} codes already. Retire one that is not needed first."
