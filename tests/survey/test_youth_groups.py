"""A youth group says by its secret link whether a reply answers it; its last word counts, and names nobody."""

import re

from sqlmodel import select

from survey.db import transaction
from survey.models import Answer, AuditEntry, Verdict, YouthGroup
from tests.survey.conftest import House
from tests.survey.replying import PRIYA, promised

GROUPS = "/staff/youth-groups"


def made(house: House, name: str = "Lambeth Youth Council", **more: str) -> str:
    """Make a group; the path of its link."""
    page = house.as_(PRIYA).post(GROUPS, data={"name": name, **more}).text
    (link,) = re.findall(r'href="[^"]*(/g/[^"]+)"', page)
    return str(link)


def test_a_group_says_that_it_is_not_answered_and_then_that_it_is(house: House) -> None:
    promised(house, promise="A later bus")
    promised(house, promise="", answer=Answer.NO, because="No money.")
    link = made(house)
    page = house.client.get(link)
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert page.headers["cache-control"] == "no-store"
    assert page.text.count("Say this") == 2

    unsaid = house.client.post(link, data={"reply": "1", "answers": "no", "because": " "})
    assert unsaid.status_code == 422
    assert "Say why it does not answer it." in unsaid.text
    neither = house.client.post(link, data={"reply": "1", "because": "x" * 301})
    assert "Choose one: it answers it, or it does not." in neither.text
    assert "There are 301 characters, and room for 300." in neither.text
    assert "x" * 301 in neither.text

    said = house.client.post(link, data={"reply": "1", "answers": "no", "because": "It goes too early."})
    assert said.headers["location"].endswith("#reply-1")
    told = house.client.get("/did/1").text
    assert "Lambeth Youth Council</span>: It does not answer it." in told
    assert "It goes too early." in told
    assert house.client.get(link).text.count("Say this") == 1

    house.client.post(link, data={"reply": "1", "answers": "yes", "because": ""})
    told = house.client.get("/did/1").text
    assert "This answers it." in told
    assert "It goes too early." not in told
    with transaction(house.engine) as session:
        assert len(session.exec(select(Verdict)).all()) == 1
        audit = [(one.who, one.why) for one in session.exec(select(AuditEntry)) if "youth group" in one.who]
    assert audit == [("youth group Lambeth Youth Council", None)] * 2


def test_words_that_name_somebody_are_taken_out_for_good_and_that_is_said(house: House) -> None:
    promised(house)
    link = made(house)
    house.client.post(link, data={"reply": "1", "answers": "no", "because": "Mr Khan said no."})
    assert "take the words out" in house.as_(PRIYA).get("/staff/replies/1").text
    house.as_(PRIYA).post("/staff/verdicts/1/hide")
    told = house.client.get("/did/1").text
    assert "Khan" not in told
    assert "Some words were taken out here, because they named somebody." in told
    assert "Your words were taken out" in house.client.get(link).text
    with transaction(house.engine) as session:
        assert session.exec(select(Verdict.because)).one() == ""
        assert "Khan" not in str(session.exec(select(AuditEntry)).all())
    house.client.post(link, data={"reply": "1", "answers": "no", "because": "It is too late."})
    assert "Some words were taken out" not in house.client.get("/did/1").text


def test_only_the_newest_link_works_and_only_its_hash_is_kept(house: House) -> None:
    first = made(house)
    page = house.as_(PRIYA).post(f"{GROUPS}/1/link").text
    (second,) = re.findall(r'href="[^"]*(/g/[^"]+)"', page)
    assert house.client.get(first).status_code == 404
    assert house.client.get(second).status_code == 200
    assert second not in house.as_(PRIYA).get(GROUPS).text
    with transaction(house.engine) as session:
        assert second.removeprefix("/g/") not in str(session.exec(select(YouthGroup)).one().model_dump())
    house.as_(PRIYA).post(f"{GROUPS}/1/retire")
    assert house.client.get(second).status_code == 404
    assert house.client.post(second, data={"reply": "1", "answers": "yes"}).status_code == 404


def test_a_group_of_a_borough_speaks_of_its_own(house: House) -> None:
    promised(house, promise="For Lambeth", borough="E09000022")
    promised(house, promise="For Southwark", borough="E09000028")
    promised(house, promise="For all")
    link = made(house, borough="E09000022")
    page = house.client.get(link).text
    assert "For Lambeth" in page
    assert "For all" in page
    assert "For Southwark" not in page
    answer = house.client.post(link, data={"reply": "2", "answers": "yes"})
    assert answer.status_code == 409
    assert "That reply is not there" in answer.text


def test_a_group_needs_a_name_of_its_own(house: House) -> None:
    made(house)
    priya = house.as_(PRIYA)
    assert "Say what the group is called." in priya.post(GROUPS, data={"name": " "}).text
    twice = priya.post(GROUPS, data={"name": "Lambeth Youth Council", "borough": "X"})
    assert twice.status_code == 422
    assert "There is a group of that name." in twice.text
    assert "Choose the borough from the list." in twice.text
    assert "there is room for 80" in priya.post(GROUPS, data={"name": "n" * 81}).text
