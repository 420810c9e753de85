"""What changed between two versions of a set, question by question, and whether their answers still compare."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from difflib import SequenceMatcher
from typing import NamedTuple

from questions.changes import Breaks, Change, Compared, Piece, Refusal, Sort, Versions
from questions.conditions import And, Condition, mentioned, numeral, written
from questions.definition import Page, Question, QuestionSet
from questions.text import Text

_Effect = tuple[Sort, Breaks, str]
_RANGE: _Effect = (
    "limits changed",
    "yes",
    "Some numbers that could be given before cannot now, or the reverse.",
)
_SETTINGS: dict[str, _Effect] = {
    "kind": ("kind changed", "yes", "Answers of another kind cannot be set beside the earlier ones."),
    "required": ("required changed", "no", "It says who may leave it blank, not what an answer means."),
    "sensitive": ("sensitive changed", "no", "It says how we announce it, not what an answer means."),
    "at_most": (
        "limits changed",
        "yes",
        "People may tick more or fewer than before, which moves every share.",
    ),
    "low": _RANGE,
    "high": _RANGE,
    "decimals": (
        "limits changed",
        "yes",
        "People had to round their numbers before or have to now, not both.",
    ),
    "randomise": (
        "options reordered",
        "no",
        "The order can move answers a little; every code still means the same.",
    ),
    "length": ("limits changed", "no", "There is another amount of room to write; the question is the same."),
}
_BOTH = "The words changed, and so did the kind, so nothing is compared: say whether it is still the same question."
_LATER = "It is said after the answer, or in another question: what is asked here is the same."
_OTHER: _Effect = ("limits changed", "undecided", "Say whether it still means the same.")
_SPOKEN = ("prompt", "hint")
_SAID_LATER = ("constraint_message", "fallback")  # words that are no part of what is asked
_ELSEWHERE = ("key", *_SPOKEN, *_SAID_LATER, "choices", "dont_know", "prefer_not_to_say", "show_if")


class _Asked(NamedTuple):
    """A question where it stands: its page, the numbers of both, and the language it is written in."""

    question: Question
    page: Page
    number: int
    place: int
    language: str

    def __str__(self) -> str:
        return f"page {self.number}, question {self.place}"


_Words = tuple[Text | None, str]  # and the language of their set
_Order = Mapping[str, _Asked]  # by key, in the order of asking


def compare(old: QuestionSet, new: QuestionSet) -> Versions:
    """What changed from one set to another, question by question, matched by their keys.

    >>> from questions import compare, read, shipped, shipped_source
    >>> newer = read(shipped_source("pulse").replace("after dark?", "at night?"))
    >>> changed = compare(shipped("pulse"), newer)
    >>> changed.question("safe_dark").sorts, changed.question("safe_dark").breaks
    (('wording changed',), 'undecided')
    >>> changed.question("safe_dark").changes[0].words[1:]
    (('removed', 'after dark?'), ('added', 'at night?'))
    >>> changed.marked({"safe_dark": "trivial"}).question("safe_dark").breaks
    'no'
    """
    before, after = _asked(old), _asked(new)
    either = (_rerouted(before, after), _moved(before, after))
    kept = [
        Compared(key, (*_changes(before.get(key), now), *(found[key] for found in either if key in found)))
        for key, now in after.items()
    ]
    gone = [_removed(key) for key in before if key not in after]
    return Versions((*kept, *gone), tuple(_of_the_whole(old, new)))


def reused(new: QuestionSet, earlier: Iterable[QuestionSet]) -> tuple[Refusal, ...]:
    """Keys and codes that the new set takes up again after an earlier version but the last, for something else.

    earlier: every published version, newest first. Empty when each key and code still means what it meant.

    >>> from questions import read, shipped, shipped_source
    >>> with_other = read(shipped_source("pulse").replace('"safe_dark"', '"safe_night"'))
    >>> again = read(shipped_source("pulse").replace("feel in your area after dark", "feel on a bus"))
    >>> print(reused(again, [with_other, shipped("pulse")])[0])
    question safe_dark: an earlier version asked something else under this key. Give it a new key.
    """
    found: dict[str, Refusal] = {}
    versions = list(earlier)
    for question in new.questions:
        past = [one for version in versions for one in version.questions if one.key == question.key]
        if (
            past
            and not any(one.key == question.key for one in versions[0].questions)
            and _says_else(past[0], question)
        ):
            told = "an earlier version asked something else under this key."
            place = f"question {question.key}"
            found[question.key] = Refusal(place, question.key, told, "Give it a new key.")
        elif past and _sort_of(past[0].kind) != _sort_of(question.kind):
            told = f"under this key it took answers of another kind ({past[0].kind}) before."
            mend = "Copy it, which gives a new key, and take this one out; or put its kind back."
            found[question.key] = Refusal(f"question {question.key}", question.key, told, mend)
        for code in question.codes:
            before = next((one for one in past if one.has(code)), None)
            if before and before is not past[0] and str(before.label(code)) != str(question.label(code)):
                place = f"question {question.key}, option {code}"
                told = f"the code stood for “{before.label(code)}” before."
                mend = "Add it as another choice, which gives a new code, and take this one out."
                found[f"{question.key}.{code}"] = Refusal(place, question.key, told, mend)
    return tuple(found.values())


def _sort_of(kind: str) -> str:
    """A scale may become a question with one answer, and the reverse: an answer is one code in both."""
    return "one" if kind == "scale" else kind


def _says_else(old: Question, new: Question) -> bool:
    return old.kind != new.kind or str(old.prompt) != str(new.prompt)


def _asked(question_set: QuestionSet) -> dict[str, _Asked]:
    return {
        question.key: _Asked(question, page, number, place, question_set.language)
        for number, page in enumerate(question_set.pages, 1)
        for place, question in enumerate(page.questions, 1)
    }


def _removed(key: str) -> Compared:
    why = "It is asked no more: its series ends with the earlier version, and its answers are kept."
    return Compared(key, (Change(key, "removed", "yes", why),))


def _of_the_whole(old: QuestionSet, new: QuestionSet) -> Iterator[Change]:
    for change in _reworded("", "title", (old.title, old.language), (new.title, new.language)):
        yield replace(change, breaks="no", why="The title is no part of a question.")
    if old.language != new.language:
        why = "It is written in another language first; its questions are compared language by language."
        yield Change("", "language changed", "no", why, "language", old=old.language, new=new.language)
    yield from _offered(old, new)


def _offered(old: QuestionSet, new: QuestionSet) -> Iterator[Change]:
    """The languages that people may no longer answer in, and those that they may answer in now."""
    for code in (one for one in old.offered if one not in new.offered):
        reason = "not every text has it"
        if code in new.languages:
            reason = "nobody has reviewed it, and it is not switched on as it is"
        why = f"People can no longer answer in it: {reason}."
        yield Change("", "language lost", "no", why, "offered", code)
    for code in (one for one in new.offered if one not in old.offered):
        yield Change("", "language added", "no", "People can answer in it now.", "offered", code)


def _changes(before: _Asked | None, now: _Asked) -> Iterator[Change]:
    key = now.question.key
    if before is None:
        yield Change(key, "new", "no", "It was not asked before: its series begins here.")
        return
    yield from _settings(before.question, now.question)
    for change in _words(before, now):
        both = change.breaks == "undecided" and before.question.kind != now.question.kind
        yield replace(change, why=_BOTH) if both else change
    was, is_now = before.page.random_block, now.page.random_block
    if was != is_now:
        why = "What people are asked just before can move answers a little; the question is the same."
        yield Change(key, "moved", "no", why, "random_block", "", _in_words(was), _in_words(is_now))
    yield from _options(before, now)


def _words(before: _Asked, now: _Asked) -> Iterator[Change]:
    """The words of a question and of its page that are others now."""
    key = now.question.key
    for part in (*_SPOKEN, *_SAID_LATER):
        old, new = getattr(before.question, part), getattr(now.question, part)
        for change in _reworded(key, part, (old, before.language), (new, now.language)):
            yield change if part in _SPOKEN else replace(change, breaks="no", why=_LATER)
    for part in ("title", "note"):
        old, new = getattr(before.page, part), getattr(now.page, part)
        yield from _reworded(key, part, (old, before.language), (new, now.language))


def _settings(old: Question, new: Question) -> Iterator[Change]:
    for name in (spot.name for spot in fields(Question) if spot.init and spot.name not in _ELSEWHERE):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield Change(new.key, *_SETTINGS.get(name, _OTHER), name, old=_in_words(was), new=_in_words(now))


def _in_words(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return numeral(value) if isinstance(value, (int, float)) else str(value)


def _reworded(
    key: str, part: str, old: _Words, new: _Words, sort: Sort = "wording changed"
) -> Iterator[Change]:
    """A change for each language in which the words are others."""
    before, after = _by_language(*old), _by_language(*new)
    for language in dict.fromkeys([*after, *before]):
        was, now = before.get(language, ""), after.get(language, "")
        if was != now:
            pieces = difference(was, now)
            breaks, why = _judged(pieces, language in (old[1], new[1]))
            yield Change(key, sort, breaks, why, part, language, was, now, pieces)


def _by_language(text: Text | None, language: str) -> dict[str, str]:
    return {language: text.source, **dict(text.translations)} if text else {}


def _judged(pieces: tuple[Piece, ...], first_language: bool) -> tuple[Breaks, str]:
    if all(sort == "kept" for sort, _ in pieces):
        return "no", "Only spaces or line ends changed."
    if not first_language:
        return "no", "Only a translation changed: the question is the same."
    return "undecided", "The words changed: say whether it still means the same."


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """What was kept, removed and added, by words.

    >>> difference("How safe do you feel after dark?", "How safe do you feel at night?")
    (('kept', 'How safe do you feel'), ('removed', 'after dark?'), ('added', 'at night?'))
    """
    was, now = old.split(), new.split()
    found: list[Piece] = []
    for sort, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if sort == "equal":
            found.append(("kept", " ".join(was[i:j])))
            continue
        found += [("removed", " ".join(was[i:j]))] if i < j else []
        found += [("added", " ".join(now[k:m]))] if k < m else []
    return tuple(found)


def _options(before: _Asked, now: _Asked) -> Iterator[Change]:
    key, old, new = now.question.key, before.question, now.question
    for code in new.codes:
        if not old.has(code):
            yield _added(code, before, now)
    for code in old.codes:
        if not new.has(code):
            why = "People can no longer choose it and answer something else. Its earlier answers are kept."
            yield Change(key, "option retired", "yes", why, code, old=str(old.label(code)))
    for code in new.codes:
        if old.has(code):
            yield from _relabelled(code, before, now)
    yield from _exclusive(old, new)
    yield from _support(old, new)
    yield from _reordered(old, new)


def _added(code: str, before: _Asked, now: _Asked) -> Change:
    words = str(now.question.label(code))
    why = "People can choose it now and could not before, so some of every other answer may go to it."
    added = Change(now.question.key, "option added", "yes", why, code, now.language, new=words)
    other = _whose(added, before)
    if other is None or now.question.has(other):
        return added
    why = f"These were the words of “{other}” before: keep that code, or its answers stand in two columns."
    return replace(added, why=why)


def _relabelled(code: str, before: _Asked, now: _Asked) -> Iterator[Change]:
    old, new = before.question, now.question
    was, is_now = (old.label(code), before.language), (new.label(code), now.language)
    for change in _reworded(new.key, code, was, is_now, "option relabelled"):
        other = _whose(change, before) if change.breaks == "undecided" else None
        if other is None:
            yield change
        else:
            why = f"These were the words of “{other}” before, so the code means something else now."
            yield replace(change, breaks="yes", why=why)


def _whose(change: Change, before: _Asked) -> str | None:
    """The other code that had these words before."""
    for option in before.question.options:
        words = _by_language(option.label, before.language).get(change.language, "")
        if option.code != change.part and words.casefold() == change.new.casefold():
            return option.code
    return None


def _exclusive(old: Question, new: Question) -> Iterator[Change]:
    for code in new.codes:
        was, now = code in old.exclusive, code in new.exclusive
        if old.kind == new.kind and old.has(code) and was != now:
            why = "It could be chosen beside others before and cannot now, or the other way round."
            spot = f"exclusive, {code}"
            yield Change(new.key, "limits changed", "yes", why, spot, "", _in_words(was), _in_words(now))


def _support(old: Question, new: Question) -> Iterator[Change]:
    before = {choice.code: choice.support for choice in old.choices}
    for choice in new.choices:
        was = before.get(choice.code, choice.support)
        if was != choice.support:
            why = "It says whom we show where help is, not what an answer means."
            spot = f"support, {choice.code}"
            yield Change(
                new.key, "support changed", "no", why, spot, "", _in_words(was), _in_words(choice.support)
            )


def _reordered(old: Question, new: Question) -> Iterator[Change]:
    was = [code for code in old.codes if new.has(code)]
    now = [code for code in new.codes if old.has(code)]
    if was != now:
        why = "The order can move answers a little; every code still means the same."
        before, after = (", ".join(str(new.label(code)) for code in codes) for codes in (was, now))
        yield Change(new.key, "options reordered", "no", why, old=before, new=after)


def _rerouted(before: _Order, after: _Order) -> dict[str, Change]:
    """The questions that other people are asked now, by their own condition or through one they look at."""
    found: dict[str, Change] = {}
    for key in (key for key in after if key in before):
        was, now = _conditions(before[key]), _conditions(after[key])
        through = next((one for part in now for one in sorted(mentioned(part)) if one in found), "")
        why = "Other people are asked now."
        if set(was) == set(now):
            why = f"It is shown by the answer to “{through}”, and other people are asked that now."
        if set(was) != set(now) or through:
            part = through if set(was) == set(now) else ""
            found[key] = Change(key, "re-routed", "yes", why, part, "", _joined(was), _joined(now))
    return found


def _conditions(asked: _Asked) -> tuple[Condition, ...]:
    """All that must hold for a question to be shown: of its page, and its own."""
    found: list[Condition] = []
    for condition in (asked.page.show_if, asked.question.show_if):
        if condition is not None:
            found += condition.conditions if isinstance(condition, And) else [condition]
    return tuple(dict.fromkeys(found))


def _joined(conditions: tuple[Condition, ...]) -> str:
    if not conditions:
        return "everybody"
    return written(conditions[0] if len(conditions) == 1 else And(conditions))


def _moved(before: _Order, after: _Order) -> dict[str, Change]:
    """The fewest questions whose moving explains the new order, and those that changed their page."""
    both = [key for key in after if key in before]
    places = {key: place for place, key in enumerate(before)}
    stayed = _longest_rising([places[key] for key in both])
    pages = _same_pages([(before[key].number, after[key].number) for key in both])
    why = "What people are asked just before can move answers a little; the question is the same."
    return {
        key: Change(key, "moved", "no", why, "", "", str(before[key]), str(after[key]))
        for key in both
        if places[key] not in stayed or pages.get(before[key].number) != after[key].number
    }


def _longest_rising(numbers: list[int]) -> set[int]:
    """The members of a longest rising part of a list without repeats (Fredman 1975)."""
    ends: list[int] = []
    previous: dict[int, int | None] = {}
    for number in numbers:
        place = bisect_left(ends, number)
        previous[number] = ends[place - 1] if place else None
        ends[place : place + 1] = [number]
    found: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        found.add(last)
        last = previous[last]
    return found


def _same_pages(pairs: list[tuple[int, int]]) -> dict[int, int]:
    """Which new page an old one became: the one with most of its questions, each page once."""
    became: dict[int, int] = {}
    shared = Counter(pairs)
    for old, new in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if old not in became and new not in became.values():
            became[old] = new
    return became
