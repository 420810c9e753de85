"""The mapping of an import: which column is which question, and which of its words is which code."""

import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from questions import Question, QuestionSet
from survey.models import Design

CONSULTATION = {
    "slug": str,
    "title": str,
    "summary": str,
    "decides": str,
    "outcome": str,
    "opens_on": dt.date,
    "closes_on": dt.date,
    "outcome_on": dt.date,
}
CONSULTATION_MAY = {"source": str, "synthetic": bool, "headline": str, "headline_level": list, "place": str}
COLLECTION = {"name": str, "design": str}
ANSWER_MAY = {
    "column": str,
    "codes": (str, dict),
    "age": bool,
    "missing": list,
    "columns": dict,
    "split": str,
}
SPLITS = {";": "a semicolon", "|": "an upright line", ",": "a comma"}  # what may divide the answers in a cell
MANY_MAY = {"yes": (str, list), "no": (str, list), "otherwise": str}
FILE_MAY = {"encoding": str, "delimiter": str, "decimal": str}
SETTINGS, SETTINGS_MAY = {"column": str}, {"borough": str, "missing": list}
PARTS = ("consultation", "collection", "file", "codes", "answers", "settings")
MOST_SHOWN = 60
OTHERWISE = {(str, dict): "words in quotes or a table", (str, list): "words in quotes or a list"}


class WrongImport(Exception):
    """An import that was refused, with every reason; nothing was stored."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        more = len(self.faults) - MOST_SHOWN
        lines = [f"- {fault}" for fault in self.faults[:MOST_SHOWN]]
        lines += [f"- and {more} more"] if more > 0 else []
        super().__init__("Nothing was imported. Please mend this first:\n" + "\n".join(lines))


@dataclass(frozen=True, slots=True)
class Source:
    """Where the answer to one question comes from.

    Either one `column`, whose words become codes (or a number, a text, or with `age` an age band); or for
    a question with many answers `columns`, one for each code, where a word of `yes` ticks it, one of `no` does not, and
    `otherwise` is the code for people who ticked none. With `split` there are several answers in a cell of the one
    column, with that mark between them; then `codes` and `missing` are of each. A word in `missing` is no answer.
    """

    column: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    age: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    yes: tuple[str, ...] = ("1",)
    no: tuple[str, ...] = ("0",)
    otherwise: str = ""
    missing: tuple[str, ...] = ()
    split: str = ""

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the file that it reads."""
        return tuple(self.columns.values()) if self.columns else (self.column,)


@dataclass(frozen=True, slots=True)
class Attended:
    """Where it stands in which school or club somebody answered: in `column`, unless a word of `missing` is there.

    borough: the column that says its borough, "" where none does; boroughs: the code of each word there, without those
    in `nowhere`.
    """

    column: str
    missing: tuple[str, ...] = ()
    borough: str = ""
    boroughs: Mapping[str, str] = field(default_factory=dict)
    nowhere: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the file that it reads."""
        return tuple(filter(None, (self.column, self.borough)))


@dataclass(frozen=True, slots=True)
class Mapped:
    """A whole mapping, once it is known to be right."""

    consultation: Mapping[str, Any]
    collection: Mapping[str, Any]
    sources: Mapping[str, Source]
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    decimal: str = "."
    attended: Attended | None = None


def read_mapping(text: str, question_set: QuestionSet) -> Mapped:
    """A mapping from TOML; raises WrongImport with every fault in it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongImport([f"The mapping is not TOML: {error}"]) from None
    faults = list(_faults(document, question_set))
    if faults:
        raise WrongImport(faults)
    lists = document.get("codes", {})
    sources = {key: _source(about, lists) for key, about in document["answers"].items()}
    return Mapped(
        document["consultation"],
        document["collection"],
        sources,
        **document.get("file", {}),
        attended=_attended(document["settings"]) if "settings" in document else None,
    )


def _attended(about: Mapping[str, Any]) -> Attended:
    missing = tuple(about.get("missing", ()))
    return Attended(about["column"], missing, about.get("borough", ""), nowhere=missing)


def _source(about: Mapping[str, Any], lists: Mapping[str, Any]) -> Source:
    codes = about.get("codes", {})
    return Source(
        **{
            **about,
            "codes": lists[codes] if isinstance(codes, str) else codes,
            "missing": tuple(about.get("missing", ())),
            **{name: _words(about[name]) for name in ("yes", "no") if name in about},
        }
    )


def _words(told: str | list[str]) -> tuple[str, ...]:
    return (told,) if isinstance(told, str) else tuple(told)


def _faults(document: Mapping[str, Any], question_set: QuestionSet) -> Iterator[str]:
    yield from _strangers("the mapping", document, PARTS)
    yield from _part(document, "consultation", CONSULTATION, CONSULTATION_MAY)
    yield from _part(document, "collection", COLLECTION, {})
    yield from _part(document, "file", {}, FILE_MAY)
    yield from _setting_faults(document)
    design = document.get("collection", {}).get("design")
    if isinstance(design, str) and design not in list(Design):
        yield f"[collection]: “{design}” is not a design. Write one of {', '.join(Design)}."
    headline = document.get("consultation", {}).get("headline")
    keys = [question.key for question in question_set.questions]
    if headline is not None and headline not in keys:
        yield f"[consultation]: the headline “{headline}” is not a question of the set.{_nearest(headline, keys)}"
    if not document.get("answers"):
        yield '[answers] is missing. Write [answers.KEY] with column = "…" for each question that the file answers.'
    for key, about in document.get("answers", {}).items():
        yield from _answer_faults(key, about, document.get("codes", {}), question_set)


def _setting_faults(document: Mapping[str, Any]) -> Iterator[str]:
    if "settings" not in document:
        return
    yield from _part(document, "settings", SETTINGS, SETTINGS_MAY)
    told, place = document["settings"], document.get("consultation", {}).get("place")
    if isinstance(told, dict) and "borough" in told and not place:
        yield '[settings]: a borough needs the place that it is in. Write [consultation] place = "london", or another.'


def _part(
    document: Mapping[str, Any], name: str, must: Mapping[str, Any], may: Mapping[str, Any]
) -> Iterator[str]:
    part = document.get(name, {})
    if not isinstance(part, dict):
        yield f"[{name}] must be a table."
        return
    yield from _strangers(f"[{name}]", part, (*must, *may))
    for key in must:
        if key not in part:
            yield f"[{name}]: {key} is missing."
    yield from _types(f"[{name}]", part, {**must, **may})


def _types(place: str, part: Mapping[str, Any], kinds: Mapping[str, Any]) -> Iterator[str]:
    words = {
        str: "words in quotes",
        dt.date: "a day like 2021-06-30",
        bool: "true or false",
        list: "a list",
        dict: "a table",
    }
    for key, value in part.items():
        kind = kinds.get(key)
        if kind is not None and not isinstance(value, kind):
            yield f"{place}: {key} must be {words.get(kind, OTHERWISE.get(kind, ''))}."


def _answer_faults(
    key: str, about: Any, lists: Mapping[str, Any], question_set: QuestionSet
) -> Iterator[str]:
    place = f"[answers.{key}]"
    keys = {question.key: question for question in question_set.questions}
    if key not in keys:
        yield f"{place}: the set has no question “{key}”.{_nearest(key, keys)}"
        return
    if not isinstance(about, dict):
        yield f"{place} must be a table."
        return
    yield from _strangers(place, about, (*ANSWER_MAY, *MANY_MAY))
    yield from _types(place, about, {**ANSWER_MAY, **MANY_MAY})
    if ("column" in about) == ("columns" in about):
        yield f"{place}: name either column, or columns with one for each code."
    yield from _split_faults(place, about, keys[key])
    codes = about.get("codes", {})
    if isinstance(codes, str) and codes not in lists:
        yield f"{place}: there is no list [codes.{codes}].{_nearest(codes, lists)}"
        return
    named = lists[codes] if isinstance(codes, str) else codes
    used = [
        *named.values(),
        *about.get("columns", {}),
        *([about["otherwise"]] if "otherwise" in about else []),
    ]
    for code in used:
        if not keys[key].has(str(code)):
            yield f"{place}: the question has no code “{code}”.{_nearest(str(code), keys[key].codes)}"


def _split_faults(place: str, about: Mapping[str, Any], question: Question) -> Iterator[str]:
    """What is wrong with how several answers stand in a cell, or are to stand there."""
    split, many = about.get("split"), question.kind == "many"
    if "column" in about and many and split is None:
        yield f'{place}: the question takes several answers. Write split = ";", or name columns with one for each code.'
    if split is None or not isinstance(split, str):
        return
    if split not in SPLITS:
        yield f"{place}: split may be one of {' '.join(SPLITS)}"
    if not many:
        yield f"{place}: split is for a question that takes several answers, and this one takes one."
    if "column" not in about or "otherwise" in about:
        yield f"{place}: split goes with column, and not with columns or otherwise."


def _strangers(place: str, part: Mapping[str, Any], known: Iterable[str]) -> Iterator[str]:
    names = list(known)
    for name in part:
        if name not in names:
            yield f"{place}: “{name}” is not known here.{_nearest(name, names)}"


def _nearest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), 1)
    return f" Did you mean “{near[0]}”?" if near else ""
