"""A file of published figures is read as it was meant: what is assumed is said; what could be two things is asked."""

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from survey.places import load
from survey.reference.areas import field_of
from survey.reference.reading import Figure, Reading, read
from tests.survey.conftest import MIDDAY

LONDON = load("london")
TODAY = MIDDAY.date()
MARCH = dt.date(2017, 3, 31)
RICHMOND, BROMLEY, FOREST = "E09000027", "E09000006", "E09000031"

MESSY = """\
MOPAC Public Attitude Survey;;;;;
;;;;;
Anteil %;Gebiet;Merkmal;Datum;n;Notiz
34,9;Richmond;Knife crime a problem;31/03/2017;1.200;checked
4,8 %;Bromley;Knife crime a problem;31/03/2017;400;
10,1;Richmond-upon-Thames;knife crime a problem;03/04/2017;;Müller
12;Kingston;Knife crime a problem;Q4 2016/17;;
0,9;Richmond upon Thames LB;Knife crime a problem;30/06/2017;;
n/a;Barnet;Knife crime a problem;30/06/2017;;
19,7;London;Knife crime a problem;March 2017;12.800;
19,7;Greater London;Knife crime a problem;31/03/2017;12.800;
Source: MOPAC;;;;;
"""


def reading(text: str | bytes, **choices: str) -> Reading:
    """A file as it is read; choices: what somebody said of it."""
    content = text if isinstance(text, bytes) else text.encode()
    return read(content, LONDON, TODAY, choices)


def told(found: Reading, about: str) -> list[str]:
    """What was assumed of something."""
    return [one.told for one in (*found.assumed, *found.left_out) if one.about == about]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8-sig", "The file is in UTF-8, with a mark at its beginning."),
        ("cp1252", "was read as Windows text (cp1252)"),
        ("utf-16", "The file is in UTF-16."),
    ],
)
def test_a_messy_file_comes_in_with_every_assumption_listed(encoding: str, said: str) -> None:
    found = reading(MESSY.replace("\n", "\r\n").encode(encoding))
    assert (found.faults, found.asks, found.settled) == ([], [], True)
    assert found.figures == [
        Figure(4, RICHMOND, "Knife crime a problem", MARCH, 0.349, 1200),
        Figure(5, BROMLEY, "Knife crime a problem", MARCH, 0.048, 400),
        Figure(6, RICHMOND, "Knife crime a problem", dt.date(2017, 4, 3), 0.101, None),
        Figure(7, "E09000021", "Knife crime a problem", MARCH, 0.12, None),
        Figure(8, RICHMOND, "Knife crime a problem", dt.date(2017, 6, 30), 0.009, None),
        Figure(10, "london", "Knife crime a problem", MARCH, 0.197, 12800),
    ]
    assert said in told(found, "Letters")[0]
    assert told(found, "Separator") == ["Semicolons stand between the cells."]
    assert told(found, "Headings") == [
        "Row 3 holds the headings. Not read, above them: “MOPAC Public Attitude Survey”."
    ]
    assert told(found, "Columns") == [
        "Column A (Anteil %) has the figure.",
        "Column B (Gebiet) has the area.",
        "Column C (Merkmal) has the measure, if there are several.",
        "Column D (Datum) has the date at which the period ends.",
        "Column E (n) has how many people were asked, if it is known.",
        "Not read: column F (Notiz).",
    ]
    assert told(found, "Dates") == [
        "In dates the day stands first: “31/03/2017” in row 4 can be nothing else. So “03/04/2017” is 3 April 2017.",
        "A month means its last day: “March 2017” in row 10 is 31 March 2017.",
        "A financial year begins in April: “Q4 2016/17” in row 7 is 31 March 2017.",
    ]
    assert told(found, "Areas") == [
        "“Richmond” (row 4) is Richmond upon Thames: the beginning of its name.",
        "“Richmond-upon-Thames” (row 6) is Richmond upon Thames: another way to write it.",
        "“Kingston” (row 7) is Kingston upon Thames: the beginning of its name.",
        "“Richmond upon Thames LB” (row 8) is Richmond upon Thames: another way to write it.",
        "“Greater London” (row 11) is London: all of it.",
    ]
    assert told(found, "Unit") == [
        "The figures are percentages. “34,9” in row 4 is 34,9 in every 100.",
        "“4,8 %” in row 5 says itself that it is a percentage.",
    ]
    assert told(found, "Decimal sign") == ["Before decimals stands a comma, as in “34,9” (row 4)."]
    assert told(found, "Bases") == ["“1.200” in row 4 is 1,200 people."]
    assert told(found, "Measures") == ["“knife crime a problem” (row 6) is “Knife crime a problem”."]
    assert told(found, "Left out") == [
        "Row 9: no figure (“n/a”).",
        "Row 11: it says the same as row 10.",
        "Row 12: one cell only is filled (“Source: MOPAC”).",
    ]


def test_the_borough_file_of_the_public_attitude_survey_comes_in() -> None:
    found = reading((Path(__file__).parent / "pas_excerpt.csv").read_bytes())
    assert found.settled
    assert len(found.figures) == 12
    assert found.measures == ['"Good Job" local', "Listen to concerns"]
    assert {figure.area for figure in found.figures} == {RICHMOND, BROMLEY, FOREST}
    assert told(found, "Unit")[0].startswith("The figures are shares of 1.")
    assert told(found, "Columns")[-1] == "Not read: column C (borough), column F (mps_proportion)."
    assert told(found, "Areas") == ["3 are written by their official codes, as “E09000006” for Bromley."]


# Whatever a clean series is written in, it comes back equal

DATES = {
    "%Y-%m-%d": "",
    "%Y-%m-%dT00:00:00": "",
    "%d/%m/%Y": "day",
    "%d.%m.%Y": "day",
    "%m/%d/%Y": "month",
    "%d %B %Y": "",
    "%-d %b %Y": "",
}
SPELLINGS = {
    RICHMOND: ("Richmond upon Thames", "Richmond", "LB Richmond", RICHMOND),
    BROMLEY: ("Bromley", "bromley", "London Borough of Bromley", BROMLEY),
    FOREST: ("Waltham Forest", "WALTHAM FOREST", "Waltham Forest Council", FOREST.lower()),
    "london": ("London", "Greater London", "all London", "LONDON"),
}
HEADINGS = {
    "percent": ("percent", "Share (%)", "Prozent"),
    "share": ("proportion", "Share"),
    "sign": ("value",),
}


@st.composite
def series(draw: st.DrawFn) -> list[tuple[dt.date, str, str, int, int | None]]:
    """Figures of different dates, areas and measures; the share in tenths of a percent."""
    days = st.dates(dt.date(1990, 1, 1), dt.date(2026, 12, 31))
    key = st.tuples(
        days, st.sampled_from(sorted(SPELLINGS)), st.sampled_from(["Worry", "Trust; in all", "A, b"])
    )
    keys = draw(st.lists(key, min_size=1, max_size=8, unique=True))
    people = st.none() | st.integers(1, 99_999)
    return [(*one, draw(st.integers(0, 1000)), draw(people)) for one in keys]


@given(
    figures=series(),
    mark=st.sampled_from(",;\t"),
    sign=st.sampled_from(",."),
    form=st.sampled_from(sorted(DATES)),
    unit=st.sampled_from(sorted(HEADINGS)),
    order=st.permutations(range(5)),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    thousands=st.sampled_from(["", ",", ".", " "]),
    choice=st.randoms(use_true_random=False),
)
def test_a_clean_series_comes_back_equal(
    figures: list[tuple[dt.date, str, str, int, int | None]],
    mark: str,
    sign: str,
    form: str,
    unit: str,
    order: list[int],
    encoding: str,
    thousands: str,
    choice: Any,
) -> None:
    def share(tenths: int) -> str:
        number = f"{tenths / 1000:.3f}" if unit == "share" else f"{tenths / 10:.1f}"
        return number.replace(".", sign) + (" %" if unit == "sign" else "")

    rows = [["Date", "Area", "Measure", choice.choice(HEADINGS[unit]), "Base"]]
    for day, area, measure, tenths, people in figures:
        base = "" if people is None else f"{people:,}".replace(",", thousands)
        rows.append([day.strftime(form), choice.choice(SPELLINGS[area]), measure, share(tenths), base])
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows([row[at] for at in order] for row in rows)
    found = reading(out.getvalue().encode(encoding), days=DATES[form], unit=unit)
    assert (found.faults, found.asks) == ([], [])
    assert [figure[1:] for figure in found.figures] == [
        (area, measure, day, tenths / 1000, people) for day, area, measure, tenths, people in figures
    ]


def test_a_workbook_says_the_same_as_a_table() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Quarter", "Borough", "Value", "Base"])
    sheet.append([dt.date(2017, 3, 31), "Richmond", 0.349, 400])
    sheet.append([dt.datetime(2017, 6, 30), "Bromley", 0.048, None])  # noqa: DTZ001
    for row in (2, 3):
        sheet.cell(row, 3).number_format = "0.0%"
    held = io.BytesIO()
    book.save(held)
    found = reading(held.getvalue())
    assert (found.faults, found.asks) == ([], [])
    assert [figure[3:] for figure in found.figures] == [
        (MARCH, 0.349, 400),
        (dt.date(2017, 6, 30), 0.048, None),
    ]


# What could be two things is asked, and never guessed

HEAD = "date,area,percent\n"


def test_the_third_of_april_or_the_fourth_of_march_is_asked() -> None:
    text = HEAD + "3/4/2017,Bromley,4.8\n2017-03-31,Bromley,4.9\n"
    (ask,) = reading(text).asks
    assert ask.told == "Is “3/4/2017” (row 2) 3 April 2017, or 4 March 2017? No row decides it."
    assert not reading(text).settled
    assert reading(text, days="day").figures[0].ends_on == dt.date(2017, 4, 3)
    american = reading(text, days="month")
    assert american.figures[0].ends_on == dt.date(2017, 3, 4)
    assert "You said that the month stands first. So “3/4/2017” is 4 March 2017." in told(american, "Dates")
    assert [ask.chosen for ask in american.answered] == ["month"]  # and may be said otherwise


def test_a_row_that_decides_decides_for_all_whatever_is_said() -> None:
    text = HEAD + "3/4/2017,Bromley,4.8\n3/31/2017,Bromley,4.9\n"
    assert [figure.ends_on for figure in reading(text, days="day").figures] == [dt.date(2017, 3, 4), MARCH]


def test_dates_that_contradict_each_other_are_refused() -> None:
    found = reading(HEAD + "31/3/2017,Bromley,4.8\n4/3/2017,Bromley,5\n6/30/2017,Bromley,4.9\n")
    assert [str(fault) for fault in found.faults] == [
        "row 4, column A (date): “6/30/2017” has its month first, and “31/3/2017” in row 2 its day. "
        "Write all dates one way."
    ]


@pytest.mark.parametrize(
    ("chosen", "ends"), [("calendar", dt.date(2016, 12, 31)), ("financial", dt.date(2017, 3, 31))]
)
def test_of_which_year_a_quarter_is_is_asked(chosen: str, ends: dt.date) -> None:
    text = HEAD + "Q4 2016,Bromley,4.8\n"
    assert [ask.name for ask in reading(text).asks] == ["quarters"]
    assert reading(text, quarters=chosen).figures[0].ends_on == ends


@pytest.mark.parametrize(
    ("written", "ends"),
    [
        ("Q1 2016/17", dt.date(2016, 6, 30)),
        ("Q2 2016-17", dt.date(2016, 9, 30)),
        ("2016/2017 Q3", dt.date(2016, 12, 31)),
        ("q4 2016/17", MARCH),
        ("2016/17", MARCH),
        ("FY 2016-17", MARCH),
        ("31st March 2017", MARCH),
        ("Feb 2016", dt.date(2016, 2, 29)),
    ],
)
def test_periods_end_where_they_end(written: str, ends: dt.date) -> None:
    assert reading(f"{HEAD}{written},Bromley,4.8\n").figures[0].ends_on == ends


def test_small_figures_without_a_heading_that_says_are_asked() -> None:
    text = "date,area,value\n2017-03-31,Bromley,0.5\n2017-03-31,Barnet,0.9\n"
    (ask,) = reading(text).asks
    assert [value for value, _ in ask.options] == ["percent", "share"]
    assert reading(text, unit="percent").figures[0].proportion == 0.005
    assert reading(text, unit="share").figures[0].proportion == 0.5


def test_a_share_beside_a_percentage_is_asked() -> None:
    text = "date,area,value\n2017-03-31,Bromley,0.349\n2017-03-31,Barnet,34.9\n"
    (ask,) = reading(text).asks
    assert ask.told.startswith("“0.349” (row 2) stands beside “34.9” (row 3).")
    assert [figure.proportion for figure in reading(text, unit="mixed").figures] == [0.349, 0.349]
    assert [figure.proportion for figure in reading(text, unit="percent").figures] == [0.00349, 0.349]


def test_an_area_that_is_none_is_asked() -> None:
    text = HEAD + "2017-03-31,Lambet,4.8\n2017-03-31,Inner London,5\n2017-03-31,Barnet,6\n"
    asks = reading(text).asks
    assert asks[0].told.startswith("“Lambet” is no borough of London. Did you mean “Lambeth”?")
    found = reading(text, **{field_of("Lambet"): "E09000022", field_of("Inner London"): "-"})
    assert [figure.area for figure in found.figures] == ["E09000022", "E09000003"]
    assert told(found, "Areas") == ["“Lambet” (row 2) is Lambeth: as you said."]
    assert told(found, "Left out") == ["Row 3: you said to leave out “Inner London”."]


def test_a_column_may_be_another_than_its_heading_proposes() -> None:
    text = "date,area,percent,adjusted\n2017-03-31,Bromley,4.8,5.1\n"
    assert reading(text, **{"column proportion": "3"}).figures[0].proportion == 0.051
    twice = reading(text, **{"column proportion": "1"})
    assert "cannot be both" in str(twice.faults[0])


def test_a_column_without_a_heading_that_says_is_asked_for() -> None:
    text = "when,where,much\n2017-03-31,Bromley,4.8\n"
    assert len(reading(text).faults) == 3
    chosen = {"column date": "0", "column area": "1", "column proportion": "2"}
    assert reading(text, **chosen).figures[0].area == BROMLEY


# What is wrong is said with its place, all of it at once


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = reading(
        "date,area,measure,percent,base\n"
        "31/3/17,Bromley,Worry,4.8,400\n"
        "yesterday,,Worry,many,some\n"
        "2071-03-31,Barnet,,104,0\n"
        "2017-03-31,Camden,Worry,5,\n"
        "2017-03-31,LB Camden,Worry,6,\n"
        "2017-02-30,Barnet,Worry,5,\n"
    )
    assert [str(fault) for fault in found.faults] == [
        "row 2, column A (date): “31/3/17” has a year of two digits. Write all four, as in 2017.",
        "row 3, column A (date): “yesterday” cannot be read as a date. Write it as 2017-03-31, 31/03/2017 or "
        "Q4 2016/17.",
        "row 3, column B (area): There is no area. Write one in each row.",
        "row 3, column D (percent): “many” cannot be read as a figure. Write it as 34.9, 34,9 %, or 0.349.",
        "row 3, column E (base): “some” is no number of people. Write a whole number, or leave it empty.",
        "row 4, column A (date): “2071-03-31” would be 31 March 2071. Is the year right?",
        "row 4, column D (percent): “104” is more than 100 in every 100.",
        "row 4, column E (base): “0” is no number of people. Write a whole number, or leave it empty.",
        "row 4, column C (measure): There is no measure. Write one in each row.",
        "row 7, column A (date): “2017-02-30” cannot be read as a date. Write it as 2017-03-31, 31/03/2017 or "
        "Q4 2016/17.",
        "row 6, column D (percent): Row 5 has another figure or base for this area, measure and date. Keep one of "
        "the two.",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There is nothing in it"),
        (b"  \n \n", "There is nothing in it"),
        (b"\x00\x01\x02", "neither a workbook nor a table"),
        (b"PK\x03\x04 and no more", "cannot be read as a workbook"),
        (b"a,b\n1,2\n", "No row has three cells or more"),
        (b"date,area,percent\n", "Nothing stands below the headings"),
        (b"date,area,percent\n31/03/2017,Bromley,34,9\n", "This row has 4 cells, and there are 3 headings."),
        (b'date,area,percent\n2017-03-31,"Bromley,4\n', "A quotation mark is opened and not closed"),
        (b"date,area,percent\n2017-03-31,Bromley,n/a\n", "Every row is left out"),
        (b"date,area,percent\n9999-12-31,Bromley,1\nQ4 9999/00,Bromley,2\n", "Is the year right?"),
        (HEAD.encode() + b"2017-03-31,Bromley,1\n" * 20_001, "more than 20,000 rows"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_mend(content: bytes, said: str) -> None:
    found = reading(content)
    assert not found.settled
    assert said in " ".join(map(str, found.faults))


def test_very_many_unknown_areas_mean_another_column() -> None:
    rows = "".join(f"2017-03-31,Ward {at},5\n" for at in range(80))
    found = reading(HEAD + rows)
    assert len(found.faults) == 80
    assert "Is this the column of areas?" in str(found.faults[0])


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    found = reading(content)
    assert found.settled or found.faults or found.asks
