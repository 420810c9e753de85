"""What there is to tell members: meetings to come, and what changed; said in every language before it leaves."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from questions.messages import _
from survey.heard import Change, changes, made_up
from survey.heard.saying import PRACTICE, headline
from survey.languages import Language
from survey.models import Audience, Consultation, Meeting
from survey.panel.tables import Groups, News, Purpose, groups_told
from survey.web import Installation
from survey.wording import day

LOOKS_BACK = dt.timedelta(days=92)  # of the first letter about what changed
MOST = 20  # changes in a letter: all of them stand on the site


@dataclass(frozen=True, slots=True)
class Letter:
    """Something that can be told: what it is about, in a few words, and its paragraphs by language, subject first."""

    key: str
    purpose: Purpose
    about: str
    told: dict[str, list[str]]
    until: dt.date | None = None

    @property
    def mark(self) -> str:
        """Stands for its words as they were read: others have another."""
        return hashlib.sha256(json.dumps([self.key, self.told]).encode()).hexdigest()[:16]


def to_tell(session: Session, here: Installation, sent: Sequence[News]) -> list[Letter]:
    """What can be told today and was not told to everybody: meetings by their day, then what changed since the last."""
    changed = _changed(session, here, sent)
    return [
        *(one for one in _meetings(session, here) if Groups() not in groups_told(sent, one.key)),
        *([changed] if changed else []),
    ]


def _meetings(session: Session, here: Installation) -> Iterator[Letter]:
    today = here.today()
    asked = (
        select(Meeting, Consultation)
        .join(Consultation, col(Consultation.id) == col(Meeting.consultation_id))
        .where(col(Meeting.held_on) >= today, col(Meeting.audience).in_([Audience.YOUNG, Audience.ANYONE]))
        .where(col(Consultation.announced_on) <= today)
        .order_by(col(Meeting.held_on), col(Meeting.id))
    )
    for meeting, consultation in session.exec(asked):
        said: list[str] = [
            _("A meeting that you can come to: %(day)s", day=meeting.held_on),
            *([PRACTICE] if consultation.synthetic else []),
            _(
                "You said that we may tell you of meetings. This one is for you: %(title)s.",
                title=meeting.title,
            ),
            _("When: %(day)s. Where: %(where)s.", day=meeting.held_on, where=meeting.where),
            *([meeting.about] if meeting.about else []),
            f"{here.settings.public_url}/c/{consultation.slug}",
            _("You do not have to tell us whether you come."),
        ]
        yield Letter(
            f"meeting-{meeting.id}",
            Purpose.MEETINGS,
            f"{meeting.title}, {day(meeting.held_on)} ({consultation.title})",
            {one.code: [one.say(words) for words in said] for one in here.languages.values()},
        )


def _changed(session: Session, here: Installation, sent: Sequence[News]) -> Letter | None:
    yesterday = here.today() - dt.timedelta(days=1)
    after = max((one.until for one in sent if one.until), default=here.today() - LOOKS_BACK)
    found = changes(session, after, yesterday)
    if not found:
        return None
    what = "1 thing" if len(found) == 1 else f"{len(found)} things"
    told = {one.code: _of_changes(found, here, one) for one in here.languages.values()}
    since = f"What changed since {day(after)}: {what}"
    return Letter(f"changes-{yesterday}", Purpose.CHANGES, since, told, yesterday)


def _of_changes(found: Sequence[Change], here: Installation, language: Language) -> list[str]:
    public, practice = here.settings.public_url, any(made_up(one.finding) for one in found)
    said = [
        language.say(_("What changed because of you")),
        *([language.say(PRACTICE)] if practice else []),
        language.say(_("You said that we may tell you what changed because of what young people said.")),
    ]
    for one in found[:MOST]:
        said += [f"{language.day(one.day)}. {headline(one, language)}", f"{public}{one.address}"]
    if len(found) > MOST:
        said.append(language.say(_("There is more that changed: %(number)s in all.", number=len(found))))
    return [*said, language.say(_("All promises, and whether they were kept:")), f"{public}/did"]
