"""Staff come in by a password with six figures, show again who they are, and are let in and out by administrators."""

from __future__ import annotations

import re

import pyotp
import pytest
from sqlalchemy import text
from sqlmodel import select
from starlette.testclient import TestClient

from survey.accounts import passwords
from survey.db import transaction
from survey.models import AuditEntry, Password, Staff, StaffSession
from survey.settings import Settings
from tests.survey.conftest import House

ADA, AMARA = "Ada, analyst", "Amara, administrator"
WORDS = "four quiet boats at noon"


def figures(house: House, secret: str, later: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(house.clock().timestamp()) + later)


def set_password(house: House, who: str, password: str = WORDS) -> str:
    """Give somebody a password; the secret of their figures."""
    browser = house.as_(who)
    secret = re.findall(r'name="secret" value="(\w+)"', browser.get("/staff/you").text)[0]
    told = {"do": "password", "password": password, "again": password, "secret": secret}
    answer = browser.post("/staff/you", data=told | {"figures": figures(house, secret)})
    assert answer.headers["location"] == "/staff/you?done=password"
    return str(secret)


def sign_in(
    house: House, name: str, password: str, typed: str, then: str = ""
) -> tuple[TestClient, int, str]:
    browser = TestClient(house.app, follow_redirects=False)
    told = {"name": name, "password": password, "figures": typed, "then": then}
    answer = browser.post("/staff/sign-in", data=told)
    return browser, answer.status_code, answer.headers.get("location", answer.text)


def test_a_password_with_six_figures_signs_in_and_figures_are_taken_once(house: House) -> None:
    secret = set_password(house, ADA)
    assert (
        sign_in(house, ADA, WORDS, figures(house, secret))[1] == 422
    )  # those that were typed when it was set
    house.clock.forward(seconds=30)
    now = figures(house, secret)
    browser, status, where = sign_in(
        house, ADA, WORDS, f"{now[:3]} {now[3:]}", "/staff/consultations/x/files?a=1"
    )
    assert (status, where) == (303, "/staff/consultations/x/files?a=1")
    assert browser.get("/staff").status_code == 200
    assert sign_in(house, ADA, WORDS, now)[1] == 422


@pytest.mark.parametrize(
    "then", ["https://evil.example", "//evil.example", "/r/x", "/staff\\evil", "/staffed", "javascript:x"]
)
def test_signing_in_leads_to_no_page_but_ours(house: House, then: str) -> None:
    secret = set_password(house, ADA)
    house.clock.forward(seconds=30)
    assert sign_in(house, ADA, WORDS, figures(house, secret), then)[2] == "/staff"
    assert house.as_(ADA).get(f"/staff/sign-in?then={then}").headers["location"] == "/staff"


def test_what_is_wrong_is_told_alike_for_everybody_and_makes_the_next_tries_wait(house: House) -> None:
    secret = set_password(house, ADA)
    house.clock.forward(seconds=30)
    unknown = sign_in(house, "Nobody", WORDS, "123456")[2]
    assert "password or those six figures are not right" in unknown
    assert (
        sign_in(house, ADA, "another password of mine", figures(house, secret))[2].replace(ADA, "Nobody")
        == unknown
    )
    for _ in range(passwords.FREE_TRIES - 1):
        assert sign_in(house, ADA, WORDS, "000000")[1] == 422
    house.clock.forward(seconds=20)
    assert sign_in(house, ADA, WORDS, figures(house, secret))[1] == 422  # right, and too early
    house.clock.forward(seconds=20)
    assert sign_in(house, ADA, WORDS, figures(house, secret))[1] == 303
    with transaction(house.engine) as session:
        found = session.exec(select(Password)).one()
        assert (found.wrong, found.wait_until) == (0, None)
        assert found.hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_wait_grows_to_a_quarter_of_an_hour_and_no_longer(house: House) -> None:
    set_password(house, ADA)
    waits = []
    for _ in range(16):
        sign_in(house, ADA, WORDS, "000000")
        with transaction(house.engine) as session:
            until = session.exec(select(Password)).one().wait_until
        waits.append((until - house.clock()).total_seconds() if until else 0)
        house.clock.forward(minutes=15)
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, *[900] * 7]


def test_everything_that_is_wrong_with_a_new_password_is_told_at_once(house: House) -> None:
    ada = house.as_(ADA)
    told = {"do": "password", "password": "short", "again": "other", "secret": "x", "figures": "1"}
    page = ada.post("/staff/you", data=told)
    assert page.status_code == 422
    for words in ("Use 15 characters or more", "are not the same", "are not those that the app shows"):
        assert words in page.text
    with transaction(house.engine) as session:
        assert session.exec(select(Password)).all() == []


def test_a_new_password_signs_out_everywhere_else(house: House) -> None:
    secret = set_password(house, ADA)
    house.clock.forward(seconds=30)
    elsewhere, _, _ = sign_in(house, ADA, WORDS, figures(house, secret))
    assert "Sign out everywhere else" in house.as_(ADA).get("/staff/you").text
    set_password(house, ADA, "five other quiet boats")
    assert (house.as_(ADA).get("/staff").status_code, elsewhere.get("/staff").status_code) == (200, 401)


def test_browsers_are_listed_and_signed_out_one_by_one_or_all_at_once(house: House) -> None:
    secret = set_password(house, ADA)
    browsers = []
    for _ in range(3):
        house.clock.forward(seconds=30)
        browsers.append(sign_in(house, ADA, WORDS, figures(house, secret))[0])
    ada = house.as_(ADA)
    listed = re.findall(r'name="at" value="(\w+)"', ada.get("/staff/you").text)
    assert len(listed) == 3
    assert (
        ada.post("/staff/you", data={"do": "end", "at": listed[0]}).headers["location"].endswith("done=ended")
    )
    assert [one.get("/staff").status_code for one in browsers].count(401) == 1
    assert house.as_(AMARA).post("/staff/you", data={"do": "end", "at": listed[1]}).status_code == 303
    assert [one.get("/staff").status_code for one in browsers].count(401) == 1  # another's is not hers to end
    ada.post("/staff/you", data={"do": "end-others"})
    assert [one.get("/staff").status_code for one in browsers] == [401] * 3
    assert ada.get("/staff").status_code == 200


def test_a_browser_gets_a_new_cookie_at_every_sign_in_and_the_old_one_is_dead(house: House) -> None:
    secret = set_password(house, ADA)
    ada = house.as_(ADA)
    before = dict(ada.cookies)
    house.clock.forward(seconds=30)
    told = {"name": ADA, "password": WORDS, "figures": figures(house, secret)}
    assert ada.post("/staff/sign-in", data=told).status_code == 303
    assert dict(ada.cookies) != before
    stale = TestClient(house.app, cookies=before, follow_redirects=False)
    assert stale.get("/staff").status_code == 401
    with transaction(house.engine) as session:
        assert len(session.exec(select(StaffSession)).all()) == 1


def test_what_cannot_be_undone_asks_again_who_it_is(house: House) -> None:
    secret = set_password(house, AMARA)
    amara = house.as_(AMARA)
    house.clock.forward(minutes=46)
    invited = {"name": "Zoe", "role": "reader"}
    asked = amara.post("/staff/people", data=invited)
    assert asked.status_code == 403
    assert "/staff/confirm?then=/staff/people" in asked.text
    assert "Zoe" not in amara.get("/staff/people").text
    wrong = amara.post(
        "/staff/confirm", data={"password": WORDS, "figures": "000000", "then": "/staff/people"}
    )
    assert wrong.status_code == 422
    right = {"password": WORDS, "figures": figures(house, secret), "then": "/staff/people"}
    assert amara.post("/staff/confirm", data=right).headers["location"] == "/staff/people"
    assert amara.post("/staff/people", data=invited).status_code == 200
    house.clock.forward(minutes=44)
    assert amara.post("/staff/people", data={"name": "Yan", "role": "reader"}).status_code == 200


def test_nobody_confirms_with_what_is_anothers(house: House) -> None:
    secret = set_password(house, ADA, WORDS)
    set_password(house, AMARA, "the administrator’s own words")
    house.clock.forward(minutes=46)
    told = {"name": ADA, "password": WORDS, "figures": figures(house, secret)}
    assert house.as_(AMARA).post("/staff/confirm", data=told).status_code == 422
    assert house.as_(AMARA).post("/staff/confirm", data={"demo": "1"}).status_code == 422


def test_an_administrator_lets_people_in_and_out(house: House) -> None:
    amara = house.as_(AMARA)
    page = amara.post("/staff/people", data={"name": "Zoe", "role": ["reader", "analyst"]}).text
    (link,) = re.findall(r"http://127.0.0.1:8000(/staff/in/[\w-]+)", page)
    assert link not in amara.get("/staff/people").text
    zoe = TestClient(house.app, follow_redirects=False)
    assert zoe.post(link).headers["location"] == "/staff/you"
    with transaction(house.engine) as session:
        number = session.exec(select(Staff.id).where(Staff.name == "Zoe")).one()
    assert zoe.get("/staff/reading").status_code == 200
    amara.post(f"/staff/people/{number}", data={"do": "roles", "role": "analyst"})
    assert zoe.get("/staff/reading").status_code == 403
    again = amara.post(f"/staff/people/{number}", data={"do": "link"}).text
    (other,) = re.findall(r"(/staff/in/[\w-]+)", again)
    assert amara.post(f"/staff/people/{number}", data={"do": "left"}).status_code == 303
    assert zoe.get("/staff").status_code == 401
    assert TestClient(house.app).get(other).status_code == 410
    assert "left on" in amara.get("/staff/people").text
    with transaction(house.engine) as session:
        did = [one.did for one in session.exec(select(AuditEntry).where(AuditEntry.object == "staff Zoe"))]
    assert did == [
        "invited",
        "signed in with a link",
        "changed the roles of",
        "invited",
        "noted that they left",
    ]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"name": "", "role": []}, ["Write the name", "Tick at least one role"]),
        ({"name": "x" * 61, "role": "reader"}, ["Shorten the name"]),
        ({"name": "amara, ADMINISTRATOR", "role": "reader"}, ["Somebody of this name"]),
        ({"name": "Zoe", "role": "king"}, ["Tick at least one role"]),
    ],
)
def test_whoever_cannot_be_invited_is_told_with_a_reason(
    house: House, form: dict[str, str], told: list[str]
) -> None:
    page = house.as_(AMARA).post("/staff/people", data=form)
    assert page.status_code == 422
    assert all(words in page.text for words in told)


def test_an_administrator_cannot_lock_themselves_out(house: House) -> None:
    amara = house.as_(AMARA)
    with transaction(house.engine) as session:
        me = session.exec(select(Staff.id).where(Staff.name == AMARA)).one()
    assert amara.post(f"/staff/people/{me}", data={"do": "roles", "role": "reader"}).status_code == 422
    assert amara.post(f"/staff/people/{me}", data={"do": "left"}).status_code == 422
    assert amara.get("/staff/people").status_code == 200


def test_the_audit_is_read_by_person_words_and_days_and_taken_as_a_file(house: House) -> None:
    amara = house.as_(AMARA)
    house.as_(ADA)
    house.clock.forward(hours=11)
    amara.get("/staff")
    house.clock.forward(hours=2)
    amara.post("/staff/out")
    house.signed_in.pop(AMARA)
    amara = house.as_(AMARA)
    assert "signed out" not in amara.get(f"/staff/audit?who={ADA}").text
    one_day = f"from={house.clock().date()}&until={house.clock().date()}"
    page = amara.get(f"/staff/audit?{one_day}&words=SIGNED").text
    assert ("signed out" in page, ADA in page.partition("<tbody>")[2]) == (True, False)
    wrong = amara.get("/staff/audit?from=yesterday&until=2026-13-40")
    assert (wrong.status_code, wrong.text.count("is no day")) == (422, 2)
    with transaction(house.engine) as session:
        session.add(AuditEntry(at=house.clock(), who="=1+1", did="tried", object="@x"))
    file = amara.get("/staff/audit.csv?words=tried")
    assert file.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    assert file.text.splitlines()[0] == '\ufeffnumber,when (UTC),who,did,to,"why, or with what"'
    assert ",'=1+1,tried,'@x," in file.text
    assert len(amara.get("/staff/audit.csv").text.splitlines()) > 6


def test_a_long_audit_is_read_in_pieces(house: House) -> None:
    amara = house.as_(AMARA)
    with transaction(house.engine) as session:
        session.add_all(
            AuditEntry(at=house.clock(), who="Ada", did=f"did {n}", object="x") for n in range(450)
        )
    page = amara.get("/staff/audit?who=Ada").text
    seen = re.findall(r"<td>did (\d+)</td>", page)
    while older := re.search(r'href="(/staff/audit\?[^"]*before=[^"]*)"', page):
        page = amara.get(older[1].replace("&amp;", "&")).text
        seen += re.findall(r"<td>did (\d+)</td>", page)
    assert [int(one) for one in seen] == list(range(449, -1, -1))


def test_somebody_who_has_left_has_no_way_in(house: House) -> None:
    secret = set_password(house, ADA)
    house.clock.forward(seconds=30)
    with transaction(house.engine) as session:
        session.execute(text("UPDATE staff SET left_on = '2026-11-01' WHERE name = :name"), {"name": ADA})
    assert sign_in(house, ADA, WORDS, figures(house, secret))[1] == 422
    assert house.as_(ADA).get("/staff").status_code == 401


def test_passkeys_need_a_name_and_tls(house: House) -> None:
    assert "browsers allow them only at a name" in house.as_(ADA).get("/staff/you").text
    answer = house.client.post("/staff/sign-in/passkey", headers={"accept": "application/json"})
    assert (answer.status_code, "sentence" in answer.json()) == (409, True)
    assert "Use a passkey" not in house.client.get("/staff/sign-in").text
    assert Settings().secure is False
