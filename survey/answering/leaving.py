"""Leaving, coming back, and going on in another language."""

import re

from starlette.requests import Request
from starlette.responses import Response

from survey import web
from survey.answering import response as steps
from survey.answering.desk import CHECK, key_in, look, read, take
from survey.answering.pages import mend, to_check
from survey.answering.response import Mend, Removed
from survey.answering.ways import page_key, ways
from survey.web import installation, see

PAGE = re.compile(rf"{CHECK}|[0-9]{{1,5}}")


async def leave(request: Request) -> Response:
    """Hide the answers at once and go to a page that says nothing of them."""
    await read(request)
    await take(request, lambda stored, _question_set: steps.leave(stored))
    return see(f"/left{web.as_asked(web.spoken_to(request))}")


async def ask_to_delete(request: Request) -> Response:
    """The page that asks whether everything shall be deleted."""
    found = await look(request)
    if isinstance(found, Response):
        return found
    return web.render(
        web.Page("answering/stop.html", {**ways(request, found.response.key), "opening": found.opening}),
        request,
    )


async def delete(request: Request) -> Response:
    """Stop, and delete what was answered: nothing of it is kept."""
    await read(request)
    await look(request)  # so that the page after it is in the same language
    if isinstance(await take(request, lambda stored, _question_set: steps.remove(stored)), Removed):
        asked = web.as_asked(web.spoken_to(request))
        return see(f"/left{asked}{'&' if asked else '?'}deleted=1")
    return see(f"/r/{key_in(request)}")


async def gone(request: Request) -> Response:
    """The page after leaving, or after deleting everything."""
    deleted = request.query_params.get("deleted") == "1"
    return web.render(web.Page("answering/gone.html", {"deleted": deleted}), request)


async def forget(_request: Request) -> Response:
    """Asked for by the page after leaving: the browser drops what Back would bring back from memory."""
    return Response(status_code=204, headers={"clear-site-data": '"cache"'})


async def carry_on(request: Request) -> Response:
    """Go on after leaving: nothing is lost, and what was answered before stays hidden."""
    await read(request)
    now = steps.quarter_of(installation(request).now())
    await take(request, lambda stored, _question_set: steps.carry_on(stored, now))
    return see(f"/r/{key_in(request)}")


async def change_language(request: Request) -> Response:
    """Go on in another language, on the page where that was asked for, with what was ticked there."""
    form = await read(request)
    now, asked = steps.quarter_of(installation(request).now()), request.query_params
    code, page = asked.get("to", ""), asked.get("page", "")
    outcome = await take(
        request,
        lambda stored, question_set: steps.speak(
            stored, question_set, code, page_key(question_set, page), form, now
        ),
    )
    if isinstance(outcome, Mend) and outcome.page is not None:
        return mend(request, outcome, outcome.page, form)
    back = f"/{page}" if PAGE.fullmatch(page) else ""
    return see(f"/r/{key_in(request)}{back}{'?check=1' if to_check(request) else ''}")
