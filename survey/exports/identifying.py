"""What may tell who somebody is, and how much of it a file may give: each in steps, from all of it to nothing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col

from questions import AGE_BANDS, DONT_KNOW, PREFER_NOT_TO_SAY, QuestionSet
from questions.messages import _
from survey.models import ConsentRoute, Response
from survey.places import Place

AS_IT_IS, OUT = "as it is", "left out"
ROUTE, SETTING = "consent_route", "setting"
AGES = ("age_band",)
GENDERS = ("gender", "sex", "gender_identity")
ETHNICITIES = ("ethnicity", "ethnic_group")
PLACED = ("borough", "age_band", "gender")  # columns of a response
SOUGHT = ("borough", *AGES, *GENDERS, *ETHNICITIES)
NEVER = ("age",)  # questions that say it finer than any step: never in a file
JOINED = "other_or_not_said"

WIDER = {"10-11": "10-13", "12-13": "10-13", "18-20": "18-25", "21-25": "18-25"}
HALVES = {band: "10-15" if band in AGE_BANDS[:3] else "16-25" for band in AGE_BANDS}  # 16: who decides alone

STEPS = {
    AS_IT_IS: _("as it was answered"),
    "wider": _("in wider bands: 10 to 13, 14 to 15, 16 to 17, 18 to 25"),
    "halves": _("under 16, or 16 and over"),
    "sub-regions": _("as sub-regions instead of boroughs"),
    "five groups": _("in five groups"),
    "joined": _("with the small groups joined"),
    OUT: _("left out"),
}
NAMES = {
    "age_band": _("Age"),
    "borough": _("Borough"),
    "gender": _("Gender"),
    "sex": _("Sex"),
    "gender_identity": _("Gender identity"),
    "ethnicity": _("Ethnicity"),
    "ethnic_group": _("Ethnic group"),
    ROUTE: _("Who decided to take part"),
    SETTING: _("Setting, as a number"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One way of giving a variable. into: what stands for each of its values, and at last for none; None: nothing."""

    name: str
    into: tuple[str | None, ...]

    @property
    def values(self) -> tuple[str, ...]:
        """What may stand in the file, in order."""
        return tuple(dict.fromkeys(one for one in self.into if one is not None))

    @property
    def places(self) -> list[int]:
        """The place of what stands for each value among `values`, and -1 for nothing."""
        at = {value: place for place, value in enumerate(self.values)}
        return [-1 if one is None else at[one] for one in self.into]


@dataclass(frozen=True, slots=True)
class Variable:
    """Something that others may know of a person. values: those it may have; steps: from the finest to none."""

    key: str
    values: tuple[Hashable, ...]
    steps: tuple[Step, ...]

    @property
    def name(self) -> object:
        """What it is called on a page."""
        return NAMES[self.key]

    def step(self, name: str) -> Step:
        """The step of a name; KeyError where it has none such."""
        return next((one for one in self.steps if one.name == name), None) or _no_step(self.key, name)

    def rank(self, name: str) -> int:
        """How coarse a step is: 0 for all of it."""
        return self.steps.index(self.step(name))

    @property
    def source(self) -> object:
        """The SQL expression of its value."""
        if self.key in PLACED:
            return col(getattr(Response, self.key))
        if self.key in (ROUTE, SETTING):
            return col(Response.route if self.key == ROUTE else Response.setting_id)
        return col(Response.answers)[self.key].as_string()


def _no_step(key: str, name: str) -> Step:
    raise KeyError(f"{key} cannot be given “{name}”")


def variables(
    versions: Sequence[QuestionSet], place: Place | None, settings: Sequence[int] | None = None
) -> tuple[Variable, ...]:
    """What may tell who somebody is in the answers to these versions of a set, in a fixed order.

    Age band, borough, gender and ethnicity where one answer to them is asked for; who decided to take part, which tells
    of 16 and over; and, where the file has it, the setting: numbered in the order in which they are given.
    """
    found = [_of_question(key, versions, place) for key in SOUGHT if _takes_one(key, versions)]
    found.append(_plain(ROUTE, tuple(route.value for route in ConsentRoute)))
    return (*found, *([_plain(SETTING, tuple(settings))] if settings is not None else []))


def _takes_one(key: str, versions: Sequence[QuestionSet]) -> bool:
    kinds = {question.kind for one in versions if (question := one.asked(key)) is not None}
    return bool(kinds) and kinds <= {"one", "scale"}


def _plain(key: str, values: tuple[Hashable, ...]) -> Variable:
    given = (*(str(number) for number in range(1, len(values) + 1)), None) if key == SETTING else None
    return Variable(key, values, (Step(AS_IT_IS, given or (*map(str, values), None)), _out(values)))


def _out(values: Sequence[Hashable]) -> Step:
    return Step(OUT, (None,) * (len(values) + 1))


def _of_question(key: str, versions: Sequence[QuestionSet], place: Place | None) -> Variable:
    asked = [question for one in versions if (question := one.asked(key)) is not None]
    values = tuple(dict.fromkeys(code for question in asked for code in question.codes))
    ladder = [Step(AS_IT_IS, (*values, None))]
    for name, into in _ladder(key, values, place):
        told = tuple(into(value) for value in (*values, None))
        if told != ladder[-1].into:
            ladder.append(Step(name, told))
    return Variable(key, values, (*ladder, _out(values)))


def _ladder(
    key: str, values: Sequence[str], place: Place | None
) -> list[tuple[str, Callable[[str | None], str | None]]]:
    """The steps between all and nothing; each makes groups of whole groups of the one before."""
    if key in AGES:
        return [("wider", _by(WIDER)), ("halves", _by(HALVES))]
    if key == "borough" and place is not None:
        return [("sub-regions", _by({one.code: one.sub_region for one in place.boroughs}))]
    choices = [value for value in values if value not in (DONT_KNOW, PREFER_NOT_TO_SAY)]
    if key in GENDERS:
        return [("joined", _kept(choices[:2]))]
    if key == "ethnic_group":
        groups = {value: value.partition("_")[0] for value in choices}
        return [("five groups", _by(groups)), ("joined", _small_apart(groups, choices))]
    return [("joined", _kept(choices[:-1]))] if key in ETHNICITIES else []


def _by(names: Mapping[str, str]) -> Callable[[str | None], str | None]:
    return lambda value: names.get(value, value) if value is not None else None


def _kept(values: Sequence[str]) -> Callable[[str | None], str | None]:
    return lambda value: value if value in values else JOINED


def _small_apart(groups: Mapping[str, str], choices: Sequence[str]) -> Callable[[str | None], str | None]:
    last = groups[choices[-1]]
    small = {value for value, group in groups.items() if group == last}
    return lambda value: groups.get(value or "", JOINED) if value not in small else JOINED
