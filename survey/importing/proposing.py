"""What a column of a past survey may be, and what its words may mean: proposed, for somebody to change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from questions import DONT_KNOW, PREFER_NOT_TO_SAY, Question, Text
from survey.importing import ages
from survey.importing.answers import band_of, parts_of
from survey.importing.days import says_days
from survey.importing.files import Column
from survey.importing.genders import GENDER, NAMES, gender_code, tells_gender
from survey.importing.mapping import SPLITS
from survey.importing.written import why_written
from survey.places import Place
from survey.places.names import UnknownBorough, borough_named

OUT, ASK, TICK, AGE, OWN, SETTING = "out", "ask", "tick", "age", "own", "setting"
NO_ANSWER, TICKED, NOT_TICKED, ITS_OWN = "-", "yes", "no", "+"
AGE_BAND, BOROUGH = "age_band", "borough"
OWN_KINDS = {
    "one": "A question of its own: one answer",
    "many": "A question of its own: several answers in one cell",
    "number": "A question of its own: a number",
    "text": "A question of its own: free text",
    "tick": "A tick of a question of its own",
}
SETTINGS = {
    "The school or club they answered in": f"{SETTING}",
    "The borough of that school or club": f"{SETTING} {BOROUGH}",
}
PLACES = ("school", "setting", "site", "club", "cluster", "urn", "centre", "center", "venue", "youth club")
SETTING_NAMES = {f"{one}{more}" for one in PLACES for more in ("", " name", " id", " code", " number")} | {
    *(f"name of {the}{one}" for one in PLACES for the in ("", "the ", "your ")),
    "psu",
    "schule",
}
SETTING_BOROUGHS = {f"{one} borough" for one in PLACES} | {
    f"borough of {the}{one}" for one in PLACES for the in ("", "the ", "your ")
}
NOTHING = {
    "na",
    "n a",
    "nan",
    "null",
    "none",
    "missing",
    "no answer",
    "not answered",
    "not stated",
    "skipped",
}
YES, NO = (
    {"1", "yes", "true", "ja", "oui", "ticked", "selected", "quoted", "x"},
    {"0", "2", "no", "false", "nein"},
)
NOT_YES = ("not ", "untick", "unselect", "unquote")
DO_NOT_KNOW = re.compile(r"\bidk\b|\b(do not|don t|dont) know\b|\bnot sure\b|\bunsure\b|weiss (es )?nicht")
RATHER_NOT = re.compile(r"\b(prefer|rather|want) not\b|\bnot say\b|\brefused\b|keine angabe")
NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,15})?", re.ASCII)
MOST_CHOICES = 40  # different words of a column that is taken for a question with choices
MOST_OF_A_TICK = 20  # different words of a column of ticks, however many ways there are to say nothing
FEWEST_REPEATS = 2  # people for each of them, on average


class Target(NamedTuple):
    """What a column is: left out, the answer to a question, a tick of one with many answers, an age, its own, or where
    somebody answered.
    """

    sort: str
    key: str = ""
    code: str = ""

    @classmethod
    def of(cls, told: str) -> Target:
        """As a form says it: `ask worry`, `tick helps clubs`, `own one`."""
        return cls(*[*told.split(" "), "", ""][:3])

    def __str__(self) -> str:
        return " ".join(filter(None, self))


OWN_TICK = Target(OWN, "tick")
WITH_CHOICES = (Target(OWN, "one"), Target(OWN, "many"))


def options_of(questions: Iterable[Question], *, own: bool) -> list[tuple[str, str]]:
    """Everything that a column may be, as a form says it and in words; own: also a question made of it."""
    found = [(OUT, "Leave this column out")]
    found += [(f"{OWN} {kind}", told) for kind, told in OWN_KINDS.items()] if own else []
    for question in questions:
        asked = f"{question.key}: {question.prompt.into('en')}"
        if question.kind == "many":
            found.append((f"{ASK} {question.key}", f"{question.key}, several answers in one cell"))
            found += [
                (f"{TICK} {question.key} {code}", f"{question.key}: {question.label(code).into('en')}")
                for code in question.codes
            ]
            continue
        found.append((f"{ASK} {question.key}", asked))
        if question.key == AGE_BAND:
            found.append((f"{AGE} {question.key}", f"{question.key}, from an age in years"))
    return found + [(value, told) for told, value in SETTINGS.items()]


def target_of(
    column: Column,
    words: Counter[str],
    questions: Sequence[Question],
    place: Place,
    *,
    own: bool,
    called: Collection[str] = (),
) -> Target:
    """What a column is proposed to be: by its name, by the words of the question in its label, or by what it holds.

    called: the keys of questions that some column is called after: what others hold makes them no answer to those.
    """
    free = [question for question in questions if question.key not in called]
    found = (
        called_after(column, words, questions)
        or _setting(column, words)
        or _boroughs(column, words, free, place)
        or _gender(column, words, free)
        or _several_known(column, words, free, place)
    )
    return found or (_own(column, words) if own else Target(OUT))


def called_after(column: Column, words: Counter[str], questions: Sequence[Question]) -> Target | None:
    """What a column is by its name, or by the words of one answer that are all it says."""
    ticked = (_called(column, words, question) for question in questions)
    return _named(column, words, questions) or next(filter(None, ticked), None)


def _names(column: Column) -> set[str]:
    return {plain(column.name), plain(column.label)} - {""}


def _named(column: Column, words: Counter[str], questions: Sequence[Question]) -> Target | None:
    """The question, or the answer of one with many, that a column is called after."""
    said = _names(column)
    for question in questions:
        if question.key == AGE_BAND and said & ages.NAMES and (sort := _ages(column, words)):
            return Target(sort, AGE_BAND)
        if question.kind == "many":
            for code in question.codes:
                names = {f"{question.key} {code}", *map(plain, _every(question.label(code)))}
                if said & names or plain(column.name) == plain(f"{question.key}_{code}"):
                    return Target(TICK, question.key, code)
        names = NAMES if question.key == GENDER else set()
        if said & {plain(question.key), *map(plain, _every(question.prompt)), *names}:
            return _called(column, words, question) or Target(ASK, question.key)
    return None


def _called(column: Column, words: Counter[str], question: Question) -> Target | None:
    """A tick of a question with many answers, where all that a column says is the words of one of them."""
    if question.kind != "many" or len(words) > MOST_OF_A_TICK:
        return None
    told = {plain(column.said(word)) for word in words}
    some = {one for one in told if one not in NO | NOTHING and not one.startswith(NOT_YES)}
    codes = question.codes if len(some) == 1 else ()
    found = (code for code in codes if some <= {*map(plain, _every(question.label(code)))})
    return next((Target(TICK, question.key, code) for code in found), None)


def _boroughs(
    column: Column, words: Counter[str], questions: Sequence[Question], place: Place
) -> Target | None:
    """The question where somebody lives, where most words are boroughs; a number could be one by chance alone."""
    where = next((question for question in questions if question.key == BOROUGH), None)
    if where is None or not words:
        return None
    told = [(word, n) for word, n in words.most_common(MOST_CHOICES) if not is_number(column.said(word))]
    known = sum(n for word, n in told if _borough(column.said(word), where, place))
    return Target(ASK, BOROUGH) if known > words.total() / 2 else None


def _gender(column: Column, words: Counter[str], questions: Sequence[Question]) -> Target | None:
    """The question on gender, where both M and F are there in one way or another, and hardly anything else."""
    asked = next((question for question in questions if question.key == GENDER), None)
    if asked is None:
        return None
    return Target(ASK, GENDER) if tells_gender(_said(column, words)) else None


def mark_of(words: Iterable[str]) -> str:
    """What divides the answers in the cells of a column; "" where each holds one.

    >>> mark_of(["clubs; lights, brighter", "clubs"]), mark_of(["clubs", "lights"])
    (';', '')
    """
    cells = list(words)
    divided = (
        mark for mark in SPLITS if any(mark in cell and len(parts_of(cell, mark)) > 1 for cell in cells)
    )
    return next(divided, "")


def counted_parts(words: Counter[str], mark: str) -> Counter[str]:
    """In how many rows each answer stands, where several may stand in a cell."""
    found: Counter[str] = Counter()
    for cell, people in words.items():
        for part in dict.fromkeys(parts_of(cell, mark)):
            found[part] += people
    return found


def _several_known(
    column: Column, words: Counter[str], questions: Sequence[Question], place: Place
) -> Target | None:
    """A question with many answers, where most of what stands in the cells is known of it."""
    mark = mark_of(words)
    if not mark:
        return None
    parts = counted_parts(words, mark)
    told = parts.most_common(MOST_CHOICES)
    for question in (one for one in questions if one.kind == "many"):
        if sum(n for part, n in told if _code(part, column, question, place)) > parts.total() / 2:
            return Target(ASK, question.key)
    return None


def _repeats(words: Counter[str]) -> bool:
    """Whether the cells of a column are the same few answers, put together in one way or another."""
    mark = mark_of(words)
    if not mark or all(is_number(word) for word in words):
        return False
    parts = counted_parts(words, mark)
    few = len(parts) < len(words) and len(parts) <= MOST_CHOICES
    return few and parts.total() >= FEWEST_REPEATS * len(parts)


def _own(column: Column, words: Counter[str]) -> Target:
    """What people wrote, and what is different for nearly everybody (as a number of a row is), is not taken unasked;
    nor is what is the same for all.
    """
    said = Counter({word: n for word, n in words.items() if _is_opinion(word, column)})
    labelled = any(word in column.labels for word in said)
    many = said.total() / max(1, len(said))
    if len(said) < 2 or says_days(said) or looks_written(column, words):
        return Target(OUT)
    if not labelled and _repeats(words):
        return Target(OWN, "many")
    if labelled or (len(said) <= MOST_CHOICES and many >= FEWEST_REPEATS):
        return Target(OWN, "one")
    if many >= FEWEST_REPEATS and all(is_number(word) for word in said):
        return Target(OWN, "number")
    return Target(OUT)


def looks_written(column: Column, words: Counter[str]) -> str:
    """Why a column looks like words that people wrote, in a sentence; "" where it does not, or says days.

    Of cells that hold several answers each is looked at by itself.
    """
    if says_days(_said(column, words)):
        return ""
    parts = counted_parts(words, mark_of(words)) if _repeats(words) else words
    return why_written({word: n for word, n in parts.items() if _is_opinion(word, column)}, column)


def _setting(column: Column, words: Counter[str]) -> Target | None:
    """The school or club, or its borough, by the column's name; never what has ticks ("club: yes, no")."""
    said = _names(column)
    if said & SETTING_BOROUGHS:
        return Target(SETTING, BOROUGH)
    ticks = all(plain(word) in YES | NO | NOTHING for word in words)
    return Target(SETTING) if said & SETTING_NAMES and not ticks else None


def _ages(column: Column, words: Counter[str]) -> str:
    """Whether most people gave an age in years, or one of our bands; "" where neither."""
    if sum(n for word, n in words.items() if band_of(word)) > words.total() / 2:
        return AGE
    return ASK if ages.says_bands(_said(column, words)) else ""


def _said(column: Column, words: Counter[str]) -> Counter[str]:
    """How many said each, in its words, of those who gave an opinion."""
    found: Counter[str] = Counter()
    for word, people in words.items():
        if _is_opinion(word, column):
            found[column.said(word)] += people
    return found


def _every(text: Text) -> list[str]:
    return [text.source, *(words for _, words in text.translations)]


@lru_cache(maxsize=50_000)
def plain(told: str) -> str:
    """Words without capitals, signs and underscores.

    >>> plain("How_safe  do you FEEL?"), plain("helps.clubs")
    ('how safe do you feel', 'helps clubs')
    """
    return re.sub(r"[\W_]+", " ", told.casefold()).strip()


def is_number(word: str) -> bool:
    """Whether a word is a number, with a point or a comma.

    >>> is_number("7"), is_number("-1,5"), is_number("7 years")
    (True, True, False)
    """
    return NUMBER.fullmatch(word) is not None


def meanings_of(target: Target, question: Question | None, place: Place) -> list[tuple[str, str]]:
    """What a word of a column may mean, as a form says it and in words; nothing where words are taken as they are."""
    nothing = (NO_ANSWER, "No answer")
    if target.sort == TICK or target == OWN_TICK:
        return [(TICKED, "Ticked"), (NOT_TICKED, "Not ticked"), nothing]
    if target.sort == SETTING:
        boroughs = [(one.code, one.name) for one in place.boroughs]
        some = boroughs if target.key == BOROUGH else [(ITS_OWN, "A school or club")]
        return [*some, (NO_ANSWER, "None")]
    if target in WITH_CHOICES:
        return [
            (ITS_OWN, "An answer of its own"),
            (DONT_KNOW, "I don’t know"),
            (PREFER_NOT_TO_SAY, "I’d rather not say"),
            nothing,
        ]
    if question is None or question.kind in ("number", "text"):
        return [nothing]
    return [(code, f"{question.label(code).into('en')} ({code})") for code in question.codes] + [nothing]


def meaning_of(word: str, column: Column, target: Target, question: Question | None, place: Place) -> str:
    """What a word is proposed to mean; empty where somebody has to say."""
    said = plain(column.said(word))
    if target.sort == TICK:
        called = question is not None and said in map(plain, _every(question.label(target.code)))
        return _tick(word, said, column) or (TICKED if called else "")
    nothing = _is_nothing(word, column)
    if target.sort == SETTING:
        return _attended(column.said(word), target, place) or (NO_ANSWER if nothing else "")
    if target in WITH_CHOICES:
        nothing = nothing and (said != "none" or target.key == "one")  # none of several is an answer
        return _no_opinion(said, None) or (NO_ANSWER if nothing else ITS_OWN)
    if question is None or question.kind in ("number", "text"):
        return NO_ANSWER if nothing else ""
    return _code(word, column, question, place) or (NO_ANSWER if nothing else "")


def _attended(said: str, target: Target, place: Place) -> str:
    """What a word means that says a school or club, or its borough; empty where it is none."""
    if target.key != BOROUGH:
        return "" if plain(said) in NOTHING else ITS_OWN
    return _borough_of(said, place)


def _code(word: str, column: Column, question: Question, place: Place) -> str:
    """The code of a question that a word stands for; empty where none does."""
    said = plain(column.said(word))
    for code in question.codes:
        if {plain(word), said} & {plain(code), *map(plain, _every(question.label(code)))}:
            return code
    if found := _no_opinion(said, question):
        return found
    if question.key == AGE_BAND:
        band = ages.band_said(column.said(word))
        return band if question.has(band) else ""
    if question.key == GENDER:
        return gender_code(column.said(word), question)
    return _borough(column.said(word), question, place) if question.key == BOROUGH else ""


def _is_opinion(word: str, column: Column) -> bool:
    return not _is_nothing(word, column) and not _no_opinion(plain(column.said(word)), None)


def _is_nothing(word: str, column: Column) -> bool:
    said = plain(column.said(word))
    return word in column.missing or said in NOTHING or not said


def _tick(word: str, said: str, column: Column) -> str:
    if word in column.missing or said in NOTHING:
        return NO_ANSWER
    if said in YES:
        return TICKED
    if said in NO or said.startswith(NOT_YES):
        return NOT_TICKED
    return TICKED if said in {plain(column.name), plain(column.label)} else ""


def own_tick(word: str, column: Column, *, alone: bool) -> str:
    """What a word of a column of ticks means whose question is made of it; alone: it has no other. "" where neither."""
    found = _tick(word, plain(column.said(word)), column)
    named = not is_number(column.said(word))
    return found or (TICKED if plain(word) == "1" or (alone and named) else "")


def _no_opinion(said: str, question: Question | None) -> str:
    """ "Don't know" and "prefer not to say" in words, where the question has them (None: it takes what it needs)."""
    for code, pattern in ((DONT_KNOW, DO_NOT_KNOW), (PREFER_NOT_TO_SAY, RATHER_NOT)):
        if pattern.search(said) and (question is None or question.has(code)):
            return code
    return ""


def _borough(said: str, question: Question, place: Place) -> str:
    code = _borough_of(said, place)
    return code if question.has(code) else ""


def _borough_of(said: str, place: Place) -> str:
    try:
        return borough_named(said, place).code
    except UnknownBorough:
        return ""
