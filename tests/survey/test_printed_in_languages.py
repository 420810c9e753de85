"""What is printed in a language that nobody has reviewed says so, in its own words and in English."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from survey.app import make_app
from survey.settings import Settings
from tests.survey.conftest import CODE, TINY, Clock, House, furnish
from tests.survey.on_paper import FEMI, printed, workshop
from tests.survey.pseudo import in_languages
from tests.survey.test_fieldwork_hosts import link

ENGLISH = 'lang="en" dir="ltr">This translation has not been checked by a native speaker yet.'
OURS = "لم يراجع هذه الترجمة بعد شخص لغته الأم العربية."


@pytest.fixture
def abroad(engine: Engine, database_url: str, clock: Clock) -> Iterator[House]:
    """An installation whose set is offered in Arabic too."""
    furnish(engine, in_languages(TINY, "ar"))
    app = make_app(Settings(database_url=database_url), engine, clock)
    with TestClient(app, follow_redirects=False) as client:
        yield House(app, client, engine, clock)


def test_forms_tally_sheets_and_guides_say_that_nobody_has_reviewed_their_language(abroad: House) -> None:
    collection = workshop(abroad)
    for language, times in (("ar", 1), ("en", 0)):
        letters = printed(abroad, collection, 1, language)
        sheets = [f"paper/{name}?lang={language}" for name in ("tally-sheet", "guide")]
        for address in (
            f"/staff/batches/{letters}/forms",
            *(f"/staff/collections/{collection}/{sheet}" for sheet in sheets),
        ):
            page = abroad.as_(FEMI).get(address).text
            assert (address, page.count(OURS), page.count(ENGLISH)) == (address, times, times)


def test_every_form_of_a_batch_says_it(abroad: House) -> None:
    letters = printed(abroad, workshop(abroad), 3, "ar")
    assert abroad.as_(FEMI).get(f"/staff/batches/{letters}/forms").text.count(OURS) == 3


POSTED = {
    "ar": "القرار لك. لا يُسأل عن اسمك. يمكنك التوقف في أي وقت.",
    "en": "It is up to you. It does not ask for your name.",
}
HANDED = {"ar": "قف حيث لا يمكنك رؤية أي شاشة.", "en": "Stand where you cannot see a screen."}


@pytest.mark.parametrize(("what", "words"), [("poster", POSTED), ("card", HANDED)])
@pytest.mark.parametrize("where", ["staff", "host"])
def test_posters_and_cards_are_printed_in_each_language_that_can_be_answered_in(
    abroad: House, what: str, words: dict[str, str], where: str
) -> None:
    visitor, address = abroad.as_(FEMI), f"/staff/settings/{CODE}/{what}"
    if where == "host":
        visitor, address = abroad.client, f"{link(abroad)}/{what}"
    pages = {language: visitor.get(f"{address}?lang={language}").text for language in words}
    for language, page in pages.items():
        assert [words[one] in page for one in words] == [one == language for one in words]
        assert f'lang="{language}" aria-current="true"' in page
        assert all(f'href="?lang={one}"' in page for one in words)
    assert '<html lang="ar" dir="rtl">' in pages["ar"]
    assert '<span lang="en" dir="auto">Hill School</span>' in pages["ar"]
    drawn = [re.findall(r'<svg[^>]*class="qr".*?</svg>', page, re.S) for page in pages.values()]
    assert drawn[0] != drawn[1]  # what is scanned opens in the language of the poster
    assert visitor.get(address).text == pages["en"] == visitor.get(f"{address}?lang=fr").text


@pytest.mark.parametrize("what", ["poster", "card"])
def test_posters_and_cards_say_it(abroad: House, what: str) -> None:
    for language, times in (("ar", 1), ("en", 0)):
        page = abroad.as_(FEMI).get(f"/staff/settings/{CODE}/{what}?lang={language}").text
        assert (language, page.count(OURS), page.count(ENGLISH)) == (language, times, times)
