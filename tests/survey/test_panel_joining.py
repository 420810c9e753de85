"""People ask to be asked again: age first, a link that confirms, a page of their own, and a way out."""

import datetime as dt
import re

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from survey.app import make_app
from survey.panel.seals import Seals, new_key
from survey.settings import Settings, WrongSetting
from tests.survey.conftest import Clock, House
from tests.survey.paneling import KEY, LAMBETH, PanelHouse, link_in, panel

__all__ = ["panel"]
ZOE = "zoe@example.org"


def test_somebody_joins_by_a_link_and_says_what_about(panel: PanelHouse) -> None:
    assert "How old are you?" in panel.client.get("/panel").text
    form = panel.client.post("/panel", data={"age": "18-20"}).text
    assert 'value="18-20"' in form
    assert "What may we write to you about?" in form

    assert "Look in your mail" in panel.ask(ZOE, age="18-20").text
    (letter,) = panel.letters()
    way = link_in(letter, "/panel/you/")
    assert "Is this right?" in panel.client.get(way).text
    assert panel.members()[0].waits_until == dt.date(2026, 11, 27)

    joined = panel.client.post(way, data={"wish": "confirm"}).text
    assert "Thank you. We may write to you until 30 November 2027." in joined
    (zoe,) = panel.members()
    assert (zoe.waits_until, zoe.expires_on, zoe.age_band, zoe.borough) == (
        None,
        dt.date(2027, 11, 30),
        "18-20",
        LAMBETH,
    )
    assert re.findall(r'value="(\w+)" checked', joined) == ["surveys", "changes"]
    assert joined.count("You said yes in Nov 2026.") == 2


def test_the_letter_speaks_every_language_since_we_keep_none(panel: PanelHouse) -> None:
    panel.ask(ZOE)
    said = panel.letters()[0].get_content()
    for name in ("English", "Easy English", "العربية", "বাংলা"):
        assert name in said
    assert "?lang=ar" in said


def test_under_16_no_address_is_asked_for_and_nothing_is_kept(panel: PanelHouse) -> None:
    told = panel.client.post("/panel", data={"age": "under_16"}).text
    assert "Ask your school or club" in told
    assert "address" not in re.findall(r'name="(\w+)"', told)
    again = panel.ask("child@example.org", age="under_16").text
    assert "Ask your school or club" in again
    assert (panel.members(), panel.letters()) == ([], [])


def test_every_fault_is_said_at_once_and_nothing_is_lost(panel: PanelHouse) -> None:
    told = panel.client.post(
        "/panel/join", data={"age": "16-17", "address": "zoe at home", "borough": "Camelot"}
    )
    assert told.status_code == 422
    for sentence in (
        "Write an e-mail address, such as name@example.org.",
        "Choose where you live. You can also choose not to say.",
        "Tick at least one thing that we may write about.",
    ):
        assert sentence in told.text
    assert 'value="zoe at home"' in told.text
    assert panel.client.post("/panel", data={}).status_code == 422
    assert panel.members() == []


NOT_ADDRESSES = (
    *(
        "",
        "zoe",
        "@example.org",
        "zoe@",
        "zoe@home",
        "a b@example.org",
        "zoé@example.org",
        '"a b"@example.org',
    ),
    *("zoe@example.org\nBcc: x@example.org", f"{'z' * 250}@example.org", "a,b@example.org"),
)


@pytest.mark.parametrize("address", NOT_ADDRESSES)
def test_what_is_no_address_is_not_written_to(panel: PanelHouse, address: str) -> None:
    assert panel.ask(address).status_code == 422
    assert panel.letters() == []


def test_an_address_is_in_once_and_nobody_learns_whether_it_is(panel: PanelHouse) -> None:
    way = panel.join(ZOE)
    panel.clock.forward(days=1)
    panel.burn()
    known, unknown = panel.ask("ZOE@example.org"), panel.ask("stranger@example.org")
    assert known.text == unknown.text
    assert len(panel.members()) == 2
    (letter,) = panel.letters("ZOE@")
    assert letter["Subject"] == "Your link to our panel"
    assert link_in(letter, "/panel/you/") == way


def test_nobody_floods_another_ones_box(panel: PanelHouse) -> None:
    for _ in range(4):
        panel.ask(ZOE)
    panel.client.post("/panel/link", data={"address": ZOE})
    assert len(panel.letters()) == 1
    panel.clock.forward(days=1)
    panel.ask(ZOE)
    assert len(panel.letters()) == 2


def test_a_member_changes_what_they_said_yes_to(panel: PanelHouse) -> None:
    way = panel.join(ZOE)
    panel.clock.forward(days=40)
    now = {"purpose": ["meetings", "changes"], "age": "18-20", "borough": "not_said"}
    kept = panel.client.post(way, data={"wish": "keep", **now}).text
    assert "Your changes are kept." in kept
    assert "You said yes in Dec 2026." in kept
    assert "You said yes in Nov 2026." in kept
    assert re.findall(r'value="(\w+)" checked', kept) == ["meetings", "changes"]
    assert (panel.members()[0].age_band, panel.members()[0].borough) == ("18-20", "not_said")


def test_leaving_is_one_press_of_a_button_and_leaves_nothing(panel: PanelHouse) -> None:
    panel.join(ZOE)
    letter = panel.letters()[0]
    out = link_in(letter, "/panel/leave/").removesuffix("?lang=en")
    assert letter["List-Unsubscribe"] == f"<http://127.0.0.1:8000{out}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert panel.client.get(out).status_code == 200
    assert len(panel.members()) == 1  # a mail program that opens every link takes nobody off

    assert "You are off" in panel.client.post(out, data={"List-Unsubscribe": "One-Click"}).text
    assert panel.members() == []
    with panel.store.looking() as session:
        assert session.connection().execute(text("SELECT count(*) FROM panel_consent")).scalar() == 0
    assert "You are off" in panel.client.post(out).text
    gone = panel.client.get(link_in(letter, "/panel/you/"))
    assert (gone.status_code, "You can always join again." in gone.text) == (410, True)


def test_who_lost_the_mail_is_sent_the_link_again(panel: PanelHouse) -> None:
    way = panel.join(ZOE)
    panel.clock.forward(days=1)
    panel.burn()
    same = {panel.client.post("/panel/link", data={"address": one}).text for one in (ZOE, "no@example.org")}
    assert len(same) == 1
    assert [link_in(one, "/panel/you/") for one in panel.letters()] == [way]
    wrong = panel.client.post("/panel/link", data={"address": "zoe"})
    assert (wrong.status_code, 'value="zoe"' in wrong.text) == (422, True)


@pytest.mark.parametrize("link", ["x", "a" * 44, "ü" * 44])
def test_a_link_that_we_did_not_make_opens_nothing(panel: PanelHouse, link: str) -> None:
    assert panel.client.get(f"/panel/you/{link}").status_code == 410
    assert panel.client.post(f"/panel/you/{link}", data={"wish": "confirm"}).status_code == 410


def test_where_no_mail_leaves_nothing_is_kept(panel: PanelHouse) -> None:
    panel.mails.write_text("no folder")
    told = panel.ask(ZOE)
    assert (told.status_code, "Nothing was kept. Please try again later." in told.text) == (503, True)
    assert panel.members() == []
    panel.mails.unlink()
    panel.ask(ZOE)
    assert len(panel.letters()) == 1


def test_an_address_is_stored_sealed_at_one_length_and_without_a_time() -> None:
    seals = Seals(KEY)
    short, long = seals.sealed("a@b.org"), seals.sealed(f"{'a' * 60}@example.org")
    assert (seals.opened(short), len(short)) == ("a@b.org", len(long))
    assert seals.sealed("a@b.org") != short
    assert seals._fernet.extract_timestamp(short) == 0
    assert b"a@b.org" not in short
    assert seals.mark("A@b.org") == seals.mark("a@b.org") != Seals(new_key()).mark("a@b.org")


def test_no_address_stands_in_the_database(panel: PanelHouse, database_url: str) -> None:
    panel.join(ZOE)
    with panel.store.looking() as session:
        stored = str(
            [
                session.connection().execute(text(f"SELECT * FROM {one}")).all()
                for one in ("panel_member", "panel_consent")
            ]
        )
    assert "zoe" not in stored.lower()
    assert panel.store.seals.link(panel.members()[0].id) not in stored


def test_without_a_key_there_is_no_panel(house: House) -> None:
    told = house.client.get("/panel")
    assert (told.status_code, "There is no panel here yet" in told.text) == (404, True)
    assert 'href="/panel"' not in house.client.get("/").text
    assert "gives it a key first" in house.as_("Kim, panel keeper").get("/staff/panel").text


def test_the_first_page_leads_to_it(panel: PanelHouse) -> None:
    assert '<a class="back" href="/panel">May we ask you again?</a>' in panel.client.get("/").text


def test_a_setting_that_cannot_be_is_said(database_url: str, clock: Clock) -> None:
    with pytest.raises(WrongSetting, match="is no key"):
        make_app(Settings(database_url=database_url, panel_key="secret"), clock=clock)
    if database_url.startswith("sqlite"):
        same = Settings(database_url=database_url, panel_database_url=database_url, panel_key=KEY)
        with pytest.raises(WrongSetting, match="a file of its own"):
            make_app(same, clock=clock)


def test_the_panel_may_lie_in_a_database_of_its_own(
    database_url: str, clock: Clock, tmp_path: object
) -> None:
    apart = f"sqlite:///{tmp_path}/apart.db"
    app = make_app(Settings(database_url=database_url, panel_database_url=apart, panel_key=KEY), clock=clock)
    app.state.panel.migrate()
    assert app.state.panel.engine.url.database == f"{tmp_path}/apart.db"
    with TestClient(app) as client:
        assert client.get("/panel").status_code == 200
    app.state.panel.engine.dispose()
    app.state.installation.engine.dispose()
