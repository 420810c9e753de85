"""The kinds of collection, the designs each may have, and the claim that a design allows: DESIGN.md, section 5."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.wording import CLAIMS as SENTENCES
from survey.models import Design, Kind


@dataclass(frozen=True, slots=True)
class Way:
    """A kind of collection as staff choose it: its name, what it is for, and the designs that it may have."""

    name: str
    about: str
    designs: tuple[Design, ...]
    in_boroughs: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A design: what it is, what may be printed of its responses, and the sentence that is printed with them."""

    name: str
    about: str
    printed: str
    sentence: str = ""


_CHOSEN = (Design.GATEKEPT, Design.PROBABILITY, Design.QUOTA)

WAYS = {
    Kind.SCHOOLS: Way(
        "Schools and colleges", "Each has a code, and a class answers in a lesson.", _CHOSEN, in_boroughs=True
    ),
    Kind.YOUTH_SETTINGS: Way(
        "Youth settings",
        "Clubs, youth offending teams, hostels, sports grounds: each has a code.",
        _CHOSEN,
        in_boroughs=True,
    ),
    Kind.OPEN_LINK: Way(
        "An open link", "On a website, a poster, a stall: anyone can answer.", (Design.OPEN,)
    ),
    Kind.PANEL: Way("A panel", "People who asked to be asked get the link.", (Design.PANEL,)),
    Kind.ROOM: Way("A room", "People who are present answer together.", (Design.ROOM,)),
    Kind.PAPER: Way(
        "Paper forms",
        "Printed forms, which somebody types in with a code afterwards.",
        (*_CHOSEN, Design.OPEN, Design.TALLY),
    ),
    Kind.TALLY: Way("A tally", "Hands or beans, counted on paper.", (Design.TALLY,)),
}

_WEIGHTED = "Weighted percentages, each with its interval and its base."

CLAIMS = {
    Design.GATEKEPT: Claim(
        "Gatekept",
        "The places let people in: whoever runs a school or a club decides whether it takes part.",
        _WEIGHTED,
        SENTENCES["gatekept"],
    ),
    Design.PROBABILITY: Claim(
        "Probability sample",
        "Chance chose the places or the people, from a list of all of them, and the chances are known.",
        _WEIGHTED,
        SENTENCES["probability"],
    ),
    Design.QUOTA: Claim(
        "Quota",
        "People are looked for until there are enough of each group.",
        _WEIGHTED,
        SENTENCES["quota"],
    ),
    Design.OPEN: Claim(
        "Open",
        "Anyone with the link can answer.",
        "“412 of 980 people who answered”. No claim about all young people, no significance; a weighted percentage "
        "only on the analyst’s page, with a model interval and what it assumes.",
    ),
    Design.PANEL: Claim(
        "Panel",
        "People who asked to be asked.",
        "“412 of 980 people of our panel”. No claim about all young people, and no significance.",
    ),
    Design.ROOM: Claim(
        "Room",
        "The people who are present.",
        "“In the room, 38 people”: counts, or a percentage with its base. Never an interval.",
    ),
    Design.TALLY: Claim("Tally", "Counted on paper.", "Counts and words."),
}


def designs_of(kind: Kind | None) -> tuple[Design, ...]:
    """The designs that a kind of collection may have; all of them where the kind is not said."""
    return WAYS[kind].designs if kind else tuple(CLAIMS)
