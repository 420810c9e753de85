"""A set as files: each comes back as the same set, and a bad one is told what is wrong and changes nothing."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlmodel import select

from questions import QuestionSet, Text, holds, read, write, xlsform
from questions.codebook import codebook
from questions.routing import path
from survey.db import transaction
from survey.languages import read_languages
from survey.models import AuditEntry, Draft, Revision
from survey.set_on_paper import Paper, boxes_for, lines_for, skips
from tests.questions.strategies import answers, question_sets
from tests.survey.conftest import TINY, House
from tests.survey.designing import change

BEN, AMARA, ADA = "Ben, designer", "Amara, administrator", "Ada, analyst"
FILES = "/staff/sets/tiny/files"
LONGER = replace(read(TINY), title=Text("Tiny, and more"))
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send(
    house: House, content: bytes, name: str = "set.toml", who: str = BEN, seen: str = "0"
) -> tuple[int, str]:
    """Upload one file in place of the tiny set, and give the status and the page."""
    sent = {"file": (name, content, "application/octet-stream")}
    page = house.as_(who).post("/staff/sets/tiny/upload", data={"seen": seen}, files=sent)
    return page.status_code, page.text


def kept(house: House) -> list[tuple[str, int, str]]:
    """Every revision of every draft."""
    with transaction(house.engine) as session:
        return [(one.draft_key, one.number, one.did) for one in session.exec(select(Revision))]


def workbook(question_set: QuestionSet, change: Callable[[Workbook], object] | None = None) -> bytes:
    """A set as a spreadsheet, with something changed in it."""
    book = load_workbook(io.BytesIO(xlsform.write(question_set)))
    if change:
        change(book)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return held.getvalue()


# What is taken away


def test_each_file_holds_the_set(house: House) -> None:
    ben = house.as_(BEN)
    text, sheet = ben.get(f"{FILES}/questions.toml"), ben.get(f"{FILES}/questions.xlsx")
    assert read(text.text) == xlsform.read(sheet.content) == read(TINY)
    assert text.headers["content-type"] == "application/toml; charset=utf-8"
    assert sheet.headers["content-type"] == SPREADSHEET
    assert sheet.headers["content-disposition"] == 'attachment; filename="tiny-version-1.xlsx"'

    table = ben.get(f"{FILES}/codebook.csv")
    assert table.headers["content-disposition"] == 'attachment; filename="tiny-version-1-codebook.csv"'
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [(row["question"], row["code"]) for row in rows] == [
        (entry.question, entry.code) for entry in codebook(read(TINY))
    ]
    assert "Where do you live?" in ben.get(f"{FILES}/codebook").text


def test_a_draft_and_each_version_have_their_own_files(house: House) -> None:
    assert send(house, write(LONGER).encode())[0] == 303
    ben = house.as_(BEN)
    draft, first = (ben.get(f"{FILES}/questions.toml{which}") for which in ("", "?version=1"))
    assert draft.headers["content-disposition"] == 'attachment; filename="tiny-draft-2.toml"'
    assert (read(draft.text), read(first.text)) == (LONGER, read(TINY))
    page = ben.get(f"{FILES}?version=1").text
    assert "/staff/sets/tiny/files/questions.xlsx?version=1" in page
    assert "the draft, change 2" in page


@pytest.mark.parametrize("address", ["/nothing.exe", "/questions.toml?version=9", "/paper?version=²"])
def test_what_is_not_there_is_said(house: House, address: str) -> None:
    page = house.as_(BEN).get(FILES + address)
    assert page.status_code == 404
    assert "Go back to the files" in page.text


# What is brought back


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("set.toml", write(LONGER).encode()),
        ("from Notepad.txt", b"\xef\xbb\xbf" + write(LONGER).replace("\n", "\r\n").encode()),
        ("set.xlsx", workbook(LONGER)),
        ("called something else", workbook(LONGER)),
        ("text, called.xlsx", write(LONGER).encode()),
    ],
)
def test_a_file_takes_the_drafts_place_and_can_be_undone(house: House, name: str, content: bytes) -> None:
    assert send(house, content, name) == (303, "")
    assert kept(house)[-1] == ("tiny", 2, f"replaced it with the file “{name}”")
    ben = house.as_(BEN)
    assert read(ben.get(f"{FILES}/questions.toml").text) == LONGER
    ben.post("/staff/sets/tiny/step", data={"seen": "2", "do": "undo"})
    assert read(ben.get(f"{FILES}/questions.toml").text) == read(TINY)
    with transaction(house.engine) as session:
        assert ("uploaded", "question set tiny") in {
            (one.did, one.object) for one in session.exec(select(AuditEntry))
        }


def test_a_file_that_says_the_same_changes_nothing(house: House) -> None:
    status, page = send(house, TINY.encode())
    assert (status, kept(house)) == (200, [])
    assert "says what this set says already" in page


def bomb() -> bytes:
    return zipped({"xl/workbook.xml": b"0" * 60_000_000})


def merged(book: Workbook) -> None:
    book["survey"].merge_cells("A2:B2")


def formula(book: Workbook) -> None:
    book["survey"]["C2"] = "=HYPERLINK(1)"


THREE = 'key = "tiny"\ntitle = "T"\nlanguage = "en"\n' + "".join(
    f'[[page]]\n[[page.question]]\nkey = "{key}"\nkind = "{kind}"\nprompt = "Well?"\n'
    for key, kind in (("A b", "text"), ("a", "txt"), ("b", "one"))
)
MANY = 'key = "tiny"\ntitle = "T"\nlanguage = "en"\n' + "".join(
    f'[[page]]\nquestion = [{{key = "q{number}", kind = "text", prompt = "Why?"}}]\n' for number in range(501)
)
MACROS = b'<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'


BAD: list[tuple[str, Callable[[], bytes], list[str]]] = [
    ("set.xlsx", bomb, ["unpacks to more than 20 MB"]),
    ("set.xlsm", lambda: zipped({"[Content_Types].xml": MACROS, "xl/workbook.xml": b"<a/>"}), ["macros"]),
    ("set.xlsx", lambda: zipped({"word/document.xml": b"<a/>"}), ["This is not a workbook"]),
    ("set.xlsx", lambda: workbook(LONGER, formula), ["sheet survey, row 2", "formula"]),
    ("set.xlsx", lambda: workbook(LONGER, merged), ["sheet survey", "merged"]),
    (
        "set.xlsx",
        lambda: b"type,name,label\ntext,why,Why?\n",
        ["it looks like a CSV file", "save it as .xlsx"],
    ),
    ("set.xls", lambda: b"\xd0\xcf\x11\xe0" + b"0" * 600, ["an old .xls workbook"]),
    ("set.toml", THREE.encode, ["page 1, question A b", "page 2, question a", "page 3, question b"]),
    ("set.toml", lambda: b"key = tiny", ["This is not TOML", "line 1, column 7"]),
    ("set.toml", lambda: "key = 'é'".encode("utf-16"), ["neither a workbook nor text in UTF-8: byte 1"]),
    ("photo.jpg", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF", ["neither a workbook nor text in UTF-8"]),
    ("set.toml", lambda: b" \n", ["It is empty"]),
    ("set.toml", MANY.encode, ["It asks 501 questions. A set can ask 500."]),
    ("set.toml", lambda: b"# " + b"x" * 2**20, ["larger than 1 MB"]),
    (
        "set.toml",
        lambda: TINY.replace('"tiny"', '"other"').encode(),
        ["the set “other”", "“tiny”", "form_id"],
    ),
    ("set.xlsx", lambda: workbook(replace(LONGER, key="other")), ["It is the set “other”"]),
]


def test_a_bad_file_is_refused_with_every_fault_and_changes_nothing(house: House) -> None:
    for name, content, told in BAD:
        status, page = send(house, content(), name)
        assert (status, kept(house)) == (422, []), told
        for words in ("That file was not taken", "Nothing has been changed", *told):
            assert words in page


def test_a_bad_file_begins_no_set(house: House) -> None:
    for name, content, told in BAD[3:9]:
        page = house.as_(BEN).post("/staff/sets/upload", files={"file": (name, content(), "")})
        assert (page.status_code, kept(house)) == (422, []), told
        for words in told:
            assert words in page.text


def test_no_file_and_two_files_are_refused(house: House) -> None:
    ben, one = house.as_(BEN), ("a.toml", TINY.encode(), "")
    empty = ben.post("/staff/sets/tiny/upload", files={"file": ("", b"", "")}, data={"seen": "0"})
    two = ben.post("/staff/sets/tiny/upload", files=[("file", one), ("file", one)])
    many = ben.post("/staff/sets/tiny/upload", files=[("file", one)] * 11)
    plain = ben.post("/staff/sets/tiny/upload", data={"seen": "0", "file": "a.toml"})
    torn = ben.post(
        "/staff/sets/tiny/upload", content=b"--x", headers={"content-type": "multipart/form-data"}
    )
    assert [page.status_code for page in (empty, two, many, plain, torn)] == [422, 422, 400, 422, 400]
    assert "No file was chosen. Choose one." in empty.text
    assert "2 files were sent. Choose one." in two.text
    assert "No file was chosen" in plain.text
    assert kept(house) == []


def test_fifty_megabytes_are_refused_while_they_come(house: House) -> None:
    read_of = 0

    def body() -> object:
        nonlocal read_of
        yield b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.toml"\r\n\r\n'
        for _ in range(50):
            read_of += 1
            yield b"x" * 2**20

    kind = {"content-type": "multipart/form-data; boundary=x"}
    page = house.as_(BEN).post("/staff/sets/tiny/upload", content=body(), headers=kind)  # type: ignore[arg-type]
    assert (page.status_code, kept(house)) == (413, [])
    assert "It is larger than 5 MB, and nothing was changed" in page.text


def test_nobody_who_may_not_design_is_listened_to(house: House) -> None:
    big = {"file": ("a.toml", b"x" * 6 * 2**20, "")}
    assert house.client.post("/staff/sets/upload", files=big).status_code == 401
    assert house.as_(ADA).post("/staff/sets/tiny/upload", files=big).status_code == 403


def test_what_somebody_else_changed_meanwhile_is_never_replaced_unseen(house: House) -> None:
    renamed = house.as_(AMARA).post("/staff/sets/tiny/title", data={"seen": "0", "title": "Amara's"})
    assert renamed.status_code == 303
    status, page = send(house, write(LONGER).encode(), seen="0")
    assert status == 409
    assert "Amara, administrator called it" in page
    assert len(kept(house)) == 2
    now = re.search(r'name="seen" value="(\d+)"', page)
    assert now
    assert send(house, write(LONGER).encode(), seen=now[1])[0] == 303
    assert send(house, TINY.encode(), seen=now[1])[0] == 303, "one's own change is no surprise"
    assert send(house, TINY.encode(), seen="²")[0] == 200


def test_a_retired_set_is_not_replaced(house: House) -> None:
    house.as_(BEN).post("/staff/sets/tiny/retire", data={"do": "retire"})
    status, page = send(house, write(LONGER).encode())
    assert (status, len(kept(house))) == (409, 1)
    assert "Bring it back" in page
    assert 'type="file"' not in house.as_(BEN).get(FILES).text


def test_a_new_set_comes_from_a_file(house: House) -> None:
    sent = {"file": ("C:\\own\\<b>.toml", TINY.replace('"tiny"', '"streets"').encode(), "")}
    begun = house.as_(BEN).post("/staff/sets/upload", files=sent)
    assert (begun.status_code, begun.headers["location"]) == (303, "/staff/sets/streets")
    assert kept(house) == [("streets", 1, "began with the file “<b>.toml”")]
    assert "“&lt;b&gt;.toml”" in house.as_(BEN).get("/staff/sets").text


def test_a_key_that_is_taken_leads_to_the_set_that_has_it(house: House) -> None:
    page = house.as_(BEN).post("/staff/sets/upload", files={"file": ("a.toml", TINY.encode(), "")})
    assert (page.status_code, kept(house)) == (422, [])
    assert '<a href="/staff/sets/tiny/files">its page of files</a>' in page.text


def test_those_who_only_read_are_offered_no_upload(house: House) -> None:
    page = house.as_("Priya, publisher").get(FILES).text
    assert "questions.toml" in page
    assert 'type="file"' not in page


# On paper


def paper(source: str, language: str = "en") -> Paper:
    return Paper(read(source), language, read_languages().get(language) or read_languages()["en"])


def test_a_form_leaves_open_what_is_the_answer_to_no_question() -> None:
    assert paper(TINY).words(Text("Well, ${nobody} and ${}?")) == "Well, … and …?"


def test_a_form_has_every_code_and_says_who_skips_what(house: House) -> None:
    page = house.as_(BEN).get(f"{FILES}/paper")
    assert page.status_code == 200
    for question in read(TINY).questions:
        assert f"<code>{question.key}</code>" in page.text
        for code in question.codes:
            assert f"<code>{code}</code>" in page.text
    assert "Only answer this if you said “Very worried” to question 1. If not, go to question 3." in page.text
    assert "It is up to you." in page.text
    assert "0800 1111" in page.text
    assert "Choose up to 2." in page.text
    assert 'class="large"' not in page.text
    assert 'class="large"' in house.as_(BEN).get(f"{FILES}/paper?large=1").text


SPOKEN = """
key = "spoken"
title = {en = "Street", ar = "شارع"}
language = "en"
[[page]]
[[page.question]]
key = "age"
kind = "number"
prompt = {en = "How old are you?", ar = "كم عمرك؟"}
high = 25
[[page]]
note = {en = "Take your time.", ar = "خذ وقتك."}
show_if = "${age} < 16"
[[page.question]]
key = "why"
kind = "text"
prompt = {en = "At ${age}: why?", ar = "${age}: لماذا؟"}
"""


def test_a_form_speaks_each_language_of_the_set(house: House) -> None:
    house.as_(BEN).post("/staff/sets/upload", files={"file": ("a.toml", SPOKEN.encode(), "")})
    arabic = house.as_(BEN).get("/staff/sets/spoken/files/paper?lang=ar").text
    assert 'lang="ar" dir="rtl"' in arabic
    assert "خذ وقتك." in arabic
    assert "كانت إجابتك عن السؤال" in arabic
    assert "[إجابتك عن السؤال" in arabic
    english = house.as_(BEN).get("/staff/sets/spoken/files/paper?lang=xx").text
    assert "your answer to question 1 is under 16" in english
    assert "If not, go to the end." in english
    assert "At [your answer to question 1]: why?" in english
    assert "العربية" in house.as_(BEN).get("/staff/sets/spoken/files").text


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (
            "selected(${helps}, 'clubs') or ${worry} = 'very'",
            "you said “More clubs” to question 3 or you said",
        ),
        (
            "${worry} = 'very' or ${worry} = 'fairly'",
            "you said “Very worried” or “Fairly worried” to question 1",
        ),
        (
            "${years} >= 2 and not(selected(${helps}, 'none'))",
            "is 2 or more and you did not say “None of these”",
        ),
        ("${worry} != 'very'", "you answered question 1, and did not say “Very worried”"),
        ("${why} != ''", "you answered question 2"),
        ("not(${why} != '')", "you left question 2 empty"),
        (
            "not(${years} > 9) and (${years} <= 5 or ${worry} = 'very')",
            "it is not so that your answer to question 4",
        ),
    ],
)
def test_conditions_are_said_to_whoever_holds_the_form(condition: str, told: str) -> None:
    asked = paper(TINY.replace('key = "borough"', f'show_if = "{condition}"\nkey = "borough"'))
    (last,) = list(asked.sheets())[-1].asked
    assert told in last.routed[0].only_if


def test_a_question_has_room_for_its_answer() -> None:
    why, years = read(TINY).question("why"), read(TINY).question("years")
    assert [lines_for(replace(why, length=length)) for length in (20, 300, None, 9999)] == [2, 4, 8, 8]
    assert [boxes_for(replace(years, low=None, high=high)) for high in (25, 100, None)] == [2, 3, 4]
    assert (
        boxes_for(replace(years, low=-5)) == boxes_for(replace(years, decimals=True)) == lines_for(years) == 0
    )


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_whoever_follows_the_form_answers_what_is_on_their_path(data: st.DataObject) -> None:
    question_set = data.draw(question_sets())
    given_ = data.draw(answers(question_set))
    every, told = question_set.questions, skips(question_set)
    answered: dict[str, object] = {}
    number = 1
    while number <= len(every):
        failed = [one for one in told[number - 1] if not holds(one.condition, answered)]  # type: ignore[arg-type]
        if failed:
            number = failed[0].else_to or len(every) + 1
            continue
        answered[every[number - 1].key] = given_.get(every[number - 1].key)
        number += 1
    on_path = {question.key for page in path(question_set, given_) for question in page.questions}
    assert set(answered) == on_path


def test_the_draft_table_is_locked_by_nobody_who_only_looks(house: House) -> None:
    for name in ("", "/paper", "/codebook", "/questions.xlsx"):
        house.as_(BEN).get(FILES + name)
    with transaction(house.engine) as session:
        assert session.exec(select(Draft)).all() == []


def test_words_that_are_too_long_are_refused_and_named(house: House) -> None:
    """By file as in the form that gives a set another name."""
    before = kept(house)
    long = TINY.replace('title = "Tiny"', f'title = "{"T" * 100_000}"')
    assert long != TINY
    status, page = send(house, long.encode())
    assert (status, kept(house)) == (422, before)
    assert "has 100,000 characters. Use at most 120." in page
    assert change(house, "title", title="T" * 5_000) == 422


def test_a_set_that_no_spreadsheet_holds_can_be_taken_away_as_text(house: House) -> None:
    """A condition may be longer than a cell: that is said, with which it is, and every other file is there."""
    first = read(TINY).questions[0]
    code = next(choice.code for choice in first.choices)
    looks = " or ".join([f"${{{first.key}}} = '{code}'"] * 2_000)
    more = f'\n[[page]]\n[[page.question]]\nkey = "further"\nkind = "text"\nprompt = "Why?"\nshow_if = "{looks}"\n'
    assert send(house, (TINY + more).encode())[0] == 303
    browser = house.as_(BEN)
    refused = browser.get(f"{FILES}/questions.xlsx")
    assert refused.status_code == 422
    assert "relevant: “" in refused.text
    assert "A cell holds 32,767" in refused.text
    for name in ("questions.toml", "codebook.csv", "codebook", "paper"):
        assert browser.get(f"{FILES}/{name}").status_code == 200, name
