"""The box "Check with and without": what may be ticked, what that takes out, and why a reading is not shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from questions import Message
from questions.messages import _
from survey.measuring import soft_flags
from survey.measuring.answers import answered_versions, timed
from survey.measuring.door import rule_of
from survey.measuring.soft_flags import Flag, Flags
from survey.models import Collection
from survey.results.cut import TICKS, Marked, cut
from survey.wording import number

NAMES = {
    Flag.SPEED: _("Sent in very fast"),
    Flag.STRAIGHT_LINES: _("The same choice all the way down"),
    Flag.BURSTS: _("The same answers, many times over"),
}


@dataclass(frozen=True, slots=True)
class Tick:
    """One tick of the box: `hint` is its rule, `count` how many it flags; it may be ticked where it flags any."""

    flag: Flag
    name: Message
    hint: Message
    count: Message
    able: bool
    ticked: bool


@dataclass(frozen=True, slots=True)
class Checks:
    """The box as it stands: `wanted` is what is ticked, and `refusal` why that gives no second reading, if so."""

    marked: Marked
    ticks: tuple[Tick, ...]
    wanted: Flags
    refusal: Message | None

    @property
    def readable(self) -> bool:
        """Whether there is a second reading."""
        return bool(self.wanted) and self.refusal is None


def checks(session: Session, collection: Collection, everybody: int, asked: Iterable[str]) -> Checks:
    """The box for a collection with so many submitted responses; asked: what its form sent."""
    least = rule_of(collection.consultation).minimum_base
    marked = cut(soft_flags.flagged(session, collection), everybody, least)
    able = frozenset(flag for flag in Flag if marked.taken_out(frozenset({flag})))
    wanted = frozenset(Flag(name) for name in asked if name in set(Flag)) & able
    hints = _hints(session, collection, everybody)
    ticks = tuple(
        Tick(flag, NAMES[flag], hints[flag], _count(marked, flag), flag in able, flag in wanted)
        for flag in Flag
    )
    return Checks(marked, ticks, wanted, _refusal(marked, wanted) if wanted else None)


def _hints(session: Session, collection: Collection, everybody: int) -> dict[Flag, Message]:
    lines = _("Five or more questions with the same choices, and one choice for all of them.")
    none = _("Here no five questions have the same choices.")
    known, asked = number(timed(session, collection)), answered_versions(session, collection)
    fast = _("Under 2 seconds a question. Known of %(timed)s of %(all)s.", timed=known, all=number(everybody))
    return {
        Flag.SPEED: fast,
        Flag.STRAIGHT_LINES: lines if soft_flags.has_batteries(asked) else none,
        Flag.BURSTS: _("Five or more from one setting on one day, alike in every answer."),
    }


def _count(marked: Marked, flag: Flag) -> Message:
    """How many a tick flags: exactly only where they may be taken out alone."""
    alone = frozenset({flag})
    out = marked.taken_out(alone)
    if not out:
        return _("none")
    if out < marked.least:
        return _("fewer than %(least)s", least=str(marked.least))
    if marked.why_not(alone):
        return _("about %(number)s", number=number(round(out, -1)))
    return Message("%(number)s", number=number(out))


def _refusal(marked: Marked, wanted: Flags) -> Message | None:
    """Why there is no reading without what is ticked, in a sentence."""
    why, least = marked.why_not(wanted), str(marked.least)
    few = _(
        "There is no second reading: fewer than %(least)s responses are flagged, and the two readings together would "
        "tell of those few.",
        least=least,
    )
    left = _("There is no second reading: fewer than %(least)s responses would be left.", least=least)
    close = _(
        "There is no second reading for these ticks: beside another one it would tell of fewer than %(least)s "
        "responses. You can take out: %(ticks)s.",
        least=least,
        ticks="; ".join(_listed(marked)) or "–",
    )
    return {"": None, "few": few, "few left": left, "close": close}[why]


def _listed(marked: Marked) -> list[str]:
    """What may be ticked, in words."""
    shown = [ticked for ticked in TICKS if ticked in marked.readable and marked.taken_out(ticked)]
    return [" + ".join(str(NAMES[flag]) for flag in Flag if flag in ticked) for ticked in shown]
