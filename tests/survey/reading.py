"""What the stories of the reading desk share: somebody writes something, and a reader takes it."""

import re

from starlette.testclient import TestClient

from tests.survey.conftest import House

ROSA, RANA, SAM, DANA = (
    "Rosa, reader",
    "Rana, reader",
    "Sam, safeguarding lead",
    "Dana, deputy lead",
)


def write(house: House, words: str, receipt: str = "") -> str:
    """Answer the tiny set with some words of one's own, and send it; the key."""
    key = house.begin()
    house.answer(key, worry="very", why=words, borough="E09000022")
    house.client.post(f"/r/{key}/check-answers", data={"receipt": receipt} if receipt else {})
    return key


def take(house: House, who: str = ROSA, reading: str = "first") -> str:
    """Take the next text; the address of its page."""
    answer = house.as_(who).post("/staff/reading/next", data={"reading": reading})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def places(page: str) -> list[str]:
    """What a page offers to black out."""
    return re.findall(r'name="place" value="([^"]+)"', page)


def clear(browser: TestClient, address: str, **more: str | list[str]) -> str:
    """Clear a text with all that is highlighted in it blacked out; where the way leads then."""
    given = {"do": "clear", "then": "stop", "place": places(browser.get(address).text), **more}
    answer = browser.post(address, data=given)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def raise_concern(house: House, tier: int, who: str = ROSA) -> None:
    """Take the next text, and raise a concern of a tier."""
    address = take(house, who)
    answer = house.as_(who).post(
        address, data={"do": "concern", "tier": str(tier), "why": "It names a person."}
    )
    assert answer.headers["location"] == "/staff/reading?did=raised"
