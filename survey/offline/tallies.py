"""What was counted in a session: staff type how many there were for each answer, never more than came."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from questions import Question
from survey import access, tallied
from survey.instruments import parsed
from survey.models import Collection, Consultation, Kind, Meeting, Staff, Tally
from survey.offline.meetings import number, open_meeting
from survey.set_on_paper import Paper
from survey.web import Form, Page, Problem, installation, one, see, speak

Counts = dict[str, dict[str, int]]  # by question and code


def tally(request: Request, session: Session) -> Page:
    """The counts of a session for the questions of a collection, to type or to mend."""
    staff, found, consultation, collection = _open(request, session)
    kept = dict(_kept(session, found, collection))
    stands = {
        f"n {key} {code}": [str(people)] for key, counts in kept.items() for code, people in counts.items()
    }
    return _page(request, staff, found, consultation, collection, stands, {})


def _open(
    request: Request, session: Session, *, to_change: bool = False
) -> tuple[Staff, Meeting, Consultation, Collection]:
    staff, found, consultation = open_meeting(request, session, to_change=to_change)
    wanted = request.path_params["collection"]
    collection = next((one for one in consultation.collections if one.id == wanted), None)
    if collection is None or collection.kind != Kind.TALLY:
        told = "Open a collection of the kind “a tally” in this consultation: it says which questions were asked."
        raise Problem(404, "There is no such tally", told)
    if not found.people:
        told = "Go back to the session, and write how many people came. No count can be larger than that."
        raise Problem(409, "First say how many came", told)
    return staff, found, consultation, collection


def _kept(session: Session, found: Meeting, collection: Collection) -> Mapping[str, dict[str, int]]:
    theirs = tallied.tallies_of(session, found)
    return next((counts for one, counts in theirs if one.id == collection.id), {})


def _page(
    request: Request,
    staff: Staff,
    found: Meeting,
    consultation: Consultation,
    collection: Collection,
    typed: Form,
    faults: Mapping[str, str],
) -> Page:
    question_set = parsed(collection.instrument)
    shown = {
        "staff": staff,
        "consultation": consultation,
        "meeting": found,
        "collection": collection,
        "paper": Paper(question_set, question_set.language, speak(request, None)),
        "questions": tallied.questions_of(collection),
        "typed": typed,
        "faults": faults,
    }
    return Page("offline/tally.html", shown, 422 if faults else 200)


def keep(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep the counts of a session; none of them where one is wrong."""
    staff, found, consultation, collection = _open(request, session, to_change=True)
    counts, faults = read(tallied.questions_of(collection), form, found.people or 0)
    if faults:
        return _page(request, staff, found, consultation, collection, form, faults)
    here = installation(request)
    for question in tallied.questions_of(collection):
        place = (found.id, collection.id, question.key)
        there = session.get(Tally, place)
        if there is not None:
            session.delete(there)
            session.flush()
        if question.key in counts:
            kept = Tally(
                meeting_id=found.id or 0,
                collection_id=collection.id or 0,
                question=question.key,
                counts=counts[question.key],
                kept_on=here.today(),
                kept_by=staff.name,
            )
            session.add(kept)
    access.note(
        session, here.now(), staff.name, "counted", f"session {found.title}", f"{len(counts)} questions"
    )
    return see(f"/staff/meetings/{found.id}?kept=1")


def read(questions: tuple[Question, ...], form: Form, came: int) -> tuple[Counts, dict[str, str]]:
    """The counts in a form, and a sentence for each question with what is wrong. came: how many people were there.

    A question without any count was not asked; where one choice has a count, an empty box beside it is nobody.
    """
    counts: Counts = {}
    faults: dict[str, str] = {}
    for place, question in enumerate(questions, 1):
        told = {code: one(form, f"n {question.key} {code}") for code in question.codes}
        wrong = next((words for words in told.values() if words and number(words) is None), None)
        if wrong is not None:
            faults[question.key] = (
                f"Question {place}: “{wrong[:20]}” is no count. Write a whole number, such as 12."
            )
        elif any(told.values()):
            counts[question.key] = {code: number(words) or 0 for code, words in told.items()}
            if fault := too_many(question, counts[question.key], came):
                faults[question.key] = f"Question {place}: {fault}"
    return counts, faults


def too_many(question: Question, counts: Mapping[str, int], came: int) -> str:
    """Why counts cannot be right, for so many people that came; "" where they can."""
    if question.kind == "many":
        most = max(counts.values(), default=0)
        if most <= came:
            return ""
        return f"{most} people ticked one answer, and {came} came. Count the strokes again, or mend how many came."
    total = sum(counts.values())
    if total <= came:
        return ""
    return f"the counts add up to {total}, and {came} people came. Count the strokes again, or mend how many came."
