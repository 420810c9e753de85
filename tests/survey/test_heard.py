"""What other pages show of it: the latest changes, and the findings of a consultation with their replies."""

import datetime as dt

from survey.db import transaction
from survey.heard import Happened, State, findings_of, latest_changes
from survey.models import Answer, Update
from tests.survey.conftest import House
from tests.survey.replying import TODAY, consultation_of, promised


def test_the_latest_changes_are_the_newest_replies_and_news_and_no_more_than_asked_for(house: House) -> None:
    for day in range(4):
        promised(house, published_on=TODAY - dt.timedelta(days=10 - day), promise=f"Promise of day {day}")
    promised(house, published_on=TODAY + dt.timedelta(days=1), promise="Of tomorrow")
    with transaction(house.engine) as session:
        session.add(Update(reply_id=1, made_on=TODAY, words="It is there.", done=True, who="Priya"))
        session.flush()
        found = latest_changes(session, TODAY, 3)
        assert [one.happened for one in found] == [Happened.DONE, Happened.REPLIED, Happened.REPLIED]
        assert [one.reply.promise for one in found if one.reply] == [
            "Promise of day 0",
            "Promise of day 3",
            "Promise of day 2",
        ]
        assert found[0].address == "/did/1"


def test_the_findings_of_a_consultation_come_in_their_order_with_what_is_published(house: House) -> None:
    promised(house, sentence="First.", due=TODAY - dt.timedelta(days=12))
    promised(house, sentence="Second.", answer=Answer.NO)
    promised(house, sentence="Of tomorrow.", published_on=TODAY + dt.timedelta(days=1))
    with transaction(house.engine) as session:
        english = house.app.state.installation.language("en")
        found = findings_of(session, consultation_of(session), TODAY, english)
        assert [one.finding.sentence for one in found] == ["First.", "Second."]
        assert [(one.replies[0].state, one.replies[0].days_late) for one in found] == [
            (State.LATE, 12),
            (State.NOT_PROMISED, 0),
        ]
        assert found[0].rests.kept["title"] == "A report"
