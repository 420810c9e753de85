"""One form: typed by somebody, typed again by somebody else who does not see it, and settled where the two differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from questions import AGE_BANDS, Answer, QuestionSet
from survey import access
from survey.instruments import parsed
from survey.models import Batch, ConsentRoute, CountedWords, PaperForm, Staff
from survey.offline import filing
from survey.offline.loading import open_form
from survey.offline.numbers import FormNumber
from survey.offline.pressing import who
from survey.offline.typed import MARKS, differences, meant, read, short_codes
from survey.set_on_paper import Paper
from survey.web import Form, Page, Problem, installation, one, see, speak

FIRST, SECOND, SETTLE = "first", "second", "settle"
LONGEST = 12_000  # characters that are kept of one answer before it is read
OTHER = "other"
AGE = "age_band"
UNDER_16 = ("under_10", *(band for band in AGE_BANDS if int(band.partition("-")[2]) < 16))


def form(request: Request, session: Session) -> Page:
    """A form to type, to check or to settle, whichever is next for whoever asks; or what became of it."""
    staff, batch, number, found = open_form(request, session)
    _must_be_open(session, batch)
    if found is not None and found.entered_on is not None:
        return _told(request, staff, batch, number, found)
    if found is not None and _may_not_check(request, found, staff):
        return _told(request, staff, batch, number, found)
    if found is not None and found.checked:
        return _settling(request, staff, batch, number, found)
    return _typing(request, session, staff, batch, number, FIRST if found is None else SECOND)


def _must_be_open(session: Session, batch: Batch) -> None:
    """Raise Problem where no form of a batch can come in, or not yet."""
    back = f"Open the page of the forms {batch.letters}"
    if session.get(CountedWords, batch.collection_id):
        told = "What these forms said is published. One more would tell everybody what that one person said."
        raise Problem(409, "No form can come in any more", told)
    if batch.filled_on is None or batch.route is None:
        told = f"{back}, and write down the day and who decided that people take part. Then type the forms."
        raise Problem(409, "First write down what the cover says", told)
    if batch.instrument.key != batch.collection.instrument.key:
        told = "The collection asks another question set now than when these forms were printed."
        raise Problem(409, "These forms ask other questions", told)


def _may_not_check(request: Request, found: PaperForm, staff: Staff) -> bool:
    """Whether it was this person who typed a form, and somebody else has to check it."""
    return found.typed_by_id == staff.id and installation(request).settings.four_eyes


# What is shown


def _shown(request: Request, staff: Staff, batch: Batch, number: FormNumber) -> dict[str, Any]:
    question_set = parsed(batch.instrument)
    return {
        "staff": staff,
        "batch": batch,
        "number": str(number),
        "consultation": batch.collection.consultation,
        "paper": Paper(question_set, question_set.language, speak(request, None)),
        "questions": question_set.questions,
        "short": short_codes,
        "meant": meant,
        "marks": MARKS,
    }


def _told(request: Request, staff: Staff, batch: Batch, number: FormNumber, found: PaperForm) -> Page:
    """What became of a form that this person has nothing to do with now."""
    return Page("offline/told.html", {**_shown(request, staff, batch, number), "form": found}, 409)


def _typing(
    request: Request,
    session: Session,
    staff: Staff,
    batch: Batch,
    number: FormNumber,
    step: str,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Page:
    told, faults = typed or {}, faults or {}
    wrong = {key: words for key, words in faults.items() if told.get(key, "").strip()}
    empty = [key for key in faults if key not in wrong]
    waiting = [*wrong, *empty, *(question.key for question in parsed(batch.instrument).questions)]
    more = {
        "step": step,
        "typed": told,
        "faults": wrong,
        "empty": empty,
        "here": waiting[0],
        "who": who(session, batch),
    }
    return Page("offline/typing.html", _shown(request, staff, batch, number) | more, 422 if faults else 200)


def _settling(
    request: Request,
    staff: Staff,
    batch: Batch,
    number: FormNumber,
    found: PaperForm,
    chosen: Mapping[str, str] | None = None,
    other: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Page:
    question_set, faults, other = parsed(batch.instrument), faults or {}, other or {}
    differ = differences(question_set, found.typed, found.checked)
    empty = [key for key in (one.key for one in question_set.questions) if _is_empty(found, key)]
    more = {
        "form": found,
        "differ": differ,
        "asked": [key for key in empty if key in faults or other.get(key)],
        "chosen": chosen or {},
        "other": other,
        "faults": faults,
    }
    return Page("offline/settling.html", _shown(request, staff, batch, number) | more, 422 if faults else 200)


# What is done


def act(request: Request, session: Session, sent: Form) -> Page | Response:
    """Keep what somebody typed of a form, settle it, or put it back to where nobody had typed it."""
    staff, batch, number, found = open_form(request, session, to_change=True)
    _must_be_open(session, batch)
    step = (sent.get("step") or [""])[-1]  # of a button, where one has its own
    if found is not None and found.entered_on is not None and not (found.nobody and step == "again"):
        return _told(request, staff, batch, number, found)
    do = {"again": _again, "nobody": _nobody, SETTLE: _settle}.get(step, _type)
    return do(request, session, staff, batch, number, found, sent)


def _typed(sent: Form, question_set: QuestionSet, before: str = "a ") -> dict[str, str]:
    """What was typed, by question."""
    told = {
        question.key: next(iter(sent.get(before + question.key, [])), "")
        for question in question_set.questions
    }
    return {key: words.strip()[:LONGEST] for key, words in told.items()}


def _type(
    request: Request,
    session: Session,
    staff: Staff,
    batch: Batch,
    number: FormNumber,
    found: PaperForm | None,
    sent: Form,
) -> Page | Response:
    """Keep what the first or the second person typed. Who began a form at the same moment as another is the second."""
    question_set, typed = parsed(batch.instrument), _typed(sent, parsed(batch.instrument))
    if found is not None and _sent_twice(request, found, staff, sent):
        return _told(request, staff, batch, number, found)
    if faults := _faults(batch, question_set, typed):
        step = FIRST if found is None else SECOND
        return _typing(request, session, staff, batch, number, step, typed, faults)
    if found is None:
        _first(request, session, staff, batch, number, typed)
        return see(f"/staff/batches/{batch.letters}?done={number}&how=typed")
    if differences(question_set, found.typed, typed):
        found.checked, found.checked_by_id = typed, staff.id
        return see(f"/staff/forms/{number}")
    return _file(request, session, staff, batch, number, found, typed)


def _faults(batch: Batch, question_set: QuestionSet, typed: Mapping[str, str]) -> dict[str, str]:
    """What cannot be taken as it was typed or settled, by question."""
    result, order = read(question_set, typed), [question.key for question in question_set.questions]
    cover = {
        key: _at(order.index(key) + 1, told) for key, told in against_its_cover(batch, result.answers).items()
    }
    faults = result.faults | cover
    return {key: faults[key] for key in order if key in faults}


def _at(number: int, told: str) -> str:
    """What is wrong with a question, by its number."""
    return f"Question {number}: {told[0].lower()}{told[1:]}"


def against_its_cover(batch: Batch, answers: Mapping[str, Answer]) -> dict[str, str]:
    """The age on a form, where its cover says that everybody was 16 or over and the form that somebody was not."""
    if batch.route is not ConsentRoute.OWN or answers.get(AGE) not in UNDER_16:
        return {}
    return {
        AGE: "This form says under 16, and its cover says that everybody was 16 or over. Correct the cover if it is "
        "wrong. Otherwise do not take this form in, and tell whoever ran the session."
    }


def _sent_twice(request: Request, found: PaperForm, staff: Staff, sent: Form) -> bool:
    """Whether this is from whoever typed the form first: a second time by mistake, or as a check that is not theirs."""
    mine = found.typed_by_id == staff.id and one(sent, "step") == FIRST
    return mine or _may_not_check(request, found, staff)


def _first(
    request: Request, session: Session, staff: Staff, batch: Batch, number: FormNumber, typed: dict[str, str]
) -> None:
    session.add(
        PaperForm(
            batch_id=batch.id or 0,
            number=number.place,
            typed_by_id=staff.id or 0,
            typed_on=installation(request).today(),
            typed=typed,
        )
    )
    access.note(session, installation(request).now(), staff.name, "typed", f"form {number}")


def _file(
    request: Request,
    session: Session,
    staff: Staff,
    batch: Batch,
    number: FormNumber,
    found: PaperForm,
    typed: Mapping[str, str],
) -> Response:
    question_set, here = parsed(batch.instrument), installation(request)
    filing.file(
        session, batch, found, question_set, read(question_set, typed), staff, here.now(), here.today()
    )
    why = "typed and checked by one person, as this installation allows" if found.alone else None
    access.note(session, here.now(), staff.name, "checked", f"form {number}", why)
    return see(f"/staff/batches/{batch.letters}?done={number}&how=in")


def _settle(
    request: Request,
    session: Session,
    staff: Staff,
    batch: Batch,
    number: FormNumber,
    found: PaperForm | None,
    sent: Form,
) -> Page | Response:
    """Take, for each difference, what the second person says the paper has."""
    if found is None or not found.checked or _may_not_check(request, found, staff):
        raise Problem(409, "There is nothing to settle", "Open the form by its number, and see what is next.")
    question_set = parsed(batch.instrument)
    differ = differences(question_set, found.typed, found.checked)
    chosen = {key: one(sent, f"which {key}") for key in differ}
    other = _typed(sent, question_set, "other ")
    settled = dict(found.checked) | {
        key: {"first": found.typed, "second": found.checked, OTHER: other}[which].get(key, "")
        for key, which in chosen.items()
        if which in ("first", "second", OTHER)
    }
    settled |= {key: told for key, told in other.items() if _is_empty(found, key)}
    if faults := _to_settle(question_set, chosen) or _faults(batch, question_set, settled):
        return _settling(request, staff, batch, number, found, chosen, other, faults)
    return _file(request, session, staff, batch, number, found, settled)


def _to_settle(question_set: QuestionSet, chosen: Mapping[str, str]) -> dict[str, str]:
    """The differences of which nobody has said yet what the paper has: what that leads to is looked at afterwards."""
    return {
        question.key: f"Question {number}: look at the form, and choose what it says."
        for number, question in enumerate(question_set.questions, 1)
        if question.key in chosen and not chosen[question.key]
    }


def _is_empty(found: PaperForm, key: str) -> bool:
    """Whether both left a question out: as settled it may be on the path, and is asked for then."""
    return not found.typed.get(key, "").strip() and not found.checked.get(key, "").strip()


def _again(
    request: Request,
    session: Session,
    staff: Staff,
    batch: Batch,
    number: FormNumber,
    found: PaperForm | None,
    _sent: Form,
) -> Page | Response:
    """Put a form back to where nobody had typed it: by whoever typed it, while nobody has checked it."""
    if found is None or (found.typed_by_id != staff.id and not found.nobody):
        raise Problem(409, "That cannot be typed anew", "Only whoever typed it can begin it again.")
    session.delete(found)
    access.note(session, installation(request).now(), staff.name, "began again", f"form {number}")
    session.flush()
    return see(f"/staff/forms/{number}")


def _nobody(
    request: Request,
    session: Session,
    staff: Staff,
    batch: Batch,
    number: FormNumber,
    found: PaperForm | None,
    sent: Form,
) -> Page | Response:
    """Say of a form that it came back with nothing on it: no response is made of it."""
    if found is not None:
        return _told(request, staff, batch, number, found)
    typed = _typed(sent, parsed(batch.instrument))
    told = "Something is typed here, so somebody filled it in."
    if faults := {key: _at(number, told) for number, key in enumerate(typed, 1) if typed[key]}:
        return _typing(request, session, staff, batch, number, FIRST, typed, faults)
    _first(request, session, staff, batch, number, {})
    session.flush()
    made = session.get_one(PaperForm, (batch.id, number.place))
    made.nobody, made.entered_on = True, installation(request).today()
    return see(f"/staff/batches/{batch.letters}?done={number}&how=nobody")
