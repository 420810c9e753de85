"""An analyst takes rows out: with a reason, by a second person, and so that nobody in them stands alone."""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pyreadstat
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from questions import columns, on_path
from survey import counts
from survey.db import transaction
from survey.exports import making, reading
from survey.exports.columns import Unreadable
from survey.exports.identifying import AS_IT_IS, OUT
from survey.instruments import parsed, versions
from survey.models import AuditEntry, FileRequest, Response
from tests.survey.again import Again
from tests.survey.exporting import ASK, FILES, SLUG, Office, collection_of, fill, office

EVERY_FORMAT = ["csv", "parquet", "sav"]
WHOLE = dict.fromkeys(("borough", "age_band", "gender", "ethnicity", "consent_route"), AS_IT_IS)
NOTHING = dict.fromkeys(WHOLE, OUT)
QUASI = ("consent_route", "borough", "age_band", "gender", "ethnicity")


@pytest.fixture
def wave(engine: Engine, database_url: str, tmp_path: Path, again: Again) -> Office:
    """A wave that 882 people sent in."""
    again.fill(engine, fill)
    return office(engine, database_url, tmp_path)


def rows(folder: Path) -> list[dict[str, str]]:
    """What stands in the CSV file."""
    with (folder / "responses.csv").open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


def audit(wave: Office) -> list[tuple[str, str, str, str | None]]:
    """What the audit says of files."""
    with transaction(wave.house.engine) as session:
        found = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()  # type: ignore[arg-type]
        return [(one.who, one.did, one.object, one.why) for one in found if "file request" in one.object]


def test_the_count_on_the_page_is_the_count_of_rows_in_every_file(wave: Office) -> None:
    page = wave.house.as_("Ada, analyst").get(FILES).text
    with transaction(wave.house.engine) as session:
        collection = collection_of(session)
        submitted = counts.submitted_by_collection(session, collection.consultation_id)[collection.id or 0]
    assert re.search(r'<strong id="rows">([\d,]+)<', page)[1] == str(submitted)  # type: ignore[index]
    folder = wave.made(format=EVERY_FORMAT)
    _, about = pyreadstat.read_sav(folder / "responses.sav", metadataonly=True)
    sizes = (len(rows(folder)), len(pl.read_parquet(folder / "responses.parquet")), about.number_rows)
    assert sizes == (submitted, submitted, submitted)
    assert re.search(r'<strong id="rows">(\d+)<', wave.house.as_("Ada, analyst").get("/staff/files/1").text)[
        1
    ] == str(  # type: ignore[index]
        submitted
    )


def test_every_cell_is_what_the_merged_columns_promise(wave: Office) -> None:
    folder, submitted = wave.made(**NOTHING), wave.submitted()
    with transaction(wave.house.engine) as session:
        published = versions(session, "wave")[::-1]
        sets = {one.id: parsed(one) for one in published}
        promised = [one for one in columns(sets.values()) if one.question not in ("why", *QUASI)]
        expected = []
        for response in submitted:
            asked = sets[response.instrument_id]
            cells = {one.name: one.cell(asked, on_path(asked, response.answers)) for one in promised}
            expected.append({name: _written(cell) for name, cell in cells.items()})
    found = rows(folder)
    assert list(found[0]) == ["weight", *(one.name for one in promised)]
    assert [{name: row[name] for name in expected[0]} for row in found] == expected
    assert {"helps.clubs", "helps.street-lights", "helps.jobs"} < set(found[0])


def _written(cell: object) -> str:
    """A cell as CSV has it."""
    return "" if cell is None else str(int(cell)) if isinstance(cell, bool) else str(cell)


def test_the_three_formats_say_the_same(wave: Office) -> None:
    folder = wave.made(format=EVERY_FORMAT)
    table = pl.read_parquet(folder / "responses.parquet")
    labelled, about = pyreadstat.read_sav(folder / "responses.sav", user_missing=True)
    spss = {row["column"]: row["spss_name"] for row in csv_rows(folder / "columns.csv")}
    codes = {
        (row["column"], row["code"]): float(row["spss_value"])
        for row in csv_rows(folder / "columns.csv")
        if row["code"]
    }
    found = rows(folder)
    for name in found[0]:
        given = [row[name] for row in found]
        why = table.get_column(f"{name}.why_none", default=pl.Series([None] * len(found)))
        parquet = [one if one is not None else reason for one, reason in zip(table[name], why, strict=True)]
        in_spss = labelled[spss[name]].tolist()
        for cell, one, number in zip(given, parquet, in_spss, strict=True):
            assert _same(cell, one), (name, cell, one)
            wanted = codes.get((name, cell), float(cell) if cell and (name, cell) not in codes else None)
            assert (number != number) if wanted is None else number == pytest.approx(wanted, rel=1e-15), (
                name,
                cell,
            )
    assert about.column_names_to_labels["helps.street_lights"] == "Street lights: What would help?"


def _same(cell: str, value: Any) -> bool:
    if value is None or isinstance(value, str):
        return cell == (value or "")
    return float(cell) == float(value)


def csv_rows(path: Path) -> list[dict[str, str]]:
    """Any CSV file's rows."""
    with path.open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_no_opinion_is_missing_for_spss_and_never_a_number_that_somebody_may_write(
    wave: Office,
) -> None:
    folder = wave.made(format=["sav"])
    labelled, about = pyreadstat.read_sav(folder / "responses.sav", user_missing=True)
    assert about.missing_ranges["worry"] == [{"lo": -8.0, "hi": -8.0}, {"lo": -9.0, "hi": -9.0}]
    assert about.variable_value_labels["worry"][1.0] == "Very"
    far = about.missing_ranges["change"][0]["lo"]
    assert far < -(10**15) + 1
    assert -10.0 in labelled["change"].tolist()
    without, _ = pyreadstat.read_sav(folder / "responses.sav")
    assert without["worry"].isna().sum() > labelled["worry"].isna().sum()
    assert set(without["change"].dropna()) == {-10.0, 0.5, 10.0}


def test_nobody_stands_alone_in_a_file(wave: Office) -> None:
    for form in ({}, {**WHOLE, "gender": "joined", "borough": "sub-regions", "age_band": "halves"}):
        found = rows(wave.made(**form))
        groups = Counter(tuple(row.get(name) for name in QUASI) for row in found)
        assert min(groups.values()) >= 10, groups
        weights: dict[Any, set[str]] = {}
        for row in found:
            weights.setdefault(tuple(row.get(name) for name in QUASI), set()).add(row["weight"])
        assert {len(one) for one in weights.values()} == {1}  # or a weight would tell them apart


def test_no_words_no_days_and_no_keys_leave(wave: Office) -> None:
    folder = wave.made(format=["csv"])
    found = (folder / "responses.csv").read_text("utf8")
    assert "because" not in found
    assert "2026" not in found
    assert not any(response.key in found for response in wave.submitted())
    readme = (folder / "README.txt").read_text("utf8")
    for told in (
        "own words is not here (why)",
        "Licence",
        "Weights",
        "To model how worry",
        "The model needs rows."[:3],
    ):
        assert told in readme
    assert "Street lights" in (folder / "codebook.html").read_text("utf8")


def test_the_page_says_who_stands_alone_and_what_mends_it(wave: Office) -> None:
    ada = wave.house.as_("Ada, analyst")
    page = ada.get(FILES, params=WHOLE).text
    assert "Some responses still stand alone. Give less, or set the rest to missing." in page
    assert "It may leave like this:" in ada.get(FILES, params={**WHOLE, "rest": "1"}).text
    assert "nobody stands alone." in ada.get(FILES, params=NOTHING).text
    assert "It may leave like this:" in ada.get(FILES).text
    refused = ada.post(FILES, data={**WHOLE, "reason": "short"})
    assert refused.status_code == 422
    for told in ("still stand alone", "Choose at least one format", "Write what you need the rows for"):
        assert told in refused.text
    assert "short" in refused.text
    with transaction(wave.house.engine) as session:
        assert session.exec(select(FileRequest)).first() is None


def test_settings_are_numbers_and_never_beside_boroughs(wave: Office) -> None:
    ada = wave.house.as_("Ada, analyst")
    both = ada.get(FILES, params={**NOTHING, "borough": AS_IT_IS, "setting": AS_IT_IS, "rest": "1"}).text
    assert "together tell which school it was" in both
    found = rows(wave.made(**NOTHING, setting=AS_IT_IS))
    sizes = Counter(row["cluster"] for row in found)
    assert set(sizes) == {"1", "2", "3", "4", "5"}
    own = Counter(str(response.setting_id) for response in wave.submitted())
    assert sorted(sizes.values()) == sorted(own.values())


def test_two_files_laid_beside_each_other_tell_no_more_than_one(wave: Office) -> None:
    fine_age = {**NOTHING, "age_band": AS_IT_IS, "gender": AS_IT_IS}
    first = rows(wave.made(**fine_age))
    page = wave.house.as_("Ada, analyst").get(FILES).text
    assert "1 file of this collection was let go already" in page
    second = rows(wave.made(**{**NOTHING, "borough": AS_IT_IS, "ethnicity": AS_IT_IS}))
    beside = Counter(
        (one["age_band"], one["gender"], other["borough"], other["ethnicity"])
        for one, other in zip(first, second, strict=True)
    )
    told = {who: size for who, size in beside.items() if who[2:] != ("", "")}
    assert told
    assert min(told.values()) >= 10


def test_a_second_person_lets_it_go_and_only_who_asked_fetches_it(wave: Office) -> None:
    number = wave.ask()
    ada, amara = wave.house.as_("Ada, analyst"), wave.house.as_("Amara, administrator")
    address = f"/staff/files/{number}"
    assert "You asked for it, so somebody else must decide" in ada.get(address).text
    own = ada.post(f"{address}/decision", data={"say": "let go", "sentence": "I need it."})
    assert own.status_code == 422
    assert "four eyes" in own.text
    refused = amara.post(f"{address}/decision", data={"say": "let go", "sentence": " "})
    assert (refused.status_code, refused.text.count(f'action="{address}/decision"')) == (422, 1)
    wave.let_go(number)
    assert amara.post(f"{address}/decision", data={"say": "refuse", "sentence": "No."}).status_code == 422
    assert ada.get(f"{address}/responses.csv").status_code == 410
    assert wave.make() == 1
    assert amara.get(f"{address}/responses.csv").status_code == 403
    fetched = ada.get(f"{address}/responses.csv")
    assert fetched.status_code == 200
    assert fetched.headers["cache-control"] == "no-store"
    assert ada.get(f"{address}/../files").status_code in (404, 405)
    assert [one[:3] for one in audit(wave)] == [
        ("Ada, analyst", "asked for", f"file request {number}, {SLUG}"),
        ("Amara, administrator", "let go", f"file request {number}, {SLUG}"),
        ("the server", "made", f"file request {number}"),
        ("Ada, analyst", "fetched responses.csv of", f"file request {number}, {SLUG}"),
    ]
    assert audit(wave)[0][3] == ASK["reason"]


def test_a_refusal_says_why_and_nothing_is_made(wave: Office) -> None:
    number = wave.ask()
    form = {"say": "refuse", "sentence": "Figures will do."}
    wave.house.as_("Amara, administrator").post(f"/staff/files/{number}/decision", data=form)
    assert wave.make() == 0
    page = wave.house.as_("Ada, analyst").get(f"/staff/files/{number}").text
    assert "Refused by Amara, administrator" in page
    assert "Figures will do." in page
    assert "refused" in wave.house.as_("Ada, analyst").get(FILES).text


def test_a_team_of_one_decides_alone(engine: Engine, database_url: str, tmp_path: Path) -> None:
    fill(engine)
    alone = office(engine, database_url, tmp_path, four_eyes=False)
    alone.let_go(alone.ask(), who="Ada, analyst")
    assert alone.make() == 1


def test_a_download_that_broke_off_goes_on_and_is_written_down(wave: Office) -> None:
    folder = wave.made()
    whole = (folder / "responses.csv").read_bytes()
    ada = wave.house.as_("Ada, analyst")
    start = ada.get("/staff/files/1/responses.csv", headers={"range": "bytes=0-99"})
    rest = ada.get(
        "/staff/files/1/responses.csv", headers={"range": "bytes=100-", "if-range": start.headers["etag"]}
    )
    assert (start.status_code, rest.status_code) == (206, 206)
    assert start.content + rest.content == whole
    assert audit(wave)[-1][3] == "from bytes=100-"


def test_after_a_week_the_files_are_gone(wave: Office) -> None:
    folder = wave.made()
    wave.house.clock.forward(days=7, minutes=1)
    wave.house.signed_in.clear()  # a session ends after a week, too
    ada = wave.house.as_("Ada, analyst")
    assert ada.get("/staff/files/1/responses.csv").status_code == 410
    assert folder.exists()
    wave.make()
    assert not folder.exists()
    assert "Its time is over" in ada.get("/staff/files/1").text


@pytest.mark.parametrize("stops_after", [0, 1, 4])
def test_a_file_goes_on_where_it_stopped(
    wave: Office, monkeypatch: pytest.MonkeyPatch, stops_after: int
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 100)
    monkeypatch.setattr(making, "NOTED_EVERY", 0.0)
    whole = (wave.made(format=EVERY_FORMAT)).joinpath("responses.csv").read_bytes()
    number = wave.ask(format=EVERY_FORMAT)
    wave.let_go(number)
    chunks = reading.Rows.chunks
    seen: list[str] = []

    def until_cut(self: reading.Rows, session: Any, after: str = "") -> Any:
        for at, chunk in enumerate(chunks(self, session, after)):
            if at == stops_after and not seen:
                seen.append(after)
                raise SystemExit
            yield chunk

    monkeypatch.setattr(reading.Rows, "chunks", until_cut)
    with pytest.raises(SystemExit):
        wave.make()
    half = wave.request(number)
    assert (half.written, half.fault, half.made_at) == (stops_after * 100, None, None)
    page = wave.house.as_("Ada, analyst").get(f"/staff/files/{number}").text
    assert f"{half.written} of 882 rows" in page
    with (wave.files / f"request-{number}" / "responses.csv").open("ab") as file:
        file.write(b"half a li")  # what was written after the last note
    assert wave.make() == 0  # somebody may still be at it
    wave.house.clock.forward(minutes=3)
    assert wave.make() == 1
    folder = wave.files / f"request-{number}"
    assert (folder / "responses.csv").read_bytes() == whole
    assert len(pl.read_parquet(folder / "responses.parquet")) == 882
    assert len(pyreadstat.read_sav(folder / "responses.sav")[0]) == 882
    assert not (folder / "parts").exists()


def test_answers_that_come_while_it_is_made_are_in_the_next_file(
    wave: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 100)
    number = wave.ask()
    wave.let_go(number)
    chunks = reading.Rows.chunks

    def while_some_come(self: reading.Rows, session: Any, after: str = "") -> Any:
        for at, chunk in enumerate(chunks(self, session, after)):
            if at == 1:
                _one_leaves_and_two_come(wave)
            yield chunk

    monkeypatch.setattr(reading.Rows, "chunks", while_some_come)
    assert wave.make() == 1
    assert wave.request(number).fault is None
    assert len(rows(wave.files / f"request-{number}")) == 882


def _one_leaves_and_two_come(wave: Office) -> None:
    with transaction(wave.house.engine) as session:
        like = session.exec(select(Response).where(Response.submitted_on != None)).first()  # noqa: E711
        assert like is not None
        given = like.model_dump()
        for key in ("zzzzzzzzzzzzzzzzzzzzzz", "0000000000000000000000"):
            session.add(Response(**{**given, "key": key}))
        session.delete(like)


def test_somebody_who_stands_alone_by_now_stops_a_file_that_was_to_blank_nobody(wave: Office) -> None:
    number = wave.ask(**NOTHING)
    with transaction(wave.house.engine) as session:
        request = session.get_one(FileRequest, number)
        request.steps, request.blank_rest = {**WHOLE, "setting": OUT}, False
    wave.let_go(number)
    wave.make()
    assert "somebody stands alone" in (wave.request(number).fault or "")
    assert not (wave.files / f"request-{number}").exists()
    assert "could not be made" in wave.house.as_("Ada, analyst").get(FILES).text


def test_an_answer_that_no_version_offers_stops_the_file(wave: Office) -> None:
    with transaction(wave.house.engine) as session:
        like = session.exec(select(Response).where(Response.submitted_on != None)).first()  # noqa: E711
        assert like is not None
        like.answers = {**like.answers, "worry": "terribly"}
    number = wave.ask()
    wave.let_go(number)
    wave.make()
    assert wave.request(number).fault == str(
        Unreadable("Question worry has an answer that no version of the set offers.")
    )


def test_a_wave_of_nine_gives_no_rows(engine: Engine, database_url: str, tmp_path: Path) -> None:
    fill(engine, people=10)
    few = office(engine, database_url, tmp_path)
    refused = few.house.as_("Ada, analyst").post(FILES, data=ASK)
    assert refused.status_code == 422
    assert "fewer than 10 responses" in refused.text


def test_only_an_analyst_asks_and_an_administrator_may_look(wave: Office) -> None:
    page = wave.house.as_("Amara, administrator").get(FILES).text
    assert "Only an analyst can ask for rows." in page
    assert wave.house.as_("Amara, administrator").post(FILES, data=ASK).status_code == 403
