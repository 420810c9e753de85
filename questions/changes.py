"""What a change between two versions does to answers, and what staff have to say about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
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
    "support changed",
    "re-routed",
    "moved",
    "language changed",
    "language added",
    "language lost",
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
            same = "still asks" if self.sort == "wording changed" else "still means"
            return replace(self, breaks="no", why=f"Staff say that it {same} the same.")
        return replace(self, breaks="yes", why="Staff say that it means something else now.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a set cannot be published yet: where, what, and how to mend it.

    question: the key of the question it is about; "" for a page or the set.
    """

    place: str
    question: str
    words: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words} {self.mend}".rstrip()


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
    whole: tuple[Change, ...] = ()  # of the set itself: its title, its languages

    @property
    def same(self) -> bool:
        """Whether nothing changed that anyone could notice."""
        return not self.whole and not any(one.changes for one in self.questions)

    @property
    def lost(self) -> tuple[str, ...]:
        """The languages that people could answer in and no longer can."""
        return tuple(change.language for change in self.whole if change.sort == "language lost")

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

    def signature(self, name: str) -> str:
        """A short hash of the old and new words that a mark under this name would judge; empty without any."""
        judged = [
            (change.sort, change.part, change.language, change.old, change.new)
            for change in self._changes({})
            if change.name == name and change.breaks == "undecided"
        ]
        return sha256(repr(judged).encode()).hexdigest()[:16] if judged else ""

    def sign(self, name: str, mark: str) -> str:
        """A mark as it is kept: with the hash of the words it was given for."""
        return f"{mark} {self.signature(name)}"

    def fitting(self, signed: Marks) -> dict[str, str]:
        """Of the marks as they are kept, those whose words are still the same, without their hashes.

        >>> from questions import compare, read, shipped, shipped_source
        >>> source = shipped_source("pulse")
        >>> night = compare(shipped("pulse"), read(source.replace("after dark?", "at night?")))
        >>> noon = compare(shipped("pulse"), read(source.replace("after dark?", "at noon?")))
        >>> kept = {"safe_dark": night.sign("safe_dark", "trivial")}
        >>> night.fitting(kept), noon.fitting(kept)
        ({'safe_dark': 'trivial'}, {})
        """
        found = {}
        for name, kept in signed.items():
            mark, _, signature = kept.rpartition(" ")
            if mark in MARKS and signature and signature == self.signature(name):
                found[name] = mark
        return found

    def refusals(self, marks: Marks) -> tuple[Refusal, ...]:
        """Why this cannot be published yet, and what to do about it; empty when it can.

        >>> from questions import compare, shipped, shipped_source, read
        >>> newer = read(shipped_source("pulse").replace("after dark?", "at night?"))
        >>> compare(shipped("pulse"), newer).refusals({"safe_dark": "trivial"})
        ()
        >>> print(compare(shipped("pulse"), newer).refusals({"safe_dark": "changes meaning"})[0].mend)
        Copy it, which gives a new key, and take this one out; or put it back as it was.
        """
        found = (_refusal(change, marks) for change in self._changes({}))
        return tuple(dict.fromkeys(one for one in found if one))

    def _changes(self, marks: Marks) -> Iterator[Change]:
        for one in self.marked(marks).questions:
            yield from one.changes


def _marked(changes: Iterable[Change], marks: Marks) -> tuple[Change, ...]:
    return tuple(change.marked(marks) for change in changes)


def _refusal(change: Change, marks: Marks) -> Refusal | None:
    of_option = change.sort == "option relabelled"
    key = change.question
    place = f"question {key}" + (f", option {change.part}" if of_option else "")
    if of_option and change.breaks == "yes":
        mend = "Add it as another choice, which gives a new code, and take this one out; or put its old words back."
        return Refusal(place, key, change.why, mend)
    if change.breaks != "undecided" or marks.get(change.name) == "trivial":
        return None
    if marks.get(change.name) == "changes meaning":
        new = "Add it as another choice" if of_option else "Copy it, which gives a new key"
        mend = f"{new}, and take this one out; or put it back as it was."
        return Refusal(place, key, "it means something else now.", mend)
    told = "only you can say whether it still means the same."
    return Refusal(
        place, key, told, "Mark it as trivial, or as changes meaning, on the page Check and publish."
    )
