"""The words of the interface: every sentence in every language, and those that staff choose instead."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from sqlmodel import Session, select
from starlette.requests import Request
from starlette.responses import Response

from questions import Message
from questions.messages import _
from questions.text import UNSEEN
from survey import access
from survey.languages import LOCALES, SOURCE, Language, read_catalogue
from survey.models import InterfaceText
from survey.web import Form, Page, Problem, installation, see, spoken_to

SHOWN = 40
DOMAINS = ("young", "staff")
LONGEST = 600  # characters
KEPT = re.compile(r"%\(\w+\)s|</?\w+[^<>]*>")  # a value that is filled in, or a tag


@dataclass(frozen=True, slots=True)
class Entry:
    """A sentence with the catalogue's words for it, and those that staff chose instead, if any."""

    sentence: str
    form: int
    words: str
    own: str | None


def words(request: Request, session: Session) -> Page:
    """Every sentence that has what was searched for in it, in one language."""
    code, search = (request.query_params.get(name, "") for name in ("language", "search"))
    return _page(request, session, code, search)


def choose(request: Request, session: Session, form: Form) -> Page | Response:
    """Say a sentence in other words from now on; with none, as the catalogue says it."""
    staff = access.open_staff_page(request, session, access.CHOOSES_WORDS)
    code, search, sentence, said = (_one(form, name) for name in ("language", "search", "sentence", "words"))
    number = _one(form, "form")
    key = (code, sentence, int(number) if number.isdecimal() else 0)
    if code not in installation(request).languages or (sentence, 0) not in sentences():
        raise Problem(
            404, _("There is no such sentence"), _("It may have changed. Please look for it again.")
        )
    fault = _fault(sentence, said) if said else None
    if fault:
        return _page(request, session, code, search, fault)
    _store(session, key, said)
    access.note(
        session, installation(request).now(), staff.name, "chose the words", f"{code}: {sentence}", said
    )
    installation(request).vocabulary.look_again()
    return see(f"/staff/words?{urlencode({'language': code, 'search': search})}")


def _store(session: Session, key: tuple[str, str, int], said: str) -> None:
    found = session.get(InterfaceText, key)
    if found is not None and not said:
        session.delete(found)
    elif found is not None:
        found.words = said
    elif said:
        session.add(InterfaceText(language=key[0], sentence=key[1], form=key[2], words=said))


def _page(request: Request, session: Session, code: str, search: str, fault: Message | None = None) -> Page:
    staff = access.open_staff_page(request, session, access.CHOOSES_WORDS)
    here = installation(request)
    language = here.catalogues.get(code) or here.catalogues[SOURCE]
    own = session.exec(select(InterfaceText).where(InterfaceText.language == language.code))
    chosen = {(row.sentence, row.form): row.words for row in own}
    found = [entry for entry in _entries(language, chosen) if _has(entry, search)]
    shown = {
        "staff": staff,
        "language": language,
        "languages": here.catalogues.values(),
        "search": search,
        "found": found[:SHOWN],
        "more": max(0, len(found) - SHOWN),
        "fault": spoken_to(request).say(fault) if fault else None,
    }
    return Page("words/words.html", shown, 422 if fault else 200)


def _entries(language: Language, chosen: dict[tuple[str, int], str]) -> Iterator[Entry]:
    """Every sentence in each of its forms: those that staff chose words for, a young person's, the rest."""
    english = sentences()
    forms = dict.fromkeys([*english, *(key for key in language.words if (key[0], 0) in english)])
    for key in sorted(forms, key=lambda key: (key not in chosen, key[0].startswith("%"))):
        said = language.words.get(key) or (english[key] if language.code == SOURCE else "")
        yield Entry(*key, said, chosen.get(key))


@cache
def sentences() -> dict[tuple[str, int], str]:
    """What the interface says in English, by sentence and plural form."""
    every = [message for name in DOMAINS for message in read_catalogue(LOCALES / f"{name}.pot") if message.id]
    said = ((message.id,) if isinstance(message.id, str) else message.id for message in every)
    return {(forms[0], form): words for forms in said for form, words in enumerate(forms)}


def _has(entry: Entry, search: str) -> bool:
    text = f"{entry.sentence} {entry.words} {entry.own or ''}".casefold()
    return all(word in text for word in search.casefold().split())


def _fault(sentence: str, said: str) -> Message | None:
    """What keeps words from standing for a sentence: a value or a tag that is lost, or one that it never had.

    A form of a plural may leave its number out.
    """
    known, kept = set(KEPT.findall(sentence)), set(KEPT.findall(said))
    wrong = kept - known if (sentence, 1) in sentences() else kept ^ known
    tags = [[one for one in KEPT.findall(text) if one.startswith("<")] for text in (sentence, said)]
    if tags[0] != tags[1]:
        wrong = wrong or {"tags"}
    if wrong:
        lost = " ".join(sorted(known)) or _("nothing")
        return _("Keep what is filled in or marked, exactly as in the sentence: %(lost)s.", lost=lost)
    if len(said) > LONGEST:
        return _("Use at most %(most)s characters.", most=LONGEST)
    if UNSEEN.search(said) or re.search(r'[<>{}"%]', KEPT.sub("", said)):
        return _("Leave out < > { } %% and straight quotation marks.")
    return None


def _one(form: Form, name: str) -> str:
    return next(iter(form.get(name, ())), "").strip()
