"""How many people a figure of a consultation must be about to be shown: the rule of its door, and changing it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from analysis.disclosure import Rule
from questions.messages import Message, _
from survey import access
from survey.measuring.door import rule_of
from survey.models import Consultation, Staff
from survey.publications.publishing import PUBLISHES
from survey.web import Form, Page, installation, see

FLOOR = 5
MOST = 1000
LONGEST_WHY = 500


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a rule: what its field is called, which it is, and why it is asked for."""

    name: str
    called: Message
    why: Message


NUMBERS = (
    Number(
        "base",
        _("People who answered, at least"),
        _("Of a handful of people somebody who knows them can guess who said what."),
    ),
    Number(
        "count",
        _("People who gave an answer, and who gave another, at least"),
        _(
            "If two of fifty gave an answer, each of the two learns who the other is. If all but two gave it, the same."
        ),
    ),
    Number(
        "extreme",
        _("People who answered where all of them or none gave the answer, at least"),
        _("0 % and 100 % tell what every single one of them said."),
    ),
)


def look(request: Request, session: Session) -> Page:
    """The rule of a consultation, with the reason for each number."""
    staff, consultation = access.open_consultation(request, session, PUBLISHES)
    return _page(request, staff, consultation, _typed(rule_of(consultation)), "", [])


def change(request: Request, session: Session, form: Form) -> Page | Response:
    """Another rule from now on, with the reason why; what is published keeps the rule that it was published under."""
    staff, consultation = access.open_consultation(request, session, PUBLISHES)
    typed = {one.name: next(iter(form.get(one.name, [])), "").strip() for one in NUMBERS}
    why = " ".join(next(iter(form.get("why", [])), "").split())
    faults = _faults(typed, why)
    if faults:
        return _page(request, staff, consultation, typed, why, faults)
    before, rule = rule_of(consultation), Rule(*(int(typed[one.name]) for one in NUMBERS))
    if rule != before:
        consultation.least_base, consultation.least_count = rule.minimum_base, rule.minimum_count
        consultation.least_extreme = rule.extreme_base
        about = f"{consultation.slug}: {_in_short(before)} became {_in_short(rule)}"
        access.note(
            session, installation(request).now(), staff.name, "changed the rule of disclosure", about, why
        )
    return see(f"/staff/consultations/{consultation.slug}/publish")


def _page(
    request: Request,
    staff: Staff,
    consultation: Consultation,
    typed: dict[str, str],
    why: str,
    faults: list[Message],
) -> Page:
    shown = {
        "staff": staff,
        "consultation": consultation,
        "numbers": NUMBERS,
        "typed": typed,
        "why": why,
        "faults": faults,
        "floor": FLOOR,
    }
    return Page("publications/rule.html", shown, 422 if faults else 200)


def _typed(rule: Rule) -> dict[str, str]:
    return {
        "base": str(rule.minimum_base),
        "count": str(rule.minimum_count),
        "extreme": str(rule.extreme_base),
    }


def _faults(typed: dict[str, str], why: str) -> list[Message]:
    """Everything that is wrong with a form, at once."""
    found = []
    for one in NUMBERS:
        if not (typed[one.name].isascii() and typed[one.name].isdigit()):
            found.append(_("%(called)s: write a whole number, such as 10.", called=str(one.called)))
        elif int(typed[one.name]) < FLOOR:
            found.append(
                _(
                    "%(called)s: never fewer than %(floor)s, in any consultation.",
                    called=str(one.called),
                    floor=str(FLOOR),
                )
            )
        elif int(typed[one.name]) > MOST:
            found.append(
                _(
                    "%(called)s: %(most)s is the most that can be asked for.",
                    called=str(one.called),
                    most=str(MOST),
                )
            )
    if not found and int(typed["extreme"]) < int(typed["base"]):
        found.append(
            _(
                "The number for 0 % and 100 % is smaller than that for every figure. Make it the same, or larger."
            )
        )
    if not why:
        found.append(_("Write why, such as “this is about a health matter”. It stands in the audit."))
    if len(why) > LONGEST_WHY:
        found.append(
            _(
                "The reason has %(n)s characters. There is room for %(most)s.",
                n=str(len(why)),
                most=str(LONGEST_WHY),
            )
        )
    return found


def _in_short(rule: Rule) -> str:
    return f"{rule.minimum_base}, {rule.minimum_count} and {rule.extreme_base} people"
