"""Settings from a spreadsheet: seen first, made together or not at all; what is wrong is said with its place."""

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from sqlmodel import select
from starlette.testclient import TestClient

from survey.db import transaction
from survey.fieldwork import spreadsheet
from survey.models import AuditEntry, Collection, Kind, Setting
from survey.naming import ALPHABET
from tests.survey.conftest import CODE, House

FEMI = "Femi, fieldworker"
PLACE = "/staff/collections/1"
HEADINGS = ("name", "borough", "expected young people")
Cells = list[tuple[str | float | None, ...]]


def workbook(rows: Cells, change: Callable[[Workbook], object] | None = None) -> bytes:
    """A workbook with one sheet of rows, with something changed in it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Schools"
    for row in rows:
        sheet.append(row)
    if change:
        change(book)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def table(rows: Cells, mark: str = ",", encoding: str = "utf-8") -> bytes:
    """The same as CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue().encode(encoding)


GOOD: Cells = [
    HEADINGS,
    ("Oak Hill", "Richmond", 120),
    ("River  Club", "LB Camden", None),
    ("Oak Hill", "e09000003", "1,050"),
]


def look(house: House, content: bytes, name: str = "schools.xlsx") -> tuple[int, str]:
    """Upload a file, and give the status and the page."""
    sent = {"file": (name, content, "application/octet-stream")}
    page = house.as_(FEMI).post(f"{PLACE}/settings/look", files=sent)
    return page.status_code, html.unescape(page.text)


def make(house: House, rows: list[str]) -> tuple[int, str]:
    """Press the button of a preview with these rows."""
    page = house.as_(FEMI).post(f"{PLACE}/settings/make", files=[("row", (None, row)) for row in rows])
    return page.status_code, page.headers.get("location", html.unescape(page.text))


def rows_of(page: str) -> list[str]:
    """What the button of a preview would send."""
    return [html.unescape(row) for row in re.findall(r'name="row" value="(.*?)">', page)]


def settings(house: House) -> list[Setting]:
    """Every setting, oldest first."""
    with transaction(house.engine) as session:
        found = list(session.exec(select(Setting).order_by("id")).all())
        session.expunge_all()
    return found


# What comes of a good file


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("schools.xlsx", workbook(GOOD)),
        ("schools.csv", table(GOOD)),
        ("Excel in Germany.csv", table(GOOD, ";", "utf-8-sig")),
        ("from a sheet.txt", table(GOOD, "\t")),
        ("Unicode text.txt", table(GOOD, "\t", "utf-16")),
        ("a table, called.xlsx", table(GOOD)),
        ("a workbook, called.csv", workbook(GOOD)),
        ("Windows.csv", table([*GOOD[:-1], ("Oak Hill", "Barnet", "1050")], ",", "cp1252")),
    ],
)
def test_a_list_is_shown_first_and_then_made_as_it_was_shown(house: House, name: str, content: bytes) -> None:
    status, page = look(house, content, name)
    assert status == 200
    assert "<strong>3</strong> new settings." in page
    assert 'Richmond upon Thames <span class="quiet">(the beginning of its name)' in page
    assert "another of this name" not in page
    assert len(settings(house)) == 1  # nothing is made yet

    status, address = make(house, rows_of(page))
    assert (status, address) == (303, f"{PLACE}?added=3")
    made = settings(house)[1:]
    assert [(one.name, one.borough, one.expected) for one in made] == [
        ("Oak Hill", "E09000027", 120),
        ("River Club", "E09000007", None),
        ("Oak Hill", "E09000003", 1050),
    ]
    assert len({one.code for one in made}) == 3
    assert all(re.fullmatch(f"[{ALPHABET}]{{6}}", one.code) for one in made)
    assert house.client.get(f"/s/{made[0].code}").status_code == 200
    told = house.as_(FEMI).get(address).text
    assert "3 settings were added, each with its code and its link." in told
    assert "of 1,170 expected" not in told  # two of the four do not say how many
    with transaction(house.engine) as session:
        note = session.exec(select(AuditEntry).where(AuditEntry.did == "added 3 settings to")).one()
        assert (note.object, note.why) == (
            "collection safer-streets, Schools",
            "Oak Hill, River Club, Oak Hill",
        )


def test_what_was_read_as_windows_text_is_said(house: House) -> None:
    status, page = look(house, table([HEADINGS, ("École Péguy", "Camden", 4)], ",", "cp1252"), "a.csv")
    assert (status, "École Péguy" in page) == (200, True)
    assert "It is not in UTF-8, so it was read as Windows text" in page


def test_what_is_there_already_stays_and_a_namesake_elsewhere_is_said(house: House) -> None:
    rows: Cells = [HEADINGS, ("HILL school", "Lambeth", 30), ("Hill School", "Barnet", 5)]
    status, page = look(house, workbook(rows))
    assert status == 200
    assert "<strong>1</strong> new setting, 1 that is there already and stays as it is." in page
    assert f"<code>{CODE}</code>" in page
    assert "another of this name is in Lambeth" in page
    assert make(house, rows_of(page))[0] == 303
    assert [(one.name, one.expected) for one in settings(house)] == [
        ("Hill School", None),
        ("Hill School", 5),
    ]


def test_the_same_file_again_adds_nothing(house: House) -> None:
    make(house, rows_of(look(house, workbook(GOOD))[1]))
    status, page = look(house, workbook(GOOD))
    assert (status, "Nothing new, 3 that are there already and stay as they are." in page) == (200, True)
    assert "settings/make" in page
    assert rows_of(page) == []
    assert len(settings(house)) == 4


def test_pressing_twice_or_two_people_at_once_make_them_once(house: House) -> None:
    rows = rows_of(look(house, workbook(GOOD))[1])
    assert make(house, rows)[0] == 303
    status, page = make(house, rows)
    assert (status, "Nothing was added: some of these were added by somebody" in page) == (409, True)
    assert len(settings(house)) == 4


def test_two_who_press_at_the_same_moment_make_them_once(house: House) -> None:
    sent = [("row", (None, row)) for row in rows_of(look(house, workbook(GOOD))[1])]
    browsers = [house.as_(who) for who in (FEMI, "Amara, administrator")] * 3
    ready = Barrier(len(browsers))

    def press(browser: TestClient) -> int:
        ready.wait()
        return browser.post(f"{PLACE}/settings/make", files=sent).status_code

    with ThreadPoolExecutor(len(browsers)) as people:
        found = sorted(people.map(press, browsers))
    assert found == [303, *[409] * 5]
    assert len(settings(house)) == 4


@pytest.mark.parametrize(
    "row",
    [
        "",
        "x",
        "[]",
        "[1,2,3,4]",
        '[["a"],"b","c"]',
        '["","E09000022",3]',
        '["Oak","Uster",3]',
        '["Oak","E09000022",-3]',
        '["O\\ud800","E09000022",3]',
        "[" * 9_000,
        "null",
    ],
)
def test_what_the_preview_did_not_show_is_not_made(house: House, row: str) -> None:
    status, page = make(house, [json.dumps(["Oak Hill", "E09000022", 3]), row])
    assert (status, "Nothing was added." in page) == (400, True)
    assert len(settings(house)) == 1
    assert make(house, [])[0] == 400


def test_a_file_of_nine_hundred_is_made_at_once(house: House) -> None:
    many: Cells = [HEADINGS, *((f"School {number}", "Camden", 30) for number in range(900))]
    status, page = look(house, workbook(many))
    assert status == 200
    assert make(house, rows_of(page))[0] == 303
    codes = [one.code for one in settings(house)]
    assert len(codes) == len(set(codes)) == 901


# What is refused


def test_everything_wrong_is_said_at_once_in_order_with_its_place_and_its_mend(house: House) -> None:
    rows: Cells = [
        ("Name", "Borough", "Head", "Pupils"),
        ("Oak Hill", "Lambet", "Mr Who", 30),
        (None, "Camden", None, "lots"),
        ("Oak Hill", "Camden", None, 0),
        ("=Oak", "Camden", None, 2.5),
        ("OAK  hill", "LB Camden", None, None),
        ("123", "London", None, 20_001),
        ("x" * 121, "Bexley", None, -4),
    ]
    status, page = look(house, workbook(rows))
    assert status == 422
    (box,) = re.findall(r'<div class="mend".*?</div>', page, re.S)
    found = [re.sub("<.*?>", "", one) for one in re.findall("<li>(.*?)</li>", box)]
    whole = "Write a whole number from 1 to 20,000, or leave it empty."
    assert found == [
        "sheet Schools, row 2, column B (Borough): “Lambet” is no borough of London. Did you mean “Lambeth”? "
        "Write it as in the list of boroughs.",
        "sheet Schools, row 2, column C (Head): This column is not read here. Take it out: there may be name, "
        "borough, expected young people.",
        "sheet Schools, row 3, column A (Name): There is no name. Write what the place is called.",
        f"sheet Schools, row 3, column D (Pupils): “lots” cannot be read. {whole}",
        f"sheet Schools, row 4, column D (Pupils): “0” cannot be read. {whole}",
        "sheet Schools, row 5, column A (Name): This is a formula. Write what it shows as plain text.",
        f"sheet Schools, row 5, column D (Pupils): “2.5” cannot be read. {whole}",
        "sheet Schools, row 6, column A (Name): This is the same setting as in row 4. Take one out, or give one "
        "another name.",
        "sheet Schools, row 7, column A (Name): The name has no letter. Write what it is called.",
        "sheet Schools, row 7, column B (Borough): “London” is no borough of London. Did you mean “Hillingdon”? "
        "Write it as in the list of boroughs.",
        f"sheet Schools, row 7, column D (Pupils): “20001” cannot be read. {whole}",
        "sheet Schools, row 8, column A (Name): The name has 121 characters. There is room for 120.",
        f"sheet Schools, row 8, column D (Pupils): “-4” cannot be read. {whole}",
    ]
    assert len(settings(house)) == 1


def zipped(parts: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return held.getvalue()


def with_part(name: str, part: bytes = b"x") -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook(GOOD))) as archive:
        return zipped({**{one: archive.read(one) for one in archive.namelist()}, name: part})


def merge(book: Workbook) -> None:
    book.active.merge_cells("A2:B2")  # type: ignore[union-attr]


def remark(book: Workbook) -> None:
    book["Schools"]["A2"].comment = Comment("ask them first", "Femi")


def second(book: Workbook) -> None:
    book.create_sheet("Clubs").append(["more"])


def day(book: Workbook) -> None:
    import datetime as dt

    book["Schools"]["A2"].value = dt.date(2026, 11, 3)


NUL_ROW = table([HEADINGS, ("Oak", "Camden", 3)]) + b"\x00"
SAVE = "save it as .xlsx."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There is nothing in it."),
        (b"  \n\n", "There is nothing in it."),
        (workbook([]), "the workbook: There is nothing in it. Write one setting in each row."),
        (workbook([HEADINGS]), "sheet Schools, row 2: Nothing stands below the headings."),
        (table([HEADINGS]), "row 2: Nothing stands below the headings."),
        (
            workbook([("Schools of Lambeth",), HEADINGS, ("Oak", "Lambeth", 1)]),
            "sheet Schools, row 1: No column is called name. The first row must hold the headings name, borough and "
            "expected young people; it holds “Schools of Lambeth”.",
        ),
        (workbook([("name", "NAME")]), "sheet Schools, row 1, column B: A second column says name."),
        (workbook([("name",), ("Oak", "Camden")]), "row 2, column B: This column is not read here."),
        (workbook(GOOD, merge), "sheet Schools, cells A2:B2: The cells A2:B2 are merged."),
        (workbook(GOOD, remark), "sheet Schools, cell A2: There is a comment on this cell"),
        (workbook(GOOD, second), "Several sheets hold something: Schools, Clubs."),
        (workbook(GOOD, day), "row 2, column A (name): This has become a date or a time."),
        (
            workbook([HEADINGS, ("Oak", "Camden", "=1+1")]),
            "column C (expected young people): This is a formula.",
        ),
        (
            table([HEADINGS, ("Oak", "Camden", "=1+1")]),
            "row 2, column C (expected young people): This is a formula.",
        ),
        (table([HEADINGS, ("@Oak", "Camden", 3)]), "row 2, column A (name): A name cannot begin with @"),
        (workbook([HEADINGS, ("Oak", "Camden", True)]), "“TRUE” cannot be read."),
        (workbook([HEADINGS, ("Oak", None, 3)], None), "There is no borough. Write the one that it is in"),
        (b'name,borough\n"Oak,Camden\n', "line 2: A quotation mark is opened and not closed"),
        (NUL_ROW, "It is neither a workbook nor a table in text."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "It is neither a workbook nor a table in text."),
        (b"\xd0\xcf\x11\xe0" + bytes(512), "This is an old .xls workbook."),
        (b"PK" + bytes(2_000), "This cannot be read as a workbook."),
        (with_part("xl/vbaProject.bin"), "This workbook holds macros. Save it as .xlsx, without macros."),
        (zipped({"xl/bomb.xml": bytes(60_000_000)}), "This workbook unpacks to more than 20 MB."),
        (
            zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
            "This is an OpenDocument file.",
        ),
        (with_part("xl/media/image1.png"), "This workbook holds a picture, a chart or a file."),
        (
            workbook([HEADINGS, *((f"School {number}", "Camden", 30) for number in range(901))]),
            "the file: It lists 901 settings. Bring at most 900 at once, in several files.",
        ),
        (b"name,borough\n" + b"Oak,Camden\n" * 6_000, "A list may have 5,000 rows."),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence_and_changes_nothing(
    house: House, content: bytes, said: str
) -> None:
    with transaction(house.engine) as session:
        session.get_one(Collection, 1).kind = Kind.SCHOOLS
    status, page = look(house, content)
    plain = re.sub("</?strong>", "", page)
    assert (status, said in plain) == (422, True), plain[plain.find("mend") :][:800]
    assert len(settings(house)) == 1


def faults_of(house: House, content: bytes, name: str = "list.csv") -> list[str]:
    """All that is said of a file of schools."""
    with transaction(house.engine) as session:
        session.get_one(Collection, 1).kind = Kind.SCHOOLS
    sent = {"file": (name, content, "text/csv")}
    page = html.unescape(house.as_(FEMI).post(f"{PLACE}/settings/look", files=sent).text)
    box = re.search(r'<div class="mend".*?</div>', page, re.S)
    return [re.sub("<.*?>", "", one) for one in re.findall("<li>(.*?)</li>", box[0])] if box else []


def test_a_column_that_must_be_there_is_missed_once(house: House) -> None:
    must = "The first row must hold the headings name, borough and expected young people; it holds"
    rows = [("Oak Hill", "Lambeth", "x"), ("Elm", "Nowhere", "y"), ("", "", "z")]
    assert faults_of(house, table([("Titel", "Ort", "Head"), *rows], ";")) == [
        f"row 1: No column is called name. {must} “Titel”, “Ort” and “Head”."
    ]
    three = [("Oak Hill", 10), ("Elm", 20), ("Ash", 30)]
    assert faults_of(house, table([("School", "Pupils"), *three])) == [
        f"row 1: No column is called borough. {must} “School” and “Pupils”."
    ]
    assert faults_of(house, table([("Setting name", "LA"), ("Oak Hill", "Lambeth")], ";")) == []


@pytest.mark.parametrize("name", ["list.xlsx", "List.XLS"])
def test_a_broken_workbook_is_no_table_without_headings(house: House, name: str) -> None:
    (told,) = faults_of(house, b"<!DOCTYPE html><p>Sign in to download", name)
    assert told == (
        "the file: Its name is that of a workbook, and it is none. Open the list in your spreadsheet program, and save "
        "it again as .xlsx, or as CSV in UTF-8."
    )
    assert faults_of(house, workbook(GOOD)[3:], name)[0].startswith("the file: ")
    assert faults_of(house, table([("name", "borough"), ("Oak Hill", "Lambeth")]), name) == []


def test_fifty_megabytes_are_refused_before_they_are_read(house: House) -> None:
    status, page = look(house, b"PK" + bytes(50_000_000))
    assert (status, "It is larger than 5 MB, and nothing was changed" in page) == (413, True)


def test_no_file_and_two_files_are_said(house: House) -> None:
    femi = house.as_(FEMI)
    assert "No file was chosen. Choose one." in femi.post(f"{PLACE}/settings/look", data={"a": "b"}).text
    two = [("file", ("a.csv", b"name\nOak\n")), ("file", ("b.csv", b"name\nElm\n"))]
    assert "2 files were sent. Choose one." in femi.post(f"{PLACE}/settings/look", files=two).text


def test_a_fault_in_each_of_many_rows_is_counted_and_not_poured_out(house: House) -> None:
    rows: Cells = [HEADINGS, *((f"School {number}", "Nowhere", 3) for number in range(130))]
    _, page = look(house, workbook(rows))
    assert page.count("“Nowhere” is no borough") == 100
    assert "And 30 more." in page


def test_whatever_the_bytes_are_there_is_a_sentence() -> None:
    whole = workbook(GOOD)
    for cut in range(0, len(whole), 97):
        assert spreadsheet.read(whole[:cut]).faults
        assert spreadsheet.read(whole[cut:]).faults or cut == 0


# One by hand


def test_one_is_added_by_hand(house: House) -> None:
    form = {"name": "River Club", "borough": "E09000007", "expected": "30"}
    answer = house.as_(FEMI).post(f"{PLACE}/settings", data=form)
    made = settings(house)[1]
    assert answer.headers["location"] == f"/staff/settings/{made.code}?kept=1"
    assert (made.name, made.borough, made.expected) == ("River Club", "E09000007", 30)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": ""}, ["There is no name."]),
        ({"name": "hill school"}, ["There is a setting of this name here already."]),
        (
            {"name": "-", "borough": "Uster", "expected": "many"},
            ["A name cannot begin with -", "“Uster” is no borough", "“many” cannot be read."],
        ),
        ({"name": "Oak\x7f"}, ["There is a character in the name that cannot be seen."]),
    ],
)
def test_what_is_wrong_with_one_by_hand_is_said(house: House, form: dict[str, str], said: list[str]) -> None:
    page = house.as_(FEMI).post(f"{PLACE}/settings", data=form)
    assert page.status_code == 422
    assert [told for told in said if told not in page.text] == []
    assert len(settings(house)) == 1


def test_a_setting_can_be_renamed_moved_and_expect_another_number(house: House) -> None:
    femi, place = house.as_(FEMI), f"/staff/settings/{CODE}"
    form = {"name": "Hill Academy", "borough": "E09000007", "expected": "90"}
    assert femi.post(f"{place}/about", data=form).status_code == 303
    assert [(one.name, one.borough, one.expected) for one in settings(house)] == [
        ("Hill Academy", "E09000007", 90)
    ]
    assert "of 90 expected" in femi.get(place).text
    femi.post(f"{PLACE}/settings", data={"name": "River Club", "borough": "E09000007"})
    twin = femi.post(f"{place}/about", data=form | {"name": "river club"})
    assert (twin.status_code, "There is another setting of this name here." in twin.text) == (422, True)


# What is taken away


def test_the_list_of_settings_comes_back_as_it_is(house: House) -> None:
    make(house, rows_of(look(house, workbook(GOOD))[1]))
    femi = house.as_(FEMI)
    for kind in ("csv", "xlsx"):
        file = femi.get(f"{PLACE}/files/settings.{kind}")
        assert file.headers["content-disposition"].endswith(f'"safer-streets-1-settings.{kind}"')
        status, page = look(house, file.content)
        assert (status, "Nothing new, 4 that are there already" in page) == (200, True)
        assert "Not read, since we make them ourselves: code, link, answered, state." in page
    rows = list(
        csv.DictReader(io.StringIO(femi.get(f"{PLACE}/files/settings.csv").content.decode("utf-8-sig")))
    )
    codes = {one.name + (one.borough or ""): one.code for one in settings(house)}
    assert {row["code"] for row in rows} == set(codes.values())
    assert all(row["link"] == f"http://127.0.0.1:8000/s/{row['code']}" for row in rows)


def test_the_empty_lists_can_be_filled_and_the_boroughs_chosen(house: House) -> None:
    femi = house.as_(FEMI)
    book = load_workbook(io.BytesIO(femi.get(f"{PLACE}/files/template.xlsx").content))
    assert book.sheetnames == ["settings", "boroughs"]
    assert [cell.value for cell in book["settings"][1]] == list(HEADINGS)
    assert book["boroughs"].max_row == 33
    book["settings"].append(["Oak Hill", book["boroughs"]["A7"].value, 120])
    held = io.BytesIO()
    book.save(held)
    status, page = look(house, held.getvalue())
    assert (status, "<strong>1</strong> new setting." in page) == (200, True)
    assert femi.get(f"{PLACE}/files/template.csv").content.decode("utf-8-sig").strip() == ",".join(HEADINGS)
    assert femi.get(f"{PLACE}/files/secrets.csv").status_code == 404


def test_a_name_that_looks_like_a_formula_runs_nowhere(house: House) -> None:
    with transaction(house.engine) as session:  # as one that came before names were checked
        session.get_one(Setting, 1).name = "=HYPERLINK(1)"
    femi = house.as_(FEMI)
    assert "\n'=HYPERLINK(1)," in femi.get(f"{PLACE}/files/settings.csv").text
    book = load_workbook(io.BytesIO(femi.get(f"{PLACE}/files/settings.xlsx").content))
    assert book["settings"]["A2"].data_type == "s"
