"""An analyst brings published figures: seen first, approved as seen, kept whole, and taken out with a reason."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import col, select

from survey.db import transaction
from survey.models import AuditEntry, ReferenceFigure, ReferenceMeasure, ReferenceSeries
from survey.web.held import PIECE, held, taken_back
from tests.survey.conftest import House
from tests.survey.test_reference_reading import MESSY

ADA = "Ada, analyst"
LOOK, KEEP = "/staff/reference/look", "/staff/reference/keep"
WRITTEN = {
    "title": "Public Attitude Survey",
    "population": "Adults aged 16 and over in London",
    "months": "12",
    "source": "MOPAC",
    "licence": "Quoted with its source",
    "bring 0": "1",
    "wording 0": "To what extent do you think  knife crime is a problem?",
    "answer 0": "A problem",
}
Sent = dict[str, Any]


def post(house: House, address: str, fields: Sent, file: bytes | None = None) -> tuple[int, str]:
    """Send a form with files, and give the status with the page, or with where it leads."""
    files: list[tuple[str, Any]] = [
        (name, (None, value))
        for name, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    files += [("file", ("figures.csv", file, "text/csv"))] if file is not None else []
    answer = house.as_(ADA).post(address, files=files or {"nothing": (None, "")})
    return answer.status_code, answer.headers.get("location", answer.text)


def sent_back(page: str) -> Sent:
    """What the form of a preview would send, before anything is typed."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    fields: Sent = {"held": [html.unescape(value) for name, value in hidden if name == "held"]}
    fields |= {name: html.unescape(value) for name, value in hidden if name != "held"}
    for name, options in re.findall(r'<select name="([^"]+)">(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[html.unescape(name)] = html.unescape(chosen[1]) if chosen else ""
    return fields


def stored(house: House) -> list[ReferenceFigure]:
    """Every figure that is kept."""
    with transaction(house.engine) as session:
        found = list(session.exec(select(ReferenceFigure).order_by(col(ReferenceFigure.area))).all())
        session.expunge_all()
    return found


def audited(house: House) -> list[tuple[str, str, str | None]]:
    """What the audit says of series."""
    with transaction(house.engine) as session:
        every = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
        return [(one.did, one.object, one.why) for one in every if one.object.startswith("reference series")]


def test_a_messy_file_is_approved_and_kept_as_it_was_shown(house: House) -> None:
    status, page = post(house, LOOK, {}, MESSY.encode("cp1252"))
    assert status == 200
    assert "<strong>6</strong> figures, 3 rows left out. Nothing is stored yet." in page
    for told in (
        "The file is not in UTF-8, so it was read as Windows text (cp1252)",
        "Semicolons stand between the cells.",
        "“Richmond upon Thames LB” (row 8) is Richmond upon Thames: another way to write it.",
        "In dates the day stands first: “31/03/2017” in row 4 can be nothing else.",
        "Row 9: no figure (“n/a”).",
    ):
        assert told in html.unescape(page)
    assert stored(house) == []

    status, address = post(house, KEEP, sent_back(page) | WRITTEN)
    assert (status, address) == (303, "/staff/reference/public-attitude-survey?kept=1")
    kept = {(one.area, str(one.ends_on)): (one.proportion, one.people) for one in stored(house)}
    assert kept[("E09000027", "2017-03-31")] == (0.349, 1200)
    assert kept[("london", "2017-03-31")] == (0.197, 12800)
    assert len(kept) == 6
    assert audited(house) == [
        (
            "brought in",
            "reference series Public Attitude Survey",
            "6 figures from figures.csv, with 25 assumptions approved",
        )
    ]
    shown = html.unescape(house.as_(ADA).get(address).text)
    assert "Asked: “To what extent do you think knife crime is a problem?”" in shown
    assert "Unit: “4,8 %” in row 5 says itself that it is a percentage." in shown
    assert "Public Attitude Survey" in house.as_(ADA).get("/staff/reference").text


def test_what_is_asked_is_answered_on_the_page_and_may_be_changed_there(house: House) -> None:
    file = b"date,area,value\n3/4/2017,Bromley,0.5\n3/4/2017,Lambet,0.9\n"
    _, page = post(house, LOOK, {}, file)
    assert "The file could mean two things. Please say which." in page
    assert "Approve and bring it in" not in page
    answers = {"days": "month", "unit": "percent", "area Lambet": "E09000022"}
    status, page = post(house, LOOK, sent_back(page) | answers)
    assert status == 200
    assert "Approve and bring it in" in page
    again = sent_back(page)
    assert again | answers == again  # each still stands on the page
    status, page = post(house, LOOK, again | {"days": "day"})
    assert "So “3/4/2017” is 3 April 2017." in html.unescape(page)
    post(house, KEEP, sent_back(page) | WRITTEN)
    assert [(one.area, str(one.ends_on), one.proportion) for one in stored(house)] == [
        ("E09000006", "2017-04-03", 0.005),
        ("E09000022", "2017-04-03", 0.009),
    ]


def test_only_what_was_shown_can_be_approved(house: House) -> None:
    _, page = post(house, LOOK, {}, b"date,area,value\n3/4/2017,Bromley,4.5\n")
    status, refused = post(house, KEEP, sent_back(page) | WRITTEN)
    assert (status, "read otherwise now" in refused) == (409, True)  # a question is open
    _, page = post(house, LOOK, sent_back(page) | {"days": "day"})
    status, refused = post(house, KEEP, sent_back(page) | WRITTEN | {"days": "month"})
    assert (status, "read otherwise now" in refused) == (409, True)  # another answer than was seen
    assert stored(house) == []


def test_everything_that_is_not_said_of_the_figures_is_asked_for_at_once(house: House) -> None:
    _, page = post(house, LOOK, {}, b"date,area,percent\n2017-03-31,Bromley,4.5\n")
    status, page = post(
        house, KEEP, sent_back(page) | {"bring 0": "1", "url": "javascript:alert(1)", "title": "?"}
    )
    said = html.unescape(page)
    assert status == 422
    for told in (
        "Write who was asked.",
        "Write where the figures are from.",
        "Write under which licence they may be used.",
        "The address begins with https:// or http://, or is left empty.",
        "The title needs a letter or a number",
        "Say how many months each figure covers, up to its date.",
        "Write the exact question of “figures” and the answer that is counted",
    ):
        assert told in said
    status, page = post(
        house, KEEP, sent_back(page) | {key: WRITTEN[key] for key in WRITTEN if key != "bring 0"}
    )
    assert (status, "Choose at least one measure to bring in." in page) == (422, True)
    assert stored(house) == []


def test_a_measure_whose_words_are_not_known_is_left_out(house: House) -> None:
    file = b"date,area,measure,percent\n2017-03-31,Bromley,Worry,4.5\n2017-03-31,Bromley,Trust,60\n"
    _, page = post(house, LOOK, {}, file)
    told = {"bring 1": "1", "wording 1": "Do you trust them?", "answer 1": "Yes"}
    status, _ = post(
        house, KEEP, sent_back(page) | {k: v for k, v in WRITTEN.items() if not k.endswith("0")} | told
    )
    assert status == 303
    with transaction(house.engine) as session:
        assert [one.name for one in session.exec(select(ReferenceMeasure)).all()] == ["Trust"]
    assert [one.proportion for one in stored(house)] == [0.6]


def test_a_title_is_taken_once_and_a_series_is_taken_out_with_a_reason(house: House) -> None:
    _, page = post(house, LOOK, {}, b"date,area,percent\n2017-03-31,Bromley,4.5\n")
    assert post(house, KEEP, sent_back(page) | WRITTEN)[0] == 303
    status, refused = post(house, KEEP, sent_back(page) | WRITTEN)
    assert (status, "There is a series of this title." in refused) == (422, True)
    out = "/staff/reference/public-attitude-survey/take-out"
    assert house.as_(ADA).post(out, data={"why": " "}).status_code == 422
    assert len(stored(house)) == 1
    assert house.as_(ADA).post(out, data={"why": "The figures were withdrawn"}).status_code == 303
    assert stored(house) == []
    with transaction(house.engine) as session:
        assert session.exec(select(ReferenceSeries)).all() == []
    assert audited(house)[-1] == (
        "took out",
        "reference series Public Attitude Survey",
        "The figures were withdrawn",
    )
    assert house.as_(ADA).get("/staff/reference/public-attitude-survey").status_code == 404


def test_two_who_approve_at_once_keep_one_series(house: House) -> None:
    _, page = post(house, LOOK, {}, b"date,area,percent\n2017-03-31,Bromley,4.5\n")
    together = Barrier(2)

    def approve(_: int) -> int:
        together.wait()
        return post(house, KEEP, sent_back(page) | WRITTEN)[0]

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(approve, range(2))) == [303, 422]
    assert len(stored(house)) == 1


@pytest.mark.parametrize(
    ("file", "status", "said"),
    [
        (None, 422, "No file was chosen. Choose one."),
        (b"", 422, "There is nothing in it."),
        (b"PK\x03\x04 and no more", 422, "This cannot be read as a workbook."),
        (
            b"date,area,percent\n2017-03-31,Bromley,many\n",
            422,
            "<strong>row 2, column C (percent):</strong> “many” cannot be read",
        ),
        (b"when,area,percent\n2017-03-31,Bromley,5\n", 422, "No heading says which column has the date"),
    ],
)
def test_a_bad_file_gets_a_sentence_and_changes_nothing(
    house: House, file: bytes | None, status: int, said: str
) -> None:
    answer = post(house, LOOK, {}, file)
    assert answer[0] == status
    assert said in html.unescape(answer[1])
    assert stored(house) == []


@pytest.mark.parametrize("pieces", [[], ["x"], ["AAAA"], held(b"date,area")[0][:-4:]], ids=str)
def test_what_we_did_not_send_is_refused(house: House, pieces: list[str]) -> None:
    sent = {"held": list(pieces), "seen": "x"} if pieces else {"seen": "x"}
    status, page = post(house, KEEP, sent)
    assert (status, "Nothing was stored" in page) == (400, True)


def test_a_file_travels_in_pieces_and_unpacks_to_no_more_than_a_file() -> None:
    content = bytes(range(256)) * 2_000
    many = held(bytes(hash((one, 7)) % 256 for one in range(200_000)))
    assert taken_back(held(content)) == content
    assert len(many) > 1
    assert max(map(len, many)) <= PIECE
    with pytest.raises(ValueError, match="no file"):
        taken_back(held(b"\0" * (6 * 2**20)))
