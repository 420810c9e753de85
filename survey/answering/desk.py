"""The desk where answers are handed in: what is open, and one response to look at or to take a step with."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response

from questions import Page, QuestionSet, path, without
from questions.messages import _
from survey import web
from survey.answering import response as steps
from survey.answering.openings import Opening, Openings
from survey.answering.reading import language_of
from survey.answering.response import Closed, Finished, Outcome, Removed, Saved, Unknown
from survey.answering.stopwatch import Stopwatch
from survey.answering.tokens import Tokens
from survey.answering.unasked import EVERYTHING, Unasked, unasked_of
from survey.answering.ways import share, shared, ways
from survey.answering.writer import Found, Lane
from survey.languages import Language
from survey.responses.stored import Stored
from survey.staffed import Limits
from survey.web import Problem, installation, see

CHECK = "check-answers"
DONE = "thank-you"
CODE = re.compile(r"[A-Z0-9]{1,20}")
KEY = re.compile(r"[A-Za-z0-9_-]{22}")


class Desk:
    """Where answers are handed in: a lane that writes, one that reads, what is open, what signs a start and when."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], dt.datetime],
        limits: Limits | None = None,
        zone: dt.tzinfo = dt.UTC,
    ) -> None:
        self.clock = clock
        self.tokens = Tokens(engine)
        self.writer = Lane(engine, writes=True)
        self.reader = Lane(engine, writes=False)
        self.openings = Openings(engine, limits, zone)
        self.stopwatch = Stopwatch(clock)

    def close(self) -> None:
        """Finish what is waiting."""
        self.writer.close()
        self.reader.close()


def desk(request: Request) -> Desk:
    """The desk of this process."""
    found: Desk = request.app.state.desk
    return found


def closed(opening: Opening) -> Problem:
    sentence = _(
        "%(title)s closed on %(closed)s. We will say what we heard by %(outcome)s.",
        title=opening.called,
        closed=opening.closes_on,
        outcome=opening.outcome_on,
    )
    return Problem(410, _("This has closed"), sentence)


@dataclass(frozen=True, slots=True)
class Place:
    """A response, what is asked of it, and what it belongs to. unasked: the questions that are left out just now."""

    response: Stored
    question_set: QuestionSet
    opening: Opening
    unasked: Unasked = EVERYTHING


def place_of(desk: Desk, stored: Stored) -> Place:
    """Where a response stands now."""
    question_set = desk.openings.question_set(stored.instrument_id)
    opening = desk.openings.of_collection(stored.collection_id)
    return place_in(desk, stored, question_set, opening)


def place_in(desk: Desk, stored: Stored, question_set: QuestionSet, opening: Opening) -> Place:
    """The same where its opening is at hand."""
    asks = opening.asks_for_words(desk.clock())
    unasked = EVERYTHING if asks else unasked_of(question_set, stored.answers)
    return Place(stored, question_set, opening, unasked)


async def look(request: Request) -> Place | Response:
    """The response in the address as it may be shown, or the page to show instead of it."""
    key, here = key_in(request), desk(request)

    def found_in(stored: Found) -> tuple[None, Place | Removed | None]:
        return None, place_of(here, stored) if isinstance(stored, Stored) else stored

    found = await desk(request).reader.do(key, found_in)
    if not isinstance(found, Place):
        raise gone() if found else unknown()
    _must_carry(request, found.response)
    speak(request, found)
    if found.response.submitted:
        return see(f"/r/{key}/{DONE}")
    if not found.opening.open_on(installation(request).today()):
        raise closed(found.opening)
    if found.response.left(steps.quarter_of(installation(request).now())):
        return web.render(web.Page("answering/left.html", ways(request, key)), request)
    return found


def _must_carry(request: Request, response: Stored) -> None:
    """Nobody comes back to a response of a shared device by an address: there the key travels in forms alone."""
    if not shared(request):
        door = desk(request).openings.of_setting(response.setting_id)
        if door is not None and door.shared:
            raise unknown()


def speak(request: Request, found: Place) -> Language:
    """Answer in the language of a response, and on a shared device with the way to the next person."""
    if shared(request):
        share(request, desk(request).openings.of_setting(found.response.setting_id))
    return web.speak(request, language_of(found.response, found.question_set))


async def take(request: Request, step: Callable[[Place], steps.Step]) -> Outcome:
    """Take a step with the response in the address, once it is known to be open."""
    here, today = desk(request), installation(request).today()

    def taken(stored: Found) -> tuple[Stored | Removed | None, Outcome]:
        if not isinstance(stored, Stored):
            return None, stored or Unknown()
        if stored.submitted:
            return None, Finished(stored)
        found = place_of(here, stored)
        if not found.opening.open_on(today):
            return None, Closed(stored, found.opening)
        return step(found)

    outcome = await desk(request).writer.do(key_in(request), taken)
    if isinstance(outcome, Unknown):
        raise unknown()
    if isinstance(outcome, Removed) and not outcome.today:
        raise gone()
    if _over(outcome):
        desk(request).stopwatch.forget(key_in(request))
    if not isinstance(outcome, Removed):
        speak(request, place_of(here, outcome.response))
    if isinstance(outcome, Closed):
        raise closed(outcome.opening)
    return outcome


def _over(outcome: Outcome) -> bool:
    """Whether nothing more will come of a response."""
    return isinstance(outcome, Finished | Removed) or (
        isinstance(outcome, Saved) and outcome.response.submitted
    )


async def read(request: Request) -> web.Form:
    """The form that was sent; if it cannot be read, that is said in the language of the response."""
    try:
        return await web.read_form(request)
    except Problem:
        await look(request)
        raise


def key_in(request: Request) -> str:
    key: str = request.path_params["key"]
    if not KEY.fullmatch(key):
        raise unknown()
    return key


def unknown() -> Problem:
    """What is said of a key that is not known, or is not one."""
    return Problem(
        404,
        _("We cannot find those answers"),
        _("The address may have been cut short or changed. You can start again with your code."),
        "answering/code.html",
    )


def gone() -> Problem:
    """What is said of a key whose response was deleted."""
    return Problem(
        410,
        _("These answers were deleted"),
        _("We kept nothing of them, and nothing more can be added. You can start again with your code."),
        "answering/code.html",
    )


def path_of(found: Place) -> tuple[Page, ...]:
    """The pages that this person sees, in their order."""
    every = path(found.question_set, found.response.answers, found.response.seed)
    return without(every, found.unasked)
