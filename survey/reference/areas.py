"""The areas of a file: boroughs however they are spelt, and the whole place; what is neither is asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from survey.places import Place
from survey.places.names import UnknownBorough, borough_named
from survey.reference.decided import Ask, Assumption, Choices, Decided, Rows

LEAVE_OUT = "-"
CODE = "its official code"
MOST_UNKNOWN = 60
WHOLE = ("{}", "greater {}", "all {}", "all of {}", "{} total", "{} average", "total {}", "whole of {}")


def field_of(told: str) -> str:
    """The field of a form that says which area these words mean."""
    return f"area {told}"


def name_of(code: str, place: Place) -> str:
    """An area in words: a borough, or the whole place."""
    return place.title if code == place.key else place.name_of(code)


def decide(rows: Rows, choices: Choices, place: Place) -> Decided[str]:
    """Which area each spelling means: a borough's code, or the key of the place for all of it."""
    found: Decided[str] = Decided()
    deciding = _Deciding(place, rows, _options(place), found)
    for told in rows:
        chosen = choices.get(field_of(told), "")
        if not told:
            found.wrong[told] = "There is no area. Write one in each row."
        elif chosen in dict(deciding.options):
            deciding.choose(told, chosen)
        else:
            deciding.name(told)
    deciding.finish()
    return found


def _options(place: Place) -> tuple[tuple[str, str], ...]:
    return (
        (LEAVE_OUT, "none of these: leave its rows out"),
        (place.key, f"all of {place.title}"),
        *((borough.code, borough.name) for borough in place.boroughs),
    )


@dataclass(slots=True)
class _Deciding:
    """The areas of a column while they are found. by_code: how many were written by their official codes."""

    place: Place
    rows: Rows
    options: tuple[tuple[str, str], ...]
    found: Decided[str]
    by_code: list[str] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)

    def choose(self, told: str, chosen: str) -> None:
        """Take what somebody said of these words."""
        code, how = self._meant(told)
        if chosen == LEAVE_OUT:
            self.found.without[told] = f"you said to leave out “{told}”"
            self._ask(told, chosen)
        elif chosen == code:
            self._take(told, code, how)
        else:
            self._take(told, chosen, "as you said")

    def name(self, told: str) -> None:
        """Find the area that these words mean; or note why they mean none."""
        code, how = self._meant(told)
        if code:
            self._take(told, code, how)
        else:
            self.unknown[told] = how

    def _meant(self, told: str) -> tuple[str, str]:
        """The area that words mean, and how it was found; no area, and why they mean none."""
        if told.casefold() in {pattern.format(self.place.title.casefold()) for pattern in WHOLE}:
            return self.place.key, "" if told == self.place.title else "all of it"
        try:
            named = borough_named(told, self.place)
        except UnknownBorough as why:
            return "", str(why)
        return named.code, CODE if told.upper() == named.code else named.how

    def _take(self, told: str, code: str, how: str) -> None:
        self.found.values[told] = code
        if how == CODE:
            self.by_code.append(told)
        elif how:
            words = f"“{told}” (row {self.rows[told]}) is {name_of(code, self.place)}: {how}."
            self.found.assumed.append(Assumption("Areas", words))
            self._ask(told, code)

    def _ask(self, told: str, chosen: str) -> None:
        question = f"“{told}” (row {self.rows[told]})"
        self.found.asks.append(Ask(field_of(told), question, self.options, chosen))

    def finish(self) -> None:
        """Ask which area each of the unknown is; of very many, say that the column is another."""
        if self.by_code:
            first = self.by_code[0]
            name = name_of(self.found.values[first], self.place)
            words = f"{len(self.by_code)} are written by their official codes, as “{first}” for {name}."
            self.found.assumed.append(Assumption("Areas", words))
        if len(self.unknown) > MOST_UNKNOWN:
            more = f"It is no area, and nor are {len(self.unknown) - 1} others. Is this the column of areas?"
            self.found.wrong |= {told: f"“{told}”: {more}" for told in self.unknown}
            return
        for told, why in self.unknown.items():
            question = f"{why} Which area is it (first in row {self.rows[told]})?"
            self.found.asks.append(Ask(field_of(told), question, self.options))
