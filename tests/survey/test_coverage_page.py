"""The page of the coverage board: what it says of each group, of each question, and of where to go next."""

import random
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func
from sqlmodel import col, select

from survey.db import transaction
from survey.demo.london import SLUG, fill_london
from survey.instruments import publish
from survey.measuring import kept
from survey.measuring.keeper import keep_some
from survey.models import AuditEntry, Collection, Consultation, Design, Response
from survey.places import load
from tests.survey.again import Again
from tests.survey.conftest import MIDDAY, TINY, Clock, House, furnish, opened
from tests.survey.test_phone import send

LONDON, TODAY = load("london"), MIDDAY.date()
PAGE = f"/staff/consultations/{SLUG}/coverage"


@pytest.fixture
def london(engine: Engine, database_url: str, clock: Clock, again: Again) -> Iterator[House]:
    """An installation with the made-up wave beside the tiny one."""
    again.fill(engine, beside_the_tiny_one)
    with opened(engine, database_url, clock) as house:
        yield house


def beside_the_tiny_one(engine: Engine) -> None:
    furnish(engine)
    with transaction(engine) as session:
        fill_london(session, LONDON, TODAY, people=240)


def test_where_to_go_next_is_not_asked_once_it_has_closed(london: House) -> None:
    london.clock.forward(days=60)
    page = london.as_("Femi, fieldworker").get(PAGE).text
    assert "Where to go next" not in page
    assert "so nothing more comes in." in page
    assert "how many more each would have needed" in page
    assert "Responses so far" not in page
    assert "more response" not in page


def test_the_board_says_where_to_go_next(london: House) -> None:
    page = london.as_("Femi, fieldworker").get(PAGE).text
    assert "Where to go next" in page
    assert "A target never screens anybody out" in page
    assert "can never stand alone" in page
    (first, *_rest) = re.findall(r"<dt>Sent</dt><dd>([\d,]+)</dd>", page)
    assert first == "240"


def test_the_board_says_where_another_school_is_needed(london: House) -> None:
    staff = london.as_("Femi, fieldworker")
    said = "another school or club. Nearly everybody came through one"
    assert said not in staff.get(PAGE).text
    with transaction(london.engine) as session:
        wave = session.exec(select(Collection).join(Consultation).where(col(Consultation.slug) == SLUG)).one()
        wave.points = wave.points_each = 20
        for one in session.exec(select(Response).where(col(Response.collection_id) == wave.id)).all():
            one.borough, one.setting_id = "E09000022", wave.settings[0].id
    page = staff.get(PAGE).text
    assert f"<strong>Lambeth</strong>: {said}" in page
    assert ">another school</td>" in page
    assert "+1 school</span>" in page


def test_the_page_is_the_same_before_and_after_what_is_new_is_kept(london: House) -> None:
    staff = london.as_("Femi, fieldworker")
    before = staff.get(PAGE).text
    with transaction(london.engine) as session:
        new = select(func.count()).select_from(Response).where(col(Response.counted).is_(False))
        assert session.exec(new).one() >= 240, "a page leaves what is new to others"
    assert keep_some(london.engine, TODAY) >= 240
    assert staff.get(PAGE).text == before


def test_the_strip_alone_comes_to_htmx_and_is_right_to_the_moment(london: House) -> None:
    staff = london.as_("Femi, fieldworker")
    key = london.begin()
    assert (
        "<dd>0</dd>"
        in staff.get("/staff/consultations/safer-streets/coverage", headers={"hx-request": "true"}).text
    )
    london.answer(key, worry="very")
    london.answer(key, borough="E09000022")
    london.client.post(f"/r/{key}/check-answers")
    strip = staff.get("/staff/consultations/safer-streets/coverage", headers={"hx-request": "true"}).text
    assert "<h1>" not in strip
    assert re.findall(r"<dd>(\d+)</dd>", strip) == ["1", "1", "0"]


TINY_PAGE = "/staff/consultations/safer-streets/coverage"


def test_it_says_at_which_question_people_stopped_and_of_how_many(london: House) -> None:
    for answers in ({"worry": "fairly", "helps": "clubs"}, {"worry": "fairly"}, {"worry": "fairly"}, {}):
        london.answer(london.begin(), **answers)
    assert "Nobody who began before today has stopped." in london.as_("Ada, analyst").get(TINY_PAGE).text
    london.clock.forward(days=1)
    page = london.as_("Femi, fieldworker").get(TINY_PAGE).text
    assert re.findall(r"<span>(\d+ of \d+ stopped at .+?)</span>", page) == [
        "2 of 3 stopped at “What would help?”",
        "1 of 4 stopped at “How worried are you about knife crime?”",
        "1 of 1 stopped at “How many years have you lived here?”",
    ]


def test_it_says_what_became_of_each_question_where_enough_people_were_shown_it(london: House) -> None:
    for at in range(10):
        key = london.begin()
        london.answer(key, worry="fairly" if at else "dont_know", helps=[], years="")
        if at < 9:
            london.answer(key, borough="E09000022")
        london.client.post(f"/r/{key}/check-answers")
    key = london.begin()
    london.answer(key, worry="prefer_not_to_say", helps="clubs", years="3", borough="E09000022")
    page = london.as_("Femi, fieldworker").get(TINY_PAGE).text
    assert cells(page, "What would help?") == ["9", "–", "–", "–", "–"]
    london.client.post(f"/r/{key}/check-answers")
    page = london.as_("Femi, fieldworker").get(TINY_PAGE).text
    assert cells(page, "How worried are you about knife crime?") == ["10", "8", "0", "1", "1"]
    assert cells(page, "What would help?") == ["10", "1", "9", "0", "0"]
    assert "Skipped most: “What would help?”, by 9 of 10." in page
    assert "What makes you worry?" not in page  # nobody was shown it


def cells(page: str, question: str) -> list[str]:
    """The figures of a question's row."""
    (row,) = re.findall(rf'<th scope="row">{re.escape(question)}</th>(.*?)</tr>', page)
    return re.findall(r">([\d,–]+)<", row)


def test_it_says_how_long_a_page_takes_where_enough_phones_told(london: House) -> None:
    staff = london.as_("Femi, fieldworker")
    assert "No phone has told us yet how long a page took." in staff.get(TINY_PAGE).text
    for span in (1, 1, 1, 2, 2, 2, 2, 3, 4):
        send(london, london.begin(), "worry", 1, **{"page-span": str(span)}, worry="very")
    assert cells(staff.get(TINY_PAGE).text, "How worried are you about knife crime?") == ["9", *["–"] * 7]
    send(london, london.begin(), "worry", 1, **{"page-span": "6"}, worry="very")
    page = staff.get(TINY_PAGE).text
    assert cells(page, "How worried are you about knife crime?") == [
        *("10", "0", "30", "40", "10", "10", "0", "10"),
    ]
    assert "Longest: “How worried are you about knife crime?”. The middle person took 15–30 s." in page


def test_a_page_that_only_an_earlier_version_had_keeps_its_words(london: House) -> None:
    london.answer(london.begin(), worry="fairly")
    london.clock.forward(days=1)
    other = TINY.replace('key = "helps"', 'key = "helps_most"').replace(
        "What would help?", "What helps most?"
    )
    with transaction(london.engine) as session:
        collection = session.exec(
            select(Collection).join(Consultation).where(Consultation.slug == "safer-streets")
        ).one()
        collection.instrument_id = publish(session, other, TODAY).id or 0
    page = london.as_("Femi, fieldworker").get(TINY_PAGE).text
    assert "1 of 1 stopped at “What would help?”" in page


def test_before_anything_came_in_it_names_the_settings_that_have_not_started(london: House) -> None:
    with transaction(london.engine) as session:
        for response in session.exec(select(Response)):
            session.delete(response)
        wave = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one()
        number = wave.id
        used = [one for one in wave.settings if one.borough in ("E09000022", "E09000028")]
        for one in wave.settings:
            one.retired_on = None if one in used else TODAY
            one.expected = 20
        names = [one.name for one in used]
    page = london.as_("Femi, fieldworker").get(PAGE).text
    assert f"Nothing has come in yet. None of its {len(names)} settings has started." in page
    assert all(name in page for name in names)
    assert f'href="/staff/collections/{number}?show=not-started"' in page
    assert "Each of its 2 boroughs needs about 723 responses." in page
    assert f"{20 * len(names)} are expected in all. That is too few" in page
    assert rows_of(page) == ["Lambeth", "Southwark"]
    assert "In time" not in page
    assert "No setting has sent a response" not in page


def rows_of(page: str) -> list[str]:
    """The boroughs of the first table."""
    return re.findall(r'<th scope="row">([^<]+)</th>', page.split("<table")[1])


def test_a_collection_is_in_the_boroughs_of_its_settings_and_of_those_somebody_came_through(
    london: House,
) -> None:
    staff = london.as_("Femi, fieldworker")
    assert len(rows_of(staff.get(PAGE).text)) == 33
    with transaction(london.engine) as session:
        wave = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one()
        here, gone = (
            next(one for one in wave.settings if one.borough == code) for code in ("E09000022", "E09000028")
        )
        for one in wave.settings:
            one.retired_on = None if one is here else TODAY
        for response in session.exec(select(Response).where(col(Response.collection_id) == wave.id)):
            response.setting_id = gone.id
    assert rows_of(staff.get(PAGE).text) == ["Lambeth", "Southwark"]
    with transaction(london.engine) as session:
        for response in session.exec(select(Response)):
            session.delete(response)
    assert rows_of(staff.get(PAGE).text) == ["Lambeth"]
    with transaction(london.engine) as session:
        wave = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one()
        next(one for one in wave.settings if one.retired_on is None).borough = None
    assert len(rows_of(staff.get(PAGE).text)) == 33
    with transaction(london.engine) as session:
        session.exec(
            select(Collection).join(Consultation).where(Consultation.slug == SLUG)
        ).one().borough = "E09000001"
    page = staff.get(PAGE).text
    assert rows_of(page) == ["City of London"]
    assert "City of London can never stand alone." in page


def test_the_board_counts_only_what_can_be_reached_by_its_last_day(london: House) -> None:
    staff = london.as_("Femi, fieldworker")
    page = staff.get(PAGE).text
    assert "No borough has enough yet. 32 could, but not by 1 January 2027 at the pace" in page
    assert "1 can never stand alone." in page
    assert "can be reached" not in page
    with transaction(london.engine) as session:
        wave = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one()
        wave.points = 25
    page = staff.get(PAGE).text
    (in_time,) = re.findall(
        r"(\d+) can be reached by 1 January 2027 at the pace of the last seven days", page
    )
    (late,) = re.findall(r"; (\d+) cannot\.", page)
    assert 0 < int(in_time) < 32
    assert (
        int(in_time) + int(late) + page.count("enough ✓</td>") + page.count("cannot stand alone ×</td>") == 33
    )
    before, after = page.split("Not by 1 January 2027 at this pace")
    assert "In time, by 1 January 2027" in before
    assert before.count("<li><strong>") == int(in_time)
    assert after.split("<h2>")[0].count("<li><strong>") == int(late)


def test_the_board_says_what_people_of_the_same_few_schools_count_as(london: House) -> None:
    staff = london.as_("Femi, fieldworker")
    assert "Where another school or club is needed" not in staff.get(PAGE).text
    with transaction(london.engine) as session:
        wave = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one()
        schools = [one for one in wave.settings if one.borough == "E09000022"]
        schools += [one for one in wave.settings if one.borough == "E09000028"]
        assert len(schools) == 4
        for at, response in enumerate(
            session.exec(select(Response).where(Response.collection_id == wave.id))
        ):
            of, worried = at % 4, (at // 4) % 10 < (2, 6, 4, 8)[at % 4]
            response.borough, response.setting_id = "E09000022", schools[of].id
            response.answers = response.answers | {"worry_knife_crime": "very" if worried else "not_at_all"}
    page = staff.get(PAGE).text
    said = page.split("Where another school or club is needed")[1]
    assert re.search(
        r"<strong>Lambeth</strong>: its 240 responses, mostly from about 4 schools or clubs, count as 12\. "
        r"However many more come from these, they count as no more than 13; 4\d\d are needed\.",
        said,
    )
    assert re.search(r"About 1\d\d other schools or clubs with 60 people each would do\.", said)
    assert re.search(r"\d+ schools more</td>", said)


def test_the_board_says_why_cells_of_as_many_differ(london: House) -> None:
    page = london.as_("Femi, fieldworker").get(PAGE).text
    assert "the effective n, not the number of responses: people of one school are alike" in page


def test_each_cell_says_what_its_responses_count_as_and_who_is_nearest_to_the_rest(london: House) -> None:
    with transaction(london.engine) as session:
        wave = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one()
        for one in session.exec(select(Response).where(col(Response.collection_id) == wave.id)).all():
            one.borough = "E09000022"
    page = london.as_("Femi, fieldworker").get(PAGE).text
    grid = page.split("<h2>By borough and age</h2>")[1].split("</table>")[0]
    rows = dict(re.findall(r'<th scope="row">([\w ]+)</th>(.*?)</tr>', grid, re.S))
    told = r"<small><span class=\"hear\">effective n </span>(\d+) <span [^>]+>points either side: </span>±(\d+\.\d)<"
    counted = re.findall(told, rows["Lambeth"])
    assert len(counted) >= 3
    assert all(5 < int(n_eff) < 150 and 7 < float(half) < 40 for n_eff, half in counted), counted
    assert not re.findall(told, rows["Southwark"])  # nobody there, so no figure
    near = page.split("<summary>Nearest settings, by borough and age</summary>")[1].split("</details>")[0]
    assert re.search(
        r'<strong>Lambeth, 16-17</strong>: \d+ more responses<br>.*?<a href="/staff/settings/\w+">[^<]+</a>, ',
        near,
    )
    assert "Southwark" not in re.findall(r"<strong>(.+?), ", near)


def test_a_whole_part_of_the_city_is_offered_to_the_points_of_a_borough(london: House) -> None:
    page = london.as_("Femi, fieldworker").get(PAGE).text
    offered = page.split("In place of what cannot stand alone")[1]
    assert (
        "City of London can never stand alone. Show the part of the city that it is in as a whole" in offered
    )
    assert "to the same 5 points:" in offered
    assert offered.index('<th scope="row">Central London</th>') < offered.index("Central London, 10-11")


def test_it_adds_up_what_is_expected_only_where_every_setting_says_it(london: House) -> None:
    with transaction(london.engine) as session:
        for response in session.exec(select(Response)):
            session.delete(response)
        wave = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one()
        wave.settings[0].expected = 20
    assert "are expected in all" not in london.as_("Femi, fieldworker").get(PAGE).text


def test_a_design_that_claims_no_place_has_no_board(london: House) -> None:
    with transaction(london.engine) as session:
        session.exec(
            select(Collection).join(Consultation).where(Consultation.slug == SLUG)
        ).one().design = Design.OPEN
    page = london.as_("Femi, fieldworker").get(PAGE).text
    assert "has no coverage to reach" in page
    assert "Where to go next" not in page


def test_targets_are_kept_and_audited_or_refused_with_what_to_write(london: House) -> None:
    with transaction(london.engine) as session:
        found = session.exec(select(Collection).join(Consultation).where(Consultation.slug == SLUG)).one().id
    address = f"/staff/collections/{found}/targets"
    staff = london.as_("Femi, fieldworker")
    assert staff.post(address, data={"points": "4", "points_each": "8"}).status_code == 303
    for wrong in ({"points": "1", "points_each": "8"}, {"points": "five", "points_each": "8"}, {}):
        refused = staff.post(address, data=wrong)
        assert refused.status_code == 422
        assert "two whole numbers from 2 to 25" in refused.text
    with transaction(london.engine) as session:
        kept_ = session.get_one(Collection, found)
        assert (kept_.points, kept_.points_each) == (4, 8)
        said = session.exec(select(AuditEntry.why).where(AuditEntry.did == "changed")).all()
        assert "targets: 4 points for a borough, 8 for an age band in one" in said


def test_the_strip_counts_what_the_database_counts_after_any_deletion(london: House) -> None:
    chance = random.Random(1)
    with transaction(london.engine) as session:
        collection = session.exec(
            select(Collection).join(Consultation).where(Consultation.slug == SLUG)
        ).one()
        kept.keep(session, collection.id)
        sent = session.exec(select(Response).where(Response.collection_id == collection.id)).all()
        for gone in chance.sample(list(sent), 17):
            kept.take_out(session, gone)
            session.delete(gone)
    page = london.as_("Femi, fieldworker").get(PAGE, headers={"hx-request": "true"}).text
    assert re.findall(r"<dt>Sent</dt><dd>(\d+)</dd>", page) == ["223"]
