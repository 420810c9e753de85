"""The pages of questions, one after another, and the end of them: check your answers, thank you."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from questions import Page, Question, as_sent, first_unmet, order
from survey import waiting, web
from survey.answering import receipts
from survey.answering import response as steps
from survey.answering.desk import CHECK, DONE, Place, desk, key_in, look, path_of, place_of, read, speak, take
from survey.answering.expired import KEPT_FOR
from survey.answering.phone import (
    by_itself,
    for_person,
    pages_ahead,
    seen_by,
    span_told,
    the_end,
    told,
    turn_of,
)
from survey.answering.progress import progress
from survey.answering.reading import Say, language_of, offered, on_page, plainly, unreviewed
from survey.answering.response import Finished, Mend, Outcome, Removed, Saved, Unknown
from survey.answering.stopwatch import taken
from survey.answering.unasked import still_unasked
from survey.answering.ways import number, page_key, shared, shared_door, ways
from survey.answering.writer import Found
from survey.languages import Language
from survey.models import Design
from survey.responses.stored import Stored
from survey.web import installation, see


async def resume(request: Request) -> Response:
    """Go to the first page that has not been seen."""
    found = await look(request)
    if isinstance(found, Response):
        return found
    pages = path_of(found)
    return go(request, Saved(found.response, first_unmet(pages, found.response.answers)))


async def show_question(request: Request) -> Response:
    """One page of questions, with what was answered before."""
    found = await look(request)
    if isinstance(found, Response):
        return found
    pages, wanted = path_of(found), page_key(found.question_set, request.path_params["page"])
    page = next((page for page in pages if page.key == wanted), None)
    if page is None:
        return see(f"/r/{found.response.key}")
    given = {question.key: as_sent(found.response.shown(question.key)) for question in page.questions}
    return _question_page(request, found, pages, page, given, {})


async def answer(request: Request) -> Response:
    """Keep the answers of one page, then go on to the next; or say what to mend."""
    form = await read(request)
    now, wanted = steps.quarter_of(installation(request).now()), request.path_params["page"]
    checking = to_check(request)
    outcome = await take(
        request,
        lambda found: steps.save(
            found.response,
            found.question_set,
            page_key(found.question_set, wanted),
            form,
            now,
            to_check=checking,
            turn=turn_of(request),
            seen=seen_by(form),
            span=span_told(request, form),
            unasked=found.unasked,
        ),
    )
    if by_itself(request):
        return _told(request, outcome)
    if isinstance(outcome, Mend) and outcome.page is not None:
        return mend(request, outcome, outcome.page, form)
    if isinstance(outcome, Saved):
        return go(request, outcome, to_check=checking)
    return see(f"/r/{key_in(request)}")


def _told(request: Request, outcome: Outcome) -> Response:
    """What became of it, and what there is to mend, for a phone that sent its answers by itself."""
    if isinstance(outcome, Unknown | Removed):
        return told(outcome)
    found = place_of(desk(request), outcome.response)
    if not isinstance(outcome, Mend):
        return told(outcome, unasked=found.unasked)
    plain, language = plainly(found.response, found.question_set, path_of(found)), speak(request, found)
    page = str(number(found.question_set, outcome.page)) if outcome.page else None
    return told(outcome, page, {key: language.say(one, plain) for key, one in outcome.messages.items()})


def mend(request: Request, mend: Mend, page: Page, form: web.Form) -> Response:
    found = place_of(desk(request), mend.response)
    found = replace(found, unasked=still_unasked(found.question_set, page.key, found.unasked))
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
    shown |= ways(request, found.response.key)
    shown["languages"] = offered(found.question_set, installation(request).languages)
    shown["ahead"] = None if messages else _for_person(request, found)
    return web.render(web.Page("answering/question.html", shown, 422 if messages else 200), request)


def _for_person(request: Request, found: Place) -> Markup | None:
    return for_person(
        request, found.response, found.question_set, shared_door(request), unasked=found.unasked
    )


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
    place = next(place for place, one in enumerate(pages) if one.key == page.key)
    plain = plainly(response, found.question_set, pages)
    code = language_of(response, found.question_set)
    return {
        "opening": found.opening,
        "page": page,
        "asked": plain(page.questions[0].prompt),
        "options_of": lambda question: order.options(question, response.seed),
        "given": given,
        "messages": {key: language.say(message, plain) for key, message in messages.items()},
        "along": progress(found.question_set, pages, page, response.seed),
        "number": partial(number, found.question_set),
        "before": CHECK if to_check else number(found.question_set, pages[place - 1]) if place else None,
        "query": "?check=1" if to_check else "",
        "query_back": "",
        "to_check": to_check,
        "here": number(found.question_set, page),
        "times_answered": steps.times_answered(response, page.key),
        "answered": [q.key for q in page.questions if q.key in response.concealed],
        "chosen": code,
        "unreviewed": unreviewed(found.question_set, code, language),
        "say": on_page(plain, code, language),
    }


def to_check(request: Request) -> bool:
    """Whether this page was opened to change an answer from "check your answers"."""
    return request.query_params.get("check") == "1"


def go(request: Request, saved: Saved, *, to_check: bool = False) -> Response:
    """On to the page that comes next, or to "check your answers" where none is left."""
    response, page = saved.response, saved.page
    if page is None:
        return see(f"/r/{response.key}/{CHECK}#here")
    at = number(desk(request).openings.question_set(response.instrument_id), page)
    return see(f"/r/{response.key}/{at}{'?check=1' if to_check else ''}#here")


async def ahead(request: Request) -> Response:
    """The pages of an instrument for a phone that goes on without the network."""
    return await pages_ahead(request, desk(request).openings)


# The end


async def check_answers(request: Request) -> Response:
    """All answers on one page, each with a way back to it."""
    found = await look(request)
    return found if isinstance(found, Response) else _check_page(request, found, {})


async def submit(request: Request) -> Response:
    """Send a response in; once more does nothing more, and shows the same receipt."""
    form, key = await read(request), key_in(request)
    today, receipt = installation(request).today(), receipts.given(form)
    kept, seconds = receipts.hashed(receipt), taken(form, desk(request).stopwatch.seconds(key))
    hour, tie = waiting.hour_of(installation(request).now()), waiting.tie_of(receipt)
    outcome = await take(
        request,
        lambda found: steps.submit(
            found.response,
            found.question_set,
            today,
            seconds,
            hour=hour,
            receipt_hash=kept,
            tie=tie,
            unasked=found.unasked,
        ),
    )
    if isinstance(outcome, Saved | Finished) and receipt and outcome.response.receipt_hash == kept:
        if isinstance(outcome, Finished) and shared(request) and not by_itself(request):
            return see(
                f"/r/{key}/{DONE}"
            )  # on a shared device a form that is sent again may be the next person's
        end = _end(request, place_of(desk(request), outcome.response), receipt)
        return the_end(web.as_html(end, request)) if by_itself(request) else web.render(end, request)
    if by_itself(request):
        return _told(request, outcome)
    if isinstance(outcome, Mend):
        return _check_page(request, place_of(desk(request), outcome.response), outcome.messages)
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
        **ways(request, found.response.key),
        "receipt": receipts.new(),
        "rows": rows,
        "messages": {key: language.say(message, plain) for key, message in messages.items()},
        "number": partial(number, found.question_set),
        "last": number(found.question_set, pages[-1]),
        "ahead": None if messages else _for_person(request, found),
        "here": CHECK,
        "languages": offered(found.question_set, installation(request).languages),
        "chosen": code,
        "unreviewed": unreviewed(found.question_set, code, language),
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
    here = desk(request)

    def look(stored: Found) -> tuple[None, Place | None]:
        if isinstance(stored, Stored) and stored.submitted:
            return None, place_of(here, stored)
        return None, None

    found = await desk(request).reader.do(key_in(request), look)
    if found is None:
        return see(f"/r/{key_in(request)}")
    return web.render(_end(request, found), request)


def _end(request: Request, found: Place, receipt: str = "") -> web.Page:
    """The last page, with the receipt where it may be shown."""
    speak(request, found)
    here = installation(request).settings.public_url.partition("://")[2]
    shown = {
        "opening": found.opening,
        "next_at": shared_door(request),
        "receipt_at": f"{here}/receipt",
        "host": here,
        "receipt": receipts.spaced(receipt),
        "asks_again": request.app.state.panel is not None and found.opening.design != Design.PANEL,
    }
    return web.Page("answering/done.html", shown)


async def come_back(request: Request) -> Response:
    """The link that leads back to a response; on a shared device there is none."""
    found = await look(request)
    if isinstance(found, Response):
        return found
    if shared(request):
        return see(f"/r/{found.response.key}")
    link = f"{installation(request).settings.public_url}/r/{found.response.key}"
    last_whole_day = installation(request).today() + KEPT_FOR - dt.timedelta(days=1)
    until = min(found.opening.closes_on, last_whole_day)
    shown = {**ways(request, found.response.key), "opening": found.opening, "until": until, "link": link}
    return web.render(web.Page("answering/come_back.html", shown), request)
