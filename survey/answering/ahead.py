"""What travels to a phone so that it needs no network between questions: the pages ahead, and the rules between them.

The words are the same templates that a page without scripts has; what follows from an answer travels as data.
`static/answering.js` reads it. The phone only goes ahead: the server checks everything again and has the last word.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup, escape

from questions import Question, QuestionSet, Text, as_data, order
from questions.definition import USUAL_LENGTH
from questions.messages import _
from questions.text import PIPE
from questions.validation import blank, how_to_write, outside
from survey.answering.progress import turning
from survey.answering.reading import Say, on_page, unreviewed
from survey.answering.ways import CARRIED, NOWHERE, number
from survey.languages import Language
from survey.measuring.page_times import LIMITS
from survey.places import Place
from survey.web import templates_in

MOST_KEPT = 64  # fragments; each is about 40 KB

SAID = {
    "one": _("Choose one answer."),
    "alone": _("You ticked “%(label)s” and something else. Untick one or the other."),
    "most": _("You can choose up to %(most)s. Untick %(over)s."),
    "both": _("Write a number or choose “%(label)s”, not both."),
    "room": _("You have written %(written)s characters. There is room for %(room)s. Take out %(over)s."),
    "place": _("Question %(place)s"),
    "of": _("Question %(place)s of %(count)s"),
    "places": _("Questions %(place)s to %(last)s"),
    "all": _("Questions %(place)s to %(last)s of %(count)s"),
    "check": _("Please check: %(question)s"),
    "skipped": _("Skipped"),
    "back": _("Back"),
    "kept": _("Saved on this phone. It will be sent when you have signal."),
    "unsent": _("Saved on this phone, but not sent in yet. Press “Send my answers”."),
    "waiting": _("Not sent yet. Please keep this page open."),
    "saved": _("Saved."),
    "sending": _("Sending your answers."),
}


@dataclass(frozen=True, slots=True)
class Fragment:
    """Pages ahead as HTML, and the hash that its address carries."""

    html: str
    mark: str


def by_chance(question_set: QuestionSet) -> bool:
    """Whether pages, or the choices of a question, come in an order of their own for each person."""
    return question_set.randomised or any(question.randomise for question in question_set.questions)


def rules(question_set: QuestionSet, seed: str, language: Language, plain: Say) -> dict[str, Any]:
    """What follows from which answer, and what is said of an answer that does not fit."""
    decisive = turning(question_set)
    return {
        "pages": [
            {
                "key": str(number(question_set, page)),
                "turns": page.key in decisive,
                "if": as_data(page.show_if) if page.show_if else None,
                "questions": [dict(_question(one, language, plain)) for one in page.questions],
            }
            for page in order.pages(question_set.pages, seed)
        ],
        "spans": [*LIMITS],
        "said": {name: language.gettext(message.sentence) for name, message in SAID.items()},
    }


def _question(question: Question, language: Language, plain: Say) -> Iterator[tuple[str, Any]]:
    """What a phone needs to know of a question to see whether an answer can be one."""
    yield "key", question.key
    yield "kind", question.kind
    if question.show_if is not None:
        yield "if", as_data(question.show_if)
    if question.required:
        yield "blank", language.say(blank(question), plain)
    if question.kind == "many":
        yield "alone", [code for code in question.codes if code in question.exclusive]
        yield "most", question.at_most
    if question.kind == "number":
        ends = {name: getattr(question, name) for name in ("low", "high", "decimals")}
        beyond = outside(question)
        yield from ends.items()
        yield "how", language.say(how_to_write(question), plain)
        yield "beyond", language.say(beyond, plain) if beyond else ""
    if question.kind == "text":
        yield "room", question.length or USUAL_LENGTH
    if question.constraint_message is not None:
        yield "own", plain(question.constraint_message)


_fragments: dict[tuple[object, ...], Fragment] = {}


def fragment(
    question_set: QuestionSet,
    code: str,
    languages: tuple[Language, ...],
    place: Place,
    *,
    seed: str = "",
    shared: bool = False,
) -> Fragment:
    """Every page ahead in one language, as templates for a phone. Nothing in it is about a person but their order.

    code: of the language that the questions are in. languages: first the one of the interface around them, then
    those that are offered. seed: of a person whose order is their own; empty where all have the same. shared: each
    way on is a form, which carries the key.
    """
    if seed:
        return _made(question_set, code, languages, place, seed, shared)
    found = (question_set.fingerprint, code, languages, shared)
    if found not in _fragments:
        if len(_fragments) >= MOST_KEPT:
            _fragments.clear()
        _fragments[found] = _made(question_set, code, languages, place, seed, shared)
    return _fragments[found]


def _made(
    question_set: QuestionSet,
    code: str,
    languages: tuple[Language, ...],
    place: Place,
    seed: str,
    shared: bool,
) -> Fragment:
    language, *others = languages
    every = order.pages(question_set.pages, seed)
    shown = {
        "every": every,
        "number": partial(number, question_set),
        "root": f"/r/{NOWHERE}",
        "carried": CARRIED.format("") if shared else "",
        "place": place,
        "say": on_page(with_places(question_set, code), code, language),
        "nothing_given": lambda page: {question.key: [] for question in page.questions},
        "options_of": partial(order.options, seed=seed),
        "receipt": "",
        "rows": [(page, question, []) for page in every for question in page.questions],
        "data": in_script(rules(question_set, seed, language, lambda text: text.into(code))),
        "languages": others,
        "chosen": code,
        "unreviewed": unreviewed(question_set, code, language),
    }
    html = templates_in(language).get_template("answering/ahead.html").render(shown)
    return Fragment(html, hashlib.sha256(html.encode()).hexdigest()[:16])


def in_script(data: object) -> Markup:
    """Data as it may stand in a script element of a page."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704


def with_places(question_set: QuestionSet, code: str) -> Say:
    """The words of a text, with a place where the phone puts an earlier answer; what stands there if none is."""

    def say(text: Text) -> str:
        words = text.into(code)
        if "${" not in words:
            return words
        parts = PIPE.split(words)  # words, key, words, key, words
        return Markup("").join(
            escape(part) if at % 2 == 0 else _place(question_set, part, code) for at, part in enumerate(parts)
        )

    return say


def _place(question_set: QuestionSet, key: str, code: str) -> Markup:
    question = question_set.asked(key)
    fallback = question.fallback.into(code) if question and question.fallback else "…"
    return Markup('<span data-answer="{}">{}</span>').format(key, fallback)
