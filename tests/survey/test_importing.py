"""A past survey comes in from its file: whole, or not at all and with every reason."""

import doctest
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from survey.__main__ import main
from survey.db import transaction
from survey.importing import ages, alike, answers, days, genders, headings, proposing, written
from survey.importing.command import import_responses
from survey.importing.mapping import WrongImport
from survey.models import AuditEntry, Consultation, Instrument, Response, Written
from tests.survey.conftest import MIDDAY, TINY

MAPPING = """
[consultation]
slug = "old"
title = "An old survey"
summary = "It was."
decides = "It did."
outcome = "It came."
opens_on = 2020-01-01
closes_on = 2020-02-01
outcome_on = 2020-03-01
headline = "worry"

[collection]
name = "A sample"
design = "probability"

[codes.worry]
"Very" = "very"
"A bit" = "fairly"

[answers.worry]
column = "Worry"
codes = "worry"
missing = ["NA"]

[answers.why]
column = "Why"

[answers.helps]
yes = "1"
no = "0"
otherwise = "none"
[answers.helps.columns]
clubs = "Clubs"
lights = "Lights"

[answers.years]
column = "Years"

[answers.borough]
column = "Borough"
codes = { "Lambeth" = "E09000022" }
"""
GOOD = """Worry,Why,Clubs,Lights,Years,Borough,Shoe size
Very,It is dark,1,1,7,Lambeth,38
A bit,,0,0,3,Lambeth,41
NA,,,,,Lambeth,
"""

Import = Callable[..., str]


@pytest.fixture
def bring(engine: Engine, tmp_path: Path) -> Import:
    """Import a file with the tiny set."""

    def bring_(csv: str | bytes = GOOD, mapping: str = MAPPING, questions: str = TINY) -> str:
        (tmp_path / "old.csv").write_bytes(csv if isinstance(csv, bytes) else csv.encode())
        (tmp_path / "map.toml").write_text(mapping, "utf8")
        (tmp_path / "set.toml").write_text(questions, "utf8")
        with transaction(engine) as session:
            return import_responses(
                session, tmp_path / "old.csv", tmp_path / "set.toml", tmp_path / "map.toml", MIDDAY
            )

    return bring_


def faults(bring: Import, engine: Engine, **files: str | bytes) -> str:
    """What an import is refused with; checks that nothing was stored."""
    with pytest.raises(WrongImport) as wrong:
        bring(**files)
    with transaction(engine) as session:
        for table in (Response, Consultation, Instrument, AuditEntry):
            assert session.exec(select(table)).all() == []
    return str(wrong.value)


def test_words_of_a_past_survey_wait_to_be_read_too(bring: Import, engine: Engine) -> None:
    bring()
    with transaction(engine) as session:
        (written,) = session.exec(select(Written)).all()
        assert (written.words, written.question, written.borough) == ("It is dark", "why", "E09000022")
        assert written.arrived_at == MIDDAY
        assert "It is dark" not in "".join(one.model_dump_json() for one in session.exec(select(Response)))


def test_a_good_file_comes_in_whole(bring: Import, engine: Engine) -> None:
    report = bring()
    assert report == "Imported 3 responses into “An old survey”. 1 columns were not used: Shoe size."
    with transaction(engine) as session:
        stored = session.exec(select(Response)).all()
        assert sorted(str(response.answers.get("worry")) for response in stored) == ["None", "fairly", "very"]
        first = next(response for response in stored if response.answers["worry"] == "very")
        assert first.answers["helps"] == ["clubs", "lights"]
        assert (first.answers["years"], first.borough) == (7, "E09000022")
        assert {response.answers["helps"][0] for response in stored if response.answers["helps"]} == {
            "clubs",
            "none",
        }


def test_the_same_import_twice_changes_nothing_and_says_so(bring: Import, engine: Engine) -> None:
    bring()
    with pytest.raises(WrongImport, match="is here already"):
        bring()
    with transaction(engine) as session:
        assert len(session.exec(select(Response)).all()) == 3


def test_every_fault_of_the_rows_is_named_at_once(bring: Import, engine: Engine) -> None:
    bad = """Worry,Why,Clubs,Lights,Years,Borough
Awful,,1,1,7,Lambeth
Awful,,maybe,1,x,Lambeth
A bit,But why,1,1,99,Croydon
"""
    said = faults(bring, engine, csv=bad)
    assert "old.csv, rows 2 and 3: column “Worry”: no code is given for “Awful”" in said
    assert "old.csv, row 3: column “Clubs”: “maybe” is neither “1” nor “0”" in said
    assert "old.csv, row 3: column “Years”: “x” is not a number" in said
    assert "old.csv, row 4: years: Write a number from 0 to 25." in said
    assert "old.csv, row 4: column “Borough”: no code is given for “Croydon”" in said


def test_an_answer_that_was_never_asked_is_not_dropped_silently(bring: Import, engine: Engine) -> None:
    bad = GOOD.replace("A bit,,0", "A bit,But why,0")
    assert "row 3: why is answered, though its condition says" in faults(bring, engine, csv=bad)


@pytest.mark.parametrize(
    ("csv", "said"),
    [
        (b"", "It has no rows"),
        (b"Worry\n", "It has no rows"),
        (GOOD.replace(",", ";").encode(), "divided by “;”"),
        (GOOD.replace("It is dark", "Caf\u00e9").encode("cp1252"), 'encoding = "cp1252"'),
        (b"PK\x03\x04rubbish", "is a spreadsheet, whatever its name says"),
        (
            GOOD.replace("Worry,", "Sorry,").encode(),
            "there is no column “Worry”, which [answers.worry] reads",
        ),
        (GOOD.replace("Shoe size", "Years").encode(), "the first row: Two columns are called “Years”"),
        (GOOD.replace(",38", "").encode(), "row 2: It has 6 cells and the header has 7"),
    ],
)
def test_a_messy_file_gets_a_sentence_that_says_how_to_mend_it(
    bring: Import, engine: Engine, csv: bytes, said: str
) -> None:
    assert said in faults(bring, engine, csv=csv)


def test_a_byte_order_mark_and_other_delimiters_are_no_trouble(bring: Import) -> None:
    messy = "\ufeff" + GOOD.replace(",", ";")
    assert bring(csv=messy, mapping=MAPPING + '\n[file]\ndelimiter = ";"\n').startswith("Imported 3")


def test_every_fault_of_the_mapping_is_named_at_once(bring: Import, engine: Engine) -> None:
    wrong = (
        MAPPING.replace('slug = "old"\n', "")
        .replace('design = "probability"', 'design = "random"')
        .replace('codes = "worry"', 'codes = "wory"')
        .replace("[answers.years]", "[answers.yaers]")
        .replace("clubs =", "clubz =")
        .replace("opens_on = 2020-01-01", 'opens_on = "1 January"')
    )
    said = faults(bring, engine, mapping=wrong)
    assert "[consultation]: slug is missing" in said
    assert "“random” is not a design" in said
    assert "there is no list [codes.wory]. Did you mean “worry”?" in said
    assert "the set has no question “yaers”. Did you mean “years”?" in said
    assert "the question has no code “clubz”. Did you mean “clubs”?" in said
    assert "opens_on must be a day like 2021-06-30" in said


def test_a_mapping_or_a_set_that_is_not_toml_says_where(bring: Import, engine: Engine) -> None:
    assert "The mapping is not TOML" in faults(bring, engine, mapping="[[[")
    assert "The question set, " in faults(bring, engine, questions="[[[")


def test_the_command_imports_or_says_what_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/x.db")
    for name, content in (("a.csv", GOOD), ("map.toml", MAPPING), ("set.toml", TINY)):
        (tmp_path / name).write_text(content, "utf8")
    command = [
        "import-responses",
        f"{tmp_path}/a.csv",
        "--questions",
        f"{tmp_path}/set.toml",
        "--mapping",
        f"{tmp_path}/map.toml",
    ]
    assert main(command) == 0
    assert "Imported 3 responses" in capsys.readouterr().out
    assert main(command) == 2
    assert "is here already" in capsys.readouterr().err


@pytest.mark.parametrize(
    "module",
    [ages, alike, answers, days, genders, headings, proposing, written],
    ids=lambda module: module.__name__,
)
def test_the_examples_are_true(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0
