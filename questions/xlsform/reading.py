"""A form read into a question set, with every fault in it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from questions.arrangement import THE_SET, Fault, Outline, arrangement_faults, nearest, question_place
from questions.definition import Page, QuestionSet, key_faults, texts
from questions.document import WrongSet
from questions.text import Text, WrongDefinition, language_faults, shared_languages
from questions.xlsform.asking import asked
from questions.xlsform.blocks import Block, Blocks, blocks
from questions.xlsform.headings import OURS, TITLE
from questions.xlsform.languages import code_of, spoken
from questions.xlsform.lists import Listed, lists, refuse_unused
from questions.xlsform.opening import Cell, Sheet, sheets
from questions.xlsform.row import Row
from questions.xlsform.rows import rows
from questions.xlsform.scanning import column_number

SHEETS = ("survey", "choices", "settings")
_PLACE = re.compile("sheet ([a-z]+), row ([0-9]+)(?:, column ([A-Z]{1,3})(?: |$))?")
ON_PAGE = "-page"  # ends the name of a group whose key is that of a question too: no two rows share a name
OFFERED = f"{OURS}offered_unreviewed"


def read(content: bytes) -> QuestionSet:
    """Read a set from an .xlsx workbook in XLSForm; raises WrongSet with every fault, its place and its mend.

    docs/xlsform.md says what such a workbook may hold. Nothing else is raised, whatever the bytes are.

    >>> from questions import shipped
    >>> from questions.xlsform import write
    >>> read(write(shipped("pulse"))) == shipped("pulse")
    True
    """
    faults: list[Fault] = []
    every = _by_name(sheets(content), faults)
    language = _language(every)
    found = _set({name: rows(sheet, language, faults) for name, sheet in every.items()}, language, faults)
    if found is None or faults:
        raise WrongSet(sorted(faults, key=_where))
    return found


def _where(fault: Fault) -> tuple[int, int, int]:
    """Where a fault stands, so that a person can go from top to bottom."""
    place = _PLACE.match(fault.place)
    if place is None or place[1] not in SHEETS:
        return len(SHEETS), 0, 0
    return SHEETS.index(place[1]), int(place[2]), column_number(place[3] or "")


def _by_name(every: list[Sheet], faults: list[Fault]) -> dict[str, Sheet]:
    """The sheets that are read; one that is not may only be empty."""
    found = {name: Sheet(name, [], [], []) for name in SHEETS}
    seen: set[str] = set()
    for sheet in every:
        name = sheet.name.strip().lower()
        if name in found and name not in seen:
            seen.add(name)
            found[name] = sheet
        elif sheet.cells:
            guess = nearest(name, SHEETS) or f" The sheets are {', '.join(SHEETS)}."
            faults.append(Fault(f"sheet {sheet.name}", f"This sheet is not read here. Take it out.{guess}"))
    return found


def _language(every: Mapping[str, Sheet]) -> str:
    """The form's own language as its settings have it, before anything is known to be right; else the first found."""
    settings = every["settings"].cells
    column = next((one.column for one in settings if one.row == 1 and _is(one, "default_language")), 0)
    told = [str(one.value) for one in settings if one.row > 1 and one.column == column]
    headed = [str(one.value).partition("::")[2] for one in every["survey"].cells if one.row == 1]
    return next((code for code in map(code_of, told[:1] + headed) if code is not None), "en")


def _is(cell: Cell, name: str) -> bool:
    return "_".join(str(cell.value).lower().split()) == name


class _Settings(NamedTuple):
    row: Row
    key: str
    title: Text | None
    offered: tuple[str, ...]


def _settings(every: list[Row], faults: list[Fault]) -> _Settings | None:
    if not every:
        told = (
            "The form has no name. Write form_id, form_title and default_language here, below their headings."
        )
        faults.append(Fault("sheet settings, row 2", told))
        return None
    row = every[0]
    for further in every[1:]:
        further.fault("The settings are one row. Take this one out.")
    key = row.needed("form_id", "Write the key of the set.")
    for told in key_faults(key or None):
        row.fault(told, "form_id")
    _refuse_language(row)
    title = row.needed_text(TITLE, "Write form_title: what the set is called.")
    offered = tuple(sorted(set(row.word(OFFERED).replace(",", " ").split())))
    return _Settings(row, key, title, offered)


def _refuse_language(row: Row) -> None:
    told = row.needed("default_language", f"Write the language of the form, like {spoken('en')}.")
    code = code_of(told)
    if told and code is None:
        row.fault(f"Write the language with its code in brackets, like {spoken('en')}.", "default_language")
    for fault in language_faults(code):
        row.fault(fault, "default_language")


def _set(every: Mapping[str, list[Row]], language: str, faults: list[Fault]) -> QuestionSet | None:
    settings = _settings(every["settings"], faults)
    listed, walked = lists(every["choices"]), blocks(every["survey"])
    if not every["survey"]:
        faults.append(
            Fault("sheet survey, row 2", "Nothing is asked. Write a row: type text, name why, label Why?")
        )
    pages = _pages(walked, listed, faults)
    refuse_unused(listed)
    if faults or settings is None or settings.title is None:
        return None
    languages = tuple(sorted(shared_languages(texts((settings.title, *pages)))))
    try:
        return QuestionSet(settings.key, settings.title, language, tuple(pages), languages, settings.offered)
    except WrongDefinition as wrong:
        for told in wrong.messages:
            of_title = told.startswith(f"{THE_SET}: ")
            settings.row.retell(told.removeprefix(f"{THE_SET}: "), TITLE if of_title else OFFERED)
        return None


def _pages(walked: Blocks, listed: Mapping[str, Listed], faults: list[Fault]) -> list[Page]:
    """The pages that nothing is wrong with; what is wrong with them or their order is noted."""
    read_ = [_page(block, listed, set(walked.seeds)) for block in walked.pages]
    _refuse_idle_seeds(walked)
    places = dict(_places(walked, [outline for outline, _ in read_]))
    for fault in arrangement_faults([outline for outline, _ in read_]):
        row = places[fault.place]
        row.retell(fault.message, _about_order(row, fault.message))
    return [page for _, page in read_ if page is not None]


def _page(block: Block, listed: Mapping[str, Listed], seeds: set[str]) -> tuple[Outline, Page | None]:
    """A page as the check of the order wants it, and the page itself when nothing is wrong with it."""
    every = [asked(row, sort, listed, seeds) for row, sort in block.asked]
    questions = tuple(one.question for one in every if one.question is not None)
    whole = len(questions) == len(every) > 0
    if block.group is None:
        key = every[0].key
        return Outline(key, None, every), Page(key, questions) if whole else None
    group = block.group
    key, show_if, title = _group_key(group), group.condition(), group.text("label")
    note = block.note.needed_text("label", "Write the words of the note.") if block.note else None
    if not every:
        group.fault("This page asks nothing. Put a question between begin_group and end_group.", "type")
    random_block = _random_block(group)
    words = [text for text in (title, note) if text is not None]
    outline = Outline(key or group.place(), show_if, every, random_block, words)
    if not whole or group.wrong or (block.note is not None and block.note.wrong):
        return outline, None
    return outline, Page(key, questions, title, note, show_if, random_block)


def _group_key(group: Row) -> str:
    key = group.needed("name", "Write the key of the page.").removesuffix(ON_PAGE)
    for told in key_faults(key or None):
        group.fault(told, "name")
    return key


def _random_block(group: Row) -> str | None:
    block = group.word(f"{OURS}random_block") or None
    for told in key_faults(block):
        group.fault(told, f"{OURS}random_block")
    return block


def _refuse_idle_seeds(walked: Blocks) -> None:
    used = " ".join(row.word("parameters") for block in walked.pages for row, _ in block.asked)
    for name, row in walked.seeds.items():
        if name and f"${{{name}}}" not in used:
            row.fault("No question takes its order from this seed. Take the row out.", "name")


def _places(walked: Blocks, outlines: list[Outline]) -> Iterator[tuple[str, Row]]:
    """The row of each place that the check of the order names."""
    for number, (block, outline) in enumerate(zip(walked.pages, outlines, strict=True), 1):
        if block.group is not None or block.asked:
            yield f"page {number}", block.group or block.asked[0][0]
        for (row, _), one in zip(block.asked, outline.questions, strict=True):
            yield question_place(f"page {number}", one.key), row


def _about_order(row: Row, message: str) -> str:
    """The column that a message about the order is about."""
    if message.startswith(("The key", "The page key")):
        return "name"
    if "random_block" in message:
        return f"{OURS}random_block"
    if message.startswith(("The words hold", "What people write", "Answers can be repeated")):
        pipe = "${" + message.partition("${")[2].partition("}")[0] + "}"
        holding = (one.name for one, told in row.cells.items() if one.language and pipe in told)
        return next(holding, "type" if message.startswith("Answers") else "label")
    return "relevant"
