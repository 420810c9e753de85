"""What staff do with a question set in a story: open it, send a form of it, and look at what stands then."""

from __future__ import annotations

import re
from typing import Any

from sqlmodel import col, select

from questions import QuestionSet, read
from survey import instruments
from survey.db import transaction
from survey.models import Draft, Revision
from tests.survey.conftest import MIDDAY, House

BEN, AMARA, PRIYA = "Ben, designer", "Amara, administrator", "Priya, publisher"
SET = "/staff/sets/tiny"
WORRY: dict[str, Any] = {
    "key": "worry",
    "kind": "scale",
    "prompt": "How worried are you about knife crime?",
    "hint": "",
    "dont_know": "on",
    "prefer_not_to_say": "on",
    "code": ["very", "fairly", "not_very", "not_at_all", ""],
    "label": ["Very worried", "Fairly worried", "Not very worried", "Not worried at all", ""],
}


def seen(house: House, who: str = BEN) -> str:
    """The number of the revision that a page was made from."""
    found = re.search(r'name="seen" value="(\d+)"', house.as_(who).get(SET).text)
    assert found
    return found[1]


def draft(house: House, key: str = "tiny") -> str:
    """The draft's document as it stands."""
    with transaction(house.engine) as session:
        at = session.get_one(Draft, key).at
        return session.exec(
            select(Revision.source).where(Revision.draft_key == key, col(Revision.number) == at)
        ).one()


def now(house: House, key: str = "tiny") -> QuestionSet:
    """The draft as it stands."""
    return read(draft(house, key))


def change(house: House, path: str, who: str = BEN, **form: Any) -> int:
    """Send one form of the designer, made from what stands now; the status it is answered with."""
    told = {"seen": seen(house, who), **form}
    return house.as_(who).post(f"{SET}/{path}", data=told).status_code


def reword(house: House, prompt: str, who: str = BEN) -> int:
    """Ask the question about worry in other words."""
    return change(house, "questions/worry", who, **{**WORRY, "prompt": prompt})


def freeze(house: House, source: str) -> None:
    """Publish a document as it is."""
    with transaction(house.engine) as session:
        instruments.publish(session, source, MIDDAY.date())
