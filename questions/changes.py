"""What a change between two versions does to answers, and what staff have to say about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

Sort = Literal[
    "new",
    "removed",
    "kind changed",
    "wording changed",
    "option added",
    "option retired",
    "option relabelled",
    "options reordered",
    "limits changed",
    "required changed",
    "sensitive changed",
    "re-routed",
    "moved",
    "language changed",
]
Breaks = Literal["no", "undecided", "yes"]
Mark = Literal["trivial", "changes meaning"]
Marks = Mapping[str, str]  # by question key, or by key.code for the words of an option
Piece = tuple[Literal["kept", "removed", "added"], str]

MARKS: tuple[str, ...] = get_args(Mark)

_COMPARES = ("no", "undecided", "yes")  # the worse, the later


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed about a question (or about the whole set, where `question` is empty).

    `part` says of what: prompt, hint, title or note (of its page), the code of an option, a setting, or the
    question through which it is re-routed. `old` and `new` are in words; `words` is their difference.
    `breaks`: whether later answers cannot be compared with earlier ones, and `why`, in a sentence for staff.
    """

    question: str
    sort: Sort
    breaks: Breaks
    why: str
    part: str = ""
    language: str = ""
    old: str = ""
    new: str = ""
    words: tuple[Piece, ...] = ()

    @property
    def name(self) -> str:
        """What a mark for it is given under: the key of the question, or key.code for an option's words."""
        return f"{self.question}.{self.part}" if self.sort == "option relabelled" else self.question

    def marked(self, marks: Marks) -> Change:
        """The same when staff have said what it does; as it is when it is decided or not marked."""
        mark = marks.get(self.name)
        if self.breaks != "undecided" or mark not in MARKS:
            return self
        if mark == "trivial":
            return replace(self, breaks="no", why="Staff say that it still means the same.")
        return replace(self, breaks="yes", why="Staff say that it means something else now.")


@dataclass(frozen=True, slots=True)
class Compared:
    """One question and what changed about it."""

    key: str
    changes: tuple[Change, ...] = ()

    @property
    def sorts(self) -> tuple[str, ...]:
        """The sorts of change, each once, or only `same`."""
        return tuple(dict.fromkeys(change.sort for change in self.changes)) or ("same",)

    @property
    def breaks(self) -> Breaks:
        """The worst of its changes."""
        return max((change.breaks for change in self.changes), key=_COMPARES.index, default="no")


@dataclass(frozen=True, slots=True)
class Versions:
    """Two versions of a set side by side: the questions of the new one in order, then those removed."""

    questions: tuple[Compared, ...]
    whole: tuple[Change, ...] = ()  # of the set itself: its title, its language

    @property
    def same(self) -> bool:
        """Whether nothing changed that anyone could notice."""
        return not self.whole and not any(one.changes for one in self.questions)

    def question(self, key: str) -> Compared:
        """What changed about a question; KeyError when neither set has it."""
        for one in self.questions:
            if one.key == key:
                return one
        raise KeyError(key)

    def marked(self, marks: Marks) -> Versions:
        """The same with what staff have said about the changes that only they can judge."""
        judged = (replace(one, changes=_marked(one.changes, marks)) for one in self.questions)
        return replace(self, questions=tuple(judged))

    def unmarked(self, marks: Marks) -> tuple[str, ...]:
        """The names under which a mark is still missing, in order."""
        left = (change for change in self._changes(marks) if change.breaks == "undecided")
        return tuple(dict.fromkeys(change.name for change in left))

    def refusals(self, marks: Marks) -> tuple[str, ...]:
        """Why this cannot be published yet, and what to do about it; empty when it can.

        >>> from questions import compare, shipped, shipped_source, read
        >>> newer = read(shipped_source("pulse").replace("after dark?", "at night?"))
        >>> compare(shipped("pulse"), newer).refusals({"safe_dark": "trivial"})
        ()
        >>> compare(shipped("pulse"), newer).refusals({"safe_dark": "changes meaning"})
        ('question safe_dark: it means something else now. Give it a new key, or put it back as it was.',)
        """
        return tuple(dict.fromkeys(told for change in self._changes({}) if (told := _refusal(change, marks))))

    def _changes(self, marks: Marks) -> Iterator[Change]:
        for one in self.marked(marks).questions:
            yield from one.changes


def _marked(changes: Iterable[Change], marks: Marks) -> tuple[Change, ...]:
    return tuple(change.marked(marks) for change in changes)


def _refusal(change: Change, marks: Marks) -> str:
    of_option = change.sort == "option relabelled"
    place = f"question {change.question}" + (f", option {change.part}" if of_option else "")
    if of_option and change.breaks == "yes":
        return f"{place}: {change.why} Give it a code that was never used, or put its old words back."
    if change.breaks != "undecided" or marks.get(change.name) == "trivial":
        return ""
    if marks.get(change.name) == "changes meaning":
        mend = "Give it a new code, and take the old one out" if of_option else "Give it a new key"
        return f"{place}: it means something else now. {mend}, or put it back as it was."
    return f"{place}: only you can say whether it still means the same. Mark it trivial, or changes meaning."
