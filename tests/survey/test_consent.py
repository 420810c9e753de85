"""Nobody takes part without having said yes, and who decided stands with the response."""

import pytest
from sqlmodel import Session, select

from survey.db import transaction
from survey.models import AuditEntry, Collection, ConsentRoute, Permission, Setting
from tests.survey.conftest import CODE, House, start_form

FEMI = "Femi, fieldworker"
PLACE = f"/staff/settings/{CODE}"
KEPT = {"devices": "own", "permission": "parents could object", "permission_note": "Letter of 3 November"}


def permit(house: House, permission: Permission | None, routes: tuple[str, ...] = ("own", "setting")) -> None:
    """What the setting is allowed, and who may come into its collection."""
    with transaction(house.engine) as session:
        found = _setting(session)
        found.permission = permission
        found.collection.routes = [*routes]
    house.app.state.desk.openings.forget()


def _setting(session: Session) -> Setting:
    return session.exec(select(Setting).where(Setting.code == CODE)).one()


def say(house: House, **other: str) -> tuple[int, str]:
    """Send the form of the start page, with something else in it."""
    form = start_form(house.client.get(f"/s/{CODE}").text) | other
    answer = house.client.post(f"/s/{CODE}", data=form)
    return answer.status_code, answer.text


def test_who_is_16_decides_alone_and_the_route_says_so(house: House) -> None:
    assert say(house, age="16")[0] == 303
    assert [one.route for one in house.responses()] == [ConsentRoute.OWN]


def test_under_16_a_setting_must_allow_it_first(house: House) -> None:
    status, page = say(house, age="under_16")
    assert (status, "It is not because of you." in page, house.responses()) == (403, True, [])
    permit(house, Permission.PARENTS_AGREED)
    assert "your parents or carers have said yes" in house.client.get(f"/s/{CODE}").text
    assert say(house, age="under_16")[0] == 303
    assert [one.route for one in house.responses()] == [ConsentRoute.SETTING]


@pytest.mark.parametrize("routes", [("own",), ("setting",)])
def test_a_collection_is_open_by_its_own_routes_only(house: House, routes: tuple[str, ...]) -> None:
    permit(house, Permission.SETTING_DECIDED, routes)
    found = {age: say(house, age=age)[0] for age in ("16", "under_16")}
    assert found == {"16": 303 if "own" in routes else 403, "under_16": 303 if "setting" in routes else 403}


def test_no_is_an_answer_and_nothing_is_kept(house: House) -> None:
    status, page = say(house, take_part="no")
    assert (status, "You said no, and nothing was kept." in page, house.responses()) == (200, True, [])


@pytest.mark.parametrize("age", ["", "15", "x"])
def test_without_an_age_one_is_asked_again_and_the_key_is_kept(house: House, age: str) -> None:
    form = start_form(house.client.get(f"/s/{CODE}").text) | {"age": age}
    again = house.client.post(f"/s/{CODE}", data=form)
    assert (again.status_code, "Please say how old you are." in again.text) == (422, True)
    assert start_form(again.text)["key"] == form["key"]
    assert house.responses() == []


# Staff


def test_a_fieldworker_records_a_permission_and_the_audit_says_so(house: House) -> None:
    femi = house.as_(FEMI)
    assert femi.post(PLACE, data=KEPT).status_code == 303
    with transaction(house.engine) as session:
        found = _setting(session)
        assert (found.permission, found.permission_note) == (
            Permission.PARENTS_COULD_OBJECT,
            "Letter of 3 November",
        )
        assert (found.permission_by, str(found.permission_on)) == (FEMI, "2026-11-20")
        told = session.exec(select(AuditEntry).where(AuditEntry.object == f"setting {CODE}")).one()
        assert "parents could object (Letter of 3 November)" in (told.why or "")
    assert f"Recorded by {FEMI} on 20 November 2026" in femi.get(PLACE).text
    femi.post(PLACE, data=KEPT)
    with transaction(house.engine) as session:  # nothing changed, so nothing is noted
        session.exec(select(AuditEntry).where(AuditEntry.object == f"setting {CODE}")).one()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"permission_note": " "}, "Write what the permission rests on"),
        ({"permission_note": "x" * 501}, "The note has 501 characters. There is room for 500."),
        ({"devices": "laptop"}, "Choose one of the devices"),
        ({"permission": "mum"}, "Choose one permission or none."),
    ],
)
def test_what_is_wrong_with_a_setting_is_said_and_nothing_is_kept(
    house: House, wrong: dict[str, str], said: str
) -> None:
    page = house.as_(FEMI).post(PLACE, data=KEPT | wrong)
    assert (page.status_code, said in page.text) == (422, True)
    with transaction(house.engine) as session:
        assert _setting(session).permission is None


def test_a_collection_must_be_open_to_somebody(house: House) -> None:
    femi = house.as_(FEMI)
    here = {"referer": "http://testserver/staff/collections/1"}
    refused = femi.post("/staff/collections/1/routes", data={}, headers=here)
    assert (refused.status_code, "Nobody could take part" in refused.text) == (422, True)
    assert '<a class="back" href="/staff/collections/1">' in refused.text
    elsewhere = femi.post("/staff/collections/1/routes", headers={"referer": "http://evil.example/staff/x"})
    assert 'class="back"' not in elsewhere.text.split("</main>")[0]
    assert femi.post("/staff/collections/1/routes", data={"route": "own"}).status_code == 303
    with transaction(house.engine) as session:
        assert session.get_one(Collection, 1).routes == ["own"]
    assert femi.post("/staff/collections/99/routes", data={"route": "own"}).status_code == 404


def test_the_card_has_the_code_the_link_and_what_to_say(house: House) -> None:
    page = house.as_(FEMI).get(f"{PLACE}/card").text
    assert CODE in page
    assert '<svg viewBox="0 0 ' in page
    assert "It is up to you. You can say no" in page
    assert "People under 16 cannot take part with this code." in page
