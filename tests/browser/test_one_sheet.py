"""A borough's own page is one sheet of paper, in every language, whatever its borough is called."""

import re

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from survey.app import make_app, system_clock
from survey.db import migrate, open_engine, transaction
from survey.demo.london import SLUG, fill_london
from survey.models import Publication
from survey.places import load
from survey.publications.making import preview
from survey.settings import Settings
from tests.survey.freezing import frozen

LONGEST = "E09000013"  # Hammersmith and Fulham


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """An installation whose made-up wave is published, and published again."""
    database = f"sqlite:///{tmp_path_factory.mktemp('sheets') / 'site.db'}"
    engine, today = open_engine(database), system_clock().date()
    migrate(engine)
    with transaction(engine) as session:
        wave = fill_london(session, load("london"), today, people=3000)
        session.flush()
        content = preview(session, wave.collections[0], load("london"), today).content
        first = frozen(session, wave, content, today)
        session.add(Publication(**first.model_dump(exclude={"id", "number"}), number=2))
    return TestClient(make_app(Settings(database_url=database), engine))


@pytest.mark.browser_long
@pytest.mark.parametrize("language", ["en", "en-x-easy", "ar", "bn"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_boroughs_own_page_is_one_sheet_of_paper(
    chromium: Browser, reader: TestClient, language: str, number: int
) -> None:
    sheet = reader.get(f"/results/{SLUG}/{number}/boroughs/{LONGEST}?lang={language}").text
    assert sheet.count("<tr") > 50
    assert ('class="mend"' in sheet) == (number == 1)
    page = chromium.new_page()
    page.set_content(sheet)
    printed = page.pdf(format="A4")
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
