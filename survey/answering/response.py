"""What may happen to one response: pure steps from what is stored to what will be stored."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from questions import Answer, Message, Page, QuestionSet, first_unmet, missing, path, validate, without
from questions.messages import _
from survey import waiting
from survey.answering.openings import Door, Opening
from survey.answering.stopwatch import very_fast
from survey.answering.unasked import EVERYTHING, Unasked, still_unasked
from survey.responses.stored import Stored, arrived, sent_in

LEFT = 0  # the quarter of a response that was left by choice

Turn = tuple[int, str]  # when a page was answered, by the phone's own count, and in which of its tabs
OLD_COPY = _("You have answered this since. Press Next to save what you see now instead.")


def quarter_of(moment: dt.datetime) -> int:
    """The quarter of an hour of a moment, counted from 1970."""
    return int(moment.timestamp()) // 900


@dataclass(frozen=True, slots=True)
class Saved:
    """What was sent is stored; `page` is what comes next, None for "check your answers".

    newer: the turn of another write of the same page that came later, and stays. took: of a page that was answered for
    the first time its key, and which of the spans of `survey.measuring.page_times` it took, if the phone says so.
    arrived: the words that came with a response that was sent in.
    """

    response: Stored
    page: Page | None = None
    newer: int | None = None
    took: tuple[str, int] | None = None
    arrived: waiting.Arrived | None = None


@dataclass(frozen=True, slots=True)
class Mend:
    """Nothing is stored: these messages, keyed by question, say what to mend."""

    response: Stored
    page: Page | None
    messages: dict[str, Message]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Nothing is stored: the page asked for is not on this response's path."""

    response: Stored


@dataclass(frozen=True, slots=True)
class Finished:
    """The response had been sent in already."""

    response: Stored


@dataclass(frozen=True, slots=True)
class Unknown:
    """There is no such response."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The consultation takes no more answers."""

    response: Stored
    opening: Opening


@dataclass(frozen=True, slots=True)
class Removed:
    """The response is deleted, with all that was answered. today: when; None where that was before."""

    today: dt.date | None = None


Outcome = Saved | Mend | Elsewhere | Finished | Unknown | Closed | Removed
Step = tuple[Stored | Removed | None, Outcome]  # what to store, if anything, and what came of it


def begin(
    key: str,
    door: Door,
    now: dt.datetime,
    today: dt.date,
    language: str | None = None,
    route: str | None = None,
) -> Stored:
    """A new response, with nothing in it yet. route: who decided that this person takes part."""
    return Stored(
        key=key,
        collection_id=door.opening.collection_id,
        instrument_id=door.opening.instrument_id,
        setting_id=door.setting_id,
        route=route,
        started_on=today,
        quarter=quarter_of(now),
        language=language,
    )


def save(
    response: Stored,
    question_set: QuestionSet,
    page_key: str,
    form: Mapping[str, Sequence[str]],
    now: int,
    *,
    to_check: bool = False,
    turn: Turn | None = None,
    seen: int | None = None,
    span: int | None = None,
    unasked: Unasked = EVERYTHING,
) -> Step:
    """Merge what one page's form sent into the answers, and go on (`to_check`: back to the check page).

    turn: of what a phone sends by itself, perhaps twice and perhaps late: nothing older replaces what is newer.
    seen: of a form, how often its page had been answered when it was made: where it has been answered since, and
    differently, nobody but its person knows which came last, and they are asked. span: about how long the page took,
    as the phone says. unasked: what a page that is open somewhere may still send; then it is taken.
    """
    response = _conceal_if_left(response, now)
    unasked = still_unasked(question_set, page_key, unasked)
    latest = _latest(response, page_key)
    if turn is not None and turn <= latest:
        following = next_page(question_set, response, page_key, to_check=to_check, unasked=unasked)
        return None, Saved(response, following, latest[0] if latest[0] > turn[0] else None)
    page = _page(response, question_set, page_key, unasked)
    if page is None:
        return None, Elsewhere(response)
    kept = [q.key for q in page.questions if q.key in response.concealed and not any(form.get(q.key, ()))]
    checked = validate([question for question in page.questions if question.key not in kept], form)
    if checked.messages:
        return None, Mend(response, page, checked.messages)
    if turn is None and seen is not None and seen < latest[0]:
        return None, _come_late(
            response, question_set, page, checked.answers, to_check=to_check, unasked=unasked
        )
    changed = _with(response, page_key, checked.answers, now, turn)
    if response.quarter == LEFT or (turn is not None and response.left(now)):
        changed = _left(changed)  # sent before its person left, and here after that
    took = None if span is None or page_key in response.turns else (page_key, span)
    following = next_page(question_set, changed, page_key, to_check=to_check, unasked=unasked)
    return changed, Saved(changed, following, took=took)


def _come_late(
    response: Stored,
    question_set: QuestionSet,
    page: Page,
    answers: Mapping[str, Answer],
    *,
    to_check: bool,
    unasked: Unasked,
) -> Outcome:
    """What becomes of an old copy of a page: nothing if it says the same; else whoever is there is asked.

    A form that the network held back is answered to nobody, so that what came after it stays.
    """
    others = [key for key, given in answers.items() if response.answers.get(key) != given]
    if others:
        return Mend(response, page, dict.fromkeys(others, OLD_COPY))
    return Saved(response, next_page(question_set, response, page.key, to_check=to_check, unasked=unasked))


def submit(
    response: Stored,
    question_set: QuestionSet,
    today: dt.date,
    seconds: float | None = None,
    *,
    hour: dt.datetime,
    receipt_hash: str | None = None,
    tie: str | None = None,
    unasked: Unasked = EVERYTHING,
) -> Step:
    """Send a response in: what is off its path goes, what places it becomes columns, and its words go to be read.

    seconds: how long its person took, if anybody knows; only whether that was very fast is kept. receipt_hash: of the
    code that lets its holder delete it later, and tie what binds the words to that code. hour: in which it came.
    """
    unanswered = [key for key in missing(question_set, response.answers) if key not in unasked]
    if unanswered:
        return None, Mend(response, None, dict.fromkeys(unanswered, _("This one needs an answer.")))
    changed, words = sent_in(response, question_set, today, receipt_hash=receipt_hash)
    changed = replace(changed, quick=very_fast(seconds, _asked(question_set, changed.answers, unasked)))
    return changed, Saved(changed, arrived=arrived(changed, question_set, words, hour, tie))


def _asked(question_set: QuestionSet, answers: Mapping[str, Answer], unasked: Unasked) -> int:
    """How many questions a person with these answers comes by."""
    return sum(len(page.questions) for page in without(path(question_set, answers), unasked))


def leave(response: Stored) -> Step:
    """Stop showing what was answered so far; nothing is lost."""
    changed = _left(response)
    return changed, Saved(changed)


def _left(response: Stored) -> Stored:
    return replace(response, concealed=tuple(response.answers), quarter=LEFT)


def remove(_response: Stored, today: dt.date) -> Step:
    """Delete a response that has not been sent in."""
    return Removed(today), Removed(today)


def carry_on(response: Stored, now: int) -> Step:
    """Go on with a response that was left; what was answered before stays hidden."""
    changed = replace(_conceal_if_left(response, now), quarter=now)
    return changed, Saved(changed)


def speak(
    response: Stored,
    question_set: QuestionSet,
    language: str,
    page_key: str,
    form: Mapping[str, Sequence[str]],
    now: int,
    seen: int | None = None,
    unasked: Unasked = EVERYTHING,
) -> Step:
    """Read the questions in another of the languages that they are offered in; what was ticked on the page is kept.

    seen: as in `save`.
    """
    if language not in question_set.offered:
        return None, Elsewhere(response)
    spoken = replace(_conceal_if_left(response, now), language=language)
    unasked = still_unasked(question_set, page_key, unasked)
    page = _page(spoken, question_set, page_key, unasked)
    given = [question for question in page.questions if any(form.get(question.key, ()))] if page else []
    checked = validate(given, form)
    if checked.messages:
        return spoken, Mend(spoken, page, checked.messages)
    if page and given and seen is not None and seen < _latest(spoken, page_key)[0]:
        return spoken, _come_late(
            spoken, question_set, page, checked.answers, to_check=False, unasked=unasked
        )
    changed = _with(spoken, page_key, checked.answers, now) if given else spoken
    return changed, Saved(changed, page)


def _page(response: Stored, question_set: QuestionSet, key: str, unasked: Unasked) -> Page | None:
    """A page that this person comes by."""
    pages = without(path(question_set, response.answers, response.seed), unasked)
    return next((page for page in pages if page.key == key), None)


def _latest(response: Stored, page_key: str) -> Turn:
    """The turn that a page was answered in last."""
    count, tab = response.turns.get(page_key, (0, ""))
    return int(count), str(tab)


def times_answered(response: Stored, page_key: str) -> int:
    """What a form of a page carries as `seen`."""
    return _latest(response, page_key)[0]


def _with(
    response: Stored, page_key: str, answers: Mapping[str, Answer], now: int, turn: Turn | None = None
) -> Stored:
    turn = turn or (_latest(response, page_key)[0] + 1, "")  # a plain form is newer than all before it
    return replace(
        response,
        answers={**response.answers, **answers},
        concealed=tuple(key for key in response.concealed if key not in answers),
        quarter=now,
        turns={**response.turns, page_key: list(turn)},
    )


def next_page(
    question_set: QuestionSet,
    response: Stored,
    page_key: str,
    *,
    to_check: bool,
    unasked: Unasked = EVERYTHING,
) -> Page | None:
    """The page after this one, or None for "check your answers".

    On the way back from there (`to_check`), only pages that have never been seen come in between.
    """
    pages = without(path(question_set, response.answers, response.seed), unasked)
    if to_check:
        return first_unmet(pages, response.answers)
    keys = [page.key for page in pages]
    following = keys.index(page_key) + 1 if page_key in keys else 0
    return pages[following] if following < len(pages) else None


def _conceal_if_left(response: Stored, now: int) -> Stored:
    return replace(response, concealed=tuple(response.answers)) if response.left(now) else response
