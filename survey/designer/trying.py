"""A draft as people will see it: a look at one page, a walk by hand that stores nothing, a thousand random walks."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from questions import (
    Answer,
    Answers,
    QuestionSet,
    Wording,
    along,
    as_sent,
    check,
    missing,
    on_path,
    order,
    path,
    validate,
)
from questions import Page as Screen
from questions.walks import walk
from survey.designer.drafts import Working
from survey.designer.opening import open_set, whole
from survey.web import Form, Page, see, spoken_to

PEOPLE = 1000
SEED = "a person who tries it"


def try_it(request: Request, session: Session) -> Page:
    """A walk by hand beside what a thousand random people meet."""
    staff, now = open_set(request, session)
    seed = whole(request.query_params.get("seed", "1")) or 1
    walks = walk(now.question_set, PEOPLE, seed) if "seed" in request.query_params else None
    shown = {"staff": staff, "now": now, "walks": walks, "seed": seed, "people": PEOPLE}
    return Page("designer/try.html", shown)


def look(request: Request, session: Session) -> Page:
    """One page of a draft with all its questions, whatever its conditions say; its button goes on by hand."""
    _, now = open_set(request, session)
    try:
        page = now.question_set.page(request.path_params["page"])
    except KeyError:
        page = now.question_set.pages[0]
    return _screen(request, now, page, {}, {}, {})


def by_hand(request: Request, session: Session) -> Page | Response:
    """One page of a walk by hand; what was answered so far stands in the address."""
    _, now = open_set(request, session)
    answers = _answers(request, now.question_set)
    pages = path(now.question_set, answers, SEED)
    wanted = request.path_params["page"]
    if wanted == "the-end":
        return _end(request, now, answers)
    page = next((one for one in pages if one.key == wanted), pages[0] if pages else None)
    if page is None:
        return _end(request, now, answers)
    given = {question.key: as_sent(answers.get(question.key)) for question in page.questions}
    return _screen(request, now, page, answers, given, {})


def next_by_hand(request: Request, session: Session, form: Form) -> Page | Response:
    """Take what one page was answered with, and go on; nothing is stored."""
    _, now = open_set(request, session)
    question_set, answers = now.question_set, _answers(request, now.question_set)
    try:
        whole = question_set.page(request.path_params["page"])
    except KeyError:
        return see(_address(request, now, "the-end", answers))
    page = next((one for one in path(question_set, answers, SEED) if one.key == whole.key), whole)
    checked = validate(page.questions, form)
    if checked.messages:
        given = {question.key: form.get(question.key, []) for question in page.questions}
        return _screen(request, now, page, answers, given, checked.messages)
    answers = {**answers, **checked.answers}
    keys = [one.key for one in path(question_set, answers, SEED)]
    at = keys.index(page.key) + 1 if page.key in keys else 0
    return see(_address(request, now, keys[at] if at < len(keys) else "the-end", answers))


def _end(request: Request, now: Working, answers: Answers) -> Page:
    question_set = now.question_set
    say = Wording(question_set, _language(request, now), on_path(question_set, answers))
    rows = [
        (question, say(question.prompt), _in_words(say, question.key, answers.get(question.key)))
        for page in path(question_set, answers, SEED)
        for question in page.questions
    ]
    shown = {"now": now, "rows": rows, "missing": missing(question_set, answers), "root": _root(now)}
    return Page("designer/end.html", shown)


def _in_words(say: Wording, key: str, answer: Answer) -> list[str]:
    question = say.question_set.question(key)
    every = answer if isinstance(answer, list) else [] if answer is None else [answer]
    return [
        say(question.label(one)) if isinstance(one, str) and question.has(one) else str(one) for one in every
    ]


def _screen(
    request: Request,
    now: Working,
    page: Screen,
    answers: Answers,
    given: Mapping[str, Sequence[str]],
    messages: Mapping[str, str],
) -> Page:
    """A page in the very template that people get."""
    question_set = now.question_set
    pages = path(question_set, answers, SEED)
    keys = [one.key for one in pages]
    place = keys.index(page.key) if page.key in keys else 0
    of = (pages, page) if page.key in keys else (question_set.pages, page)
    say = Wording(question_set, _language(request, now), on_path(question_set, answers))
    shown = {
        "root": _root(now),
        "carried": "",
        "number": lambda page: page.key,
        "query": f"?{_query(request, now, answers)}",
        "query_back": f"?{_query(request, now, answers)}",
        "page": page,
        "given": given or {question.key: [] for question in page.questions},
        "messages": {key: spoken_to(request).say(message, say) for key, message in messages.items()},
        "along": along(*of, known=page.key in keys),
        "before": keys[place - 1] if place else None,
        "answered": [],
        "say": say,
        "asked": say(page.questions[0].prompt),
        "languages": [],
        "options_of": lambda question: order.options(question, SEED),
        "trying": True,
    }
    return Page("designer/screen.html", shown, 422 if messages else 200)


def _root(now: Working) -> str:
    return f"/staff/sets/{now.key}/try"


def _address(request: Request, now: Working, page: str, answers: Answers) -> str:
    return f"{_root(now)}/{page}?{_query(request, now, answers)}#here"


def _language(request: Request, now: Working) -> str:
    """The language in which a draft is tried: the one in the address where the set has it."""
    told = request.query_params.get("lang", "")
    return told if told in now.question_set.languages else now.question_set.language


def _query(request: Request, now: Working, answers: Answers) -> str:
    packed = base64.urlsafe_b64encode(json.dumps(answers, ensure_ascii=False).encode()).decode()
    return urlencode({"answers": packed, "lang": _language(request, now)})


def _answers(request: Request, question_set: QuestionSet) -> dict[str, Answer]:
    """The answers in the address; none where somebody changed them, or the draft since."""
    packed = request.query_params.get("answers", "")
    try:
        answers = json.loads(base64.urlsafe_b64decode(packed.encode()))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    if not isinstance(answers, dict):
        return {}
    wrong = check(question_set, answers)
    return {key: answer for key, answer in answers.items() if key not in wrong}
