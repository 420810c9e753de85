"""The form of a finding: what is typed into it becomes a finding, or sentences that say what to mend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select
from starlette.requests import Request

from survey.heard.evidence import OFFERED, figures
from survey.heard.offer import Offer
from survey.models import Consultation, Evidence, Finding, Publication
from survey.web import Form, installation, one

LONGEST_SENTENCE, LONGEST_QUOTE, MOST_QUOTES, LONGEST_PRINTED = 200, 300, 3, 600
PRINTED = {"title": "what it is called", "address": "where it can be read", "words": "what it says"}
WAYS = {
    Evidence.ESTIMATE: ("A published figure", "A row of results that are published, as it stands there."),
    Evidence.NOTE: ("The note of a session", "What was noted of a session that was held."),
    Evidence.CODE: ("What people wrote", "How many wrote about one thing, as readers counted it."),
    Evidence.ROOM: ("A vote in a room", "What people in one room said, as counts."),
    Evidence.PRINTED: ("A printed document", "Something that was printed elsewhere, such as a strategy."),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a finding is to rest on, as far as it is chosen: of a figure its publication, question and column."""

    rests_on: Evidence | None = None
    publication: int = 0
    question: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """A finding as it was typed."""

    sentence: str
    evidence: dict[str, Any] = field(hash=False)
    quotes: list[str]
    topics: list[str]
    borough: str | None


def chosen(values: Mapping[str, str]) -> Chosen:
    """What was chosen, from an address or a form; what nobody can have chosen counts as nothing."""
    kind = values.get("rests_on", "")
    number = values.get("publication", "")
    return Chosen(
        rests_on=Evidence(kind) if kind in ways() else None,
        publication=int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0,
        question=values.get("question", ""),
        by=values.get("by", ""),
    )


def chosen_of(finding: Finding) -> Chosen:
    """What a finding rests on already."""
    kept = finding.evidence
    if finding.rests_on is not Evidence.ESTIMATE:
        return Chosen(finding.rests_on)
    return Chosen(finding.rests_on, kept["publication"], kept["question"], kept["by"])


def ways() -> dict[Evidence, tuple[str, str]]:
    """What a finding may rest on here, with a name and a sentence for each."""
    there = {Evidence.ESTIMATE, Evidence.PRINTED, *OFFERED}
    return {kind: said for kind, said in WAYS.items() if kind in there}


NOTHING = {
    Evidence.ESTIMATE: "No results of it are published yet, so there is no figure to rest on.",
    Evidence.NOTE: "No session of it was held and noted yet.",
    Evidence.CODE: "Nothing that people wrote is coded yet, or too little to be shown.",
    Evidence.ROOM: "No room has shown its votes yet, or too few voted.",
}


def nothing(session: Session, consultation: Consultation, today: dt.date) -> dict[Evidence, str]:
    """Why a finding cannot rest on a kind of evidence here yet; the kinds that it can rest on are absent."""
    there = {kind: bool(ask(session, consultation, today)) for kind, ask in OFFERED.items()}
    there[Evidence.ESTIMATE] = bool(published(session, consultation))
    return {kind: told for kind, told in NOTHING.items() if kind in there and not there[kind]}


def published(session: Session, consultation: Consultation) -> list[Publication]:
    """The publications of a consultation, the newest first."""
    asked = select(Publication).where(col(Publication.consultation_id) == consultation.id)
    return list(session.exec(asked.order_by(col(Publication.number).desc())).all())


def offers(session: Session, consultation: Consultation, choice: Chosen, today: dt.date) -> list[Offer]:
    """What there is to choose from, once the kind is chosen."""
    if choice.rests_on is Evidence.ESTIMATE:
        found = next(
            (one for one in published(session, consultation) if one.number == choice.publication), None
        )
        return figures(found.content, found.number, choice.question, choice.by) if found else []
    ask = OFFERED.get(choice.rests_on) if choice.rests_on else None
    return ask(session, consultation, today) if ask else []


def typed(finding: Finding, offered: Sequence[Offer]) -> Form:
    """What the form of a finding shows before anybody changes it."""
    chosen = next((offer.value for offer in offered if offer.evidence == finding.evidence), "")
    return {
        "sentence": [finding.sentence],
        "chosen": [chosen],
        "quote": [*finding.quotes],
        "cleared": ["yes"] if finding.quotes else [],
        "topic": [*finding.topics],
        "borough": [finding.borough or ""],
        **{name: [str(finding.evidence.get(name, ""))] for name in PRINTED},
    }


def read(
    request: Request, form: Form, kind: Evidence, offered: Sequence[Offer], desk: Sequence[tuple[str, str]]
) -> tuple[Typed, list[str]]:
    """A finding from its form, with everything that has to be mended; nothing where it can be kept.

    desk: quotes that a reader has cleared, by what the form sends of each.
    """
    place = installation(request).place
    written = [words for words in (" ".join(told.split()) for told in form.get("quote", [])) if words]
    taken = [words for value, words in desk if value in form.get("from_desk", []) and words not in written]
    evidence = _printed(form) if kind is Evidence.PRINTED else _offered(form, offered)
    made = Typed(
        sentence=one(form, "sentence"),
        evidence=evidence,
        quotes=[*written, *taken],
        topics=[topic for topic in place.topics if topic in form.get("topic", [])],
        borough=one(form, "borough") or None,
    )
    faults = [
        *_sentence(made.sentence),
        *_evidence(kind, evidence),
        *_quotes(made.quotes, written, [words for _value, words in desk], form),
    ]
    if place.topics and not made.topics:
        faults.append("Tick at least one topic, so that people find it.")
    if made.borough and made.borough not in {borough.code for borough in place.boroughs}:
        faults.append("Choose the borough from the list.")
    return made, faults


def _offered(form: Form, offered: Sequence[Offer]) -> dict[str, Any]:
    wanted = one(form, "chosen")
    return next((offer.evidence for offer in offered if offer.value == wanted), {})


def _printed(form: Form) -> dict[str, Any]:
    return {name: one(form, name) for name in PRINTED}


def _sentence(words: str) -> Iterator[str]:
    if not words:
        yield "Write the finding as one sentence."
    elif len(words) > LONGEST_SENTENCE:
        yield f"The finding has {len(words)} characters, and there is room for {LONGEST_SENTENCE}: say one thing."


def _evidence(kind: Evidence, evidence: Mapping[str, Any]) -> Iterator[str]:
    if kind is not Evidence.PRINTED:
        if not evidence:
            yield "Choose from the list what the finding rests on."
        return
    for name, called in PRINTED.items():
        if not evidence[name]:
            yield f"Say of the document {called}."
        elif len(evidence[name]) > LONGEST_PRINTED:
            yield (
                f"Of the document, {called}: there are {len(evidence[name])} characters, and room for "
                f"{LONGEST_PRINTED}."
            )
    if evidence["address"] and not evidence["address"].startswith(("https://", "http://")):
        yield "The address of the document begins with https://."


def _quotes(
    quotes: Sequence[str], written: Sequence[str], cleared: Sequence[str], form: Form
) -> Iterator[str]:
    if len(quotes) > MOST_QUOTES:
        yield f"There is room for {MOST_QUOTES} quotes. Choose those that say most."
    for number, words in enumerate(quotes, 1):
        if len(words) > LONGEST_QUOTE:
            yield f"Quote {number} has {len(words)} characters, and there is room for {LONGEST_QUOTE}."
    if set(written) - set(cleared) and "yes" not in form.get("cleared", []):
        yield "A quote needs a reader who cleared its words: ask one, and then tick that they did."
