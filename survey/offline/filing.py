"""A form that two people agree on becomes a response: stored and sent in as one from a phone is."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session

from questions import QuestionSet
from survey import waiting
from survey.models import Batch, PaperForm, Staff, new_response_key
from survey.offline.typed import TWO_TICKS, UNREADABLE, FilledIn
from survey.responses import storing
from survey.responses.stored import Stored, arrived, sent_in


def file(
    session: Session,
    batch: Batch,
    form: PaperForm,
    question_set: QuestionSet,
    read: FilledIn,
    who: Staff,
    now: dt.datetime,
    today: dt.date,
) -> None:
    """Store the response of a form as of the day on which it was filled in, and send its words to be read.

    What was typed of it is emptied. Nothing of the response says which form it was, and nothing of the form which
    response. now: when it is checked, as what was written waits from then.
    """
    assert batch.filled_on is not None
    assert batch.route is not None
    new = Stored(
        key=new_response_key(),
        collection_id=batch.collection_id,
        instrument_id=batch.instrument_id,
        setting_id=batch.setting_id,
        started_on=batch.filled_on,
        answers=dict(read.answers),
        language=batch.language,
        route=batch.route,
    )
    sent, words = sent_in(new, question_set, batch.filled_on)
    storing.keep(session.connection(), {}, {sent.key: sent})
    to_read = arrived(sent, question_set, words, waiting.hour_of(now))
    waiting.keep(session.connection(), [to_read] if to_read else [])
    form.checked_by_id, form.alone = who.id, who.id == form.typed_by_id
    form.typed, form.checked, form.entered_on = {}, {}, today
    form.marks = {"two_ticks": read.marks[TWO_TICKS], "unreadable": read.marks[UNREADABLE]}
