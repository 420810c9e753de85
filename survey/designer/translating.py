"""Staff translate a set: every text side by side with its source, on the page or as a PO file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil
from typing import cast
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from questions import QuestionSet
from questions.messages import _
from questions.text import STATUSES, Status, language_faults
from questions.translating import Said, Spot, faults, said, spots, translated
from survey import access
from survey.designer import drafts
from survey.designer.drafts import Working
from survey.designer.forms import WrongForm
from survey.designer.languages import keep, may_change, standing, to_change
from survey.designer.merging import Merged, counted, mark, merged, plain
from survey.designer.opening import DESIGNS, one, open_set, whole
from survey.designer.po import Brought, brought, fitting, po_file
from survey.designer.tongues import Tongue, tongue
from survey.models import Staff
from survey.web import Form, Page, Problem, Upload, installation, see

TOGETHER = 50  # texts on a page
LOOKED_BACK = 10  # changes of the same person in a row
PARTS = {
    "title": _("Title"),
    "note": _("Note before the questions"),
    "prompt": _("Question"),
    "hint": _("Hint"),
    "choice": _("Choice"),
    "dont_know": _("Choice"),
    "prefer_not_to_say": _("Choice"),
    "constraint_message": _("Said of an answer outside the limits"),
    "fallback": _("Said later where there is no answer"),
}
FILTERS = {"all": _("All"), "left": _("Left to do"), "review": _("To review")}
RANKS = (None, "draft", "translated", "reviewed")


@dataclass(frozen=True, slots=True)
class Row:
    """One text as the page shows it.

    n: its place on the page, from 1. number: of its question. given: what stands in the form. mark: how the text
    was when it was opened.
    wrong: why the words are not saved. theirs: what the set says by now, where the form says something else.
    kept: nothing that was typed waits to be saved. restated: its status is not what the menu said.
    """

    n: int
    spot: Spot
    number: int | None
    given: Said
    mark: str
    status: Status | None
    wrong: tuple[str, ...] = ()
    theirs: Said | None = None
    kept: bool = True
    restated: bool = False


def translation(request: Request, session: Session) -> Page:
    """Every text of a set beside its words in a language, gaps first."""
    staff, now = open_set(request, session)
    return _asked_page(request, staff, now, _about(request, now))


def _about(request: Request, now: Working) -> Tongue:
    """The language in the address."""
    code = request.path_params["lang"]
    if list(language_faults(code)) or code == now.question_set.language:
        raise Problem(
            404, "We cannot find that language", "Go back to the languages of the set and choose one."
        )
    return tongue(installation(request), code)


def _asked_page(
    request: Request, staff: Staff, now: Working, about: Tongue, messages: Sequence[str] = ()
) -> Page:
    """The texts that the address asks for."""
    asked = request.query_params
    every = chosen(now.question_set, about.code, _filter(asked))
    these = every[TOGETHER * (_part(asked, every) - 1) :][:TOGETHER]
    rows = _rows(now.question_set, about.code, these)
    status = 422 if messages else 200
    taken = whole(asked.get("taken", ""))
    return _page(request, staff, now, about, rows, asked, messages=messages, status=status, taken=taken)


def _filter(asked: Mapping[str, str]) -> str:
    return asked.get("show", "") if asked.get("show") in FILTERS else "all"


def _part(asked: Mapping[str, str], every: Sequence[Spot]) -> int:
    """The number of a page of texts, from 1; the last one where there are not as many."""
    told = asked.get("part", "")
    return min(max(int(told), 1), _parts(every)) if told.isdecimal() and len(told) < 5 else 1


def _parts(every: Sequence[Spot]) -> int:
    return max(1, ceil(len(every) / TOGETHER))


def chosen(question_set: QuestionSet, language: str, show: str) -> list[Spot]:
    """The texts to show: gaps first, then drafts, then the rest; or only what is left to do, or to review."""
    wanted = {"all": RANKS, "left": RANKS[:2], "review": RANKS[2:3]}[show]
    every = [spot for spot in spots(question_set) if spot.text.status(language) in wanted]
    return sorted(every, key=lambda spot: RANKS.index(spot.text.status(language)))


def _rows(question_set: QuestionSet, language: str, these: Iterable[Spot]) -> list[Row]:
    numbers = {question.key: n for n, question in enumerate(question_set.questions, 1)}
    return [
        Row(
            n,
            spot,
            numbers[spot.question.key] if spot.question else None,
            said(spot.text, language),
            mark(spot, language),
            spot.text.status(language),
        )
        for n, spot in enumerate(these, 1)
    ]


def _page(
    request: Request,
    staff: Staff,
    now: Working,
    about: Tongue,
    rows: Sequence[Row],
    asked: Mapping[str, str],
    *,
    messages: Sequence[str] = (),
    unticked: bool = False,
    gone: Sequence[str] = (),
    quietly: bool = False,
    status: int = 200,
    taken: int | None = None,
) -> Page:
    """Some texts, below how far the language is; `asked` is which of them were asked for.

    unticked: they were to be reviewed by somebody who did not say that they speak it; else `messages` refuse a file.
    """
    lists = {name: chosen(now.question_set, about.code, name) for name in FILTERS}
    show = _filter(asked)
    shown = {
        "taken": taken,
        "staff": staff,
        "may_change": may_change(staff, now),
        "now": now,
        "own": tongue(installation(request), now.question_set.language),
        "standing": standing(about, now.question_set),
        "kinds": PARTS,
        "filters": FILTERS,
        "counts": {name: len(found) for name, found in lists.items()},
        "show": show,
        "part": _part(asked, lists[show]),
        "parts": _parts(lists[show]),
        "rows": rows,
        "messages": messages,
        "unticked": unticked,
        "gone": gone,
        "unsaved": [row for row in rows if not row.kept],
        "quietly": quietly,
    }
    return Page("designer/translation.html", shown, status, block="saved")


# Words that were written on the page


@dataclass(slots=True)
class Sent:
    """The texts of a page as they came back, and what can be kept of them; `menus` is what they were set to."""

    typed: Mapping[str, Said]
    marks: Mapping[str, str]
    menus: Mapping[str, str]
    met: Merged = field(default_factory=Merged)
    wrong: dict[str, tuple[str, ...]] = field(default_factory=dict)


def may_translate(request: Request, session: Session) -> None:
    """Raise Problem for somebody who may not change the set in the address."""
    open_set(request, session, DESIGNS)


def save_words(request: Request, session: Session, form: Form, _files: Sequence[Upload]) -> Page | Response:
    """Keep what was written; what cannot be kept is shown with the reason, and stays as it was typed."""
    staff, now = to_change(request, session)
    about, sent = _about(request, now), _typed(form)
    reviewing = one(form, "do") == "review"
    sure = not reviewing or bool(form.get("mine"))
    sent.met = _met(session, staff, now, about.code, form, sent, reviewed=reviewing and sure)
    _set_aside_what_is_wrong(sent, now.question_set, about.code)
    _write(request, session, staff, now, about, sent.met.taken)
    troubled = sent.wrong or sent.met.clashing or sent.met.gone or not sure
    if troubled or "hx-request" in request.headers:
        after = drafts.working(session, now.key)
        return _sent_page(request, staff, after, about, form, sent, sure=sure)
    told = urlencode({"show": one(form, "show"), "part": one(form, "go") or one(form, "part")})
    return see(f"/staff/sets/{now.key}/languages/{about.code}?{told}#words")


def _met(
    session: Session, staff: Staff, now: Working, language: str, form: Form, sent: Sent, *, reviewed: bool
) -> Merged:
    """What was sent beside what the set says by now."""
    there = {spot.address: spot for spot in spots(now.question_set)}
    typed = {address: _as_reviewed(one) for address, one in sent.typed.items()} if reviewed else sent.typed
    met = merged(there, language, typed, sent.marks)
    for address in {*form.get("over", []), *_mine(session, now, staff.name, language, met, sent.marks)}:
        if address in met.clashing:
            met.taken[address] = met.clashing.pop(address)
    if not reviewed:
        met.taken = _counted(met.taken, there, language)
    return met


def _mine(
    session: Session, now: Working, who: str, language: str, met: Merged, marks: Mapping[str, str]
) -> set[str]:
    """The texts that only this person has changed since: a page may save twice before it hears back."""
    found: set[str] = set()
    latest = drafts.history(session, now.key, max(now.at - LOOKED_BACK, 0)) if met.clashing else []
    for mine, before in pairwise(latest):
        if mine.who != who:
            break
        then = {spot.address: spot for spot in spots(drafts.as_read(before.source))}
        found |= {one for one in met.clashing if one in then and mark(then[one], language) == marks[one]}
    return found


def _set_aside_what_is_wrong(sent: Sent, question_set: QuestionSet, language: str) -> None:
    for fault in faults(question_set, language, sent.met.taken):
        sent.wrong[fault.place] = (*sent.wrong.get(fault.place, ()), fault.message)
        sent.met.taken.pop(fault.place, None)


def _typed(form: Form) -> Sent:
    """What the form says of each text, and how each was when it was opened."""
    addresses, words, menus, marks = (form.get(name, []) for name in ("address", "words", "status", "mark"))
    if len({*map(len, (addresses, words, menus, marks))}) != 1 or not {*menus} <= {"", *STATUSES}:
        raise Problem(400, "Some of the form is missing", "Nothing was changed. Go back and send it again.")
    statuses = (cast(Status, one or "translated") for one in menus)  # empty: there were no words
    typed = dict(zip(addresses, zip(words, statuses, strict=True), strict=True))
    return Sent(typed, dict(zip(addresses, marks, strict=True)), dict(zip(addresses, menus, strict=True)))


def _as_reviewed(given: Said) -> Said:
    return given if given[1] == "draft" else (given[0], "reviewed")


def _counted(taken: Mapping[str, Said], there: Mapping[str, Spot], language: str) -> dict[str, Said]:
    return {address: counted(given, said(there[address].text, language)) for address, given in taken.items()}


def _write(
    request: Request, session: Session, staff: Staff, now: Working, about: Tongue, taken: Mapping[str, Said]
) -> None:
    """Keep words as one revision, and note in the audit that somebody reviewed some."""
    if not taken:
        return
    there = {spot.address: spot.text.status(about.code) for spot in spots(now.question_set)}
    fresh = [one for one, given in taken.items() if given[1] == "reviewed" and there[one] != "reviewed"]
    others = len(taken) - len(fresh)
    parts = [f"{did} {_texts(n)}" for did, n in (("changed", others), ("reviewed", len(fresh))) if n]
    changed = translated(now.question_set, about.code, taken)
    keep(request, session, staff, now, changed, f"{' and '.join(parts)} in {about.english}")
    if fresh:
        clock = installation(request).now()
        access.note(session, clock, staff.name, f"reviewed {_texts(len(fresh))} in {about.code}", _named(now))


def _named(now: Working) -> str:
    return f"question set {now.key}"


def _texts(number: int) -> str:
    return "1 text" if number == 1 else f"{number} texts"


def _sent_page(
    request: Request, staff: Staff, now: Working, about: Tongue, form: Form, sent: Sent, *, sure: bool
) -> Page:
    """The texts that were sent, in the order they had: what was typed stands wherever it could not be kept."""
    there = {spot.address: spot for spot in spots(now.question_set)}
    shown = _rows(now.question_set, about.code, [there[one] for one in sent.typed if one in there])
    places = {address: n for n, address in enumerate(sent.typed, 1)}  # on the page that they came from
    quietly = "hx-request" in request.headers  # the form stays as it is in the browser
    tick = f"Tick first that you speak {about.english} and have read what you review."
    wrong = 422 if sent.wrong or not sure else 200
    return _page(
        request,
        staff,
        now,
        about,
        [replace(_as_sent(row, sent, quietly=quietly), n=places[row.spot.address]) for row in shown],
        {name: one(form, name) for name in ("show", "part")},
        messages=() if sure else [tick],
        unticked=not sure,
        gone=[words for words, _status in sent.met.gone.values()],
        quietly=quietly,
        status=409 if sent.met.clashing or sent.met.gone else wrong,
    )


def _as_sent(row: Row, sent: Sent, *, quietly: bool) -> Row:
    address = row.spot.address
    typed, opened = plain(sent.typed[address]), sent.marks[address]
    clashes, wrong = address in sent.met.clashing, sent.wrong.get(address, ())
    unseen = quietly and opened != row.mark and address not in sent.met.taken and typed != row.given
    if clashes or wrong or unseen:
        theirs, kept = row.given if clashes or unseen else None, not (clashes or wrong)
        return replace(row, given=sent.typed[address], mark=opened, wrong=wrong, theirs=theirs, kept=kept)
    return replace(row, restated=sent.menus[address] != (row.status or ""))


# PO files


def download(request: Request, session: Session) -> Response:
    """The words of a language as a PO file."""
    _staff, now = open_set(request, session)
    about = _about(request, now)
    content = po_file(now.question_set, about, now.at, installation(request).now())
    name = f'attachment; filename="{now.key}-{about.code}.po"'
    return Response(content, media_type="text/x-gettext-translation", headers={"content-disposition": name})


def bring(request: Request, session: Session, _form: Form, files: Sequence[Upload]) -> Page | Response:
    """Take the words of a PO file: all that it changes, or none, with every reason and its line."""
    file = _read(files)
    staff, now = to_change(request, session)
    about = _about(request, now)
    try:
        taken = _brought(session, now, about.code, file)
    except WrongForm as wrong:
        return _asked_page(request, staff, now, about, wrong.messages)
    _write(request, session, staff, now, about, taken)
    return see(f"/staff/sets/{now.key}/languages/{about.code}?taken={len(taken)}")


def _read(files: Sequence[Upload]) -> Brought | WrongForm:
    """The file that was sent, read before anybody else has to wait; or what is wrong with it."""
    try:
        return brought(files[0].content) if files else WrongForm(["Choose a PO file first."])
    except WrongForm as wrong:
        return wrong


def _brought(session: Session, now: Working, language: str, file: Brought | WrongForm) -> dict[str, Said]:
    """What a file changes; raises WrongForm, also where somebody changed the same after it was made."""
    if isinstance(file, WrongForm):
        raise file
    there = {spot.address: spot for spot in spots(now.question_set)}
    told = fitting(now.question_set, language, file)
    made_of = {spot.address: spot for spot in spots(_made_of(session, now, file.at))}
    marks = {address: mark(made_of.get(address, spot), language) for address, spot in there.items()}
    met = merged(there, language, told, marks)
    lines = {entry.address: entry.line for entry in file.entries}
    if met.clashing:
        raise WrongForm([_newer(lines[one], there[one], language) for one in met.clashing])
    return _counted(met.taken, there, language)


def _newer(line: int, spot: Spot, language: str) -> str:
    words = said(spot.text, language)[0]
    told = f"It says now: {words}" if words else "They took its words out."
    return f"line {line}, {spot.address}: Somebody changed this after the file was made. {told}"


def _made_of(session: Session, now: Working, at: int | None) -> QuestionSet:
    """The set that a file was made of; as it is now where the file does not say, or says it of another draft."""
    if at is None or at > now.at or now.at == 0:
        return now.question_set
    return drafts.as_read(drafts.revision(session, now.key, at or drafts.FIRST).source)
