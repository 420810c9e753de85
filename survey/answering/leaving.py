"""Leaving, coming back, and going on in another language."""

import re
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from survey import web
from survey.answering import response as steps
from survey.answering.desk import CHECK, CODE, desk, key_in, look, read, take
from survey.answering.pages import mend, to_check
from survey.answering.phone import by_itself, seen_by
from survey.answering.response import Mend, Removed
from survey.answering.ways import page_key, shared_door, ways
from survey.languages import SOURCE
from survey.web import installation, see

PAGE = re.compile(rf"{CHECK}|[0-9]{{1,5}}")


async def leave(request: Request) -> Response:
    """Hide the answers at once and go to a page that says nothing of them."""
    await read(request)
    await take(request, lambda found: steps.leave(found.response))
    return JSONResponse({"left": True}) if by_itself(request) else see(_left(request))


def _left(request: Request, **more: str) -> str:
    """The page after leaving, in the same language; on a shared device it leads to the next person."""
    spoken, door = web.spoken_to(request).code, shared_door(request)
    asked = {"lang": "" if spoken == SOURCE else spoken, "at": door.code if door else "", **more}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/left{f'?{query}' if query else ''}"


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
    today = installation(request).today()
    if isinstance(await take(request, lambda found: steps.remove(found.response, today)), Removed):
        return see(_left(request, deleted="1"))
    return see(f"/r/{key_in(request)}")


async def gone(request: Request) -> Response:
    """The page after leaving, or after deleting everything."""
    deleted, code = request.query_params.get("deleted") == "1", request.query_params.get("at", "")
    door = await run_in_threadpool(desk(request).openings.of_code, code) if CODE.fullmatch(code) else None
    next_at = door if door and door.shared else None
    return web.render(web.Page("answering/gone.html", {"deleted": deleted, "next_at": next_at}), request)


async def forget(_request: Request) -> Response:
    """Asked for by the page after leaving: the browser drops what Back would bring back from memory."""
    return Response(status_code=204, headers={"clear-site-data": '"cache"'})


async def carry_on(request: Request) -> Response:
    """Go on after leaving: nothing is lost, and what was answered before stays hidden."""
    await read(request)
    now = steps.quarter_of(installation(request).now())
    await take(request, lambda found: steps.carry_on(found.response, now))
    return see(f"/r/{key_in(request)}")


async def change_language(request: Request) -> Response:
    """Go on in another language, on the page where that was asked for, with what was ticked there."""
    form = await read(request)
    now, asked = steps.quarter_of(installation(request).now()), request.query_params
    code, page = asked.get("to", ""), asked.get("page", "")
    outcome = await take(
        request,
        lambda found: steps.speak(
            found.response,
            found.question_set,
            code,
            page_key(found.question_set, page),
            form,
            now,
            seen_by(form),
            found.unasked,
        ),
    )
    if isinstance(outcome, Mend) and outcome.page is not None:
        return mend(request, outcome, outcome.page, form)
    back = f"/{page}" if PAGE.fullmatch(page) else ""
    return see(f"/r/{key_in(request)}{back}{'?check=1' if to_check(request) else ''}")
