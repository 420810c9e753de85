"""A question set as files: taken away as text, spreadsheet, codebook or paper, and brought back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from questions import Fault, QuestionSet, WrongDefinition, WrongSet, read, xlsform
from questions.codebook import as_csv, as_html
from survey import access
from survey.designer import drafts
from survey.designer.drafts import Working
from survey.designer.opening import DESIGNS, may_design, one, open_set
from survey.designer.pages import list_page
from survey.instruments import versions
from survey.models import Instrument, Revision, Staff
from survey.set_on_paper import Paper, tongues
from survey.web import Form, Page, Problem, Upload, installation, see, speak

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TEXT = 2**20  # bytes; a set of a hundred questions in six languages has a quarter of it
MOST_FAULTS = 100
MOST_QUESTIONS = 500


# What is taken away


@dataclass(frozen=True, slots=True)
class Chosen:
    """What files are made of: the draft as it stands, or a version that was published."""

    question_set: QuestionSet
    source: str
    published: Instrument | None
    at: int

    @property
    def name(self) -> str:
        """What tells its files from others, as in `version-2`."""
        return f"version-{self.published.version}" if self.published else f"draft-{self.at}"

    @property
    def query(self) -> str:
        """What an address says to mean it; the draft needs no word."""
        return f"?version={self.published.version}" if self.published else ""


def choose(now: Working, every: Sequence[Instrument], version: str | None) -> Chosen:
    """A version by its number; without one the draft, or what is published where there is none."""
    wanted = next((one for one in every if str(one.version) == version), None)
    if version and wanted is None:
        raise Problem(404, "There is no such version", "Go back to the files, and choose one that is there.")
    if now.last is None:
        wanted = wanted or now.published
    source = wanted.source if wanted else now.last.source if now.last else ""
    return Chosen(drafts.as_read(source), source, wanted, now.at)


def files(request: Request, session: Session) -> Page:
    """Everything that can be taken away, and the way to bring a file back."""
    staff, now = open_set(request, session)
    return files_page(request, session, staff, now)


def files_page(
    request: Request,
    session: Session,
    staff: Staff,
    now: Working,
    *,
    faults: Sequence[Fault] = (),
    theirs: Sequence[Revision] = (),
    same: bool = False,
    status: int = 200,
) -> Page:
    """The page of a set's files; `faults` are of a file that was just sent, `theirs` what others did meanwhile."""
    every = versions(session, now.key)
    chosen = choose(now, every, request.query_params.get("version"))
    shown = {
        "staff": staff,
        "may_design": may_design(staff),
        "now": now,
        "versions": every,
        "chosen": chosen,
        "languages": tongues(chosen.question_set, installation(request).languages),
        "faults": faults[:MOST_FAULTS],
        "more_faults": max(len(faults) - MOST_FAULTS, 0),
        "theirs": theirs,
        "same": same,
    }
    return Page("designer/files.html", shown, status)


def download(request: Request, session: Session) -> Page | Response:
    """One file of a set, or one of its pages to read or print."""
    staff, now = open_set(request, session)
    chosen = choose(now, versions(session, now.key), request.query_params.get("version"))
    name = request.path_params["name"]
    if name in DOWNLOADS:
        make, kind = DOWNLOADS[name]
        headers = {"content-disposition": f'attachment; filename="{now.key}-{chosen.name}{ENDINGS[name]}"'}
        return Response(_made(make, chosen), headers=headers, media_type=kind)
    if name == "codebook":
        told = Markup(as_html(chosen.question_set))  # noqa: S704  everything in it is escaped
        return Page(
            "designer/codebook.html", {"staff": staff, "now": now, "chosen": chosen, "codebook": told}
        )
    if name == "paper":
        return paper(request, staff, now, chosen)
    raise Problem(404, "There is no such file", "Go back to the files of this set, and choose one.")


def _made(make: Callable[[Chosen], bytes], chosen: Chosen) -> bytes:
    """A file of a set; a sentence on what it cannot hold."""
    try:
        return make(chosen)
    except WrongDefinition as wrong:
        told = f"{' '.join(wrong.messages)} Or take the text file, which holds every set."
        raise Problem(422, "A spreadsheet cannot hold this set", told) from None


def _codebook_csv(chosen: Chosen) -> bytes:
    return as_csv(chosen.question_set).encode(
        "utf-8-sig"
    )  # or a spreadsheet program takes it for another encoding


DOWNLOADS: dict[str, tuple[Callable[[Chosen], bytes], str]] = {
    "questions.toml": (lambda chosen: chosen.source.encode(), "application/toml; charset=utf-8"),
    "questions.xlsx": (lambda chosen: xlsform.write(chosen.question_set), SPREADSHEET),
    "codebook.csv": (_codebook_csv, "text/csv; charset=utf-8"),
}
ENDINGS = {"questions.toml": ".toml", "questions.xlsx": ".xlsx", "codebook.csv": "-codebook.csv"}


def paper(request: Request, staff: Staff, now: Working, chosen: Chosen) -> Page:
    """A set as a form on paper, in a language that it has."""
    known = tongues(chosen.question_set, installation(request).languages)
    wanted = request.query_params.get("lang")
    language = wanted if wanted in dict(known) else chosen.question_set.language
    assert language is not None
    shown = {
        "staff": staff,
        "now": now,
        "chosen": chosen,
        "set": chosen.question_set,
        "paper": Paper(chosen.question_set, language, speak(request, language)),
        "languages": known,
        "large": request.query_params.get("large") == "1",
    }
    return Page("designer/paper.html", shown)


# What is brought back


def read_sent(sent: Sequence[Upload]) -> QuestionSet:
    """The set in the one file that was sent; raises WrongSet with every fault of it."""
    if len(sent) != 1:
        told = f"{len(sent)} files were sent. Choose one." if sent else "No file was chosen. Choose one."
        raise WrongSet([Fault("the file", told)])
    (file,) = sent
    if not file.content.strip():
        raise WrongSet([Fault("the file", "It is empty. Save it again, and choose it again.")])
    found = xlsform.read(file.content) if is_workbook(file.content) else read(text_of(file.content))
    if len(found.questions) > MOST_QUESTIONS:
        told = f"It asks {len(found.questions):,} questions. A set can ask {MOST_QUESTIONS}."
        raise WrongSet([Fault("the file", told)])
    return found


def is_workbook(content: bytes) -> bool:
    """Whether the spreadsheets' reader should have a file: it is one, or a table that somebody takes for one."""
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return True
    lines = (line.strip() for line in content[:10_000].splitlines())
    first = next((line for line in lines if line and not line.startswith(b"#")), b"")
    return (
        b"=" not in first
        and not first.startswith(b"[")
        and any(mark in first for mark in (b",", b";", b"\t"))
    )


def text_of(content: bytes) -> str:
    """A file as text; raises WrongSet where it is none."""
    if len(content) > LONGEST_TEXT:
        raise WrongSet(
            [
                Fault(
                    "the file",
                    "It is larger than 1 MB, which is far more than questions need. Is it the right one?",
                )
            ]
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        told = f"It is neither a workbook nor text in UTF-8: byte {wrong.start + 1} is something else. "
        raise WrongSet([Fault("the file", told + "Save it as .xlsx, or as text in UTF-8.")]) from None


def may_upload(request: Request, session: Session) -> Staff:
    """Who may bring files."""
    return access.open_staff_page(request, session, DESIGNS)


def upload(request: Request, session: Session, form: Form, sent: Sequence[Upload]) -> Page | Response:
    """Put what a file says in place of a draft: a change like any other, which can be undone."""
    try:
        found, faults = read_sent(sent), tuple[Fault, ...]()
    except WrongSet as wrong:
        found, faults = None, wrong.faults
    staff, now = open_set(request, session, DESIGNS, to_change=True)
    if now.retired_on:
        raise Problem(409, "This set is retired", "Bring it back before you change it.")
    if found is None or found.key != now.key:
        faults = faults or _other_key(found, now)
        return files_page(request, session, staff, now, faults=faults, status=422)
    theirs = changed_by_others(session, now, one(form, "seen"), staff)
    if theirs:
        return files_page(request, session, staff, now, theirs=theirs, status=409)
    return _replace(request, session, staff, now, found, told_name(sent[0]))


def _other_key(found: QuestionSet | None, now: Working) -> tuple[Fault, ...]:
    assert found is not None
    told = (
        f"It is the set “{found.key}”, and this one is “{now.key}”. To put it in place of this one, write {now.key} "
        "as its key (form_id on the settings sheet). To keep both, go to the list of question sets and upload it there."
    )
    return (Fault("the file", told),)


def changed_by_others(session: Session, now: Working, seen: str, staff: Staff) -> list[Revision]:
    """What others did to a draft since a page was opened, newest first."""
    since = int(seen) if re.fullmatch("[0-9]{1,9}", seen) else now.at
    return [other for other in drafts.history(session, now.key, since) if other.who != staff.name]


def told_name(file: Upload) -> str:
    """What a file is called, as it may stand in a sentence."""
    name = "".join(letter for letter in re.split(r"[\\/]", file.name)[-1] if letter.isprintable())
    return name if len(name) <= 60 else f"{name[:40]}…{name[-15:]}"


def _replace(
    request: Request, session: Session, staff: Staff, now: Working, found: QuestionSet, name: str
) -> Page | Response:
    clock = installation(request).now()
    try:
        at = drafts.save(session, now, found, staff.name, clock, f"replaced it with the file “{name}”")
    except IntegrityError:
        raise _at_once() from None
    except WrongDefinition as wrong:
        faults = [Fault("the file", told) for told in wrong.messages]
        return files_page(request, session, staff, now, faults=faults, status=422)
    if at == now.at:
        return files_page(request, session, staff, now, same=True)
    access.note(session, clock, staff.name, "uploaded", f"question set {now.key}")
    return see(f"/staff/sets/{now.key}")


def _at_once() -> Problem:
    return Problem(409, "Somebody changed this at the same moment", "Go back, and send the file again.")


def upload_new(request: Request, session: Session, _form: Form, sent: Sequence[Upload]) -> Page | Response:
    """Begin a set with what a file says."""
    try:
        found, told = read_sent(sent), list[str]()
    except WrongSet as wrong:
        found, told = None, [str(fault) for fault in wrong.faults]
    staff = may_upload(request, session)
    if found is not None and found.key in drafts.every_key(session):
        told = [_taken(found.key)]
    if found is None or told:
        return replace(list_page(request, session, staff, messages=told), status=422)
    return _begin(request, session, staff, found, told_name(sent[0]))


def _taken(key: str) -> str:
    return Markup(
        "There is a set “{0}” already. To put the file in its place, upload it on "
        '<a href="/staff/sets/{0}/files">its page of files</a>. To keep both, give the file another key.'
    ).format(key)


def _begin(
    request: Request, session: Session, staff: Staff, found: QuestionSet, name: str
) -> Page | Response:
    clock = installation(request).now()
    try:
        drafts.start(session, found, staff.name, clock, f"began with the file “{name}”")
    except IntegrityError:
        raise _at_once() from None
    except WrongDefinition as wrong:
        return list_page(request, session, staff, messages=wrong.messages)
    access.note(session, clock, staff.name, "began", f"question set {found.key}")
    return see(f"/staff/sets/{found.key}")
