"""The form of a reply: an answer, because; where it is yes or partly, what will be done, by whom and by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from starlette.requests import Request

from survey.heard.register import PROMISES
from survey.models import Answer, Reply
from survey.web import Form, installation, one
from survey.wording import day

LONGEST = {"because": 600, "promise": 300, "owner": 120, "source": 200}
CALLED = {
    "because": "Because",
    "promise": "What will be done",
    "owner": "Who does it",
    "source": "Where it was printed",
}
ANSWERS = {
    Answer.YES: "Yes: it will be done",
    Answer.PARTLY: "Partly: some of it will be done",
    Answer.NO: "No: it will not be done",
    Answer.ALREADY: "It is there already",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A reply as it was typed; `due` is None where there is none, or none that is a day."""

    answer: Answer | None
    because: str
    promise: str
    owner: str
    due: dt.date | None
    borough: str | None
    source: str


def typed(reply: Reply) -> Form:
    """What the form of a reply shows before anybody changes it."""
    return {
        "answer": [reply.answer.value],
        **{name: [getattr(reply, name)] for name in LONGEST},
        "due": [str(reply.due or "")],
        "borough": [reply.borough or ""],
    }


def read(request: Request, form: Form) -> tuple[Typed, list[str]]:
    """A reply from its form, with everything that has to be mended; nothing where it can be kept."""
    here = installation(request)
    said, written = one(form, "answer"), one(form, "due")
    made = Typed(
        answer=Answer(said) if said in [*Answer] else None,
        due=_day(written),
        borough=one(form, "borough") or None,
        **{name: one(form, name) for name in LONGEST},
    )
    faults = [*_words(made), *_answer(made, written, here.today())]
    if made.borough and made.borough not in {borough.code for borough in here.place.boroughs}:
        faults.append("Choose the borough from the list.")
    return made, faults


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written) if written else None
    except ValueError:
        return None


def _words(made: Typed) -> Iterator[str]:
    if not made.because:
        yield "Say why: young people asked, and a reply without a because is none."
    if not made.owner:
        yield "Say who answers for it: a role or a body, such as “Head of Youth Services”."
    for name, most in LONGEST.items():
        words = getattr(made, name)
        if len(words) > most:
            yield f"{CALLED[name]}: there are {len(words)} characters, and room for {most}."


def _answer(made: Typed, written: str, today: dt.date) -> Iterator[str]:
    if made.answer is None:
        yield "Choose an answer: yes, partly, no, or already."
    elif made.answer in PROMISES:
        yield from _promise(made, written, today)
    else:
        if made.promise:
            yield "A “no” or an “already” promises nothing: empty the box, or answer yes or partly."
        if written:
            yield "A “no” or an “already” has no day: empty it, or answer yes or partly."


def _promise(made: Typed, written: str, today: dt.date) -> Iterator[str]:
    if not made.promise:
        yield "Say what will be done: a yes or a partly without it promises nothing."
    if not written:
        yield "Say by which day it will be done."
    elif made.due is None:
        yield f"“{written}” is no day. Write it as 2027-03-31."
    elif made.due < today:
        yield f"It would be due on {day(made.due)}, which is over: choose a day from today on."
