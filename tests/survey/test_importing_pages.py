"""Staff bring a past survey by a page: every mapping is shown first, and kept as it was shown, or nothing is."""

import html
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from sqlmodel import col, select

from survey.db import transaction
from survey.models import AuditEntry, Consultation, Design, Instrument, Response
from tests.survey.conftest import House
from tests.survey.test_importing import GOOD
from tests.survey.test_reference_pages import ADA, Sent, post, sent_back

LOOK, KEEP = "/staff/import/look", "/staff/import/keep"
WRITTEN = {
    "title": "An old survey",
    "summary": "How it was.",
    "decides": "The council asked.",
    "outcome": "It built lights.",
    "source": "The council’s archive",
    "opens_on": "2020-01-01",
    "closes_on": "2020-02-01",
    "outcome_on": "2020-03-01",
    "name": "A sample",
    "design": "probability",
}


def shown(page: str) -> str:
    """A page as it is read."""
    told = re.sub(r"<[^>]+>", " ", page[page.find("<main") :])
    return re.sub(r"\s+", " ", html.unescape(told)).replace(" :", ":")


def tiny(house: House) -> str:
    """The number of the published tiny set, as the form says it."""
    with transaction(house.engine) as session:
        return str(session.exec(select(Instrument.id)).one())


def stored(house: House) -> dict[str, int]:
    """How much of everything there is."""
    with transaction(house.engine) as session:
        tables: tuple[Any, ...] = (Consultation, Instrument, Response)
        return {table.__name__: len(session.exec(select(table)).all()) for table in tables}


def look(house: House, file: bytes, **fields: str) -> tuple[int, str]:
    """Look at a file that is answers to the tiny set, unless it is said otherwise."""
    return post(house, LOOK, {"asked": tiny(house)} | fields, file)


def settled(house: House, **chosen: str) -> Sent:
    """The form of a preview in which everything is said."""
    status, page = look(house, GOOD.encode())
    status, page = post(house, LOOK, sent_back(page) | {"word 0 0": "fairly"} | chosen)
    assert status == 200, shown(page)
    return sent_back(page)


def test_every_column_and_word_is_proposed_and_what_nobody_knows_is_asked(house: House) -> None:
    before = stored(house)
    status, page = look(house, GOOD.encode())
    told = shown(page)
    assert status == 200
    assert "3 rows, 7 columns. For 1 value nobody knows yet what it means." in told
    chosen = sent_back(page)
    assert {name: chosen[name] for name in chosen if name.startswith("column")} == {
        "column 0": "ask worry",
        "column 1": "ask why",
        "column 2": "out",
        "column 3": "out",
        "column 4": "ask years",
        "column 5": "ask borough",
        "column 6": "out",
    }
    assert chosen["word 5 0"] == "E09000022"
    assert "Keep these responses" not in page
    assert stored(house) == before


def test_what_was_shown_is_kept_as_a_consultation_that_is_over(house: House) -> None:
    house.as_(ADA).post("/staff/series", data={"title": "Safer"})
    form = settled(house, **{"column 2": "tick helps clubs", "column 3": "tick helps lights"})
    status, page = post(house, LOOK, form)
    told = shown(page)
    assert "worry Worry 3 2 “NA” (1)" in told
    assert "Left out, each with how many rows say something there: Shoe size (2)." in told
    assert "helps: no column says “More police”, so nobody has ticked it." in told
    assert "No column says how old people are" in told

    status, address = post(house, KEEP, sent_back(page) | WRITTEN | {"series": "safer"})
    assert (status, address) == (303, "/staff/consultations/an-old-survey")
    asked = tiny(house)
    with transaction(house.engine) as session:
        found = session.exec(select(Consultation).where(col(Consultation.slug) == "an-old-survey")).one()
        assert found.series is not None
        assert found.series.key == "safer"
        (collection,) = found.collections
        assert (collection.design, str(collection.instrument_id)) == (Design.PROBABILITY, asked)
        assert (found.place, found.headline, found.headline_level) == (None, "worry", ["very", "fairly"])
        responses = session.exec(select(Response).where(col(Response.collection_id) == collection.id)).all()
        assert sorted(str(one.answers.get("worry")) for one in responses) == ["None", "fairly", "very"]
        assert sorted(str(one.answers.get("helps")) for one in responses) == [
            "None",
            "['clubs', 'lights']",
            "['none']",
        ]
        assert {(str(one.submitted_on), one.borough) for one in responses} == {("2020-02-01", "E09000022")}
        said = session.exec(
            select(AuditEntry).where(col(AuditEntry.object) == "past survey an-old-survey")
        ).one()
        assert said.who == ADA
        assert str(said.why).startswith(
            "3 responses from figures.csv, as answers to tiny, version 1. Left out,"
        )
    assert "what we did" in house.as_(ADA).get(address).text


def test_what_was_read_otherwise_since_it_was_shown_is_not_kept(house: House) -> None:
    form = settled(house)
    before = stored(house)
    status, page = post(house, KEEP, form | WRITTEN | {"word 0 0": "not_very"})
    assert status == 409
    assert "The file is read otherwise now than it was shown to you." in shown(page)
    assert stored(house) == before
    assert post(house, KEEP, sent_back(page) | WRITTEN)[0] == 303


def test_everything_that_is_missing_of_it_is_said_at_once_and_nothing_is_kept(house: House) -> None:
    form, before = settled(house), stored(house)
    wrong = WRITTEN | {"title": "", "opens_on": "soon", "closes_on": "2030-01-01", "design": "tally"}
    status, page = post(house, KEEP, form | wrong)
    told = shown(page)
    assert status == 422
    assert "Write what the survey is called." in told
    assert "Write its first day as a day like 2021-06-30; there is “soon”." in told
    assert "The day of its outcome is before its last day." in told
    assert "Its last day is not over yet." in told
    assert "Say by which design its people were reached" in told
    assert stored(house) == before


def test_a_title_that_is_here_already_is_said_and_nothing_is_kept(house: House) -> None:
    form = settled(house)
    assert post(house, KEEP, form | WRITTEN)[0] == 303
    before = stored(house)
    status, page = post(house, KEEP, form | WRITTEN)
    assert (status, stored(house)) == (422, before)
    assert "A consultation of this title is here already." in shown(page)


def test_a_set_is_made_of_a_file_that_answers_no_published_one(house: House) -> None:
    csv = "Anger,Years here,Borough,Age,Note\n" + "\n".join(
        f"{word},{years},Lambeth,{age},note {years}"
        for years, (word, age) in enumerate([("Often", 14), ("Seldom", 17), ("Don't know", 99)] * 20)
    )
    status, page = look(house, csv.encode(), asked="own")
    form = sent_back(page)
    assert (form["column 0"], form["column 2"], form["column 3"]) == (
        "own one",
        "ask borough",
        "age age_band",
    )
    assert form["column 4"] == "out"
    assert "“14” → 14-15 · “17” → 16-17" in shown(page)
    own = {
        "wording 0": "How often are you angry?",
        "key 0": "anger",
        "key 1": "years",
        "wording 1": "Years here",
    }
    status, page = post(house, LOOK, form | own | {"column 1": "own number", "word 3 0": "-"})
    assert status == 200, shown(page)
    piped = WRITTEN | {"title": "After ${anger}"}  # what would be no set is said, not stored
    status, refused = post(house, KEEP, sent_back(page) | own | piped)
    assert (status, stored(house)["Instrument"]) == (422, 1), shown(refused)
    status, page = post(house, KEEP, sent_back(page) | own | WRITTEN)
    assert status == 303, shown(page)
    with transaction(house.engine) as session:
        made = session.exec(select(Instrument).where(col(Instrument.key) == "past_an_old_survey")).one()
        assert 'prompt = "How often are you angry?"' in made.source
        assert "dont_know = " in made.source
        kept = session.exec(select(Response).where(col(Response.instrument_id) == made.id)).all()
        assert {one.answers["anger"] for one in kept} == {"often", "seldom", "dont_know"}
        assert {one.age_band for one in kept} == {"14-15", "16-17", None}
        assert len(kept) == 60


def test_an_spss_file_shows_its_labels_and_what_it_calls_missing(house: House, tmp_path: Path) -> None:
    frame = pd.DataFrame({"q1": [1.0, 2.0, 4.0, 98.0, 99.0], "borough": ["Lambeth"] * 5})
    pyreadstat.write_sav(
        frame,
        tmp_path / "old.sav",
        column_labels={"q1": "How worried are you about knife crime?"},
        variable_value_labels={
            "q1": {
                1: "Very worried",
                2: "Fairly worried",
                4: "Not worried at all",
                98: "Don’t know",
                99: "Not asked",
            }
        },
        missing_ranges={"q1": [98, 99]},
    )
    status, page = look(house, (tmp_path / "old.sav").read_bytes())
    form, told = sent_back(page), shown(page)
    assert status == 200
    assert form["column 0"] == "ask worry"
    assert [form[f"word 0 {at}"] for at in range(5)] == ["very", "fairly", "not_at_all", "dont_know", "-"]
    assert "“Don’t know” (98)" in told
    assert "worry q1 5 4 “Not asked” (1)" in told


def test_labels_of_what_is_missing_alone_make_no_choices_of_numbers(house: House, tmp_path: Path) -> None:
    hours = [float(at % 50) for at in range(150)] + [98.0, 99.0] * 5
    labels = {98: "Don’t know", 99: "No answer"}
    pyreadstat.write_sav(
        pd.DataFrame({"hours": hours, "worry": ["Very worried", "Not worried at all"] * 80}),
        tmp_path / "old.sav",
        variable_value_labels={"hours": labels},
        missing_ranges={"hours": [98, 99]},
    )
    status, page = look(house, (tmp_path / "old.sav").read_bytes(), asked="own")
    form = sent_back(page)
    assert (status, form["column 0"], form["word 0 0"], form["word 0 1"]) == (200, "own number", "-", "-")


def test_a_column_that_says_hardly_anything_is_not_proposed(house: House) -> None:
    lines = "Anger,More\n" + "Often,Yes it was\nSeldom,Don't know\n" * 10
    status, page = look(house, lines.encode(), asked="own")
    assert (status, sent_back(page)["column 1"]) == (200, "out")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "There is nothing in it."),
        (b"Worry\n", "It has no rows."),
        (b"PK\x03\x04rubbish", "It is a spreadsheet, whatever its name says."),
        (b"\x00\x01\x02", "It is neither an SPSS file (.sav) nor a table in text."),
        (b"$FL2@(#) SPSS DATA FILE" + b"\x00" * 400, "cannot be read as one. Save it again in SPSS"),
        (b'Worry,Why\nVery,"so\n', "A quotation mark is opened and not closed"),
        (b"Worry,Why\nVery\n", "row 2: It has 1 cells and the header has 2."),
        (
            ",".join(f"c{at}" for at in range(300)).encode() + b"\n" + b"1," * 299 + b"1\n",
            "It has 300 columns",
        ),
    ],
)
def test_a_file_that_is_none_gets_a_sentence_and_changes_nothing(
    house: House, file: bytes, said: str
) -> None:
    before = stored(house)
    status, page = look(house, file)
    assert status == 422
    assert said in shown(page)
    assert stored(house) == before


def test_headings_that_are_missing_or_the_same_are_told_apart_by_their_letters(house: House) -> None:
    file = "Worry;Other;Other;;;\nVery worried;a;;7;;;\nVery worried;;b;8;;;;\nNot very worried;;;9;;\n"
    status, page = look(house, file.encode(), asked="own", **{"column 1": "own text"})
    told = shown(page)
    assert status == 200, told
    assert "3 rows, 4 columns." in told
    assert "2 columns are called “Other”: here each has its letter beside its name." in told
    assert "Column D has no name: here it has its letter." in told
    assert "2 columns at the end have no name and nothing in them. They are passed over." in told
    assert "Other (column B)" in told
    assert ">Other</textarea>" in page  # the wording is the heading itself
    status, page = post(house, KEEP, sent_back(page) | {"wording 1": "Other", "key 1": "other"} | WRITTEN)
    assert status == 303, shown(page)


def test_a_file_of_fifty_megabytes_is_refused_before_it_is_read(house: House) -> None:
    status, page = look(house, b"Worry\n" + b"Very\n" * 10_000_000)
    assert status == 413
    assert "It is larger than 5 MB, and nothing was changed." in shown(page)


def test_what_cannot_be_mapped_is_refused_with_its_rows(house: House) -> None:
    bad = b"Worry,Years,Borough\nVery,7,Lambeth\nVery,99,Lambeth\nFairly worried,x,Lambeth\n"
    status, page = look(house, bad)
    assert "For 1 value nobody knows yet what it means." in shown(page)
    status, page = post(house, LOOK, sent_back(page) | {"word 1 0": "-"})
    assert status == 422
    assert "row 3: years: Write a number from 0 to 25." in shown(page)
    assert "Keep these responses" not in page


def test_two_columns_cannot_answer_one_question(house: House) -> None:
    status, page = look(house, GOOD.encode(), **{"column 6": "ask years"})
    assert status == 422
    assert "column G (Shoe size): Column E (Years) is the answer to that already." in shown(page).replace(
        " :", ":"
    )


def test_what_is_shown_of_a_file_is_text_and_never_markup_or_a_formula(house: House) -> None:
    status, page = look(house, b'Worry,<script>alert(1)</script>\n"=HYPERLINK(""x"")",<b>\n')
    assert status == 200
    assert "<script>alert(1)" not in page
    assert "“=HYPERLINK(&#34;x&#34;)”" in page


def test_what_waits_and_what_is_to_be_mended_is_one_press_away_and_open(house: House) -> None:
    status, page = look(house, GOOD.encode(), **{"column 6": "ask years"})
    assert status == 422
    assert '<a href="#column-6">column G (Shoe size)</a>' in page
    assert '<a href="#column-0">Worry</a> (1)' in page
    opened = re.findall(r'<details id="column-(\d)"[^>]* open>', page)
    assert opened == ["0", "6"]


def test_a_column_that_is_left_out_says_what_can_be_seen_of_it(house: House) -> None:
    lines = "Row,Empty,Same,Worry\n" + "".join(f"{at},,web,Very worried\n" for at in range(30))
    told = shown(look(house, lines.encode())[1])
    assert "Row such as “0” · “1” · “2” left out: nearly all different" in told
    assert "Empty left out: empty" in told
    assert "Same such as “web” left out: one value alone" in told


def test_what_is_still_to_be_written_is_one_press_away(house: House) -> None:
    form = settled(house)
    _status, page = post(house, LOOK, form)
    assert '<a href="#brought">' in page
    assert page.count('<a href="#about">') == 1
    status, page = post(house, KEEP, form | WRITTEN | {"title": ""})
    refused = page[page.index('<div class="mend"') : page.index("</div>", page.index('<div class="mend"'))]
    assert (status, '<a href="#about">' in refused) == (422, True)
    assert 'id="about"' in page


def test_a_number_below_0_among_words_is_no_answer(house: House) -> None:
    lines = "Anger,Change\n" + "Often,-2\nSeldom,-1\n-99,1\n" * 10
    form = sent_back(look(house, lines.encode(), asked="own")[1])
    assert [form[f"word 0 {at}"] for at in range(3)] == ["-", "+", "+"]
    assert [form[f"word 1 {at}"] for at in range(3)] == ["+", "+", "+"]  # a scale of numbers


def test_words_in_windows_letters_come_in_as_they_are_meant(house: House) -> None:
    status, page = look(house, "Worry;Why\nVery;Caf\xe9\n".encode("cp1252"))
    assert status == 200
    assert "it was read as Windows text (cp1252)" in shown(page)
    assert "Semicolons stand between the cells." in shown(page)
    assert "“Café”" in page
