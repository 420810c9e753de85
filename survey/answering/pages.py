"""The pages of the answering flow: start, a question, check your answers, thank you, and leaving."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from questions import Page, Question, QuestionSet, as_sent, order, path
from questions.messages import _
from survey import web
from survey.answering import response as steps
from survey.answering.openings import Door, Opening, Openings
from survey.answering.phone import by_itself, for_person, pages_ahead, told, turn_of
from survey.answering.progress import progress
from survey.answering.reading import Say, language_of, offered, on_page, plainly
from survey.answering.response import Closed, Finished, Mend, Outcome, Saved, Stored, Unknown
from survey.answering.writer import Lane
from survey.languages import Language
from survey.web import Problem, installation, see

CHECK = "check-answers"
DONE = "thank-you"
CODE = re.compile(r"[A-Z0-9]{1,20}")
KEY = re.compile(r"[A-Za-z0-9_-]{22}")
PAGE = re.compile(rf"{CHECK}|[a-z][a-z0-9_]*")
UNREVIEWED = _("This translation has not been checked by a native speaker yet.")


class Desk:
    """Where answers are handed in: one lane that writes, one that reads, and what is open."""

    def __init__(self, engine: Engine) -> None:
        self.writer = Lane(engine, writes=True)
        self.reader = Lane(engine, writes=False)
        self.openings = Openings(engine)

    def close(self) -> None:
        """Finish what is waiting."""
        self.writer.close()
        self.reader.close()


def desk(request: Request) -> Desk:
    """The desk of this process."""
    found: Desk = request.app.state.desk
    return found


# The start


async def enter_code(request: Request) -> Response:
    """The page for a code from a poster; a code that was typed in goes to its start page."""
    code = "".join(request.query_params.get("code", "").split())
    if not code:
        return web.render(web.Page("answering/code.html"), request)
    return see(f"/s/{_in_path(code)}{web.as_asked(web.spoken_to(request))}")


async def start(request: Request) -> Response:
    """The start page of a setting: what this is, who reads it, and where help is."""
    door = await _door(request)
    question_set = desk(request).openings.question_set(door.opening.instrument_id)
    code = _chosen(request.query_params.get("lang"), question_set)
    language, here = web.speak(request, code), installation(request)
    key = secrets.token_urlsafe(16)
    shown = {
        "opening": door.opening,
        "door": door,
        "minutes": minutes(question_set.pages),
        "key": key,
        "languages": offered(question_set, here.languages),
        "chosen": code,
        "ahead": for_person(
            request,
            steps.begin(key, door.opening, door.setting_id, here.now(), here.today(), code),
            question_set,
            f"/s/{door.code}",
        ),
        "warning": None if question_set.reviewed(code) and language.reviewed else UNREVIEWED,
    }
    return web.render(web.Page("answering/start.html", shown), request)


def _chosen(code: str | None, question_set: QuestionSet) -> str:
    """The language that somebody asks for, if the questions are offered in it; else their own."""
    return code if code in question_set.offered else question_set.language


async def begin(request: Request) -> Response:
    """Begin a response under the key that the start page carries; the same key again begins nothing new."""
    form = await web.read_form(request)
    code = _one(form, "lang")
    web.speak(request, code)
    door = await _door(request)
    key = _one(form, "key")
    if not KEY.fullmatch(key):
        raise Problem(
            400, _("That did not work"), _("Please go back to the start page and press Start again.")
        )
    here = installation(request)
    question_set = desk(request).openings.question_set(door.opening.instrument_id)
    code = _chosen(code, question_set)
    new = steps.begin(key, door.opening, door.setting_id, here.now(), here.today(), code)
    existing = await desk(request).writer.do(key, lambda stored: (None if stored else new, stored))
    if by_itself(request):
        return told(request, Saved(new), {})
    if existing is not None:
        return see(f"/r/{key}")
    return _go(new, path(question_set, {}, key)[0])


def _one(form: web.Form, name: str) -> str:
    """The first value of a field; empty where it was not sent."""
    return next(iter(form.get(name, ())), "")


def minutes(pages: Sequence[Page]) -> int:
    """About how long a set takes: 12 seconds a question, and a minute for one that is written."""
    questions = [question for page in pages for question in page.questions]
    seconds = sum(60 if question.kind == "text" else 12 for question in questions)
    return max(1, round(seconds / 60))


async def _door(request: Request) -> Door:
    """The open door that a code leads to; raises Problem where there is none, or it is shut."""
    code = request.path_params["code"].upper()
    door = await run_in_threadpool(desk(request).openings.of_code, code) if CODE.fullmatch(code) else None
    if door is None:
        raise Problem(
            404,
            _("We do not know that code"),
            _("Check the letters and numbers and try again. There is no 0, O, 1 or I in our codes."),
            "answering/code.html",
        )
    if door.retired_on is not None:
        raise Problem(
            410, _("This code is no longer used"), _("Please ask whoever gave it to you for the new one.")
        )
    _must_be_open(door.opening, request)
    return door


def _must_be_open(opening: Opening, request: Request) -> None:
    today = installation(request).today()
    if today < opening.opens_on:
        sentence = _(
            "%(title)s opens on %(day)s. Please come back then.", title=opening.title, day=opening.opens_on
        )
        raise Problem(403, _("Not open yet"), sentence)
    if today > opening.closes_on:
        raise _closed(opening)


def _closed(opening: Opening) -> Problem:
    sentence = _(
        "%(title)s closed on %(closed)s. We will say what we heard by %(outcome)s.",
        title=opening.title,
        closed=opening.closes_on,
        outcome=opening.outcome_on,
    )
    return Problem(410, _("This has closed"), sentence)


# One response: look at it, or take a step with it


@dataclass(frozen=True, slots=True)
class Place:
    """A response, what is asked of it, and what it belongs to."""

    response: Stored
    question_set: QuestionSet
    opening: Opening


def _place(openings: Openings, stored: Stored) -> Place:
    question_set = openings.question_set(stored.instrument_id)
    return Place(stored, question_set, openings.of_collection(stored.collection_id))


async def _look(request: Request) -> Place | Response:
    """The response in the address as it may be shown, or the page to show instead of it."""
    key = _key(request)
    openings = desk(request).openings

    def look(stored: Stored | None) -> tuple[None, Place | None]:
        return None, _place(openings, stored) if stored else None

    found = await desk(request).reader.do(key, look)
    if found is None:
        raise _unknown()
    _speak(request, found)
    if found.response.submitted:
        return see(f"/r/{key}/{DONE}")
    if not found.opening.open_on(installation(request).today()):
        raise _closed(found.opening)
    if found.response.left(steps.quarter_of(installation(request).now())):
        return web.render(web.Page("answering/left.html", {"key": key}), request)
    return found


def _speak(request: Request, found: Place) -> Language:
    """Answer in the language of a response."""
    return web.speak(request, language_of(found.response, found.question_set))


async def _take(request: Request, step: Callable[[Stored, QuestionSet], steps.Step]) -> Outcome:
    """Take a step with the response in the address, once it is known to be open."""
    openings, today = desk(request).openings, installation(request).today()

    def take(stored: Stored | None) -> tuple[Stored | None, Outcome]:
        if stored is None:
            return None, Unknown()
        if stored.submitted:
            return None, Finished()
        opening = openings.of_collection(stored.collection_id)
        if not opening.open_on(today):
            return None, Closed(stored, opening)
        return step(stored, openings.question_set(stored.instrument_id))

    outcome = await desk(request).writer.do(_key(request), take)
    if isinstance(outcome, Unknown):
        raise _unknown()
    if not isinstance(outcome, Finished):
        _speak(request, _place(openings, outcome.response))
    if isinstance(outcome, Closed):
        raise _closed(outcome.opening)
    return outcome


async def _form(request: Request) -> web.Form:
    """The form that was sent; if it cannot be read, that is said in the language of the response."""
    try:
        return await web.read_form(request)
    except Problem:
        await _look(request)
        raise


def _key(request: Request) -> str:
    key: str = request.path_params["key"]
    if not KEY.fullmatch(key):
        raise _unknown()
    return key


def _unknown() -> Problem:
    return Problem(
        404,
        _("We cannot find those answers"),
        _("The address may have been cut short or changed. You can start again with your code."),
        "answering/code.html",
    )


def path_of(found: Place) -> tuple[Page, ...]:
    """The pages that this person sees, in their order."""
    return path(found.question_set, found.response.answers, found.response.key)


async def resume(request: Request) -> Response:
    """Go to the first page that has not been seen."""
    found = await _look(request)
    if isinstance(found, Response):
        return found
    pages = path_of(found)
    return _go(found.response, steps.first_unseen(pages, found.response))


async def show_question(request: Request) -> Response:
    """One page of questions, with what was answered before."""
    found = await _look(request)
    if isinstance(found, Response):
        return found
    pages = path_of(found)
    page = next((page for page in pages if page.key == request.path_params["page"]), None)
    if page is None:
        return see(f"/r/{found.response.key}")
    given = {question.key: as_sent(found.response.shown(question.key)) for question in page.questions}
    return _question_page(request, found, pages, page, given, {})


async def answer(request: Request) -> Response:
    """Keep the answers of one page, then go on to the next; or say what to mend."""
    form = await _form(request)
    now, page_key = steps.quarter_of(installation(request).now()), request.path_params["page"]
    to_check = _to_check(request)
    outcome = await _take(
        request,
        lambda stored, question_set: steps.save(
            stored, question_set, page_key, form, now, to_check=to_check, turn=turn_of(request)
        ),
    )
    if by_itself(request):
        return told(request, outcome, _in_words(request, outcome))
    if isinstance(outcome, Mend) and outcome.page is not None:
        return _mend(request, outcome, outcome.page, form)
    if isinstance(outcome, Saved):
        return _go(outcome.response, outcome.page, to_check=to_check)
    return see(f"/r/{_key(request)}")


def _in_words(request: Request, outcome: Outcome) -> dict[str, str]:
    """What there is to mend, for a phone that sent its answers by itself."""
    if not isinstance(outcome, Mend):
        return {}
    found = _place(desk(request).openings, outcome.response)
    plain, language = plainly(found.response, found.question_set, path_of(found)), _speak(request, found)
    return {key: language.say(message, plain) for key, message in outcome.messages.items()}


def _mend(request: Request, mend: Mend, page: Page, form: web.Form) -> Response:
    found = _place(desk(request).openings, mend.response)
    pages = path_of(found)
    given = {question.key: form.get(question.key, []) for question in page.questions}
    return _question_page(request, found, pages, page, given, mend.messages)


def _question_page(
    request: Request,
    found: Place,
    pages: tuple[Page, ...],
    page: Page,
    given: Mapping[str, Sequence[str]],
    messages: Mapping[str, str],
) -> Response:
    language = _speak(request, found)
    shown = question_shown(found, pages, page, given, messages, language, to_check=_to_check(request))
    shown["languages"] = offered(found.question_set, installation(request).languages)
    shown["ahead"] = None if messages else for_person(request, found.response, found.question_set)
    return web.render(web.Page("answering/question.html", shown, 422 if messages else 200), request)


def question_shown(
    found: Place,
    pages: tuple[Page, ...],
    page: Page,
    given: Mapping[str, Sequence[str]],
    messages: Mapping[str, str],
    language: Language,
    *,
    to_check: bool,
) -> dict[str, object]:
    """What the template of a question shows."""
    response = found.response
    place, count = progress(found.question_set, pages, page, response.key)
    plain = plainly(response, found.question_set, pages)
    code = language_of(response, found.question_set)
    return {
        "opening": found.opening,
        "key": response.key,
        "page": page,
        "asked": plain(page.questions[0].prompt),
        "options_of": lambda question: order.options(question, response.key),
        "given": given,
        "messages": {key: language.say(message, plain) for key, message in messages.items()},
        "place_on_path": place,
        "count": count,
        "before": CHECK if to_check else pages[place - 2].key if place > 1 else None,
        "root": f"/r/{response.key}",
        "query": "?check=1" if to_check else "",
        "query_back": "",
        "to_check": to_check,
        "here": page.key,
        "answered": [q.key for q in page.questions if q.key in response.concealed],
        "chosen": code,
        "say": on_page(plain, code, language),
    }


def _to_check(request: Request) -> bool:
    """Whether this page was opened to change an answer from "check your answers"."""
    return request.query_params.get("check") == "1"


def _go(response: Stored, page: Page | None, *, to_check: bool = False) -> Response:
    """On to a page, or to "check your answers" where none is left."""
    if page is None:
        return see(f"/r/{response.key}/{CHECK}#here")
    return see(f"/r/{response.key}/{page.key}{'?check=1' if to_check else ''}#here")


async def ahead(request: Request) -> Response:
    """The pages of an instrument for a phone that goes on without the network."""
    return await pages_ahead(request, desk(request).openings)


# The end


async def check_answers(request: Request) -> Response:
    """All answers on one page, each with a way back to it."""
    found = await _look(request)
    return found if isinstance(found, Response) else _check_page(request, found, {})


async def submit(request: Request) -> Response:
    """Send a response in; once more does nothing more."""
    await _form(request)
    today = installation(request).today()
    outcome = await _take(request, lambda stored, question_set: steps.submit(stored, question_set, today))
    if by_itself(request):
        return told(request, outcome, _in_words(request, outcome))
    if isinstance(outcome, Mend):
        return _check_page(request, _place(desk(request).openings, outcome.response), outcome.messages)
    return see(f"/r/{_key(request)}/{DONE}")


def _check_page(request: Request, found: Place, messages: Mapping[str, str]) -> Response:
    pages = path_of(found)
    language = _speak(request, found)
    plain = plainly(found.response, found.question_set, pages)
    code = language_of(found.response, found.question_set)
    say = on_page(plain, code, language)
    rows = [(page, question, _shown(found, question, say)) for page in pages for question in page.questions]
    shown = {
        "opening": found.opening,
        "key": found.response.key,
        "rows": rows,
        "messages": {key: language.say(message, plain) for key, message in messages.items()},
        "last": pages[-1].key,
        "ahead": None if messages else for_person(request, found.response, found.question_set),
        "here": CHECK,
        "languages": offered(found.question_set, installation(request).languages),
        "chosen": code,
        "say": say,
    }
    return web.render(web.Page("answering/check.html", shown, 422 if messages else 200), request)


def _shown(found: Place, question: Question, say: Say) -> list[str] | None:
    """An answer in words; None where it was given before the survey was left and stays hidden."""
    if question.key in found.response.concealed:
        return None
    answer = found.response.answers.get(question.key)
    if isinstance(answer, list):
        return [say(question.label(code)) for code in answer]
    if isinstance(answer, str) and question.has(answer):
        return [say(question.label(answer))]
    return [] if answer is None else [str(answer)]


async def thank_you(request: Request) -> Response:
    """What happens next and by when. It shows no answer, whoever opens it."""
    openings = desk(request).openings

    def look(stored: Stored | None) -> tuple[None, Place | None]:
        return None, _place(openings, stored) if stored and stored.submitted else None

    found = await desk(request).reader.do(_key(request), look)
    if found is None:
        return see(f"/r/{_key(request)}")
    _speak(request, found)
    return web.render(web.Page("answering/done.html", {"opening": found.opening}), request)


# Leaving and coming back


async def leave(request: Request) -> Response:
    """Hide the answers at once and go to a page that says nothing of them."""
    await _form(request)
    await _take(request, lambda stored, _question_set: steps.leave(stored))
    return see(f"/left{web.as_asked(web.spoken_to(request))}")


async def gone(request: Request) -> Response:
    """The page after leaving."""
    return web.render(web.Page("answering/gone.html"), request)


async def forget(_request: Request) -> Response:
    """Asked for by the page after leaving: the browser drops what Back would bring back from memory."""
    return Response(status_code=204, headers={"clear-site-data": '"cache"'})


async def carry_on(request: Request) -> Response:
    """Go on after leaving: nothing is lost, and what was answered before stays hidden."""
    await _form(request)
    now = steps.quarter_of(installation(request).now())
    await _take(request, lambda stored, _question_set: steps.carry_on(stored, now))
    return see(f"/r/{_key(request)}")


async def change_language(request: Request) -> Response:
    """Go on in another language, on the page where that was asked for, with what was ticked there."""
    form = await _form(request)
    now, asked = steps.quarter_of(installation(request).now()), request.query_params
    code, page = asked.get("to", ""), asked.get("page", "")
    outcome = await _take(
        request, lambda stored, question_set: steps.speak(stored, question_set, code, page, form, now)
    )
    if isinstance(outcome, Mend) and outcome.page is not None:
        return _mend(request, outcome, outcome.page, form)
    back = f"/{page}" if PAGE.fullmatch(page) else ""
    return see(f"/r/{_key(request)}{back}{'?check=1' if _to_check(request) else ''}")


def _in_path(code: str) -> str:
    """A code as it may stand in an address: what cannot be in a code is dropped."""
    return re.sub(r"[^A-Za-z0-9]", "", code)[:20] or "-"
