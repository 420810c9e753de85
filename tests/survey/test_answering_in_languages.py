"""A young person answers in their own language: chosen without a script or a cookie, and kept to the end."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from survey.app import make_app
from survey.db import transaction
from survey.languages import read_languages
from survey.models import Collection, Instrument
from survey.settings import Settings
from tests.survey.conftest import CODE, PAGES, TINY, Clock, House, furnish, start_form, switch_on
from tests.survey.pseudo import CODE as PSEUDO
from tests.survey.pseudo import accented, in_languages, write_pseudo
from tools.bare_strings import Reader

PIPED = TINY.replace('"How many years have you lived here?"', '"How many years of ${worry}?"')


@pytest.fixture
def abroad(engine: Engine, database_url: str, clock: Clock) -> Iterator[House]:
    """An installation whose set is offered in Arabic and Bengali too; earlier answers stand in its words."""
    furnish(engine, in_languages(PIPED, "ar", "bn"))
    app = make_app(Settings(database_url=database_url), engine, clock)
    with TestClient(app, follow_redirects=False) as client:
        yield House(app, client, engine, clock)


def begin_in(house: House, code: str) -> str:
    """Press Start on the start page of a language, and give the key of the new response."""
    form = start_form(house.client.get(f"/s/{CODE}?lang={code}").text)
    assert form["lang"] == code
    assert house.client.post(f"/s/{CODE}", data=form).status_code == 303
    return form["key"]


def test_the_start_page_offers_languages_by_their_own_names_as_links(abroad: House) -> None:
    page = abroad.client.get(f"/s/{CODE}").text
    assert re.findall(r'<a href="\?lang=(\w+)" lang="\1" hreflang="\1">([^<]+)</a>', page) == [
        ("ar", "العربية"),
        ("bn", "বাংলা"),
    ]
    assert '<strong lang="en">English</strong>' in page
    assert "not been checked" not in page
    assert "onclick" not in page


def test_home_offers_the_languages_in_which_something_is_open(abroad: House) -> None:
    page = abroad.client.get("/").text
    assert re.findall(r'<a href="\?lang=(\w+)"', page) == ["ar", "bn"]
    assert '<strong lang="bn">বাংলা</strong>' in abroad.client.get("/?lang=bn").text
    abroad.clock.forward(days=30)
    assert 'class="languages"' not in abroad.client.get("/").text


def test_a_set_in_one_language_offers_none(house: House) -> None:
    assert 'class="languages"' not in house.client.get(f"/s/{CODE}?lang=ar").text
    assert '<html lang="en">' in house.client.get(f"/s/{CODE}?lang=ar").text


def test_an_unreviewed_language_says_so_in_its_own_words_and_in_english(abroad: House) -> None:
    page = abroad.client.get(f"/s/{CODE}?lang=ar").text
    assert "لم يراجع هذه الترجمة بعد شخص لغته الأم العربية." in page
    assert 'lang="en" dir="ltr">This translation has not been checked by a native speaker yet.' in page
    assert '<span lang="en" dir="auto">Safer streets</span>' in page


def test_every_page_after_the_start_is_in_the_language_and_runs_its_way(abroad: House) -> None:
    key = begin_in(abroad, "ar")
    assert abroad.responses()[0].language == "ar"
    wrong = abroad.client.post(f"/r/{key}/3", data={"helps": ["clubs", "lights", "police"]})
    abroad.answer(key, worry="fairly", helps="clubs", years="٣", borough="E09000022")
    pages = [abroad.client.get(f"/r/{key}/{name}") for name in (1, "check-answers")]
    abroad.client.post(f"/r/{key}/leave-now")
    pages.append(abroad.client.get(f"/r/{key}/1"))
    abroad.client.post(f"/r/{key}/carry-on")
    abroad.client.post(f"/r/{key}/check-answers")
    pages.append(abroad.client.get(f"/r/{key}/thank-you"))
    for page in (wrong, *pages):
        assert '<html lang="ar" dir="rtl">' in page.text
    assert "يمكنك اختيار" in wrong.text
    assert accented("ar: How worried are you about knife crime?") in pages[0].text
    assert accented("ar: More clubs") in pages[1].text
    assert abroad.responses()[0].answers["years"] == 3


def test_errors_are_in_the_language_of_the_response(abroad: House) -> None:
    key = begin_in(abroad, "bn")
    broken = abroad.client.post(f"/r/{key}/1", content=b"{}", headers={"content-type": "application/json"})
    assert (broken.status_code, "আমরা এটি পড়তে পারিনি" in broken.text) == (415, True)
    abroad.clock.forward(days=11)
    for closed in (abroad.client.get(f"/r/{key}"), abroad.client.post(f"/r/{key}/1", data={})):
        assert (closed.status_code, "এটি শেষ হয়ে গেছে" in closed.text) == (410, True)
        assert "30 নভেম্বর, 2026" in closed.text


def test_a_person_changes_language_on_the_way_and_stays_on_the_page(abroad: House) -> None:
    key = begin_in(abroad, "en")
    page = abroad.client.get(f"/r/{key}/3").text
    there = f"/r/{key}/change-language?to=bn&amp;page=3"
    assert f'<button class="plain" formaction="{there}" lang="bn">বাংলা</button>' in page
    changed = abroad.client.post(f"/r/{key}/change-language?to=bn&page=3&check=1")
    assert changed.headers["location"] == f"/r/{key}/3?check=1"
    assert '<html lang="bn">' in abroad.client.get(f"/r/{key}/3").text
    for language, there in (("de", "3"), ("bn", "//elsewhere")):
        abroad.client.post(f"/r/{key}/change-language?to={language}&page={there}")
        assert abroad.responses()[0].language == "bn"


def test_what_was_ticked_stays_when_the_language_changes(abroad: House) -> None:
    key = begin_in(abroad, "en")
    there = f"/r/{key}/change-language?to=bn&page=3"
    changed = abroad.client.post(there, data={"helps": ["clubs", "lights"]})
    assert changed.headers["location"] == f"/r/{key}/3"
    assert abroad.responses()[0].answers == {"helps": ["clubs", "lights"]}
    page = abroad.client.get(f"/r/{key}/3").text
    assert page.count(" checked") == 2
    too_many = abroad.client.post(there.replace("=bn", "=en"), data={"helps": ["clubs", "lights", "police"]})
    assert (too_many.status_code, too_many.text.count(" checked")) == (422, 3)
    assert '<html lang="en">' in too_many.text
    assert abroad.responses()[0].answers == {"helps": ["clubs", "lights"]}
    abroad.client.post(f"/r/{key}/change-language?to=bn&page=5")
    assert "borough" not in abroad.responses()[0].answers


def test_each_page_says_that_nobody_has_reviewed_its_language(abroad: House) -> None:
    key = begin_in(abroad, "bn")
    unchecked = "এই অনুবাদটি এখনও কোনো বাংলাভাষী মানুষ যাচাই করেননি।"
    assert unchecked in abroad.client.get(f"/r/{key}/1").text
    abroad.client.post(f"/r/{key}/change-language?to=en&page=1")
    page = abroad.client.get(f"/r/{key}/1").text
    assert unchecked not in page
    assert "has not been checked" not in page


def test_leaving_stays_in_the_language(abroad: House) -> None:
    key = begin_in(abroad, "bn")
    left = abroad.client.post(f"/r/{key}/leave-now").headers["location"]
    assert left == "/left?lang=bn"
    assert "এই পাতাটি বন্ধ" in abroad.client.get(left).text


def test_a_code_keeps_the_language_it_was_typed_in(abroad: House) -> None:
    assert '<input type="hidden" name="lang" value="bn">' in abroad.client.get("/s?lang=bn").text
    assert abroad.client.get(f"/s?lang=bn&code={CODE}").headers["location"] == f"/s/{CODE}?lang=bn"
    unknown = abroad.client.get("/s/NOSUCH?lang=bn")
    assert (unknown.status_code, "আমরা এই কোডটি চিনি না" in unknown.text) == (404, True)


def test_an_earlier_answer_stands_in_later_words_unless_it_is_hidden(abroad: House) -> None:
    key = begin_in(abroad, "bn")
    abroad.answer(key, worry="fairly")
    assert accented("bn: Fairly worried") in abroad.client.get(f"/r/{key}/4").text
    abroad.clock.forward(hours=2)
    abroad.client.post(f"/r/{key}/carry-on")
    assert accented("bn: Fairly worried") not in abroad.client.get(f"/r/{key}/4").text


@pytest.mark.parametrize("address", ["/", "/staying-safe", "/what-we-keep", "/s"])
def test_public_pages_take_a_language(house: House, address: str) -> None:
    switch_on(house, "ar")
    page = house.client.get(f"{address}?lang=ar").text
    assert '<html lang="ar" dir="rtl">' in page
    assert house.client.get(f"{address}?lang=xx").text.count('<html lang="en">') == 1


UNREVIEWED = "This translation has not been checked by a native speaker yet."
PUBLIC = ["/", "/c", "/did", "/did/mail", "/panel", "/panel/pulse", "/staying-safe", "/s", "/nowhere"]


@pytest.mark.parametrize("address", PUBLIC)
def test_no_public_page_speaks_a_language_that_nobody_switched_on(house: House, address: str) -> None:
    page = house.client.get(f"{address}?lang=bn").text
    assert '<html lang="en">' in page
    assert 'class="languages"' not in page
    assert UNREVIEWED not in page


@pytest.mark.parametrize("address", PUBLIC)
def test_every_public_page_says_that_its_language_is_not_reviewed(house: House, address: str) -> None:
    switch_on(house, "bn")
    page = house.client.get(f"{address}?lang=bn").text
    assert '<html lang="bn">' in page
    assert page.count(UNREVIEWED) == page.count(read_languages()["bn"].gettext(UNREVIEWED)) == 1
    assert UNREVIEWED not in house.client.get(address).text


def test_a_language_is_offered_by_what_is_asked_and_by_the_newest_version(house: House) -> None:
    switch_on(house, "bn")
    switch_on(house, "ar")
    assert re.findall(r'<a href="\?lang=(\w+)"', house.client.get("/did").text) == ["ar"]
    with transaction(house.engine) as session:
        old = session.exec(
            select(Instrument).where(Instrument.key == "spoken", Instrument.version == 1)
        ).one()
        session.exec(select(Collection)).one().instrument_id = old.id or 0
    house.app.state.installation.vocabulary.look_again()
    assert re.findall(r'<a href="\?lang=(\w+)"', house.client.get("/did").text) == ["ar", "bn"]


# A language that nobody speaks, to see what was forgotten


@pytest.fixture
def pseudo(engine: Engine, database_url: str, clock: Clock, tmp_path: Path) -> Iterator[House]:
    """An installation that speaks English and the pseudo-language, both of them files that were added."""
    furnish(engine, in_languages(TINY, PSEUDO))
    languages = read_languages(write_pseudo(tmp_path / "locales"))
    app = make_app(Settings(database_url=database_url), engine, clock, languages)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield House(app, client, engine, clock)


def forgotten(page: str) -> list[str]:
    """What a page says that is neither accented, nor marked as English, nor a day."""
    reader = Reader()
    reader.feed(
        re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>|<title>Safer streets</title>', "", page, flags=re.S)
    )
    plain = (words for _, words in reader.found if not re.search("[áçéíñóšúýÁÇÉÍÑÓŠÚÝ~]", words))
    return [words for words in plain if not re.fullmatch(r"\d+ (November|February) \d+", words)]


def test_what_is_forgotten_is_seen() -> None:
    assert forgotten('<p>Next</p><b title="Our name">á</b><i lang="en">Us</i>1 November 2026') == [
        "Next",
        "Our name",
    ]


def test_nothing_on_a_young_persons_pages_is_forgotten(pseudo: House) -> None:
    key = begin_in(pseudo, PSEUDO)
    lang = f"?lang={PSEUDO}"
    wrong = {"worry": ["very", "x"], "helps": ["clubs", "lights", "police"], "years": "99", "borough": ""}
    met = [
        pseudo.client.post(f"/r/{key}/{PAGES[question]}", data={question: given})
        for question, given in wrong.items()
    ]
    met.append(pseudo.client.post(f"/r/{key}/check-answers"))
    pseudo.answer(key, worry="very", why="!", helps=["clubs"], years="3", borough="E09000022")
    met += [pseudo.client.get(f"/r/{key}/{page}") for page in (1, 2, 3, 4, "check-answers")]
    pseudo.client.post(f"/r/{key}/leave-now")
    met.append(pseudo.client.get(f"/r/{key}/1"))
    pseudo.client.post(f"/r/{key}/carry-on")
    met.append(pseudo.client.get(f"/r/{key}/1"))
    pseudo.client.post(f"/r/{key}/check-answers")
    met.append(pseudo.client.get(f"/r/{key}/thank-you"))
    for address in (
        "/",
        "/staying-safe",
        "/what-we-keep",
        "/s",
        f"/s/{CODE}",
        "/s/NOSUCH",
        "/left",
        "/nowhere",
    ):
        met.append(pseudo.client.get(address + lang))
    pseudo.clock.forward(days=11)
    met.append(pseudo.client.get(f"/s/{CODE}{lang}"))
    assert {page.status_code for page in met} == {200, 404, 410, 422}
    assert {page.url.path: forgotten(page.text) for page in met if forgotten(page.text)} == {}
