"""From the designer's forms to questions and pages, with every reason at once why they cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any, cast

from questions import DONT_KNOW, PREFER_NOT_TO_SAY, Choice, Kind, Page, Question, Text, WrongDefinition
from questions.conditions import numeral
from questions.definition import BELONGS, KINDS
from questions.document import USUAL_WORDS
from questions.editing import reworded
from questions.naming import FIRST_WORDS, code_from, coded_by_itself
from questions.text import UNSEEN
from survey.web import Form

WITH_CHOICES = ("one", "many", "scale")
EMPTY_ROWS = 1  # below the choices, to write another into
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,6})?")


class WrongForm(ValueError):
    """What was typed cannot be kept, with every reason."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__(" ".join(messages))
        self.messages = tuple(messages)


@dataclass(slots=True)
class _Typed:
    """A form as it was typed, and what is wrong with it so far."""

    form: Form
    messages: list[str] = field(default_factory=list)

    def one(self, name: str) -> str:
        """What was written, without what comes along unseen when words are pasted."""
        return UNSEEN.sub("", next(iter(self.form.get(name, [])), "")).strip()

    def on(self, name: str) -> bool:
        return bool(self.form.get(name))

    def number(self, name: str, called: str) -> float | None:
        told = self.one(name).replace(",", ".")
        if not told:
            return None
        if not _NUMBER.fullmatch(told):
            self.messages.append(f"{called} must be a number in figures, not “{self.one(name)}”.")
            return None
        value = float(told)
        return int(value) if value.is_integer() else value

    def whole(self, name: str, called: str) -> int | None:
        value = self.number(name, called)
        if value is not None and not isinstance(value, int):
            self.messages.append(f"{called} must be a whole number, not “{self.one(name)}”.")
            return None
        return value


def question_from(
    form: Form,
    old: Question,
    language: str,
    remembered: Callable[[Kind], Question | None],
    stay: Set[str] = frozenset(),
) -> Question:
    """A question as its form says it; its condition, and what was translated, are those it had.

    remembered: as it was when it last had a kind, so that what only that kind has comes back. stay: codes that
    do not follow their words, because they are in use. Raises WrongForm.
    """
    typed = _Typed(form)
    kind = cast(Kind, typed.one("kind") if typed.one("kind") in KINDS else old.kind)
    prompt = reworded(old.prompt, typed.one("prompt"))
    if prompt is None:
        typed.messages.append("Write the question.")
    number = kind == "number"
    found: dict[str, Any] = {
        "key": typed.one("key") or old.key,
        "kind": kind,
        "prompt": prompt or old.prompt,
        "hint": reworded(old.hint, typed.one("hint")),
        "required": typed.on("required"),
        "sensitive": typed.on("sensitive"),
        "choices": _choices(typed, old, language, stay) if kind in WITH_CHOICES else (),
        "dont_know": _special(typed, old.dont_know, DONT_KNOW, kind, language),
        "prefer_not_to_say": _special(typed, old.prefer_not_to_say, PREFER_NOT_TO_SAY, kind, language),
        "at_most": typed.whole("at_most", "The most that may be chosen") if kind == "many" else None,
        "low": typed.number("low", "The smallest number") if number else None,
        "high": typed.number("high", "The biggest number") if number else None,
        "decimals": number and typed.on("decimals"),
        "length": typed.whole("length", "The room to write") if kind == "text" else None,
        "randomise": kind in ("one", "many") and typed.on("randomise"),
        "constraint_message": _unless(
            kind in ("one", "scale"), old.constraint_message, typed, "constraint_message"
        ),
        "fallback": _unless(kind == "text", old.fallback, typed, "fallback"),
    }
    if kind != old.kind and (before := remembered(kind)) is not None:
        found |= _again(old, before, found)
    question: Question = _built(typed, lambda: replace(old, **found))
    return question


def _again(old: Question, before: Question, found: dict[str, Any]) -> dict[str, Any]:
    """What a question gets back with a kind that it had before: all that the form of the other kind does not show."""
    shown = {
        name: getattr(before, name)
        for name, kinds in BELONGS.items()
        if {found["kind"], before.kind} <= {*kinds} and old.kind not in kinds
    }
    alone = {one.code for one in before.choices if one.exclusive} if found["kind"] == "many" else set()
    choices = shown.get("choices", found["choices"])
    return shown | {"choices": tuple(replace(one, exclusive=one.code in alone) for one in choices)}


def _built(typed: _Typed, build: Callable[[], Any]) -> Any:
    """What the form says, or every reason why it cannot be."""
    try:
        made = build()
    except WrongDefinition as wrong:
        raise WrongForm([*typed.messages, *wrong.messages]) from None
    if typed.messages:
        raise WrongForm(typed.messages)
    return made


def _unless(never: bool, old: Text | None, typed: _Typed, name: str) -> Text | None:
    return None if never else reworded(old, typed.one(name))


def _special(typed: _Typed, old: Text | None, code: str, kind: str, language: str) -> Text | None:
    """The words of a special answer: those it had, or the usual ones where it is ticked anew."""
    if kind == "text" or not typed.on(code):
        return None
    if old is not None:
        return old
    usual = USUAL_WORDS[code].get(language)
    if usual is None:
        told = f"We know no words in {language} for “I don’t know” and “I’d rather not say”. Add them as choices."
        if told not in typed.messages:
            typed.messages.append(told)
        return None
    return Text(usual)


def _choices(typed: _Typed, old: Question, language: str, stay: Set[str]) -> tuple[Choice, ...]:
    """The rows of choices that have words, after what the pressed button does to them."""
    rows = moved(rows_of(typed.form), typed.one("do"))
    if not any(row.label for row in rows):
        return old.choices or first_choices(language)
    known = {choice.code: choice for choice in old.choices}
    rows = [row for row in rows if row.label]
    follow = {at for at, row in enumerate(rows) if _follows(known.get(row.code), row.label, stay)}
    codes = [row.code for at, row in enumerate(rows) if row.code and at not in follow]
    found = []
    for at, row in enumerate(rows):
        code = row.code if row.code and at not in follow else code_from(row.label, codes)
        codes.append(code)
        label = reworded(known[row.code].label if row.code in known else None, row.label)
        with_words = label if label is not None else Text(row.label)
        try:
            alone = row.exclusive and typed.one("kind") == "many"
            found.append(Choice(code, with_words, alone, row.support))
        except WrongDefinition as wrong:
            typed.messages += wrong.messages
    return tuple(found) if not typed.messages else old.choices


def _follows(choice: Choice | None, label: str, stay: Set[str]) -> bool:
    """Whether a choice's code was made of its words and goes with them: nobody has used or translated it yet."""
    return (
        choice is not None
        and choice.code not in stay
        and str(choice.label) != label
        and not choice.label.translations
        and coded_by_itself(choice)
    )


def recoded(form: Form, made: Question) -> dict[str, str]:
    """The codes that the form sent, of choices that have another now."""
    sent = [row.code for row in moved(rows_of(form), next(iter(form.get("do", [])), "")) if row.label]
    if len(sent) != len(made.choices):
        return {}
    pairs = zip(sent, made.choices, strict=True)
    return {code: choice.code for code, choice in pairs if code and code != choice.code}


def first_words(language: str) -> tuple[str, str, str]:
    """A first question, yes and no, in a language; in English where we have no words."""
    return FIRST_WORDS.get(language) or FIRST_WORDS["en"]


def first_choices(language: str) -> tuple[Choice, ...]:
    """What a new question with choices begins with."""
    _, yes, no = first_words(language)
    return Choice("yes", Text(yes)), Choice("no", Text(no))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table of choices, as it stands in the form."""

    code: str
    label: str
    exclusive: bool = False
    support: bool = False


def rows_of(form: Form) -> list[Row]:
    """The rows of choices as they were sent; `exclusive` and `support` send the numbers of the ticked ones, from 0."""
    alone, support = set(form.get("exclusive", [])), set(form.get("support", []))
    pairs = zip(form.get("code", []), form.get("label", []), strict=False)
    return [
        Row(code.strip(), UNSEEN.sub("", label).strip(), str(n) in alone, str(n) in support)
        for n, (code, label) in enumerate(pairs)
    ]


def moved(rows: list[Row], do: str) -> list[Row]:
    """The rows after `up-2`, `down-2` or `remove-2` (from 0); as they are for anything else."""
    what, _, number = do.partition("-")
    if not re.fullmatch("[0-9]{1,4}", number) or int(number) >= len(rows):
        return rows
    at = int(number)
    if what == "remove":
        return rows[:at] + rows[at + 1 :]
    to = at - 1 if what == "up" else at + 1
    if what in ("up", "down") and 0 <= to < len(rows):
        rows = list(rows)
        rows[at], rows[to] = rows[to], rows[at]
    return rows


def has_usual_words(language: str) -> bool:
    """Whether we know how people who answer in a language decline to say."""
    return language in USUAL_WORDS[PREFER_NOT_TO_SAY]


def new_question(kind: str, key: str, words: str, language: str) -> Question:
    """A question that is just begun: its words, two choices where it needs some, and a way to decline.

    Raises WrongForm.
    """
    if not words.strip():
        raise WrongForm(["Write the question first."])
    if kind not in KINDS:
        raise WrongForm([f"Choose one of {', '.join(KINDS)}."])
    choices = first_choices(language) if kind in WITH_CHOICES else ()
    decline = USUAL_WORDS[PREFER_NOT_TO_SAY].get(language) if kind != "text" else None
    asked = Text(" ".join(words.split()))
    try:
        return Question(
            key,
            cast(Kind, kind),
            asked,
            choices=choices,
            prefer_not_to_say=Text(decline) if decline else None,
        )
    except WrongDefinition as wrong:
        raise WrongForm(wrong.messages) from None


def page_from(form: Form, old: Page) -> Page:
    """A page as its form says it; raises WrongForm."""
    typed = _Typed(form)
    title, note = reworded(old.title, typed.one("title")), reworded(old.note, typed.one("note"))
    block = typed.one("random_block") or None
    page: Page = _built(typed, lambda: replace(old, title=title, note=note, random_block=block))
    return page


def as_typed(question: Question) -> Form:
    """A question as its form would send it: what the form shows when it is opened."""
    words = {
        "key": question.key,
        "kind": question.kind,
        "prompt": str(question.prompt),
        "hint": str(question.hint or ""),
        "constraint_message": str(question.constraint_message or ""),
        "fallback": str(question.fallback or ""),
        **{name: _figure(getattr(question, name)) for name in ("at_most", "low", "high", "length")},
    }
    ticks = ("required", "sensitive", "decimals", "randomise", DONT_KNOW, PREFER_NOT_TO_SAY)
    form = {name: [told] for name, told in words.items()}
    form |= {name: ["on"] for name in ticks if getattr(question, name)}
    form["code"] = [choice.code for choice in question.choices]
    form["label"] = [str(choice.label) for choice in question.choices]
    form["support"] = [str(n) for n, choice in enumerate(question.choices) if choice.support]
    form["exclusive"] = [str(n) for n, choice in enumerate(question.choices) if choice.exclusive]
    return form


def _figure(value: float | None) -> str:
    return "" if value is None else numeral(value)
