"""Who is asked a question: built from menus that only look back, read as a sentence, or written as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from questions import (
    And,
    Comparison,
    Condition,
    Not,
    Or,
    Question,
    QuestionSet,
    Selected,
    WrongCondition,
    parse,
)
from questions.conditions import numeral
from survey.designer.forms import WrongForm
from survey.web import Form

_IS = {"=": "is", "!=": "is answered, and is not", "not": "is not, or is not answered"}
_HAS = {"has": "includes", "hasnt": "does not include"}
_NUMBER = {"<": "is under", "<=": "is at most", **_IS, ">=": "is at least", ">": "is over"}
_TEXT = {"answered": "is answered", "blank": "is not answered"}
_WORDS = {"one": _IS, "scale": _IS, "many": _HAS, "number": _NUMBER, "text": _TEXT}


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison as its menus show it."""

    question: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Menu:
    """One row with what may be chosen in it."""

    row: Row
    prompt: str
    operators: dict[str, str]
    values: tuple[tuple[str, str], ...]  # codes and labels; empty where a number is written


@dataclass(frozen=True, slots=True)
class Rows:
    """A condition as rows, all or any of which must hold; `join` is "and" or "or"."""

    join: str
    rows: tuple[Row, ...]


def earlier(question_set: QuestionSet, page_number: int) -> tuple[Question, ...]:
    """The questions that a condition on a page (from 0) may look at: those before it, and before its block."""
    pages, first = question_set.pages, page_number
    block = pages[page_number].random_block
    while block and first and pages[first - 1].random_block == block:
        first -= 1
    return tuple(question for page in pages[:first] for question in page.questions)


def as_rows(condition: Condition | None) -> Rows | None:
    """A condition as rows; None for one that only text can say, such as brackets inside brackets."""
    if condition is None:
        return Rows("and", ())
    parts = condition.conditions if isinstance(condition, (And, Or)) else (condition,)
    rows = [_row(part) for part in parts]
    if any(row is None for row in rows):
        return None
    return Rows("or" if isinstance(condition, Or) else "and", tuple(row for row in rows if row is not None))


def _row(part: Condition) -> Row | None:
    match part:
        case Comparison(question, "!=", "") | Not(Comparison(question, "!=", "")):
            return Row(question, "blank" if isinstance(part, Not) else "answered", "")
        case Comparison(question, operator, value):
            return Row(question, operator, _told(value))
        case Not(Comparison(question, "=", value)):
            return Row(question, "not", _told(value))
        case Selected(question, code) | Not(Selected(question, code)):
            return Row(question, "hasnt" if isinstance(part, Not) else "has", code)
    return None


def _told(value: str | float) -> str:
    return value if isinstance(value, str) else numeral(value)


def menus(rows: Sequence[Row], question_set: QuestionSet) -> list[Menu]:
    """The rows with their menus."""
    return [_menu(row, question_set.question(row.question)) for row in rows]


def _menu(row: Row, question: Question) -> Menu:
    operators = _WORDS[question.kind]
    if question.kind in ("one", "scale") and row.operator in _HAS:  # selected() of a single answer
        row = Row(row.question, "=" if row.operator == "has" else "not", row.value)
    values = tuple((option.code, str(option.label)) for option in question.options)
    return Menu(row, str(question.prompt), operators, () if question.kind in ("number", "text") else values)


def first_row(question: Question) -> Row:
    """The row that a question begins with when it is chosen."""
    operator = next(iter(_WORDS[question.kind]))
    if question.kind == "number":
        return Row(question.key, "<", numeral(question.high if question.high is not None else 16))
    return Row(
        question.key, operator, question.codes[0] if question.codes and question.kind != "text" else ""
    )


def condition_from(form: Form, question_set: QuestionSet, old: Condition | None) -> Condition | None:
    """The condition that a form says, by its menus or as text; None for everybody. Raises WrongForm."""
    do = next(iter(form.get("do", [])), "save")
    if do == "everybody":
        return None
    if do == "text":
        return _from_text(next(iter(form.get("text", [])), ""))
    rows = rows_of(form) if "leaf_question" in form else list((as_rows(old) or Rows("and", ())).rows)
    what, _, number = do.partition("-")
    if what == "remove":
        rows = [row for n, row in enumerate(rows) if str(n) != number]
    if do == "add":
        rows.append(first_row(_chosen(form, question_set)))
    return _joined(rows, question_set, next(iter(form.get("join", [])), "and"))


def _chosen(form: Form, question_set: QuestionSet) -> Question:
    key = next(iter(form.get("add", [])), "")
    if not any(question.key == key for question in question_set.questions):
        raise WrongForm(["Choose a question first."])
    return question_set.question(key)


def _from_text(text: str) -> Condition | None:
    if not text.strip():
        return None
    try:
        return parse(text)
    except WrongCondition as wrong:
        raise WrongForm([f"The condition, {wrong}"]) from None


def rows_of(form: Form) -> list[Row]:
    """The rows of a form as they were sent."""
    columns = [form.get(name, []) for name in ("leaf_question", "leaf_operator", "leaf_value")]
    if len({len(column) for column in columns}) > 1:
        raise WrongForm(["Part of the form did not arrive, so nothing was changed. Please try again."])
    return [Row(*cells) for cells in zip(*columns, strict=True)]


def _joined(rows: Sequence[Row], question_set: QuestionSet, join: str) -> Condition | None:
    parts = tuple(dict.fromkeys(_leaf(row, question_set) for row in rows))
    if len(parts) < 2:
        return parts[0] if parts else None
    return Or(parts) if join == "or" else And(parts)


def _leaf(row: Row, question_set: QuestionSet) -> Condition:
    try:
        return _compared(row, question_set.question(row.question))
    except KeyError:
        raise WrongForm(
            ["A question that this looks at is not there any more. Open the set again."]
        ) from None
    except WrongForm:
        raise
    except ValueError as wrong:
        raise WrongForm([f"This cannot be a condition: {wrong}."]) from None


def _compared(row: Row, question: Question) -> Condition:
    if question.kind == "text":
        said = Comparison(row.question, "!=", "")
        return Not(said) if row.operator == "blank" else said
    if question.kind == "many":
        has = Selected(row.question, row.value)
        return Not(has) if row.operator == "hasnt" else has
    value = _number(row.value, question) if question.kind == "number" else row.value
    if row.operator == "not":
        return Not(Comparison(row.question, "=", value))
    if row.operator not in _WORDS[question.kind]:
        raise WrongForm(["Choose how the answers are compared."])
    return Comparison(row.question, row.operator, value)


def _number(told: str, question: Question) -> float | str:
    if question.has(told):
        return told
    try:
        value = float(told.strip().replace(",", "."))
    except ValueError:
        raise WrongForm([f"Write the number for “{question.prompt}” in figures, not “{told}”."]) from None
    return int(value) if value.is_integer() else value
