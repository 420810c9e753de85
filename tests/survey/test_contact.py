"""“Please contact me” is a form of its own: no answer leads to it, leads alone read it, and it goes after its days."""

import re

from sqlalchemy import delete
from sqlmodel import select

from survey import forgetting
from survey.db import transaction
from survey.models import AuditEntry, ContactRequest, Named
from survey.staffed import Limits
from tests.survey.conftest import House, switch_on
from tests.survey.reading import ROSA, SAM, clear, take, write

ASKED = {"called": "Zed", "reach": "zed@mail.example", "safe": "after four, by text"}


def requests(house: House) -> list[ContactRequest]:
    """What is kept."""
    with transaction(house.engine) as session:
        found = list(session.exec(select(ContactRequest)).all())
        session.expunge_all()
    return found


def form_key(page: str) -> str:
    """The key that a form carries."""
    (key,) = re.findall(r'name="key" value="([\w-]{22})"', page)
    return str(key)


def test_it_is_offered_after_sending_and_on_staying_safe_where_somebody_reads_it(house: House) -> None:
    key = write(house, "It is dark")
    for address in (f"/r/{key}/thank-you", "/staying-safe"):
        assert 'href="/contact"' in house.client.get(address).text
    with transaction(house.engine) as session:
        session.execute(delete(Named))
    house.look_anew()
    for address in (f"/r/{key}/thank-you", "/staying-safe"):
        assert 'href="/contact"' not in house.client.get(address).text
    shut = house.client.get("/contact")
    assert (shut.status_code, "0800 1111" in shut.text) == (404, True)
    assert house.client.post("/contact", data=ASKED).status_code == 404
    assert requests(house) == []


def test_it_says_who_reads_it_and_when_and_that_it_is_for_no_emergency(house: House) -> None:
    switch_on(house, "ar")
    page = house.client.get("/contact").text
    assert "This is not for emergencies." in page
    assert "They read it from Monday to Friday, between 9:00 and 17:00." in page
    assert "30 days after somebody has contacted you" in page
    assert "If you send this now, we try to contact you by Friday 20 November 2026." in page.replace(
        "Friday, ", "Friday "
    )
    assert "On public holidays it can take longer." in page
    house.clock.forward(hours=3)  # 15:00 on a Friday: four staffed hours end on Monday
    for later in (house.client.get("/contact"), house.client.post("/contact", data=ASKED)):
        assert re.search("we try to contact you by Monday,? 23 November 2026", later.text, re.IGNORECASE)
    assert "من الاثنين إلى الجمعة" in house.client.get("/contact?lang=ar").text


def test_it_is_kept_once_however_often_it_is_sent_with_its_hour_and_nothing_of_an_answer(
    house: House,
) -> None:
    key = write(house, "It is dark")
    form = ASKED | {"key": form_key(house.client.get("/contact").text)}
    house.clock.forward(minutes=17)
    for _ in range(2):
        page = house.client.post(
            "/contact", data=form, headers={"referer": f"http://testserver/r/{key}/thank-you"}
        )
        assert "Somebody will contact you." in page.text
        assert "zed@mail.example" not in page.text
    (kept,) = requests(house)
    assert kept.arrived_at == house.clock().replace(minute=0)
    assert key not in kept.model_dump_json()
    assert set(kept.model_dump()) == {
        *("id", "called", "reach", "safe", "language", "arrived_at", "handled_on", "handled_by")
    }


def test_all_that_is_missing_is_said_at_once_and_nothing_is_lost(house: House) -> None:
    page = house.client.post("/contact", data={"called": "", "reach": "07", "safe": "x" * 300})
    assert page.status_code == 422
    for said in (
        "Please write what we shall call you.",
        "Please write a phone number or an e-mail address.",
        "That is too long. Please write at most 240 characters.",
        'value="07"',
    ):
        assert said in page.text
    assert requests(house) == []


def test_only_leads_read_it_and_say_when_it_is_handled(house: House) -> None:
    house.client.post("/contact", data=ASKED)
    page = house.as_(SAM).get("/staff/contacts").text
    for said in ("Zed", "zed@mail.example", "after four, by text", "Contact them by 16:00."):
        assert said in page
    for who in (ROSA, "Amara, administrator", "Ada, analyst"):
        assert house.as_(who).get("/staff/contacts").status_code == 403
    (kept,) = requests(house)
    assert house.as_(SAM).post(f"/staff/contacts/{kept.id}").status_code == 303
    assert "Nobody waits to be contacted." in house.as_(SAM).get("/staff/contacts").text
    assert house.as_(SAM).post(f"/staff/contacts/{kept.id}").status_code == 404
    with transaction(house.engine) as session:
        said = "".join(one.model_dump_json() for one in session.exec(select(AuditEntry)))
    assert "Zed" not in said


def test_it_goes_thirty_days_after_it_was_handled_and_never_before(house: House) -> None:
    for name in ("Zed", "Bo"):
        house.client.post("/contact", data=ASKED | {"called": name})
    handled = next(one for one in requests(house) if one.called == "Zed")
    house.as_(SAM).post(f"/staff/contacts/{handled.id}")
    for days, left in ((29, {"Zed", "Bo"}), (1, {"Bo"}), (300, {"Bo"})):
        house.clock.forward(days=days)
        with transaction(house.engine) as session:
            forgetting.forget(session, house.clock().date(), Limits())
        assert {one.called for one in requests(house)} == left


def test_words_under_a_bar_go_ninety_days_after_they_were_blacked_out(house: House) -> None:
    write(house, "My mate Jordan knows")
    clear(house.as_(ROSA), take(house))
    write(house, "Nobody has read this")
    for days, forgotten in ((89, 0), (1, 1), (0, 0), (40, 0)):
        house.clock.forward(days=days)
        with transaction(house.engine) as session:
            assert forgetting.forget(session, house.clock().date(), Limits()).texts == forgotten
    told = {one.cleared: one.words for one in house.written()}
    assert told == {"My mate ⟦name⟧ knows": None, None: "Nobody has read this"}


def test_what_is_mended_and_sent_again_is_kept_beside_the_first(house: House) -> None:
    form = ASKED | {"key": form_key(house.client.get("/contact").text)}
    for reach in ("07700 900111", "07700 900222", "07700 900222"):
        assert house.client.post("/contact", data=form | {"reach": reach}).status_code == 200
    with transaction(house.engine) as session:
        found = sorted(one.reach for one in session.exec(select(ContactRequest)))
    assert found[:2] == ["07700 900111", "07700 900222"]
    assert set(found) == {"07700 900111", "07700 900222"}
