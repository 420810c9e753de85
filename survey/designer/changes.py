"""Every change to a draft: made on what it is now, kept as a revision, and never over somebody else's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from questions import Question, QuestionSet, WrongDefinition, editing
from questions.naming import key_from
from survey import access, instruments
from survey.designer import drafts, forms, show_if
from survey.designer.drafts import Working
from survey.designer.forms import WrongForm
from survey.designer.opening import DESIGNS, one, open_set, whole
from survey.designer.refilling import Sent, beside_theirs, sent_to
from survey.designer.showing import shown_designer
from survey.models import Draft, Staff
from survey.web import Form, Page, Problem, installation, see


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change makes of a set, what was done in words, and which question is open after it."""

    question_set: QuestionSet
    did: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What a change is made on: the set as it is now, and as it was when the form was made.

    others: whether somebody else has changed it in between. published: the version that is in use.
    """

    found: QuestionSet
    then: QuestionSet
    others: bool
    published: QuestionSet | None


Edit = Callable[[Ground], Changed]
Touched = Callable[[QuestionSet], object]


def change(
    request: Request, session: Session, form: Form, key: str | None, touches: Touched, edit: Edit
) -> Page | Response:
    """Make one change to a draft, unless somebody else changed the same thing since it was opened.

    touches: the part of a set that the change is about; others' changes elsewhere are kept and told of.
    """
    staff, now = open_set(request, session, DESIGNS, to_change=True)
    if now.retired_on:
        raise Problem(409, "This set is retired", "Bring it back before you change it.")
    seen = _seen(form, now)
    ground = _ground(session, now, seen, staff.name)
    sent, keys = sent_to(request.url.path, form), [key or "", request.path_params.get("question", "")]
    if sent and sent.words and key and not _has(now.question_set, key):
        return _gone(session, staff, now, seen, sent)
    if seen > now.at or (ground.others and _touched(touches, ground.then) != _touched(touches, ground.found)):
        return _clash(
            session, staff, now, seen, key, sent and beside_theirs(sent, keys, ground.then, ground.found)
        )
    try:
        made = edit(ground)
        at = drafts.save(session, now, made.question_set, staff.name, _clock(request), made.did)
    except drafts.ChangedMeanwhile:
        return _clash(
            session, staff, now, seen, key, sent and beside_theirs(sent, keys, ground.then, ground.found)
        )
    except (WrongForm, WrongDefinition) as wrong:
        return shown_designer(
            staff, now, key, sent=sent, messages=wrong.messages, nothing_typed=sent is None, status=422
        )
    except IntegrityError:
        raise _at_once() from None
    return _back(now.key, made.key or key, seen if seen not in (now.at, at) else None)


def _at_once() -> Problem:
    return Problem(409, "Somebody changed this at the same moment", "Go back, and press the button again.")


def _seen(form: Form, now: Working) -> int:
    """The revision that the form was made from."""
    told = whole(one(form, "seen"))
    return now.at if told is None else told


def _ground(session: Session, now: Working, seen: int, who: str) -> Ground:
    """What there is to make a change on."""
    published = instruments.parsed(now.published) if now.published else None
    if seen >= now.at:
        return Ground(now.question_set, now.question_set, others=False, published=published)
    then = drafts.as_read(drafts.revision(session, now.key, seen or drafts.FIRST).source)
    others = any(other.who != who for other in drafts.history(session, now.key, seen))
    return Ground(now.question_set, then, others, published)


def _has(question_set: QuestionSet, key: str) -> bool:
    return any(question.key == key for question in question_set.questions)


def _touched(touches: Touched, question_set: QuestionSet) -> object:
    try:
        return touches(question_set)
    except KeyError:
        return None


def _clash(
    session: Session,
    staff: Staff,
    now: Working,
    seen: int,
    key: str | None,
    sent: Sent | None = None,
) -> Page:
    """What others did meanwhile, beside what was typed."""
    theirs = [other for other in drafts.history(session, now.key, seen) if other.who != staff.name]
    if sent and sent.which != "title" and not (key and _has(now.question_set, key)):
        sent = None  # what it was about is not there any more
    return shown_designer(
        staff,
        now,
        key,
        sent=sent,
        news=theirs or drafts.history(session, now.key, seen),
        clash=True,
        status=409,
    )


def _gone(session: Session, staff: Staff, now: Working, seen: int, sent: Sent) -> Page:
    """What was typed for a question that is there no more, so that its words can be kept."""
    words = sent.words
    told = [
        f"You wrote “{words}”. That question was taken out, or has another key now: add it anew, or change that."
    ]
    told += [f"{other.who} {other.did}." for other in drafts.history(session, now.key, seen)]
    return shown_designer(staff, now, None, messages=told, status=409)


def _back(set_key: str, key: str | None, since: int | None = None) -> Response:
    asked = {"q": key} if key else {}
    if since is not None:
        asked["since"] = str(since)
    return see(f"/staff/sets/{set_key}{'?' + urlencode(asked) if asked else ''}#question")


def _clock(request: Request) -> dt.datetime:
    return installation(request).now()


def _short(text: object) -> str:
    """The beginning of some words, in quotation marks."""
    told = str(text)
    return f"“{told if len(told) <= 60 else told[:57].rsplit(' ', 1)[0] + ' …'}”"


def _shape(question_set: QuestionSet) -> object:
    return [[question.key for question in page.questions] for page in question_set.pages]


def add_question(request: Request, session: Session, form: Form) -> Page | Response:
    """Add a question, after the one that is open or at the end."""
    after, words, kind = one(form, "after"), one(form, "words"), one(form, "new_kind")

    def edit(ground: Ground) -> Changed:
        found = ground.found
        key = editing.free_key(found, key_from(words))
        question = forms.new_question(kind, key, words, found.language)
        keys = [question.key for question in found.questions]
        at = editing.page_number(found, after) + 1 if after in keys else len(found.pages)
        return Changed(editing.add(found, question, at), f"added {_short(words)}", key)

    return change(request, session, form, after or None, lambda _: None, edit)


def save_question(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep what the form of a question says; a key and codes that were made of its words follow them."""
    sent, key = _opened(request, session)
    form = {**form, "key": [key]} if one(form, "key") == sent else form

    def edit(ground: Ground) -> Changed:
        found = ground.found
        old = _question(found, key)
        before = ground.then.asked(key) or ground.then.asked(sent) or old
        in_use = drafts.in_use(session, request.path_params["key"], key)
        typed = forms.question_from(
            form,
            before,
            found.language,
            lambda kind: (
                drafts.last_of_kind(session, request.path_params["key"], key, kind)
                or (ground.published.asked(key) if ground.published else None)
            ),
            in_use or frozenset(),
        )
        if in_use is None:
            typed = replace(typed, key=editing.key_after(found, before, typed))
        new = editing.merged(before, typed, old, prefer=not ground.others)
        if new is None:
            raise drafts.ChangedMeanwhile
        if ground.published and _has(ground.published, key):
            new = replace(new, key=key)  # in use since it was published
        recoded = forms.recoded(form, typed)
        return Changed(editing.put(found, key, new, recoded), f"changed {_short(old.prompt)}", new.key)

    return change(request, session, form, key, lambda _: None, edit)


def _opened(request: Request, session: Session) -> tuple[str, str]:
    """The key that the open question had when its page was made, and the one that it has now."""
    sent: str = request.path_params["question"]
    return sent, drafts.now_called(session, request.path_params["key"], sent)


def _question(found: QuestionSet, key: str) -> Question:
    try:
        return found.question(key)
    except KeyError:
        raise Problem(
            404, "That question is not there any more", "Somebody took it out. Go back to the set and look."
        ) from None


ACTIONS: dict[str, tuple[Callable[[QuestionSet, str], QuestionSet], str]] = {
    "up": (editing.up, "moved up"),
    "down": (editing.down, "moved down"),
    "join": (editing.join, "put on the page before"),
    "split": (editing.split, "gave a page of its own to"),
    "remove": (editing.remove, "took out"),
}


def act(request: Request, session: Session, form: Form) -> Page | Response:
    """Move, copy or take out a question: each is a button called after what it does, with the question's key."""
    access.open_staff_page(request, session, DESIGNS)
    do = next((name for name in (*ACTIONS, "duplicate", "drop") if one(form, name)), "")
    if not do:
        raise Problem(400, "Nothing was chosen", "Go back and press one of the buttons.")
    key, before = one(form, do), one(form, "before") or None

    def edit(ground: Ground) -> Changed:
        found = ground.found
        words = _short(_question(found, key).prompt)
        if do == "duplicate":
            copied, copy = editing.duplicate(found, key)
            return Changed(copied, f"copied {words}", copy)
        if do == "drop":
            if before:
                _question(found, before)
            return Changed(editing.place_before(found, key, before), f"moved {words}", key)
        make, told = ACTIONS[do]
        return Changed(make(found, key), f"{told} {words}", None if do == "remove" else key)

    removing = do in ("remove", "duplicate")
    return change(
        request, session, form, key, (lambda found: found.question(key)) if removing else _shape, edit
    )


def save_condition(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep who is asked a question."""
    was, key = _opened(request, session)

    def edit(ground: Ground) -> Changed:
        found = ground.found
        old = _question(found, key)
        new = replace(old, show_if=show_if.condition_from(form, found, old.show_if))
        return Changed(editing.put(found, key, new), f"changed who is asked {_short(old.prompt)}", key)

    return change(
        request, session, form, key, lambda found: (found.asked(key) or found.question(was)).show_if, edit
    )


def save_page_condition(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep who comes to the page that a question is on."""
    was, key = _opened(request, session)

    def edit(ground: Ground) -> Changed:
        found = ground.found
        words = _short(_question(found, key).prompt)
        page = found.pages[editing.page_number(found, key)]
        new = replace(page, show_if=show_if.condition_from(form, found, page.show_if))
        return Changed(
            editing.put_page(found, page.key, new), f"changed who comes to the page of {words}", key
        )

    return change(request, session, form, key, lambda found: _bare_page(found, key, was), edit)


def save_page(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep the title, the note and the block of the page that a question is on."""
    was, key = _opened(request, session)

    def edit(ground: Ground) -> Changed:
        found = ground.found
        _question(found, key)
        page = found.pages[editing.page_number(found, key)]
        new = forms.page_from(form, page)
        return Changed(
            editing.put_page(found, page.key, new),
            f"changed the page of {_short(found.question(key).prompt)}",
            key,
        )

    return change(request, session, form, key, lambda found: _bare_page(found, key, was), edit)


def _bare_page(found: QuestionSet, key: str, was: str) -> object:
    page = found.pages[editing.page_number(found, key if _has(found, key) else was)]
    return page.title, page.note, page.random_block, page.show_if


def save_title(request: Request, session: Session, form: Form) -> Page | Response:
    """Keep the title of a set."""

    def edit(ground: Ground) -> Changed:
        found = ground.found
        title = editing.reworded(found.title, one(form, "title"))
        if title is None:
            raise WrongForm(["Give the question set a name."])
        if drafts.titled(session, str(title), but=request.path_params["key"]):
            raise WrongForm([f"There is another set “{title}”. Choose another name."])
        return Changed(editing.rebuilt(found, found.pages, title), f"called it {_short(title)}")

    return change(request, session, form, one(form, "q") or None, lambda found: found.title, edit)


def step(request: Request, session: Session, form: Form) -> Page | Response:
    """Undo the last change, or bring back what was undone, or go to how it was at any change."""
    staff, now = open_set(request, session, DESIGNS, to_change=True)
    if now.retired_on:
        raise Problem(409, "This set is retired", "Bring it back before you change it.")
    to = whole(one(form, "to"))
    if _seen(form, now) != now.at:
        return _clash(session, staff, now, _seen(form, now), one(form, "q") or None)
    if to is not None and 1 <= to <= now.at:
        drafts.go_to(session, now, to, staff.name, _clock(request))
    elif one(form, "do") == "redo":
        drafts.redo(session, now, staff.name, _clock(request))
    else:
        drafts.undo(session, now, staff.name, _clock(request))
    return _back(now.key, one(form, "q") or None)


def retire(request: Request, session: Session, form: Form) -> Response:
    """Retire a set, or bring it back; what is published stays and open collections go on."""
    staff, now = open_set(request, session, DESIGNS, to_change=True)
    clock = _clock(request)
    if session.get(Draft, now.key) is None:
        drafts.start(session, now.question_set, staff.name, clock, "began with what is published")
    draft = session.get_one(Draft, now.key)
    draft.retired_on = None if one(form, "do") == "bring back" else installation(request).today()
    did = "retired" if draft.retired_on else "brought back"
    access.note(session, clock, staff.name, did, f"question set {now.key}")
    return see(f"/staff/sets/{now.key}")
