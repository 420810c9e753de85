"""What is printed in a language that nobody has reviewed says so, in its own words and in English."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from survey.app import make_app
from survey.settings import Settings
from tests.survey.conftest import CODE, TINY, Clock, House, furnish
from tests.survey.on_paper import FEMI, printed, workshop
from tests.survey.pseudo import in_languages

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


@pytest.mark.parametrize("what", ["poster", "card"])
def test_posters_and_cards_say_it(abroad: House, what: str) -> None:
    for language, times in (("ar", 1), ("en", 0)):
        page = abroad.as_(FEMI).get(f"/staff/settings/{CODE}/{what}?lang={language}").text
        assert (language, page.count(OURS), page.count(ENGLISH)) == (language, times, times)
