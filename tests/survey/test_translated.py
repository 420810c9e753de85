"""What a consultation says of itself is said in the language of the page, once staff have written it."""

import datetime as dt
from typing import Any

from sqlmodel import select

from survey.db import transaction
from survey.models import AuditEntry, Consultation
from survey.web.rendering import said_of
from tests.survey.conftest import CODE, House, switch_on

ADDRESS = "/staff/consultations/safer-streets/languages"
SUMMARY = "نسأل كم تشعر بالأمان."


def form(house: House, **typed: str) -> dict[str, str]:
    """What the form of the page sends: its mark, and what was typed as `ar_summary`."""
    page = house.as_("Ben, designer").get(ADDRESS).text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    return {"seen": seen, **{name.replace("_", " ", 1): words for name, words in typed.items()}}


def kept(house: House) -> Any:
    """What is stored."""
    with transaction(house.engine) as session:
        return session.exec(select(Consultation)).one().translations


def start(house: House, lang: str) -> str:
    """The start page, read anew."""
    house.app.state.desk.openings.forget()
    return house.client.get(f"/s/{CODE}?lang={lang}").text


def test_what_is_written_stands_on_the_pages_of_its_language(house: House) -> None:
    switch_on(house, "ar", "bn")
    ben = house.as_("Ben, designer")
    assert ben.post(ADDRESS, data=form(house, ar_summary=f"  {SUMMARY}\0 ")).status_code == 303
    assert kept(house) == {"ar": {"summary": SUMMARY}}
    arabic = house.client.get("/?lang=ar").text
    assert f"<p>{SUMMARY}</p>" in arabic
    assert '<span lang="en" dir="auto">Safer streets</span>' in arabic  # what nobody wrote stays in English
    assert "We ask how safe you feel." in house.client.get("/?lang=bn").text
    assert SUMMARY not in start(house, "en")
    with transaction(house.engine) as session:
        consultation = session.exec(select(Consultation)).one()
        assert said_of(consultation, "title", house.app.state.installation.languages["ar"]).startswith(
            "<span"
        )
        assert [one.object for one in session.exec(select(AuditEntry)).all() if one.did == "translated"] == [
            "consultation safer-streets: ar"
        ]


def test_who_comes_too_late_reads_which_one_closed(house: House) -> None:
    switch_on(house, "ar")
    house.as_("Ben, designer").post(ADDRESS, data=form(house, ar_title="شوارع آمنة"))
    house.clock.moment += dt.timedelta(days=30)
    assert "شوارع آمنة" in start(house, "ar")
    assert "Safer streets" in start(house, "bn")
    house.clock.moment -= dt.timedelta(days=60)
    assert "شوارع آمنة" in start(house, "ar")


def test_what_is_too_long_or_was_changed_meanwhile_changes_nothing(house: House) -> None:
    ben = house.as_("Ben, designer")
    old = form(house, ar_summary=SUMMARY)
    long = ben.post(ADDRESS, data=form(house, bn_title="ক" * 401, ar_title="أ" * 500))
    assert long.status_code == 422
    assert long.text.count("and room for 120.") == 2
    assert kept(house) == {}
    ben.post(ADDRESS, data=form(house, ar_title="شوارع"))
    late = house.as_("Priya, publisher").post(ADDRESS, data=old)
    assert late.status_code == 422
    assert "Somebody changed these words while you wrote." in late.text
    assert SUMMARY in late.text  # theirs are still there
    assert kept(house) == {"ar": {"title": "شوارع"}}
