"""A question set as the workbook that a person would have made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from questions.arrangement import short
from questions.conditions import written
from questions.definition import DONT_KNOW, PREFER_NOT_TO_SAY, Choice, Page, Question, QuestionSet
from questions.text import Text, WrongDefinition
from questions.writing import refuse_what_is_lost
from questions.xlsform.asking import LIKERT
from questions.xlsform.blocks import DRAWN, FIELD_LIST, SEED
from questions.xlsform.cells import LONGEST_CELL, held
from questions.xlsform.headings import OURS, TITLE, WORDED, Heading, status_of
from questions.xlsform.languages import spoken
from questions.xlsform.limits import constraint
from questions.xlsform.lists import EXCLUSIVE, SUPPORT
from questions.xlsform.reading import OFFERED, ON_PAGE, read

Cells = dict[Heading, str]  # one row

_TYPES = {"one": "select_one", "scale": "select_one", "many": "select_multiple", "text": "text"}
_ORDER = {  # of the columns; the first of each sheet are always there, the others where they hold something
    "survey": (
        *(
            "type",
            "name",
            "label",
            "hint",
            "required",
            "relevant",
            "constraint",
            "appearance",
        ),
        *("constraint_message", "parameters", "calculation"),
        *(
            f"{OURS}{name}"
            for name in ("sensitive", "fallback", DONT_KNOW, PREFER_NOT_TO_SAY, "random_block")
        ),
    ),
    "choices": ("list_name", "name", "label", EXCLUSIVE, SUPPORT),
    "settings": ("form_id", TITLE, "default_language", OFFERED),
}
_ALWAYS = {"survey": 8, "choices": 3, "settings": 3}
_WIDE, _NARROW = 44, 18


def write(question_set: QuestionSet) -> bytes:
    """The .xlsx workbook of a set in XLSForm; `questions.xlsform.read` gives an equal set back.

    Raises WrongDefinition for a set that no workbook can hold: a condition longer than a cell, spaces around words,
    translations out of order, a condition too deep to be read, more rows than are read.

    >>> from questions import shipped
    >>> write(shipped("pulse"))[:2]
    b'PK'
    """
    rows = {
        "survey": list(_survey(question_set)),
        "choices": list(_choices(question_set)),
        "settings": [_settings(question_set)],
    }
    _refuse_long(rows)
    content = _workbook(rows, question_set.language)
    refuse_what_is_lost(question_set, lambda: read(content), "workbook")
    return content


def _refuse_long(rows: dict[str, list[Cells]]) -> None:
    found = [
        f"sheet {sheet}, row {number}, {heading}: “{short(told)}” has {len(held(told)):,} characters. "
        f"A cell holds {LONGEST_CELL:,}. Write less."
        for sheet, every in rows.items()
        for number, cells in enumerate(every, 2)
        for heading, told in cells.items()
        if len(held(told)) > LONGEST_CELL
    ]
    if found:
        raise WrongDefinition(found)


def _settings(question_set: QuestionSet) -> Cells:
    language = question_set.language
    return {
        Heading("form_id"): question_set.key,
        **_words(TITLE, question_set.title, language),
        Heading("default_language"): spoken(language),
        Heading(OFFERED): " ".join(question_set.offered_unreviewed),
    }


def _words(name: str, text: Text | None, language: str) -> Cells:
    """Words in all their languages, each in its column, and the statuses of the translations."""
    if text is None:
        return {}
    told = {Heading(name, code): words for code, words in ((language, text.source), *text.translations)}
    return told | {Heading(status_of(name), code): status for code, status in text.statuses}


def _choices(question_set: QuestionSet) -> Iterator[Cells]:
    seen: set[str] = set()
    names = _list_names(question_set)
    for question in question_set.questions:
        name = names.get(question.key, "")
        if question.choices and name not in seen:
            seen.add(name)
            yield from (_choice(name, choice, question, question_set.language) for choice in question.options)


def _choice(name: str, choice: Choice, question: Question, language: str) -> Cells:
    alone = choice.exclusive and choice in question.choices
    return {
        Heading("list_name"): name,
        Heading("name"): choice.code,
        **_words("label", choice.label, language),
        Heading(EXCLUSIVE): "yes" if alone else "",
        Heading(SUPPORT): "yes" if choice.support else "",
    }


def _list_names(question_set: QuestionSet) -> dict[str, str]:
    """The list of each question with choices: that of the first question with the same ones, by its key."""
    first: dict[object, str] = {}
    asked = [question for question in question_set.questions if question.choices]
    return {one.key: first.setdefault(_offered(one), one.key) for one in asked}


def _offered(question: Question) -> object:
    return question.choices, question.dont_know, question.prefer_not_to_say


def _survey(question_set: QuestionSet) -> Iterator[Cells]:
    names = _list_names(question_set)
    keys = {question.key for question in question_set.questions}
    if any(question.randomise for question in question_set.questions):
        yield {Heading("type"): "calculate", Heading("name"): SEED, Heading("calculation"): DRAWN}
    for page in question_set.pages:
        asked = (_question(question, names, question_set.language) for question in page.questions)
        yield from asked if _bare(page) else _group(page, asked, keys, question_set.language)


def _bare(page: Page) -> bool:
    """Whether a page is no more than its only question."""
    return page == Page(page.questions[0].key, page.questions[:1])


def _group(page: Page, asked: Iterable[Cells], keys: set[str], language: str) -> Iterator[Cells]:
    yield {
        Heading("type"): "begin_group",
        Heading("name"): page.key + ON_PAGE if page.key in keys else page.key,
        **_words("label", page.title, language),
        Heading("relevant"): written(page.show_if) if page.show_if else "",
        Heading("appearance"): FIELD_LIST,
        Heading(f"{OURS}random_block"): page.random_block or "",
    }
    if page.note is not None:
        note = {Heading("type"): "note", Heading("name"): f"{page.key}-note"}
        yield note | _words("label", page.note, language)
    yield from asked
    yield {Heading("type"): "end_group"}


def _question(question: Question, names: dict[str, str], language: str) -> Cells:
    own = {
        **_words("label", question.prompt, language),
        **_words("hint", question.hint, language),
        **_words("constraint_message", question.constraint_message, language),
        **_words(f"{OURS}fallback", question.fallback, language),
    }
    if question.kind == "number":
        own |= _words(f"{OURS}{DONT_KNOW}", question.dont_know, language)
        own |= _words(f"{OURS}{PREFER_NOT_TO_SAY}", question.prefer_not_to_say, language)
    return {
        Heading("type"): f"{_type(question)} {names.get(question.key, '')}".rstrip(),
        Heading("name"): question.key,
        Heading("required"): "yes" if question.required else "",
        Heading("relevant"): written(question.show_if) if question.show_if else "",
        Heading("constraint"): constraint(question),
        Heading("appearance"): LIKERT if question.kind == "scale" else "",
        Heading("parameters"): f"randomize=true, seed=${{{SEED}}}" if question.randomise else "",
        Heading(f"{OURS}sensitive"): "yes" if question.sensitive else "",
        **own,
    }


def _type(question: Question) -> str:
    return _TYPES.get(question.kind) or ("decimal" if question.decimals else "integer")


def _workbook(rows: dict[str, list[Cells]], language: str) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "Soundings"
    for name, every in rows.items():
        _fill(book.create_sheet(name), every, _headings(name, every, language))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _headings(sheet: str, every: list[Cells], language: str) -> list[Heading]:
    """The columns of a sheet: each with its translations, and then their statuses, to its right."""
    order = {name: number for number, name in enumerate(_ORDER[sheet])}
    order |= {status_of(name): number for name, number in order.items()}
    always = {
        Heading(name, language if name in WORDED[sheet] else None) for name in _ORDER[sheet][: _ALWAYS[sheet]]
    }
    filled = {heading for cells in every for heading, told in cells.items() if told}
    return sorted(
        always | filled,
        key=lambda one: (order[one.name], one.name.endswith("_status"), one.language != language, str(one)),
    )


def _fill(sheet: Any, every: list[Cells], headings: list[Heading]) -> None:
    """Put the rows on a sheet, every cell as text: no code becomes a number or a date, no words a formula."""
    from openpyxl.styles import Alignment, Font

    top, bold = Alignment(vertical="top", wrap_text=True), Font(bold=True)
    for column, heading in enumerate(headings, 1):
        _put(sheet.cell(1, column), _spelled(heading, headings), top).font = bold
        wide = heading.language is not None and not heading.name.endswith("_status")
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = _WIDE if wide else _NARROW
        for row, cells in enumerate(every, 2):
            if cells.get(heading):
                _put(sheet.cell(row, column), held(cells[heading]), top)
    sheet.freeze_panes = "A2"


def _put(cell: Any, told: str, aligned: object) -> Any:
    cell.value = told
    cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = aligned
    return cell


def _spelled(heading: Heading, every: list[Heading]) -> str:
    """A heading as XLSForm has it: the title in the form's own language is form_title."""
    first = next((one for one in every if one.name == TITLE), None)
    return "form_title" if heading == first else str(heading)
