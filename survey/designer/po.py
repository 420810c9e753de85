"""The words of a set as a PO file: out to a translator's own tools, and in again with every fault at once."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser, write_po

from questions import QuestionSet
from questions.arrangement import nearest
from questions.text import Status
from questions.translating import Said, Spot, faults, said, spots
from survey.designer.forms import WrongForm
from survey.designer.tongues import Tongue

LARGEST = 2 * 2**20  # bytes
MOST_TOLD = 50  # faults
REVIEWED = (
    "reviewed"  # as a translator's comment: Poedit, Weblate and msgmerge keep those, and drop flags of ours
)
NOT_OURS = {
    "python-format",
    "python-brace-format",
}  # what the words look like to Babel: tools would check for it

LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(\[\d\])? +)?"(?:[^"\\]|\\.)*"')
AFTER = {  # which keyword may follow which
    "": ("msgctxt", "msgid"),
    "msgctxt": ("msgid",),
    "msgid": ("msgid_plural", "msgstr"),
    "msgid_plural": ("msgstr[]",),
    "msgstr": ("msgctxt", "msgid"),
    "msgstr[]": ("msgctxt", "msgid", "msgstr[]"),
}


# Out


def po_file(question_set: QuestionSet, tongue: Tongue, at: int, now: dt.datetime) -> str:
    """Every text of a set as the PO file of a language; `at` is the number of the draft's change it is made of."""
    catalogue = Catalog(fuzzy=False)
    numbers = {question.key: n for n, question in enumerate(question_set.questions, 1)}
    for spot in spots(question_set):
        words, status = said(spot.text, tongue.code)
        added = catalogue.add(
            spot.text.source,
            words,
            flags=["fuzzy"] if words and status == "draft" else [],
            user_comments=[REVIEWED] if words and status == "reviewed" else [],
            auto_comments=[where(spot, numbers)],
            context=spot.address,
        )
        added.flags -= NOT_OURS
    file = io.BytesIO()
    write_po(file, catalogue, width=100, omit_header=True)
    return _head(question_set, tongue, at, now) + file.getvalue().decode()


def where(spot: Spot, numbers: Mapping[str, int]) -> str:
    """Where a text stands, for somebody who sees it alone."""
    if spot.page is None:
        return "The title of the question set"
    if spot.question is None:
        return "The title of a page" if spot.part == "title" else "A note before questions"
    asked = f"question {numbers[spot.question.key]}"
    if spot.part == "prompt":
        return f"The words of {asked}"
    return f"{PARTS[spot.part]} {asked}: {_line(spot.question.prompt.source)}"


PARTS = {
    "hint": "The hint under",
    "choice": "A choice of",
    "dont_know": "A choice of",
    "prefer_not_to_say": "A choice of",
    "constraint_message": "Said of an answer that is outside the limits of",
    "fallback": "Said in later words where there is no answer to",
}


def _head(question_set: QuestionSet, tongue: Tongue, at: int, now: dt.datetime) -> str:
    lines = [
        f"Project-Id-Version: {question_set.key} {at}",
        f"PO-Revision-Date: {now:%Y-%m-%d %H:%M%z}",
        f"Language: {tongue.code}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    told = (
        f"# The words of “{_line(question_set.title.source)}” in {tongue.called}.\n"
        "# A text that needs work is a draft. Write the line “# reviewed” (a translator’s comment) above a text\n"
        "# when somebody who speaks the language has reviewed it. Leave ${...} as it is: an answer comes there.\n"
    )
    return f'{told}msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n"


def _line(words: str) -> str:
    return " ".join(words.split())


# In


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a file: the line it begins on, its address, and what it says; empty words say nothing."""

    line: int
    address: str
    source: str
    given: Said


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as it was read: the set and the language it says it is of, and the change it was made of."""

    key: str
    at: int | None
    language: str
    entries: tuple[Entry, ...]


class _Entries(Catalog):
    """What a file says, in its order and with what it says twice."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Message] = []

    def __setitem__(self, _: object, message: Message) -> None:
        self.found.append(message)


def brought(content: bytes) -> Brought:
    """A PO file as it was read.

    Raises WrongForm: it is too large, it is not UTF-8, or lines of it are not PO, each with its number.
    """
    text = _text(content)
    _refuse(_wrong_lines(text))
    entries = _Entries()
    try:
        PoFileParser(entries, abort_invalid=True).parse(_without_obsolete(text))
    except PoFileError as wrong:
        raise WrongForm([f"line {wrong.lineno + 1}: This is not PO. Mend it here, or just before."]) from None
    head = "".join(str(message.string) for message in entries.found if _is_head(message))
    entered = tuple(_entry(message) for message in entries.found if not _is_head(message))
    of = re.fullmatch(r"(.*?)(?: (\d{1,9}))?", _header(head, "Project-Id-Version"))
    assert of is not None
    language = _header(head, "Language").replace("_", "-")
    return Brought(of[1], int(of[2]) if of[2] else None, language, entered)


def _is_head(message: Message) -> bool:
    return not message.id and message.context is None


def _without_obsolete(text: str) -> Iterator[str]:
    return ("" if line.lstrip().startswith("#~") else line for line in text.split("\n"))


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise WrongForm([f"The file is larger than {LARGEST // 2**20} MB, so it is not one of ours."])
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        raise WrongForm([f"line {line}: This is not UTF-8. Save the file as a PO file in UTF-8."]) from None


def _wrong_lines(text: str) -> Iterator[str]:
    """The lines that no PO file has, and keywords that come in another order than they do in one."""
    before = ""
    for number, line in enumerate(text.split("\n"), 1):
        told = line.strip()
        if not told or told.startswith("#"):
            continue
        found = LINE.fullmatch(told)
        keyword = f"{found[1] or ''}{'[]' if found[2] else ''}" if found else ""
        if found is None or not (keyword in AFTER[before] if keyword else before):
            yield f"line {number}: This is not PO. It says: {told[:60]}"
        before = keyword or before


def _entry(message: Message) -> Entry:
    source = message.id if isinstance(message.id, str) else " / ".join(message.id)  # plurals are none of ours
    words = message.string if isinstance(message.string, str) else ""
    comments = {comment.strip(" .").casefold() for comment in message.user_comments}
    status: Status = "draft" if message.fuzzy else "reviewed" if REVIEWED in comments else "translated"
    return Entry(message.lineno or 0, message.context or "", source, (words, status))


def _header(head: str, name: str) -> str:
    found = re.search(rf"^{name}:(.*)$", head, re.MULTILINE | re.IGNORECASE)
    return found[1].strip() if found else ""


def _refuse(told: Iterator[str]) -> None:
    messages = list(told)
    if len(messages) > MOST_TOLD:
        messages[MOST_TOLD:] = [f"… and {len(messages) - MOST_TOLD} more like these."]
    if messages:
        raise WrongForm(messages)


def fitting(question_set: QuestionSet, language: str, file: Brought) -> dict[str, Said]:
    """What a file says in a language, by address.

    Raises WrongForm with every fault and its line: it is of another set or language, it names a text that is not
    there, or the source of one has changed, or `${...}` is lost or invented.
    """
    _refuse(_strange(question_set, language, file))
    given = [entry for entry in file.entries if entry.given[0].strip()]
    _refuse(_unfit(question_set, language, file.entries, given))
    return {entry.address: entry.given for entry in given}


def _strange(question_set: QuestionSet, language: str, file: Brought) -> Iterator[str]:
    """Why it is not a file of this set and language at all."""
    if file.key != question_set.key:
        told = f"it is of “{file.key}”" if file.key else "it does not say which set it is of"
        yield f"line 1: This is not a PO file of {question_set.key}: {told}. Download one here and use that."
    if file.language and file.language.casefold() != language.casefold():
        yield f"line 1: This file is in {file.language}, and this page is about {language}."


def _unfit(
    question_set: QuestionSet, language: str, every: Sequence[Entry], given: Sequence[Entry]
) -> Iterator[str]:
    there = {spot.address: spot.text.source for spot in spots(question_set)}
    times = Counter(entry.address for entry in every)
    wrong = faults(question_set, language, {one.address: one.given for one in given if one.address in there})
    told: dict[str, list[str]] = {}
    for fault in wrong:
        told.setdefault(fault.place, []).append(fault.message)
    for entry in every:
        place = f"line {entry.line}, {entry.address or 'no msgctxt'}:"
        if entry.address not in there:
            yield f"{place} The set has no text of this name.{nearest(entry.address, tuple(there))}"
        elif entry.source != there[entry.address]:
            yield f"{place} The source has changed since. It says now: {_line(there[entry.address])}"
        elif times[entry.address] > 1:
            yield f"{place} This is in the file {times[entry.address]} times. Keep one."
        else:
            yield from (f"{place} {message}" for message in told.get(entry.address, ()))
