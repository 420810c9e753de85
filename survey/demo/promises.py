"""What was promised: by the Strategy of 2017 in its own words, and, made up, after the wave of the year before."""

import datetime as dt
from typing import Any

from sqlmodel import Session, col, select

from survey.demo.past import PAST_SLUG
from survey.demo.strategy import FOUR_SLUG
from survey.demo.summit import SUMMIT_SLUG
from survey.heard import Offer, figures
from survey.heard.evidence import OFFERED
from survey.models import (
    Answer,
    Consultation,
    Evidence,
    Finding,
    Meeting,
    Publication,
    Reply,
    Update,
    Verdict,
    YouthGroup,
)

STRATEGY = "The London Knife Crime Strategy, June 2017"
PRINTED_ON = dt.date(2017, 6, 27)
WHO = "The demonstration"
QUESTION = "worry_knife_crime"


def fill_promises(session: Session, today: dt.date) -> None:
    """Put findings, replies and what became of them into the demonstration, unless they are there."""
    for slug, fill in ((FOUR_SLUG, _of_the_strategy), (SUMMIT_SLUG, _of_the_summit), (PAST_SLUG, _made_up)):
        consultation = session.exec(select(Consultation).where(col(Consultation.slug) == slug)).first()
        if consultation is None or _has(session, consultation):
            continue
        fill(session, consultation, today)


def _has(session: Session, consultation: Consultation) -> bool:
    theirs = col(Finding.consultation_id) == consultation.id
    return session.exec(select(Finding).where(theirs)).first() is not None


def _of_the_strategy(session: Session, consultation: Consultation, today: dt.date) -> None:
    """The Strategy's own promise, as it is printed there, with this product as what happened since."""
    evidence = {
        "title": STRATEGY,
        "address": "https://www.london.gov.uk/",
        "words": "It prints that 42 % of 413 young people in four boroughs were worried about knife crime.",
    }
    finding = Finding(
        consultation_id=consultation.id or 0,
        number=1,
        sentence="Of 413 young people in four boroughs, 42 % were worried about knife crime.",
        rests_on=Evidence.PRINTED,
        evidence=evidence,
        topics=["voice", "knives"],
        written_by=WHO,
        published_on=PRINTED_ON,
    )
    session.add(
        Reply(
            finding=finding,
            finding_id=0,
            answer=Answer.YES,
            promise="Establish an ongoing youth engagement and consultative mechanism",
            because="“… ensuring young people continue to be consulted and involved in the delivery of this Strategy.”",
            owner="MOPAC, the Mayor’s Office for Policing and Crime",
            source=STRATEGY,
            written_by=WHO,
            published_on=PRINTED_ON,
            updates=[
                Update(
                    reply_id=0,
                    made_on=today,
                    words="Soundings was built for this promise: it asks young people again and again, replies to "
                    "them, and shows whether it was done. This is a demonstration. MOPAC has not adopted it.",
                    who=WHO,
                )
            ],
        )
    )
    consultation.replied_on = PRINTED_ON


def _of_the_summit(session: Session, consultation: Consultation, today: dt.date) -> None:
    """What the room said, and that the Strategy printed it."""
    most = max(
        OFFERED[Evidence.ROOM](session, consultation, today), key=lambda offer: int(offer.evidence["count"])
    )
    count, base = most.evidence["count"], most.evidence["base"]
    finding = Finding(
        consultation_id=consultation.id or 0,
        number=1,
        sentence=f"In the room {count} of {base} people chose the same answer in the second vote.",
        rests_on=Evidence.ROOM,
        evidence=most.evidence,
        topics=["voice", "knives"],
        written_by=WHO,
        published_on=PRINTED_ON,
    )
    session.add(
        _reply(
            finding,
            PRINTED_ON,
            Answer.ALREADY,
            because="The Strategy prints the shares of both votes. We do not know what the questions were.",
            owner="MOPAC, the Mayor’s Office for Policing and Crime",
            source=STRATEGY,
        )
    )
    consultation.replied_on = PRINTED_ON


def _made_up(session: Session, consultation: Consultation, today: dt.date) -> None:
    """What a city might have heard in its last wave and done since; nobody said it, and nobody promised it."""
    published = col(Publication.consultation_id) == consultation.id
    publication = session.exec(select(Publication).where(published)).first()
    if publication is None:
        return
    said_on = consultation.outcome_on - dt.timedelta(days=14)
    content = publication.content
    everybody = figures(content, publication.number, QUESTION, "")[0]
    oldest = figures(content, publication.number, QUESTION, "age_band")[:6][-1]
    session.add(_late(_finding(consultation, 1, said_on, everybody), said_on, today))
    session.add(_done(_finding(consultation, 2, said_on, oldest), said_on))
    workshop = _workshop(session, consultation)
    asked = Finding(
        consultation_id=consultation.id or 0,
        number=3,
        sentence="Young people at a workshop want a youth club that is open until ten at night.",
        rests_on=Evidence.NOTE,
        evidence={"meeting": workshop.id},
        quotes=["After nine there is nowhere to go but the street."],
        topics=["places"],
        written_by=WHO,
        published_on=said_on,
    )
    session.add(
        _reply(asked, said_on, Answer.NO, because="There is no money for staff after nine this year.")
    )
    session.add(_under_way(asked, said_on, today))
    consultation.replied_on = said_on
    session.flush()
    _spoken_of(session, today)


def _finding(consultation: Consultation, number: int, day: dt.date, figure: Offer) -> Finding:
    """A finding that says what its figure does: its words begin with the group, and the share."""
    group, _colon, share = figure.words.partition(": ")
    whom = "young people" if group == "Everybody" else f"people of {group}"
    share = share.partition(" said ")[0]
    return Finding(
        consultation_id=consultation.id or 0,
        number=number,
        sentence=f"{share} {whom} are worried about knife crime: {figure.under.lower()}.",
        rests_on=Evidence.ESTIMATE,
        evidence=figure.evidence,
        topics=["knives", "streets"] if number == 1 else ["knives", "support"],
        written_by=WHO,
        published_on=day,
    )


def _reply(finding: Finding, day: dt.date, answer: Answer, **told: Any) -> Reply:
    usual: dict[str, Any] = {"owner": "Head of Community Safety"}
    return Reply(
        **{**usual, **told},
        finding=finding,
        finding_id=0,
        answer=answer,
        written_by=WHO,
        published_on=day,
    )


def _late(finding: Finding, day: dt.date, today: dt.date) -> Reply:
    """A promise that is late, with what was said of it."""
    update = Update(
        reply_id=0,
        made_on=today - dt.timedelta(days=5),
        words="Six of the ten routes have wardens. For the other four we are still looking for people.",
        expected_on=today + dt.timedelta(days=40),
        who=WHO,
    )
    return _reply(
        finding,
        day,
        Answer.YES,
        because="You are most worried on the way home.",
        promise="Wardens on ten bus routes after school",
        due=today - dt.timedelta(days=12),
        updates=[update],
    )


def _done(finding: Finding, day: dt.date) -> Reply:
    """A promise that was kept in time."""
    done_on = day + dt.timedelta(days=60)
    update = Update(
        reply_id=0,
        made_on=done_on,
        words="The page is there, in four languages, and the schools link to it.",
        done=True,
        who=WHO,
    )
    return _reply(
        finding,
        day,
        Answer.YES,
        because="Many of you did not know where to find help.",
        promise="One page that says where help is, on the site of every school",
        owner="Head of Schools",
        due=done_on + dt.timedelta(days=30),
        done_on=done_on,
        updates=[update],
    )


def _under_way(finding: Finding, day: dt.date, today: dt.date) -> Reply:
    """A promise of one borough that is not due yet."""
    return _reply(
        finding,
        day,
        Answer.PARTLY,
        because="One club has staff who want to work later, the others have not.",
        promise="One youth club in Lambeth stays open until ten on Fridays",
        owner="Lambeth, Head of Youth Services",
        borough="E09000022",
        due=today + dt.timedelta(days=90),
    )


def _workshop(session: Session, consultation: Consultation) -> Meeting:
    made = Meeting(
        consultation_id=consultation.id or 0,
        title="Workshop at a youth club",
        held_on=consultation.closes_on - dt.timedelta(days=3),
        where="A youth club in Lambeth",
        people=18,
        note="Most of the eighteen want somewhere warm and free that is open late, and near a bus stop.",
        kept_by=WHO,
    )
    session.add(made)
    session.flush()
    return made


def _spoken_of(session: Session, today: dt.date) -> None:
    """What a youth group says of two of them."""
    group = YouthGroup(name="A youth group (made up)")
    for promise, answers_it, because in (
        ("Wardens on ten bus routes after school", False, "Four routes wait since the summer."),
        ("One page that says where help is, on the site of every school", True, ""),
    ):
        reply = session.exec(select(Reply).where(col(Reply.promise) == promise)).one()
        verdict = Verdict(
            reply_id=reply.id or 0,
            group=group,
            group_id=0,
            answers_it=answers_it,
            because=because,
            made_on=today,
        )
        session.add(verdict)
