"""The pages of questions, one after another, and the end of them: check your answers, thank you."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from questions import Page, Question, as_sent, order
from survey import web
from survey.answering import response as steps
from survey.answering.desk import CHECK, DONE, Place, desk, key_in, look, path_of, place_of, read, speak, take
from survey.answering.pace import taken
from survey.answering.phone import by_itself, for_person, pages_ahead, told, turn_of
from survey.answering.progress import progress
from survey.answering.reading import Say, language_of, offered, on_page, plainly
from survey.answering.response import Mend, Outcome, Saved, Stored
from survey.languages import Language
from survey.web import installation, see


async def resume(request: Request) -> Response:
    """Go to the first page that has not been seen."""
    found = await look(request)
    if isinstance(found, Response):
        return found
    pages = path_of(found)
    return go(found.response, steps.first_unseen(pages, found.response))


async def show_question(request: Request) -> Response:
    """One page of questions, with what was answered before."""
    found = await look(request)
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
    form = await read(request)
    now, page_key = steps.quarter_of(installation(request).now()), request.path_params["page"]
    checking = to_check(request)
    outcome = await take(
        request,
        lambda stored, question_set: steps.save(
            stored, question_set, page_key, form, now, to_check=checking, turn=turn_of(request)
        ),
    )
    if by_itself(request):
        return told(request, outcome, _in_words(request, outcome))
    if isinstance(outcome, Mend) and outcome.page is not None:
        return mend(request, outcome, outcome.page, form)
    if isinstance(outcome, Saved):
        return go(outcome.response, outcome.page, to_check=checking)
    return see(f"/r/{key_in(request)}")


def _in_words(request: Request, outcome: Outcome) -> dict[str, str]:
    """What there is to mend, for a phone that sent its answers by itself."""
    if not isinstance(outcome, Mend):
        return {}
    found = place_of(desk(request).openings, outcome.response)
    plain, language = plainly(found.response, found.question_set, path_of(found)), speak(request, found)
    return {key: language.say(message, plain) for key, message in outcome.messages.items()}


def mend(request: Request, mend: Mend, page: Page, form: web.Form) -> Response:
    found = place_of(desk(request).openings, mend.response)
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
    language = speak(request, found)
    shown = question_shown(found, pages, page, given, messages, language, to_check=to_check(request))
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


def to_check(request: Request) -> bool:
    """Whether this page was opened to change an answer from "check your answers"."""
    return request.query_params.get("check") == "1"


def go(response: Stored, page: Page | None, *, to_check: bool = False) -> Response:
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
    found = await look(request)
    return found if isinstance(found, Response) else _check_page(request, found, {})


async def submit(request: Request) -> Response:
    """Send a response in; once more does nothing more."""
    form = await read(request)
    today, key = installation(request).today(), key_in(request)
    seconds = taken(form, desk(request).pace.seconds(key))
    outcome = await take(
        request, lambda stored, question_set: steps.submit(stored, question_set, today, seconds)
    )
    if by_itself(request):
        return told(request, outcome, _in_words(request, outcome))
    if isinstance(outcome, Mend):
        return _check_page(request, place_of(desk(request).openings, outcome.response), outcome.messages)
    return see(f"/r/{key}/{DONE}")


def _check_page(request: Request, found: Place, messages: Mapping[str, str]) -> Response:
    pages = path_of(found)
    language = speak(request, found)
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
        return None, place_of(openings, stored) if stored and stored.submitted else None

    found = await desk(request).reader.do(key_in(request), look)
    if found is None:
        return see(f"/r/{key_in(request)}")
    speak(request, found)
    return web.render(web.Page("answering/done.html", {"opening": found.opening}), request)
